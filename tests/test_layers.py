"""The walls of the house: who may import whom, and what nothing may be called."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "src" / "tocsin"

GROUND = frozenset({"errors", "records", "ports", "settings", "knowledge"})
ROOMS = frozenset({"reading", "places", "incidents", "warning", "forecast"})
EDGES = frozenset({"store", "intake", "export", "notify", "report", "endpoint"})
#: The desk's own rooms: they know the store and one another, and none of what stands before people.
DESK = frozenset({"desk", "service", "forecasting", "reporting", "predicting"})
TOP = frozenset({"web", "cli", "exercise.measure"})
BELOW_DESK = GROUND | ROOMS | EDGES | {"pipeline", "exercise"}

#: What each part may import beside itself; a part that is not listed here has no place in the house yet.
ALLOWED: dict[str, frozenset[str]] = {
    "errors": frozenset(),
    "records": frozenset({"errors"}),
    "settings": frozenset({"errors"}),
    "ports": frozenset({"errors", "records"}),
    "knowledge": frozenset({"errors", "records"}),
    **dict.fromkeys(ROOMS, GROUND),
    "network": frozenset({"errors"}),
    **dict.fromkeys(EDGES, GROUND | {"network"}),
    "exercise": GROUND | {"places", "intake"},
    "pipeline": GROUND | ROOMS,
    "archive": GROUND | {"pipeline", "incidents"},  # decision 0010
    "archiving": BELOW_DESK | DESK | {"archive"},
    **dict.fromkeys(DESK, BELOW_DESK | DESK),
    "exercise.measure": BELOW_DESK | DESK,
    "web": BELOW_DESK | DESK,
    "cli": BELOW_DESK | DESK | TOP | {"archive", "archiving"},
}
#: Names that another library's interface prescribes.
FOREIGN = frozenset({"EventType", "get_extra_info"})
BANNED = frozenset({"source", "event", "entity", "item", "data", "info", "util", "helper", "manager", "process"})


def list_modules() -> list[Path]:
    return sorted(p for p in PACKAGE.rglob("*.py") if p != PACKAGE / "__init__.py" and "static" not in p.parts)


def name_part(dotted: str) -> str:
    """The part of the house that a dotted name below `tocsin` belongs to."""
    pieces = dotted.split(".")
    longer = ".".join(pieces[:2])
    return longer if longer in ALLOWED else pieces[0]


def dotted_name(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")


def read_imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name below `tocsin` of every import, inside functions and type checks too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("tocsin."):
                    yield node.lineno, alias.name.removeprefix("tocsin.")
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute"
            if node.module == "tocsin":
                for alias in node.names:
                    yield node.lineno, alias.name
            elif node.module and node.module.startswith("tocsin."):
                yield node.lineno, node.module.removeprefix("tocsin.")


def is_part(name: str) -> bool:
    return (PACKAGE / name.split(".")[0]).is_dir() or (PACKAGE / f"{name.split('.')[0]}.py").is_file()


def find_breaches(path: Path) -> list[str]:
    here = name_part(dotted_name(path))
    if here not in ALLOWED:
        return [f"{path.relative_to(PACKAGE)}: {here!r} has no place in the house: add it to ALLOWED, with a reason"]
    breaches = []
    for line, name in read_imports(path):
        there = name_part(name)
        if is_part(name) and there != here and there not in ALLOWED[here]:
            breaches.append(f"{path.relative_to(PACKAGE)}:{line}: {here} may not import {there}")
    return breaches


@pytest.mark.parametrize("path", list_modules(), ids=dotted_name)
def test_imports_keep_to_the_layers(path: Path) -> None:
    assert find_breaches(path) == []


def test_rooms_know_nothing_of_one_another() -> None:
    for room in ROOMS | EDGES:
        assert not ALLOWED[room] & (ROOMS | EDGES | DESK | TOP)


def test_a_breach_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "PACKAGE", tmp_path)
    (tmp_path / "places").mkdir()
    (tmp_path / "reading").mkdir()
    wrong = tmp_path / "reading" / "wrong.py"
    wrong.write_text("def f():\n    from tocsin.places import resolve\n", "utf-8")
    assert find_breaches(wrong) == ["reading/wrong.py:2: reading may not import places"]


def read_names(path: Path) -> Iterator[tuple[int, str]]:
    """Line and name of the module itself, its classes, functions and annotated fields."""
    yield 1, path.stem
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.lineno, node.name
        if isinstance(node, ast.ClassDef):
            for part in node.body:
                if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
                    yield part.lineno, part.target.id


def is_banned(name: str) -> bool:
    """Whether a name is a banned word, alone or in the plural, or has one as its last word ("feed_manager")."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().strip("_").split("_")
    return name not in FOREIGN and words[-1].removesuffix("s") in BANNED | {"entitie", "proces"}


@pytest.mark.parametrize("path", list_modules(), ids=dotted_name)
def test_no_banned_names(path: Path) -> None:
    found = [f"{path.relative_to(PACKAGE)}:{line}: {name}" for line, name in read_names(path) if is_banned(name)]
    assert found == []


@pytest.mark.parametrize("name", ["source", "sources", "utils", "FeedManager", "news_item", "entities", "process"])
def test_banned_names_are_recognised(name: str) -> None:
    assert is_banned(name)


@pytest.mark.parametrize("name", ["EventType", "origin", "outlet", "processed_at", "database", "resource"])
def test_other_names_are_not(name: str) -> None:
    assert not is_banned(name)
