"""From numbers made by hand to claims in the codebook's fields."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reading.checking import check_spans
from tests.reading.made import MadeAct, find_words, make_outputs, make_window, no_weights
from tocsin.reading.composing import compose_claim, cut_span
from tocsin.reading.decoding import find_acts
from tocsin.reading.labels import ROLES, load_heads
from tocsin.reading.merging import merge_retold
from tocsin.reading.outputs import Outputs
from tocsin.reading.reader import make_setting, make_words
from tocsin.reading.scene import Setting, make_scene
from tocsin.reading.segments import Segment
from tocsin.records import Article, Attribution, Claim, EventType, PlaceMention, Span, Toll, TollKind

PUBLISHED = datetime(2022, 7, 31, 21, 38, tzinfo=UTC)  # a Sunday
WORDS = make_words()
TEXT = (
    "Pakistani troops shelled Orle on Friday, killing nine villagers and wounding at least 30, the mayor said.\n"
    "In 1998 they had left the valley. Talks will open on Tuesday."
)
SHELLED = {
    "actor": ["Pakistani troops"], "recipient": ["Orle"], "place": ["Orle"], "date": ["on Friday"],
    "toll": ["nine villagers", "at least 30"], "speaker": ["the mayor"], "cue": ["said"],
}  # fmt: skip


def make_article_setting(text: str, published: datetime | None = PUBLISHED) -> Setting:
    return make_setting(Article("art-1", text, PUBLISHED, published_at=published), WORDS, "made/1")


def compose(text: str, *acts: MadeAct, published: datetime | None = PUBLISHED, **made: object) -> list[Claim]:
    outputs = make_outputs(text, acts, **made)  # type: ignore[arg-type]
    setting = make_article_setting(text, published)
    acts_found = find_acts(outputs)
    scene = make_scene(outputs, setting, acts_found)
    claims = [compose_claim(act, scene)[0] for act in acts_found]
    check_spans(text, tuple(claims))
    return claims


def one(text: str, act: MadeAct, **made: object) -> Claim:
    (claim,) = compose(text, act, **made)  # type: ignore[arg-type]
    return claim


def test_all_fields_of_a_claim() -> None:
    act = MadeAct("shelled", "ASSAULT", SHELLED, {"mode": "ASSAULT/aerial", "links": "1"})
    claim = one(TEXT, act)
    assert (claim.type, claim.mode, claim.modality, claim.certainty) == ("ASSAULT", "aerial", "actual", "asserted")
    assert [(p.text, p.country, p.sector) for p in claim.actor] == [("Pakistani troops", "PAK", "MIL")]
    assert [p.text for p in claim.recipient] == ["Orle"]
    assert [m.name for m in claim.mentions] == ["Orle"]
    assert str(claim.date) == "2022-07-29"
    assert [(t.kind, t.low, t.high) for t in claim.tolls] == [("killed", 9, 9), ("injured", 30, None)]
    assert [(a.speaker, a.cue) for a in claim.attribution] == [("the mayor", "said")]
    assert claim.trigger is not None
    assert claim.trigger.cut(TEXT) == "shelled"
    assert (claim.reader, claim.article_id, claim.background, claim.place) == ("made/1", "art-1", False, None)
    assert 0.9 < (claim.score or 0) <= 1


def test_every_decision_has_a_reason() -> None:
    claim = one(TEXT, MadeAct("shelled", "ASSAULT", SHELLED, {"links": "1"}))
    rules = {reason.rule for reason in claim.reasons}
    assert {"head-trigger", "head-mode", "head-modality", "head-certainty", "head-background"} <= rules
    assert {"arc-actor", "arc-recipient", "arc-place", "arc-speaker", "party-code"} <= rules
    assert any(rule.startswith("date-") for rule in rules)
    assert all(0 <= r.weight <= 1 for r in claim.reasons if r.weight is not None)


def test_what_no_arc_points_at_is_absent() -> None:
    claim = one(TEXT, MadeAct("shelled", "ASSAULT"))
    assert (claim.actor, claim.recipient, claim.mentions, claim.tolls) == ((), (), (), ())
    assert (claim.date, claim.attribution, claim.mode) == (None, (), None)


# --- evidence
def test_evidence_is_the_passage_of_the_arcs_or_else_the_sentence() -> None:
    passage = "Pakistani troops shelled Orle on Friday"
    assert one(TEXT, MadeAct("shelled", "ASSAULT", {"evidence": [passage]})).evidence.text == passage
    assert one(TEXT, MadeAct("shelled", "ASSAULT")).evidence.text == TEXT.split("\n")[0]
    # a passage that does not hold the trigger is none of its own
    elsewhere = MadeAct("left", "RETREAT", {"evidence": ["the mayor said"]})
    assert one(TEXT, elsewhere).evidence.text == "In 1998 they had left the valley."


def test_evidence_has_no_quotation_mark_at_its_edges() -> None:
    text = 'He spoke. "We will shell Orle," the mayor said.'
    claim = one(text, MadeAct("shell", "THREATEN", {"evidence": ['"We will shell Orle,"']}))
    assert claim.evidence.text == "We will shell Orle"


def test_evidence_holds_a_trigger_that_is_a_mark() -> None:
    text = "He spoke: “Shell Orle” — rebels heard."
    assert "—" in one(text, MadeAct("—", "THREATEN", {"evidence": ["“Shell Orle” —"]})).evidence.text


@pytest.mark.parametrize(
    ("phrase", "left"),
    [
        ("“the army,”", "the army"),
        ("(UPI", "UPI"),
        ("the Popular Pact (UPI", "the Popular Pact (UPI)"),
        ("— Lund,", "Lund"),
        ("St. Orle.", "St. Orle."),
        ("“", None),
    ],
)
def test_cut_span(phrase: str, left: str | None) -> None:
    text = "Rebels met “the army,” then the Popular Pact (UPI), he said — Lund, of St. Orle."
    window = make_window(text)
    words = find_words(window, text, phrase)
    side = np.zeros((window.words, len(ROLES)), np.float32)
    outputs = Outputs(window, side, side, side, no_weights())
    span = cut_span(Segment(words[0], words[-1] + 1, 1.0), outputs, text)
    assert (span.cut(text) if span else None) == left


# --- parties
def test_a_party_named_twice_is_one_and_a_whole_passage_is_none() -> None:
    text = f"Troops, police and Troops fought; the crowd{' of people' * 40} fled."
    claim = one(text, MadeAct("fought", "ASSAULT", {"actor": ["Troops", "police"], "recipient": [text[35:-6]]}))
    assert [p.text for p in claim.actor] == ["Troops", "police"]
    assert claim.recipient == ()


# --- chains
CHAIN = "State television said the governor had told it that rebels reportedly attacked Orle."


def test_a_chain_of_two_links_outermost_first() -> None:
    fillers = {
        "speaker": ["State television"], "cue": ["said"], "inner_speaker": ["the governor"], "inner_cue": ["told"],
    }  # fmt: skip
    kinds = [("State television", "kind", "media"), ("the governor", "kind", "official")]
    claim = one(CHAIN, MadeAct("attacked", "ASSAULT", fillers, {"links": "2"}), words_are=kinds)
    told = [(a.speaker, a.kind, a.cue) for a in claim.attribution]
    assert told == [("State television", "media", "said"), ("the governor", "official", "told")]
    assert claim.speaker == "State television"
    claim = one(CHAIN, MadeAct("attacked", "ASSAULT", fillers, {"links": "1"}), words_are=kinds)
    assert [a.speaker for a in claim.attribution] == ["State television"]
    assert one(CHAIN, MadeAct("attacked", "ASSAULT", fillers, {"links": "0"})).attribution == ()


def test_hearsay_without_a_speaker_is_a_link_and_says_so() -> None:
    claim = one("Rebels reportedly attacked Orle.", MadeAct("attacked", "ASSAULT", {}, {"links": "0"}))
    assert [(a.speaker, a.kind, a.cue) for a in claim.attribution] == [(None, "unspecified", "reportedly")]
    assert any(reason.rule == "hearsay" for reason in claim.reasons)


def test_hearsay_has_no_speaker() -> None:
    claim = one(CHAIN, MadeAct("attacked", "ASSAULT", {"cue": ["reportedly"]}, {"links": "1", "certainty": "hedged"}))
    start = CHAIN.index("reportedly")
    (link,) = claim.attribution
    assert link == Attribution(None, "unspecified", "reportedly", link.span)
    assert link.span is not None
    assert link.span.start == start
    assert claim.certainty == "hedged"


def test_one_speaker_is_one_link() -> None:
    fillers = {"speaker": ["the governor"], "cue": ["said"], "inner_speaker": ["the governor"], "inner_cue": ["told"]}
    claim = one(CHAIN, MadeAct("attacked", "ASSAULT", fillers, {"links": "2"}))
    assert [a.speaker for a in claim.attribution] == ["the governor"]


def test_where_the_head_is_unsure_words_tell_the_kind_of_speaker() -> None:
    outputs = make_outputs(CHAIN, [MadeAct("attacked", "ASSAULT", {"speaker": ["State television"]}, {"links": "1"})])
    outputs.heads[:, load_heads()["kind"].columns] = 0
    (act,) = find_acts(outputs)
    setting = make_article_setting(CHAIN)
    (link,) = compose_claim(act, make_scene(outputs, setting))[0].attribution
    assert link.kind == "media"


# --- dates
def test_the_date_that_is_pointed_at() -> None:
    claim = one(TEXT, MadeAct("shelled", "ASSAULT", {"date": ["on Tuesday"]}))
    assert str(claim.date) == "2022-07-26"
    claim = one(TEXT, MadeAct("open", "CONSULT", {"date": ["on Tuesday"]}, {"modality": "planned"}))
    assert str(claim.date) == "2022-08-02"
    assert claim.type == "AGREE"
    assert "future-cooperation" in {r.rule for r in claim.reasons}
    assert one(TEXT, MadeAct("open", "CONSULT", {"date": ["Talks will"]})).date is None


def test_a_threat_that_hangs_on_an_if_was_made_on_the_day_told() -> None:
    text = "Rebels warned on Friday that they would attack on Tuesday if the army came."
    threat = MadeAct("warned", "THREATEN", {"date": ["on Friday"]}, {"modality": "conditional"})
    assert str(one(text, threat).date) == "2022-07-29"
    attack = MadeAct("attack", "ASSAULT", {"date": ["on Tuesday"]}, {"modality": "conditional"})
    assert str(one(text, attack).date) == "2022-08-02"


def test_a_plan_is_not_dated_to_the_day_it_was_announced() -> None:
    text = "The ministry said on 20 July that it would send 500 police."
    assert one(text, MadeAct("send", "MOBILIZE", {"date": ["20 July"]}, {"modality": "planned"})).date is None
    text = "The ministry said it would send 500 police on 20 August."
    plan = one(text, MadeAct("send", "MOBILIZE", {"date": ["20 August"]}, {"modality": "planned"}))
    assert str(plan.date) == "2022-08-20"


def test_what_is_promised_for_a_month_lies_ahead() -> None:
    claim = one("They agreed to hold talks in June.", MadeAct("agreed", "AGREE", {"date": ["June"]}))
    assert (str(claim.date), claim.background) == ("2023-06", False)
    claim = one("They agreed in June to hold talks.", MadeAct("agreed", "AGREE", {"date": ["June"]}))
    assert (str(claim.date), claim.background) == ("2022-06", True)


def test_without_a_day_of_publication_only_full_dates_are_read() -> None:
    acts = [MadeAct("shelled", "ASSAULT", {"date": ["on Friday"]}), MadeAct("left", "RETREAT", {"date": ["In 1998"]})]
    assert [str(c.date) for c in compose(TEXT, *acts, published=None)] == ["None", "1998"]


def test_what_is_long_past_is_background_and_says_why() -> None:
    claim = one(TEXT, MadeAct("left", "RETREAT", {"date": ["In 1998"]}))
    assert claim.background
    assert "long-past" in {r.rule for r in claim.reasons}
    claim = one(TEXT, MadeAct("left", "RETREAT", classes={"background": "background"}))
    assert claim.background
    assert "long-past" not in {r.rule for r in claim.reasons}
    assert not one(TEXT, MadeAct("shelled", "ASSAULT", {"date": ["on Friday"]})).background


# --- tolls
def test_a_count_without_an_arc_is_no_toll() -> None:
    claim = one(TEXT, MadeAct("shelled", "ASSAULT", {"toll": ["nine villagers"]}))
    assert claim.tolls == (Toll("killed", 9, 9, "villagers"),)


@pytest.mark.parametrize(
    ("text", "type_", "trigger", "recipient", "kinds"),
    [
        ("The raid killed Corporal Dren Vasa.", "ASSAULT", "killed", "Corporal Dren Vasa", ["killed"]),
        ("Ana Vels, 34, was abducted there.", "ASSAULT", "abducted", "Ana Vels, 34", ["abducted"]),
        ("Police arrested the mayor of Orle.", "COERCE", "arrested", "the mayor of Orle", ["arrested"]),
        ("Gunmen shot Judge Ivo Rane.", "ASSAULT", "shot", "Judge Ivo Rane", []),
        ("The blast killed the villagers.", "ASSAULT", "killed", "the villagers", []),
        ("Police arrested the staff.", "COERCE", "arrested", "the staff", []),
        ("The army praised Judge Ivo Rane.", "SUPPORT", "praised", "Judge Ivo Rane", []),
    ],
)
def test_one_person_without_a_number(
    text: str, type_: EventType, trigger: str, recipient: str, kinds: list[TollKind]
) -> None:
    claim = one(text, MadeAct(trigger, type_, {"recipient": [recipient]}))
    assert claim.tolls == tuple(Toll(kind, 1, 1, recipient) for kind in kinds)


def test_a_toll_says_how_it_was_read() -> None:
    claim = one(TEXT, MadeAct("shelled", "ASSAULT", {"toll": ["at least 30"]}))
    (reason,) = [r for r in claim.reasons if r.rule.startswith("number-")]
    assert reason.detail == "'at least 30' is 30 or more"
    assert reason.weight is not None
    assert 0.5 < reason.weight <= 1


def test_one_count_is_one_toll() -> None:
    text = "Police arrested 14 men. Police arrested 14 men."
    claim = one(text, MadeAct("arrested", "COERCE", {"toll": ["14 men. Police arrested 14 men"]}))
    assert [(t.kind, t.low, t.high) for t in claim.tolls] == [("arrested", 14, 14)]


def test_a_sum_gives_way_to_its_parts() -> None:
    text = "They held a lieutenant and eleven soldiers."
    parts = one(text, MadeAct("held", "COERCE", {"toll": ["a lieutenant and eleven soldiers"]}))
    assert [(t.low, t.whom) for t in parts.tolls] == [(1, "lieutenant"), (11, "soldiers")]


def test_those_who_attack_are_no_toll_of_it() -> None:
    text = "Some 300 soldiers attacked the village."
    act = MadeAct("attacked", "ASSAULT", {"actor": ["Some 300 soldiers"], "toll": ["Some 300"]})
    assert one(text, act).tolls == ()


def test_the_next_sentence_tells_the_toll_where_it_tells_no_other_act() -> None:
    text = "His guards opened fire. A policeman was wounded."
    fired = MadeAct("opened", "ASSAULT", {"toll": ["A policeman"], "evidence": ["His guards opened fire"]})
    assert [(t.kind, t.low) for t in one(text, fired).tolls] == [("injured", 1)]
    wounded = MadeAct("wounded", "ASSAULT", {"evidence": ["A policeman was wounded"]})
    faint = MadeAct("opened", "ASSAULT", {"evidence": ["His guards opened fire"]})
    assert [c.tolls for c in compose(text, faint, wounded)] == [(), ()]


def test_what_was_let_go_is_told_by_what_was_named_before() -> None:
    text = "The lorries stood there. By noon they had let nine of them pass."
    act = MadeAct("let", "RETREAT", {"toll": ["nine"]}, {"mode": "RETREAT/access"})
    (claim,) = compose(text, act, words_are=[("nine", "toll", "vehicles")])
    assert [(t.kind, t.low) for t in claim.tolls] == [("vehicles", 9)]


# --- whatever the numbers say
TEXTS = (
    TEXT, CHAIN, "“",
    '"(Gen. Lund)" — killed 3-5 men, “or” so.\n\n- On 3 May 2021: "Nobody knows," (he said).\n* ... !',
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(TEXTS), st.integers(0, 2**32 - 1), st.floats(0.5, 12))
def test_any_numbers_give_sound_claims(text: str, seed: int, size: float) -> None:
    rng = np.random.default_rng(seed)
    window, width = make_window(text), 4
    columns = max(head.stop for head in load_heads().values())
    shapes = (columns, len(ROLES) * width, len(ROLES) * width)
    sides = [rng.normal(0, size, (window.words, n)).astype(np.float32) for n in shapes]
    outputs = Outputs(window, *sides, no_weights())
    setting = make_article_setting(text)
    scene = make_scene(outputs, setting)
    claims = [compose_claim(act, scene)[0] for act in find_acts(outputs)]
    assert all(c.date is None or c.date.start <= date(2022, 12, 31) for c in claims)
    check_spans(text, tuple(merge_retold(claims, 0)))


def test_a_verb_without_a_second_speaker_is_the_first_ones() -> None:
    text = "EXERCISE: A leaflet found in Kest said the front would shell Orle."
    fillers = {"actor": ["the front"], "speaker": ["A leaflet found in Kest"], "inner_cue": ["said"]}
    claim = one(text, MadeAct("shell", "ASSAULT", fillers, {"links": "2"}))
    assert [(link.speaker, link.cue) for link in claim.attribution] == [("A leaflet found in Kest", "said")]


def test_a_party_ends_before_a_dash_between_spaces() -> None:
    """EXERCISE."""
    act = MadeAct("shell", "ASSAULT", {"actor": ["Rebels"], "recipient": ["Orle hospital \u2013 army"]})
    assert [p.text for p in one("Rebels shell Orle hospital \u2013 army", act).recipient] == ["Orle hospital"]
    act = MadeAct("shell", "ASSAULT", {"recipient": ["the two-town council"]})
    assert [p.text for p in one("Rebels shell the two-town council", act).recipient] == ["the two-town council"]


@pytest.mark.parametrize(
    ("text", "recipients"),
    [
        ("\u201cRebels burned the mill,\u201d said Father Roe.", []),
        ("\u201cRebels burned my mill,\u201d said Father Roe.", ["Father Roe"]),
        ("Father Roe said rebels burned the mill.", ["Father Roe"]),
    ],
)
def test_who_speaks_behind_the_words_is_not_whom_it_was_done_to(text: str, recipients: list[str]) -> None:
    """EXERCISE."""
    roles = {"recipient": ["Father Roe"], "speaker": ["Father Roe"], "cue": ["said"], "evidence": [text]}
    claim = one(text, MadeAct("burned", "ASSAULT", roles, {"links": "1"}))
    assert [p.text for p in claim.recipient] == recipients
    assert claim.speaker == "Father Roe"


def test_a_speaker_ends_before_his_verb() -> None:
    """EXERCISE."""
    text = "Rebels burned the mill, a resident said by telephone."
    roles = {"actor": ["Rebels"], "speaker": ["a resident said by telephone"], "cue": ["said"]}
    assert one(text, MadeAct("burned", "ASSAULT", roles, {"links": "1"})).speaker == "a resident"


def test_a_town_is_where_it_was_done_and_not_whom_it_was_done_to() -> None:
    """EXERCISE."""
    text = "Rebels shelled Kest."
    outputs = make_outputs(text, [MadeAct("shelled", "ASSAULT", {"actor": ["Rebels"], "recipient": ["Kest"]})])
    setting, (act,) = make_article_setting(text), find_acts(outputs)
    at = Span(text.index("Kest"), text.index("Kest") + 4)
    for score, left in ((0.9, []), (0.2, ["Kest"]), (None, ["Kest"])):
        scene = make_scene(outputs, setting, [act], [PlaceMention("Kest", at, score)])
        assert [p.text for p in compose_claim(act, scene)[0].recipient] == left


@pytest.mark.parametrize(
    ("text", "actors"),
    [
        ("Rockets were fired from Lebanon on Monday.", []),
        ("Rockets were fired late from Lebanon on Monday.", []),
        ("Rockets were fired by Lebanon on Monday.", ["Lebanon"]),
    ],
)
def test_where_rockets_come_from_fired_none(text: str, actors: list[str]) -> None:
    """EXERCISE."""
    claim = one(text, MadeAct("fired", "ASSAULT", {"actor": ["Lebanon"]}))
    assert [p.text for p in claim.actor] == actors


@pytest.mark.parametrize(
    ("said", "actor"),
    [
        ("The Red Cross said it had suspended its work.", "The Red Cross"),
        ("The Red Cross said on Friday it had suspended its work.", "The Red Cross"),
        ("The Red Cross said they would have suspended its work.", "The Red Cross"),
        ("The Red Cross said it had been suspended by decree.", "the rebels"),
        ("The Red Cross said the guards had suspended its work.", "the rebels"),
        ("A Red Cross spokesman said it had suspended its work.", "the rebels"),
    ],
)
def test_what_a_body_says_it_did_nobody_else_did(said: str, actor: str) -> None:
    """EXERCISE."""
    text = f"They fought the rebels. {said}"
    speaker = said.partition(" said")[0]
    roles = {"actor": ["the rebels"], "speaker": [speaker], "cue": ["said"]}
    claim = one(text, MadeAct("suspended", "SANCTION", roles, {"links": "1"}))
    assert [p.text for p in claim.actor] == [actor]
