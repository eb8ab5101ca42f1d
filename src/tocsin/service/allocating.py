"""How the system's allocator keeps what a program has freed: a desk that runs for months must give it back.

glibc gives each thread an arena of its own, eight for each processor, and gives none of it back while anything at its
end is in use; the larger the blocks that were freed, the larger those that it takes from arenas as well. A desk answers
from forty threads, and each opens pages of the database, long JSON and whole pages of HTML there: after minutes under
load two thirds of what malloc held was free and kept (125 of 181 MB). Few arenas are no slower: Python's own lock lets
one thread at a time allocate.
"""

from __future__ import annotations

import ctypes
import sys

#: Names and numbers of mallopt(3).
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
ARENAS = 2
#: Blocks from this size on come from the system and go back to it; glibc would raise it to 32 MiB by itself.
MAPPED_BYTES = 128 * 1024
#: So much that is free may stay at the end of the first arena.
TRIMMED_BYTES = 1024 * 1024


def settle_allocator() -> bool:
    """Let freed memory go back to the system; called before threads are started. Whether there was glibc to tell."""
    # musl, which Alpine's Python stands on, has no such function, and no such arenas
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is None:
        return False
    told = ((_M_ARENA_MAX, ARENAS), (_M_MMAP_THRESHOLD, MAPPED_BYTES), (_M_TRIM_THRESHOLD, TRIMMED_BYTES))
    answers = [mallopt(ctypes.c_int(name), ctypes.c_int(value)) for name, value in told]  # each is told, whatever
    return answers == [1] * len(told)
