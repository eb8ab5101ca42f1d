"""Reading a document in a process of its own, with limits: libraries for PDF, DOCX and Parquet are large and parse
what strangers wrote, and some feeds take their reader hours.

The process is started afresh for each document (not forked: it shares no memory with the desk), with an empty
environment, no open files but three pipes, in a session of its own that is ended as a whole. Its answer is bounded and
checked like anything else from outside. See `confinement` for what it gives up.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, Literal

from tocsin.errors import IntakeError
from tocsin.intake.extracts import Bounds, Extract
from tocsin.settings import Settings

DocumentKind = Literal["pdf", "docx", "parquet", "feed"]

_START = "import sys; sys.path.append(sys.argv[1]); from tocsin.intake.isolated import main; main()"
#: Each may take as much memory as one document is allowed, so only so many run at once; the others wait.
_TURNS = threading.BoundedSemaphore(2)
#: What the system needs to start a program at all.
_KEPT_VARIABLES = ("SYSTEMROOT", "WINDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
_CPU_SIGNALS = frozenset({-getattr(signal, "SIGXCPU", 24), -getattr(signal, "SIGKILL", 9)})
#: A letter takes at most twelve bytes as JSON in ASCII ("\\ud83d\\ude00").
_BYTES_A_CHAR = 12


def read_apart(kind: DocumentKind, body: bytes, *, name: str, settings: Settings) -> Extract:
    """What a document holds; raises IntakeError, naming `name`, where it holds nothing or breaks a limit."""
    # A text that is too long stays too long when it is normalised: what is read of it is bounded, too.
    most = {"parquet": settings.unpack_max_bytes, "feed": settings.fetch_max_bytes}
    chars = most.get(kind, 4 * settings.max_text_chars)
    bounds = Bounds(settings.document_max_pages, chars, settings.unpack_max_bytes, settings.archive_max_records)
    asked = {
        "kind": kind,
        "name": "document",
        "seconds": int(settings.document_timeout_seconds) + 1,
        "memory": settings.document_memory_bytes,
        "bounds": asdict(bounds),
    }
    seconds = settings.document_timeout_seconds
    if not _TURNS.acquire(timeout=4 * seconds):
        raise IntakeError("file", name, "cannot be read now: other documents are being read; try again in a minute")
    try:
        answer, status = _ask(json.dumps(asked).encode("ascii") + b"\n", body, seconds, _BYTES_A_CHAR * chars + 20_000)
    finally:
        _TURNS.release()
    if status == _TIMED_OUT or (not answer and status in _CPU_SIGNALS):
        why = f"took longer than {seconds:g} s to read: split it, or raise document_timeout_seconds"
        raise IntakeError("file", name, why)
    found = _parse(answer)
    if found is None:
        why = f"cannot be read: its reader broke off ({_describe(status)}); it is damaged, or made to do harm"
        raise IntakeError("file", name, why)
    if isinstance(refused := found.get("refused"), str):
        raise IntakeError("file", name, " ".join(refused[:400].split()))
    return _make_extract(found, name)


_TIMED_OUT = 1 << 16


def _ask(head: bytes, body: bytes, seconds: float, most: int) -> tuple[bytes, int]:
    """The answer, empty where it is longer than `most`, and the status the process ended with."""
    package = Path(__file__).resolve().parent.parent.parent
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell, nothing of the document
        [sys.executable, "-I", "-B", "-c", _START, str(package)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ},
        cwd=Path(package.anchor),
        close_fds=True,
        start_new_session=True,
    )
    held: list[bytes] = []
    assert process.stdin is not None  # noqa: S101 - they are pipes
    assert process.stdout is not None  # noqa: S101
    threads = (
        threading.Thread(target=_write, args=(process.stdin, head, body), daemon=True, name="document out"),
        threading.Thread(target=_read, args=(process.stdout, most, held), daemon=True, name="document in"),
    )
    for thread in threads:
        thread.start()
    threads[1].join(seconds)
    is_late, status = threads[1].is_alive(), 0
    if not is_late:
        with contextlib.suppress(subprocess.TimeoutExpired):
            status = process.wait(1)
    _end(process)
    for thread in threads:
        thread.join()
    return b"".join(held), _TIMED_OUT if is_late else status


def _write(pipe: IO[bytes], head: bytes, body: bytes) -> None:
    with contextlib.suppress(OSError, ValueError), pipe:
        pipe.write(head)
        pipe.write(body)


def _read(pipe: IO[bytes], most: int, held: list[bytes]) -> None:
    with contextlib.suppress(OSError, ValueError), pipe:
        answer = pipe.read(most + 1)
        if len(answer) <= most:
            held.append(answer)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and all that it might have started."""
    if hasattr(os, "killpg") and process.poll() is None:
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(OSError):
        process.kill()
    process.wait()


def _parse(answer: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(answer)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _make_extract(found: dict[str, Any], name: str) -> Extract:
    """The answer as a record: the process may have been taken over, so nothing of it is believed unseen."""
    text, title, hint = found.get("text"), found.get("title"), found.get("hint")
    if not isinstance(text, str) or not all(one is None or isinstance(one, str) for one in (title, hint)):
        raise IntakeError("file", name, "cannot be read: its reader gave an answer that makes no sense")
    return Extract(text, title, hint)


def _describe(status: int) -> str:
    return f"signal {-status}" if status < 0 else f"status {status}"
