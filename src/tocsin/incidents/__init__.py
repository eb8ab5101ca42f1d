"""Claims to incidents: copies collapsed to origins, claims of one happening brought together, rivals kept."""

from tocsin.incidents.anchors import find_countries
from tocsin.incidents.carrying import carry_links, match_claims
from tocsin.incidents.copies import OriginIndex, find_origins, is_revision
from tocsin.incidents.decisions import PERSON, is_persons, merge_incidents, release_claims, split_incident
from tocsin.incidents.points import Point, compare_speakers
from tocsin.incidents.stage import Grouping, group_claims
from tocsin.incidents.stories import find_stories
from tocsin.incidents.stream import IncidentStream, Step

__all__ = [
    "PERSON",
    "Grouping",
    "IncidentStream",
    "OriginIndex",
    "Point",
    "Step",
    "carry_links",
    "compare_speakers",
    "find_countries",
    "find_origins",
    "find_stories",
    "group_claims",
    "is_persons",
    "is_revision",
    "match_claims",
    "merge_incidents",
    "release_claims",
    "split_incident",
]
