"""The endpoint as the desk's reader: choosing it, what is kept when it is down, the doctor and the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import FixedClock
from tests.empty_databases import put_database
from tests.endpoint.conftest import ARREST, KEY, PUBLISHED, TEXT, Model, Reply, make_answer, say
from tocsin.desk import Desk
from tocsin.desk.opening import load_knowledge
from tocsin.endpoint import open_endpoint
from tocsin.endpoint.naming import make_codes
from tocsin.endpoint.prompt import load_example
from tocsin.endpoint.reader import EndpointReader
from tocsin.errors import SettingError
from tocsin.intake import GuardedFetcher, Options
from tocsin.knowledge.parties import make_party_lexicon
from tocsin.settings import Secret, Settings
from tocsin.store import open_store

OPTIONS = Options(title="Quay", outlet="Ketter Post", published_at=PUBLISHED)


@pytest.fixture
def desk(model: Model, knowledge_home: Path, tmp_path: Path) -> Iterator[Desk]:
    """A desk whose reader is the local model, asked once and without a rest after failures."""
    settings = Settings(
        home=tmp_path, reader="endpoint", endpoint_address=model.address, endpoint_model="m", endpoint_attempts=1,
        fetch_private=True,
    )  # fmt: skip
    chosen = open_endpoint(settings)
    reader = EndpointReader(chosen.endpoint, make_codes(make_party_lexicon()), rest_seconds=0.0)
    opened = Desk(
        open_store(put_database(tmp_path / "desk.sqlite")),
        lambda is_exercise: replace(load_knowledge(settings, knowledge_home, is_exercise=is_exercise), reader=reader),
        lambda: GuardedFetcher(settings),
        settings=settings,
        clock=FixedClock(PUBLISHED),
    )
    yield opened
    opened.close()


def test_the_setting_chooses_the_reader(knowledge_home: Path) -> None:
    settings = Settings(reader="endpoint", endpoint_address="http://127.0.0.1:9/v1", endpoint_model="m")
    assert load_knowledge(settings, knowledge_home).reader.version == "endpoint/1:m"
    assert not load_knowledge(Settings(), knowledge_home).reader.version.startswith("endpoint")


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"endpoint_address": None}, "must be given, since reader is endpoint"),
        ({"endpoint_model": None}, "must name the model"),
        ({"endpoint_address": "ftp://models.example"}, "must be an http or https address"),
        ({"endpoint_address": "http:///v1"}, "must be an http or https address with a host"),
        ({"endpoint_address": "http://[::1/v1"}, "is no web address"),
        ({"endpoint_address": "https://me:secret@models.example/v1"}, "must hold no login"),
        ({"endpoint_address": "https://models.example/v1?key=secret"}, "must hold no login, query"),
        ({"endpoint_key": Secret("secret word")}, "must be one word"),
        ({"endpoint_key_file": Path("/nowhere/key")}, "cannot be read .No such file"),
    ],
)
def test_settings_that_cannot_work_are_refused_by_name_and_without_secrets(given: dict[str, Any], why: str) -> None:
    fields = {"reader": "endpoint", "endpoint_address": "http://127.0.0.1:9/v1", "endpoint_model": "m"} | given
    with pytest.raises(SettingError, match=why) as caught:
        open_endpoint(Settings(**fields))
    assert str(caught.value).startswith("setting endpoint_")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("suffix", ["", "/", "/chat/completions"])
def test_the_address_may_end_as_it_is_often_written(suffix: str) -> None:
    settings = Settings(endpoint_address=f"http://127.0.0.1:9/v1{suffix}", endpoint_model="m")
    assert open_endpoint(settings).endpoint.url == "http://127.0.0.1:9/v1/chat/completions"


def test_the_key_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{KEY}\n")
    settings = Settings(endpoint_address="http://[::1]:9/v1", endpoint_model="m", endpoint_key_file=tmp_path / "key")
    reader = open_endpoint(settings)
    assert reader.endpoint.key == Secret(KEY)
    assert KEY not in repr(reader)
    (tmp_path / "key").write_text("\n")
    with pytest.raises(SettingError, match="is empty"):
        open_endpoint(settings)


def test_a_desk_reads_through_the_endpoint_and_groups_what_it_gives(desk: Desk, model: Model) -> None:
    model.reply(Reply(say(make_answer(), ARREST)))
    taken = desk.take_text(TEXT, OPTIONS)
    assert (taken.new, taken.claims, taken.faults) == (1, 2, ())
    claims = desk.store.claims_of_article(taken.articles[0].id)
    assert {c.reader for c in claims} == {"endpoint/1:m"}
    assert desk.store.counts().incidents == 2


def test_an_article_is_not_kept_while_the_endpoint_is_down_and_taken_when_it_is_back(desk: Desk, model: Model) -> None:
    model.reply(Reply(status=500), Reply(status=500), Reply(say(ARREST)))
    for _ in range(2):
        taken = desk.take_text(TEXT, OPTIONS)
        assert taken.is_refused
        assert "not read: endpoint" in taken.faults[0].why
    assert (desk.store.counts().articles, len(desk.store.faults())) == (0, 1)
    assert desk.take_text(TEXT, OPTIONS).claims == 1


def test_an_article_that_the_model_cannot_code_is_kept_with_its_fault(desk: Desk, model: Model) -> None:
    model.reply(Reply("I would rather not."))
    taken = desk.take_text(TEXT, OPTIONS)
    assert (taken.new, taken.claims) == (1, 0)
    assert "holds no JSON object" in (taken.articles[0].fault or "")


def test_a_feed_is_asked_anew_for_what_could_not_be_read(
    desk: Desk, model: Model, web_server: tuple[str, dict[str, tuple[str, bytes]], list[str]]
) -> None:
    address, pages, _ = web_server
    entry = f"<item><title>Quay</title><link>{address}/a</link><description>{TEXT}</description></item>"
    pages["/feed"] = ("application/rss+xml", f"<rss version='2.0'><channel>{entry}</channel></rss>".encode())
    pages["/a"] = ("text/html", f"<html><body><article><p>{TEXT}</p></article></body></html>".encode())
    feed = desk.add_feed(f"{address}/feed", outlet="Ketter Post", is_confirmed=True)
    model.reply(Reply(status=503), Reply(say(ARREST)))
    assert desk.poll_feeds().is_refused
    assert desk.store.feed(feed.id).etag is None
    desk.confirm_feed(feed.id)
    assert desk.poll_feeds().new == 1


def run(home: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tocsin.cli", *arguments],
        input=TEXT, capture_output=True, text=True, check=False, timeout=120,
        env=os.environ | {"TOCSIN_HOME": str(home), "TOCSIN_READER": "endpoint", "COLUMNS": "200"} | environ,
    )  # fmt: skip


def test_the_command_line_reads_tells_what_was_dropped_and_never_the_key(knowledge_home: Path, model: Model) -> None:
    model.reply(Reply(status=429, headers={"Retry-After": "0"}), Reply(say(ARREST, make_answer(evidence="not there"))))
    environ = {
        "TOCSIN_ENDPOINT_ADDRESS": model.address, "TOCSIN_ENDPOINT_MODEL": "m", "TOCSIN_ENDPOINT_KEY": KEY,
    }  # fmt: skip
    done = run(knowledge_home, "read", "-", "--published", "2026-03-08", "--json", **environ)
    assert done.returncode == 0, done.stderr
    (claim,) = map(json.loads, done.stdout.splitlines())
    assert claim["reader"] == "endpoint/1:m"
    assert any("1 of 2 claims kept" in r["detail"] for r in claim["reasons"])
    (line,) = done.stderr.splitlines()
    assert "1 of 2 claims kept; dropped: 1 times claim whose evidence is not in the text" in line
    assert KEY not in done.stdout + done.stderr


def test_the_doctor_asks_an_endpoint_that_is_on(knowledge_home: Path, model: Model) -> None:
    environ = {
        "TOCSIN_ENDPOINT_ADDRESS": model.address, "TOCSIN_ENDPOINT_MODEL": "m", "TOCSIN_ENDPOINT_KEY": KEY,
    }  # fmt: skip
    model.reply(Reply(load_example().answer), Reply(say()), Reply(status=401))
    found = {}
    for state, status in (("ok", 0), ("missing", 0), ("broken", 1)):
        done = run(knowledge_home, "doctor", "--json", **environ)
        found = {f["what"]: f for f in map(json.loads, done.stdout.splitlines())}
        assert (found["endpoint"]["state"], done.returncode) == (state, status), done.stdout
        assert found["reader"]["found"] == "endpoint/1:m"
        assert KEY not in done.stdout + done.stderr
    assert "answers 401" in found["endpoint"]["found"]
    assert len(model.asked) == 3
    off = run(knowledge_home, "doctor", "--json", TOCSIN_READER="encoder", **environ)
    assert '"endpoint"' not in off.stdout
    assert len(model.asked) == 3
