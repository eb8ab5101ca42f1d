"""Reports by e-mail: tries again, gives up, and sends each copy once, whoever else sends and whatever breaks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import FixedClock, Places
from tests.notify.made import NOW, make_email, make_notice
from tests.notify.servers import Mailbox, run_mailboxes
from tests.notify.test_report_mail import ANNA, BEN, MAIL
from tocsin.notify.report_mail import ReportMailer
from tocsin.ports import Store
from tocsin.records import Notice
from tocsin.records.marking import Tlp
from tocsin.records.report import KeptReport
from tocsin.records.report_mail import ReportCopy, ReportMail
from tocsin.service.delivering import Courier
from tocsin.service.judging import Round
from tocsin.service.mailing import ReportTray, SendsCopies
from tocsin.service.sending import Sender
from tocsin.store import open_store


@pytest.fixture
def store(place: Places, tmp_path: Path) -> Iterator[Store]:
    opened = open_store(place(tmp_path / "desk.sqlite"))
    until = NOW + timedelta(days=7)
    opened.add_report(KeptReport("rep_a", "Orle", NOW, until, "TLP:AMBER", "TLP:AMBER", NOW, "ana"), "{}")
    opened.add_report_mail(MAIL, b"%PDF")
    yield opened
    opened.close()


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with run_mailboxes() as run:
        yield run()


def make_postman(store: Store, mailer: SendsCopies, *, after: timedelta = timedelta()) -> Sender:
    clock = FixedClock(NOW + after)
    tray = ReportTray(store, {"watch-mail": mailer}, clock=clock)
    return Sender([tray], clock=clock, chance=lambda: 0.0, lease_seconds=180.0)


def empty(postman: Sender) -> Round:
    return postman.empty("watch-mail", lambda: False)


def state_of(store: Store, recipient: str) -> ReportCopy:
    return next(copy for copy in store.report_copies([MAIL.id])[MAIL.id] if copy.recipient == recipient)


def test_a_courier_sends_reports_beside_notices(store: Store, box: Mailbox) -> None:
    channel = make_email(box.port)
    courier = Courier(store, {}, clock=FixedClock(NOW), mailers={"watch-mail": ReportMailer(channel)})
    assert courier.run_once() == Round(sent=2)
    assert courier.run_once() == Round()
    assert sorted(box.recipients) == [[ANNA], [BEN]]


def test_a_notice_goes_before_the_copies_that_are_left(store: Store) -> None:
    took: list[str] = []

    class Slow:
        def send_copy(self, mail: ReportMail, body: bytes, recipient: str) -> None:
            if not took:
                store.add_notices([make_notice(precedence="FLASH")], lambda _: ("watch-mail",))
            took.append("copy")

        def send(self, notice: Notice, tlp: Tlp | None) -> None:
            took.append(notice.precedence)

    courier = Courier(store, {"watch-mail": Slow()}, clock=FixedClock(NOW), mailers={"watch-mail": Slow()})
    assert courier.run_once() == Round(sent=3)
    assert took == ["copy", "FLASH", "copy"]


def test_one_recipient_put_off_holds_up_no_other(store: Store, box: Mailbox) -> None:
    box.rcpt[ANNA] = "451 greylisted"
    mailer = ReportMailer(make_email(box.port))
    assert empty(make_postman(store, mailer)) == Round(sent=1, failed=1)
    assert state_of(store, ANNA).next_at == NOW + timedelta(seconds=30)
    assert "451 greylisted" in (state_of(store, ANNA).fault or "")
    box.rcpt.clear()
    assert empty(make_postman(store, mailer, after=timedelta(seconds=31))) == Round(sent=1)
    assert [copy.state for copy in store.report_copies([MAIL.id])[MAIL.id]] == ["sent", "sent"]


def test_a_refusal_for_good_is_given_up(store: Store, box: Mailbox) -> None:
    box.rcpt[ANNA] = "550 nobody here"
    assert empty(make_postman(store, ReportMailer(make_email(box.port)))) == Round(sent=1, given_up=1)
    assert state_of(store, ANNA).state == "given-up"


def test_a_desk_that_died_sends_the_same_message_again(store: Store, box: Mailbox) -> None:
    assert store.claim_report_copy("watch-mail", NOW, 180.0) is not None  # and then it died
    mailer = ReportMailer(make_email(box.port))
    assert empty(make_postman(store, mailer)) == Round(sent=1), "the other one"
    assert empty(make_postman(store, mailer, after=timedelta(seconds=181))) == Round(sent=1)
    assert len({mail["Message-ID"] for mail in box.took}) == 2


def test_a_channel_that_left_the_file_waits_for_it(store: Store) -> None:
    courier = Courier(store, {}, clock=FixedClock(NOW), chance=lambda: 0.0)
    assert courier.run_once() == Round(failed=2)
    assert "is no e-mail channel in the file" in (state_of(store, ANNA).fault or "")


def test_a_defect_is_a_failure_like_any_other(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        def send_copy(self, mail: ReportMail, body: bytes, recipient: str) -> None:
            raise ZeroDivisionError(recipient)

    assert empty(make_postman(store, Broken())) == Round(failed=2)
    assert "ZeroDivisionError" in (state_of(store, BEN).fault or "")
    assert "cannot be sent" in caplog.text


def test_what_went_out_and_could_not_be_written_down_is_not_sent_again(
    store: Store, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> bool:
        raise OSError("disk full")

    postman = make_postman(store, ReportMailer(make_email(box.port)))
    finish: Callable[..., bool] = store.finish_report_copy
    monkeypatch.setattr(store, "finish_report_copy", refuse)
    with pytest.raises(OSError, match="disk full"):
        empty(postman)
    monkeypatch.setattr(store, "finish_report_copy", finish)
    postman._clock = FixedClock(NOW + timedelta(seconds=181))
    assert empty(postman) == Round(sent=2)
    assert sorted(box.recipients) == [[ANNA], [BEN]]
