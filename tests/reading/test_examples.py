"""The examples of the ontology are tests of the reader: yes is read as its type, no is not."""

from __future__ import annotations

import sys
from collections.abc import Callable

from tocsin.knowledge.plover import load_ontology
from tocsin.records import Claim

Read = Callable[..., tuple[Claim, ...]]
LEAST_SHARE = 0.75


def test_yes_examples_are_read_as_their_type(read: Read) -> None:
    missed = []
    count = 0
    for entry in load_ontology().types.values():
        for text in entry.yes:
            count += 1
            found = {c.type for c in read(text)}
            if entry.name not in found:
                missed.append(f"{entry.name}: {text!r} read as {sorted(found) or 'nothing'}")
    share = 1 - len(missed) / count
    sys.stdout.write(f"\nyes-examples read as their type: {count - len(missed)} of {count} ({share:.0%})\n")
    sys.stdout.writelines(f"  {line}\n" for line in missed)
    assert share >= LEAST_SHARE, missed


def test_no_examples_are_not_read_as_the_type(read: Read) -> None:
    wrong = []
    for entry in load_ontology().types.values():
        for example in entry.no:
            found = {c.type for c in read(example.text)}
            if entry.name in found or (example.is_type is None and found):
                wrong.append(f"{entry.name}: {example.text!r} read as {sorted(found)}")
    assert not wrong, wrong
