"""Which record a worker was at when it died, so that the next attempt passes the poisonous one over.

Each attempt at a partition keeps a note of nine bytes: the number of the record that is being read, and whether it took
too long. The note outlives the process. A record that took too long once, or at which two attempts of one run ended
(the reader crashed, the system took the memory back), is set aside; the rest of its partition is read.
"""

from __future__ import annotations

import faulthandler
import os
import platform
import struct
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Self, TextIO

_NOTE = struct.Struct("<q?")
_BETWEEN = -1
#: So many deaths at one record of one run are no accident.
DEATHS = 2
#: A worker looks so often whether the record at hand takes too long.
_LOOK_SECONDS = 0.25


def find_poison(folder: Path, name: str, run: str) -> dict[int, str]:
    """The records of a partition that are to be passed over, by number, each with its reason."""
    deaths: Counter[int] = Counter()
    found: dict[int, str] = {}
    for path in folder.glob(f"{name}.*.note"):
        note = path.read_bytes()
        if len(note) != _NOTE.size:
            continue
        number, is_late = _NOTE.unpack(note)
        if number == _BETWEEN:
            continue
        if is_late:
            found[number] = "took too long to read"
        elif path.name.split(".")[1] == run:
            deaths[number] += 1
    found |= {n: f"ended {times} workers that read it" for n, times in deaths.items() if times >= DEATHS}
    return found


def drop_notes(folder: Path, name: str) -> None:
    """The partition is finished: its notes are of no use any more."""
    for path in folder.glob(f"{name}.*.note"):
        path.unlink(missing_ok=True)


class Attempt:
    """One attempt at a partition: keeps its note, and ends this process where one record takes too long.

    seconds  longest time for one record; None where this process is not to be ended (it is the caller's own)
    """

    def __init__(self, folder: Path, name: str, run: str, seconds: float | None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"{name}.{run}.{platform.node().split('.')[0]}-{os.getpid()}-{time.time_ns()}.note"
        self._note = self._path.open("wb", buffering=0)
        self._seconds = seconds
        self._number, self._since = _BETWEEN, time.monotonic()
        self._over = threading.Event()
        self._guard = threading.Thread(target=self._watch, daemon=True) if seconds else None
        self._nowhere: TextIO | None = None

    def __enter__(self) -> Self:
        self.at(_BETWEEN)
        if self._guard:
            self._nowhere = Path(os.devnull).open("w")  # where faulthandler writes, until this is left
            self._guard.start()
        return self

    def __exit__(self, *why: object) -> None:
        self.at(_BETWEEN)
        self._over.set()
        if self._guard:
            self._guard.join()
        if self._nowhere:
            self._nowhere.close()
        self._note.close()
        self._path.unlink(missing_ok=True)  # whoever comes here is alive

    def at(self, number: int = _BETWEEN) -> None:
        """The record with this number is being read from now on; without one, none is."""
        self._number, self._since = number, time.monotonic()
        self._write(number, is_late=False)
        if self._seconds and self._nowhere:
            faulthandler.cancel_dump_traceback_later()
            if number != _BETWEEN:
                faulthandler.dump_traceback_later(self._seconds * 1.5 + 1, exit=True, file=self._nowhere)

    def _write(self, number: int, *, is_late: bool) -> None:
        self._note.seek(0)
        self._note.write(_NOTE.pack(number, is_late))

    def _watch(self) -> None:
        """End the process in time. What does not let other threads run is ended a little later, by faulthandler."""
        while not self._over.wait(_LOOK_SECONDS):
            number, since = self._number, self._since
            if number != _BETWEEN and self._seconds and time.monotonic() - since > self._seconds:
                self._write(number, is_late=True)
                os._exit(1)  # nothing gentler ends a library that does not come back
