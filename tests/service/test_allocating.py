"""Freed memory goes back to the system: seen in a process of its own, since it holds for a whole one."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

from tocsin.service.allocating import settle_allocator

#: Thirty threads take memory side by side and free nearly all of it; one small block of each stays.
_BUSY = """
import ctypes, re, sys, threading
from tocsin.service.allocating import settle_allocator

if sys.argv[1] == "settled":
    assert settle_allocator()
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
libc.free.argtypes = [ctypes.c_void_p]
together, stays = threading.Barrier(30), []

def work():
    together.wait()
    for size in (4_000, 60_000, 200_000):
        taken = [libc.malloc(size) for _ in range(1_500_000 // size)]
        for block in taken:
            ctypes.memset(block, 1, size)
        stays.append(libc.malloc(4_000))
        ctypes.memset(stays[-1], 1, 4_000)
        for block in taken:
            libc.free(block)
    together.wait()

threads = [threading.Thread(target=work) for _ in range(30)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(re.search(r"VmRSS:\\s+(\\d+)", open("/proc/self/status").read())[1])
"""


def _measure(kind: str) -> float:
    """Megabytes that such a process holds in the end."""
    ran = subprocess.run([sys.executable, "-c", _BUSY, kind], capture_output=True, text=True, timeout=60, check=True)
    return int(ran.stdout) / 1024


@pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "gnu_get_libc_version"), reason="glibc's allocator alone"
)
def test_what_many_threads_have_freed_goes_back() -> None:
    usual, settled = _measure("usual"), _measure("settled")
    assert settled < usual - 10, f"{settled:.0f} MB where glibc by itself keeps {usual:.0f}"


def test_elsewhere_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert not settle_allocator()
