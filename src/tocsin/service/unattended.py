"""What a desk that runs for months needs looked at: room, backups, retention, logs, the outbox, how it is reached."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from tocsin.desk import Desk
from tocsin.desk.opening import find_home, make_desk
from tocsin.errors import StoreError
from tocsin.service.backups import find_database
from tocsin.service.doctor import CLOCK_SLACK, Finding
from tocsin.service.judging import GIVE_UP_AFTER
from tocsin.service.meters import BACKUP_NOTE
from tocsin.service.retaining import DAY_NOTE, find_limit, find_wait
from tocsin.settings import Settings, is_loopback

#: A clock that says a day before this version was made is wrong.
NOT_BEFORE = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
#: A notice that has waited so long while its channel is not given up is stuck.
STUCK_AFTER = timedelta(hours=1)


def look_at_room(settings: Settings) -> Iterator[Finding]:
    """Free space where the database lies; a server's own disk cannot be seen from here."""
    database = find_database(settings)
    folder = database.parent if isinstance(database, Path) else find_home(settings)
    free = shutil.disk_usage(folder).free
    enough = free >= settings.least_free_bytes
    found = f"{free / 1e9:,.1f} GB free in {folder}"
    remedy = "make room, or set retain_days; below 100 MB nothing can be relied on"
    state: Literal["ok", "missing", "broken"] = "ok" if enough else "missing" if free > 100_000_000 else "broken"
    yield Finding("disk space", state, found, None if enough else remedy)


def look_at_logs(settings: Settings) -> Iterator[Finding]:
    """Only where a log file is set: whether it can be written, and how large it may become."""
    path = settings.log_file
    if path is None:
        return
    most = settings.log_file_bytes * (settings.log_files + 1)
    is_writable = os.access(path if path.exists() else path.parent, os.W_OK)
    found = f"{path}: at most {most / 1e6:,.0f} MB with the {settings.log_files} before it"
    if is_writable:
        yield Finding("log file", "ok", found)
    else:
        yield Finding("log file", "broken", f"{path} cannot be written", "make its folder writable for this user")


def look_at_fonts(_: Settings) -> Iterator[Finding]:
    """Which letters of names a report as PDF cannot show well: those the program does not carry are the machine's."""
    from tocsin.report.fonts import find_lacks

    lacks = find_lacks()
    if lacks:
        packages = " ".join(lacks.values())
        remedy = f"only where your reports hold such names: on Debian and Ubuntu, sudo apt install {packages}"
        yield Finding("fonts of the PDF", "missing", "; ".join(lacks), remedy)
    else:
        yield Finding("fonts of the PDF", "ok", "Arabic, Chinese, Japanese and Korean letters too")


def look_at_secrecy(settings: Settings) -> Iterator[Finding]:
    """Only where files that the desk makes for its owner, or that hold keys, have come to be open to everybody."""
    home = find_home(settings)
    database = find_database(settings)
    keys = (settings.endpoint_key_file, settings.oidc_client_secret_file, settings.metrics_token_file)
    files = [settings.channels or home / "channels.toml", *(path for path in keys if path is not None)]
    files = [database, *files] if isinstance(database, Path) else files
    bare = [str(path) for path in files if path.is_file() and _is_open_to_all(path)]
    if bare:
        found = f"every user of this machine who comes to its folder may read {', '.join(bare)}"
        yield Finding("secrecy", "missing", found, f"chmod o= {' '.join(map(shlex.quote, bare))}")


def _is_open_to_all(path: Path) -> bool:
    if os.name != "posix":
        return False  # rights are told otherwise there
    return bool(path.stat().st_mode & 0o004 and path.parent.stat().st_mode & 0o001)


def look_at_proxies(settings: Settings) -> Iterator[Finding]:
    """Only where people come through a proxy that may be on another machine, or outside this container."""
    if settings.public_address is None or is_loopback(settings.host):
        return
    if settings.proxies:
        yield Finding("proxies", "ok", f"believed: this machine, {', '.join(settings.proxies)}")
    else:
        found = f"{settings.public_address} is another's; unless that runs on this machine, all people are one address"
        remedy = "name it, as TOCSIN_PROXIES=10.88.0.0/16: else they share one rate limit and one wait at the sign-in"
        yield Finding("proxies", "missing", found, remedy)


def look_at_service(settings: Settings) -> Iterator[Finding]:
    """What only the database knows; where it does not open, the doctor has said so already."""
    try:
        opened = make_desk(settings)
    except StoreError:
        return
    with opened as desk:
        now = desk.clock.now()
        yield _judge_clock(desk, now)
        schema = desk.store.schema()
        yield Finding("schema", "ok" if schema == desk.store.newest_schema else "broken", schema)
        yield _judge_backup(desk, now)
        yield _judge_retention(desk, now)
        vitals = desk.store.vitals()
        yield Finding("database size", "ok", f"{vitals.database_bytes / 1e6:,.1f} MB")
        if vitals.oldest_waiting_at is not None and now - vitals.oldest_waiting_at > STUCK_AFTER:
            waited = (now - vitals.oldest_waiting_at).total_seconds() / 3600
            hours = GIVE_UP_AFTER.total_seconds() / 3600
            remedy = f"tocsin channels outbox says why; after {hours:.0f} hours it is given up"
            yield Finding("outbox", "missing", f"a notice has waited for {waited:.1f} hours", remedy)
        else:
            yield Finding("outbox", "ok", "nothing has waited long")


def _judge_clock(desk: Desk, now: datetime) -> Finding:
    if now < NOT_BEFORE:
        return Finding("clock", "broken", f"says {now:%Y-%m-%d %H:%M} UTC", "set it, and let it be kept (chrony, ntp)")
    ahead = [t.day for t in desk.store.tensions(since=now.date() + timedelta(days=2)) if not t.is_exercise]
    if ahead:
        found = f"says {now:%Y-%m-%d %H:%M} UTC, and the desk has derived up to {max(ahead)}: it was ahead"
        return Finding("clock", "missing", found, "set it; the watch takes the days ahead out again")
    return Finding("clock", "ok", f"{now:%Y-%m-%d %H:%M} UTC")


def _judge_backup(desk: Desk, now: datetime) -> Finding:
    days = desk.settings.backup_warn_days
    remedy = "tocsin backup FILE, or the timer in packaging/tocsin-backup.timer"
    told = desk.store.note(BACKUP_NOTE)
    if told is None:
        return Finding("backup", "missing", "none was ever made", remedy)
    age = now - datetime.fromisoformat(told)
    found = f"the last was made at {told[:16].replace('T', ' ')} UTC"
    # One from the future was made by a wrong clock: nobody knows how old it is.
    is_fresh = -CLOCK_SLACK <= age <= timedelta(days=days)
    return Finding("backup", "ok" if is_fresh else "missing", found, None if is_fresh else remedy)


def _judge_retention(desk: Desk, now: datetime) -> Finding:
    limit, last = find_limit(desk.settings, now), desk.store.note(DAY_NOTE)
    if limit is None:
        return Finding("retention", "ok", "articles are kept for ever (retain_days is 0)")
    found = f"articles from before {limit:%Y-%m-%d} go unless something stands on them; last run: {last or 'never'}"
    if waits := find_wait(desk.store, now):
        found = f"waits until {waits} since the clock has leapt from {last}"
        return Finding(
            "retention", "missing", found, "see that the clock is right; if it is, wait, or say tocsin retain"
        )
    is_late = last is None or datetime.fromisoformat(f"{last}T00:00:00+00:00") < now - timedelta(days=3)
    remedy = "tocsin retain, or let tocsin watch run" if is_late else None
    return Finding("retention", "missing" if is_late else "ok", found, remedy)
