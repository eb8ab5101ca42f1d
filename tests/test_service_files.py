"""The files of the service: systemd understands them, and they call commands that are there."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tocsin.cli.commands import app
from tocsin.settings import Settings, list_settings

FOLDER = Path(__file__).parent.parent / "packaging"
UNITS = sorted(path for path in FOLDER.iterdir() if path.suffix in (".service", ".timer"))


def read_unit(path: Path) -> configparser.ConfigParser:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign] # names keep their capitals
    unit.read(path, "utf-8")
    return unit


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_systemd_understands_them(tmp_path: Path) -> None:
    for path in UNITS:
        text = path.read_text("utf-8").replace("/opt/tocsin/bin/tocsin", "/bin/true")
        (tmp_path / path.name).write_text(text, "utf-8")
    command = ["systemd-analyze", "verify", *(str(tmp_path / path.name) for path in UNITS)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("path", [p for p in UNITS if p.suffix == ".service"], ids=lambda p: p.name)
def test_a_service_may_do_little_and_calls_what_is_there(path: Path) -> None:
    service = read_unit(path)["Service"]
    for name, value in {
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "ProtectHome": "yes",
        "UMask": "0077",
    }.items():
        assert service[name] == value
    assert service["User"] == "tocsin"
    assert service["MemoryMax"]
    words = service["ExecStart"].split()
    options = [word for word in words[2:] if word.startswith("--")]
    told = CliRunner().invoke(app, [words[1], "--help"], env={"COLUMNS": "200"}).stdout
    assert all(option in told for option in options)


def test_a_stop_is_waited_for_longer_than_the_desk_takes() -> None:
    assert float(read_unit(FOLDER / "tocsin.service")["Service"]["TimeoutStopSec"]) > Settings().stop_seconds


def test_settings_that_they_name_are_settings() -> None:
    known = {f"TOCSIN_{name.upper()}" for name, *_ in list_settings()}
    for path in FOLDER.iterdir():
        named = set(re.findall(r"TOCSIN_[A-Z_]+", path.read_text("utf-8"))) - {"TOCSIN_NAME"}
        assert named <= known, path.name


def test_the_container_is_nobody_in_particular_and_says_whether_it_lives() -> None:
    text = (FOLDER / "Containerfile").read_text("utf-8")
    last = text.rpartition("FROM ")[2]
    assert re.search(r"^USER \d+$", last, re.MULTILINE)
    assert "HEALTHCHECK" in last
    assert "/health" in last
    assert "VOLUME" in last


def test_the_container_holds_what_a_teams_database_needs() -> None:
    """Its root file system is never written: what an extra would bring cannot be added where it runs."""
    root, text = FOLDER.parent, (FOLDER / "Containerfile").read_text("utf-8")
    locked = "".join((root / lock).read_text("utf-8") for lock in re.findall(r"locks/\w+\.txt", text))
    extra = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]["postgres"]
    for line in extra:
        name, inner = re.fullmatch(r"(\w+)(?:\[(\w+)\])?>=.*", line).groups()  # type: ignore[union-attr] # it is one
        for wanted in (name, f"{name}-{inner}" if inner else name):
            assert re.search(rf"^{wanted}==", locked, re.MULTILINE), wanted


def test_the_container_is_built_from_no_environment_and_no_database() -> None:
    """What git leaves out is gigabytes after `make train`, and may hold a desk; the built web part alone is of use."""
    root = FOLDER.parent
    left_out = (root / ".dockerignore").read_text("utf-8").splitlines()
    for folder in re.findall(r"^/([\w./-]+)/$", (root / ".gitignore").read_text("utf-8"), re.MULTILINE):
        assert folder in left_out or folder == "src/tocsin/web/static", folder
    assert "**/*.sqlite*" in left_out
    assert ".git" in left_out
