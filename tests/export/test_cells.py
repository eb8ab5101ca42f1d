"""CSV that any reader reads back, and that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.export.cells import make_cell, neutralise, write_csv
from tocsin.export.lines import write_lines

texts = st.text(st.characters(exclude_categories=("Cs",)))


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\uff1d1", "'\uff1d1"),
        ("-5", "-5"),
        ("+38.5e3", "+38.5e3"),
        ("-inf", "'-inf"),
        ("-5\n", "'-5\n"),
        ("plain = text", "plain = text"),
        ("", ""),
        ("\u2212 minus sign", "\u2212 minus sign"),
    ],
)
def test_formulas_are_neutralised(text: str, cell: str) -> None:
    assert neutralise(text) == cell
    assert neutralise(cell) == cell, "an apostrophe once is enough"


@pytest.mark.parametrize(
    ("value", "cell"),
    [(None, ""), (True, "true"), (False, "false"), (-3, -3), (0.5, 0.5), (["a", None, "b"], "a |  | b"), ([], "")],
)
def test_values_as_cells(value: object, cell: object) -> None:
    assert make_cell(value) == cell


def test_list_that_begins_as_a_formula() -> None:
    assert make_cell(["=1", "b"]) == "'=1 | b"


@given(st.lists(st.tuples(texts, st.none() | st.integers() | st.floats(allow_nan=False), st.booleans()), max_size=5))
def test_rows_are_read_back(rows: list[tuple[str, int | float | None, bool]]) -> None:
    written = "".join(write_csv(("a", "b", "c"), ({"a": a, "b": b, "c": c} for a, b, c in rows)))
    assert written.endswith("\r\n")
    read = list(csv.reader(io.StringIO(written, newline=""), strict=True))
    assert read[0] == ["a", "b", "c"]
    expected = [[neutralise(a), "" if b is None else str(b), str(c).lower()] for a, b, c in rows]
    assert read[1:] == expected


@given(texts)
def test_no_text_cell_begins_as_a_formula(text: str) -> None:
    cell = make_cell(text)
    assert isinstance(cell, str)
    try:
        float(cell)
    except ValueError:
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_no_line_of_json_lines_is_torn_by_what_some_readers_take_for_its_end() -> None:
    """A sentence may hold a line separator or NEL; Python's splitlines() and JavaScript break there."""
    text = "one\u2028two\u2029three\u0085four\nfive Ž"
    (line,) = "".join(write_lines(("text",), [{"text": text}])).splitlines()
    assert json.loads(line) == {"text": text}
    assert "Ž" in line, "other letters stay as they are"
