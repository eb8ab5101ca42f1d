"""A report sent from its page: to whom, by whom, with which marking; against a real mail server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.notify.servers import Mailbox, run_mailboxes
from tests.report.test_page import draft, press, read, send
from tests.web.checking import find_faults, read_words
from tests.web.worlds import World, fill, make_client, open_empty
from tocsin.reporting.mailing import list_sent
from tocsin.service.delivering import open_courier

CHANNEL = """[[channel]]
name = "watch-room"
kind = "email"
host = "127.0.0.1"
port = {port}
security = "none"
sender = "desk@desk.example.org"
recipients = ["duty@desk.example.org"]
"""


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with run_mailboxes() as run:
        yield run()


@pytest.fixture
def world(tmp_path: Path, box: Mailbox) -> Iterator[World]:
    (tmp_path / "channels.toml").write_text(CHANNEL.format(port=box.port), "utf-8")
    with open_empty(tmp_path) as desk:
        yield fill(desk)


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    with make_client(world.desk) as made:
        made.get("/reports")
        yield made


def send_all(world: World) -> None:
    open_courier(world.desk.store, world.desk.settings, clock=world.desk.clock).run_once()


def mail(client: TestClient, home: str, recipients: str, **more: Any) -> Any:
    return press(client, read(client, home), "/mails", recipients=recipients, **more)


def test_a_final_report_is_sent_once_to_each_and_the_page_says_so(
    world: World, client: TestClient, box: Mailbox
) -> None:
    home = draft(client, title="Morning report")
    assert press(client, read(client, home), "/finalize").status_code == 303
    page = read(client, home)
    fields = {"recipients": "anna@orle.example.org, ben@orle.example.org", "note": "For the nine o'clock"}
    for _ in range(2):  # the same form sent twice, as by a double click
        assert press(client, page, "/mails", **fields).status_code == 303
    assert [len(sent.copies) for sent in list_sent(world.desk.store, home.rsplit("/", 1)[-1])] == [2]
    send_all(world)
    send_all(world)
    assert sorted(box.recipients) == [["anna@orle.example.org"], ["ben@orle.example.org"]]
    first, second = box.took
    assert first["Subject"] == "[TLP:AMBER] Morning report, 2026-03-08 to 2026-03-14"
    assert first["To"] != second["To"]
    assert first["Message-ID"] != second["Message-ID"]
    (attached,) = first.iter_attachments()
    assert attached.get_filename() == "sitrep-everywhere-2026-03-08-2026-03-14-v1.pdf"
    assert attached.get_content().startswith(b"%PDF")
    body = first.get_body(("plain",))
    assert body is not None
    assert "For the nine o'clock" in body.get_content()
    assert "Version 1, final since" in body.get_content()
    told = read_words(read(client, home).get_element_by_id("h-sent").getparent().getparent())
    assert "anna@orle.example.org : taken by the mail server" in told
    assert "desk , 14 Mar 2026, 12:00 UTC" in told
    assert list(find_faults(client.get(home).text)) == []


def test_a_draft_says_that_it_is_one(world: World, client: TestClient, box: Mailbox) -> None:
    assert mail(client, draft(client), "anna@orle.example.org", form="md").status_code == 303
    send_all(world)
    assert box.took[0]["Subject"].strip().startswith("[TLP:AMBER] [DRAFT] Situation report: Everywhere")


def test_tlp_red_goes_only_where_that_is_confirmed(world: World, client: TestClient, box: Mailbox) -> None:
    home = draft(client, tlp="TLP:RED")
    refused = mail(client, home, "anna@orle.example.org", note="typed")
    assert refused.status_code == 422
    assert "confirm that it may go by e-mail" in refused.text
    assert 'value="typed"' in refused.text, "nothing that was typed is lost"
    assert list_sent(world.desk.store, home.rsplit("/", 1)[-1]) == []
    assert mail(client, home, "anna@orle.example.org", confirmed="1").status_code == 303
    send_all(world)
    assert "[TLP:RED]" in box.took[0]["Subject"]
    assert "confirmed for e-mail" in client.get(home).text


@pytest.mark.parametrize(
    ("recipients", "why"),
    [
        ("anna@orle.example.org\r\nBcc: all@example.org", "must be an address"),
        ("Anna <anna@orle.example.org>", "must be an address"),
        ("anna", "must be an address"),
        (", ;", "must be 1 to 50 addresses"),
        (" ".join(f"p{n}@example.org" for n in range(51)), "must be 1 to 50 addresses"),
    ],
)
def test_what_is_no_address_sends_nothing(world: World, client: TestClient, recipients: str, why: str) -> None:
    home = draft(client)
    answer = mail(client, home, recipients)
    assert answer.status_code == 422
    assert why in answer.text
    assert list_sent(world.desk.store, home.rsplit("/", 1)[-1]) == []


def test_a_strange_channel_form_or_ticket_is_refused(client: TestClient) -> None:
    home = draft(client)
    assert mail(client, home, "anna@orle.example.org", channel="elsewhere").status_code == 404
    assert mail(client, home, "anna@orle.example.org", form="odt").status_code == 422
    assert mail(client, home, "anna@orle.example.org", ticket="").status_code == 422
    assert send(client, "/reports/rep_none/mails", recipients="a@b.example", ticket="t" * 12).status_code == 404


def test_a_server_that_puts_off_is_told_on_the_page_and_tried_again(
    world: World, client: TestClient, box: Mailbox
) -> None:
    home = draft(client)
    box.rcpt["ben@orle.example.org"] = "450 later"
    assert mail(client, home, "anna@orle.example.org ben@orle.example.org").status_code == 303
    send_all(world)
    assert box.recipients == [["anna@orle.example.org"]]
    told = client.get(home).text
    assert "waits to be sent" in told
    assert "450 later" in told


def test_without_a_channel_the_page_says_how_to_set_one_up(tmp_path: Path) -> None:
    with open_empty(tmp_path) as desk:
        fill(desk)
        with make_client(desk) as client:
            client.get("/reports")
            assert "No e-mail channel is set up" in client.get(draft(client)).text
