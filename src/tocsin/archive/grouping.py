"""`tocsin archive group`: the claims of an archive to incidents, as one desk that was handed all articles would.

The steps and what passes between them stand in `steps.py`. Every step's tasks are independent of one another, leave
files and are not done twice; two things are done in one place alone, over little: following origins from chapter to
chapter, and finding what is tied together.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tocsin.archive import steps
from tocsin.archive.calendar import Calendar, make_calendar, name_run
from tocsin.archive.clusters import Cluster
from tocsin.archive.files import read_json, write_json
from tocsin.archive.knots import find_knots
from tocsin.archive.manifest import (
    DOUBLES,
    GROUPED,
    GROUPING,
    Manifest,
    check_same,
    hold_archive,
    list_reports,
    load_manifest,
)
from tocsin.archive.ports import Edge
from tocsin.archive.progress import Progress, Tell
from tocsin.archive.refusals import ArchiveError
from tocsin.archive.running import Task, do_step, run_step
from tocsin.records import Outlet, to_plain

#: The folder of what passes between the steps; it goes when all is grouped.
WORK = "grouping"
#: Texts of so many articles fit into one worker of 32 GB while their copies are looked for.
MOST_AT_ONCE = 2_000_000
#: Raised where the rows that pass between the steps, or what they are grouped by, change without a table's version:
#: what another form has begun or made is done anew.
FORM = 2
#: What workers do, in order.
STEPS = ("deal", "copies", "place", "firsts", "tie", "sort", "settle")


@dataclass(frozen=True, slots=True)
class GroupOptions:
    """How an archive is grouped. Only `silence_days`, `chapter_days` and `margin_days` can bear on the result.

    silence_days   what lies on two sides of so long a silence never meets, as on a desk
    chapter_days   copies are looked for among so many days of articles at once; 0: among all of a run
    margin_days    and among those of so many days before
    window_days    claims are compared in windows of so many days
    most_claims    so many claims go into one bucket, or into one slice of a window
    is_again       what a grouping has made or begun is thrown away first
    """

    silence_days: int
    chapter_days: int = 0
    margin_days: int = 14
    window_days: int = 7
    most_claims: int = 50_000
    is_again: bool = False


def group_archive(
    out: Path, edge: Edge, cluster: Cluster, options: GroupOptions, *, now: datetime, tell: Tell
) -> dict[str, Any]:
    """Group all claims of a finished archive; what was made of them, in plain values.

    Raises ArchiveError where the archive is not wholly read, or of other versions.
    """
    _check_options(options)
    out = out.absolute()  # workers may stand elsewhere
    _load_finished(out)  # before anything is made there
    with hold_archive(out):
        manifest = _load_finished(out)
        check_same(out, manifest, edge.versions())
        if options.is_again:
            _clear(out)
        wanted = _digest(manifest, options, edge.outlets())
        if (out / GROUPING).exists():
            told: dict[str, Any] = read_json(out / GROUPING)
            if told["digest"] == wanted:
                return told
            _clear(out)
        with cluster.open_client() as client:
            return _Run(client, out, manifest, edge.outlets(), options, wanted, now, tell).group()


def _load_finished(out: Path) -> Manifest:
    manifest = load_manifest(out)
    if manifest is None or not (out / DOUBLES).exists():
        raise ArchiveError("archive", out, "is not read to its end: tocsin archive read IN... OUT goes on with it")
    return manifest


def _check_options(options: GroupOptions) -> None:
    for name, least in (
        ("silence_days", 1),
        ("chapter_days", 0),
        ("margin_days", 0),
        ("window_days", 1),
        ("most_claims", 1),
    ):
        if getattr(options, name) < least:
            raise ArchiveError(name.replace("_", " "), getattr(options, name), f"must be at least {least}")
    if options.chapter_days and options.margin_days > options.chapter_days:
        raise ArchiveError("margin days", options.margin_days, f"must be at most a chapter ({options.chapter_days})")


def _clear(out: Path) -> None:
    (out / GROUPING).unlink(missing_ok=True)
    for name in (*GROUPED, WORK):
        if (out / name).is_dir():
            shutil.rmtree(out / name)


def _digest(manifest: Manifest, options: GroupOptions, outlets: Mapping[str, Outlet]) -> str:
    told = [
        FORM, asdict(manifest.versions), manifest.taken_at.isoformat(), [file.digest for file in manifest.inputs],
        [value for name, value in asdict(options).items() if name != "is_again"],
        [to_plain(outlet) for _, outlet in sorted(outlets.items())],
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


class _Run:
    """One grouping, step by step."""

    def __init__(
        self, client: Any, out: Path, manifest: Manifest, outlets: Mapping[str, Outlet],
        options: GroupOptions, digest: str, now: datetime, tell: Tell,
    ) -> None:  # fmt: skip
        self._client, self._out, self._manifest, self._outlets = client, out, manifest, outlets
        self._options, self._digest, self._tell = options, digest, tell
        self._work = out / WORK / digest
        self._now = self._begin(now)
        self._metadata = manifest.versions.to_metadata()
        self._told: dict[str, dict[str, Any]] = {}

    def _begin(self, now: datetime) -> datetime:
        """When this grouping was begun: the time of its links, however often it is stopped."""
        note = self._work / "begun.json"
        if not note.exists():
            if (self._out / WORK).is_dir():
                shutil.rmtree(self._out / WORK)  # begun with other options
            write_json(note, now.isoformat())
        return datetime.fromisoformat(read_json(note))

    def group(self) -> dict[str, Any]:
        """All steps in order; then what passed between them is thrown away."""
        reports = list_reports(self._out, self._manifest)
        self._refuse_giants(sum(r["articles"] for r in reports.values()))
        calendar = self._make_calendar(reports)
        dealt = self._run("deal", steps.deal_part, {n: (self._out, n, self._at("deal", n), calendar) for n in reports})
        files = [self._at("deal", name) for name in reports]
        chapters = self._follow_copies(files, sorted({c for told in dealt.values() for c in told["rows"]}))
        claims = sum(r["claims"] for r in reports.values())
        buckets = max(1, -(-claims // self._options.most_claims))
        self._run(
            "place", steps.place_claims,
            {c: (files, c, self._origins(c), buckets, self._at("place", c)) for c in chapters},
        )  # fmt: skip
        placed = [self._at("place", c) for c in chapters]
        names = [f"{number:06d}" for number in range(buckets)]
        stood = self._run(
            "firsts", steps.stand_firsts,
            {n: (placed, str(int(n)), self._outlets, self._options.window_days, self._at("firsts", n)) for n in names},
        )  # fmt: skip
        shares = [self._at("firsts", n) for n in names]
        shares += self._tie_windows(shares, stood)
        knots = self._work / "knots.npy"
        self._tell(Progress("knot", 0, 1))
        self._told["knot"] = do_once(self._work / "knots.json", find_knots, shares, knots)
        self._run(
            "sort", steps.sort_share,
            {share.stem: (share, knots, buckets, self._at("sort", share.stem)) for share in shares},
        )  # fmt: skip
        return self._settle([self._at("sort", share.stem) for share in shares], names, chapters)

    def _refuse_giants(self, articles: int) -> None:
        if articles > MOST_AT_ONCE and not self._options.chapter_days:
            why = (
                f"are too many to look for copies among all of them in one worker (at most {MOST_AT_ONCE:,}): give "
                "--chapter-days 28, which looks among those of 28 days and the 14 before"
            )
            raise ArchiveError("articles", f"{articles:,}", why)

    def _make_calendar(self, reports: Mapping[str, Mapping[str, Any]]) -> Calendar:
        options = self._options
        chapter = timedelta(days=options.chapter_days) if options.chapter_days else None
        days = (report["days"] for report in reports.values())
        return make_calendar(days, timedelta(days=options.silence_days), chapter, timedelta(days=options.margin_days))

    def _follow_copies(self, files: list[Path], chapters: list[str]) -> list[str]:
        """The origins of each chapter that has articles of its own."""
        tasks = {c: (files, c, self._at("copies", c, ".parquet")) for c in chapters}
        found = self._run("copies", steps.find_copies, tasks)
        own = [c for c in chapters if found[c]["articles"]]
        before: str | None = None
        for chapter in own:
            is_next = before is not None and name_run(before) == name_run(chapter)
            earlier = self._origins(before) if is_next and before else None
            found_path = self._at("copies", chapter, ".parquet")
            marker = self._work / "follow" / f"{chapter}.json"
            do_once(marker, steps.follow_origins, earlier, found_path, self._origins(chapter), self._metadata)
            before = chapter
        return own

    def _tie_windows(self, shares: list[Path], stood: Mapping[str, Mapping[str, Any]]) -> list[Path]:
        counts: Counter[str] = Counter()
        for told in stood.values():
            counts.update(told["windows"])
        tasks = {}
        for window, count in sorted(counts.items()):
            parts = -(-count // self._options.most_claims)
            for part in range(parts):
                name = f"{window.replace(':', '-')}-{part:03d}"
                tasks[name] = (
                    shares, window, part, parts, self._outlets, self._options.window_days, self._at("tie", name)
                )  # fmt: skip
        self._run("tie", steps.tie_window, tasks)
        return [self._at("tie", name) for name in tasks]

    def _settle(self, sorted_: list[Path], names: list[str], chapters: list[str]) -> dict[str, Any]:
        targets = {n: [self._out / table / f"part-{n}.parquet" for table in ("incidents", "links")] for n in names}
        self._run(
            "settle", steps.settle_bucket,
            {n: (sorted_, str(int(n)), self._outlets, self._now, targets[n], self._metadata) for n in names},
        )  # fmt: skip
        (self._out / "origins").mkdir(exist_ok=True)
        for number, chapter in enumerate(chapters):
            shutil.copyfile(self._origins(chapter), self._out / "origins" / f"part-{number:06d}.parquet")
        told = {
            "digest": self._digest,
            "made_at": self._now.isoformat(),
            "options": {k: v for k, v in asdict(self._options).items() if k != "is_again"},
            "articles": sum(t["articles"] for t in self._told_of("copies")),
            "claims": sum(t["claims"] for t in self._told_of("place")),
            "incidents": sum(t["incidents"] for t in self._told_of("settle")),
            "ties": self._told["knot"],
            "shuffled_bytes": {
                s: sum(t["bytes"] for t in self._told_of(s)) for s in ("deal", "place", "firsts", "sort")
            },
            **{
                key: {step: round(sum(t[key] for t in self._told_of(step)), 3) for step in STEPS}
                for key in ("seconds", "cpu_seconds")
            },
        }
        write_json(self._out / GROUPING, told)
        shutil.rmtree(self._out / WORK)
        return told

    def _run(self, step: str, function: Task, tasks: Mapping[str, tuple[Any, ...]]) -> dict[str, dict[str, Any]]:
        results = run_step(
            self._client,
            self._work / step,
            function,
            tasks,
            lambda done, total: self._tell(Progress(step, done, total)),
        )
        self._told[step] = results
        return results

    def _told_of(self, step: str) -> list[dict[str, Any]]:
        return list(self._told[step].values())

    def _at(self, step: str, name: str, suffix: str = ".rows") -> Path:
        return self._work / step / f"{name}{suffix}"

    def _origins(self, chapter: str) -> Path:
        return self._work / "follow" / f"{chapter}.parquet"


def do_once(marker: Path, function: Task, *given: Any) -> dict[str, Any]:
    """What a task gave, done now unless it was done before."""
    result: dict[str, Any] = read_json(marker) if marker.exists() else do_step(marker, function, given)
    return result
