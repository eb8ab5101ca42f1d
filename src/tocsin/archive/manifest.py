"""What an archive is made of: its input, its partitions and the versions that all its results share."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tocsin.archive.cuts import Cut, InputFile
from tocsin.archive.files import drop_scratch, read_json, write_json
from tocsin.archive.ports import Versions
from tocsin.archive.refusals import ArchiveError

FORM = 1
MANIFEST, PARTS, WORKING, DOUBLES, GROUPING = "manifest.json", "parts", "working", "doubles.json", "grouping.json"
TABLES = ("articles", "claims", "set_aside")
GROUPED = ("incidents", "links", "origins")


@dataclass(frozen=True, slots=True)
class Manifest:
    """The plan of an archive, written before the first partition is read and never changed.

    taken_at  when the articles count as taken in: all at once, as by a desk that is handed all files
    """

    versions: Versions
    taken_at: datetime
    partition_bytes: int
    inputs: tuple[InputFile, ...]
    cuts: tuple[Cut, ...]


def load_manifest(out: Path) -> Manifest | None:
    """The manifest of an archive, or None where none has been begun; raises ArchiveError for one of another form."""
    if not (out / MANIFEST).exists():
        return None
    told = read_json(out / MANIFEST)
    if not isinstance(told, dict) or told.get("form") != FORM:
        raise ArchiveError("archive", out, f"is of another form than {FORM}: give --again to begin anew")
    try:
        return Manifest(
            Versions(**told["versions"]),
            datetime.fromisoformat(told["taken_at"]),
            told["partition_bytes"],
            tuple(InputFile(**file) for file in told["inputs"]),
            tuple(Cut(*cut) for cut in told["cuts"]),
        )
    except (KeyError, TypeError, ValueError) as why:
        raise ArchiveError("archive", out / MANIFEST, f"cannot be understood ({why}); give --again") from why


def save_manifest(out: Path, manifest: Manifest) -> None:
    """Write the plan down."""
    told = {
        "form": FORM,
        "versions": asdict(manifest.versions),
        "taken_at": manifest.taken_at.isoformat(),
        "partition_bytes": manifest.partition_bytes,
        "inputs": [asdict(file) for file in manifest.inputs],
        "cuts": [list(asdict(cut).values()) for cut in manifest.cuts],
    }
    write_json(out / MANIFEST, told)


def check_same(out: Path, manifest: Manifest, versions: Versions) -> None:
    """Raise ArchiveError where an archive was begun with other versions than are at hand now."""
    held, given = asdict(manifest.versions), asdict(versions)
    for name in held:
        if held[name] != given[name]:
            raise ArchiveError(
                f"archive {out}",
                f"{name} {held[name]}",
                f"is what it was begun with, and {given[name]} is at hand now: results of two do not go into one "
                "archive; give another folder, or --again to begin this one anew",
            )


def check_inputs(out: Path, manifest: Manifest, inputs: list[InputFile]) -> None:
    """Raise ArchiveError where the input is not what the archive was begun with."""
    held, given = ({f.path: f.digest for f in files} for files in (manifest.inputs, inputs))
    for path in sorted(held.keys() | given.keys()):
        if held.get(path) == given.get(path):
            continue
        what = "was not there" if path not in held else "is not given now" if path not in given else "has changed"
        why = f"{what}, and the archive {out} was begun with other input: give another folder, or --again"
        raise ArchiveError("input", path, why)


def list_reports(out: Path, manifest: Manifest) -> dict[str, dict[str, Any]]:
    """What is told of each finished partition, by name in order."""
    paths = ((cut.name, out / PARTS / f"{cut.name}.json") for cut in manifest.cuts)
    return {name: read_json(path) for name, path in paths if path.exists()}


def clear_archive(out: Path) -> None:
    """Take away all that an archive holds, and nothing else that lies in the folder."""
    (out / MANIFEST).unlink(missing_ok=True)  # first: what is left after a crash is no archive
    for name in (DOUBLES, GROUPING):
        (out / name).unlink(missing_ok=True)
    for name in (*TABLES, *GROUPED, PARTS, WORKING):
        if (out / name).is_dir():
            shutil.rmtree(out / name)


@contextmanager
def hold_archive(out: Path) -> Iterator[None]:
    """Work at an archive while nobody else does; raises ArchiveError where somebody is.

    SQLite's lock on a small file goes with the process that holds it, however that ends.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        lock = sqlite3.connect(out / "lock", timeout=0.5, isolation_level=None)
        lock.execute("begin immediate")
    except OSError as why:
        raise ArchiveError("archive", out, f"cannot be made or used as a folder ({why.strerror})") from why
    except sqlite3.Error as why:
        raise ArchiveError("archive", out, f"cannot be worked at ({why}): is another run at it?") from why
    with closing(lock):
        for name in (*TABLES, *GROUPED, PARTS):
            drop_scratch(out / name)
        yield


def describe_archive(out: Path) -> dict[str, Any]:
    """How far an archive is, in plain values; raises ArchiveError where there is none."""
    manifest = load_manifest(out)
    if manifest is None:
        raise ArchiveError("archive", out, "is none: tocsin archive read IN... OUT begins one")
    reports = list_reports(out, manifest).values()
    sums = {name: sum(r[name] for r in reports) for name in ("articles", "claims", "set_aside", "doubles")}
    is_read = (out / DOUBLES).exists()
    return {
        "archive": str(out),
        "versions": asdict(manifest.versions),
        "inputs": len(manifest.inputs),
        "partitions": len(manifest.cuts),
        "finished": len(reports),
        **sums,
        "state": "read" if is_read else "being read",
        "grouping": read_json(out / GROUPING) if (out / GROUPING).exists() else None,
    }
