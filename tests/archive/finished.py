"""Archives that are read already, made of articles and claims at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.archive.edges import NOW, VERSIONS, PlainEdge
from tocsin.archive.cuts import Cut
from tocsin.archive.files import write_json
from tocsin.archive.manifest import DOUBLES, PARTS, Manifest, save_manifest
from tocsin.archive.reading import note_day
from tocsin.archive.tables import ARTICLES, CLAIMS, TableWriter, read_rows, row_of_article, row_of_claim
from tocsin.records import Article, Claim, Incident, Link, Outlet, from_json

Pairs = Sequence[tuple[Article, Sequence[Claim]]]


@dataclass(frozen=True)
class GradedEdge(PlainEdge):
    """A plain edge that knows some outlets."""

    graded: tuple[Outlet, ...] = ()

    def outlets(self) -> Mapping[str, Outlet]:
        """By id."""
        return {outlet.id: outlet for outlet in self.graded}


def finish_archive(out: Path, pairs: Pairs, parts: int) -> None:
    """An archive of so many partitions over which the articles are dealt in turn: no order in time."""
    cuts = tuple(Cut(n, "in.jsonl", "jsonl", "", n, n + 1) for n in range(parts))
    out.mkdir()
    save_manifest(out, Manifest(VERSIONS, NOW, 1, (), cuts))
    for cut in cuts:
        mine = pairs[cut.number :: parts]
        days: dict[str, Any] = {}
        with (
            TableWriter(out / "articles" / f"{cut.name}.parquet", ARTICLES, {}) as articles,
            TableWriter(out / "claims" / f"{cut.name}.parquet", CLAIMS, {}) as claims,
        ):
            for article, told in mine:
                articles.add(row_of_article(article, "here"))
                note_day(days, article)
                for claim in told:
                    claims.add(row_of_claim(claim, article))
        counts = {"articles": articles.count, "claims": claims.count, "set_aside": 0, "doubles": 0}
        spans = {key: [t.isoformat() for t in span] for key, span in days.items()}
        write_json(out / PARTS / f"{cut.name}.json", {**counts, "days": spans})
    write_json(out / DOUBLES, {"dropped": 0})


def load_rows(out: Path, table: str) -> list[dict[str, Any]]:
    """All rows of a table."""
    return [row for path in sorted((out / table).glob("*.parquet")) for row in read_rows(path)]


def load_incidents(out: Path) -> dict[str, Incident]:
    """By id; no id is there twice."""
    rows = load_rows(out, "incidents")
    incidents = {row["id"]: from_json(Incident, row["record"]) for row in rows}
    assert len(incidents) == len(rows)
    return incidents


def load_links(out: Path) -> dict[str, Link]:
    """By claim; no claim has two."""
    rows = load_rows(out, "links")
    links = {row["claim_id"]: from_json(Link, row["record"]) for row in rows}
    assert len(links) == len(rows)
    return links


def load_origins(out: Path) -> dict[str, str]:
    """Article id to origin."""
    return {row["article_id"]: row["origin_id"] for row in load_rows(out, "origins")}
