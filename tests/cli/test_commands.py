"""The command line as a person and a script meet it."""

from __future__ import annotations

import csv
import io
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import tocsin

REPORT = "Police beat a protester near the bridge in Mitrovica on Saturday, local media reported."


def run(home: Path, *arguments: str, piped: bytes = b"", **environ: str) -> subprocess.CompletedProcess[str]:
    """Run `tocsin` as a whole process, its files in `home`."""
    made = subprocess.run(
        [sys.executable, "-m", "tocsin.cli", *arguments],
        input=piped,
        capture_output=True,
        check=False,
        timeout=120,
        env=os.environ | {"TOCSIN_HOME": str(home), "COLUMNS": "160"} | environ,
    )
    return subprocess.CompletedProcess(
        made.args, made.returncode, made.stdout.decode("utf-8"), made.stderr.decode("utf-8")
    )


@pytest.fixture
def home(tmp_path: Path, lend_gazetteer: Callable[[Path], Path]) -> Path:
    """An empty desk's folder."""
    return lend_gazetteer(tmp_path / "home")


def test_read_prints_a_table_and_json_lines_with_the_codebooks_fields(knowledge_home: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.txt"
    report.write_text(REPORT)
    table = run(knowledge_home, "read", str(report), "--published", "2026-03-08", "--outlet", "Hill Wire")
    assert table.returncode == 0, table.stderr
    assert "ASSAULT beat" in table.stdout
    assert "Hill Wire, 2026-03-08" in table.stdout
    lines = run(knowledge_home, "read", "-", "--published", "2026-03-08", "--json", piped=REPORT.encode())
    claims = [json.loads(line) for line in lines.stdout.splitlines()]
    beating = next(c for c in claims if c["type"] == "ASSAULT")
    assert beating["date"] == {"start": "2026-03-07", "end": "2026-03-07", "precision": "day"}
    assert beating["attribution"][0]["speaker"] == "local media"
    evidence = beating["evidence"]
    assert REPORT[evidence["start"] : evidence["end"]] == evidence["text"]


@pytest.mark.parametrize(
    ("name", "body", "why"),
    [
        ("empty.txt", b"", "empty"),
        ("picture.txt", b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR" + b"\x00" * 99, "binary"),
        ("list.html", b"<html><body><nav><a href='/a'>a</a></nav></body></html>", "no article"),
        ("long.txt", b"word " * 2_100_000, "long"),
        ("subs.opml", b"<opml", "XML"),
    ],
)
def test_bad_files_give_one_line_and_status_two(
    knowledge_home: Path, tmp_path: Path, name: str, body: bytes, why: str
) -> None:
    (tmp_path / name).write_bytes(body)
    made = run(knowledge_home, "read", str(tmp_path / name))
    assert made.returncode == 2
    assert len(made.stderr.strip().splitlines()) == 1
    assert name in made.stderr
    assert why.lower() in made.stderr.lower()


def test_a_file_that_is_not_there_is_named(knowledge_home: Path) -> None:
    made = run(knowledge_home, "read", "nowhere.txt")
    assert made.returncode == 2
    assert "nowhere.txt" in made.stderr
    assert "Traceback" not in made.stderr


def test_a_future_date_is_refused(knowledge_home: Path) -> None:
    made = run(knowledge_home, "read", "-", "--published", "2199-01-01", piped=REPORT.encode())
    assert made.returncode == 2
    assert "future" in made.stderr


def test_a_date_that_is_none_says_what_is_allowed(knowledge_home: Path) -> None:
    made = run(knowledge_home, "read", "-", "--published", "last week", piped=REPORT.encode())
    assert made.returncode == 2
    assert "2022-07-31" in made.stderr


def test_a_loopback_address_is_refused(knowledge_home: Path) -> None:
    made = run(knowledge_home, "read", "http://127.0.0.1:9/report")
    assert made.returncode == 2
    assert "127.0.0.1" in made.stderr


def test_ingest_export_and_second_ingest(tmp_path: Path, home: Path) -> None:
    reports = tmp_path / "reports"
    reports.mkdir()
    (reports / "a.md").write_text(f"---\ntitle: Beating\noutlet: Hill Wire\npublished: 2026-03-08\n---\n\n{REPORT}\n")
    (reports / "b.txt").write_bytes(b"")
    first = run(home, "ingest", str(reports), "--json")
    assert first.returncode == 0
    counts = json.loads(first.stdout)
    assert (counts["new"], len(counts["faults"])) == (1, 1)
    again = json.loads(run(home, "ingest", str(reports), "--json").stdout)
    assert (again["new"], again["known"], again["claims"]) == (0, 1, 0)
    made = run(home, "export", "incidents")
    rows = list(csv.DictReader(io.StringIO(made.stdout)))
    assert any(row["type"] == "ASSAULT" for row in rows)
    shapes = json.loads(run(home, "export", "incidents", "--format", "geojson").stdout)
    assert len(shapes["features"]) == len(rows)
    refused = run(home, "export", "alerts", "--format", "geojson")
    assert refused.returncode == 2
    assert "csv" in refused.stderr


def test_ingest_of_nothing_good_fails(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_bytes(b"")
    assert run(tmp_path, "ingest", str(tmp_path / "b.txt")).returncode == 2


def test_feeds_are_listed_with_their_state(tmp_path: Path) -> None:
    assert "No feeds yet" in run(tmp_path, "feeds", "list").stdout
    run(tmp_path, "feeds", "add", "https://hill.example/feed", "--outlet", "Hill Wire")
    feed = json.loads(run(tmp_path, "feeds", "list", "--json").stdout)
    assert feed["state"] == "unconfirmed"
    run(tmp_path, "feeds", "confirm", feed["id"])
    assert json.loads(run(tmp_path, "feeds", "list", "--json").stdout)["confirmed_at"]


def test_doctor_says_what_is_loaded(home: Path) -> None:
    made = run(home, "doctor", "--json")
    findings = {f["what"]: f for f in map(json.loads, made.stdout.splitlines())}
    assert made.returncode == 0, made.stdout
    assert findings["database"]["state"] == "ok"
    assert findings["reader"]["found"]


def test_doctor_reports_a_broken_database_and_how_to_mend_it(home: Path) -> None:
    (home / "desk.sqlite").write_bytes(b"this is no database" * 100)
    made = run(home, "doctor", "--json")
    assert made.returncode == 1
    broken = [f for f in map(json.loads, made.stdout.splitlines()) if f["state"] == "broken"]
    assert [found["what"] for found in broken] == ["database"]
    assert "desk.sqlite" in broken[0]["found"]
    assert "tocsin restore BACKUP" in broken[0]["remedy"]


def test_a_wrong_setting_is_named(tmp_path: Path) -> None:
    made = run(tmp_path, "doctor", TOCSIN_PORT="many")
    assert made.returncode == 2
    assert "TOCSIN_PORT" in made.stderr


def test_each_thing_not_taken_is_named_and_the_rest_goes_on(tmp_path: Path, home: Path) -> None:
    (tmp_path / "good.txt").write_text(REPORT)
    (tmp_path / "empty.txt").write_bytes(b"")
    done = run(home, "ingest", str(tmp_path / "empty.txt"), str(tmp_path / "good.txt"))
    assert done.returncode == 0, done.stderr
    assert done.stdout == "1 new article with 1 claim\n"
    assert done.stderr == f"not taken: {str(tmp_path / 'empty.txt')!r}: is empty\n"


@pytest.mark.parametrize("address", ["ftp://news.example/a", "javascript://news.example/"])
def test_an_address_of_another_kind_is_refused_as_one(knowledge_home: Path, address: str) -> None:
    done = run(knowledge_home, "read", address)
    assert done.returncode == 2
    assert done.stderr == f"tocsin: address: {address!r}: is no http or https address: only these are fetched\n"


def test_a_home_that_is_no_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    done = run(tmp_path / "home", "feeds", "list")
    assert done.returncode == 2
    assert done.stderr.startswith(f"tocsin: home: {str(tmp_path / 'home')!r}: cannot be made or used as a folder")
    assert len(done.stderr.splitlines()) == 1


def test_an_export_that_cannot_be_written_is_named_and_a_refused_one_empties_no_file(tmp_path: Path) -> None:
    done = run(tmp_path, "export", "incidents", "--out", str(tmp_path / "none" / "x.csv"))
    assert done.returncode == 2
    assert done.stderr.endswith("cannot be written (No such file or directory)\n")
    (tmp_path / "kept.csv").write_text("kept")
    assert run(tmp_path, "export", "nonsense", "--out", str(tmp_path / "kept.csv")).returncode == 2
    assert (tmp_path / "kept.csv").read_text() == "kept"


def test_a_taken_port_is_said_before_the_exercise_is_loaded(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        done = run(tmp_path, "serve", "--port", str(port))
    assert done.returncode == 2
    assert f"'127.0.0.1:{port}': cannot be listened on" in done.stderr
    assert not list(tmp_path.iterdir())


def test_one_round_without_feeds_says_what_to_do(home: Path) -> None:
    done = run(home, "watch", "--once")
    assert done.returncode == 0
    assert "No feed is confirmed" in done.stdout


def test_a_narrow_screen_cuts_no_feed_id(tmp_path: Path) -> None:
    added = run(tmp_path, "feeds", "add", "https://news.example/feeds/all/of/them.xml").stdout.split()[0]
    assert added in run(tmp_path, "feeds", "list", COLUMNS="60").stdout


def test_a_feed_that_cannot_be_fetched_is_named_by_the_round(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        address = f"http://127.0.0.1:{holder.getsockname()[1]}/feed.xml"
    run(home, "feeds", "add", address, "--confirm", TOCSIN_FETCH_PRIVATE="1")
    done = run(home, "watch", "--once", TOCSIN_FETCH_PRIVATE="1")
    assert done.stderr.startswith(f"not taken: {address!r}: ")
    assert len(done.stderr.splitlines()) == 1


def test_a_benchmark_is_answered_line_by_line(knowledge_home: Path, tmp_path: Path) -> None:
    gold, answers = tmp_path / "gold.jsonl", tmp_path / "answers.jsonl"
    texts = ["Police arrested 14 protesters in Orle on Saturday.", "Talks “opened” in Orle."]
    gold.write_text("".join(json.dumps({"id": i, "text": text}) + "\n" for i, text in enumerate(texts)), "utf-8")
    made = run(knowledge_home, "bench", "types", "--gold", str(gold), "--predictions", str(answers))
    assert made.returncode == 0, made.stderr
    assert "2 answers" in made.stderr
    rows = [json.loads(line) for line in answers.read_text("utf-8").splitlines()]
    assert [row["id"] for row in rows] == [0, 1]
    assert rows[0]["claims"][0]["type"] == "COERCE"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answers.jsonl", "gold.jsonl"]


def test_a_benchmark_that_cannot_be_answered_is_one_line_and_leaves_no_file(
    knowledge_home: Path, tmp_path: Path
) -> None:
    gold, answers = tmp_path / "gold.jsonl", tmp_path / "answers.jsonl"
    gold.write_text('{"id": 1}\n', "utf-8")
    for task, where, why in (
        ("types", answers, "lacks text"),
        ("mentions", answers, "must be one of types"),
        ("types", tmp_path / "nowhere" / "answers.jsonl", "nowhere"),
    ):
        if where != answers:
            gold.write_text('{"id": 1, "text": "Talks opened."}\n', "utf-8")
        made = run(knowledge_home, "bench", task, "--gold", str(gold), "--predictions", str(where))
        assert made.returncode == 2, made.stderr
        assert len(made.stderr.strip().splitlines()) == 1, made.stderr
        assert why in made.stderr
        assert not answers.exists()


def test_the_version_alone_is_printed_and_nothing_of_the_desk_is_loaded() -> None:
    probe = (
        "import sys; sys.argv[1:] = ['--version']\n"
        "from tocsin.cli.commands import app\n"
        "try: app()\n"
        "except SystemExit as end: print(end.code or 0, 'tocsin.desk' in sys.modules, 'sqlalchemy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == [tocsin.__version__, "0", "False", "False"]
