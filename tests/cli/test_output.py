"""What the command line writes and prints: whole files, UTF-8 for machines, one line where something is refused."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.test_commands import run
from tocsin.cli import show
from tocsin.cli.files import write_whole
from tocsin.cli.options import read_country
from tocsin.desk.taken import Taken
from tocsin.errors import RecordError, StoreError
from tocsin.records import Fault


def test_a_file_is_replaced_when_it_is_whole_and_not_before(tmp_path: Path) -> None:
    target, link = tmp_path / "week.csv", tmp_path / "link.csv"
    target.write_bytes(b"last week")
    target.chmod(0o640)
    link.symlink_to(target)

    def break_off(why: BaseException) -> Iterator[bytes]:
        yield b"half of "
        raise why

    for why in (StoreError("database", "x", "is locked"), KeyboardInterrupt()):
        with pytest.raises(type(why)):
            write_whole("export file", target, break_off(why))
        assert target.read_bytes() == b"last week"
    assert write_whole("export file", link, iter([b"this ", b"week"])) == 9
    assert link.is_symlink()
    assert target.read_bytes() == b"this week"
    assert target.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.csv", "week.csv"]


def test_a_new_file_has_the_rights_that_the_umask_leaves(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_whole("file", tmp_path / "new.md", [b"x"])
    finally:
        os.umask(before)
    if sys.platform != "win32":
        assert (tmp_path / "new.md").stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(sys.platform == "win32", reason="no such devices there")
def test_a_device_is_written_to_and_a_full_one_is_told(tmp_path: Path) -> None:
    assert write_whole("file", Path(os.devnull), [b"a", b"b"]) == 2
    with pytest.raises(StoreError, match=r"file.*/dev/full.*No space left"):
        write_whole("file", Path("/dev/full"), [b"a"])
    with pytest.raises(StoreError, match="Is a directory"):
        write_whole("file", tmp_path, [b"a"])


@pytest.mark.parametrize(
    ("given", "code"), [("XK", "XKX"), ("xkx", "XKX"), (" mk ", "MKD"), ("xhv", "XHV"), ("", None)]
)
def test_a_country_is_known_by_either_code_in_any_case(given: str, code: str | None) -> None:
    assert read_country(given) == code
    assert read_country(None) is None


@pytest.mark.parametrize("given", ["KS", "Serbia", "X1X", "ŠRB"])
def test_what_is_no_code_of_a_country_is_refused_and_not_answered_with_nothing(given: str) -> None:
    with pytest.raises(RecordError, match="ISO 3166-1"):
        read_country(given)


def test_an_export_of_a_country_takes_its_code_in_any_case_and_refuses_days_the_wrong_way_round(tmp_path: Path) -> None:
    assert run(tmp_path, "export", "incidents", "--country", "xkx").returncode == 0
    named = run(tmp_path, "export", "incidents", "--country", "Serbia")
    assert (named.returncode, named.stdout) == (2, "")
    assert "ISO 3166-1" in named.stderr
    turned = run(tmp_path, "export", "incidents", "--since", "2026-03-20", "--until", "2026-03-01")
    assert (turned.returncode, turned.stdout) == (2, "")
    assert turned.stderr == "tocsin: --until: '2026-03-01': must not be before --since 2026-03-20\n"


def test_lines_for_machines_are_utf8_whatever_the_system_writes_in(knowledge_home: Path) -> None:
    found = run(knowledge_home, "gazetteer", "find", "Mitrovica", "--json", PYTHONIOENCODING="cp1252", PYTHONUTF8="0")
    assert found.returncode == 0, found.stderr
    assert "Митров" in found.stdout
    assert all(json.loads(line) for line in found.stdout.splitlines())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_behind_the_output_is_one_line_and_no_trace(knowledge_home: Path) -> None:
    import subprocess

    command = [sys.executable, "-m", "tocsin.cli", "gazetteer", "find", "Victoria", "--json"]
    with Path("/dev/full").open("wb") as full:
        made = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, check=False, timeout=120, text=True,
            env=os.environ | {"TOCSIN_HOME": str(knowledge_home)},
        )  # fmt: skip
    assert made.returncode == 2
    assert made.stderr == "tocsin: disk: 'standard output': cannot be written (No space left on device)\n"


def test_the_exercise_taken_out_is_told_to_machines(tmp_path: Path, lend_gazetteer: Callable[[Path], Path]) -> None:
    made = run(lend_gazetteer(tmp_path / "home"), "exercise", "--remove", "--json")
    assert json.loads(made.stdout) == {"removed": 0}


def test_channels_are_checked_for_machines_and_no_file_says_where_to_begin(tmp_path: Path) -> None:
    none = run(tmp_path, "channels", "check")
    assert none.returncode == 2
    assert none.stderr.endswith("is not there: the desk tells nobody; docs/notices.md has an example to begin with\n")
    (tmp_path / "channels.toml").write_text('[[channel]]\nname = "desk"\nkind = "pigeon"\n')
    made = run(tmp_path, "channels", "check", "--json")
    assert made.returncode == 2
    (row,) = json.loads(made.stdout)
    assert row["name"] == "desk"
    assert "pigeon" in row["problem"]


@pytest.mark.parametrize("is_terminal", [False, True])
def test_no_words_of_strangers_are_obeyed_by_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, is_terminal: bool
) -> None:
    hostile = "feed\x1b]0;owned\x07 \x9b2J [red]x[/] \u202eyes"
    if is_terminal:
        monkeypatch.setenv("FORCE_COLOR", "1")
    show.print_problem(RecordError("feed", "x", hostile))
    show.print_taken(Taken(faults=(Fault("flt_1", "list.opml", hostile, datetime(2026, 3, 14, tzinfo=UTC)),)))
    show.print_fields([("title", hostile)])
    told = "".join(capsys.readouterr())
    assert told.count("[red]x[/]") == 3
    assert not {"\x07", "\x9b", "\u202e"} & set(told)
    assert "\x1b]" not in told
    assert is_terminal or "\x1b" not in told
