"""Channels: whom notices go to, how, and which of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import urlsplit

from tocsin.records import Notice, NoticePart, Precedence, list_places
from tocsin.records.marking import Tlp
from tocsin.settings import Secret

Security = Literal["starttls", "tls", "none"]
PRECEDENCES: tuple[Precedence, ...] = get_args(Precedence)
#: How strictly marked words may leave where the operator says nothing: TLP:RED is for those alone who were given it.
DEFAULT_LIMIT: Tlp = "TLP:AMBER+STRICT"
#: Incidents that a channel's part of a digest tells in a line.
MOST_LINES = 12
#: What whoever heard the beginning must hear too, however low the precedence has become.
_ENDINGS = frozenset({"lowered", "resolved", "retracted"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which notices a channel gets.

    sets         rule sets it wants; empty: all
    at_least     notices below this precedence are left out
    areas        ids of places; a notice about one of them or a place within it is wanted; empty: everywhere. Of a
                 digest the parts that are
    exercise     whether it also gets notices of the exercise
    only_digest  whether what is below IMMEDIATE comes in the day's digest alone
    is_backup    whether it is told only of what nobody has acknowledged in time, and from then on
    """

    sets: tuple[str, ...] = ()
    at_least: Precedence = "ROUTINE"
    areas: tuple[str, ...] = ()
    exercise: bool = False
    only_digest: bool = False
    is_backup: bool = False


@dataclass(frozen=True, slots=True)
class EmailChannel:
    """Notices by e-mail, handed to one mail server.

    security         starttls and tls verify the server's certificate; none speaks in the clear
    ca_file          certificates to believe in place of the system's, for a server with a certificate of your own
    timeout_seconds  longest time for one notice, all in all
    tlp              the strictest marking of which words may leave over it
    is_precise       whether persons' names and exact places stay in what leaves as TLP:CLEAR or TLP:GREEN
    """

    name: str
    host: str
    port: int
    security: Security
    sender: str
    recipients: tuple[str, ...]
    wanted: Wanted = Wanted()
    user: str | None = None
    password: Secret | None = None
    ca_file: Path | None = None
    timeout_seconds: float = 30.0
    tlp: Tlp = DEFAULT_LIMIT
    is_precise: bool = False

    def __str__(self) -> str:
        return (
            f"{self.name}: e-mail over {self.host}:{self.port} ({self.security}) to {len(self.recipients)} recipients"
        )


@dataclass(frozen=True, slots=True)
class WebhookChannel:
    """Notices as signed JSON, posted to one address.

    allow_private  whether the address may lead to loopback or a private network, and may be http
    tlp            the strictest marking of which words may leave over it
    is_precise     whether persons' names and exact places stay in what leaves as TLP:CLEAR or TLP:GREEN
    """

    name: str
    address: str
    secret: Secret
    wanted: Wanted = Wanted()
    allow_private: bool = False
    ca_file: Path | None = None
    timeout_seconds: float = 10.0
    tlp: Tlp = DEFAULT_LIMIT
    is_precise: bool = False

    def __str__(self) -> str:
        # A webhook's path and query often are the receiver's secret.
        parts = urlsplit(self.address)
        return f"{self.name}: webhook at {parts.scheme}://{parts.netloc}"


Channel = EmailChannel | WebhookChannel


def choose_channels(
    channels: Sequence[Channel],
    notice: Notice,
    *,
    sets: Collection[str],
    place_ids: Collection[str],
    told: Collection[str] = (),
) -> tuple[str, ...]:
    """The names of the channels that a notice goes to.

    sets       the rule sets of the notice's alerts
    place_ids  ids of the areas that contain its place
    told       channels that had an earlier notice of what goes on: they also hear that it is lowered or over, wherever
               its place has come to lie and whatever rules are left
    """
    return tuple(c.name for c in channels if _is_wanted(c.wanted, notice, sets, place_ids, c.name in told))


def _is_wanted(
    wanted: Wanted, notice: Notice, sets: Collection[str], place_ids: Collection[str], was_told: bool
) -> bool:
    if notice.cause == "test" or (notice.is_exercise and not wanted.exercise):
        return False
    if was_told and notice.cause in _ENDINGS:
        return True
    if notice.parts and fit_digest(notice, wanted) is None:
        return False
    if wanted.is_backup and not was_told and notice.cause != "escalated":
        return False
    if wanted.sets and set(wanted.sets).isdisjoint(sets):
        return False
    if wanted.areas and set(wanted.areas).isdisjoint({notice.place_id, *place_ids}):
        return False
    is_let_through = notice.cause == "digest" or not wanted.only_digest
    least = max(wanted.at_least, "ROUTINE" if is_let_through else "IMMEDIATE", key=PRECEDENCES.index)
    return PRECEDENCES.index(notice.precedence) >= PRECEDENCES.index(least)


def fit_digest(notice: Notice, wanted: Wanted) -> Notice | None:
    """What of a digest a channel wants: the parts of its areas, sets and precedences; None where there is none.

    The ids stay those of the whole, so that what is sent again is known again. Any other notice is given back as it is.
    """
    parts = tuple(p for p in notice.parts if _wants_part(wanted, p))
    if parts == notice.parts:
        return notice
    if not parts:
        return None
    texts, lines = {p.text for p in parts}, {line.incident_id: line for p in parts for line in p.lines}
    return replace(
        notice,
        alert_ids=tuple(p.alert_id for p in parts),
        place_id=parts[0].place_id if len({p.place_name for p in parts}) == 1 else notice.place_id,
        place_name=list_places(p.place_name for p in parts),
        precedence=max((p.precedence for p in parts), key=PRECEDENCES.index),
        changes=tuple(text for text in notice.changes if text in texts),
        lines=tuple(sorted(lines.values(), key=lambda line: not line.is_new))[:MOST_LINES],
        incident_ids=tuple(dict.fromkeys(i for p in parts for i in p.incident_ids)),
        parts=parts,
    )


def _wants_part(wanted: Wanted, part: NoticePart) -> bool:
    if wanted.sets and set(wanted.sets).isdisjoint(part.sets):
        return False
    if wanted.areas and set(wanted.areas).isdisjoint({part.place_id, *part.within}):
        return False
    return PRECEDENCES.index(part.precedence) >= PRECEDENCES.index(wanted.at_least)
