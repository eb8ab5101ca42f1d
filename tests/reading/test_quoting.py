"""Quotations over several paragraphs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.reading.quoting import carry_speakers, find_quotations
from tocsin.records import Attribution, Claim, Evidence, Span, claim_id

Read = Callable[..., tuple[Claim, ...]]
THREE = "Vels said: “Rebels came.\n\n“They burned the mill.\n\n“They shot two boys.” Police left.\n\nTroops fired."


def cut(text: str) -> list[str]:
    return [text[q.opened : q.end] for q in find_quotations(text)]


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        (THREE, ["“Rebels came.\n\n“They burned the mill.\n\n“They shot two boys."]),
        ("“A,” said Vels. “B.\n“C.\n“D,” he added.\nE.", ["“B.\n“C.\n“D,"]),
        ('"A," said Vels. "B.\n\n"C.\n\n"D."\n\nE.', ['"B.\n\n"C.\n\n"D.']),
        ("Vels: «A.\n\n«B.\n\n«C.»\n\nD.", ["«A.\n\n«B.\n\n«C."]),
        ("Vels: „A.\n\n„B.\n\n„C.“\n\nD.", ["„A.\n\n„B.\n\n„C."]),
        # the last paragraph does not close: the text breaks off
        ("Vels said: “A.\n\n“B.", ["“A.\n\n“B."]),
        # two quotations of one paragraph each, one that is never closed, a text of marks alone
        ("“A,” said Vels.\n\n“B,” said Lund.", []),
        ("Vels said: “A.\n\nB.\n\nC.", []),
        ("Vels said: “A.\n\nB.\n\n“C,” he said.", []),
        ("“" * 300, []),
        ("", []),
    ],
)
def test_what_goes_on(text: str, quoted: list[str]) -> None:
    assert cut(text) == quoted


@given(st.text(alphabet='ab“”"«»„ .\n', max_size=60))
def test_quotations_lie_in_the_text_and_apart(text: str) -> None:
    last = 0
    for found in find_quotations(text):
        assert last <= found.start <= found.opened < found.end <= len(text)
        assert "\n" in text[found.opened : found.end]
        last = found.end


def told(text: str, word: str, speaker: str | None = None) -> Claim:
    at = text.index(word)
    chain = (Attribution(speaker, "person", "said"),) if speaker else ()
    whole = Evidence.cut_from(text, at, at + len(word))
    return Claim(
        claim_id("a", "ASSAULT", at), "a", "ASSAULT", whole, attribution=chain, trigger=Span(at, at + len(word))
    )


def test_one_speaker_says_it_all() -> None:
    words = ("came", "burned", "shot", "left", "fired")
    claims = [told(THREE, word, "Vels" if word == "came" else None) for word in words]
    assert [c.speaker for c in carry_speakers(claims, THREE)] == ["Vels", "Vels", "Vels", None, None]
    assert [r.rule for r in carry_speakers(claims, THREE)[1].reasons] == ["quotation-goes-on"]


def test_who_is_named_only_behind_it_and_who_is_quoted_in_it() -> None:
    text = "“Rebels came.\n\n“They burned the mill.\n\n“They shot two boys,” Vels said."
    claims = [told(text, "came"), told(text, "burned"), told(text, "shot", "Vels")]
    assert [c.speaker for c in carry_speakers(claims, text)] == ["Vels"] * 3
    quoting = [told(THREE, "came", "Vels"), told(THREE, "burned", "the army"), told(THREE, "shot")]
    assert [c.speaker for c in carry_speakers(quoting, THREE)] == ["Vels", "the army", "Vels"]


def test_without_a_speaker_or_a_quotation_nothing_changes() -> None:
    claims = [told(THREE, "burned"), told(THREE, "shot")]
    assert carry_speakers(claims, THREE) == claims
    plain = THREE.replace("“", "")
    alone = [told(plain, "came", "Vels"), told(plain, "burned")]
    assert carry_speakers(alone, plain) == alone
    before = "Troops came. Vels said: “Rebels fled.\n\n“They burned the mill.”"
    outside = [told(before, "came"), told(before, "fled", "Vels")]
    assert carry_speakers(outside, before) == outside


def test_the_reader_keeps_the_speaker(read: Read) -> None:
    text = (
        "The governor, Anna Vels, said: “Rebels shelled the town of Orle on Monday.\n\n“They burned forty houses in "
        "Teleska and drove out the farmers.\n\n“Soldiers shot two boys at the mill.”\n\nPolice arrested nine men."
    )
    claims = read(text)
    quoted = [c for c in claims if c.evidence.start < text.index("Police")]
    assert len(quoted) >= 3
    assert {c.speaker for c in quoted} == {"The governor, Anna Vels"}
    assert [c.speaker for c in claims if c not in quoted] == [None]
