"""What the command line prints: tables for people, JSON Lines for machines."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich import markup
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from tocsin.errors import TocsinError
from tocsin.records import Article, Claim, Feed, Party, Toll, claim_to_codebook

if TYPE_CHECKING:
    from tocsin.desk.taken import Taken
    from tocsin.service.doctor import Finding

_STYLES = {"ok": "green", "missing": "yellow", "broken": "red"}
#: What a terminal obeys and what turns the direction of the words beside it; line ends and tabs stay.
_OBEYED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def escape(text: str) -> str:
    """A text of strangers as it may be printed: no markup in it is one, and no terminal obeys it."""
    return markup.escape(_OBEYED.sub(lambda found: repr(found.group())[1:-1], text))


def _out() -> Console:
    return Console()


def _err() -> Console:
    return Console(stderr=True)


def print_fields(rows: Iterable[tuple[str, str]]) -> None:
    """Names and what is told of each, one a line; what is told may hold anything."""
    table = Table(box=None, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, told in rows:
        table.add_row(f"[bold]{name}[/]", escape(told))
    _out().print(table)


def print_problem(why: Exception) -> None:
    """One line on standard error."""
    _err().print(f"[red]tocsin:[/] {escape(str(why))}", highlight=False, soft_wrap=True)


def print_address(address: str) -> None:
    """Where the desk listens."""
    _out().print(f"Tocsin is at [bold]{address}[/]  (Ctrl C stops it)", highlight=False)


def print_claims_json(article: Article, claims: Sequence[Claim]) -> None:
    """One claim a line, in the codebook's fields."""
    for claim in claims:
        sys.stdout.write(json.dumps(claim_to_codebook(claim, article), ensure_ascii=False) + "\n")


def print_claims(article: Article, claims: Sequence[Claim]) -> None:
    """The claims of one article as a table: what, who to whom, where and when, who says so, and the passage."""
    out = _out()
    published = (
        f"{article.published_at:%Y-%m-%d %H:%M} UTC" if article.published_at else "time of publication not known"
    )
    out.print(
        f"[bold]{escape(article.title or article.url or 'Untitled')}[/]\n"
        f"{escape(article.outlet_name or 'outlet not known')}, {published}",
        highlight=False,
    )
    if not claims:
        out.print("No claims: nobody in it is said to have done anything to anybody that the codebook counts.")
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 1, 0), header_style="bold")
    table.add_column("what", overflow="fold", ratio=3)
    table.add_column("who, when, where, who says so", overflow="fold", ratio=6)
    table.add_column("passage", overflow="fold", style="italic", ratio=7)
    for claim in claims:
        about = "\n".join((_who(claim), _when_where(claim), _says(claim)))
        table.add_row(*map(escape, (_what(claim), about, claim.evidence.text)))
    out.print(table)
    out.print(f"{_count(len(claims), 'claim')}, read by {claims[0].reader}", highlight=False)


def _what(claim: Claim) -> str:
    marks: list[str] = [claim.modality] if claim.modality != "actual" else []
    marks += ["hedged"] if claim.certainty == "hedged" else []
    marks += ["background"] if claim.background else []
    lines = [claim.type + (f" {claim.mode}" if claim.mode else "")]
    return "\n".join([*lines, *marks, *map(describe_toll, claim.tolls)])


def describe_toll(toll: Toll) -> str:
    """A toll in words: "30-40 vehicles", "at least 1 injured"."""
    if toll.high is None:
        return f"at least {toll.low} {toll.kind}"
    return f"{toll.low} {toll.kind}" if toll.low == toll.high else f"{toll.low}-{toll.high} {toll.kind}"


def _parties(parties: Sequence[Party]) -> str:
    if not parties:
        return "?"
    return "; ".join(f"{p.text} [{'/'.join(filter(None, (p.country, p.sector))) or '?'}]" for p in parties)


def _who(claim: Claim) -> str:
    return _parties(claim.actor) + (f" → {_parties(claim.recipient)}" if claim.recipient else "")


def _when_where(claim: Claim) -> str:
    when = str(claim.date) if claim.date else "date not said"
    if claim.place is None:
        return f"{when}; place not said"
    country = f", {claim.place.country}" if claim.place.country else ""
    return f"{when}; {claim.place.shown_name}{country} ({claim.place.precision})"


def _says(claim: Claim) -> str:
    if not claim.attribution:
        return "says: the outlet itself"
    links = (f"{a.speaker or 'hearsay'} ({a.cue})" if a.cue else a.speaker or "hearsay" for a in claim.attribution)
    return "says: " + " > ".join(links)


@contextmanager
def show_progress(title: str, *, quiet: bool = False, line: str | None = None) -> Iterator[Callable[[str], None]]:
    """A spinner with a count on standard error, gone when done; gives the function to call after each step.

    line  told instead where nobody would see the spinner (a log), so that a long start does not look like a dead one
    """
    if quiet or not sys.stderr.isatty():
        if line and not quiet:
            _err().print(line, highlight=False, soft_wrap=True)
        yield lambda _line: None
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=_err(), transient=True) as progress:
        task = progress.add_task(title, total=None)
        yield lambda line: progress.update(task, advance=1, description=f"{title}: {escape(line[:60])}")


def _count(number: int, name: str) -> str:
    return f"{number} {name}" if number == 1 else f"{number} {name}s"


def print_taken(taken: Taken) -> None:
    """What became of a batch, and each thing that could not be taken."""
    parts = [f"{_count(taken.new, 'new article')} with {_count(taken.claims, 'claim')}"]
    parts += [f"{taken.known} known already"] if taken.known else []
    parts += [f"{_count(taken.feeds, 'new feed')}, not fetched before confirmed"] if taken.feeds else []
    _out().print("; ".join(parts), highlight=False)
    for fault in taken.faults:
        line = f"[yellow]not taken:[/] {escape(repr(fault.which))}: {escape(fault.why)}"
        _err().print(line, highlight=False, soft_wrap=True)


def print_watching(feeds: Sequence[Feed], *, once: bool = False) -> None:
    """Which feeds are watched, or how to come to some."""
    watched = [f for f in feeds if f.confirmed_at and not f.is_off]
    if watched:
        how = "Fetching what is due" if once else "Watching (Ctrl C stops)"
        _out().print(f"{how}: {len(watched)} of {_count(len(feeds), 'feed')} confirmed", highlight=False)
    else:
        _out().print("No feed is confirmed: add one with [bold]tocsin feeds add ADDRESS --confirm[/]")


def print_standing(is_standing_by: bool) -> None:
    """Whether another desk on the same database watches, so that this one only stands by."""
    if is_standing_by:
        _out().print("Another desk watches this database: standing by.")


def print_feeds(feeds: Sequence[Feed], now: datetime, as_json: bool) -> None:
    """Each feed with its health."""
    if as_json:
        from tocsin.records import to_plain

        for feed in feeds:
            sys.stdout.write(json.dumps(to_plain(feed) | {"state": feed.state(now)}) + "\n")
        return
    if not feeds:
        _out().print("No feeds yet: [bold]tocsin feeds add ADDRESS[/] or [bold]tocsin ingest feeds.opml[/]")
        return
    for feed in feeds:
        # No table: an address and an id are copied, and must come out whole on a narrow screen.
        last = f"fetched {feed.fetched_at:%Y-%m-%d %H:%M}" if feed.fetched_at else "never fetched"
        head = f"{feed.id}  {feed.state(now)}, {last}, {_count(feed.articles, 'article')}"
        for line in (head, f"    {escape(feed.address)}", *([f"    {escape(feed.problem)}"] if feed.problem else [])):
            _out().print(line, highlight=False, soft_wrap=True)


def print_findings(findings: Sequence[Finding], as_json: bool) -> None:
    """The doctor's findings, each with what would mend it."""
    if as_json:
        for finding in findings:
            sys.stdout.write(json.dumps(asdict(finding)) + "\n")
        return
    table = Table(box=None)
    for name in ("", "what", "found", "to mend it"):
        table.add_column(name, overflow="fold", no_wrap=not name)
    for f in findings:
        table.add_row(f"[{_STYLES[f.state]}]{f.state}[/]", f.what, escape(f.found), escape(f.remedy or ""))
    _out().print(table)


def print_figures(figures: dict[str, Any], as_json: bool) -> None:
    """Measured figures, one a line."""
    if as_json:
        sys.stdout.write(json.dumps(figures) + "\n")
        return
    table = Table("figure", "value", box=None)
    for name, value in figures.items():
        table.add_row(name, f"{value:.3f}" if isinstance(value, float) else escape(str(value)))
    _out().print(table)


def write_answers(answers: Iterator[dict[str, Any]], count: int, path: Path) -> None:
    """Write answers as JSON Lines, with a bar on standard error; the file is whole or not there."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    new = path.with_name(path.name + ".new")
    written = 0
    try:
        with Progress(*columns, console=_err(), transient=True) as progress, new.open("w", encoding="utf-8") as lines:
            for answer in progress.track(answers, total=count, description="Answering"):
                lines.write(json.dumps(answer, ensure_ascii=False) + "\n")
                written += 1
        new.replace(path)
    except OSError as why:
        raise TocsinError("predictions", path, f"cannot be written ({why.strerror or why})") from why
    finally:
        new.unlink(missing_ok=True)
    _err().print(f"{written} answers in {escape(str(path))}", highlight=False)
