"""Reports on their way out: each copy is held by one worker, tried again, and never sent by two."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from tests.store.worlds import START
from tocsin.errors import StoreError
from tocsin.ports import Store
from tocsin.records.report import KeptReport
from tocsin.records.report_mail import ReportMail, report_mail_id
from tocsin.store.sql_store import SqlStore

LEASE = 180.0
MAIL = ReportMail(
    report_mail_id("rep_a", "ticket"), "rep_a", "watch", ("anna@example.org", "ben@example.org"), "[TLP:AMBER] Orle",
    ("TLP:AMBER",), "orle.pdf", "application/pdf", "0" * 64, 4, "TLP:AMBER", "ana", START,
)  # fmt: skip


@pytest.fixture
def holding(store: Store) -> Store:
    """A store with a report that was sent."""
    until = START + timedelta(days=7)
    store.add_report(KeptReport("rep_a", "Orle", START, until, "TLP:AMBER", "TLP:AMBER", START, "ana"), "{}")
    assert store.add_report_mail(MAIL, b"%PDF")
    return store


def test_a_sending_is_kept_once_with_its_file(holding: Store) -> None:
    assert not holding.add_report_mail(MAIL, b"other"), "the same ticket is the same sending"
    assert holding.report_mails("rep_a") == [MAIL]
    assert [copy.recipient for copy in holding.report_copies([MAIL.id])[MAIL.id]] == list(MAIL.recipients)
    held = holding.claim_report_copy("watch", START, LEASE)
    assert held is not None
    assert held[2] == b"%PDF"


def test_a_copy_is_held_by_one_worker_until_its_lease_is_over(holding: Store) -> None:
    held = [holding.claim_report_copy("watch", START, LEASE) for _ in range(3)]
    assert [claimed and claimed[0].recipient for claimed in held] == [*MAIL.recipients, None]
    assert held[0] is not None
    late = START + timedelta(seconds=LEASE + 1)
    assert holding.due_mail_channels(late) == ["watch"]
    again = holding.claim_report_copy("watch", late, LEASE)
    assert again is not None
    assert (again[0].recipient, again[0].attempts, again[2]) == ("anna@example.org", 2, b"%PDF")
    assert not holding.finish_report_copy(held[0][0], "sent", at=late), "somebody else holds it by now"
    assert holding.finish_report_copy(again[0], "sent", at=late)


def test_what_was_given_up_can_be_tried_again(holding: Store) -> None:
    claimed = holding.claim_report_copy("watch", START, LEASE)
    assert claimed is not None
    with pytest.raises(StoreError, match="must be sent, given-up, or waiting"):
        holding.finish_report_copy(claimed[0], "waiting", at=START)
    assert holding.finish_report_copy(claimed[0], "given-up", at=START, fault="refused" * 200)
    states = {copy.recipient: copy.state for copy in holding.open_report_copies(9)}
    assert states == {"anna@example.org": "given-up", "ben@example.org": "waiting"}
    assert holding.retry_report_copies("watch", START) == 2
    assert holding.claim_report_copy("elsewhere", START, LEASE) is None


def test_what_was_sent_cannot_be_rewritten_and_goes_with_the_exercise(holding: Store) -> None:
    assert isinstance(holding, SqlStore)
    for statement in ("UPDATE report_mails SET payload = '{}'", "DELETE FROM report_mails"):
        with pytest.raises(StoreError, match="append-only"), holding._connections.writing() as connection:
            connection.execute(text(statement))
    until = START + timedelta(days=7)
    drill = KeptReport("rep_b", "Orle", START, until, "TLP:AMBER", "TLP:AMBER", START, "ana", is_exercise=True)
    holding.add_report(drill, "{}")
    made = {name: getattr(MAIL, name) for name in MAIL.__slots__} | {"id": "mai_b", "report_id": "rep_b"}
    holding.add_report_mail(ReportMail(**made | {"is_exercise": True}), b"x")
    holding.remove_exercise()
    assert holding.report_mails("rep_b") == []
    assert holding.report_mails("rep_a") == [MAIL]
