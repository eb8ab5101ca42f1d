"""The domain: frozen records of the standard library alone, their JSON codec and their stable identifiers."""

from tocsin.records.alert import Alert, AlertState, Precedence, Stage, Tension, TensionState, alert_id
from tocsin.records.article import Article, Fault, Sighting, article_id
from tocsin.records.claim import (
    Attribution,
    Certainty,
    Claim,
    EventType,
    Findings,
    Modality,
    Party,
    PlaceMention,
    SpeakerKind,
    Toll,
    TollKind,
    claim_id,
)
from tocsin.records.codebook_form import claim_to_codebook
from tocsin.records.codec import from_json, from_plain, to_json, to_plain
from tocsin.records.dates import DatePrecision, PartialDate
from tocsin.records.filters import Filter
from tocsin.records.grade import Credibility, GivenCredibility
from tocsin.records.ids import digest_text, make_id
from tocsin.records.incident import (
    Grade,
    Incident,
    IncidentState,
    Link,
    TollRange,
    incident_id,
)
from tocsin.records.notice import (
    Delivery,
    DeliveryState,
    Notice,
    NoticeCause,
    NoticeLine,
    NoticePart,
    list_places,
    notice_id,
)
from tocsin.records.outlet import Feed, FeedState, Outlet, OutletPace, Reliability, feed_id, outlet_id
from tocsin.records.place import POINT_PRECISIONS, Place, PlacePrecision
from tocsin.records.reason import Reason
from tocsin.records.silence import FARTHEST_SILENCE, LONGEST_SILENCE, Silence, silence_id
from tocsin.records.span import Evidence, Span
from tocsin.records.withdrawal import Withdrawal, WithdrawalKind

__all__ = [
    "FARTHEST_SILENCE",
    "LONGEST_SILENCE",
    "POINT_PRECISIONS",
    "Alert",
    "AlertState",
    "Article",
    "Attribution",
    "Certainty",
    "Claim",
    "Credibility",
    "DatePrecision",
    "Delivery",
    "DeliveryState",
    "EventType",
    "Evidence",
    "Fault",
    "Feed",
    "FeedState",
    "Filter",
    "Findings",
    "GivenCredibility",
    "Grade",
    "Incident",
    "IncidentState",
    "Link",
    "Modality",
    "Notice",
    "NoticeCause",
    "NoticeLine",
    "NoticePart",
    "Outlet",
    "OutletPace",
    "PartialDate",
    "Party",
    "Place",
    "PlaceMention",
    "PlacePrecision",
    "Precedence",
    "Reason",
    "Reliability",
    "Sighting",
    "Silence",
    "Span",
    "SpeakerKind",
    "Stage",
    "Tension",
    "TensionState",
    "Toll",
    "TollKind",
    "TollRange",
    "Withdrawal",
    "WithdrawalKind",
    "alert_id",
    "article_id",
    "claim_id",
    "claim_to_codebook",
    "digest_text",
    "feed_id",
    "from_json",
    "from_plain",
    "incident_id",
    "list_places",
    "make_id",
    "notice_id",
    "outlet_id",
    "silence_id",
    "to_json",
    "to_plain",
]  # fmt: skip
