"""`tocsin channels ...` as a person and a script meet it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.conftest import FixedClock
from tests.notify.made import NOW, SECRET, Hook, Reply, make_notice
from tocsin.cli.channels import app
from tocsin.errors import DeliveryError, KnowledgeError, UnknownIdError
from tocsin.service.delivering import open_courier
from tocsin.service.doctor import examine
from tocsin.settings import Settings
from tocsin.store import open_store

HOOK = "watch-hook"


@pytest.fixture
def home(tmp_path: Path, hook: Hook) -> Path:
    (tmp_path / "key").write_text(SECRET.reveal(), "utf-8")
    (tmp_path / "channels.toml").write_text(
        f'[[channel]]\nname = "{HOOK}"\nkind = "webhook"\naddress = "{hook.address}"\nsecret_file = "key"\n'
        'allow_private = true\nat_least = "PRIORITY"\ndigest = true\n',
        "utf-8",
    )
    return tmp_path


def run(home: Path, *words: str) -> Result:
    result = CliRunner().invoke(app, [*words, "--home", str(home)])
    assert SECRET.reveal() not in result.output
    assert "hidden-in-the-query" not in result.output
    return result


def fail(home: Path, *words: str) -> Exception:
    result = run(home, *words)
    assert isinstance(result.exception, Exception)
    return result.exception


def test_check_says_each_channel_or_what_is_wrong(home: Path) -> None:
    good = run(home, "check")
    assert good.exit_code == 0, good.output
    assert good.output.startswith("watch-hook: webhook at http://127.0.0.1:")
    assert "PRIORITY and above; rule sets all; areas all; below IMMEDIATE in the day's digest alone" in good.output
    with (home / "channels.toml").open("a", encoding="utf-8") as file:
        file.write('[[channel]]\nname = "pager"\nkind = "pager"\n')
    bad = run(home, "check")
    assert bad.exit_code == 2
    assert "pager: value: \"channels.toml: channel pager: kind = 'pager'\": must be one of email, webhook" in bad.output
    assert "watch-hook: webhook" in bad.output
    (home / "channels.toml").unlink()
    assert isinstance(fail(home, "check"), KnowledgeError)


def test_check_names_an_area_that_the_desk_does_not_know(home: Path) -> None:
    whole = (home / "channels.toml").read_text("utf-8")
    for area, is_known in (("country:XKX", True), ("ex-halvera", True), ("country:XXK", False)):
        (home / "channels.toml").write_text(f'{whole}areas = ["{area}"]\n', "utf-8")
        told = run(home, "check")
        assert (told.exit_code == 0) == is_known, told.output
        assert (f"areas = '{area}'\": is in no gazetteer of this desk" in told.output) != is_known
        found = [
            f.found for f in examine(Settings(home=home)) if f.what == "channel watch-hook" and f.state == "broken"
        ]
        assert found == ([] if is_known else ["never rings in country:XXK: no gazetteer has it"])
    assert "areas = 'country:XXK'" in json.loads(run(home, "check", "--json").output)[0]["problem"]


def test_another_limit_than_the_usual_is_shown(home: Path) -> None:
    for words in (["check"], ["list"]):
        assert "words up to" not in run(home, *words).output
    assert json.loads(run(home, "list", "--json").output)[0]["tlp"] == "TLP:AMBER+STRICT"
    with (home / "channels.toml").open("a", encoding="utf-8") as file:
        file.write('tlp = "TLP:GREEN"\n')
    for words in (["check"], ["list"]):
        assert "; words up to TLP:GREEN" in run(home, *words).output
    assert json.loads(run(home, "list", "--json").output)[0]["tlp"] == "TLP:GREEN"
    with (home / "channels.toml").open("a", encoding="utf-8") as file:
        file.write("precise = true\n")
    assert "; words up to TLP:GREEN; names also in TLP:CLEAR and GREEN" in run(home, "check").output
    assert json.loads(run(home, "list", "--json").output)[0]["precise"] is True


def test_test_sends_one_notice_now_and_keeps_nothing(home: Path, hook: Hook) -> None:
    sent = run(home, "test", HOOK)
    assert sent.exit_code == 0, sent.output
    assert "Sent over watch-hook" in sent.output
    ((_, body),) = hook.got
    assert json.loads(body)["type"] == "notice.test"
    assert not (home / "desk.sqlite").exists()
    hook.replies = [Reply(403)]
    assert isinstance(fail(home, "test", HOOK), DeliveryError)
    assert isinstance(fail(home, "test", "nobody"), UnknownIdError)


def test_list_shows_channels_and_what_went_over_them(home: Path) -> None:
    store = open_store(home / "desk.sqlite")
    store.add_notices([make_notice()], lambda _: (HOOK, "old"))
    store.close()
    shown = run(home, "list").output
    assert "watch-hook: webhook at http" in shown
    assert "1 waiting" in shown
    assert "old: not in the file of channels; 1 waiting" in shown
    (told,) = json.loads(run(home, "list", "--json").output)
    assert (told["name"], told["kind"], told["digest"]) == (HOOK, "webhook", True)
    assert told["deliveries"] == {"waiting": 1}
    (home / "channels.toml").unlink()
    assert "No channels: the desk tells nobody" in run(home, "list").output


def test_the_outbox_shows_what_is_stuck_and_retries_it(home: Path, hook: Hook) -> None:
    assert "Nothing waits" in run(home, "outbox").output
    store = open_store(home / "desk.sqlite")
    store.add_notices([make_notice()], lambda _: (HOOK,))
    hook.replies = [Reply(410)]
    courier = open_courier(store, Settings(home=home), clock=FixedClock(NOW))
    courier.run_once()
    shown = " ".join(run(home, "outbox").output.split())
    assert f"{HOOK}: 1 given-up" in shown
    assert "answers with status 410" in shown
    told = json.loads(run(home, "outbox", "--json", "--retry", HOOK).output)
    assert told["counts"] == {HOOK: {"waiting": 1}}
    assert told["deliveries"][0]["notice_id"] == make_notice().id
    assert "1 to be tried again over watch-hook" in run(home, "outbox", "--retry", HOOK).output
    assert isinstance(fail(home, "outbox", "--retry", "nobody"), UnknownIdError)
    store.close()
