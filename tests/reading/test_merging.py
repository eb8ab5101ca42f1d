"""One claim where an article tells the same act twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tocsin.reading.merging import merge_retold
from tocsin.records import Attribution, Claim, Evidence, PartialDate, Party, Span, Toll, claim_id

TITLE = "Gunmen kill policemen\n\n"


def make_claim(text: str, start: int, **given: object) -> Claim:
    fields: dict[str, object] = {
        "actor": (Party("Gunmen"),), "recipient": (Party("three policemen"),), "trigger": Span(start, start + 6),
    }  # fmt: skip
    return Claim(
        claim_id("art-1", "ASSAULT", start), "art-1", "ASSAULT", Evidence(text, start, start + len(text)),
        **{**fields, **given},
    )  # type: ignore[arg-type]  # fmt: skip


HEADLINE = make_claim("Gunmen kill policemen", 0, recipient=(Party("policemen"),))
LEAD = make_claim("Gunmen killed three policemen near Orle", 23, tolls=(Toll("killed", 3, 3),))


def test_headline_and_lead_are_one_claim_with_the_leads_evidence() -> None:
    (claim,) = merge_retold([HEADLINE, LEAD], len(TITLE))
    assert (claim.id, claim.evidence, claim.tolls) == (LEAD.id, LEAD.evidence, LEAD.tolls)
    (reason,) = [r for r in claim.reasons if r.rule == "told-again"]
    assert HEADLINE.evidence.text in reason.detail


def test_what_only_the_poorer_one_had_is_kept() -> None:
    headline = replace(HEADLINE, mode="firearms", date=PartialDate.of_year(2022), tolls=(Toll("injured", 2, 2),))
    (claim,) = merge_retold([headline, LEAD], len(TITLE))
    assert (claim.mode, str(claim.date)) == ("firearms", "2022")
    assert {t.kind for t in claim.tolls} == {"killed", "injured"}


@pytest.mark.parametrize(
    "other",
    [
        replace(LEAD, type="COERCE"),
        replace(LEAD, modality="negated"),
        replace(LEAD, background=True),
        replace(LEAD, actor=(Party("Soldiers"),)),
        replace(LEAD, recipient=(Party("two farmers"),)),
    ],
)
def test_another_act_stays_apart_from_the_headline(other: Claim) -> None:
    assert len(merge_retold([HEADLINE, other], len(TITLE))) == 2


@pytest.mark.parametrize(
    "other",
    [
        {"tolls": (Toll("killed", 31, 31),)},
        {"attribution": (Attribution("a doctor", "witness", "said"),)},
        {"date": PartialDate.of_year(2021)},
        {"mode": "beat"},
        {"actor": ()},
    ],
)
def test_rival_accounts_in_the_body_stay_apart(other: dict[str, object]) -> None:
    lead = replace(LEAD, date=PartialDate.of_year(2022), mode="firearms")
    claims = [lead, make_claim("Gunmen shot policemen dead", 90, **other)]
    assert len(merge_retold(claims, len(TITLE))) == 2


def test_the_same_account_in_other_words_is_one_claim() -> None:
    again = make_claim("The gunmen shot the three policemen dead", 90, actor=(Party("The gunmen"),))
    (claim,) = merge_retold([LEAD, again], len(TITLE))
    assert claim.id == LEAD.id


def test_two_words_of_one_passage_for_one_act_are_one_claim() -> None:
    twin = replace(LEAD, id="clm-2", trigger=Span(40, 44))
    assert len(merge_retold([LEAD, twin], len(TITLE))) == 1


def test_a_second_word_that_names_only_one_of_the_parties_names_the_same_act() -> None:
    nobody = replace(LEAD, id="clm-2", trigger=Span(40, 44), actor=())
    (claim,) = merge_retold([nobody, LEAD], len(TITLE))
    assert claim.actor == LEAD.actor


@pytest.mark.parametrize(
    "other",
    [
        {"recipient": (Party("a shepherd"),)},
        {"actor": (Party("the guards"),)},
        {"tolls": (Toll("killed", 1, 1),)},
        {"date": PartialDate.of_year(2021)},
        {"attribution": (Attribution("a doctor", "witness", "said"),)},
    ],
)
def test_two_acts_of_one_passage_stay_apart(other: dict[str, object]) -> None:
    lead = replace(LEAD, date=PartialDate.of_year(2022))
    twin = replace(lead, id="clm-2", trigger=Span(40, 44), **other)
    assert len(merge_retold([lead, twin], len(TITLE))) == 2
    # ... unless the reader is not sure that the second word names an act at all
    assert len(merge_retold([lead, replace(twin, score=0.6)], len(TITLE))) == 1


def test_two_counts_of_one_kind_do_not_make_a_claim_its_own_rival() -> None:
    lead = replace(LEAD, tolls=(Toll("killed", 3, 3), Toll("killed", 1, 1, "child")))
    assert len(merge_retold([lead, replace(lead, id="clm-2", trigger=Span(40, 44))], len(TITLE))) == 1


def test_claims_come_in_the_order_of_the_text() -> None:
    claims = [replace(LEAD, actor=()), replace(HEADLINE, type="PROTEST")]
    assert [c.evidence.start for c in merge_retold(claims, len(TITLE))] == [0, 23]
    assert merge_retold([], 0) == []
