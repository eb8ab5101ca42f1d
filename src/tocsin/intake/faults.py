"""What could not be taken, as a record."""

from __future__ import annotations

from datetime import datetime

from tocsin.records import Fault, make_id


def make_fault(which: str, why: str, at: datetime) -> Fault:
    """One line for one thing; the same thing failing again for the same reason is the same fault."""
    which, why = _on_one_line(which), _on_one_line(why)
    return Fault(id=make_id("flt", which, why), which=which, why=why, at=at)


def _on_one_line(text: str) -> str:
    # A file's name may hold bytes that are no text: they are shown, since a database could not keep them.
    return " ".join(text.encode("utf-8", "backslashreplace").decode("utf-8").split())
