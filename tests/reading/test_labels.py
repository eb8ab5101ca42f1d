"""What the numbers mean: every class has one column, and a digest tells whether two files mean the same."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from tocsin.knowledge.plover import load_ontology
from tocsin.reading import labels
from tocsin.reading.encoder import Encoder
from tocsin.reading.labels import PHRASE_OF_ROLE, PHRASES, ROLES, labels_digest, load_heads
from tocsin.records import EventType, Modality, SpeakerKind, TollKind


def test_columns_follow_one_another_without_a_gap() -> None:
    stop = 0
    for head in load_heads().values():
        assert head.start == stop
        assert len(set(head.classes)) == len(head.classes) == head.stop - head.start > 0
        assert list(range(200))[head.columns] == list(range(head.start, head.stop))
        stop = head.stop


def test_every_type_and_every_mode_has_a_column() -> None:
    heads = load_heads()
    assert heads["trigger"].classes == ("none", *get_args(EventType))
    modes = {f"{entry.name}/{mode}" for entry in load_ontology().types.values() for mode in entry.modes}
    assert len(modes) > 30
    assert set(heads["mode"].classes) == {"none"} | modes


def test_every_word_of_the_codebook_has_a_column() -> None:
    heads = load_heads()
    for name, words in (("modality", Modality), ("kind", SpeakerKind), ("toll", TollKind)):
        assert heads[name].classes == get_args(words)


def test_roles_and_phrases_know_one_another() -> None:
    assert len(set(ROLES)) == len(ROLES)
    assert set(PHRASE_OF_ROLE) <= set(ROLES)
    assert set(PHRASE_OF_ROLE.values()) == set(PHRASES)
    assert load_heads()["filler"].classes == ROLES


def test_the_bundled_model_has_these_columns(encoder: Encoder) -> None:
    (outputs,) = encoder.answer(encoder.cut("Gunmen killed three policemen."))
    assert outputs.heads.shape == (outputs.window.words, max(head.stop for head in load_heads().values()))
    assert outputs.from_trigger.shape == outputs.to_filler.shape
    assert outputs.from_trigger.shape[1] % len(ROLES) == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ROLES", ("agent", *ROLES[1:])),
        ("ROLES", (ROLES[1], ROLES[0], *ROLES[2:])),
        ("DISTANCES", labels.DISTANCES[:-1]),
        ("SENTENCES", labels.SENTENCES + 1),
    ],
)
def test_the_digest_tells_other_roles_and_distances(monkeypatch: pytest.MonkeyPatch, name: str, value: object) -> None:
    monkeypatch.setattr(labels, name, value)
    assert labels_digest.__wrapped__() != labels_digest()


@pytest.mark.parametrize("name", list(load_heads()))
def test_the_digest_tells_other_classes(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    heads = dict(load_heads())
    assert labels_digest.__wrapped__() == labels_digest()
    heads[name] = replace(heads[name], classes=(*heads[name].classes[:-1], "lantern"))
    monkeypatch.setattr(labels, "load_heads", lambda: heads)
    assert labels_digest.__wrapped__() != labels_digest()
