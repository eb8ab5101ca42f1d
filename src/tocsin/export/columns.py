"""The columns of every exported table, in order. What each means stands with the function that writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from tocsin.records import TollKind

if TYPE_CHECKING:
    from tocsin.export.parquet import Kind

_MARK = ("exercise", "tlp")
_ACT = ("type", "mode", "modality", "certainty", "background")
_DATE = ("date_start", "date_end", "date_precision")
_PLACE = (
    "place", "place_as_written", "place_precision", "country", "lat", "lon", "place_id", "footnote", "within",
)  # fmt: skip
_PARTIES = tuple(f"{role}{part}" for role in ("actor", "recipient") for part in ("s", "_countries", "_sectors"))
_OUTLET = ("outlet_id", "outlet", "title", "url", "published_at")
_TOLL_RANGES = tuple(f"{kind}_{part}" for kind in get_args(TollKind) for part in ("low", "best", "high"))

INCIDENTS = (
    "id", *_MARK, *_ACT, "state", *_DATE, "reported_at", *_PLACE, *_PARTIES, "origins", "outlet_ids", "claim_ids",
    "credibilities", *_TOLL_RANGES, "reasons", "footnote_text",
)  # fmt: skip
CLAIMS = (
    "id", *_MARK, "article_id", *_OUTLET, *_ACT, "contexts", *_PARTIES, "speakers", "speaker_kinds", "cues", *_DATE,
    *_PLACE, "tolls", "evidence", "evidence_start", "evidence_end", "score", "reader", "reasons", "footnote_text",
)  # fmt: skip
ARTICLES = ("id", *_MARK, *_OUTLET, "taken_at", "language", "characters", "digest", "fault")
TENSIONS = (
    "place_id", "place", "footnote", "day", *_MARK, "state", "hostile", "cooperative", "level", "surprise", "coverage",
    "announced", "stage", "incident_ids", "reasons", "footnote_text",
)  # fmt: skip
ALERTS = (
    "id", *_MARK, "state", "precedence", "title", "hypothesis", "place_id", "place", "footnote", "began_on", "day",
    "updated_at", "rule", "rule_version", "speaks", "sets", "cleared_by", "note", "incident_ids", "reasons",
    "footnote_text",
)  # fmt: skip

#: What a column holds where it is not text, for formats with types.
KINDS: dict[str, Kind] = {
    "background": "flag",
    **dict.fromkeys(("date_start", "date_end", "day", "began_on"), "day"),
    **dict.fromkeys(("reported_at", "published_at", "taken_at", "updated_at"), "time"),
    **dict.fromkeys(
        ("lat", "lon", "score", "hostile", "cooperative", "level", "surprise", "coverage", "announced"), "number"
    ),
    **dict.fromkeys(("origins", "evidence_start", "evidence_end", "characters", *_TOLL_RANGES), "whole"),
    **dict.fromkeys(
        (
            "within", *_PARTIES, "sets", "outlet_ids", "claim_ids", "incident_ids", "reasons", "contexts", "speakers",
            "speaker_kinds", "cues", "tolls",
        ),
        "texts",
    ),
    "credibilities": "wholes",
}  # fmt: skip
