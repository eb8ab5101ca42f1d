"""Who may use the desk from elsewhere, and what each role may do."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from tocsin.errors import RecordError

#: From the least to the most: each may do what those before it may.
Role = Literal["viewer", "analyst", "editor", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
#: What may be done at a desk; `ACTS` says from which role on.
Act = Literal[
    "read", "judge", "acknowledge", "take-in", "keep-own", "draft",
    "merge", "retract", "grade", "mute", "feeds", "send", "precise",
    "accounts", "exercise", "settings",
]  # fmt: skip
#: judge: accept, reject, reopen, fix and add claims; acknowledge: also to assign an alert; keep-own: filters and marks
#: of one's own; draft: prepare a report; precise: exports that keep names and exact points; settings: histories and
#: what else holds for the whole desk.
ACTS: dict[Act, Role] = {
    "read": "viewer",
    "judge": "analyst",
    "acknowledge": "analyst",
    "take-in": "analyst",
    "keep-own": "analyst",
    "draft": "analyst",
    "merge": "editor",
    "retract": "editor",
    "grade": "editor",
    "mute": "editor",
    "feeds": "editor",
    "send": "editor",
    "precise": "editor",
    "accounts": "admin",
    "exercise": "admin",
    "settings": "admin",
}
#: How somebody came in.
SignInWay = Literal["password", "oidc", "set-up"]
#: What became of it: wrong (name or password), throttled (too many before), disabled, refused (by a rule of OIDC).
SignInOutcome = Literal["in", "wrong", "throttled", "disabled", "refused", "out"]
LONGEST_NAME, LONGEST_SHOWN_NAME = 60, 80
#: Stands for everybody at a desk without accounts, so no account may bear it.
_RESERVED = frozenset({"desk"})
_NAME = re.compile(r"\w[\w.@+ -]*")


@dataclass(frozen=True, slots=True)
class Account:
    """One person who may sign in.

    name          what decisions are signed with; unique whatever its capitals
    shown_name    the name in full, or None
    disabled_at   since when the account may not be used, or None
    has_password  whether it can sign in with one; nobody is given one by the desk
    subject       issuer and subject of the organisation's account that it belongs to ("https://id.example#42"), or None
    """

    id: str
    name: str
    role: Role
    made_at: datetime
    shown_name: str | None = None
    disabled_at: datetime | None = None
    has_password: bool = False
    subject: str | None = None

    @property
    def is_ready(self) -> bool:
        """Whether its owner can sign in: it is not disabled, and set up."""
        return self.disabled_at is None and (self.has_password or self.subject is not None)


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is signed in. The secret is the browser's alone: the desk keeps its digest.

    seen_at     when it last asked for something, to the minute
    expires_at  when it ends however busy it is
    place       where it signed in from, coarsely ("192.0.2.0/24")
    """

    id: str
    account_id: str
    made_at: datetime
    seen_at: datetime
    expires_at: datetime
    way: SignInWay
    place: str


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A program's key. It may do what both its own role and its owner's allow.

    used_at     when it last was used, to the minute; None: never
    expires_at  always given: what is forgotten ends by itself
    """

    id: str
    account_id: str
    label: str
    role: Role
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None

    def holds_at(self, now: datetime) -> bool:
        """Whether it is still good."""
        return self.revoked_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True)
class SetupLink:
    """A link that lets one person set up an account, once.

    account_id  the account that waits for it; None: the desk's first account, which the link makes an admin's
    made_by     who invited
    """

    account_id: str | None
    made_by: str
    made_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SignIn:
    """One line of the log of sign-ins: who, when, how, from where coarsely, and what became of it.

    name  as it was given, cut short: it need not be an account's
    """

    at: datetime
    name: str
    way: SignInWay
    place: str
    outcome: SignInOutcome


def may_do(role: Role, act: Act) -> bool:
    """Whether a role is high enough for an act."""
    return reaches(role, ACTS[act])


def reaches(role: Role, needed: Role) -> bool:
    """Whether a role is at least the one needed."""
    return ROLES.index(role) >= ROLES.index(needed)


def lower_role(one: Role, other: Role) -> Role:
    """The lower of two roles: what a token may do for its owner."""
    return min(one, other, key=ROLES.index)


def parse_role(given: str | None) -> Role:
    """A role by its name; raises RecordError for anything else."""
    for role in ROLES:
        if given == role:
            return role
    raise RecordError("role", given, f"must be one of {', '.join(ROLES)}")


def clean_account_name(given: str) -> str:
    """A name for an account; raises RecordError where it cannot be one."""
    name = " ".join(unicodedata.normalize("NFKC", given).split())
    if len(name) > LONGEST_NAME or not _NAME.fullmatch(name):
        allowed = f"must be 1 to {LONGEST_NAME} letters, figures, blanks and . @ + _ -, a letter or figure first"
        raise RecordError("account name", given[:LONGEST_NAME], allowed)
    if fold_account_name(name) in _RESERVED:
        raise RecordError("account name", name, "stands for a desk without accounts; choose another")
    return name


def clean_shown_name(given: str | None) -> str | None:
    """A name in full in one line, or None for an empty one; raises RecordError for a long one."""
    name = " ".join((given or "").split())
    if len(name) > LONGEST_SHOWN_NAME or not name.isprintable():
        raise RecordError("name", name[:40], f"must be {LONGEST_SHOWN_NAME} printable characters or fewer")
    return name or None


def fold_account_name(name: str) -> str:
    """What two names that only differ in capitals or in the form of their letters share."""
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).split())
