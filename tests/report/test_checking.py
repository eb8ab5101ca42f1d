"""A sentence whose records lack its names, numbers, dates or quotations is refused."""

from __future__ import annotations

import pytest

from tests.report.pictures import ATTACK, DENIED, EARLIER, HOT, NOW, OUTLOOK, PICTURE, PROTEST, REQUEST, SHOT, SILENT
from tocsin.report import Sentence, check_report, draft_report, replace_sentence
from tocsin.report.checking import check_sentence
from tocsin.report.picture import cite_outlook, cite_tension
from tocsin.report.sentences import HEARD
from tocsin.report.support import SupportIndex

INDEX = SupportIndex(PICTURE, "Orle district", (REQUEST.since, REQUEST.until, NOW))
BOTH = (ATTACK.id, PROTEST.id)


def find_problems(text: str, *cites: str) -> tuple[str, ...]:
    return check_sentence(Sentence("x", text, cites or (ATTACK.id,)), INDEX)


@pytest.mark.parametrize(
    ("text", "cites"),
    [
        ("Gunmen shot two officers at Orle bridge on 12 March 2031.", (ATTACK.id,)),
        ("Two officers were killed, the ministry of Valdena said; Mayor Torn denies it.", (ATTACK.id,)),
        ("2 killed at Orle (12 Mar).", (ATTACK.id,)),
        ("In Orle district two incidents are known.", BOTH),
        ("Some 1,200 students marched on Monday.", (PROTEST.id,)),
        ("About one thousand two hundred students marched to Old Mill.", (PROTEST.id,)),
        ("ORLE BRIDGE: OFFICERS SHOT", (ATTACK.id,)),
        ("The mayor, Ilva Torn, “denied that anybody was shot at Orle”.", (ATTACK.id,)),
        ("The mayor said: “denied that anybody … at Orle”.", (ATTACK.id,)),
        ("Valdena's ministry says so (B2).", (SHOT.id,)),
        ("Nobody else confirms it.", (ATTACK.id,)),
        ("Villagers and police stayed away.", (ATTACK.id,)),
        ("Two outlets carried it: Radio Orle and The Gazette.", (ATTACK.id,)),
        ("It was first reported at 09:30 UTC.", (ATTACK.id,)),
        ("It happened on a Wednesday.", (ATTACK.id,)),
        ("The chance is 30 %.", (cite_outlook(OUTLOOK),)),
        ("The level stands at 19.2, or 19.", (cite_tension(HOT),)),
        ("Hill Wire was silent; 3 articles were heard.", (HEARD,)),
        ("Hill Wire is silent.", (SILENT.id,)),
        ("Nothing new at Valdena Cross since 2 March.", (EARLIER.id,)),
        ("Between 8 and 15 March 2031 nothing else is known.", (ATTACK.id,)),
    ],
)
def test_what_the_records_hold_passes(text: str, cites: tuple[str, ...]) -> None:
    assert find_problems(text, *cites) == ()


@pytest.mark.parametrize(
    ("text", "cites", "named"),
    [
        ("Gunmen shot three officers.", (ATTACK.id,), "'three'"),
        ("12 officers were killed.", (ATTACK.id,), "'12'"),
        ("Dozens were killed.", (ATTACK.id,), "'dozens'"),
        ("A hundred officers were shot.", (ATTACK.id,), "'hundred'"),
        ("Half of the officers were shot.", (ATTACK.id,), "'half'"),
        ("Two-thirds of the officers were shot.", (ATTACK.id,), "'two thirds'"),
        ("It happened at Marlow bridge.", (ATTACK.id,), "'Marlow'"),
        ("Marlow was hit as well.", (ATTACK.id,), "'Marlow'"),
        ("Colonel Aster Venn gave the order.", (ATTACK.id,), "'Aster Venn'"),
        ("Mayor Ilva Arden denies it.", (ATTACK.id,), "'Ilva Arden'"),
        ("It happened on 13 March.", (ATTACK.id,), "'13 March'"),
        ("It happened on 12 March 2030.", (ATTACK.id,), "'12 March 2030'"),
        ("It happened in April 2031.", (ATTACK.id,), "'April 2031'"),
        ("It happened on Friday.", (ATTACK.id,), "Friday"),
        ("It happened at 04:15.", (ATTACK.id,), "'04:15'"),
        ("③ officers were shot.", (ATTACK.id,), "'③'"),
        ("½ of the officers were shot.", (ATTACK.id,), "'½'"),
        ("The mayor said “they shot first”.", (ATTACK.id,), "they shot first"),
        ("The grade is A1.", (ATTACK.id,), "'A1'"),
        ("Some 1,200 students marched.", (ATTACK.id,), "'1,200'"),
        ("Three incidents are known.", BOTH, "'Three'".lower()),
        ("A T-72 was seen.", (ATTACK.id,), "'T-72'"),
        ("قتل الضابط", (ATTACK.id,), "قتل"),
        ("死亡 at the bridge", (ATTACK.id,), "死亡"),
        ("The level stands at 21.3.", (cite_tension(HOT),), "'21.3'"),
    ],
)
def test_what_they_lack_is_refused_and_named(text: str, cites: tuple[str, ...], named: str) -> None:
    problems = find_problems(text, *cites)
    assert problems
    assert any(named in problem for problem in problems), problems


def test_a_sentence_must_cite() -> None:
    assert check_sentence(Sentence("x", "It rained.", ()), INDEX) == (
        "it cites nothing: name the incidents or claims that it stands on",
    )


def test_an_unknown_record_supports_nothing() -> None:
    problems = find_problems("Two officers were shot.", "inc_unknown")
    assert "does" not in problems[0]
    assert "'inc_unknown'" in problems[0]
    assert any("'two'" in problem for problem in problems)


def test_a_claim_cited_with_its_incident_stands_alone() -> None:
    """What the mayor says may not be put into the ministry's mouth: its claim does not hold his words."""
    assert find_problems("Mayor Torn says so.", ATTACK.id, SHOT.id)
    assert find_problems("Mayor Torn says so.", ATTACK.id, DENIED.id) == ()
    assert find_problems("The ministry says that 0 were killed.", ATTACK.id, SHOT.id)
    assert find_problems("0 were killed, by the lowest count.", ATTACK.id) == ()


def test_the_label_is_checked_too() -> None:
    sentence = Sentence("x", "says so.", (ATTACK.id,), label="Colonel Venn")
    assert check_sentence(sentence, INDEX)


def test_an_edited_report_names_the_sentence_at_fault() -> None:
    report = draft_report(REQUEST, PICTURE, now=NOW)
    good = replace_sentence(
        report, f"incidents/{ATTACK.id}/facts", "Two officers were shot at Orle bridge, it is said."
    )
    bad = replace_sentence(
        report, f"incidents/{ATTACK.id}/facts", "Nine officers were shot at Orle bridge, it is said."
    )
    assert check_report(good, PICTURE) == {}
    assert list(check_report(bad, PICTURE)) == [f"incidents/{ATTACK.id}/facts"]
