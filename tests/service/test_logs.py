"""Log lines: one a line, as text or JSON, in a bounded file, and never with a secret."""

from __future__ import annotations

import io
import json
import logging
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.errors import SettingError
from tocsin.service.logs import STARS, Redactor, list_known, start_logging
from tocsin.settings import Secret, Settings

WORD = "lantern-under-the-bridge"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root, ours = logging.getLogger(), logging.getLogger("tocsin")
    handlers, levels = list(root.handlers), (root.level, ours.level)
    yield
    for handler in [h for h in root.handlers if h not in handlers]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(levels[0])
    ours.setLevel(levels[1])


def log_one(settings: Settings, message: str, *given: object, **fields: object) -> str:
    out = io.StringIO()
    start_logging(settings, stream=out)
    logging.getLogger("tocsin.test").info(message, *given, extra={"fields": fields})
    return out.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        f"database postgresql://desk:{WORD}@db.example/desk: refuses",
        f"postgresql+psycopg://desk:p@ss/{WORD[0]}{WORD}@db/desk".replace("p@ss/", ""),
        f"Authorization: Bearer {WORD}",
        f"{{'authorization': 'Basic {WORD}'}}",
        f"Cookie: tocsin_session={WORD}; theme=dark",
        f"set-cookie: tocsin_token={WORD}",
        f"smtp password={WORD} was refused",
        f'{{"secret": "{WORD}"}}',
        f"webhook secret: {WORD}",
        f"TOCSIN_ENDPOINT_KEY_TOKEN={WORD}",
        f"GET /set-up?key={WORD} failed",
        f"GET /feeds/filters/flt_abc/{WORD}.atom: database: 'desk.sqlite': refuses (database is locked)",
        f"'https://desk.example/feeds/filters/flt_abc/{WORD}.rss' cannot be answered",
        f"/feeds/filters/flt_abc/{WORD}",
        f"/back?state=x1&code={WORD}",
        f"tocsin_{WORD.replace('-', '_')}",
        f"api_key='{WORD}'",
    ],
)
def test_what_looks_like_a_secret_is_never_written(text: str) -> None:
    cleaned = Redactor().clean(text)
    assert WORD not in cleaned
    assert WORD.replace("-", "_") not in cleaned
    assert STARS in cleaned
    assert Redactor().clean(cleaned) == cleaned


@pytest.mark.parametrize(
    "text",
    [
        "12 articles from https://hill.example/news?page=2 were taken in",
        "notice ntc_abcdefgh over channel watch-room: sent",
        "the token ring of Orle, a monkey and a key witness",
        "feed https://hill.example:8080/rss is late",
        "GET /feeds/filters/{filter_id}/ and /filters/flt_abc/feed answered",
    ],
)
def test_other_lines_stay_as_they_are(text: str) -> None:
    assert Redactor().clean(text) == text


def test_known_secrets_are_hidden_wherever_they_stand() -> None:
    settings = Settings(
        endpoint_key=Secret("sk-plain-word"), database=f"postgresql://desk:{WORD}%21@db/desk", log_format="json"
    )
    known = list_known(settings, {"SMTP_PASSWORD": "hill-and-mill", "HOME": "/home/ana", "PATH": "/usr/bin"})
    assert {"sk-plain-word", f"{WORD}!", f"{WORD}%21", "hill-and-mill"} == set(known)
    told = Redactor(known).clean(f"sk-plain-word, {WORD}!, hill-and-mill, /home/ana")
    assert told == f"{STARS}, {STARS}, {STARS}, /home/ana"


def test_a_password_in_the_query_of_the_database_is_known_as_well() -> None:
    settings = Settings(database=f"postgresql://desk@db/desk?sslmode=require&password={WORD}%21&sslpassword=key-word")
    assert list_known(settings, {}) == [f"{WORD}!", "key-word"]


def test_a_known_word_is_hidden_in_the_forms_that_errors_give_it() -> None:
    word = "b\\ck 'n/q\"t\u00e9"
    redactor = Redactor([word])
    for told in (f"{[word]}", json.dumps({"a": word}), f"http://x.example/?a={quote(word, safe='')}", quote_plus(word)):
        cleaned = redactor.clean(told)
        assert STARS in cleaned
        assert "ck" not in cleaned


@given(st.text(min_size=4).filter(lambda w: "*" not in w and w.strip()), st.text(), st.text())
def test_a_known_word_never_comes_out(word: str, before: str, after: str) -> None:
    assert word not in Redactor([word]).clean(f"{before}{word}{after}").replace(STARS, "*")


def test_a_traceback_is_cleaned_too() -> None:
    out = io.StringIO()
    start_logging(Settings(log_format="json"), stream=out)
    try:
        raise ValueError(f"password={WORD}")
    except ValueError:
        logging.getLogger("tocsin.test").exception("it failed")
    row = json.loads(out.getvalue())
    assert "ValueError" in row["exception"]
    assert WORD not in out.getvalue()


def test_a_line_of_json_holds_its_fields() -> None:
    row = json.loads(log_one(Settings(log_format="json"), "answered %s", "x", status=200, ms=1.5, route="/a", who=None))
    assert row["level"] == "info"
    assert row["logger"] == "tocsin.test"
    assert row["message"] == "answered x"
    assert (row["status"], row["ms"], row["route"], row["who"]) == (200, 1.5, "/a", None)
    assert row["at"].endswith("+00:00")


@pytest.mark.parametrize("form", ["text", "json"])
def test_nothing_from_outside_begins_a_line_of_its_own(form: str) -> None:
    written = log_one(
        Settings(log_format=form), "feed %s", "x\n2026 ERROR tocsin: forged\r\x1b[31m\x9b2J\u202e\u2028y", which="a\nb"
    )
    assert written.count("\n") == 1
    assert not {"\x1b", "\x9b", "\u202e"} & set(written)
    assert len(written.splitlines()) == 1


def test_a_flood_in_one_line_is_cut() -> None:
    assert len(log_one(Settings(), "x" * 100_000)) < 30_000


def test_levels_below_the_settings_are_left_out() -> None:
    assert log_one(Settings(log_level="warning"), "quiet") == ""


def test_a_file_is_bounded_and_private(tmp_path: Path) -> None:
    path = tmp_path / "desk.log"
    start_logging(Settings(log_file=path, log_file_bytes=10_000, log_files=2), stream=io.StringIO())
    for n in range(1000):
        logging.getLogger("tocsin.test").info("line %d of a long night, with password=%s", n, WORD)
    held = sorted(tmp_path.iterdir())
    assert [p.name for p in held] == ["desk.log", "desk.log.1", "desk.log.2"]
    assert all(p.stat().st_size <= 10_000 for p in held)
    assert {stat.S_IMODE(p.stat().st_mode) for p in held} == {0o600}
    assert all(WORD not in p.read_text() for p in held)


def test_a_file_that_cannot_be_written_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"setting log_file.*cannot be written.*folder must be there"):
        start_logging(Settings(log_file=tmp_path / "missing" / "desk.log"))


def test_a_second_start_writes_each_line_once() -> None:
    first, second = io.StringIO(), io.StringIO()
    start_logging(Settings(), stream=first)
    start_logging(Settings(), stream=second)
    logging.getLogger("tocsin.test").warning("once")
    assert first.getvalue() == ""
    assert second.getvalue().count("once") == 1
