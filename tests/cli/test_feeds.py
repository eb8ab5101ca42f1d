"""`tocsin feeds`: lists out and in, and the starter list, as a person and a script meet them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tocsin.cli.commands import app
from tocsin.errors import RecordError, StoreError
from tocsin.knowledge.starter_feeds import load_starter_feeds


def run(home: Path, *arguments: str) -> str:
    done = CliRunner().invoke(app, [*arguments, "--home", str(home)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def list_feeds(home: Path) -> dict[str, dict[str, object]]:
    return {row["address"]: row for row in map(json.loads, run(home, "feeds", "list", "--json").splitlines())}


def test_feeds_go_from_desk_to_desk(tmp_path: Path) -> None:
    one, two, out = tmp_path / "one", tmp_path / "two", tmp_path / "feeds.opml"
    run(one, "feeds", "add", "https://hill.example/rss?a=1&b=2", "--outlet", 'Hill & "Dale" <b>', "--confirm")
    run(one, "feeds", "add", "https://vale.example/rss")
    assert run(one, "feeds", "export", "--out", str(out)) == f"2 feeds written to {out}\n"
    assert "2 new feeds, not fetched before confirmed" in run(two, "ingest", str(out))
    before, after = list_feeds(one), list_feeds(two)
    assert before.keys() == after.keys()
    for address, feed in after.items():
        assert feed["outlet_id"] == before[address]["outlet_id"]
        assert feed["state"] == "unconfirmed", "each desk confirms for itself"
    again = tmp_path / "again.opml"
    run(two, "feeds", "export", "--out", str(again))
    assert again.read_bytes() == out.read_bytes()
    assert not list(tmp_path.glob("*.part"))


def test_ids_and_addresses_come_out_whole_on_a_narrow_screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    address = "https://hill.example/a/very/long/way/to/the/news/of/the/hills.xml"
    id_ = json.loads(run(tmp_path, "feeds", "add", address, "--json"))["id"]
    assert run(tmp_path, "feeds", "list") == f"{id_}  unconfirmed, never fetched, 0 articles\n    {address}\n"


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"nowhere.*cannot be written"):
        run(tmp_path, "feeds", "export", "--out", str(tmp_path / "nowhere" / "x.opml"))


def test_every_step_with_a_feed_is_told_to_machines_too(tmp_path: Path) -> None:
    added = json.loads(run(tmp_path, "feeds", "add", "https://hill.example/rss", "--json"))
    assert (added["address"], added["state"]) == ("https://hill.example/rss", "unconfirmed")
    confirmed = json.loads(run(tmp_path, "feeds", "confirm", added["id"], "--json"))
    assert (confirmed["id"], confirmed["state"]) == (added["id"], "waiting")
    out = tmp_path / "feeds.opml"
    told = json.loads(run(tmp_path, "feeds", "export", "--out", str(out), "--json"))
    assert told == {"file": str(out), "feeds": 1, "bytes": out.stat().st_size}


def test_the_starter_list_is_printed_whole_or_narrowed(tmp_path: Path) -> None:
    rows = [json.loads(line) for line in run(tmp_path, "feeds", "starter", "--json").splitlines()]
    assert [row["name"] for row in rows] == [row.name for row in load_starter_feeds()]
    assert set(rows[0]) == {
        "name", "outlet", "address", "country", "region", "language", "owner", "kind", "terms", "is_state_media",
    }  # fmt: skip
    europe = run(tmp_path, "feeds", "starter", "--region", "europe", "--language", "en")
    assert "TASS (agency, STATE MEDIA; RUS)" in europe
    assert "un-news-africa" not in europe
    assert "none is fetched before a person confirms it" in europe
    assert run(tmp_path, "feeds", "starter", "--language", "sq", "--json") == ""
    with pytest.raises(RecordError, match="region: 'mars': must be one of"):
        run(tmp_path, "feeds", "starter", "--region", "mars")


def test_chosen_feeds_are_kept_unconfirmed(tmp_path: Path) -> None:
    chosen = ("--add", "tass", "--add", "un-news-africa")
    told = run(tmp_path, "feeds", "starter", *chosen)
    assert told == "2 new, 0 known already; none is fetched before confirmed\n"
    assert json.loads(run(tmp_path, "feeds", "starter", *chosen, "--json")) == {"new": 0, "known": 2}
    assert {feed["state"] for feed in list_feeds(tmp_path).values()} == {"unconfirmed"}
    with pytest.raises(RecordError, match="starter feed: 'nowhere': is not in the list"):
        run(tmp_path, "feeds", "starter", "--add", "anadolu", "--add", "nowhere")
    assert len(list_feeds(tmp_path)) == 2, "one strange name and nothing is added"
