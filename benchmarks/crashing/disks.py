"""Disks in trouble: full, and read-only. Where none can be mounted, the desk's files alone are bounded or protected."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from benchmarks.crashing.asking import Asker, expect_again, making_room
from benchmarks.crashing.desks import Launcher, running

_DISK = "12m"


@contextmanager
def mounting(at: Path, *options: str) -> Iterator[bool]:
    """A file system for the block; False, and nothing is mounted, where that is not allowed."""
    at.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["mount", *options, str(at)], capture_output=True, check=False)
    try:
        yield done.returncode == 0
    finally:
        if done.returncode == 0:
            for _ in range(50):
                if subprocess.run(["umount", str(at)], capture_output=True, check=False).returncode == 0:
                    break
                time.sleep(0.1)


def fill_disk(
    folder: Path, launcher: Launcher, gazetteer: Path, *, most: int = 400, can_mount: bool = True
) -> dict[str, Any]:
    """The disk that the desk's home lies on is full, then free again.

    can_mount  False, or a mount that is refused: no file of the desk may grow beyond a bound, in place of a full disk
    """
    faults: list[str] = []
    kind = "tmpfs" if can_mount else "none of this kind"
    with mounting(folder / "disk", "-t", kind, "-o", f"size={_DISK}", kind) as is_small:
        disk = folder / "disk" if is_small else folder / "home"
        bound = None if is_small else 2_000_000
        with making_room(folder, gazetteer, disk=disk) as (home, ends):
            with running(home, launcher, most_bytes=bound) as desk:
                asker = Asker(home, faults)
                asker.hand_in()
                ballast = disk / "ballast"
                if is_small:
                    _take_room(ballast, leave=3_000_000)
                before = asker.number
                while not asker.refused and asker.number - before < most and not faults:
                    asker.hand_in(padding="Officials gave no further details. " * 100)
                if is_small:
                    _take_room(disk / "ballast-2", leave=0)
                taken, refused = asker.number - before - 1, len(asker.refused)
                for _ in range(3):
                    asker.hand_in()
                if len(asker.refused) < refused + 1:
                    faults.append("a full disk was not told")
                slowest = asker.read_pages("on a full disk")
                if is_small:
                    ballast.unlink()
                    (disk / "ballast-2").unlink()
                    expect_again(asker, faults)
                else:
                    desk.kill()  # a bound on a process cannot be taken back
                status = desk.stop()
            if not is_small:
                with running(home, launcher):
                    expect_again(asker, faults)
            asker.check_kept()
            del ends
    return {
        "how": f"tmpfs of {_DISK}" if is_small else "RLIMIT_FSIZE", "taken_until_full": taken,
        "refused": len(asker.refused), "sentence": asker.refused[:1], "acknowledged": len(asker.acknowledged),
        "page_seconds_meanwhile": slowest, "exit_status": status, "faults": faults,
    }  # fmt: skip


def _take_room(ballast: Path, *, leave: int) -> None:
    """Fill the disk but for so many bytes."""
    free = shutil.disk_usage(ballast.parent).free - leave
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while free > 0:
            free -= file.write(bytes(min(free, 65536)))


def forbid_writing(folder: Path, launcher: Launcher, gazetteer: Path) -> dict[str, Any]:
    """The disk becomes read-only under a running desk, as a kernel does it after an error; then it is whole again."""
    faults: list[str] = []
    image = folder / "image"
    folder.mkdir(parents=True, exist_ok=True)
    with image.open("wb") as file:
        file.truncate(64_000_000)
    made = subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], capture_output=True, check=False)
    with mounting(folder / "disk", "-o", "loop", str(image)) as is_mounted:
        if made.returncode or not is_mounted:
            return {"how": "not shown here: no file system can be mounted", "faults": []}
        with making_room(folder, gazetteer, disk=folder / "disk") as (home, _):
            with running(home, launcher):
                asker = Asker(home, faults)
                for _ in range(3):
                    asker.hand_in()
                if not _abort(folder / "disk"):
                    return {"how": "not shown here: the mount cannot be made read-only", "faults": []}
                for _ in range(3):
                    asker.hand_in()
                if len(asker.refused) != 3:
                    faults.append(f"{3 - len(asker.refused)} reports were not refused on a read-only disk")
                slowest = asker.read_pages("on a read-only disk")
            sentence = asker.refused[:1]
            with suppress(TimeoutError), running(home, launcher):  # as it stands, read-only: it need not start
                pass
    with mounting(folder / "disk", "-o", "loop", str(image)), running(home, launcher) as desk:
        waited = expect_again(asker, faults)
        status = desk.stop()
        asker.check_kept()
    return {
        "how": "ext4 on a loop device, aborted", "refused": len(asker.refused), "sentence": sentence,
        "acknowledged": len(asker.acknowledged), "page_seconds_meanwhile": slowest, "seconds_until_taken": waited,
        "exit_status": status, "faults": faults,
    }  # fmt: skip


def _abort(disk: Path) -> bool:
    """Make an ext4 file system read-only though files are open on it."""
    done = subprocess.run(["mount", "-o", "remount,abort", str(disk)], capture_output=True, check=False)
    probe = disk / "probe"
    try:
        probe.write_bytes(b"x" * 10)
        os.sync()
        probe.write_bytes(b"y" * 10)
    except OSError:
        return True
    return done.returncode != 0 and False


def protect_files(folder: Path, launcher: Launcher, gazetteer: Path) -> dict[str, Any]:
    """The database's files may not be written for a while; nothing is started anew."""
    faults: list[str] = []
    with making_room(folder, gazetteer) as (home, _), running(home, launcher) as desk:
        asker = Asker(home, faults)
        asker.hand_in()
        files = [str(home.file), f"{home.file}-wal"]
        held = subprocess.run(["chattr", "+i", *files], capture_output=True, check=False)
        if held.returncode:
            return {"how": "not shown here: chattr +i is not allowed", "faults": []}
        try:
            for _ in range(3):
                asker.hand_in()
            if len(asker.refused) != 3:
                faults.append(f"{3 - len(asker.refused)} reports were not refused")
            slowest = asker.read_pages("while its files are protected")
        finally:
            subprocess.run(["chattr", "-i", *files], capture_output=True, check=True)
        waited = expect_again(asker, faults)
        status = desk.stop()
        asker.check_kept()
    return {
        "how": "chattr +i", "refused": len(asker.refused), "sentence": asker.refused[:1],
        "acknowledged": len(asker.acknowledged), "page_seconds_meanwhile": slowest, "seconds_until_taken": waited,
        "exit_status": status, "faults": faults,
    }  # fmt: skip
