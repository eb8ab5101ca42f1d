"""What a process that reads hostile files gives up before it looks at them. The standard library alone.

Everywhere: time, memory, open files and written bytes are limited by the system (`resource`). On Linux, on x86-64 and
ARM64, the process is sealed as well: a filter in the kernel (seccomp) lets it compute, read and write what is open
already, and nothing else. It can then open no file, reach no network and start no program, whatever a file makes of
the library that reads it. macOS has no such filter and does not hold a process to its memory; Windows has neither:
there the process that waits for it ends it after its time, and takes no more than a bounded answer.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import platform
import signal
import struct
import sys

_OPEN_FILES = 64
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38
_SECCOMP_MODE_FILTER = 2
_LOAD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
# What computing with open files takes (the system's headers, asm/unistd.h): read, write, readv, writev, close, fstat,
# newfstatat, lseek, mmap, mprotect, munmap, mremap, madvise, brk, rt_sigaction, rt_sigprocmask, rt_sigreturn,
# sigaltstack, sched_yield, sched_getaffinity, getpid, gettid, futex, set_robust_list, clock_gettime, clock_nanosleep,
# nanosleep, gettimeofday, getrusage, times, restart_syscall, getrandom, membarrier, exit, exit_group.
_CALLS = {
    "x86_64": (
        0xC000003E,
        (0, 1, 19, 20, 3, 5, 262, 8, 9, 10, 11, 25, 28, 12, 13, 14, 15, 131, 24, 204, 39, 186, 202, 273, 228, 230,
         35, 96, 98, 100, 219, 318, 324, 60, 231),
    ),
    "aarch64": (
        0xC00000B7,
        (63, 64, 65, 66, 57, 80, 79, 62, 222, 226, 215, 216, 233, 214, 134, 135, 139, 132, 124, 123, 172, 178, 98, 99,
         113, 115, 101, 169, 165, 153, 128, 278, 283, 93, 94),
    ),
}  # fmt: skip


def limit_resources(seconds: int, memory_bytes: int) -> None:
    """Let the system end this process after so many seconds of work, and hold it to so many bytes of memory.

    It can write no byte to any file, leaves no image of its memory behind, and ends with the process that started it.
    A limit that the system does not know is left out.
    """
    with contextlib.suppress(ImportError):
        import resource

        wanted = {"CPU": seconds, "AS": memory_bytes, "NOFILE": _OPEN_FILES, "FSIZE": 0, "CORE": 0}
        for name, most in wanted.items():
            with contextlib.suppress(AttributeError, ValueError, OSError):
                kind = getattr(resource, f"RLIMIT_{name}")
                held = resource.getrlimit(kind)[1]
                most = most if held == resource.RLIM_INFINITY else min(most, held)
                resource.setrlimit(kind, (most, most))
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def seal() -> bool:
    """Give up every call of the system but those of `_CALLS`, for good; False where the system has no such filter.

    To be called when everything needed has been imported and opened.
    """
    if sys.platform != "linux" or platform.machine() not in _CALLS or sys.maxsize < 2**32:
        return False
    steps = _make_filter(*_CALLS[platform.machine()])
    code = ctypes.create_string_buffer(steps, len(steps))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_void_p))

    program = Program(len(steps) // 8, ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) == 0)


def _make_filter(machine: int, calls: tuple[int, ...]) -> bytes:
    """The filter in the form of linux/filter.h: the wrong kind of call kills, one not listed is not there."""
    steps = [(_LOAD, 0, 0, 4), (_JUMP_IF_EQUAL, 1, 0, machine), (_RETURN, 0, 0, _KILL), (_LOAD, 0, 0, 0)]
    for place, call in enumerate(calls):
        steps.append((_JUMP_IF_EQUAL, len(calls) - place, 0, call))
    # "Not there" and not "not allowed": libraries know what to do without a call that the kernel lacks.
    steps += [(_RETURN, 0, 0, _REFUSE | errno.ENOSYS), (_RETURN, 0, 0, _ALLOW)]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)
