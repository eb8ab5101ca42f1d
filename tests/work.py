"""How much work something is: counted, not timed, for machines are shared."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType


def count_calls(run: Callable[[], object]) -> int:
    """How many functions, of Python and of C, are called in this thread while it runs."""
    calls = 0

    def count(_frame: FrameType, what: str, _about: object) -> None:
        nonlocal calls
        calls += what in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        run()
    finally:
        sys.setprofile(before)
    return calls
