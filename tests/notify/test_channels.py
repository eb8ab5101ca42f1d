"""The operator's file of channels: what it may say, what is refused and how, and which notices a channel gets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.notify.conftest import Certificates
from tests.notify.made import make_email, make_notice
from tocsin.errors import KnowledgeError, SettingError, TocsinError
from tocsin.notify import (
    EmailChannel,
    Wanted,
    WebhookChannel,
    choose_channels,
    examine_channels,
    fit_digest,
    load_channels,
)
from tocsin.records import Notice, NoticeCause, NoticeLine, NoticePart, Precedence
from tocsin.settings import Secret, load_settings, read_secret

EMAIL = """
[[channel]]
name = "watch-room"
kind = "email"
host = "mail.example.org"
sender = "desk@example.org"
recipients = ["anna@example.org", "ben@example.org"]
"""
HOOK = """
[[channel]]
name = "duty-phone"
kind = "webhook"
address = "https://hooks.example.org/in?key=hidden"
secret_file = "hook.secret"
"""
Write = Callable[[str], Path]
KEY = "a secret of thirty-two characters"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file of channels beside a secret."""
    (tmp_path / "hook.secret").write_text(f"{KEY}\n", "utf-8")

    def write_file(text: str) -> Path:
        path = tmp_path / "channels.toml"
        path.write_text(text, "utf-8")
        return path

    return write_file


def test_a_whole_file_is_read(
    write: Write, tmp_path: Path, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESK_MAIL_PASSWORD", "open sesame")
    more = f"""
port = 2525
security = "tls"
user = "desk"
password_env = "DESK_MAIL_PASSWORD"
ca_file = "{certificates.ca_file}"
timeout_seconds = 20
sets = ["peacekeeping"]
at_least = "PRIORITY"
areas = ["overlay:orle-district"]
exercise = true
digest = true
tlp = "tlp:red"
"""
    mail, hook = load_channels(write(EMAIL + more + HOOK))
    assert mail == EmailChannel(
        "watch-room", "mail.example.org", 2525, "tls", "desk@example.org", ("anna@example.org", "ben@example.org"),
        Wanted(("peacekeeping",), "PRIORITY", ("overlay:orle-district",), exercise=True, only_digest=True),
        "desk", Secret("open sesame"), certificates.ca_file, 20, "TLP:RED",
    )  # fmt: skip
    assert hook == WebhookChannel("duty-phone", "https://hooks.example.org/in?key=hidden", Secret(KEY))
    for channel in (mail, hook):
        assert "sesame" not in f"{channel} {channel!r}"
        assert KEY not in f"{channel} {channel!r}"
    assert str(hook) == "duty-phone: webhook at https://hooks.example.org"


def test_the_defaults_are_careful(write: Write) -> None:
    mail, hook = load_channels(write(EMAIL + HOOK))
    assert isinstance(mail, EmailChannel)
    assert isinstance(hook, WebhookChannel)
    assert (mail.security, mail.port, mail.wanted) == ("starttls", 587, Wanted())
    assert (hook.allow_private, hook.wanted.exercise) == (False, False)
    assert (mail.tlp, hook.tlp) == ("TLP:AMBER+STRICT", "TLP:AMBER+STRICT")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("kind =", "sort ="), "channel watch-room: kind': is missing; it must be email or webhook"),
        (('"email"', '"pager"'), "must be one of email, webhook"),
        (("host =", "hots ="), "channel watch-room: hots': is unknown; allowed are name, kind, host"),
        (('name = "watch-room"\n', ""), "channel number 1: name': is missing"),
        (('"watch-room"', '"Watch Room"'), "must be small letters, figures and hyphens"),
        (('"desk@example.org"', '"desk@example.org\\r\\nBcc: x"'), "must be an address as watch@desk.example.org"),
        (('"ben@example.org"', '"Ben <ben@example.org>"'), "recipients = 'Ben <ben@example.org>'"),
        (('["anna@example.org", "ben@example.org"]', "[]"), "must be a list of at least one text"),
        (('"mail.example.org"', '"mail.example.org/x"'), "must be the name or number of a machine"),
        (("sender", "port = 99999\nsender"), "must be a whole number from 1 to 65535"),
        (("sender", 'security = "ssl"\nsender'), "must be one of starttls, tls, none"),
        (("sender", 'at_least = "URGENT"\nsender'), "must be one of ROUTINE, PRIORITY, IMMEDIATE, FLASH"),
        (("sender", 'sets = ["peace-keeping"]\nsender'), "must be among peacekeeping, ngo-security"),
        (("sender", 'digest = "06:00"\nsender'), "must be true or false"),
        (("sender", 'exercise = "no"\nsender'), "must be true or false"),
        (("sender", 'backup = 1\nsender'), "must be true or false"),
        (("sender", 'backup = true\ndigest = true\nsender'), "no digest is escalated: give one of them"),
        (("sender", 'tlp = "AMBER"\nsender'), "watch-room: tlp = 'AMBER'\": must be one of TLP:CLEAR, TLP:GREEN, "),
        (("sender", 'tlp = 5\nsender'), "channel watch-room: tlp = 5"),
        (("sender", 'user = "desk"\nsender'), "give password_env (a variable's name) or password_file (a file)"),
        (("sender", 'password_file = "hook.secret"\nsender'), "a password needs a user name"),
        (("sender", 'password = "oh no"\nsender'), "password': is unknown"),
        (("sender", 'user = "d"\npassword_env = "NOT_SET_ANYWHERE"\nsender'), "is not set in the environment"),
        (("sender", 'user = "d"\npassword_file = "none.txt"\nsender'), "cannot be read (No such file or directory)"),
        (("sender", 'user = "d"\npassword_file = "a"\npassword_env = "b"\nsender'), "give one of them"),
        (("sender", 'user = "d"\nsecurity = "none"\npassword_file = "hook.secret"\nsender'), "not sent in the clear"),
        (("sender", 'ca_file = "channels.toml"\nsender'), "must be a file of certificates in PEM"),
        (("[[channel]]", "[channel]"), "must be tables of their own"),
        (("[[channel]]", 'version = "1"\n[[channel]]'), "version': is unknown; allowed are channel"),
        (("[[channel]]", "[[channel]"), "is not TOML"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(write: Write, change: tuple[str, str], told: str) -> None:
    with pytest.raises(TocsinError) as caught:
        load_channels(write(EMAIL.replace(*change, 1)))
    assert told in str(caught.value)
    assert "channels.toml" in str(caught.value)
    assert "oh no" not in str(caught.value)
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('secret_file = "hook.secret"', ""), "give secret_env (a variable's name) or secret_file (a file)"),
        (("https://hooks.example.org", "http://hooks.example.org"), "must begin with https://"),
        (("https://hooks.example.org", "ftp://hooks.example.org"), "must begin with http:// or https://"),
        (("https://hooks", "https://me:pw@hooks"), "must not hold a user name or password"),
        (("https://hooks", "https://h\u00f6\u00f6ks"), "must be ASCII"),
        (('"hook.secret"', '"short.secret"'), "has 5 bytes and must have at least 24"),
        (('"hook.secret"', '"odd.secret"'), "must then be base64"),
        (('"hook.secret"', '"empty.secret"'), "is empty"),
        (('"hook.secret"', '"binary.secret"'), "it is no text"),
    ],
)
def test_what_is_wrong_with_a_webhook_is_named(
    write: Write, tmp_path: Path, change: tuple[str, str], told: str
) -> None:
    for name, word in (("short", b"short"), ("odd", b"whsec_????"), ("empty", b"\n"), ("binary", b"\xff\xfe")):
        (tmp_path / f"{name}.secret").write_bytes(word)
    with pytest.raises(TocsinError) as caught:
        load_channels(write(HOOK.replace(*change, 1)))
    assert told in str(caught.value)
    assert "channel duty-phone" in str(caught.value)
    assert not any(word in str(caught.value) for word in ("pw", "short'", "????"))


def test_every_channel_is_examined_though_one_is_wrong(write: Write) -> None:
    path = write(EMAIL + EMAIL + HOOK.replace("webhook", "pager"))
    first, second, third = examine_channels(path)
    assert isinstance(first[1], EmailChannel)
    assert "stands twice" in str(second[1])
    assert (third[0], isinstance(third[1], KnowledgeError)) == ("duty-phone", True)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[[channel]]\n" * 51])
def test_a_file_that_cannot_be_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "channels.toml"
    path.write_bytes(content)
    with pytest.raises(KnowledgeError, match="channels file"):
        load_channels(path)
    with pytest.raises(KnowledgeError, match="No such file"):
        load_channels(tmp_path / "none.toml")


def is_chosen(wanted: Wanted, cause: NoticeCause = "fired", precedence: Precedence = "PRIORITY", *,
              told: bool = False, is_exercise: bool = False) -> bool:  # fmt: skip
    channel = make_email(25, wanted=wanted)
    notice = make_notice(cause=cause, precedence=precedence, is_exercise=is_exercise)
    areas = ("country:XKX",)
    names = [channel.name] if told else []
    return bool(choose_channels([channel], notice, sets=["peacekeeping"], place_ids=areas, told=names))


def test_a_channel_gets_what_it_wants() -> None:
    assert is_chosen(Wanted())
    assert is_chosen(Wanted(sets=("peacekeeping", "other")))
    assert not is_chosen(Wanted(sets=("ngo-security",)))
    assert is_chosen(Wanted(areas=("country:XKX",)))
    assert is_chosen(Wanted(areas=("overlay:orle-district",)))
    assert not is_chosen(Wanted(areas=("country:UKR",)))
    assert is_chosen(Wanted(at_least="PRIORITY"))
    assert not is_chosen(Wanted(at_least="IMMEDIATE"))
    assert not is_chosen(Wanted(), "test")


def test_the_exercise_goes_only_where_it_is_wanted() -> None:
    assert not is_chosen(Wanted(), is_exercise=True)
    assert is_chosen(Wanted(exercise=True), is_exercise=True)
    assert is_chosen(Wanted(exercise=True))


def test_a_digest_gathers_what_is_not_pressing() -> None:
    digest = Wanted(only_digest=True)
    assert not is_chosen(digest)
    assert is_chosen(digest, precedence="IMMEDIATE")
    assert is_chosen(digest, "digest", "ROUTINE")
    assert is_chosen(Wanted(), "digest", "ROUTINE")
    assert not is_chosen(Wanted(at_least="PRIORITY"), "digest", "ROUTINE")


@pytest.mark.parametrize("cause", ["lowered", "resolved", "retracted"])
def test_who_heard_the_beginning_hears_the_end(cause: NoticeCause) -> None:
    wanted = Wanted(at_least="FLASH")
    assert not is_chosen(wanted, cause, "ROUTINE")
    assert is_chosen(wanted, cause, "ROUTINE", told=True)
    assert not is_chosen(wanted, "more-reports", "ROUTINE", told=True)
    assert is_chosen(Wanted(only_digest=True), cause, "ROUTINE", told=True)


@pytest.mark.parametrize("cause", ["lowered", "resolved", "retracted"])
@pytest.mark.parametrize("wanted", [Wanted(sets=("ngo-security",)), Wanted(areas=("country:UKR",))])
def test_who_heard_the_beginning_hears_the_end_wherever_it_has_moved(cause: NoticeCause, wanted: Wanted) -> None:
    """The rule of its set was taken back and others hold on; the place has come to lie elsewhere."""
    assert not is_chosen(wanted, cause)
    assert is_chosen(wanted, cause, told=True)
    assert not is_chosen(wanted, cause, told=True, is_exercise=True)


def test_a_backup_hears_what_nobody_answered_and_from_then_on() -> None:
    backup = Wanted(is_backup=True)
    assert not is_chosen(backup)
    assert not is_chosen(backup, "raised", "FLASH")
    assert not is_chosen(backup, "resolved")
    assert not is_chosen(backup, "digest", "ROUTINE")
    assert is_chosen(backup, "escalated")
    assert not is_chosen(Wanted(is_backup=True, at_least="FLASH"), "escalated", "IMMEDIATE")
    assert is_chosen(backup, "more-reports", told=True)
    assert is_chosen(backup, "resolved", told=True)


@pytest.mark.parametrize("address", ["https://desk.example.org", "http://10.0.0.7:8765/desk"])
def test_a_public_address_is_taken(address: str) -> None:
    assert load_settings({"TOCSIN_PUBLIC_ADDRESS": address}).public_address == address


@pytest.mark.parametrize(
    "address",
    ["desk.example.org", "ftp://desk.example.org", "https://", "https://me:pw@desk.example.org", "https://d/?a=1",
     "https://d/#a", "https://d/ a", "https://d/\na", "https://[d", "https://d:99999"],
)  # fmt: skip
def test_a_public_address_that_cannot_begin_a_link_is_refused(address: str) -> None:
    with pytest.raises(SettingError, match="must be an http or https address") as caught:
        load_settings({"TOCSIN_PUBLIC_ADDRESS": address})
    assert "pw" not in str(caught.value)


def test_a_secret_must_come_from_somewhere() -> None:
    assert read_secret("here", variable="WORD", environ={"WORD": " open sesame\n"}) == Secret("open sesame")
    with pytest.raises(SettingError, match="neither by a variable nor by a file"):
        read_secret("here")


# --- one's own part of a digest
def make_digest() -> Notice:
    def part(name: str, area: str, precedence: Precedence, sets: str, *incidents: str) -> NoticePart:
        lines = tuple(NoticeLine(i, f"{i} in {name}", is_new=i == "inc_3") for i in incidents)
        return NoticePart(f"alt_{name}", f"{name}.", f"g:{name}", name, precedence, (area,), (sets,), lines, incidents)

    parts = (
        part("Orle", "country:XVA", "PRIORITY", "peacekeeping", "inc_1", "inc_2"),
        part("Teske", "country:XVA", "ROUTINE", "ngo-security", "inc_2", "inc_3"),
        part("Isel", "country:XQA", "ROUTINE", "peacekeeping", "inc_4"),
    )
    told = make_notice(cause="digest", precedence="PRIORITY", place_id="everywhere", place_name="Orle, Teske, Isel")
    return replace(
        told, alert_ids=tuple(p.alert_id for p in parts), changes=("Isel.", "Orle.", "Teske."), parts=parts,
        incident_ids=("inc_1", "inc_2", "inc_3", "inc_4"),
    )  # fmt: skip


def test_a_channel_gets_its_own_part_of_a_digest() -> None:
    digest = make_digest()
    assert fit_digest(digest, Wanted(exercise=True)) is digest
    mine = fit_digest(digest, Wanted(areas=("country:XVA",)))
    assert mine is not None
    assert (mine.id, mine.place_name, mine.place_id, mine.precedence) == (
        digest.id, "Orle, Teske", "everywhere", "PRIORITY",
    )  # fmt: skip
    assert mine.changes == ("Orle.", "Teske.")
    assert [line.incident_id for line in mine.lines] == ["inc_3", "inc_1", "inc_2"], "the new first, each once"
    assert mine.incident_ids == ("inc_1", "inc_2", "inc_3")
    alone = fit_digest(digest, Wanted(areas=("country:XQA",)))
    assert alone is not None
    assert (alone.place_name, alone.place_id, alone.precedence) == ("Isel", "g:Isel", "ROUTINE")
    graver = fit_digest(digest, Wanted(at_least="PRIORITY", sets=("peacekeeping",)))
    assert graver is not None
    assert graver.alert_ids == ("alt_Orle",)


def test_a_digest_without_any_part_for_a_channel_does_not_go_there() -> None:
    channels = [make_email(25, wanted=w) for w in (Wanted(areas=("country:XQA",), at_least="PRIORITY"),)]
    assert choose_channels(channels, make_digest(), sets=["peacekeeping"], place_ids=["country:XQA"]) == ()
    assert fit_digest(make_digest(), Wanted(areas=("country:XZA",))) is None


def test_a_notice_of_one_place_is_for_all_of_a_channel_or_nothing() -> None:
    notice = make_notice()
    assert fit_digest(notice, Wanted(areas=("country:XZA",))) is notice
