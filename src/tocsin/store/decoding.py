"""Records that stay decoded: found by their whole JSON text, and no more of them than a stretch of memory holds.

An incident that is reported on is told anew with each article, and its text grows with each: a bound on how many
records stay would be none on the memory they take.
"""

from __future__ import annotations

import sys
from collections import OrderedDict
from threading import Lock
from typing import Any, TypeVar

from tocsin.store.packing import read_payload

T = TypeVar("T")
#: Memory where nothing else is said; see the setting decoded_bytes.
DECODED_BYTES = 48_000_000
#: What a decoded record takes for each letter of its JSON, besides the text itself: 2.0 measured for incidents and 2.4
#: for claims (tracemalloc), and a tenth more for what the allocator leaves between.
BYTES_PER_LETTER = 2.6
#: And for each grade of an incident, of which its text holds a place in a list alone (see `packing`).
BYTES_PER_GRADE = 110
#: One record may take so large a part of the memory; what is larger is decoded each time.
LARGEST_SHARE = 0.25


class Decoded:
    """The records asked for last. They are frozen and found by all they are made of: none can be out of date.

    Safe to use from several threads.
    """

    def __init__(self, most_bytes: int = DECODED_BYTES) -> None:
        self._most = most_bytes
        self._kept: OrderedDict[tuple[type, str], tuple[Any, float]] = OrderedDict()
        self._lock = Lock()
        #: What the records that stay take, as estimated.
        self.held_bytes = 0.0

    def __len__(self) -> int:
        return len(self._kept)

    def decode(self, kind: type[T], payload: str) -> T:
        """The record that `payload` is a row's text of; raises RecordError where it is none."""
        key = (kind, payload)
        with self._lock:
            if (held := self._kept.get(key)) is not None:
                self._kept.move_to_end(key)
                found: T = held[0]
                return found
        record = read_payload(kind, payload)  # not under the lock: the others need not wait for it
        takes = sys.getsizeof(payload) + BYTES_PER_LETTER * len(payload)
        takes += BYTES_PER_GRADE * len(getattr(record, "grades", ()))
        if takes <= LARGEST_SHARE * self._most:
            with self._lock:
                self._keep(key, record, takes)
        return record

    def _keep(self, key: tuple[type, str], record: Any, takes: float) -> None:
        if key in self._kept:  # another thread was quicker
            return
        self._kept[key] = record, takes
        self.held_bytes += takes
        while self.held_bytes > self._most:
            _, (_, freed) = self._kept.popitem(last=False)
            self.held_bytes -= freed
