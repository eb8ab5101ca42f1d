"""Signed webhooks against a real server on this machine, well-behaved and not."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import socket
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from itertools import chain, repeat

import pytest
from hypothesis import given

from tests.notify.made import (
    DESK,
    HOSTILE,
    NOW,
    SECRET,
    UNHURRIED,
    Hook,
    Reply,
    hostile_notices,
    make_notice,
    make_webhook,
)
from tocsin.errors import DeliveryError
from tocsin.notify.secrets import read_key
from tocsin.notify.telling import Telling
from tocsin.notify.webhook import SCHEMA, WebhookNotifier, read_wait, write_body
from tocsin.records import Notice, from_plain
from tocsin.settings import Secret


def refuse(hook: Hook, *replies: Reply, **changes: object) -> DeliveryError:
    hook.replies = list(replies)
    with pytest.raises(DeliveryError) as caught:
        WebhookNotifier(make_webhook(hook.address, **changes)).send(make_notice(), None)
    assert "hidden-in-the-query" not in str(caught.value)
    return caught.value


def test_a_notice_arrives_signed(hook: Hook) -> None:
    notice = make_notice(2, "more-reports", is_exercise=True)
    WebhookNotifier(make_webhook(hook.address), address=DESK, now=lambda: NOW).send(notice, None)
    ((headers, body),) = hook.got
    told = json.loads(body)
    assert (told["schema"], told["type"], told["is_exercise"]) == (SCHEMA, "notice.more-reports", True)
    assert from_plain(Notice, told["notice"]) == notice
    assert told["links"]["alerts"] == [f"{DESK}/alerts/{notice.alert_ids[0]}"]
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert headers["content-type"] == "application/json"
    # As a receiver would check it, from the text of the standard and nothing of ours.
    key = base64.b64decode(SECRET.reveal().split("_")[1])
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"


def test_a_second_try_carries_the_same_id_and_body(hook: Hook) -> None:
    hook.replies = [Reply(500), Reply(200)]
    notifier = WebhookNotifier(make_webhook(hook.address))
    with pytest.raises(DeliveryError):
        notifier.send(make_notice(), None)
    notifier.send(make_notice(), None)
    (first, body), (second, again) = hook.got
    assert (first["webhook-id"], body) == (second["webhook-id"], again)


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_any_success_is_success(hook: Hook, status: int) -> None:
    hook.replies = [Reply(status, body=b"")]
    WebhookNotifier(make_webhook(hook.address)).send(make_notice(), None)


@pytest.mark.parametrize(
    ("status", "is_final"),
    [(500, False), (503, False), (408, False), (425, False), (429, False), (400, True), (401, True), (404, True),
     (410, True), (301, True), (307, True)],
)  # fmt: skip
def test_what_each_status_comes_to(hook: Hook, status: int, is_final: bool) -> None:
    wrong = refuse(hook, Reply(status, {"Location": f"{hook.address}&elsewhere"}))
    assert (wrong.is_final, str(status) in wrong.why) == (is_final, True)
    assert len(hook.got) == 1, "no redirect is followed"


def test_the_wait_that_is_asked_for_is_kept(hook: Hook) -> None:
    assert refuse(hook, Reply(429, {"Retry-After": "120"})).retry_after_seconds == 120
    assert refuse(hook, Reply(503)).retry_after_seconds is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("5", 5), ("999999", 3600), ("-3", None), ("soon", None), ("", None), (None, None),
     ("Fri, 20 Mar 2026 12:10:00 GMT", 600), ("Fri, 20 Mar 2026 11:00:00 GMT", 0), ("9" * 50, None)],
)  # fmt: skip
def test_retry_after_is_read_and_bounded(value: str | None, seconds: float | None) -> None:
    assert read_wait(value, NOW) == seconds


@pytest.mark.parametrize("reply", [Reply(is_silent=True), Reply(drip=0.1)], ids=["hangs", "dribbles its head"])
def test_a_server_that_takes_its_time_is_left_in_time(hook: Hook, reply: Reply) -> None:
    started = time.monotonic()
    wrong = refuse(hook, reply, timeout_seconds=0.4)
    assert "no answer within 0.4 s" in wrong.why
    assert not wrong.is_final
    assert time.monotonic() - started < 30, "only that it ends at all: the server would go on for ever"


def test_a_body_that_dribbles_changes_nothing_about_a_success(hook: Hook) -> None:
    hook.replies = [Reply(headers={"X-Pad": ""}, body=b"x" * 50, drip=0.002)]
    WebhookNotifier(make_webhook(hook.address, timeout_seconds=3.0)).send(make_notice(), None)


def answer_once(listener: socket.socket, pieces: Iterable[bytes], sent: list[int]) -> None:
    """Take one request and answer with the pieces until they end or the line does."""
    line, _ = listener.accept()
    with line, suppress(OSError):
        line.recv(65536)
        for piece in pieces:
            line.sendall(piece)
            sent.append(len(piece))
        while line.recv(65536):
            pass


@pytest.mark.parametrize(
    ("pieces", "most"),
    [([b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx"], 100),
     (chain([b"HTTP/1.1 200 OK\r\n\r\n"], repeat(bytes(65536), 2000)), 40_000_000)],
    ids=["stops in the middle", "has no end"],
)  # fmt: skip
def test_a_body_that_goes_wrong_changes_nothing_about_a_success(pieces: Iterable[bytes], most: int) -> None:
    sent: list[int] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=answer_once, args=(listener, pieces, sent))
        thread.start()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        WebhookNotifier(make_webhook(address, timeout_seconds=1.0)).send(make_notice(), None)
        thread.join()
    assert sum(sent) < most, "only a little of it is taken"


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 2", b"SSH-2.0-hello\r\n", b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 30_000]
)
def test_what_is_no_answer_is_tried_again(answer: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def reply() -> None:
            line, _ = listener.accept()
            with line, suppress(OSError):
                line.recv(65536)
                line.sendall(answer)

        thread = threading.Thread(target=reply)
        thread.start()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        with pytest.raises(DeliveryError, match="broke off") as caught:
            WebhookNotifier(make_webhook(address)).send(make_notice(), None)
        thread.join()
    assert not caught.value.is_final


def test_private_addresses_are_refused_unless_allowed(hook: Hook) -> None:
    wrong = refuse(hook, Reply(), allow_private=False)
    assert "loopback address: see allow_private" in wrong.why
    assert (hook.got, wrong.is_final) == ([], False)
    channel = make_webhook("https://hooks.example.org/", allow_private=True)
    with pytest.raises(DeliveryError, match="link-local address"):
        WebhookNotifier(channel, resolver=lambda *_: ["169.254.169.254"]).send(make_notice(), None)


def test_nobody_is_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(DeliveryError, match="cannot be reached") as caught:
        WebhookNotifier(make_webhook(f"http://127.0.0.1:{port}/")).send(make_notice(), None)
    assert not caught.value.is_final


def test_secrets_stand_in_no_message_and_no_log(hook: Hook, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    channel = make_webhook(hook.address, timeout_seconds=3.0)
    refuse(hook, Reply(500))
    word = SECRET.reveal()
    assert word not in caplog.text + repr(channel) + str(channel)
    assert "hidden-in-the-query" not in str(channel)


def test_a_plain_word_is_its_own_key() -> None:
    assert read_key(Secret("a plain word of some length")) == b"a plain word of some length"


@UNHURRIED
@given(hostile_notices())
def test_any_text_makes_json(notice: Notice) -> None:
    told = json.loads(write_body(Telling(notice), DESK))
    assert ("[EXERCISE]" in told["subject"]) == notice.is_exercise
    assert ("[EXERCISE]" in told["text"]) >= notice.is_exercise


def test_hostile_text_is_cleaned_in_every_field() -> None:
    told = json.loads(write_body(Telling(make_notice(title=HOSTILE))))
    assert not {"\x00", "\x1b", "\u202e", "\r"} & set(told["notice"]["title"])


def test_the_stamp_is_of_the_try(hook: Hook) -> None:
    times = iter([NOW, NOW + timedelta(hours=1)])
    notifier = WebhookNotifier(make_webhook(hook.address), now=lambda: next(times))
    notifier.send(make_notice(), None)
    notifier.send(make_notice(), None)
    assert [headers["webhook-timestamp"] for headers, _ in hook.got] == ["1774008000", "1774011600"]
