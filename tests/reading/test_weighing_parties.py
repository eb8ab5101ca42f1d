"""Parties weighed by hand-made arcs: who may fill a role, what speaks for it, and who is taken. All texts: EXERCISE."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from tests.reading.made import MadeAct, find_words, make_outputs
from tocsin.errors import KnowledgeError
from tocsin.reading.decoding import find_acts
from tocsin.reading.labels import ROLES
from tocsin.reading.outputs import Outputs
from tocsin.reading.party_weights import PARTY_CUES, load_party_weights
from tocsin.reading.weighing_parties import are_alike, choose_options, list_options, name_words, weigh_parties

#: From a trigger in a role to a phrase.
Arcs = Mapping[tuple[str, str, str], float]
TEXT = "The harbour guard met the dockers. The union accused the harbour guard of theft, and the mayor looked on."


def make(text: str, *acts: MadeAct, odds: Arcs | None = None) -> Outputs:
    """Numbers with these acts; `odds` sets the arcs from a trigger in a role to a phrase."""
    outputs = make_outputs(text, acts)
    width = outputs.window.words
    sides = outputs.from_trigger.reshape(width, len(ROLES), width)
    for (trigger, role, phrase), value in (odds or {}).items():
        word = find_words(outputs.window, text, trigger)[0]
        sides[word, ROLES.index(role), find_words(outputs.window, text, phrase)] = value
    return outputs


def read(text: str, *acts: MadeAct, odds: Arcs | None = None) -> list[dict[str, list[str]]]:
    """The words of the weighed parties of each act, by role."""
    outputs = make(text, *acts, odds=odds)
    window = outputs.window
    return [
        {r: [text[window.starts[s.first] : window.ends[s.stop - 1]] for s in act.fillers[r]] for r in PARTY_CUES}
        for act in weigh_parties(find_acts(outputs), outputs, text)
    ]


def test_whom_the_arcs_point_at_is_taken() -> None:
    (told,) = read(TEXT, MadeAct("accused", "ACCUSE", {"actor": ["The union"], "recipient": ["the dockers"]}))
    assert told == {"actor": ["The union"], "recipient": ["the dockers"]}


def test_a_faint_party_is_taken_where_nobody_else_is() -> None:
    accused = MadeAct("accused", "ACCUSE", {"actor": ["The union"]})
    guard = ("accused", "recipient", "the harbour guard")
    assert read(TEXT, accused, odds={guard: -0.8})[0]["recipient"] == ["the harbour guard"]
    assert read(TEXT, accused, odds={guard: -4.0})[0]["recipient"] == []


def test_a_faint_party_is_none_beside_a_sure_one() -> None:
    accused = MadeAct("accused", "ACCUSE", {"actor": ["The union"], "recipient": ["the harbour guard"]})
    faint = {("accused", "recipient", "the mayor"): -0.8}
    assert read(TEXT, accused, odds=faint)[0]["recipient"] == ["the harbour guard"]


def test_the_doer_is_not_the_one_it_is_done_to() -> None:
    accused = MadeAct("accused", "ACCUSE", {"actor": ["The union"]})
    both = {("accused", "recipient", "The union"): 0.3}
    assert read(TEXT, accused, odds=both) == [{"actor": ["The union"], "recipient": []}]


def test_nobody_stands_on_both_sides() -> None:
    accused = MadeAct("accused", "ACCUSE", {"actor": ["The union"], "recipient": ["The union"]})
    for role, other in (("actor", "recipient"), ("recipient", "actor")):
        (told,) = read(TEXT, accused, odds={("accused", role, "The union"): 30.0})
        assert (told[role], told[other]) in ((["The union"], []), ([], ["The union"]))


def test_a_part_of_those_named_before_is_no_party_of_its_own() -> None:
    text = "Shells killed eleven villagers, among them four teachers. The mayor fled."
    killed = MadeAct("killed", "ASSAULT", {"recipient": ["eleven villagers"]})
    arc = ("killed", "recipient", "four teachers")
    assert read(text, killed, odds={arc: 2.0})[0]["recipient"] == ["eleven villagers"]
    apart = text.replace(", among them", " and also")
    assert read(apart, killed, odds={arc: 2.0})[0]["recipient"] == ["eleven villagers", "four teachers"]


def test_mentions_of_one_party_count_once() -> None:
    outputs = make(
        TEXT,
        MadeAct("met", "CONSULT", {"actor": ["The harbour guard"]}),
        MadeAct("accused", "ACCUSE", {"recipient": ["The harbour guard"]}),
        odds={("accused", "recipient", "the harbour guard"): 2.0},
    )
    options = list_options(find_acts(outputs), outputs, TEXT)[1]["recipient"]
    assert [w for w in options.words if "guard" in w] == ["The harbour guard"]
    assert options.cues["told-before"] == pytest.approx([1.0] * len(options.words))


@pytest.mark.parametrize(("words", "is_party"), [("them", False), ("They", False), ("US", True), ("we", True)])
def test_pronouns_are_no_parties(words: str, is_party: bool) -> None:
    text = f"The union accused {words} of theft."
    told = read(text, MadeAct("accused", "ACCUSE", {"actor": ["The union"], "recipient": [words]}))
    assert (told[0]["recipient"] == [words]) is is_party


def test_no_acts_and_acts_without_parties() -> None:
    assert read(TEXT) == []
    assert read(TEXT, MadeAct("accused", "ACCUSE")) == [{"actor": [], "recipient": []}]


def test_no_two_that_overlap_or_are_alike() -> None:
    outputs = make(TEXT, MadeAct("accused", "ACCUSE", {"actor": ["The union", "the mayor"]}))
    options = list_options(find_acts(outputs), outputs, TEXT)[0]["actor"]
    taken = choose_options(options, load_party_weights().cues["actor"], 0.0)
    assert sorted(options.words[i] for i, _ in taken) == ["The union", "the mayor"]
    assert all(chance == pytest.approx(1 / (1 + np.exp(-options.weigh(load_party_weights().cues["actor"])[i])))
               for i, chance in taken)  # fmt: skip


def test_names_alike() -> None:
    assert name_words("The Port of Orle's guards") == ("port", "orle", "guards")
    assert are_alike(name_words("the Orle guards"), name_words("guards"))
    assert not are_alike(name_words("the Orle guards of the port"), name_words("the mayor"))
    assert not are_alike((), ())


def test_all_cues_have_weights() -> None:
    table = load_party_weights()
    assert table.version
    assert {role: set(cues) for role, cues in table.cues.items()} == {r: set(c) for r, c in PARTY_CUES.items()}
    assert all(0 < least < 1 for least in table.least.values())


def test_a_strange_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights.toml"
    path.write_text("[actor]\nnothing = 1\n", encoding="utf-8")
    with pytest.raises(KnowledgeError, match="must hold exactly"):
        load_party_weights(path)
    cues = "".join(f"[{role}]\n" + "".join(f"{c} = 0\n" for c in names) for role, names in PARTY_CUES.items())
    path.write_text(cues + '[least]\nactor = "half"\nrecipient = 0.4\n', encoding="utf-8")
    with pytest.raises(KnowledgeError, match="must be a number"):
        load_party_weights(path)
