"""Nothing is believed that the text does not bear out: spans, codes, dates, counts, for good answers and any other."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from tests.endpoint.conftest import ARREST, TEXT, make_answer, make_article
from tocsin.endpoint.answers import find_claims
from tocsin.endpoint.checking import MAX_CLAIMS, Checked, check_answer
from tocsin.endpoint.counts import DROPS, Counts
from tocsin.endpoint.naming import make_codes
from tocsin.endpoint.parts import cut_context, split_text
from tocsin.endpoint.passages import Passages, fold_quote
from tocsin.endpoint.prompt import load_example, write_rules
from tocsin.endpoint.schema import make_schema
from tocsin.knowledge.parties import PartyName, make_party_lexicon
from tocsin.knowledge.plover import load_ontology
from tocsin.records import Article, PartialDate, Span

CODES = make_codes(make_party_lexicon())
QUICK = settings(deadline=None, max_examples=150)
#: Texts rich in what folding touches.
TEXTS = st.text(
    alphabet=st.sampled_from("ab é\n\t\u00a0“”\"'\u2019«». ,\U0001f6a8\u0627\u0644\u0639e\u0301"), max_size=60
)


def check(*answered: Any, article: Article | None = None, part: Span | None = None) -> Checked:
    article = article or make_article()
    part = part or Span(0, len(article.text))
    return check_answer(answered, part, article, Passages(article.text), CODES, "endpoint/1:test")


# --- passages
@QUICK
@given(TEXTS, TEXTS)
def test_what_is_found_is_cut_from_the_text_and_stands_whole(text: str, quote: str) -> None:
    span = Passages(text).find(quote)
    if span is None:
        return
    cut = span.cut(text)
    assert fold_quote(cut) == fold_quote(quote)
    assert not cut[0].isspace()
    assert not cut[-1].isspace()
    for at in (span.start, span.end):
        assert not (0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum())


@QUICK
@given(st.data(), TEXTS)
@example(None, "a\u00a0 b")
def test_words_of_the_text_are_found_however_their_spaces_and_quotes_are_written(data: Any, text: str) -> None:
    words = list(re.finditer(r"[^\s]+", text))
    assume(words)
    first = data.draw(st.integers(0, len(words) - 1)) if data else 0
    last = data.draw(st.integers(first, len(words) - 1)) if data else len(words) - 1
    here = Span(words[first].start(), words[last].end())
    quote = re.sub(r"\s+", " \n ", here.cut(text)).replace("“", '"').replace("”", "«").replace("\u2019", "'")
    found = Passages(text).find(f" {quote} ", here)
    # a combining mark may join its letter when the quotation is brought into NFC, as it is in a stored text
    assume(fold_quote(here.cut(text)) in Passages(text)._folded)
    assert found == here


@QUICK
@given(TEXTS, TEXTS, st.integers(0, 60), st.integers(0, 60))
def test_within_means_within_and_near_finds_what_is_anywhere(text: str, quote: str, a: int, b: int) -> None:
    part = Span(min(a, b, len(text)), min(max(a, b), len(text)))
    passages = Passages(text)
    inside = passages.find(quote, part)
    assert inside is None or part.contains(inside)
    near = passages.find_near(quote, part)
    assert (near is None) == (passages.find(quote) is None)
    assert inside is None or near == inside


def test_half_words_and_other_letters_are_not_found() -> None:
    passages = Passages("The police chief said “no” to\n  the crews\u2019 speaker.")
    assert passages.find("olice") is None
    assert passages.find("pol") is None
    assert passages.find("Police") is None
    assert passages.find("the crew") is None
    assert passages.find("") is None
    assert passages.find("x" * 5_000) is None
    found = passages.find('"no" to the crews\' speaker')
    assert found is not None
    assert found.cut(passages.text) == "“no” to\n  the crews\u2019 speaker"


def test_near_prefers_the_passage_then_what_stands_before_it() -> None:
    text = "Guards left. Then guards came and guards stayed. Much later guards slept."
    passages = Passages(text)
    near = Span(text.index("and"), text.index("stayed"))
    assert passages.find_near("guards", near) == Span(text.index("guards stayed"), text.index(" stayed"))
    assert passages.find_near("guards came", near) == Span(text.index("guards came"), text.index(" and"))
    assert passages.find_near("slept", near) == Span(text.index("slept"), len(text) - 1)


# --- parts
@QUICK
@given(st.text(alphabet=st.sampled_from("ab .\n!”"), max_size=400), st.integers(1, 12))
def test_parts_cover_the_text_without_gap_and_keep_the_budget(text: str, most: int) -> None:
    parts = split_text(text, most)
    assert bool(parts) == bool(text.strip())
    if parts:
        leading = text[: len(text) - len(text.lstrip())]
        assert "".join(p.cut(text) for p in parts) in (text, leading + text.lstrip())
    assert all(0 < len(p.cut(text).split()) <= most for p in parts)


def test_parts_end_with_paragraphs_else_with_sentences() -> None:
    paragraph = "One two three four. Five six seven eight."
    text = "\n\n".join([paragraph] * 5)
    assert [p.cut(text).strip() for p in split_text(text, 10)] == [paragraph] * 5
    assert split_text(paragraph, 6)[0].cut(paragraph).strip() == "One two three four."
    assert len(split_text("x" * 30_000, 100)) == 8
    assert cut_context(text, 0) == ""
    assert cut_context(text, len(paragraph)) == paragraph


# --- fields
@pytest.mark.parametrize(
    ("given_", "dropped"),
    [
        ({"type": "BATTLE"}, "claim-type"),
        ({"type": None}, "claim-type"),
        ({"modality": "probable"}, "claim-modality"),
        ({"certainty": ""}, "claim-certainty"),
        ({"evidence": "Police"}, "claim-length"),
        ({"evidence": ["Police"]}, "claim-form"),
        ({"evidence": "Ferry crews … the quay at Senn"}, "claim-evidence"),
    ],
)
def test_a_claim_without_its_core_is_dropped_and_nothing_takes_its_place(given_: dict[str, Any], dropped: str) -> None:
    checked = check(make_answer(**given_))
    assert checked.claims == ()
    assert checked.counts == Counts(0, {dropped: 1})


@pytest.mark.parametrize(
    ("given_", "dropped"),
    [
        ({"mode": "beat"}, "mode"),
        ({"contexts": ["labor", "weather"]}, "context"),
        ({"trigger": "arrested"}, "trigger"),
        ({"actor": [{"text": "About 60 ferry workers", "country": "ZZZ", "sector": "XYZ"}]}, "code"),
        ({"recipient": [{"text": "the fishermen"}]}, "party"),
        ({"recipient": "the fishermen"}, "party"),
        ({"background": "no"}, "background"),
        ({"place": "the pier"}, "place"),
        ({"attribution": [{"speaker": "the harbour police", "kind": "expert", "cue": "said"}]}, "kind"),
        ({"attribution": "the harbour police"}, "link"),
        ({"tolls": [{"words": "three of the workers", "kind": "beaten", "low": 3, "high": 3}]}, "toll"),
        ({"tolls": [{"words": "About 60", "kind": "participants", "low": 600, "high": None}]}, "toll"),
        ({"tolls": [{"words": "About 60", "kind": "participants", "low": 60, "high": 40}]}, "toll"),
        ({"tolls": [{"words": "About 60", "kind": "participants", "low": True, "high": None}]}, "toll"),
        ({"tolls": [{"words": "About 60", "kind": "participants", "low": 60, "high": 60, "whom": "men"}]}, "whom"),
        ({"date": {"words": "on Monday", "start": "2031-06-16", "end": "2031-06-16", "precision": "day"}}, "date"),
        ({"date": {"words": "on Tuesday", "start": "2031-06-31", "end": "2031-06-31", "precision": "day"}}, "date"),
        ({"date": {"words": "on Tuesday", "start": "2031-06-17", "end": "2031-06-16", "precision": "day"}}, "date"),
        ({"date": {"words": "on Tuesday", "start": "2031-06-17", "end": "2031-06-17", "precision": "hour"}}, "date"),
        ({"date": {"words": "on Tuesday", "start": "2031-06-24", "end": "2031-06-24", "precision": "day"}}, "date"),
        ({"date": {"words": "on Tuesday", "start": "20310617", "end": "20310617", "precision": "day"}}, "date"),
        ({"date": "on Tuesday"}, "date"),
    ],
)
def test_a_field_that_does_not_hold_is_dropped_and_the_claim_kept(given_: dict[str, Any], dropped: str) -> None:
    checked = check(make_answer(**given_))
    (claim,) = checked.claims
    assert set(checked.counts.dropped) == {dropped}
    assert any(r.rule == "endpoint-dropped" and DROPS[dropped] in r.detail for r in claim.reasons)


def test_a_codes_letter_case_does_not_matter_and_a_bodys_code_may_stand() -> None:
    party = {"text": "About 60 ferry workers", "country": "igo", "sector": "cvl"}
    (claim,) = check(make_answer(type="protest", modality="Actual", actor=[party])).claims
    assert [(p.country, p.sector) for p in claim.actor] == [("IGO", "CVL")]


def test_added_parties_bring_their_codes() -> None:
    lexicon = make_party_lexicon([PartyName(("Radio Ketter",), "XKT", "MED")])
    codes = make_codes(lexicon)
    article = make_article()
    answered = [make_answer(actor=[{"text": "Radio Ketter"}, {"text": "Police", "country": "XKT"}])]
    (claim,) = check_answer(answered, Span(0, len(TEXT)), article, Passages(TEXT), codes, "r").claims
    assert [(p.country, p.sector) for p in claim.actor] == [("XKT", "MED"), ("XKT", "COP")]


def test_what_ended_long_ago_is_background_whatever_the_model_says() -> None:
    article = make_article("Guards beat two men in Senn on 3 March 2031, the court heard.")
    when = {"words": "on 3 March 2031", "start": "2031-03-03", "end": "2031-03-03", "precision": "day"}
    answer = make_answer(evidence="Guards beat two men in Senn on 3 March 2031", date=when, type="ASSAULT", mode="beat")
    (claim,) = check(answer, article=article).claims
    assert claim.background
    assert any(r.rule == "background-date" for r in claim.reasons)


def test_without_a_day_of_publication_only_a_named_year_gives_a_date() -> None:
    (claim,) = check(make_answer(), article=make_article(published_at=None)).claims
    assert claim.date is None
    article = make_article("Guards beat two men on 3 March 2031, it said.", published_at=None)
    when = {"words": "on 3 March 2031", "start": "2031-03-03", "end": "2031-03-03", "precision": "day"}
    (claim,) = check(make_answer(evidence="Guards beat two men", date=when), article=article).claims
    assert claim.date == PartialDate.of_day(date(2031, 3, 3))


def test_hearsay_without_a_speaker_keeps_its_link() -> None:
    link = {"speaker": None, "kind": "unspecified", "cue": "said"}
    checked = check(make_answer(attribution=[link]))
    assert [(a.speaker, a.kind, a.cue) for a in checked.claims[0].attribution] == [(None, "unspecified", "said")]
    assert checked.counts.is_whole


def test_repeated_and_surplus_claims_are_dropped_and_rivals_kept() -> None:
    rival = make_answer(attribution=[])
    checked = check(make_answer(), make_answer(), rival)
    assert checked.counts == Counts(2, {"claim-repeated": 1})
    assert len({c.id for c in checked.claims}) == 2
    many = check(*[ARREST] * (MAX_CLAIMS + 3))
    assert many.counts == Counts(1, {"claim-repeated": MAX_CLAIMS - 1, "claim-surplus": 3})


def test_evidence_from_another_part_is_not_taken() -> None:
    half = TEXT.index("Police have")
    assert check(make_answer(), part=Span(half, len(TEXT))).claims == ()
    assert len(check(ARREST, part=Span(half, len(TEXT))).claims) == 1


WORDS = [None, *TEXT.split(), *DROPS, "Police", "three of the workers", "2031-06-17", "actual", "asserted", "ASSAULT"]
LEAVES = st.one_of(
    st.sampled_from(WORDS),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(),
    st.text(max_size=20),
)
VALUES = st.recursive(LEAVES, lambda v: st.lists(v, max_size=4) | st.dictionaries(st.text(max_size=8), v, max_size=4))
FIELDS = sorted(make_answer())


@QUICK
@given(st.lists(st.tuples(st.dictionaries(st.sampled_from(FIELDS), VALUES), st.booleans()), max_size=4))
def test_any_answer_at_all_gives_sound_claims_or_none(answered: list[tuple[dict[str, Any], bool]]) -> None:
    checked = check(*[make_answer(**fields) if is_based else fields for fields, is_based in answered])
    assert checked.counts.kept == len(checked.claims)
    assert checked.counts.kept + checked.counts.claims_dropped == len(answered)
    assert set(checked.counts.dropped) <= set(DROPS)
    for claim in checked.claims:
        assert claim.evidence.span.cut(TEXT) == claim.evidence.text
        spans = [(p.text, p.span) for p in (*claim.actor, *claim.recipient)]
        spans += [(m.name, m.span) for m in claim.mentions] + [(a.speaker or "", a.span) for a in claim.attribution]
        assert all(span is None or span.cut(TEXT) == words for words, span in spans)
        assert all(words in TEXT for words, _ in spans)
        assert claim.mode is None or claim.mode in load_ontology().entry(claim.type).modes
        assert all(r.detail.isprintable() for r in claim.reasons)


@QUICK
@given(st.text() | st.text(alphabet='{}[]",:claims `\n'))
def test_finding_claims_never_fails(answer: str) -> None:
    found = find_claims(answer)
    assert found is None or isinstance(found, list)


def test_the_last_of_several_drafts_counts() -> None:
    assert find_claims('First {"claims": [1]} but better {"claims": [2]}') == [2]
    assert find_claims('```json\n{"claims": [1]}\n```\nor\n```\n{"claims": []}\n```') == []
    assert find_claims("[]") == []
    assert find_claims("```" + "\n" * 200_000) is None  # and not after an hour
    assert find_claims('{"answer": []}') is None


# --- the prompt itself
def test_the_examples_answer_passes_our_own_checks_without_loss() -> None:
    shown = load_example()
    checked = check(*(find_claims(shown.answer) or ()), article=shown.article)
    assert checked.counts == Counts(3)
    assert [(c.type, c.modality, c.certainty) for c in checked.claims] == [
        ("PROTEST", "actual", "asserted"), ("PROTEST", "negated", "asserted"), ("AGREE", "planned", "hedged"),
    ]  # fmt: skip


def test_the_prompt_names_every_type_and_mode_and_the_schema_every_field() -> None:
    rules = write_rules()
    for entry in load_ontology().types.values():
        assert f"\n{entry.name}: " in rules
        assert all(f"{mode}: " in rules for mode in entry.modes)
    claim = make_schema()["properties"]["claims"]["items"]
    assert sorted(claim["properties"]) == sorted(claim["required"]) == FIELDS


def test_counts_add_up_and_speak() -> None:
    total = Counts(2, {"party": 1}) + Counts(1, {"party": 2, "claim-type": 1})
    assert total == Counts(3, {"party": 3, "claim-type": 1})
    assert str(total).startswith("3 of 4 claims kept; dropped: 1 times claim of no known type, 3 times party not in")
    assert str(Counts()) == "0 of 0 claims kept; nothing dropped"
