"""Marks of names: strings that stand for themselves wherever they are whole words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from training.names import find_marked_names, list_toponyms, read_own_names

TEXT = "Goma, North Kivu. Kivu fell; the Kivu Front took it. Congolese troops left Gomat and GOMA."


def make_record(**more: object) -> dict[str, object]:
    return {"id": "a", "places": ["Goma", "North Kivu", "Kivu"], "peoples": ["Congolese"], **more}


def test_strings_are_marked_as_whole_words_longer_ones_first() -> None:
    rows = find_marked_names(make_record(), TEXT)
    assert [(TEXT[s:e], kind) for s, e, kind in rows] == [
        ("Goma", "place"), ("North Kivu", "place"), ("Kivu", "place"), ("Kivu", "place"), ("Congolese", "people"),
    ]  # fmt: skip


def test_occurrences_under_except_are_no_names() -> None:
    # the first "Kivu" is that of "North Kivu", the third belongs to a group
    rows = find_marked_names(make_record(**{"except": {"Kivu": [3]}}), TEXT)
    assert [TEXT[s:e] for s, e, _ in rows] == ["Goma", "North Kivu", "Kivu", "Congolese"]


def test_a_string_that_is_not_there_is_named() -> None:
    with pytest.raises(ValueError, match="'Bukavu' does not stand in the article"):
        find_marked_names(make_record(places=["Bukavu"]), TEXT)


def test_toponyms_that_are_adjectives_name_peoples() -> None:
    toponyms = [{"start": 0, "end": 4, "name": "Goma"}, {"start": 53, "end": 62, "name": "Congolese"}] * 2
    kinds = list_toponyms({"toponyms": [*toponyms, {"start": 70, "end": 76, "name": "French"}]})
    assert (0, 4, "place") in kinds
    assert (70, 76, "people") in kinds
    assert len(kinds) == 3


def test_marks_of_unknown_articles_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "names.jsonl"
    path.write_text("".join(json.dumps(make_record(id=name)) + "\n" for name in ("a", "b")), "utf-8")
    assert [name for name, _ in read_own_names({"b": TEXT}, path)] == ["b"]


def test_our_own_marks_fit_their_articles() -> None:
    from training.corpora import read_own_articles

    texts = {r["id"]: r["text"] for r in read_own_articles()}
    found = dict(read_own_names(texts))
    assert len(found) == 240
    assert sum(1 for rows in found.values() if rows) > 230
