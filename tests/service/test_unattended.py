"""What the doctor says of a desk that runs for months."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tocsin.service.doctor import Finding
from tocsin.service.meters import BACKUP_NOTE
from tocsin.service.retaining import DAY_NOTE
from tocsin.service.unattended import (
    look_at_fonts,
    look_at_logs,
    look_at_proxies,
    look_at_room,
    look_at_secrecy,
    look_at_service,
)
from tocsin.settings import Settings
from tocsin.store import open_store

from tests.notify.made import make_notice  # isort: skip


def find(findings: list[Finding], what: str) -> Finding:
    return next(f for f in findings if f.what == what)


def examine(home: Path, **given: object) -> list[Finding]:
    return list(look_at_service(Settings(home=home, **given)))  # type: ignore[arg-type]


def note(home: Path, key: str, value: str) -> None:
    store = open_store(home / "desk.sqlite")
    store.set_note(key, value)
    store.close()


def test_room_is_judged_by_the_setting(tmp_path: Path) -> None:
    assert [f.state for f in look_at_room(Settings(home=tmp_path, least_free_bytes=0))] == ["ok"]
    short = next(look_at_room(Settings(home=tmp_path, least_free_bytes=10**18)))
    assert short.state == "missing"
    assert short.remedy is not None
    assert "retain_days" in short.remedy


def test_a_database_elsewhere_is_looked_at_where_it_lies(tmp_path: Path) -> None:
    """By a path and by an address, which names a file as well."""
    (tmp_path / "far").mkdir()
    path = tmp_path / "far" / "desk.sqlite"
    open_store(path).close()
    path.chmod(0o644)
    path.parent.chmod(0o755)
    for address in (str(path), f"sqlite:///{path}"):
        settings = Settings(home=tmp_path, database=address)
        assert str(path.parent) in next(look_at_room(settings)).found
        assert [f.remedy for f in look_at_secrecy(settings)] == [f"chmod o= {path}"]
    assert str(tmp_path) in next(look_at_room(Settings(home=tmp_path, database="postgresql://db/desk"))).found


def test_the_letters_that_a_pdf_would_show_as_boxes_are_told_with_what_has_them(tmp_path: Path) -> None:
    from tocsin.report.fonts import find_lacks

    [found] = look_at_fonts(Settings(home=tmp_path))
    lacks = find_lacks()
    assert found.state == ("missing" if lacks else "ok"), "the desk works without"
    assert all(package in (found.remedy or "") and lack in found.found for lack, package in lacks.items())


def test_a_log_file_is_looked_at_where_there_is_one(tmp_path: Path) -> None:
    assert list(look_at_logs(Settings(home=tmp_path))) == []
    [found] = look_at_logs(Settings(home=tmp_path, log_file=tmp_path / "desk.log"))
    assert (found.what, found.state) == ("log file", "ok")
    assert "60 MB" in found.found
    [missing] = look_at_logs(Settings(home=tmp_path, log_file=tmp_path / "missing" / "desk.log"))
    assert missing.state == "broken"


@pytest.mark.parametrize(("days", "state"), [(None, "missing"), (1, "ok"), (30, "missing"), (-200, "missing")])
def test_the_age_of_the_last_backup(tmp_path: Path, days: int | None, state: str) -> None:
    if days is not None:
        note(tmp_path, BACKUP_NOTE, (datetime.now(UTC) - timedelta(days=days)).isoformat())
    found = find(examine(tmp_path), "backup")
    assert found.state == state
    assert (found.remedy is None) == (state == "ok")


def test_a_retention_that_does_not_run_is_told(tmp_path: Path) -> None:
    assert find(examine(tmp_path), "retention").state == "ok"
    assert find(examine(tmp_path, retain_days=365), "retention").state == "missing"
    note(tmp_path, DAY_NOTE, datetime.now(UTC).date().isoformat())
    assert find(examine(tmp_path, retain_days=365), "retention").state == "ok"


def test_a_retention_that_waits_for_the_clock_is_told(tmp_path: Path) -> None:
    note(tmp_path, DAY_NOTE, (datetime.now(UTC) - timedelta(days=90)).date().isoformat())
    found = find(examine(tmp_path, retain_days=365), "retention")
    assert found.state == "missing"
    assert "since the clock has leapt" in found.found


def test_a_stuck_outbox_is_told(tmp_path: Path) -> None:
    assert find(examine(tmp_path), "outbox").state == "ok"
    store = open_store(tmp_path / "desk.sqlite")
    store.add_notices([make_notice(made_at=datetime.now(UTC) - timedelta(hours=5))], lambda _: ["watch-room"])
    store.close()
    found = find(examine(tmp_path), "outbox")
    assert found.state == "missing"
    assert "5.0 hours" in found.found


def test_a_proxy_that_is_not_believed_is_told(tmp_path: Path) -> None:
    def look(**given: object) -> list[Finding]:
        return list(look_at_proxies(Settings(home=tmp_path, **given)))  # type: ignore[arg-type]

    public = {"public_address": "https://desk.example.org"}
    assert look(**public) == look(host="0.0.0.0") == []  # it can only be on this machine, or there is none
    (found,) = look(host="0.0.0.0", **public)
    assert found.state == "missing"
    assert "TOCSIN_PROXIES" in (found.remedy or "")
    assert [f.state for f in look(host="0.0.0.0", proxies=("10.88.0.1",), **public)] == ["ok"]


@pytest.mark.skipif(os.name != "posix", reason="rights are told otherwise there")
def test_files_that_everybody_may_read_are_told_with_what_mends_it(tmp_path: Path) -> None:
    key = tmp_path / "key of mine"
    key.write_text("k")
    settings = Settings(home=tmp_path, endpoint_key_file=key)
    open_store(tmp_path / "desk.sqlite").close()
    (tmp_path / "channels.toml").write_text("")
    for path in (key, tmp_path / "channels.toml"):
        path.chmod(0o640)  # as systemd's unit has them
    tmp_path.chmod(0o755)
    assert list(look_at_secrecy(settings)) == []
    for path in (key, tmp_path / "desk.sqlite"):
        path.chmod(0o644)  # as a copy has them
    (found,) = look_at_secrecy(settings)
    assert (found.what, found.state) == ("secrecy", "missing")
    assert found.remedy == f"chmod o= {tmp_path}/desk.sqlite '{key}'"
    subprocess.run(["/bin/sh", "-c", found.remedy], check=True)
    assert list(look_at_secrecy(settings)) == []
    key.chmod(0o644)
    tmp_path.chmod(0o700)
    assert list(look_at_secrecy(settings)) == []


def test_the_rest_is_well_on_a_new_desk(tmp_path: Path) -> None:
    found = {f.what: f.state for f in examine(tmp_path)}
    assert found["clock"] == found["schema"] == found["database size"] == "ok"
