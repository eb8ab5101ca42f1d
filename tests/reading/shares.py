"""Judgements of the model are held to a share of a table, with what it missed printed for a person."""

from __future__ import annotations

import sys
from collections.abc import Iterable


def hold_share(what: str, judged: Iterable[tuple[str, str | None]], least: float) -> None:
    """Take (case, None where it is right or else what came instead); fail below `least`, a share from 0 to 1."""
    rows = list(judged)
    missed = [f"{case}: {why}" for case, why in rows if why is not None]
    share = 1 - len(missed) / len(rows)
    sys.stdout.write(f"\n{what}: {len(rows) - len(missed)} of {len(rows)} right ({share:.0%}, at least {least:.0%})\n")
    sys.stdout.writelines(f"  {line}\n" for line in missed)
    assert share >= least, "\n".join([f"{share:.0%} of {what}, at least {least:.0%}", *missed])
