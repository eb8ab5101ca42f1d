"""The examples of the ontology are tests of the reader: yes is read as its type, no is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.reading.shares import hold_share
from tocsin.knowledge.plover import load_ontology
from tocsin.records import Claim

Read = Callable[..., tuple[Claim, ...]]
#: Least shares of the examples that are read as the ontology wants.
LEAST_YES = 0.85
LEAST_NO = 0.55


def test_yes_examples_are_read_as_their_type(read: Read) -> None:
    def judge() -> Iterator[tuple[str, str | None]]:
        for entry in load_ontology().types.values():
            for text in entry.yes:
                found = {c.type for c in read(text)}
                got = None if entry.name in found else f"read as {sorted(found) or 'nothing'}"
                yield f"{entry.name}: {text}", got

    hold_share("yes-examples", judge(), LEAST_YES)


def test_no_examples_are_not_read_as_the_type(read: Read) -> None:
    def judge() -> Iterator[tuple[str, str | None]]:
        for entry in load_ontology().types.values():
            for example in entry.no:
                found = {c.type for c in read(example.text)}
                is_wrong = entry.name in found or (example.is_type is None and found)
                yield f"not {entry.name}: {example.text}", f"read as {sorted(found)}" if is_wrong else None

    hold_share("no-examples", judge(), LEAST_NO)
