"""Marks of what a notice stands on: borne by every form, and words held back where they are stricter than may leave."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from email.message import EmailMessage
from typing import Any

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tests.notify.made import (
    DESK,
    NOW,
    UNHURRIED,
    WORDS,
    Hook,
    hostile_notices,
    make_email,
    make_notice,
    make_webhook,
)
from tests.notify.schemas import check_xml
from tests.notify.servers import Mailbox
from tocsin.notify.cap import Scope, write_cap
from tocsin.notify.mail import MailNotifier, make_message
from tocsin.notify.syndication import write_atom, write_rss
from tocsin.notify.telling import BARE_TITLE, Telling, cut_notice, fit_notice
from tocsin.notify.texts import write_plain
from tocsin.notify.webhook import WebhookNotifier, write_body
from tocsin.records import Notice, from_plain
from tocsin.records.marking import TLP_ORDER, Tlp

SENDER = "tocsin@desk.example.org"
FLASH = make_notice(2, "more-reports", precedence="FLASH", assigned_to="Anna")
BARE_SUBJECT = f"[TLP:RED] FLASH \u00b7 {BARE_TITLE}"


def mail(notice: Notice, tlp: Tlp | None, limit: Tlp = "TLP:AMBER+STRICT") -> EmailMessage:
    return make_message(notice, tlp, make_email(25, tlp=limit), DESK)


def read_body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def forms(told: Telling) -> Iterator[bytes]:
    """A telling in every form but the two that a channel sends."""
    yield write_atom([told], address=DESK, self_address=f"{DESK}/alerts.atom", now=NOW)
    yield write_rss([told], address=DESK, now=NOW)
    yield write_cap(told, sender=SENDER, address=DESK)


def read_cap(told: Telling, scope: Scope = "Restricted") -> dict[str, str]:
    """The texts of a valid CAP message by the names of their elements, and of parameters by theirs."""
    root = check_xml(write_cap(told, sender=SENDER, address=DESK, scope=scope), "CAP-v1.2.xsd")
    found = {str(etree.QName(e).localname): e.text or "" for e in root.iter()}
    pairs = root.iterfind(".//{*}parameter")
    return found | {str(pair[0].text): str(pair[1].text) for pair in pairs}


@pytest.mark.parametrize("limit", TLP_ORDER)
@pytest.mark.parametrize("tlp", [None, *TLP_ORDER])
def test_only_what_is_stricter_than_may_leave_is_held_back(limit: Tlp, tlp: Tlp | None) -> None:
    told = fit_notice(FLASH, tlp, limit)
    assert told.tlp == tlp
    assert told.is_bare == (tlp is not None and TLP_ORDER.index(tlp) > TLP_ORDER.index(limit))
    assert told.notice == (cut_notice(FLASH) if told.is_bare else FLASH)


def test_a_mail_bears_its_mark_before_all_else() -> None:
    marked = mail(FLASH, "TLP:AMBER")
    assert marked["Subject"].startswith("[TLP:AMBER] FLASH \u00b7 Orle: ")
    assert read_body(marked, "plain").startswith("TLP:AMBER\n\nFLASH \u00b7 Orle\n")
    assert "<body>\n<p><strong>TLP:AMBER</strong></p>\n<h2>FLASH" in read_body(marked, "html")
    exercise = mail(replace(FLASH, is_exercise=True), "TLP:AMBER+STRICT")
    assert exercise["Subject"].startswith("[EXERCISE] [TLP:AMBER+STRICT] FLASH \u00b7 Orle: ")
    first, _, third = read_body(exercise, "plain").split("\n")[:3]
    assert (first, third) == (
        "[EXERCISE] TLP:AMBER+STRICT",
        "[EXERCISE] This is an exercise. Nothing in it has happened.",
    )


def test_a_webhook_bears_it_in_a_field_of_its_own() -> None:
    told = json.loads(write_body(Telling(FLASH, "TLP:GREEN")))
    assert told["tlp"] == "TLP:GREEN"
    assert told["subject"].startswith("[TLP:GREEN] FLASH")
    assert told["text"].startswith("TLP:GREEN\n")
    assert from_plain(Notice, told["notice"]) == FLASH
    assert json.loads(write_body(Telling(FLASH)))["tlp"] is None


def test_feeds_bear_it_in_title_text_and_category() -> None:
    atom, rss, _ = forms(Telling(replace(FLASH, is_exercise=True), "TLP:AMBER"))
    for xml, schema in ((atom, "atom.xsd"), (rss, "rss-2_0.xsd")):
        check_xml(xml, schema)
        (entry,) = feedparser.parse(xml).entries
        assert entry.title.startswith("[EXERCISE] [TLP:AMBER] FLASH")
        assert [tag.term for tag in entry.tags][-2:] == ["EXERCISE", "TLP:AMBER"]
        told = entry.content[0].value if "content" in entry else entry.summary
        assert told.startswith("<p><strong>[EXERCISE] TLP:AMBER</strong></p>")


@pytest.mark.parametrize(
    ("tlp", "scope"),
    [(None, "Public"), ("TLP:CLEAR", "Public"), ("TLP:GREEN", "Restricted"), ("TLP:AMBER", "Restricted")],
)
def test_cap_bears_it_and_is_public_only_where_anybody_may_read_it(tlp: Tlp | None, scope: str) -> None:
    told = read_cap(Telling(FLASH, tlp), "Public")
    assert (told["scope"], told.get("tocsin:tlp")) == (scope, tlp)
    assert ("restriction" in told) == (scope == "Restricted")
    assert told["headline"].startswith(f"[{tlp}] FLASH" if tlp else "FLASH")


def test_a_bare_call_says_how_pressing_it_is_and_where_to_read_it() -> None:
    told = fit_notice(FLASH, "TLP:RED", "TLP:AMBER+STRICT")
    link = f"{DESK}/alerts/{FLASH.alert_ids[0]}"
    assert write_plain(told, DESK) == (
        f"TLP:RED\n\nFLASH\n{BARE_TITLE}\n\n\n{link}\nNotice 2 of its chain, made 2026-03-20 12:01 UTC, {FLASH.id}\n"
    )
    assert link not in write_plain(told), "nobody can reach a desk without an address"
    cap = read_cap(told)
    assert (cap["event"], cap["headline"], cap["web"]) == (BARE_TITLE, BARE_SUBJECT, link)
    assert (cap["areaDesc"], cap["certainty"], cap["severity"]) == ("not told here", "Unknown", "Extreme")
    assert "tocsin:incident" not in cap
    assert "geocode" not in cap
    exercise = replace(FLASH, is_exercise=True)
    assert mail(exercise, "TLP:RED")["Subject"] == f"[EXERCISE] {BARE_SUBJECT}"


def test_the_words_that_are_looked_for_stand_in_a_whole_notice() -> None:
    """Or their absence would say nothing."""
    whole = Telling(FLASH, "TLP:RED")
    posted = mail(FLASH, "TLP:RED", "TLP:RED")
    texts = [read_body(posted, "plain"), read_body(posted, "html")]
    for told in (*texts, write_body(whole, DESK).decode(), *(xml.decode() for xml in forms(whole))):
        assert [word for word in WORDS if word not in told and word != "orle"] == []


def test_no_word_leaves_by_mail_that_may_not(run_mail: Callable[..., Mailbox]) -> None:
    box = run_mail()
    for tlp in ("TLP:RED", "TLP:AMBER+STRICT"):
        MailNotifier(make_email(box.port), address=DESK).send(FLASH, tlp)
    bare, whole = box.took
    assert bare["Subject"] == BARE_SUBJECT
    for told in (bare.as_string(), read_body(bare, "plain"), read_body(bare, "html")):
        assert [word for word in WORDS if word in told.replace("orle.example.org", "")] == []
    assert (bare["Message-ID"], bare["References"]) == (whole["Message-ID"], whole["References"]), "the chain stays"
    assert (bare["X-Priority"], bare["Importance"]) == ("1 (Highest)", "high")
    assert whole["Subject"].startswith("[TLP:AMBER+STRICT] FLASH \u00b7 Orle: ")


def test_no_word_leaves_by_webhook_that_may_not(hook: Hook) -> None:
    for limit in ("TLP:AMBER", "TLP:RED"):
        WebhookNotifier(make_webhook(hook.address, tlp=limit), address=DESK, now=lambda: NOW).send(FLASH, "TLP:RED")
    (bare_head, bare), (_, whole) = hook.got
    assert [word for word in WORDS if word in bare.decode() + str(bare_head)] == []
    told = json.loads(bare)
    assert (told["tlp"], told["subject"], told["type"]) == ("TLP:RED", BARE_SUBJECT, "notice.more-reports")
    assert told["links"] == {"alerts": [f"{DESK}/alerts/{FLASH.alert_ids[0]}"], "incidents": {}}
    assert from_plain(Notice, told["notice"]) == cut_notice(FLASH)
    assert told.keys() == json.loads(whole).keys()
    assert from_plain(Notice, json.loads(whole)["notice"]) == FLASH


def test_no_word_stands_in_a_feed_or_a_cap_message_that_may_not() -> None:
    for xml in forms(fit_notice(FLASH, "TLP:RED", "TLP:AMBER")):
        assert [word for word in WORDS if word in xml.decode()] == []


#: What of a notice a bare call may show, and of what a receiver threads, links and sorts it by.
KEPT = {"id", "group", "number", "previous", "cause", "alert_ids", "precedence", "made_at", "is_exercise"}


@UNHURRIED
@given(hostile_notices(), hostile_notices(), st.sampled_from(["Draft", "Actual"]))
def test_a_bare_call_is_the_same_whatever_the_words(one: Notice, other: Notice, status: Any) -> None:
    held_back = {f.name: getattr(other, f.name) for f in fields(Notice) if f.name not in KEPT}
    rewritten = replace(one, **held_back)
    told, again = (fit_notice(notice, "TLP:RED", "TLP:AMBER") for notice in (one, rewritten))
    assert list(forms(told)) == list(forms(again))
    assert write_body(told, DESK) == write_body(again, DESK)
    assert mail(one, "TLP:RED").as_bytes() == mail(rewritten, "TLP:RED").as_bytes()
    assert write_cap(told, sender=SENDER, status=status) == write_cap(again, sender=SENDER, status=status)


@UNHURRIED
@given(hostile_notices(), st.sampled_from([None, *TLP_ORDER]), st.sampled_from(TLP_ORDER))
def test_every_telling_is_valid_the_same_each_time_and_begins_with_its_mark(
    notice: Notice, tlp: Tlp | None, limit: Tlp
) -> None:
    told = fit_notice(notice, tlp, limit)
    atom, rss, cap = forms(told)
    for xml, schema in ((atom, "atom.xsd"), (rss, "rss-2_0.xsd"), (cap, "CAP-v1.2.xsd")):
        check_xml(xml, schema)
    assert (atom, rss, cap) == tuple(forms(told))
    posted = mail(notice, tlp, limit)
    assert posted.as_bytes() == mail(notice, tlp, limit).as_bytes()
    begins = f"{'[EXERCISE] ' if notice.is_exercise else ''}{f'[{tlp}] ' if tlp else ''}{notice.precedence} \u00b7 "
    assert str(posted["Subject"]).startswith(begins)
    if tlp:
        assert write_plain(told).split("\n")[0].split()[-1] == tlp
