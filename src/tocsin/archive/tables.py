"""The columns of the archive's tables, and writing them: Parquet whose schema says what it was made with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any, Self

from tocsin.archive.files import write_whole
from tocsin.records import Article, Claim, Incident, Link, Party, from_json, to_json

Row = Mapping[str, Any]
#: Name to kind: text, texts, time, day, number, whole, flag.
Columns = Mapping[str, str]
#: Rows in one row group, and so in memory.
ROWS = 2_000

ARTICLES: Columns = {
    "id": "text", "title": "text", "text": "text", "outlet_id": "text", "outlet_name": "text", "url": "text",
    "published_at": "time", "taken_at": "time", "language": "text", "digest": "text", "is_exercise": "flag",
    "fault": "text", "input": "text",
}  # fmt: skip
CLAIMS: Columns = {
    "id": "text", "article_id": "text", "published_at": "time", "outlet_name": "text", "type": "text", "mode": "text",
    "contexts": "texts", "modality": "text", "certainty": "text", "background": "flag", "date_start": "day",
    "date_end": "day", "actor_name": "texts", "actor_country": "texts", "actor_sector": "texts",
    "recipient_name": "texts", "recipient_country": "texts", "recipient_sector": "texts", "speaker": "texts",
    "place_name": "text", "place_precision": "text", "country": "text", "lat": "number", "lon": "number",
    "gazetteer_id": "text", "killed_low": "whole", "killed_high": "whole", "evidence": "text",
    "evidence_start": "whole", "evidence_end": "whole", "score": "number", "reader": "text", "record": "text",
}  # fmt: skip
SET_ASIDE: Columns = {"input": "text", "place": "text", "step": "text", "reason": "text", "beginning": "text"}
INCIDENTS: Columns = {
    "id": "text", "reported_at": "time", "type": "text", "mode": "text", "modality": "text", "certainty": "text",
    "state": "text", "background": "flag", "is_faint": "flag", "is_exercise": "flag", "date_start": "day",
    "date_end": "day", "actor_name": "texts", "actor_country": "texts", "recipient_name": "texts",
    "recipient_country": "texts", "place_name": "text", "place_precision": "text", "country": "text",
    "lat": "number", "lon": "number", "gazetteer_id": "text", "killed_best": "whole", "origins": "whole",
    "outlets": "texts", "claim_ids": "texts", "record": "text",
}  # fmt: skip
LINKS: Columns = {
    "id": "text", "claim_id": "text", "incident_id": "text", "score": "number", "made_by": "text", "made_at": "time",
    "record": "text",
}  # fmt: skip
ORIGINS: Columns = {"article_id": "text", "origin_id": "text"}


def make_schema(columns: Columns, metadata: Mapping[bytes, bytes]) -> Any:
    """The Arrow schema of a table."""
    import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow carries no types

    kinds = {
        "text": pa.string(), "texts": pa.list_(pa.string()), "time": pa.timestamp("us", tz="UTC"), "day": pa.date32(),
        "number": pa.float64(), "whole": pa.int64(), "flag": pa.bool_(),
    }  # fmt: skip
    return pa.schema([pa.field(name, kinds[kind]) for name, kind in columns.items()], metadata=dict(metadata))


class TableWriter:
    """One Parquet file, written in groups of rows; it stands at its place, whole, when the block is left well."""

    def __init__(self, path: Path, columns: Columns, metadata: Mapping[bytes, bytes]) -> None:
        self._path, self._columns, self._metadata = path, columns, metadata
        self._rows: list[Row] = []
        self._stack = ExitStack()
        self.count = 0

    def __enter__(self) -> Self:
        import pyarrow.parquet as pq  # type: ignore[import-untyped]  # pyarrow carries no types

        scratch = self._stack.enter_context(write_whole(self._path))
        self._schema = make_schema(self._columns, self._metadata)
        self._file = self._stack.enter_context(pq.ParquetWriter(scratch, self._schema, compression="zstd"))
        return self

    def __exit__(self, *why: Any) -> None:
        if why[0] is None:
            with self._stack:
                self._flush()
        else:
            self._stack.__exit__(*why)

    def add(self, row: Row) -> None:
        """Take a row in."""
        self._rows.append(row)
        self.count += 1
        if len(self._rows) >= ROWS:
            self._flush()

    def _flush(self) -> None:
        import pyarrow as pa

        arrays = [pa.array([_clean(row.get(name)) for row in self._rows], field.type)
                  for name, field in zip(self._columns, self._schema, strict=True)]  # fmt: skip
        self._file.write_table(pa.Table.from_arrays(arrays, schema=self._schema))
        self._rows = []


def _clean(value: Any) -> Any:
    """Half of a surrogate pair is no text that UTF-8 could hold."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    return [_clean(part) for part in value] if isinstance(value, list) else value


def read_rows(path: Path, columns: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
    """The rows of a table, a group at a time."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=ROWS, columns=list(columns) if columns else None):
            yield from batch.to_pylist()


# --- records and rows


def row_of_article(article: Article, place: str) -> Row:
    """An article as a row; `place` is where it stood in the input."""
    return {name: getattr(article, name, None) for name in ARTICLES} | {"input": place}


def article_of_row(row: Row) -> Article:
    """The inverse of `row_of_article`."""
    return Article(**{name: value for name, value in row.items() if name != "input"})


def row_of_claim(claim: Claim, article: Article) -> Row:
    """A claim as a row: the codebook's fields flat, and the whole record as JSON."""
    killed = [t for t in claim.tolls if t.kind == "killed"]
    return {
        "id": claim.id, "article_id": claim.article_id, "published_at": article.published_at,
        "outlet_name": article.outlet_name, "type": claim.type, "mode": claim.mode, "contexts": list(claim.contexts),
        "modality": claim.modality, "certainty": claim.certainty, "background": claim.background,
        **_span_days(claim.date), **_name_parties("actor", claim.actor), **_name_parties("recipient", claim.recipient),
        "speaker": [a.speaker for a in claim.attribution if a.speaker], **_tell_place(claim.place),
        "killed_low": killed[0].low if killed else None, "killed_high": killed[0].high if killed else None,
        "evidence": claim.evidence.text, "evidence_start": claim.evidence.start, "evidence_end": claim.evidence.end,
        "score": claim.score, "reader": claim.reader, "record": to_json(claim),
    }  # fmt: skip


def claim_of_row(row: Row) -> Claim:
    """The inverse of `row_of_claim`."""
    return from_json(Claim, row["record"])


def row_of_incident(incident: Incident) -> Row:
    """An incident as a row: what it comes to flat, and the whole record, every version of it, as JSON."""
    best = next((t.best for t in incident.tolls if t.kind == "killed"), None)
    names = ("id", "reported_at", "type", "mode", "modality", "certainty", "state", "background", "is_faint",
             "is_exercise", "origins")  # fmt: skip
    parties = _name_parties("actor", incident.actor) | _name_parties("recipient", incident.recipient)
    return {
        **{name: getattr(incident, name) for name in names}, **_span_days(incident.date), **parties,
        **_tell_place(incident.place), "killed_best": best, "outlets": list(incident.outlets),
        "claim_ids": list(incident.claim_ids), "record": to_json(incident),
    }  # fmt: skip


def row_of_link(link: Link) -> Row:
    """A link as a row; its reasons are in the JSON."""
    return {name: getattr(link, name, None) for name in LINKS} | {"record": to_json(link)}


def _span_days(when: Any) -> dict[str, date | None]:
    return {"date_start": when.start if when else None, "date_end": when.end if when else None}


def _name_parties(role: str, parties: Iterable[Party]) -> dict[str, list[str | None]]:
    told = list(parties)
    return {
        f"{role}_name": [p.text for p in told],
        f"{role}_country": [p.country for p in told],
        f"{role}_sector": [p.sector for p in told],
    }


def _tell_place(place: Any) -> dict[str, Any]:
    if place is None:
        return {}
    return {
        "place_name": place.label or place.name, "place_precision": place.precision, "country": place.country,
        "lat": place.lat, "lon": place.lon, "gazetteer_id": place.gazetteer_id,
    }  # fmt: skip
