"""Claims to incidents: copies collapsed to origins, claims of one happening brought together, rivals kept."""

from tocsin.incidents.copies import OriginIndex, find_origins
from tocsin.incidents.stage import Grouping, group_claims
from tocsin.incidents.stream import IncidentStream, Step

__all__ = ["Grouping", "IncidentStream", "OriginIndex", "Step", "find_origins", "group_claims"]
