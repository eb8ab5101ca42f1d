"""docs/notices.md: its example file can be read, its check of a signature works, its tables are those of the code."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path
from typing import Any, get_args

import pytest

from tests.notify.made import SECRET, Hook, make_notice, make_webhook
from tocsin.notify import load_channels
from tocsin.notify.cap import LEVELS
from tocsin.notify.webhook import SCHEMA, WebhookNotifier
from tocsin.records import NoticeCause
from tocsin.service.delivering import LEASE_SECONDS
from tocsin.service.judging import GIVE_UP_AFTER, LEAST_ATTEMPTS, WAITS

GUIDE = (Path(__file__).parents[2] / "docs" / "notices.md").read_text("utf-8")


def find_block(language: str) -> str:
    (block,) = re.findall(rf"```{language}\n(.*?)```", GUIDE, flags=re.DOTALL)
    return str(block)


def test_the_example_file_is_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESK_MAIL_PASSWORD", "open sesame")
    (tmp_path / "duty-phone.secret").write_text(SECRET.reveal(), "utf-8")
    (tmp_path / "channels.toml").write_text(find_block("toml"), "utf-8")
    mail, hook, head = load_channels(tmp_path / "channels.toml")
    assert (mail.name, hook.name, hook.wanted.exercise) == ("watch-room", "duty-phone", True)
    assert [c.name for c in (mail, hook, head) if c.wanted.is_backup] == ["head-of-office"]
    shutil.rmtree(tmp_path)


def test_the_check_of_a_signature_works(hook: Hook) -> None:
    WebhookNotifier(make_webhook(hook.address)).send(make_notice(), None)
    ((headers, body),) = hook.got
    names: dict[str, Any] = {}
    exec(find_block("python"), names)
    is_genuine = names["is_genuine"]
    assert is_genuine(SECRET.reveal(), headers, body)
    assert not is_genuine(SECRET.reveal(), headers, body + b" ")
    assert not is_genuine("another secret of enough length", headers, body)
    old = headers | {"webhook-timestamp": str(int(time.time()) - 3600)}
    assert not is_genuine(SECRET.reveal(), old, body)


def test_the_figures_are_those_of_the_code() -> None:
    for precedence, (urgency, severity, hours) in LEVELS.items():
        assert f"| {precedence} | {urgency} | {severity} | {hours} hours |" in GUIDE
    assert [w.total_seconds() for w in WAITS] == [30, 120, 600, 1800, 3600]
    assert (GIVE_UP_AFTER.total_seconds(), LEAST_ATTEMPTS, LEASE_SECONDS) == (86_400, 5, 180)
    assert f"`{SCHEMA}`" in GUIDE
    assert ", ".join(get_args(NoticeCause)) in GUIDE
