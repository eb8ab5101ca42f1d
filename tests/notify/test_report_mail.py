"""Copies of reports against a real server on this machine: the same at every try, and no text brings a header along."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.notify.made import HOSTILE, NOW, make_email, make_webhook
from tests.notify.servers import Mailbox
from tocsin.errors import DeliveryError, RecordError
from tocsin.notify import open_mailer
from tocsin.notify.mailboxes import is_mailbox, read_mailboxes
from tocsin.notify.report_mail import ReportMailer, make_report_message
from tocsin.records.report_mail import ReportMail, report_mail_id

ANNA, BEN = "anna@orle.example.org", "ben@orle.example.org"
MAIL = ReportMail(
    report_mail_id("rep_a", "ticket"), "rep_a", "watch-mail", (ANNA, BEN), "[TLP:AMBER] Orle, 8 to 14 March",
    ("TLP:AMBER: for the recipient's organisation.", "Sent by ana."), "sitrep-orle-v1.pdf", "application/pdf",
    "0" * 64, 4, "TLP:AMBER", "ana", NOW,
)  # fmt: skip


def test_a_copy_arrives_with_its_file(run_mail: Callable[..., Mailbox]) -> None:
    box = run_mail()
    ReportMailer(make_email(box.port)).send_copy(MAIL, b"%PDF", BEN)
    (mail,) = box.took
    assert (mail["From"], mail["To"], mail["Subject"].strip()) == ("desk@desk.example.org", BEN, MAIL.subject)
    (attached,) = mail.iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == ("sitrep-orle-v1.pdf", "application/pdf")
    assert attached.get_content() == b"%PDF"
    assert box.recipients == [[BEN]]


def test_every_try_is_the_same_message_and_every_recipient_has_another() -> None:
    channel = make_email(25)
    first, again = (make_report_message(MAIL, b"%PDF", ANNA, channel).as_bytes() for _ in range(2))
    assert first == again
    assert make_report_message(MAIL, b"%PDF", BEN, channel)["Message-ID"] not in first.decode()


@pytest.mark.parametrize("kind", ["application/pdf", "text/html; charset=utf-8", "text/markdown; charset=utf-8"])
def test_hostile_texts_stay_texts(run_mail: Callable[..., Mailbox], kind: str) -> None:
    box = run_mail()
    hostile = replace(MAIL, subject=f"[TLP:AMBER] {HOSTILE}\r\nX-Bad: 1", lines=(HOSTILE, ".\r\nQUIT"), media_type=kind)
    body = "<b>\u017divot</b>\r\n.\r\nQUIT\r\n".encode()
    ReportMailer(make_email(box.port)).send_copy(hostile, body, ANNA)
    (mail,) = box.took
    assert (mail["Bcc"], mail["X-Bad"]) == (None, None)
    (attached,) = mail.iter_attachments()
    assert attached.get_payload(decode=True) == body, "the file arrives byte for byte"


def test_a_refusal_is_told_as_for_notices(run_mail: Callable[..., Mailbox]) -> None:
    box = run_mail()
    box.rcpt[ANNA] = "550 nobody here"
    with pytest.raises(DeliveryError, match="550 nobody here") as caught:
        ReportMailer(make_email(box.port)).send_copy(MAIL, b"%PDF", ANNA)
    assert caught.value.is_final


def test_only_an_e_mail_channel_has_a_mailer() -> None:
    assert open_mailer(make_webhook("https://hooks.example.org/a")) is None
    assert isinstance(open_mailer(make_email(25)), ReportMailer)


def test_addresses_are_taken_apart_and_checked() -> None:
    assert read_mailboxes(f" {ANNA};{BEN},\n{ANNA} ", 2) == (ANNA, BEN)
    for bad in (f"{ANNA}\n", "anna@", "@b.org", "a b@c.org", "a@b.org>", "\u00e4@b.org", "a@b.org\r\nBcc:c@d.org"):
        assert not is_mailbox(bad)
    with pytest.raises(RecordError, match="must be 1 to 2 addresses"):
        read_mailboxes("", 2)
    with pytest.raises(RecordError, match="must be an address"):
        read_mailboxes("Anna <anna@orle.example.org>", 2)
