"""Write THIRD_PARTY.md: all that Tocsin ships or stands on, and under which terms.

    python -m scripts.release_licences            write it anew
    python -m scripts.release_licences --check    fail where it is not up to date, or a licence is not allowed

Names come from the locks and from the built web part, licences from the installed packages' own metadata; what these
leave open is decided by hand in release_licences.toml. The page is the same on every system and every Python.
"""

from __future__ import annotations

import importlib.metadata
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from json import loads
from pathlib import Path
from typing import Any

from license_expression import ExpressionError, get_spdx_licensing
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
PAGE = "THIRD_PARTY.md"
TABLE = ROOT / "scripts/release_licences.toml"
_SPDX = get_spdx_licensing()
_ADDRESSES = {
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
}


class LicenceError(Exception):
    """A package whose terms are unknown or not allowed; says which, and what to do."""


@dataclass(frozen=True, slots=True)
class Pin:
    """One line of a lock.

    marker  for which systems and Pythons, empty for all
    hashes  SHA-256 of the files that may be installed, in hexadecimals
    """

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A thing shipped, or installed beside what is shipped.

    kind     "python", "npm", "model" or "data"
    group    "inside" (copied into the wheel), "beside" (installed with it) or the name of an extra
    licence  an SPDX expression, or "public domain"
    version  empty for what has none; several of one name stand in a lock for different Pythons
    where    its folder or file in the wheel; empty outside it
    remark   for people: whose it is, or how its licence was found
    """

    kind: str
    group: str
    name: str
    version: str
    licence: str
    where: str = ""
    remark: str = ""
    marker: str = ""
    hashes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decisions:
    """What people decided on licences (release_licences.toml)."""

    allowed: Mapping[str, frozenset[str]]
    spoken: Mapping[str, str]
    decided: Mapping[str, Mapping[str, str]]
    inside: tuple[Mapping[str, str], ...]


def load_decisions(path: Path = TABLE) -> Decisions:
    """The table of decisions; KeyError where a part of it is missing."""
    table = tomllib.loads(path.read_text("utf-8"))
    allowed = {group: frozenset(names) for group, names in table["allowed"].items()}
    return Decisions(allowed, table["spoken"], table["decided"], tuple(table["inside"]))


def read_lock(path: Path) -> list[Pin]:
    """The pins of a lock as uv writes it, in its order."""
    pins = []
    for entry in re.split(r"\n(?=\S)", path.read_text("utf-8")):
        head = re.match(r"([a-z0-9-]+)==([^\s;\\]+)(?: ; ([^\\\n]+))?", entry)
        if head:
            hashes = tuple(sorted(re.findall(r"--hash=sha256:([0-9a-f]{64})", entry)))
            pins.append(Pin(head[1], head[2], (head[3] or "").strip(), hashes))
    return pins


def is_allowed(expression: str, allowed: frozenset[str]) -> bool:
    """Whether one may act under the expression with only these licences: any of OR, all of AND."""
    if expression in allowed:
        return True
    try:
        return _holds(_SPDX.parse(expression, validate=True), allowed)
    except ExpressionError:
        return False


def _holds(tree: Any, allowed: frozenset[str]) -> bool:
    if isinstance(tree, _SPDX.OR):
        return any(_holds(branch, allowed) for branch in tree.args)
    if isinstance(tree, _SPDX.AND):
        return all(_holds(branch, allowed) for branch in tree.args)
    return str(tree) in allowed


def name_licence(words: Iterable[str | None], spoken: Mapping[str, str]) -> str | None:
    """The SPDX expression of the first words that are one, or are known to mean one; None where there are none."""
    for said in words:
        text = spoken.get((said or "").strip(), (said or "").strip().strip("()"))
        if not text or len(text) > 200:  # some packages give the whole text in place of a name
            continue
        try:
            return str(_SPDX.parse(text, validate=True))
        except ExpressionError:
            continue
    return None


def find_licence(name: str, decisions: Decisions) -> tuple[str, str]:
    """The licence of an installed distribution and how it was found; LicenceError where nothing says it."""
    if name in decisions.decided:
        return decisions.decided[name]["licence"], decisions.decided[name]["why"]
    try:
        said = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError as why:
        raise LicenceError(
            f"licence: {name!r}: not installed here: install the locks, or decide in release_licences.toml"
        ) from why
    classes = [line.rpartition(" :: ")[2] for line in said.get_all("Classifier") or () if line.startswith("License ::")]
    found = name_licence(
        [*(said[key] for key in ("License-Expression", "License") if key in said), *classes], decisions.spoken
    )
    if found is None:
        raise LicenceError(f"licence: {name!r}: says nothing clear: read its terms and decide in release_licences.toml")
    return found, ""


def list_extras(root: Path = ROOT) -> dict[str, set[str]]:
    """For each extra of the project the names of all distributions that it needs, by installed metadata."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    return {
        extra: set(_walk([Requirement(line) for line in lines]))
        for extra, lines in project.get("optional-dependencies", {}).items()
    }


def _walk(wanted: Sequence[Requirement]) -> Iterator[str]:
    seen: set[tuple[str, frozenset[str]]] = set()
    left = list(wanted)
    while left:
        one = left.pop()
        key = (normalise(one.name), frozenset(one.extras))
        if key in seen:
            continue
        seen.add(key)
        yield key[0]
        for line in importlib.metadata.requires(one.name) or ():
            needed = Requirement(line)
            if needed.marker is None or any(needed.marker.evaluate({"extra": e}) for e in ("", *one.extras)):
                left.append(needed)


def normalise(name: str) -> str:
    """A distribution's name as locks write it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def list_parts(root: Path = ROOT) -> list[Part]:
    """Everything shipped or installed, in the order of the page; LicenceError where a licence is unknown."""
    decisions = load_decisions()
    runtime = read_lock(root / "locks/runtime.txt")
    parts = [*_list_inside(root, decisions), *(_make_python("beside", pin, decisions) for pin in runtime)]
    held = {pin.name for pin in runtime}
    optional = read_lock(root / "locks/dev.txt")
    for extra, names in sorted(list_extras(root).items()):
        parts += [_make_python(extra, pin, decisions) for pin in optional if pin.name in names - held]
    return parts


def _list_inside(root: Path, decisions: Decisions) -> Iterator[Part]:
    built = root / "src/tocsin/web/static/packages.json"
    if not built.is_file():
        raise LicenceError("licence: the web part is not built, so nothing says what it holds: make web")
    for package in loads(built.read_text("utf-8")):
        licence = name_licence([package["licence"]], decisions.spoken) or package["licence"]
        yield Part("npm", "inside", package["name"], package["version"], licence, "tocsin/web/static/")
    for one in decisions.inside:
        yield Part(one["kind"], "inside", one["name"], "", one["licence"], one["where"], one["credit"])


def _make_python(group: str, pin: Pin, decisions: Decisions) -> Part:
    licence, why = find_licence(pin.name, decisions)
    return Part("python", group, pin.name, pin.version, licence, remark=why, marker=pin.marker, hashes=pin.hashes)


def list_refused(parts: Iterable[Part], decisions: Decisions) -> list[str]:
    """What may not be where it is, with its licence."""
    refused = []
    for part in parts:
        rule = "data" if part.kind == "data" else "inside" if part.group == "inside" else "beside"
        if not is_allowed(part.licence, decisions.allowed[rule]):
            refused.append(f"{part.name}: {part.licence!r} is not allowed for what is {rule}")
    return refused


def write_page(parts: Sequence[Part], root: Path = ROOT) -> str:
    """The page, without versions: those stand in the bill of materials and change with every lock."""
    text = [
        "# What Tocsin ships and stands on",
        "Written by `python -m scripts.release_licences` from the locks, the built web part and"
        " `scripts/release_licences.toml`; do not\nedit. Versions and digests stand in the bill of materials"
        " (`tocsin-VERSION.cdx.json`) beside each release. Tocsin itself is\nunder [Apache-2.0](LICENSE).",
        "## Inside the wheel",
        "Scripts, styles and data of the web part. Their full terms travel in `tocsin/web/static/LICENSES.txt`.",
        _write_rows(("package", "licence"), [(p.name, p.licence) for p in parts if p.kind == "npm"]),
        "The model, and data.",
        _write_rows(
            ("what", "licence", "where", "credit"),
            [(p.name, _link(p.licence), f"`{p.where}`", p.remark) for p in parts if p.kind in ("model", "data")],
        ),
        "Files of `tocsin/knowledge/` that are not wholly this project's.",
        _write_rows(("file", "licence", "origin"), list(_list_knowledge(root))),
        "## Installed beside it",
        "Packages of their own, unchanged; their terms come with them.",
        _write_rows(("package", "licence", "remark"), _list_names(parts, "beside")),
    ]
    for extra in sorted({p.group for p in parts} - {"inside", "beside"}):
        text += [f"## With `tocsin[{extra}]`", _write_rows(("package", "licence", "remark"), _list_names(parts, extra))]
    return "\n\n".join(text) + "\n"


def _list_knowledge(root: Path) -> Iterator[tuple[str, str, str]]:
    listed = tomllib.loads((root / "src/tocsin/knowledge/SOURCES.toml").read_text("utf-8"))["file"]
    for file in listed:
        if file["licence"] != "Apache-2.0":
            yield f"`{file['name']}`", file["licence"], file["origin"]


def _list_names(parts: Sequence[Part], group: str) -> list[tuple[str, str, str]]:
    return sorted({(p.name, p.licence, p.remark) for p in parts if p.group == group})


def _link(licence: str) -> str:
    return f"[{licence}]({_ADDRESSES[licence]})" if licence in _ADDRESSES else licence


def _write_rows(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in [heads, ["---"] * len(heads), *rows])


def main(arguments: Sequence[str]) -> int:
    """Write or check the page; the exit status."""
    try:
        parts = list_parts()
        refused = list_refused(parts, load_decisions())
        page = write_page(parts)
    except LicenceError as why:
        print(why, file=sys.stderr)
        return 1
    path = ROOT / PAGE
    is_check = "--check" in arguments
    if is_check and (not path.is_file() or path.read_text("utf-8") != page):
        refused.append(f"{PAGE}: is not up to date; run: python -m scripts.release_licences")
    elif not is_check:
        path.write_text(page, "utf-8")
    for line in refused:
        print(line, file=sys.stderr)
    print(f"{len(parts)} parts, {len({p.licence for p in parts})} licences, {len(refused)} problems")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
