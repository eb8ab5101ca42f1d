"""Tables of judged cases, in tests/cases: a regional expert can add to them."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tocsin.knowledge.numbers import load_numbers
from tocsin.reading.dates import find_dates
from tocsin.reading.quantities import QuantityFinder
from tocsin.records import Claim

Read = Callable[..., tuple[Claim, ...]]
CASES = Path(__file__).parents[1] / "cases"


def load_cases(name: str) -> list[Any]:
    rows = tomllib.loads((CASES / f"{name}.toml").read_text("utf-8"))["case"]
    return [pytest.param(row, id=f"{i}-{row['text'][:40]}") for i, row in enumerate(rows)]


@pytest.mark.parametrize("case", load_cases("dates"))
def test_dates(case: dict[str, Any]) -> None:
    found = find_dates(case["text"], case.get("published"), is_future=case.get("ahead", False))
    assert (str(found[0].date) if found else "none") == case["expected"]


@pytest.mark.parametrize("case", load_cases("quantities"))
def test_quantities(case: dict[str, Any]) -> None:
    (found,) = QuantityFinder(load_numbers()).find(case["text"])
    assert (found.low, -1 if found.high is None else found.high) == (case["low"], case["high"])


def find_claim(claims: tuple[Claim, ...], type_: str) -> Claim:
    of_type = [c for c in claims if c.type == type_]
    assert len(of_type) == 1, [(c.type, c.evidence.text) for c in claims]
    return of_type[0]


@pytest.mark.parametrize("case", load_cases("tolls"))
def test_tolls(case: dict[str, Any], read: Read) -> None:
    claim = find_claim(read(case["text"]), case["type"])
    got = [[t.kind, t.low, -1 if t.high is None else t.high] for t in claim.tolls]
    assert sorted(got) == sorted(case["tolls"])


@pytest.mark.parametrize("case", load_cases("attribution"))
def test_attribution(case: dict[str, Any], read: Read) -> None:
    claim = find_claim(read(case["text"]), case["type"])
    assert [[a.speaker or "", a.kind, a.cue] for a in claim.attribution] == case["chain"]


@pytest.mark.parametrize("case", load_cases("standing"))
def test_standing(case: dict[str, Any], read: Read) -> None:
    claim = find_claim(read(case["text"]), case["type"])
    for name in ("modality", "certainty", "background"):
        if name in case:
            assert getattr(claim, name) == case[name], claim.reasons
