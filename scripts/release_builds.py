"""Steps of the release that build the archives and look into them."""

from __future__ import annotations

import re
import shutil
import sys
import tarfile
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from packaging.metadata import Metadata

from scripts.release_contents import (
    IN_SOURCES,
    IN_WHEEL,
    LARGEST,
    NEEDED_IN_SOURCES,
    NEEDED_IN_WHEEL,
    check_names,
    check_texts,
    find_private,
    open_archive,
    read_private,
)
from scripts.release_licences import list_parts
from scripts.release_run import Release, StepError, list_faults, run
from scripts.sbom import BillError, digest_file, make_bill, write_bill

#: The second build happens elsewhere, in another time zone, under other habits: none of it may show.
_ELSEWHERE = {"TZ": "Pacific/Chatham", "LC_ALL": "C", "PYTHONHASHSEED": "77"}
_LINK = re.compile(r"\]\((?!https?://|#)([^)\s]+)\)")


def copy_tree(release: Release, target: Path) -> Path:
    """A copy of what git holds, as it stands in the working tree, and of nothing else; its folder."""
    names = run("git", "ls-files", "-z", cwd=release.root, mend="run it in a clone").split("\0")
    for name in filter(None, names):
        there = target / name
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(release.root / name, there)
    return target


def _build(folder: Path, out: Path, release: Release, *, is_elsewhere: bool = False, target: str = "") -> None:
    environ = {"SOURCE_DATE_EPOCH": str(release.epoch), **(_ELSEWHERE if is_elsewhere else {})}
    chosen = ("-t", target) if target else ()
    run(
        sys.executable, "-m", "hatchling", "build", "-d", out, *chosen,
        cwd=folder, environ=environ, umask=0o077 if is_elsewhere else -1, mend="make build, and mend what it says",
    )  # fmt: skip


def build(release: Release) -> str:
    """Wheel and source archive, from a copy of what git holds, the web part built anew in it."""
    with tempfile.TemporaryDirectory(prefix="tocsin-release-") as folder:
        _build(copy_tree(release, Path(folder) / "tree"), Path(folder) / "dist", release)
        release.out.mkdir(parents=True, exist_ok=True)
        for made in (Path(folder) / "dist").iterdir():
            shutil.copy(made, release.out / made.name)
    wheel, sources = release.find_archives()
    return f"{wheel.name} {wheel.stat().st_size / 1e6:.1f} MB, {sources.name} {sources.stat().st_size / 1e6:.1f} MB"


def check_again(release: Release) -> str:
    """The same bytes from another folder, time zone and umask; and the same wheel from the source archive alone."""
    wheel, sources = release.find_archives()
    with tempfile.TemporaryDirectory(prefix="tocsin-release-again-") as folder:
        base = Path(folder)
        _build(copy_tree(release, base / "a/folder/with/a/longer/name"), base / "dist", release, is_elsewhere=True)
        (base / "unpacked").mkdir()
        with tarfile.open(sources, "r:gz") as archive:
            archive.extractall(base / "unpacked", filter="data")
        (inner,) = (base / "unpacked").iterdir()
        _build(inner, base / "from-sources", release, target="wheel")
        pairs = [(wheel, base / "dist" / wheel.name), (sources, base / "dist" / sources.name)]
        pairs.append((wheel, base / "from-sources" / wheel.name))
        faults = [fault for first, second in pairs for fault in compare_archives(first, second)]
    list_faults(faults, "find what depends on the folder, the time or the order, and take it out")
    return "two builds are byte for byte the same, and so is the wheel built from the source archive"


def compare_archives(first: Path, second: Path) -> list[str]:
    """Which files differ between two builds; empty where the archives are the same bytes."""
    if digest_file(first) == digest_file(second):
        return []
    one, other = open_archive(first), open_archive(second)
    names = [name for name in {**one, **other} if one.get(name) != other.get(name)]
    faults = [f"{first.name}: {name} differs between two builds" for name in names]
    return faults or [f"{first.name}: the same files, but in another order, with other times or other rights"]


def check_sizes(release: Release) -> str:
    """Each archive is under the limit."""
    told = []
    for path in release.find_archives():
        size = path.stat().st_size
        if size >= LARGEST:
            raise StepError(
                f"{path.name}: {size / 1e6:.1f} MB is not under {LARGEST / 1e6:.0f} MB",
                "see what is heavy with the step contents, and leave it out",
            )
        told.append(f"{path.suffix.lstrip('.')} {size / 1e6:.1f} MB")
    return f"{', '.join(told)}, each under {LARGEST / 1e6:.0f} MB"


def check_contents(release: Release) -> str:
    """Only what may be passed on is in the archives: by name, by text, and against texts that must stay private."""
    traces = [f"{release.root}/", f"{Path.home()}/", f"{tempfile.gettempdir()}/tocsin-release-"]
    faults, counts = [], []
    for path, allowed, needed in (
        (release.find_archives()[0], IN_WHEEL, NEEDED_IN_WHEEL),
        (release.find_archives()[1], IN_SOURCES, NEEDED_IN_SOURCES),
    ):
        files = open_archive(path)
        found = [*check_names(files, allowed, needed), *check_texts(files, traces)]
        for folder in release.private:
            found += find_private(files, read_private(folder, release.may_ship))
        faults += [f"{path.name}: {fault}" for fault in found]
        counts.append(f"{len(files)} files in {path.name}")
    list_faults(faults, "take it out, or allow it in scripts/release_contents.py")
    named = ", ".join(folder.name for folder in release.private)
    private = f"no text of {named}" if named else "NO PRIVATE FOLDER WAS NAMED"
    return f"{', '.join(counts)}; {private}"


def check_metadata(release: Release) -> str:
    """What an index would read of the wheel: valid, complete, the same in the source archive."""
    wheel, sources = release.find_archives()
    files = open_archive(wheel)
    (text,) = [content for name, content in files.items() if name.endswith(".dist-info/METADATA")]
    try:
        said = Metadata.from_email(text, validate=True)
    except ExceptionGroup as why:
        raise StepError("METADATA: " + "; ".join(map(str, why.exceptions)), "mend it in pyproject.toml") from why
    if open_archive(sources)["PKG-INFO"] != text:
        raise StepError("PKG-INFO: is not what the wheel says", "build both anew")
    wanted: tuple[tuple[str, object], ...] = (
        ("version", str(said.version) == release.version),
        ("summary", said.summary),
        ("description", said.description and said.description_content_type == "text/markdown"),
        ("license", said.license_expression),
        ("license files", said.license_files),
        ("requires-python", said.requires_python),
    )
    list_faults([f"METADATA: {name} is missing or wrong" for name, held in wanted if not held], "mend pyproject.toml")
    inner = len(_LINK.findall(said.description or ""))
    return f"valid; {len(said.requires_dist or ())} requirements; {inner} links of the README lead into the repository"


def write_materials(release: Release) -> str:
    """The bill of materials, valid against CycloneDX 1.6."""
    wheel, _ = release.find_archives()
    made_at = datetime.fromtimestamp(release.epoch, UTC)
    try:
        bill = make_bill(list_parts(release.root), release.root, made_at=made_at, wheel=wheel)
        release.bill.write_text(write_bill(bill), "utf-8")
    except BillError as why:
        raise StepError(str(why), "mend what it says") from why
    return f"{release.bill.name}: {len(bill.components)} components, valid against CycloneDX 1.6"


def write_sums(release: Release) -> str:
    """SHA256SUMS of all that is handed out, as sha256sum --check reads it."""
    files = [*release.find_archives(), release.bill]
    if not release.bill.is_file():
        raise StepError(f"{release.bill.name}: is not there", "run the step bill first")
    lines = [f"{digest_file(path)}  {path.name}\n" for path in files]
    (release.out / "SHA256SUMS").write_text("".join(lines), "utf-8")
    return f"SHA256SUMS of {', '.join(path.name for path in files)}"
