"""Backup and restore: what was in the desk is in the restored one, also while it is written; nothing half is left."""

from __future__ import annotations

import gzip
import io
import json
import os
import sqlite3
import stat
import subprocess
import sys
import tarfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import NOW
from tests.store.test_forward import make_old
from tests.store.worlds import make_readings, run_flow
from tocsin.errors import StoreError
from tocsin.records import Filter
from tocsin.service.backups import ROTATED, rotate_backups, write_backup
from tocsin.service.bundles import MANIFEST, SQLITE
from tocsin.service.meters import BACKUP_NOTE
from tocsin.service.restoring import restore_backup
from tocsin.settings import Secret, Settings
from tocsin.store import open_store
from tocsin.store.tables import REVISIONS

EVERYTHING = Filter(limit=0, with_background=True)
#: Writes to the desk until it is killed: a byte says that it has begun.
WRITER = """
import sys
from tests.store.worlds import make_readings, run_flow
from tocsin.store import open_store
store = open_store(sys.argv[1])
readings = make_readings(400, seed=9)
run_flow(store, readings[:3])
print("begun", flush=True)
run_flow(store, readings[3:])
"""


def make_home(folder: Path, count: int = 8, seed: int = 1, **given: object) -> Settings:
    folder.mkdir(exist_ok=True)
    store = open_store(folder / "desk.sqlite")
    run_flow(store, make_readings(count, seed))
    store.set_note("a note", "kept")
    store.close()
    return Settings(home=folder, **given)  # type: ignore[arg-type]


def dump(path: Path) -> list[str]:
    """Everything that a database holds, but for when it was last backed up."""
    with closing(sqlite3.connect(path)) as connection:
        return [line for line in connection.iterdump() if BACKUP_NOTE not in line or "INSERT" not in line]


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(count=st.integers(0, 12), seed=st.integers(1, 10**6), is_packed=st.booleans())
def test_what_was_in_the_desk_is_in_the_restored_one(
    tmp_path_factory: pytest.TempPathFactory, count: int, seed: int, is_packed: bool
) -> None:
    folder = tmp_path_factory.mktemp("backups")
    desk = make_home(folder / "desk", count, seed)
    backup = folder / ("desk.tar.gz" if is_packed else "desk.tar")
    manifest = write_backup(desk, backup, now=NOW)
    assert manifest.counts["articles"] == count
    other = Settings(home=folder / "other")
    (folder / "other").mkdir()
    restored, aside = restore_backup(other, backup, now=NOW)
    assert (restored, aside) == (manifest, None)
    assert dump(folder / "other" / "desk.sqlite") == dump(folder / "desk" / "desk.sqlite")


@pytest.mark.timeout(180)
def test_a_backup_during_heavy_writing_is_one_state_of_the_desk(tmp_path: Path) -> None:
    desk = Settings(home=tmp_path)
    command = [sys.executable, "-c", WRITER, str(tmp_path / "desk.sqlite")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as writer:
        try:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "begun\n"
            held = []
            for n in range(4):
                write_backup(desk, tmp_path / f"{n}.tar", now=NOW)
                (tmp_path / str(n)).mkdir()
                restored = Settings(home=tmp_path / str(n))
                restore_backup(restored, tmp_path / f"{n}.tar", now=NOW)
                store = open_store(tmp_path / str(n) / "desk.sqlite")
                assert store.check() == []
                readings = make_readings(400, seed=9)
                count = store.counts().articles
                assert [r.article.id for r in readings if store.has_article(r.article.id)] == [
                    r.article.id for r in readings[:count]
                ]
                held.append(count)
                store.close()
        finally:
            writer.kill()
    assert held == sorted(held)
    assert held[-1] >= 3


def test_a_backup_says_what_it_is_and_holds_no_secret(tmp_path: Path) -> None:
    desk = make_home(
        tmp_path / "desk", endpoint_key=Secret("lantern-key"), metrics_token=Secret("lantern-token"), tlp="TLP:RED"
    )
    (tmp_path / "desk" / "channels.toml").write_text('[[channel]]\nsecret_env = "LANTERN"\n')
    (tmp_path / "desk" / "places").mkdir()
    (tmp_path / "desk" / "places" / "camps.csv").write_text("name,lat,lon\n")
    backup = tmp_path / "desk.tar"
    manifest = write_backup(desk, backup, now=NOW)
    assert manifest.schema == REVISIONS[-1]
    assert manifest.settings == {"home": str(tmp_path / "desk"), "tlp": "TLP:RED"}
    assert set(manifest.members) == {SQLITE, "beside/camps.csv"}
    assert "channels.toml" in manifest.left_out["secrets"]
    assert b"lantern" not in backup.read_bytes().lower()
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    with tarfile.open(backup) as archive:
        assert archive.getnames() == [MANIFEST, SQLITE, "beside/camps.csv"]


def test_what_lay_beside_is_laid_out_and_nothing_is_written_over(tmp_path: Path) -> None:
    desk = make_home(tmp_path / "desk")
    (tmp_path / "desk" / "places").mkdir()
    (tmp_path / "desk" / "places" / "camps.csv").write_text("first")
    write_backup(desk, tmp_path / "b.tar", now=NOW)
    (tmp_path / "desk" / "places" / "camps.csv").write_text("second")
    restore_backup(desk, tmp_path / "b.tar", now=NOW)
    assert (tmp_path / "desk" / "places" / "camps.csv").read_text() == "second"
    assert (tmp_path / "desk" / "restored" / "camps.csv").read_text() == "first"


def test_a_file_that_is_there_is_not_overwritten_unasked(tmp_path: Path) -> None:
    desk = make_home(tmp_path / "desk")
    backup = tmp_path / "desk.tar.gz"
    backup.write_text("precious")
    with pytest.raises(StoreError, match=r"is there already; .*--overwrite"):
        write_backup(desk, backup, now=NOW)
    assert backup.read_text() == "precious"
    write_backup(desk, backup, now=NOW, overwrite=True)
    assert gzip.decompress(backup.read_bytes())
    store = open_store(tmp_path / "desk" / "desk.sqlite")
    assert store.note(BACKUP_NOTE) == NOW.isoformat()
    store.close()


def test_a_backup_leaves_the_desk_as_it_is(tmp_path: Path) -> None:
    """The program was brought up to date, and the desk still runs with the earlier one: the backup comes by night."""
    path, backup = tmp_path / "desk.sqlite", tmp_path / "b.tar"
    make_old(path, "0009")
    assert write_backup(Settings(home=tmp_path), backup, now=NOW).schema == "0009"
    assert find_schema(path) == "0009"
    open_store(path).close()
    assert find_schema(path) == REVISIONS[-1]
    manifest, aside = restore_backup(Settings(home=tmp_path), backup, now=NOW)
    assert (manifest.schema, find_schema(path)) == ("0009", REVISIONS[-1])
    assert aside is not None


def find_schema(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def test_a_desk_that_cannot_note_it_is_backed_up_all_the_same(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    desk = make_home(tmp_path / "desk", 2)
    with closing(sqlite3.connect(tmp_path / "desk" / "desk.sqlite")) as full:
        full.execute("CREATE TRIGGER t BEFORE INSERT ON notes BEGIN SELECT RAISE(ABORT, 'disk is full'); END")
    assert write_backup(desk, tmp_path / "b.tar", now=NOW).counts["articles"] == 2
    assert "the backup is whole, but the desk cannot note that it was made" in caplog.text
    assert "disk is full" in caplog.text


def test_a_failed_backup_leaves_nothing_behind(tmp_path: Path) -> None:
    desk = make_home(tmp_path / "desk")
    path = tmp_path / "desk" / "desk.sqlite"
    with closing(sqlite3.connect(path)) as broken:
        broken.execute("PRAGMA foreign_keys = OFF")
        broken.execute("DELETE FROM alembic_version")
        broken.commit()
    (tmp_path / "out").mkdir()
    with pytest.raises(StoreError, match="copy of the database"):
        write_backup(desk, tmp_path / "out" / "b.tar", now=NOW)
    assert list((tmp_path / "out").iterdir()) == []


def test_the_newest_are_kept_and_other_files_are_left_alone(tmp_path: Path) -> None:
    desk, folder = make_home(tmp_path / "desk", 2), tmp_path / "kept"
    folder.mkdir()
    (folder / "tocsin-notes.txt").write_text("mine")
    (folder / "tocsin-20200101T000000Z.tar.gz.part").write_text("mine")
    for day in range(5):
        target, gone = rotate_backups(desk, folder, 3, now=NOW + timedelta(days=day))
        assert target.exists()
        assert len(gone) == (day >= 3)
    held = [p.name for p in sorted(folder.iterdir()) if ROTATED.fullmatch(p.name)]
    assert held == [f"tocsin-202603{n}T120000Z.tar.gz" for n in (22, 23, 24)]
    assert len(list(folder.iterdir())) == 5
    with pytest.raises(StoreError, match="at least 1"):
        rotate_backups(desk, folder, 0, now=NOW)
    with pytest.raises(StoreError, match="is not there; make it"):
        rotate_backups(desk, tmp_path / "missing", 3, now=NOW)


def test_backups_of_a_clock_that_was_ahead_do_not_push_out_the_new_one(tmp_path: Path) -> None:
    desk, folder = make_home(tmp_path / "desk", 1), tmp_path / "kept"
    folder.mkdir()
    for day in range(2):
        rotate_backups(desk, folder, 2, now=NOW + timedelta(days=365 + day))
    first, _ = rotate_backups(desk, folder, 2, now=NOW)
    second, gone = rotate_backups(desk, folder, 2, now=NOW + timedelta(days=1))
    assert [path.name[:11] for path in gone] == ["tocsin-2027"]
    assert sorted(p for p in folder.iterdir() if ROTATED.fullmatch(p.name)) == [first, second]


def test_what_a_killed_restore_left_is_cleared_away(tmp_path: Path) -> None:
    desk = make_home(tmp_path / "desk", 1)
    write_backup(desk, tmp_path / "b.tar", now=NOW)
    left = tmp_path / "desk" / ".tocsin-restore-old"
    left.mkdir()
    (left / "desk.sqlite").write_text("what the desk knew")
    restore_backup(desk, tmp_path / "b.tar", now=datetime.now(UTC) + timedelta(days=1))
    assert not left.exists()


def test_two_restores_in_a_second_keep_both_that_were_there(tmp_path: Path) -> None:
    desk = make_home(tmp_path / "desk", 3)
    write_backup(desk, tmp_path / "b.tar", now=NOW)
    for _ in range(3):
        restore_backup(desk, tmp_path / "b.tar", now=NOW)
    assert len(list((tmp_path / "desk").glob("desk.sqlite.before-*"))) == 3


def test_what_a_killed_backup_left_is_cleared_away(tmp_path: Path) -> None:
    desk = make_home(tmp_path / "desk", 1)
    for name in (".tocsin-backup-old", ".tocsin-backup-new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "desk.sqlite").write_text("half")
    now = datetime.now(UTC)
    os.utime(tmp_path / ".tocsin-backup-old", (now.timestamp() - 10**5,) * 2)
    rotate_backups(desk, tmp_path, 2, now=now)
    assert sorted(p.name for p in tmp_path.glob(".tocsin-backup-*")) == [".tocsin-backup-new"]


def test_a_running_desk_is_not_restored_over(tmp_path: Path) -> None:
    desk = make_home(tmp_path / "desk")
    write_backup(desk, tmp_path / "b.tar", now=NOW)
    store = open_store(tmp_path / "desk" / "desk.sqlite")
    before = store.counts()
    with pytest.raises(StoreError, match="is in use: stop tocsin serve"):
        restore_backup(desk, tmp_path / "b.tar", now=NOW)
    assert store.counts() == before
    store.set_note("still", "writable")
    store.close()
    restore_backup(desk, tmp_path / "b.tar", now=NOW)


def test_what_was_there_is_kept_aside(tmp_path: Path) -> None:
    desk = make_home(tmp_path / "desk", 3)
    write_backup(desk, tmp_path / "b.tar", now=NOW)
    store = open_store(tmp_path / "desk" / "desk.sqlite")
    run_flow(store, make_readings(6))
    store.close()
    _, aside = restore_backup(desk, tmp_path / "b.tar", now=NOW)
    assert aside is not None
    for path, count in ((tmp_path / "desk" / "desk.sqlite", 3), (aside, 6)):
        store = open_store(path)
        assert store.counts().articles == count
        assert store.check() == []
        store.close()


def test_a_broken_database_can_be_restored_over(tmp_path: Path) -> None:
    desk = make_home(tmp_path / "desk", 3)
    write_backup(desk, tmp_path / "b.tar", now=NOW)
    (tmp_path / "desk" / "desk.sqlite").write_bytes(b"no database any more" * 500)
    _, aside = restore_backup(desk, tmp_path / "b.tar", now=NOW)
    assert aside is not None
    assert aside.read_bytes().startswith(b"no database")
    store = open_store(tmp_path / "desk" / "desk.sqlite")
    assert store.counts().articles == 3
    store.close()


def repack(backup: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    """Write a backup anew with other members."""
    with tarfile.open(backup) as archive:
        members = {m.name: archive.extractfile(m).read() for m in archive.getmembers()}  # type: ignore[union-attr] # files
    change(members)
    with tarfile.open(backup, "w") as archive:
        for name, body in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(body)
            archive.addfile(member, io.BytesIO(body))


def _tell(members: dict[str, bytes], **changed: object) -> None:
    members[MANIFEST] = json.dumps(json.loads(members[MANIFEST]) | changed).encode()


BAD: list[tuple[str, Callable[[dict[str, bytes]], None]]] = [
    ("SHA-256 differs", lambda m: m.update({SQLITE: m[SQLITE][:-1] + b"x"})),
    ("which its manifest does not name", lambda m: m.update({"../evil": b"x"})),
    ("does not begin with manifest.json", lambda m: m.pop(MANIFEST)),
    ("is cut short", lambda m: m.pop(SQLITE)),
    ("of a newer Tocsin", lambda m: _tell(m, schema="0999")),
    ("has a manifest that this version cannot read", lambda m: _tell(m, form=7)),
    ("has a manifest that this version cannot read", lambda m: _tell(m, more=1)),
    ("does not hold what its manifest says", lambda m: _tell(m, counts={"articles": 99})),
    ("cannot be read", lambda m: m.update({MANIFEST: b"{"})),
]


@pytest.mark.parametrize(("why", "change"), BAD)
def test_a_bad_backup_changes_nothing(tmp_path: Path, why: str, change: Callable[[dict[str, bytes]], None]) -> None:
    desk = make_home(tmp_path / "desk", 2)
    backup = tmp_path / "b.tar"
    write_backup(desk, backup, now=NOW)
    repack(backup, change)
    before = dump(tmp_path / "desk" / "desk.sqlite")
    with pytest.raises(StoreError, match=why):
        restore_backup(desk, backup, now=NOW)
    assert dump(tmp_path / "desk" / "desk.sqlite") == before
    assert sorted(p.name for p in (tmp_path / "desk").iterdir()) == ["desk.sqlite"]
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize("body", [b"", b"no archive", gzip.compress(b"no archive"), b"\x1f\x8b cut"])
def test_what_is_no_backup_is_refused(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "b.tar").write_bytes(body)
    (tmp_path / "desk").mkdir()
    with pytest.raises(StoreError, match="backup"):
        restore_backup(Settings(home=tmp_path / "desk"), tmp_path / "b.tar", now=NOW)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"missing\.tar.*cannot be read"):
        restore_backup(Settings(home=tmp_path), tmp_path / "missing.tar", now=NOW)


def test_the_commands(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from tocsin.cli.commands import app

    make_home(tmp_path / "desk", 2)
    home, backup = ["--home", str(tmp_path / "desk")], str(tmp_path / "b.tar.gz")
    runner = CliRunner()
    made = runner.invoke(app, ["backup", backup, "--json", *home])
    assert json.loads(made.stdout)["backup"] == backup
    restored = runner.invoke(app, ["restore", backup, *home])
    assert "2 articles" in restored.stdout
    assert "kept as" in restored.stdout
    assert "not in the backup: secrets" in restored.stdout
    planned = runner.invoke(app, ["retain", "--dry-run", "--days", "183", "--json", *home])
    assert json.loads(planned.stdout)["dry_run"] is True
    assert runner.invoke(app, ["retain", *home]).stdout.startswith("took out no article")
