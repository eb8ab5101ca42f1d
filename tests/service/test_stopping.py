"""Real programs are asked to stop: in order, within their bound, and at once at the second asking."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.store.worlds import make_readings
from tocsin.service.stopping import CUT_OFF
from tocsin.store import open_store

PATIENCE = 90.0
#: A program whose work does not end by itself.
STUBBORN = """
import sys, threading, time
from tocsin.service.logs import start_logging
from tocsin.settings import Settings
from tocsin.service.stopping import Stop
start_logging(Settings())
asked = threading.Event()
Stop(asked.set, float(sys.argv[1])).install()
print("ready", flush=True)
asked.wait()
print("asked", flush=True)
time.sleep(600)
"""


@contextmanager
def running(command: list[str], home: Path | None = None) -> Iterator[subprocess.Popen[str]]:
    environ = os.environ | (
        {"TOCSIN_HOME": str(home), "TOCSIN_LOG_FORMAT": "json", "TOCSIN_LOG_REQUESTS": "yes"} if home else {}
    )
    program = subprocess.Popen(
        command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        yield program
    finally:
        if program.poll() is None:
            program.kill()
        program.communicate()


def find_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as why:
        return why.code
    except OSError:
        return 0


def wait_for(address: str, status: int) -> None:
    until = time.monotonic() + PATIENCE
    while ask(address) != status:
        assert time.monotonic() < until, f"{address} does not answer {status}"
        time.sleep(0.1)


def test_the_second_signal_ends_at_once() -> None:
    with running([sys.executable, "-c", STUBBORN, "600"]) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
        program.send_signal(signal.SIGTERM)
        assert program.stdout.readline() == "asked\n"
        program.send_signal(signal.SIGTERM)
        assert program.wait(PATIENCE) == 128 + signal.SIGTERM


def test_what_does_not_end_is_cut_off_after_its_bound() -> None:
    with running([sys.executable, "-c", STUBBORN, "0.3"]) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
        program.send_signal(signal.SIGINT)
        _, told = program.communicate(timeout=PATIENCE)
        assert program.returncode == CUT_OFF
        assert "not stopped after 0.3 s" in told


@pytest.mark.timeout(300)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_desk_stops_in_order(tmp_path: Path, number: signal.Signals) -> None:
    port = find_port()
    command = [sys.executable, "-m", "tocsin.cli", "serve", "--port", str(port), "--no-exercise", "--no-watch"]
    with running(command, tmp_path) as program:
        wait_for(f"http://127.0.0.1:{port}/health", 200)
        assert ask(f"http://127.0.0.1:{port}/incidents?query=lantern") == 200
        program.send_signal(number)
        _, told = program.communicate(timeout=PATIENCE)
        assert program.returncode == 0
    rows = [json.loads(line) for line in told.splitlines()]
    assert any("stopping" in row["message"] for row in rows)
    answered = next(row for row in rows if row.get("route") == "/incidents")
    assert (answered["method"], answered["status"]) == ("GET", 200)
    assert "lantern" not in told
    assert not (tmp_path / "desk.sqlite-wal").exists(), "the store was closed: its log is written home"


@pytest.mark.timeout(300)
def test_a_watch_without_pages_says_how_it_is_and_stops(tmp_path: Path, lend_gazetteer: Callable[[Path], Path]) -> None:
    lend_gazetteer(tmp_path)  # building one is the one piece of work that is not cut short
    store = open_store(tmp_path / "desk.sqlite")
    store.add_reading(make_readings(1)[0])
    store.close()
    port = find_port()
    command = [sys.executable, "-m", "tocsin.cli", "watch", "--health-port", str(port)]
    with running(command, tmp_path) as program:
        address = f"http://127.0.0.1:{port}"
        wait_for(f"{address}/health", 200)
        wait_for(f"{address}/ready", 200)
        with urllib.request.urlopen(f"{address}/metrics", timeout=20) as answer:
            text = answer.read().decode()
        assert re.search(r'^tocsin_records\{kind="articles"\} 1\.0$', text, re.MULTILINE)
        assert ask(f"{address}/incidents") == 404
        program.send_signal(signal.SIGTERM)
        assert program.wait(PATIENCE) == 0
