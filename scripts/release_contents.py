"""What a wheel and a source archive may hold: an allow-list of names, and no text that gives anything away."""

from __future__ import annotations

import gzip
import json
import re
import tarfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

#: Each archive must stay under this, in bytes.
LARGEST = 60_000_000
#: Names in a wheel, seen from its root; "*" goes across folders.
IN_WHEEL = (
    "tocsin/*.py",
    "tocsin/py.typed",
    "tocsin/exercise/*.csv",
    "tocsin/exercise/*.geojson",
    "tocsin/exercise/*.md",
    "tocsin/exercise/*.toml",
    "tocsin/knowledge/*.csv",
    "tocsin/knowledge/*.toml",
    "tocsin/reading/model/card.md",
    "tocsin/reading/model/encoder.onnx",
    "tocsin/report/templates/*.html",
    "tocsin/report/templates/*.typ",
    "tocsin/web/templates/*.html",
    "tocsin/web/translations/*/LC_MESSAGES/tocsin.[mp]o",
    "tocsin/web/static/.inputs",
    "tocsin/web/static/LICENSES.txt",
    "tocsin/web/static/manifest.json",
    "tocsin/web/static/packages.json",
    "tocsin/web/static/assets/*.css",
    "tocsin/web/static/assets/*.js",
    "tocsin/web/static/assets/*.svg",
    "tocsin/web/static/assets/boundaries/*.json",
    "tocsin/web/static/assets/boundaries/*.tiles",
    "tocsin-*.dist-info/METADATA",
    "tocsin-*.dist-info/RECORD",
    "tocsin-*.dist-info/WHEEL",
    "tocsin-*.dist-info/entry_points.txt",
    "tocsin-*.dist-info/licenses/LICENSE",
    "tocsin-*.dist-info/licenses/THIRD_PARTY.md",
)
#: Without these a wheel is of no use, or may not be passed on.
NEEDED_IN_WHEEL = (
    "tocsin/reading/model/encoder.onnx",
    "tocsin/web/static/LICENSES.txt",
    "tocsin/web/static/manifest.json",
    "tocsin/web/static/assets/map-*.js",
    "tocsin/web/static/assets/boundaries/world-*.tiles",
    "tocsin/exercise/reports/*.md",
    "tocsin/knowledge/plover.toml",
    "tocsin-*.dist-info/licenses/LICENSE",
    "tocsin-*.dist-info/licenses/THIRD_PARTY.md",
)
#: Names in a source archive, seen from its one folder: what builds the wheel, checks it and trains the model anew.
IN_SOURCES = (
    *(f"src/{pattern}" for pattern in IN_WHEEL if not pattern.startswith("tocsin-")),
    "[A-Z]*.md",
    "LICENSE",
    "Makefile",
    "PKG-INFO",
    ".dockerignore",
    ".gitignore",
    "hatch_build.py",
    "pyproject.toml",
    "benchmarks/*.py",
    "benchmarks/*.toml",
    "benchmarks/results/*.json",
    "docs/*.md",
    "docs/images/*.png",
    "fuzz/*.py",
    "fuzz/*.md",
    "fuzz/requirements.txt",
    "fuzz/corpus/*",
    "locks/*.in",
    "locks/*.txt",
    "packaging/*",
    "scripts/*.py",
    "scripts/*.toml",
    "tests/*.md",
    "tests/*.py",
    "tests/*.toml",
    "tests/*.txt",
    "training/*.py",
    "training/*.txt",
    "training/*.json",
    "training/data/*",
    "web/.npmrc",
    "web/*.json",
    "web/*.ts",
    "web/*.md",
    "web/build/licences/*.txt",
    "web/src/*.css",
    "web/src/*.svg",
)
NEEDED_IN_SOURCES = (
    "pyproject.toml",
    "hatch_build.py",
    "LICENSE",
    "THIRD_PARTY.md",
    "locks/runtime.txt",
    "web/package-lock.json",
    "src/tocsin/reading/model/encoder.onnx",
    "src/tocsin/web/static/manifest.json",
)
#: Never, wherever they stand and whatever allows their folder.
NEVER = (
    ".env", "*.pem", "*.key", "*.p12", "*.pfx", "id_rsa*", "id_ed25519*", ".netrc", ".pypirc",
    "*.sqlite", "*.sqlite-*", "*.db", "*.log", "*.pyc", "*.map", ".DS_Store",
)  # fmt: skip
NEVER_FOLDERS = frozenset(
    {
        "node_modules",
        "__pycache__",
        ".git",
        ".venv",
        ".hypothesis",
        ".pytest_cache",
        ".mypy_cache",
        ".ruff_cache",
        "runs",
    }
)
_SECRETS = (
    re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s+[A-Za-z0-9+/=]{16}"),
    re.compile(r"\b(?:ghp|gho|ghs|github_pat|glpat|pypi|npm|sk|xox[abp])[-_][A-Za-z0-9_-]{24,}\b"),
    re.compile(r"\bAKIA[0-9A-Z]{16}\b"),
)
#: Runs of words that are long enough to be nobody's but their author's.
RUN = 12
_WORD = re.compile(r"[^\W\d_]+")


def open_archive(path: Path) -> dict[str, bytes]:
    """Every file of a wheel or a source archive, the latter without its one folder; in the order of the archive."""
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            return {name: wheel.read(name) for name in wheel.namelist()}
    files = {}
    with tarfile.open(path, "r:gz") as archive:
        for member in archive:
            content = archive.extractfile(member) if member.isfile() else None
            name = member.name.partition("/")[2]
            files[name] = content.read() if content else b""
            if not member.isfile():
                files[f"{name} (not a plain file)"] = files.pop(name)
    return files


def check_names(names: Iterable[str], allowed: Sequence[str], needed: Sequence[str]) -> list[str]:
    """What must not be there and what is missing, a line each."""
    held = list(names)
    faults = [f"{name}: may not be in it" for name in held if not _is_allowed(name, allowed)]
    absent = [pattern for pattern in needed if not any(fnmatchcase(name, pattern) for name in held)]
    return faults + [f"{pattern}: is not in it" for pattern in absent]


def _is_allowed(name: str, allowed: Sequence[str]) -> bool:
    *folders, last = name.split("/")
    if NEVER_FOLDERS.intersection(folders) or any(fnmatchcase(last, pattern) for pattern in NEVER):
        return False
    return ".." not in folders and any(fnmatchcase(name, pattern) for pattern in allowed)


def check_texts(files: Mapping[str, bytes], traces: Sequence[str]) -> list[str]:
    """Files that hold a key, a token or a trace of the machine that built them (a folder's path), a line each.

    What stands in them is not repeated.
    """
    faults = []
    for name, content in files.items():
        text = content.decode("utf-8", errors="ignore")
        if any(pattern.search(text) for pattern in _SECRETS):
            faults.append(f"{name}: holds what looks like a key or a token")
        if any(trace in text for trace in traces):
            faults.append(f"{name}: names a folder of this machine")
    return faults


def list_runs(text: str, length: int = RUN) -> Iterator[int]:
    """A number for each run of `length` words, letters only and lower case: equal for equal runs in one process."""
    words = _WORD.findall(text.lower())
    for start in range(len(words) - length + 1):
        yield hash(tuple(words[start : start + length]))


def find_private(files: Mapping[str, bytes], private: Iterable[str]) -> list[str]:
    """Files that share a run of words with texts that must not be passed on, with how many, a line each.

    The archive is the small side and is held in memory; the private texts stream by.
    """
    where: dict[int, set[str]] = {}
    for name, content in files.items():
        if b"\0" not in content[:4096]:
            for run in list_runs(content.decode("utf-8", errors="ignore")):
                where.setdefault(run, set()).add(name)
    counts: dict[str, set[int]] = {}
    for text in private:
        for run in list_runs(text):
            for name in where.get(run, ()):
                counts.setdefault(name, set()).add(run)
    return [f"{name}: shares {len(runs)} runs of {RUN} words" for name, runs in sorted(counts.items())]


def read_private(folder: Path, may_ship: Sequence[str] = ()) -> Iterator[str]:
    """Every text in the files of a folder, unpacked where it is gzipped, line by line, so that any size will do.

    A line of JSON gives its strings one by one. The head of a CSV file is left out: names of columns are nobody's text.
    may_ship  names, or patterns of them, of files that may be passed on and are left out
    """
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder).as_posix()
        if not path.is_file() or any(fnmatchcase(inner, pattern) for pattern in may_ship):
            continue
        opener = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rt", encoding="utf-8", errors="ignore") as lines:
            if ".csv" in path.suffixes:
                next(lines, None)
            for line in lines:
                yield from _list_strings(line)


def _list_strings(line: str) -> Iterator[str]:
    try:
        left = [json.loads(line)]
    except ValueError:
        yield line
        return
    while left:
        one = left.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict | list):
            left.extend(one.values() if isinstance(one, dict) else one)
