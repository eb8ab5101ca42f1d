"""Reports that come side by side are derived together: ten cost hardly more than one.

One of those who wait derives for all. The others do not queue for the desk's lock behind it, where the next derivation
would keep them from bringing what comes next: they go as soon as what they brought is derived.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Whoever has read waits at most so long for those who are reading; or, where deriving takes longer (a machine that has
#: much else to do), as long as it took last: one derivation less is worth that, up to a bound.
LONGEST_SECONDS, LONGEST_EVER_SECONDS = 0.25, 1.0
#: Whoever derives next waits so long for those who were just let go, and who may bring another at once.
RETURN_SECONDS = 0.02
#: What feeds bring within so many seconds is derived together, for two hundred derivations take longer than ten; or
#: within so many times what the last one took, so that most of a round's time is for taking in.
DERIVE_SECONDS, DERIVE_SHARE = 1.0, 4.0


class Gathering:
    """Counts who is handing in, and says who of them derives for all."""

    def __init__(self, longest: float = LONGEST_SECONDS, back: float = RETURN_SECONDS) -> None:
        self._longest, self._back = longest, back
        self._changed = threading.Condition()
        self._reading = 0
        self._waiting = 0
        self._is_led = False
        #: Looks at what waits are numbered; all that was kept before the look of this number is derived.
        self._looks = self._derived = 0
        self._returning_until = 0.0
        self._looked_at = self._took = 0.0

    @contextmanager
    def reading(self) -> Iterator[None]:
        """While this lasts others may wait for it."""
        with self._changed:
            self._reading += 1
        try:
            yield
        finally:
            with self._changed:
                self._reading -= 1
                if not self._reading:
                    self._changed.notify_all()

    def wait(self) -> None:
        """Until nobody reads, or the time is over: there may be somebody at any moment under load."""
        with self._changed:
            until = time.monotonic() + max(self._longest, min(self._took, LONGEST_EVER_SECONDS))
            while (now := time.monotonic()) < until:
                # who has been let go may not have begun to read yet
                back = min(self._returning_until, until)
                if not self._reading and now >= back:
                    return
                self._changed.wait((until if self._reading else back) - now)

    @contextmanager
    def leading(self) -> Iterator[bool]:
        """Wait for one's turn: whether the caller derives what waits, or all that it kept has been derived (False).

        A leader that fails has derived nothing: another of those who wait becomes the leader, and sees for itself.
        """
        if not self._is_mine():
            yield False
            return
        is_well = False
        try:
            yield True
            is_well = True
        finally:
            with self._changed:
                self._is_led = False
                if is_well:
                    self._derived, now = self._looks, time.monotonic()
                    self._took = now - self._looked_at
                    self._returning_until = now + self._back if self._waiting else 0.0
                self._changed.notify_all()

    def look(self) -> None:
        """Said by the leader before it looks what waits: what is kept from now on is for another."""
        with self._changed:
            self._looks += 1
            self._looked_at = time.monotonic()

    def _is_mine(self) -> bool:
        with self._changed:
            asked = self._looks
            self._waiting += 1
            try:
                self._changed.wait_for(lambda: self._derived > asked or not self._is_led)
            finally:
                self._waiting -= 1
            if self._derived > asked:
                return False
            self._is_led = True
            return True


class Stride:
    """Says how often what a long round brings is derived on the way."""

    def __init__(self, least: float = DERIVE_SECONDS, share: float = DERIVE_SHARE) -> None:
        self._least, self._share = least, share
        self._derived_at, self._took = time.monotonic(), 0.0
        self._waiting = 0

    def go(self, derive: Callable[[], None], more: int = 0) -> None:
        """So many more articles wait: derive if any do and it is time to."""
        self._waiting += more
        began = time.monotonic()
        if self._waiting and began - self._derived_at > max(self._least, self._share * self._took):
            derive()
            self._waiting = 0
            self._derived_at = time.monotonic()
            self._took = self._derived_at - began
