"""Tables of judged cases, in tests/cases: a regional expert can add to them."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.reading.shares import hold_share
from tocsin.knowledge.numbers import load_numbers
from tocsin.reading.dates import find_dates
from tocsin.reading.quantities import QuantityFinder
from tocsin.records import Claim

Read = Callable[..., tuple[Claim, ...]]
CASES = Path(__file__).parents[1] / "cases"
#: Least shares of the cases that the model must get right, all of a case or nothing.
LEAST_TOLLS = 0.6
LEAST_ATTRIBUTION = 0.6
LEAST_STANDING = 0.7


def read_cases(name: str) -> list[dict[str, Any]]:
    return tomllib.loads((CASES / f"{name}.toml").read_text("utf-8"))["case"]


def load_cases(name: str) -> list[Any]:
    return [pytest.param(row, id=f"{i}-{row['text'][:40]}") for i, row in enumerate(read_cases(name))]


# --- by rules: exact
@pytest.mark.parametrize("case", load_cases("dates"))
def test_dates(case: dict[str, Any]) -> None:
    found = find_dates(case["text"], case.get("published"), is_future=case.get("ahead", False))
    assert (str(found[0].date) if found else "none") == case["expected"]


@pytest.mark.parametrize("case", load_cases("quantities"))
def test_quantities(case: dict[str, Any]) -> None:
    (found,) = QuantityFinder(load_numbers()).find(case["text"])
    assert (found.low, -1 if found.high is None else found.high) == (case["low"], case["high"])


# --- by the model: shares
def judge_cases(name: str, read: Read, show: Callable[[Claim, dict[str, Any]], tuple[Any, Any]]) -> Iterator[Any]:
    """Each case with what came instead of what was wanted of its one claim of the type given."""
    for case in read_cases(name):
        claims = read(case["text"])
        of_type = [c for c in claims if c.type == case["type"]]
        if len(of_type) != 1:
            yield case["text"], f"one {case['type']} wanted, got {[c.type for c in claims] or 'nothing'}"
            continue
        got, wanted = show(of_type[0], case)
        yield case["text"], None if got == wanted else f"{wanted} wanted, got {got}"


def test_tolls(read: Read) -> None:
    def show(claim: Claim, case: dict[str, Any]) -> tuple[Any, Any]:
        return sorted([t.kind, t.low, -1 if t.high is None else t.high] for t in claim.tolls), sorted(case["tolls"])

    hold_share("tolls", judge_cases("tolls", read, show), LEAST_TOLLS)


def test_attribution(read: Read) -> None:
    def show(claim: Claim, case: dict[str, Any]) -> tuple[Any, Any]:
        return [[a.speaker or "", a.kind, (a.cue or "").lower()] for a in claim.attribution], case["chain"]

    hold_share("attribution", judge_cases("attribution", read, show), LEAST_ATTRIBUTION)


def test_standing(read: Read) -> None:
    def show(claim: Claim, case: dict[str, Any]) -> tuple[Any, Any]:
        wanted = {name: case[name] for name in ("modality", "certainty", "background") if name in case}
        assert wanted, case
        return {name: getattr(claim, name) for name in wanted}, wanted

    hold_share("standing", judge_cases("standing", read, show), LEAST_STANDING)
