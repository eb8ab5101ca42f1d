"""`tocsin archive read`: files to articles and claims, a partition at a time, each finished for good."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tocsin.archive.attempts import Attempt, drop_notes, find_poison
from tocsin.archive.clusters import Cluster
from tocsin.archive.cuts import Cut, list_inputs, plan_cuts
from tocsin.archive.doubles import drop_doubles
from tocsin.archive.files import read_json, write_json
from tocsin.archive.inputs import Raw, read_records
from tocsin.archive.manifest import (
    PARTS,
    WORKING,
    Manifest,
    check_inputs,
    check_same,
    clear_archive,
    hold_archive,
    list_reports,
    load_manifest,
    save_manifest,
)
from tocsin.archive.ports import Edge, Versions
from tocsin.archive.progress import Progress, Tell
from tocsin.archive.refusals import ArchiveError
from tocsin.archive.running import run_tasks
from tocsin.archive.tables import ARTICLES, CLAIMS, SET_ASIDE, TableWriter, row_of_article, row_of_claim
from tocsin.errors import IntakeError, ReaderUnavailableError, ReadingError
from tocsin.pipeline import read_claims
from tocsin.records import Article, Claim

if TYPE_CHECKING:
    from tocsin.pipeline import Knowledge
    from tocsin.records import Outlet

#: Of a record that is set aside so many characters are kept, to know it by.
_BEGINNING = 500


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How an archive is read.

    partition_bytes  about so much input goes into one partition
    record_seconds   a record that takes longer is set aside (workers only)
    is_again         what the folder holds of an archive is thrown away first
    """

    partition_bytes: int = 16_000_000
    record_seconds: float = 120.0
    is_again: bool = False


def read_archive(
    inputs: Sequence[str], out: Path, edge: Edge, cluster: Cluster, options: ReadOptions, *, now: datetime, tell: Tell
) -> Manifest:
    """Read all input into `out`, or what is left of it. What is finished is not read again.

    Raises ArchiveError for input that is not there or has changed, and for other versions than the archive's.
    """
    out = out.absolute()  # workers may stand elsewhere
    with hold_archive(out):
        if options.is_again:
            clear_archive(out)
        manifest = _open_manifest(inputs, out, edge.versions(), options, now)
        with cluster.open_client() as client:
            seconds = options.record_seconds if client is not None else None
            _read_parts(client, out, manifest, edge, seconds, tell)
            drop_doubles(client, out, manifest, tell)
    return manifest


def _open_manifest(
    inputs: Sequence[str], out: Path, versions: Versions, options: ReadOptions, now: datetime
) -> Manifest:
    files = list_inputs(inputs)
    held = load_manifest(out)
    if held is not None:
        check_same(out, held, versions)
        check_inputs(out, held, files)
        return held
    if out.is_dir() and any((out / name).exists() for name in ("articles", "claims", "parts")):
        raise ArchiveError("archive", out, "holds what no manifest tells of: give an empty folder, or --again")
    manifest = Manifest(
        versions, now, options.partition_bytes, tuple(files), tuple(plan_cuts(files, options.partition_bytes))
    )
    save_manifest(out, manifest)
    return manifest


def _read_parts(client: Any, out: Path, manifest: Manifest, edge: Edge, seconds: float | None, tell: Tell) -> None:
    finished = list_reports(out, manifest)
    by_name = {cut.name: cut for cut in manifest.cuts}
    run = uuid4().hex[:8]
    tasks = {
        name: (cut, out, run, edge, manifest.versions, manifest.taken_at, seconds)
        for name, cut in by_name.items()
        if name not in finished
    }
    done, total, fresh = len(finished), len(by_name), 0
    articles, aside = (sum(r[key] for r in finished.values()) for key in ("articles", "set_aside"))
    tell(Progress("reading", done, total, articles, fresh, aside))

    def give_up(name: str) -> dict[str, Any]:
        return set_part_aside(by_name[name], out, manifest.versions)

    for _, report in run_tasks(client, read_part, tasks, on_killed=give_up):
        done, fresh = done + 1, fresh + report["articles"]
        articles, aside = articles + report["articles"], aside + report["set_aside"]
        tell(Progress("reading", done, total, articles, fresh, aside))


def read_part(
    cut: Cut, out: Path, run: str, edge: Edge, versions: Versions, taken_at: datetime, seconds: float | None
) -> dict[str, Any]:
    """Read one partition into its three tables, and tell what became of it; the worker's part of the work."""
    marker = out / PARTS / f"{cut.name}.json"
    if marker.exists():  # the worker that read it ended before it could say so
        told: dict[str, Any] = read_json(marker)
        return told
    start, cpu = time.monotonic(), time.process_time()
    poison = find_poison(out / WORKING, cut.name, run)
    part = _Part(edge, taken_at)
    with Attempt(out / WORKING, cut.name, run, seconds) as attempt, _open_tables(out, cut, versions) as tables:
        for number, raw in enumerate(read_records(cut, edge.most_bytes)):
            if number in poison:
                part.set_aside(raw, "reading", poison[number])
            else:
                attempt.at(number)
                part.read(raw)
            attempt.at()
            part.write(tables, cut.path)
    report = {
        "articles": part.articles, "claims": part.claims, "set_aside": part.aside, "doubles": part.doubles,
        "characters": part.characters, "input_bytes": cut.stop - cut.start if cut.kind != "parquet" else 0,
        "cpu_seconds": round(time.process_time() - cpu, 3), "seconds": round(time.monotonic() - start, 3),
        "days": {key: [t.isoformat() for t in span] for key, span in sorted(part.days.items())},
    }  # fmt: skip
    write_json(marker, report)
    drop_notes(out / WORKING, cut.name)
    return report


class _Tables(ExitStack):
    """The three tables of a partition."""

    def __init__(self, out: Path, cut: Cut, versions: Versions) -> None:
        super().__init__()
        given = (("articles", ARTICLES), ("claims", CLAIMS), ("set_aside", SET_ASIDE))
        self.articles, self.claims, self.aside = (
            self.enter_context(TableWriter(out / name / f"{cut.name}.parquet", columns, versions.to_metadata()))
            for name, columns in given
        )


def _open_tables(out: Path, cut: Cut, versions: Versions) -> _Tables:
    return _Tables(out, cut, versions)


class _Part:
    """What a partition has come to so far; what was read of the record at hand waits to be written."""

    def __init__(self, edge: Edge, taken_at: datetime) -> None:
        self._edge, self._taken_at = edge, taken_at
        self._known: set[str] = set()
        self._read: list[tuple[Article, tuple[Claim, ...], str]] = []
        self._refused: list[dict[str, Any]] = []
        self._knowledge: Knowledge | None = None
        self._outlets: dict[str, Outlet] = dict(edge.outlets())
        self.articles = self.claims = self.aside = self.doubles = self.characters = 0
        self.days: dict[str, tuple[datetime, datetime]] = {}

    def read(self, raw: Raw) -> None:
        """Make an article of a record and claims of the article; what fails is set aside and the rest goes on."""
        if raw.problem is not None:
            self.set_aside(raw, "input", raw.problem)
            return
        try:
            if raw.page is not None:
                article = self._edge.make_from_page(raw.page, taken_at=self._taken_at)
            else:
                article = self._edge.make_article(raw.line or "", taken_at=self._taken_at)
        except IntakeError as why:
            self.set_aside(raw, "intake", why.why)
        except Exception as why:  # noqa: BLE001  # no record of a million may stop the run, whatever it brings on
            self.set_aside(raw, "intake", f"{type(why).__name__}: {why}")
        else:
            self._read_article(article, raw)

    def _read_article(self, article: Article, raw: Raw) -> None:
        if article.id in self._known:
            self.doubles += 1
            return
        claims: tuple[Claim, ...] = ()
        try:
            self._knowledge = self._knowledge or self._edge.knowledge()
            claims = read_claims(article, self._knowledge, outlet=self._outlets.get(article.outlet_id or ""))
        except ReadingError as why:
            # as on a desk: kept with its fault, without claims
            article = replace(article, fault=str(why))
            self.set_aside(raw, "reading", why.why)
        except ReaderUnavailableError:
            raise  # the article is not to blame, and the next one would fare no better
        except Exception as why:  # noqa: BLE001  # as above
            self.set_aside(raw, "reading", f"{type(why).__name__}: {why}")
            return
        self._known.add(article.id)
        self._read.append((article, claims, raw.where))

    def set_aside(self, raw: Raw, step: str, reason: str) -> None:
        """Keep where a record stands, at which step it failed and why, and how it begins."""
        begins = raw.line if raw.line is not None else raw.page.address if raw.page else None
        self._refused.append(
            {"place": raw.where, "step": step, "reason": reason[:500], "beginning": (begins or "")[:_BEGINNING]}
        )

    def write(self, tables: _Tables, path: str) -> None:
        """Hand on what has been read of the record at hand."""
        for article, claims, where in self._read:
            tables.articles.add(row_of_article(article, f"{path}, {where}"))
            for claim in claims:
                tables.claims.add(row_of_claim(claim, article))
            self.articles, self.claims = self.articles + 1, self.claims + len(claims)
            self.characters += len(article.text)
            note_day(self.days, article)
        for row in self._refused:
            tables.aside.add({"input": path, **row})
        self.aside += len(self._refused)
        self._read, self._refused = [], []


def note_day(days: dict[str, tuple[datetime, datetime]], article: Article) -> None:
    """The first and last time on each day at which something was published, real news and exercise apart."""
    if article.fault is not None:
        return
    shown = article.shown_at
    key = f"{'exercise' if article.is_exercise else 'news'} {shown.date()}"
    first, last = days.get(key, (shown, shown))
    days[key] = (min(first, shown), max(last, shown))


def set_part_aside(cut: Cut, out: Path, versions: Versions) -> dict[str, Any]:
    """A partition that ended its workers at every attempt: it gives nothing, and the set-aside table says so."""
    reason = "ended its workers at every attempt; nothing of it was read"
    with _open_tables(out, cut, versions) as tables:
        place = f"{cut.kind} {cut.start} to {cut.stop}"
        tables.aside.add({"input": cut.path, "place": place, "step": "partition", "reason": reason, "beginning": ""})
    counts = dict.fromkeys(("articles", "claims", "doubles", "characters", "input_bytes", "cpu_seconds", "seconds"), 0)
    report: dict[str, Any] = {**counts, "set_aside": 1, "days": {}}
    write_json(out / PARTS / f"{cut.name}.json", report)
    drop_notes(out / WORKING, cut.name)
    return report
