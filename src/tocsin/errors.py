"""Errors that Tocsin raises on purpose.

Every message reads ``what: which: why``: lower case, the offending value quoted, what is allowed or what to do last.
Anything that is not a `TocsinError` is a defect of ours.
"""

from __future__ import annotations

from collections.abc import Callable


class TocsinError(Exception):
    """The root of all errors a caller may expect; `exit_status` is what the command line leaves with."""

    exit_status = 2

    def __init__(self, what: str, which: object, why: str) -> None:
        self.what, self.which, self.why = what, str(which), why
        super().__init__(f"{what}: {self.which!r}: {why}")

    def __reduce__(self) -> tuple[Callable[..., TocsinError], tuple[object, ...]]:
        """How an error gets from one of the desk's processes to the other, whatever it was made with."""
        return _make_again, (type(self), str(self), dict(self.__dict__))


def _make_again(kind: type[TocsinError], told: str, fields: dict[str, object]) -> TocsinError:
    made = kind.__new__(kind, told)
    made.__dict__.update(fields)
    return made


class RecordError(TocsinError):
    """A record cannot be made from the values given."""


class ConflictError(RecordError):
    """Somebody else has said something of the same meanwhile; nothing was kept.

    field   the field of a claim that both speak of, or None
    theirs  its value as it holds now, and `yours` the one that was refused, as JSON texts; None where there are none
    """

    def __init__(
        self,
        what: str,
        which: object,
        why: str,
        *,
        field: str | None = None,
        theirs: str | None = None,
        yours: str | None = None,
    ) -> None:
        super().__init__(what, which, why)
        self.field, self.theirs, self.yours = field, theirs, yours


class SettingError(TocsinError):
    """A setting has a value that it cannot take."""


class KnowledgeError(TocsinError):
    """A knowledge file is missing, malformed or names something unknown."""


class IntakeError(TocsinError):
    """Something handed in (a file, an address, a feed) cannot be taken; the rest of a batch goes on."""


class FetchError(IntakeError):
    """An address cannot be fetched, or may not be."""


class ReadingError(TocsinError):
    """An article cannot be read into claims."""


class ReaderUnavailableError(TocsinError):
    """The reader cannot be asked now, or not as it is set up; the article, not to blame, may be handed in again."""


class WorkerError(TocsinError):
    """The process that reads and derives is not there, or ended in the middle of what it was asked for."""


class StoreError(TocsinError):
    """The desk's database cannot be opened, is of another version or refuses a write."""


class UnknownIdError(TocsinError):
    """No record has the identifier asked for."""


class DeliveryError(TocsinError):
    """A notice did not get out over a channel, or not to everybody.

    is_final             whether trying again would change nothing
    is_partial           whether some have it: in the end it counts as sent, and the message says who has not
    retry_after_seconds  how long the other side asks us to stay away, or None
    """

    def __init__(
        self,
        what: str,
        which: object,
        why: str,
        *,
        is_final: bool,
        is_partial: bool = False,
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(what, which, why)
        self.is_final, self.is_partial, self.retry_after_seconds = is_final, is_partial, retry_after_seconds
