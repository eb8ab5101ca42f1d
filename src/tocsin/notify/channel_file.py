"""Reading the operator's file of channels.

The schema is closed; every refusal names file, channel, key and what is allowed. No secret stands in the file: it names
a variable of the environment or a file that holds it.
"""

from __future__ import annotations

import re
import ssl
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from tocsin.errors import IntakeError, KnowledgeError, RecordError, SettingError, TocsinError
from tocsin.knowledge.checking import (
    check_keys,
    read_choice,
    read_choices,
    read_flag,
    read_tables,
    read_text,
    read_texts,
    read_whole,
)
from tocsin.knowledge.rules import RuleSet
from tocsin.network.addresses import check_address
from tocsin.notify.channels import (
    DEFAULT_LIMIT,
    PRECEDENCES,
    Channel,
    EmailChannel,
    Security,
    Wanted,
    WebhookChannel,
)
from tocsin.notify.mailboxes import MAILBOX_RULE, is_mailbox
from tocsin.notify.secrets import check_webhook_secret
from tocsin.records.marking import Tlp, parse_tlp
from tocsin.settings import Secret, read_secret

CHANNELS_FILE = "channels.toml"
MOST_CHANNELS = 50
#: From where a secret is asked for, its variable and its file, to the secret.
ReadSecret = Callable[..., Secret]

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_PORTS: dict[Security, int] = {"starttls": 587, "tls": 465, "none": 25}
_SHARED = ("sets", "at_least", "areas", "exercise", "digest", "backup", "ca_file", "timeout_seconds", "tlp", "precise")


def load_channels(path: Path, *, read: ReadSecret = read_secret) -> tuple[Channel, ...]:
    """Every channel of a file; raises KnowledgeError or SettingError for the first thing that is wrong.

    One broken channel refuses the file: a desk that left it out would tell its people nothing and say nothing of it.
    """
    channels = []
    for _, channel in examine_channels(path, read=read):
        if isinstance(channel, TocsinError):
            raise channel
        channels.append(channel)
    return tuple(channels)


def examine_channels(path: Path, *, read: ReadSecret = read_secret) -> Iterator[tuple[str, Channel | TocsinError]]:
    """Name of each channel of a file with the channel, or with what is wrong with it; raises where the file is."""
    which, rows = path.name, _read_rows(path)
    names = [row.get("name") for row in rows]
    for at, row in enumerate(rows):
        name = row.get("name")
        shown = name if isinstance(name, str) else f"number {at + 1}"
        try:
            if names.index(name) < at:
                raise KnowledgeError("channel", f"{which}: {shown}", "stands twice; names must differ")
            yield shown, _make_channel(f"{which}: channel {shown}", row, path.parent, read)
        except TocsinError as why:
            yield shown, why


def _read_rows(path: Path) -> Sequence[Mapping[str, Any]]:
    try:
        table = tomllib.loads(path.read_text("utf-8-sig"))
    except tomllib.TOMLDecodeError as why:
        raise KnowledgeError("channels file", path, f"is not TOML ({why})") from why
    except RecursionError as why:
        raise KnowledgeError("channels file", path, "holds lists or tables too deep in one another") from why
    except (OSError, ValueError) as why:
        raise KnowledgeError(
            "channels file", path, f"cannot be read ({getattr(why, 'strerror', None) or why})"
        ) from why
    check_keys(path.name, table, ["channel"])
    rows = read_tables(path.name, table, "channel")
    if len(rows) > MOST_CHANNELS:
        raise KnowledgeError("channels file", path, f"has {len(rows)} channels; allowed are {MOST_CHANNELS}")
    return rows


def _make_channel(where: str, row: Mapping[str, Any], folder: Path, read: ReadSecret) -> Channel:
    if "kind" not in row:
        raise KnowledgeError("key", f"{where}: kind", "is missing; it must be email or webhook")
    kind = read_choice(where, row, "kind", ("email", "webhook"))
    return _make_email(where, row, folder, read) if kind == "email" else _make_webhook(where, row, folder, read)


def _make_email(where: str, row: Mapping[str, Any], folder: Path, read: ReadSecret) -> EmailChannel:
    login = ("user", "password_env", "password_file")
    check_keys(where, row, ("name", "kind", "host", "sender", "recipients"), ("port", "security", *login, *_SHARED))
    security: Security = read_choice(where, row, "security", get_args(Security)) if "security" in row else "starttls"
    password = _read_word(where, row, "password", folder, read, is_needed="user" in row)
    host = _read_host(where, row)
    if password is not None and "user" not in row:
        raise KnowledgeError("key", f"{where}: user", "is missing: a password needs a user name")
    if password is not None and security == "none" and host not in ("localhost", "127.0.0.1", "::1"):
        reason = "must be starttls or tls: a password is not sent in the clear to another machine"
        raise KnowledgeError("value", f"{where}: security = 'none'", reason)
    recipients = tuple(dict.fromkeys(read_texts(where, row, "recipients")))
    for mailbox in recipients:
        _check_mailbox(where, "recipients", mailbox)
    return EmailChannel(
        name=_read_name(where, row),
        host=host,
        port=read_whole(where, row, "port", 1, 65535, default=_PORTS[security]),
        security=security,
        sender=_check_mailbox(where, "sender", read_text(where, row, "sender")),
        recipients=recipients,
        wanted=_read_wanted(where, row),
        user=read_text(where, row, "user") if "user" in row else None,
        password=password,
        ca_file=_read_certificates(where, row, folder),
        timeout_seconds=read_whole(where, row, "timeout_seconds", 1, 60, default=30),
        tlp=_read_limit(where, row),
        is_precise=read_flag(where, row, "precise"),
    )


def _make_webhook(where: str, row: Mapping[str, Any], folder: Path, read: ReadSecret) -> WebhookChannel:
    check_keys(where, row, ("name", "kind", "address"), ("secret_env", "secret_file", "allow_private", *_SHARED))
    allow_private = read_flag(where, row, "allow_private")
    secret = _read_word(where, row, "secret", folder, read, is_needed=True)
    if secret is None:  # pragma: no cover - `_read_word` has refused
        raise AssertionError
    check_webhook_secret(where, secret)
    return WebhookChannel(
        name=_read_name(where, row),
        address=_read_address(where, row, allow_private=allow_private),
        secret=secret,
        wanted=_read_wanted(where, row),
        allow_private=allow_private,
        ca_file=_read_certificates(where, row, folder),
        timeout_seconds=read_whole(where, row, "timeout_seconds", 1, 60, default=10),
        tlp=_read_limit(where, row),
        is_precise=read_flag(where, row, "precise"),
    )


def _read_wanted(where: str, row: Mapping[str, Any]) -> Wanted:
    return Wanted(
        sets=read_choices(where, row, "sets", get_args(RuleSet)) if "sets" in row else (),
        at_least=read_choice(where, row, "at_least", PRECEDENCES) if "at_least" in row else "ROUTINE",
        areas=tuple(read_texts(where, row, "areas")) if "areas" in row else (),
        exercise=read_flag(where, row, "exercise"),
        only_digest=read_flag(where, row, "digest"),
        is_backup=_read_backup(where, row),
    )


def _read_backup(where: str, row: Mapping[str, Any]) -> bool:
    is_backup = read_flag(where, row, "backup")
    if is_backup and read_flag(where, row, "digest"):
        reason = "stands beside backup, and no digest is escalated: give one of them"
        raise KnowledgeError("key", f"{where}: digest", reason)
    return is_backup


def _read_limit(where: str, row: Mapping[str, Any]) -> Tlp:
    if "tlp" not in row:
        return DEFAULT_LIMIT
    given = read_text(where, row, "tlp")
    try:
        return parse_tlp(given)
    except RecordError as why:
        raise KnowledgeError("value", f"{where}: tlp = {given!r}", why.why) from None


def _read_name(where: str, row: Mapping[str, Any]) -> str:
    name = read_text(where, row, "name")
    if not _NAME.fullmatch(name):
        reason = "must be small letters, figures and hyphens, at most 63, as in watch-room"
        raise KnowledgeError("value", f"{where}: name = {name!r}", reason)
    return name


def _read_host(where: str, row: Mapping[str, Any]) -> str:
    host = read_text(where, row, "host").strip()
    if not host.isascii() or not host.isprintable() or any(char in host for char in " /@"):
        raise KnowledgeError("value", f"{where}: host = {host!r}", "must be the name or number of a machine")
    return host


def _check_mailbox(where: str, key: str, mailbox: str) -> str:
    if not is_mailbox(mailbox):
        raise KnowledgeError("value", f"{where}: {key} = {mailbox!r}", MAILBOX_RULE)
    return mailbox


def _read_address(where: str, row: Mapping[str, Any], *, allow_private: bool) -> str:
    given = read_text(where, row, "address")
    try:
        address = check_address(given)
    except IntakeError as why:
        raise KnowledgeError("value", f"{where}: address = {why.which!r}", why.why) from None
    if not address.isascii():
        raise KnowledgeError("value", f"{where}: address = {given!r}", "must be ASCII: write the name as xn--...")
    if not allow_private and not address.startswith("https:"):
        reason = "must begin with https://; only allow_private = true lets http pass"
        raise KnowledgeError("value", f"{where}: address", reason)
    return address


def _read_path(where: str, row: Mapping[str, Any], key: str, folder: Path) -> Path | None:
    """A file, beside the file of channels unless it is named in full."""
    return folder / Path(read_text(where, row, key)).expanduser() if key in row else None


def _read_certificates(where: str, row: Mapping[str, Any], folder: Path) -> Path | None:
    path = _read_path(where, row, "ca_file", folder)
    if path is not None:
        try:
            ssl.create_default_context(cafile=path)
        except (OSError, ValueError) as why:
            reason = f"must be a file of certificates in PEM ({getattr(why, 'strerror', None) or why})"
            raise KnowledgeError("value", f"{where}: ca_file = {str(path)!r}", reason) from why
    return path


def _read_word(
    where: str, row: Mapping[str, Any], what: str, folder: Path, read: ReadSecret, *, is_needed: bool
) -> Secret | None:
    variable, file = f"{what}_env", f"{what}_file"
    if variable in row and file in row:
        raise KnowledgeError("key", f"{where}: {file}", f"stands beside {variable}: give one of them")
    if variable in row:
        return read(f"{where}: {variable}", variable=read_text(where, row, variable))
    if file in row:
        return read(f"{where}: {file}", path=_read_path(where, row, file, folder))
    if is_needed:
        raise SettingError(what, where, f"is missing: give {variable} (a variable's name) or {file} (a file)")
    return None
