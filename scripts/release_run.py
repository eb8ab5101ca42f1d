"""One run of the release's checklist: where it works, what it may do, and how a step says that it failed."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

#: Lines of a failing command that are shown.
SHOWN_LINES = 25


class StepError(Exception):
    """A step that failed.

    why   what was found
    mend  what to do about it
    """

    def __init__(self, why: str, mend: str) -> None:
        super().__init__(why)
        self.why, self.mend = why, mend


@dataclass(frozen=True, slots=True)
class Release:
    """What the steps of one run share.

    root      the project's folder
    out       where the archives and what belongs to them go
    epoch     the time of the release in seconds, for whatever stamps files: that of the last commit
    private   folders whose texts must not stand in an archive
    may_ship  names of files in them that may
    pythons   interpreters to install for, as the caller names them; empty: those found on the machine
    """

    root: Path
    out: Path
    epoch: int
    private: tuple[Path, ...] = ()
    may_ship: tuple[str, ...] = ()
    pythons: tuple[Path, ...] = ()

    @property
    def version(self) -> str:
        """The version in pyproject.toml."""
        project = tomllib.loads((self.root / "pyproject.toml").read_text("utf-8"))["project"]
        return str(project["version"])

    @property
    def wheel(self) -> Path:
        """Where the wheel is, or will be."""
        return self.out / f"tocsin-{self.version}-py3-none-any.whl"

    @property
    def sources(self) -> Path:
        """Where the source archive is, or will be."""
        return self.out / f"tocsin-{self.version}.tar.gz"

    @property
    def bill(self) -> Path:
        """Where the bill of materials is, or will be."""
        return self.out / f"tocsin-{self.version}.cdx.json"

    def find_archives(self) -> tuple[Path, Path]:
        """Wheel and source archive; StepError where they are not built."""
        for path in (self.wheel, self.sources):
            if not path.is_file():
                raise StepError(f"{path.name}: is not there", "run the step build first")
        return self.wheel, self.sources


def run(
    *command: str | Path,
    cwd: Path,
    mend: str,
    timeout: float = 1800,
    environ: Mapping[str, str] | None = None,
    umask: int = -1,
) -> str:
    """What a command says on its standard output; StepError with the end of all it said where it fails.

    timeout  seconds
    environ  added to this process's own
    """
    full = {**os.environ, **(environ or {})}
    shown = " ".join(Path(part).name if index == 0 else str(part) for index, part in enumerate(command[:4]))
    try:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=cwd, env=full, umask=umask, capture_output=True, text=True, timeout=timeout, check=False,
        )  # fmt: skip
    except FileNotFoundError as why:
        raise StepError(f"{shown}: there is no such program ({why.filename})", mend) from why
    except subprocess.TimeoutExpired as why:
        raise StepError(f"{shown}: was not done within {timeout:.0f} s", mend) from why
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-SHOWN_LINES:])
        raise StepError(f"{shown}: left with status {done.returncode}\n{said}", mend)
    return done.stdout


def run_python(release: Release, *arguments: str | Path, mend: str, timeout: float = 1800) -> str:
    """The same for this Python, in the project's folder."""
    return run(sys.executable, *arguments, cwd=release.root, mend=mend, timeout=timeout)


def list_faults(faults: Sequence[str], mend: str) -> None:
    """StepError with the first faults, where there are any."""
    if faults:
        more = [f"and {len(faults) - SHOWN_LINES} more"] if len(faults) > SHOWN_LINES else []
        raise StepError("\n".join([*faults[:SHOWN_LINES], *more]), mend)
