"""Passwords: kept by Argon2id, checked in a time that tells nothing of the account."""

from __future__ import annotations

from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tocsin.errors import RecordError
from tocsin.records.account import fold_account_name

SHORTEST, LONGEST = 12, 200
#: Each takes 64 MiB while it lasts: a crowd that guesses must not take all the memory there is.
MOST_AT_ONCE = 2
PATIENCE_SECONDS = 10.0


class BusyError(RecordError):
    """So many passwords are being checked that another one has to wait."""


class Passwords:
    """Argon2id with the library's parameters (RFC 9106, low memory), a bounded number at a time."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._places = BoundedSemaphore(MOST_AT_ONCE)
        self._nobodys: str | None = None

    def keep(self, password: str) -> str:
        """The text that the store keeps."""
        with _Place(self._places):
            return self._hasher.hash(password)

    def check(self, kept: str | None, password: str) -> bool:
        """Whether it is the one that was kept; where none was, the same work is done and the answer is no."""
        with _Place(self._places):
            if self._nobodys is None:
                self._nobodys = self._hasher.hash("nobody has this password")
            try:
                self._hasher.verify(kept or self._nobodys, password[: LONGEST + 1])
            except (VerificationError, InvalidHashError):
                return False
        return bool(kept)

    def is_outdated(self, kept: str) -> bool:
        """Whether it was kept with other parameters than are used now."""
        return self._hasher.check_needs_rehash(kept)


def check_new_password(password: str, again: str, name: str) -> str:
    """A password that may be kept; raises RecordError, which never shows it."""
    if password != again:
        raise RecordError("password", "(not shown)", "is not the same both times")
    if not SHORTEST <= len(password) <= LONGEST:
        raise RecordError("password", "(not shown)", f"must be {SHORTEST} to {LONGEST} characters; a sentence is good")
    if len(set(password)) < 5:
        raise RecordError("password", "(not shown)", "has hardly any different characters")
    left = fold_account_name(password).replace(fold_account_name(name), "")
    if len("".join(left.split())) < SHORTEST // 2:
        raise RecordError("password", "(not shown)", "must not be made of the account's name")
    return password


class _Place:
    """One of the places in which passwords are worked on."""

    def __init__(self, places: BoundedSemaphore) -> None:
        self._places = places

    def __enter__(self) -> None:
        if not self._places.acquire(timeout=PATIENCE_SECONDS):
            raise BusyError("password", "(not shown)", "cannot be checked now: too many others are; try again")

    def __exit__(self, *_: object) -> None:
        self._places.release()
