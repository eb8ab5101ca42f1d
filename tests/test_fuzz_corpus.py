"""What fuzzing has come upon, replayed without the fuzzer: each parser reads it or refuses it, and no more."""

from __future__ import annotations

from pathlib import Path

import pytest
from fuzz.targets import TARGETS, try_target

CORPUS = Path(__file__).parent.parent / "fuzz" / "corpus"


@pytest.mark.parametrize("name", TARGETS)
def test_the_corpus_of_a_parser_is_met(name: str) -> None:
    inputs = sorted((CORPUS / name).iterdir())
    assert inputs
    for path in inputs:
        try_target(name, path.read_bytes())
    for seed in TARGETS[name].seeds:
        try_target(name, seed)


def test_every_corpus_has_a_parser_and_is_small() -> None:
    folders = [folder for folder in CORPUS.iterdir() if folder.is_dir()]
    assert {folder.name for folder in folders} == set(TARGETS)
    files = [path for folder in folders for path in folder.iterdir()]
    assert sum(path.stat().st_size for path in files) < 2_000_000
