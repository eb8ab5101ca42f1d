"""The way to the endpoint: what is tried again, what is said of trouble, and that the key is said nowhere."""

from __future__ import annotations

import dataclasses
import json
import logging
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from tests.endpoint.conftest import ARREST, KEY, Model, Reply, make_article, say
from tocsin.endpoint.client import Endpoint
from tocsin.endpoint.reader import EndpointReader
from tocsin.endpoint.replies import tell_wait
from tocsin.errors import ReaderUnavailableError, ReadingError, SettingError, TocsinError
from tocsin.settings import Secret

MakeReader = Callable[..., EndpointReader]
GOOD = Reply(say(ARREST))


def refuse(message: str, status: int = 400, **given: Any) -> Reply:
    return Reply(status=status, body=json.dumps({"error": {"message": message}}).encode(), **given)


@pytest.mark.parametrize(
    "busy",
    [
        refuse("slow down", 429),
        refuse("slow down", 429, headers={"Retry-After": "0"}),
        refuse("overloaded", 500),
        Reply(status=503, body=b"<html>bad gateway</html>"),
        Reply(cut=True),
    ],
    ids=["429", "429-told-when", "500", "503-html", "broken-off"],
)
def test_what_passes_is_tried_again(busy: Reply, model: Model, make_reader: MakeReader) -> None:
    model.reply(busy, busy, GOOD)
    assert len(make_reader().read_article(make_article()).claims) == 1
    assert len(model.asked) == 3


def test_the_wait_that_is_asked_for_is_kept(model: Model, make_reader: MakeReader) -> None:
    model.reply(refuse("slow down", 429, headers={"Retry-After": "1"}), GOOD)
    began = time.monotonic()
    make_reader().read_article(make_article())
    assert time.monotonic() - began >= 1.0


def test_too_long_a_wait_is_not_waited_out(model: Model, make_reader: MakeReader) -> None:
    model.reply(refuse("come back tomorrow", 429, headers={"Retry-After": "86400"}))
    with pytest.raises(ReaderUnavailableError, match=r"429 .come back tomorrow"):
        make_reader().read_article(make_article())
    assert len(model.asked) == 1


def test_attempts_end(model: Model, make_reader: MakeReader) -> None:
    model.reply(refuse("overloaded", 500))
    with pytest.raises(ReaderUnavailableError, match=r"answers 500 .overloaded"):
        make_reader(attempts=2).read_article(make_article())
    assert len(model.asked) == 2


@pytest.mark.parametrize("slow", [Reply(say(ARREST), wait=30.0), Reply(say(ARREST), drip=0.2)], ids=["silent", "drip"])
def test_a_slow_endpoint_is_given_up(slow: Reply, model: Model, make_reader: MakeReader) -> None:
    model.reply(slow)
    began = time.monotonic()
    with pytest.raises(ReaderUnavailableError, match=r"no answer within 0\.4 s"):
        make_reader(timeout_seconds=0.4, attempts=2).read_article(make_article())
    assert time.monotonic() - began < 10
    assert len(model.asked) == 2


def test_a_huge_answer_is_left_off_and_the_article_not_read(model: Model, make_reader: MakeReader) -> None:
    model.reply(Reply("x" * 3_000_000))
    with pytest.raises(ReadingError, match="larger than 100,000 bytes"):
        make_reader(max_bytes=100_000).read_article(make_article())
    assert len(model.asked) == 1


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (refuse(f"Incorrect API key provided: {KEY}", 401), "answers 401: refuses the key that is set"),
        (refuse("no", 403), "answers 403: refuses the key"),
        (refuse("model 'small-model' not found", 404), "no model 'small-model'"),
        (Reply(status=404, body=b"nothing here"), "no chat completions there"),
        (Reply(status=301, headers={"Location": "http://127.0.0.1:9/v1"}), "redirects are not followed"),
        (Reply(body=b"<html>Welcome</html>"), "does not speak the chat completions protocol"),
        (Reply(body=b'{"error": {"message": "model is loading"}}'), "gives no choices .model is loading"),
        (Reply(say(), headers={"Content-Encoding": "gzip"}), "packs its answers"),
        (refuse(f"bad field, key {KEY}", 418), r"answers 418 .bad field, key \*\*\*\*"),
    ],
)
def test_trouble_that_is_not_the_articles_is_said_plainly(
    reply: Reply, why: str, model: Model, make_reader: MakeReader
) -> None:
    model.reply(reply)
    with pytest.raises(ReaderUnavailableError, match=why) as caught:
        make_reader().read_article(make_article())
    assert model.address in str(caught.value)
    assert KEY not in str(caught.value)
    assert len(model.asked) == 1


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply(""), "is empty"),
        (Reply("no", ending="content_filter"), "is a refusal"),
        (Reply(status=413), "lower endpoint_max_words"),
        (Reply(body=b'{"choices": [{"message": {"content": null, "refusal": "I will not"}}]}'), "is a refusal"),
    ],
)
def test_trouble_with_one_article_is_that_articles(
    reply: Reply, why: str, model: Model, make_reader: MakeReader
) -> None:
    model.reply(reply, GOOD)
    reader = make_reader()
    with pytest.raises(ReadingError, match=why):
        reader.read_article(make_article())
    assert len(reader.read_article(make_article()).claims) == 1


def test_content_in_pieces_is_put_together(model: Model, make_reader: MakeReader) -> None:
    pieces = [{"type": "text", "text": say(ARREST)[:40]}, {"type": "text", "text": say(ARREST)[40:]}]
    body = json.dumps({"choices": [{"message": {"content": pieces}}]}).encode()
    model.reply(Reply(body=body))
    assert len(make_reader().read_article(make_article()).claims) == 1


def test_nobody_there(make_reader: MakeReader) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        address = f"http://127.0.0.1:{holder.getsockname()[1]}/v1"
    reader = make_reader(address=address)
    with pytest.raises(ReaderUnavailableError, match=r"cannot be reached .*: is it running"):
        reader.read_article(make_article())


def test_after_a_failure_the_next_article_is_not_kept_waiting(model: Model, make_reader: MakeReader) -> None:
    model.reply(refuse("no", 401), GOOD)
    reader = make_reader()
    for _ in range(3):
        with pytest.raises(ReaderUnavailableError, match="answers 401"):
            reader.read_article(make_article())
    assert len(model.asked) == 1


def test_without_a_key_none_is_sent_and_a_wanted_one_is_named(model: Model, make_reader: MakeReader) -> None:
    model.reply(refuse("who are you?", 401))
    with pytest.raises(ReaderUnavailableError, match="wants a key: set TOCSIN_ENDPOINT_KEY"):
        make_reader(key=None).read_article(make_article())
    assert "Authorization" not in model.headers[0]


@pytest.mark.parametrize(
    "reply",
    [
        GOOD,
        refuse(f"Incorrect API key provided: {KEY}", 401),
        refuse(f"key {KEY} has used up its quota", 429),
        refuse(f"boom {KEY}", 500),
        Reply(cut=True),
        Reply("no JSON"),
        Reply("x" * 200_000),
    ],
)
def test_the_key_is_in_no_log_no_error_and_no_repr(
    reply: Reply, model: Model, make_reader: MakeReader, caplog: pytest.LogCaptureFixture
) -> None:
    model.reply(reply)
    reader = make_reader(attempts=2, max_bytes=100_000)
    with caplog.at_level(logging.DEBUG):
        told = ""
        try:
            reader.read_article(make_article())
        except TocsinError as why:
            told = f"{why!r} {why} {vars(why)} {why.__cause__!r}"
    assert caplog.records
    logged = " ".join(f"{r.getMessage()} {vars(r)}" for r in caplog.records)
    shown = f"{reader!r} {reader.endpoint!r} {reader.endpoint} {dataclasses.asdict(reader.endpoint)} {reader.version}"
    assert KEY not in logged + told + shown
    assert "key ****" in shown


@pytest.mark.parametrize("word", ["two words", "line\nbreak", "schlüssel"])
def test_a_key_that_no_header_takes_is_refused_unshown(word: str) -> None:
    with pytest.raises(SettingError, match="one word") as caught:
        Endpoint("http://127.0.0.1:9/v1", "m", Secret(word))
    assert word not in str(caught.value)


def test_waits_are_read_from_seconds_and_dates() -> None:
    assert tell_wait("7") == 7.0
    assert tell_wait("9" * 40) == 86_400.0
    assert tell_wait("Tue, 13 May 299999999999031 07:00:00 +0900") is None
    assert tell_wait(None) is None
    assert tell_wait("soon") is None
    later = tell_wait(format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True))
    assert later is not None
    assert 60 < later <= 90
    assert tell_wait("Mon, 01 Jan 2001 00:00:00 GMT") == 0.0


@pytest.mark.parametrize(
    ("address", "is_overheard"),
    [
        ("http://models.example/v1", True),
        ("https://models.example/v1", False),
        ("http://localhost:1/v1", False),
        ("http://[::1]:1/v1", False),
    ],
)
def test_a_key_in_the_clear_is_noticed(address: str, is_overheard: bool) -> None:
    assert Endpoint(address, "m", Secret(KEY)).is_overheard is is_overheard
    assert not Endpoint(address, "m").is_overheard
