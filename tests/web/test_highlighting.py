"""Evidence in the text: nothing of the text is lost, whatever overlaps."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tocsin.records import Claim, Evidence, Span
from tocsin.web.highlighting import REACH, cut_stretches, quote_sentence

TEXTS = st.text("ab .\n\u0627\u05d0<&", min_size=1, max_size=60)


@st.composite
def marked_texts(draw: st.DrawFn) -> tuple[str, list[Claim]]:
    text = draw(TEXTS)
    ends = st.integers(0, len(text))
    spans = draw(st.lists(st.tuples(ends, ends).map(sorted).filter(lambda s: s[0] < s[1]), max_size=6))
    return text, [
        Claim(f"clm_{n}", "art_a", "ASSAULT", Evidence.cut_from(text, start, end))
        for n, (start, end) in enumerate(spans)
    ]


@given(marked_texts())
def test_stretches_give_the_text_back(marked: tuple[str, list[Claim]]) -> None:
    text, claims = marked
    assert "".join(s.text for s in cut_stretches(text, claims)) == text


@given(marked_texts())
def test_each_claim_opens_once_and_covers_exactly_its_evidence(marked: tuple[str, list[Claim]]) -> None:
    text, claims = marked
    stretches = cut_stretches(text, claims)
    for claim in claims:
        assert sum(claim in s.opens for s in stretches) == 1
        assert "".join(s.text for s in stretches if claim in s.claims) == claim.evidence.text


@given(marked_texts(), st.data())
def test_a_part_shows_what_lies_in_it(marked: tuple[str, list[Claim]], data: st.DataObject) -> None:
    text, claims = marked
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    stretches = cut_stretches(text, claims, Span(start, end))
    assert "".join(s.text for s in stretches) == text[start:end]
    inside = {c.id for c in claims if c.evidence.span.overlaps(Span(start, end))}
    assert {c.id for s in stretches for c in s.claims} == inside


def quote(text: str, passage: str) -> tuple[str, str, str]:
    start = text.index(passage)
    found = quote_sentence(text, Evidence.cut_from(text, start, start + len(passage)))
    return found.before, found.passage, found.after


def test_a_passage_stands_in_its_own_sentence() -> None:
    text = "It rained. Witnesses said police beat a man in Orle. He was hurt."
    assert quote(text, "police beat a man") == ("Witnesses said ", "police beat a man", " in Orle.")


def test_a_whole_sentence_stands_alone() -> None:
    text = 'It rained. "Police beat a man." He was hurt.'
    assert quote(text, '"Police beat a man."') == ("", '"Police beat a man."', "")


def test_a_sentence_does_not_run_over_a_line() -> None:
    text = "Clash at the bridge\nPolice fired tear gas\nMore soon"
    assert quote(text, "fired tear") == ("Police ", "fired tear", " gas")


def test_an_endless_sentence_is_cut_on_both_sides() -> None:
    text = "a" * 1000 + " PASSAGE " + "b" * 1000
    before, _, after = quote(text, "PASSAGE")
    assert before.startswith("…")
    assert after.endswith("…")
    assert max(len(before), len(after)) <= REACH + 1


def test_an_arabic_question_ends_a_sentence() -> None:
    text = "\u0647\u0644 \u0648\u0635\u0644\u061f \u0623\u063a\u0644\u0642\u062a \u0627\u0644\u0637\u0631\u064a\u0642."
    assert quote(text, "\u0623\u063a\u0644\u0642\u062a")[0] == ""
