"""E-mail against real servers on this machine: what arrives, and what each kind of refusal comes to."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given

from tests.notify.conftest import Certificates
from tests.notify.made import DESK, HOSTILE, UNHURRIED, hostile_notices, make_email, make_notice
from tests.notify.servers import Mailbox, let_in
from tocsin.errors import DeliveryError
from tocsin.notify.mail import MailNotifier, make_message
from tocsin.records import Notice
from tocsin.settings import Secret

RunMail = Callable[..., Mailbox]


def refuse(box: Mailbox, **changes: object) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        MailNotifier(make_email(box.port, **changes)).send(make_notice(), None)
    return caught.value


def test_a_notice_arrives_in_both_forms(run_mail: RunMail) -> None:
    box = run_mail()
    MailNotifier(make_email(box.port), address=DESK).send(make_notice(is_exercise=True), None)
    (mail,) = box.took
    subject = "[EXERCISE] IMMEDIATE \u00b7 Orle: Forces moved, obstruction or violence, and a threat (3 incidents)"
    assert mail["Subject"] == subject
    assert mail["Auto-Submitted"] == "auto-generated"
    assert (mail["X-Priority"], mail["Importance"]) == ("2 (High)", "high")
    assert (mail["From"], mail["To"]) == ("desk@desk.example.org", "watch@orle.example.org")
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    for text in (plain.get_content(), html.get_content()):
        assert "[EXERCISE]" in text
        assert "three incidents from two origins" in text
        assert f"{DESK}/incidents/{make_notice().lines[0].incident_id}" in text


def test_the_message_is_the_same_at_every_try_and_names_its_chain() -> None:
    channel = make_email(25)
    first, third = make_message(make_notice(1), None, channel), make_message(make_notice(3), None, channel)
    assert first.as_bytes() == make_message(make_notice(1), None, channel).as_bytes()
    assert first["References"] is None
    second = make_message(make_notice(2), None, channel)
    assert third["In-Reply-To"] == second["Message-ID"]
    assert third["References"].split() == [first["Message-ID"], second["Message-ID"]]
    assert make_message(make_notice(1), None, replace(channel, name="other"))["Message-ID"] != first["Message-ID"]


def test_many_recipients_do_not_learn_of_each_other(run_mail: RunMail) -> None:
    box = run_mail()
    people = ("anna@orle.example.org", "ben@orle.example.org")
    MailNotifier(make_email(box.port, recipients=people)).send(make_notice(), None)
    assert box.recipients == [list(people)]
    assert not any(name in box.took[0].as_string() for name in people)


def test_a_title_cannot_bring_headers_of_its_own(run_mail: RunMail) -> None:
    box = run_mail()
    MailNotifier(make_email(box.port)).send(make_notice(title=HOSTILE, place_name="Orle\r\nX-Bad: 1"), None)
    (mail,) = box.took
    assert mail["Bcc"] is None
    assert mail["X-Bad"] is None
    assert "Bcc: all@example.org" in mail["Subject"]
    html = mail.get_body(("html",))
    assert html is not None
    assert "<script>" not in html.get_content()


@UNHURRIED
@given(hostile_notices())
def test_any_text_makes_a_message_that_can_be_read_back(notice: Notice) -> None:
    from email import message_from_bytes
    from email.policy import default

    made = make_message(notice, None, make_email(25), DESK)
    read = message_from_bytes(made.as_bytes(), policy=default)
    assert sorted(read.keys()) == sorted(made.keys())
    assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/html"]  # type: ignore[attr-defined]  # a message of the default policy has parts
    assert made.as_bytes().isascii()


def test_starttls_with_a_login(run_mail: RunMail, certificates: Certificates) -> None:
    box = run_mail(
        tls_context=certificates.server, require_starttls=True, auth_required=True,
        authenticator=let_in(b"desk", b"open sesame"),
    )  # fmt: skip
    login = {"security": "starttls", "ca_file": certificates.ca_file, "user": "desk"}
    MailNotifier(make_email(box.port, password=Secret("open sesame"), **login)).send(make_notice(), None)
    assert box.is_tls
    assert len(box.took) == 1
    wrong = refuse(box, password=Secret("open lentils"), **login)
    assert "did not accept user and password (535)" in wrong.why
    assert not wrong.is_final
    assert "lentils" not in str(wrong)


def test_tls_is_not_given_up_for_a_server_that_speaks_in_the_clear(
    run_mail: RunMail, certificates: Certificates
) -> None:
    box = run_mail()
    assert "cannot be reached or broke off" in refuse(box, security="tls", ca_file=certificates.ca_file).why


def test_a_certificate_that_nobody_vouches_for_is_refused(run_mail: RunMail, certificates: Certificates) -> None:
    box = run_mail(tls_context=certificates.server)
    wrong = refuse(box, security="starttls")
    assert "certificate is not valid" in wrong.why
    assert not wrong.is_final
    assert box.seen == 0


def test_a_server_that_hides_starttls_is_told_nothing(run_mail: RunMail) -> None:
    box = run_mail()
    wrong = refuse(box, security="starttls", user="desk", password=Secret("open sesame"))
    assert "STARTTLS" in wrong.why
    assert (wrong.is_final, box.seen) == (False, 0)


@pytest.mark.parametrize(("code", "is_final"), [("550 no such user", True), ("451 try later", False)])
def test_refused_by_all_recipients(run_mail: RunMail, code: str, is_final: bool) -> None:
    box = run_mail()
    box.rcpt = {"watch@orle.example.org": code}
    wrong = refuse(box)
    assert (wrong.is_final, wrong.is_partial) == (is_final, False)
    assert code in wrong.why


def test_refused_by_one_of_two_recipients_counts_as_sent_and_says_so(run_mail: RunMail) -> None:
    box = run_mail()
    box.rcpt = {"gone@orle.example.org": "550 no such user"}
    wrong = refuse(box, recipients=("gone@orle.example.org", "here@orle.example.org"))
    assert wrong.is_partial
    assert "not to gone@orle.example.org: 550 no such user" in wrong.why
    assert box.recipients == [["here@orle.example.org"]]


def test_put_off_once_and_then_taken(run_mail: RunMail) -> None:
    box = run_mail()
    box.data = ["451 too busy"]
    assert not refuse(box).is_final
    MailNotifier(make_email(box.port)).send(make_notice(), None)
    assert len(box.took) == 1


def test_the_text_itself_is_refused(run_mail: RunMail) -> None:
    box = run_mail()
    box.data = ["554 looks like spam"]
    wrong = refuse(box)
    assert (wrong.is_final, "554 looks like spam" in wrong.why) == (True, True)


def test_a_server_that_dies_in_the_text_is_tried_again(run_mail: RunMail) -> None:
    box = run_mail()
    box.data = ["die"]
    wrong = refuse(box)
    assert (wrong.is_final, box.seen, box.took) == (False, 1, [])


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(DeliveryError, match="cannot be reached") as caught:
        MailNotifier(make_email(port)).send(make_notice(), None)
    assert not caught.value.is_final


@pytest.mark.parametrize("greeting", [b"", b"2", b"220-wait\r\n"])
def test_a_server_that_never_comes_to_the_point_is_left(greeting: bytes) -> None:
    """It says nothing, a byte at a time, or line after line of a greeting without end."""
    stopping = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            line, _ = listener.accept()
            with line:
                while not stopping.wait(0.05):
                    try:
                        line.sendall(greeting)
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            with pytest.raises(DeliveryError) as caught:
                MailNotifier(make_email(listener.getsockname()[1], timeout_seconds=0.5)).send(make_notice(), None)
        finally:
            stopping.set()
            thread.join()
    assert not caught.value.is_final


def test_a_server_that_is_not_ready(run_mail: RunMail) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            line, _ = listener.accept()
            with line:
                line.sendall(b"554 no service for you\r\n")
                line.recv(100)

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(DeliveryError, match="not ready: 554") as caught:
            MailNotifier(make_email(listener.getsockname()[1])).send(make_notice(), None)
        thread.join()
    assert not caught.value.is_final


def test_implicit_tls(certificates: Certificates) -> None:
    """smtplib itself, on a socket that is encrypted from the first byte."""
    got: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            line, _ = listener.accept()
            with certificates.server.wrap_socket(line, server_side=True) as talk:
                talk.sendall(b"220 hello\r\n")
                replies = {b"ehlo": b"250 hello", b"mail": b"250 ok", b"rcpt": b"250 ok", b"data": b"354 go on"}
                with talk.makefile("rb") as lines:
                    for said in lines:
                        word = said[:4].lower()
                        if word == b"quit":
                            talk.sendall(b"221 bye\r\n")
                            return
                        talk.sendall(replies[word] + b"\r\n")
                        if word == b"data":
                            got.extend(iter(lines.readline, b".\r\n"))
                            talk.sendall(b"250 taken\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        channel = make_email(listener.getsockname()[1], security="tls", ca_file=certificates.ca_file)
        MailNotifier(channel).send(make_notice(), None)
        thread.join()
    assert any(line.startswith(b"Message-ID: <msg_") for line in got)


def test_the_certificate_must_be_the_hosts_own(run_mail: RunMail, certificates: Certificates) -> None:
    box = run_mail(tls_context=certificates.server)
    channel = replace(make_email(box.port, security="starttls", ca_file=certificates.ca_file), host="127.0.0.1")
    with pytest.raises(DeliveryError, match="certificate is not valid"):
        MailNotifier(channel).send(make_notice(), None)
    assert ssl.create_default_context(cafile=certificates.ca_file).check_hostname
