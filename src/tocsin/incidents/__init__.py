"""Claims to incidents: copies collapsed to origins, claims of one happening brought together, rivals kept."""

from tocsin.incidents.copies import OriginIndex, find_origins
from tocsin.incidents.decisions import is_persons, merge_incidents, release_claims, split_incident
from tocsin.incidents.points import Point, compare_speakers
from tocsin.incidents.stage import Grouping, group_claims
from tocsin.incidents.stories import find_stories
from tocsin.incidents.stream import IncidentStream, Step

__all__ = [
    "Grouping",
    "IncidentStream",
    "OriginIndex",
    "Point",
    "Step",
    "compare_speakers",
    "find_origins",
    "find_stories",
    "group_claims",
    "is_persons",
    "merge_incidents",
    "release_claims",
    "split_incident",
]
