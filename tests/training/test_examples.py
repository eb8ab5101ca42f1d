"""What the encoder is asked about each word: where the words of a record stand in its text, and what is not known."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from training.examples import (
    Bounds,
    Example,
    Point,
    crop_article,
    find_words,
    make_article_examples,
    make_place_example,
    make_saying_examples,
    make_sentence_example,
    make_standing_example,
    read_day,
)

from tests.training.made import (
    Record,
    cut_one,
    know,
    make_article,
    make_claim,
    make_link,
    make_party,
    make_place,
    make_toll,
    quote,
    spell,
)
from tocsin.reading.labels import CLAIM_ROLES, MOST_LINKS, SAYING_ROLES, load_heads
from tocsin.reading.wordpieces import Window, cut_windows

SPELLING = spell()
PARTS = ["Rebels shelled Orle.", "the army", "St.", " - ", "\n", "\n\n", "3,500", "Kéttér", "“no”", "x" * 40, "\u200b"]
JUNK = st.lists(st.one_of(st.text(max_size=12), st.sampled_from(PARTS)), max_size=20).map(" ".join)


def ask(record: Record) -> Example:
    """The only window of an article."""
    (example,) = make_article_examples(record, know(record["text"]))
    return example


def ask_claim(text: str, evidence: str, trigger: str, **fields: Any) -> tuple[Example, Point]:
    """The only window and the only point of an article of one claim."""
    example = ask(make_article(text, make_claim(text, evidence, trigger, **fields)))
    (point,) = example.points
    return example, point


def read_fillers(example: Example, point: Point, text: str) -> dict[str, list[str]]:
    return {role: [quote(example.window, text, b) for b in spans] for role, spans in point.fillers.items()}


def read_starts(example: Example, spans: list[Bounds]) -> list[int]:
    """The first characters of some stretches of words."""
    return [int(example.window.starts[first]) for first, _ in spans]


def read_classes(example: Example, text: str) -> set[tuple[str, str, str]]:
    """(head, word as written, class) of single words."""
    return {(head, quote(example.window, text, (w, w + 1)), name) for head, w, name in example.words_are}


def read_phrases(example: Example, text: str) -> set[tuple[str, str]]:
    return {(kind, quote(example.window, text, (first, last + 1))) for kind, first, last in example.phrases}


# --- words of a stretch


@settings(deadline=None)
@given(text=JUNK, ends=st.tuples(st.integers(0, 300), st.integers(1, 80)), longest=st.sampled_from([40, 512]))
def test_the_words_of_a_stretch_are_all_that_touch_it(text: str, ends: tuple[int, int], longest: int) -> None:
    start, end = ends[0], ends[0] + ends[1]
    for window in cut_windows(text, SPELLING, longest):
        touched = [
            i for i, (s, e) in enumerate(zip(window.starts, window.ends, strict=True)) if s < end and start < e
        ]  # fmt: skip
        found = find_words(window, start, end)
        assert (list(range(*found)) if found else []) == touched


@settings(deadline=None)
@given(text=JUNK, data=st.data())
def test_whole_words_come_back_as_they_went_in(text: str, data: st.DataObject) -> None:
    for window in cut_windows(text, SPELLING, 60):
        first = data.draw(st.integers(0, window.words - 1))
        last = data.draw(st.integers(first, window.words - 1))
        assert find_words(window, int(window.starts[first]), int(window.ends[last])) == (first, last + 1)


def test_a_stretch_between_words_or_outside_the_window_has_none() -> None:
    window = cut_one("The  town fell.")
    assert find_words(window, 3, 5) is None
    assert find_words(window, 15, 30) is None
    assert find_words(window, 12, 30) == (2, 4)


# --- triggers


def test_the_trigger_is_the_one_in_its_passage() -> None:
    text = "Strikes hit Orle\n\nDockers struck. Nurses struck on Monday, and teachers struck too."
    example, point = ask_claim(text, "Nurses struck on Monday", "struck")
    assert read_starts(example, [(point.word, point.word + 1)]) == [text.index("struck on")]
    assert read_fillers(example, point, text)["evidence"] == ["Nurses struck on Monday"]
    assert example.is_whole
    assert not example.is_said
    assert ("passage", "Nurses struck on Monday") in read_phrases(example, text)


@pytest.mark.parametrize(
    ("evidence", "trigger", "word"),
    [
        ("The unarmed crowd armed itself", "armed", "armed"),  # no part of a word
        ("Gunmen opened fire", "opened fire", "opened"),  # the first word of several
        ("Police Fire on crowd", "fire", "Fire"),  # another spelling where its own is not there
        ("The crowd marched", "protested", "The"),  # not there at all: the passage's first word stands for it
    ],
)
def test_the_word_of_a_trigger(evidence: str, trigger: str, word: str) -> None:
    text = f"Orle news. {evidence}."
    example, point = ask_claim(text, evidence, trigger)
    assert quote(example.window, text, (point.word, point.word + 1)) == word


def test_what_a_trigger_is() -> None:
    text = "Dockers may block the quay."
    told = {"mode": "obstruct", "modality": "planned", "certainty": "hedged", "background": True}
    links = [make_link(None, None)] * (MOST_LINKS + 1)
    _, point = ask_claim(text, text, "block", attribution=links, **told)
    assert point.classes == {
        "trigger": "PROTEST", "mode": "PROTEST/obstruct", "modality": "planned", "certainty": "hedged",
        "background": "background", "links": str(MOST_LINKS),
    }  # fmt: skip
    _, point = ask_claim(text, text, "block")
    assert point.classes == {
        "trigger": "PROTEST", "mode": "none", "modality": "actual", "certainty": "asserted", "background": "news",
        "links": "0",
    }  # fmt: skip
    heads = load_heads()
    assert all(name in heads[head].classes for head, name in point.classes.items())


# --- parties

FILLING = "Nothing else was known. " * 12  # more than 200 characters


@pytest.mark.parametrize(
    ("before", "evidence", "after", "where"),
    [
        # in the passage, however near another one stands
        ("The army. ", "Troops of the army marched", " the army.", "inside"),
        # of two in the passage the nearer to the trigger
        ("", "The army, said the army, marched", "", "said"),
        # outside: the nearer one, before
        ("The army came. The army left. ", "Troops marched", " to where the army was.", "left"),
        # or after, within a line
        (f"The army. {FILLING}", "Troops marched", " for the army.", "after"),
        # but not from far below while there is one before
        (f"The army. {FILLING * 3}", "Troops marched", f". {FILLING} The army.", "first"),
        # far below is better than nowhere
        ("", "Troops marched", f". {FILLING} The army.", "last"),
    ],
)
def test_of_many_mentions_the_one_that_is_meant(before: str, evidence: str, after: str, where: str) -> None:
    text = f"{before}{evidence}{after}"
    # written as it stands here: without that spelling capitals would decide
    name = "army"
    example, point = ask_claim(text, evidence, "marched", actor=[name])
    wanted = {
        "inside": text.find("army marched"), "said": text.find("army, marched"), "left": text.find("army left"),
        "after": text.rfind("army"), "first": text.find("army"), "last": text.rfind("army"),
    }[where]  # fmt: skip
    assert wanted >= 0
    assert read_starts(example, point.fillers["actor"]) == [wanted]


def test_its_own_spelling_comes_first_and_another_is_taken_where_there_is_none() -> None:
    text = "The Front spoke. The front moved and the army marched."
    for name, wanted in (("The Front", 0), ("THE FRONT", 17)):
        example, point = ask_claim(text, "The front moved and the army marched", "marched", actor=[name])
        assert read_starts(example, point.fillers["actor"]) == [wanted]


def test_parties_that_stand_nowhere_are_not_known_and_not_absent() -> None:
    text = "Dockers and nurses marched."
    example, point = ask_claim(text, text, "marched", actor=["Dockers", "nurses"], recipient=["the mayor"])
    told = read_fillers(example, point, text)
    assert told["actor"] == ["Dockers", "nurses"]
    assert "recipient" not in told
    example, point = ask_claim(text, text, "marched", actor=["Dockers", "the army"])
    told = read_fillers(example, point, text)
    assert "actor" not in told  # one of them is missing: which words are not the actor is not known
    assert told["recipient"] == []  # no party is known to be none
    # part of a word is no mention
    _, point = ask_claim(text, text, "marched", actor=["nurse"])
    assert "actor" not in point.fillers


def test_parties_end_as_phrases_and_have_their_sector() -> None:
    text = "Striking dockers of Senn met the navy and refugees."
    parties = {
        "actor": [make_party("Striking dockers of Senn", "CVL")],
        "recipient": [make_party("the navy", "MIL"), make_party("refugees", "REF")],
    }
    example, _ = ask_claim(text, text, "met", **parties)
    assert read_phrases(example, text) >= {
        ("party", "Striking dockers of Senn"), ("party", "the navy"), ("party", "refugees"),
    }  # fmt: skip
    # REF is no sector of the codebook
    assert read_classes(example, text) == {
        *(("sector", word, "CVL") for word in ("Striking", "dockers", "of", "Senn")),
        ("sector", "the", "MIL"), ("sector", "navy", "MIL"),
    }  # fmt: skip


def test_a_sector_is_learnt_from_the_party_that_is_found() -> None:
    text = "Dockers marched."
    parties = [make_party("Dockers", "CVL"), make_party("the navy", "MIL")]
    example, point = ask_claim(text, text, "marched", actor=parties)
    assert "actor" not in point.fillers
    assert read_classes(example, text) == {("sector", "Dockers", "CVL")}


def test_places() -> None:
    text = "Orle. Dockers marched in Senn."
    for place, wanted in ((make_place("Senn"), ["Senn"]), (None, []), (make_place("Ketter"), "unknown")):
        example, point = ask_claim(text, "Dockers marched in Senn", "marched", place=place)
        assert read_fillers(example, point, text).get("place", "unknown") == wanted
        assert (("place", "Senn") in read_phrases(example, text)) == (wanted == ["Senn"])


# --- who says so


def test_speakers_and_cues() -> None:
    text = "The mayor said talks began. Dockers marched, the police told Radio Ketter, which said so."
    links = [make_link("Radio Ketter", "said", "media"), make_link("the police", "told", "force")]
    example, point = ask_claim(text, "Dockers marched", "marched", attribution=links)
    told = read_fillers(example, point, text)
    assert {role: told[role] for role in ("speaker", "cue", "inner_speaker", "inner_cue")} == {
        "speaker": ["Radio Ketter"], "cue": ["said"], "inner_speaker": ["the police"], "inner_cue": ["told"],
    }  # fmt: skip
    # the cue is the one next to who speaks, not the mayor's
    assert read_starts(example, point.fillers["cue"]) == [text.index("said so")]
    assert read_phrases(example, text) >= {("speaker", "Radio Ketter"), ("speaker", "the police")}
    assert read_classes(example, text) == {
        ("kind", "Radio", "media"), ("kind", "Ketter", "media"), ("kind", "the", "force"), ("kind", "police", "force"),
    }  # fmt: skip


def test_no_link_is_known_to_be_none() -> None:
    text = "Dockers marched."
    _, point = ask_claim(text, text, "marched")
    assert all(point.fillers[role] == [] for role in ("speaker", "cue", "inner_speaker", "inner_cue"))
    _, point = ask_claim(text, text, "marched", attribution=[make_link("the mayor", "said")])
    assert "speaker" not in point.fillers
    assert "cue" not in point.fillers
    assert point.fillers["inner_speaker"] == point.fillers["inner_cue"] == []


def test_hearsay_has_a_cue_and_no_speaker() -> None:
    text = "Dockers reportedly marched."
    example, point = ask_claim(text, text, "marched", attribution=[make_link(None, "reportedly", "unspecified")])
    told = read_fillers(example, point, text)
    assert (told["speaker"], told["cue"]) == ([], ["reportedly"])
    assert read_classes(example, text) == {("kind", "reportedly", "unspecified")}


def test_a_third_link_is_left_out() -> None:
    text = "Dockers marched, the mayor said the police said the navy said."
    links = [make_link(name, "said") for name in ("the mayor", "the police", "the navy")]
    example, point = ask_claim(text, "Dockers marched", "marched", attribution=links)
    assert "navy" not in {word for _, word, _ in read_classes(example, text)}
    assert point.classes["links"] == "2"


# --- dates


@pytest.mark.parametrize(
    ("when", "wanted"),
    [
        (("2031-06-17", "2031-06-17"), ["on Tuesday"]),
        (("2031-06-19", "2031-06-19"), ["on 19 June"]),
        (("2031-06-20", "2031-06-20"), ["on Friday"]),  # the one to come; the other would be the 13th
        (("2031-06-13", "2031-06-13"), ["on Friday"]),
        (("2031-06-16", "2031-06-22"), ["this week"]),
        (("2031-06-01", "2031-06-01"), "unknown"),
        (None, []),
    ],
)
def test_dates_are_pointed_at(when: tuple[str, str] | None, wanted: list[str] | str) -> None:
    text = "Dockers marched on Tuesday. Nurses will on 19 June. They meet the mayor on Friday. All was said this week."
    told = {"start": when[0], "end": when[1], "precision": "day"} if when else None
    example, point = ask_claim(text, "Dockers marched on Tuesday", "marched", date=told)
    assert read_fillers(example, point, text).get("date", "unknown") == wanted


def test_of_two_dates_of_one_meaning_the_one_in_the_passage() -> None:
    text = "Tuesday was calm. Dockers marched on Tuesday."
    when = {"start": "2031-06-17", "end": "2031-06-17", "precision": "day"}
    example, point = ask_claim(text, "Dockers marched on Tuesday", "marched", date=when)
    assert read_starts(example, point.fillers["date"]) == [text.index("on Tuesday")]


def test_without_a_day_of_publication_most_words_for_dates_mean_nothing() -> None:
    text = "Dockers marched on Tuesday, as on 3 May 2030."
    for day, wanted in (("2031-06-17", "unknown"), ("2030-05-03", ["on 3 May 2030"])):
        claim = make_claim(text, text, "marched", date={"start": day, "end": day, "precision": "day"})
        example = ask(make_article(text, claim, published=None))
        assert read_fillers(example, example.points[0], text).get("date", "unknown") == wanted


def test_the_day_of_a_time() -> None:
    assert str(read_day("2031-06-18T23:59:00Z")) == "2031-06-18"
    assert read_day(None) is None


# --- tolls


@pytest.mark.parametrize(
    ("tolls", "wanted"),
    [
        ([make_toll("arrested", 30, 30, "dockers")], ["30"]),
        ([make_toll("arrested", 30, None, "dockers")], "unknown"),
        ([make_toll("injured", 1, 1, "a nurse")], ["a"]),
        ([make_toll("injured", 3, 3, "boys"), make_toll("killed", 3, 3, "girls")], ["three", "3"]),
        ([make_toll("injured", 3, 3, "boys"), make_toll("killed", 99, 99, "girls")], "unknown"),
        ([make_toll("killed", 12, 12)], "unknown"),  # stands in another passage
        ([], []),
    ],
)
def test_tolls_are_pointed_at_by_their_numbers(tolls: list[Record], wanted: list[str] | str) -> None:
    evidence = "Police arrested 30 dockers, hurt three boys and a nurse, and killed 3 girls"
    text = f"The other day 12 were killed. {evidence}."
    example, point = ask_claim(text, evidence, "arrested", tolls=tolls)
    assert read_fillers(example, point, text).get("toll", "unknown") == wanted
    if wanted not in ("unknown", []):
        kinds = {(head, word, kind) for head, word, kind in read_classes(example, text) if head == "toll"}
        assert kinds == {("toll", word, t["kind"]) for word, t in zip(wanted, tolls, strict=True)}


def test_no_number_is_pointed_at_twice() -> None:
    text = "Police shot one man, one nurse and another man."
    example, point = ask_claim(text, text, "shot", tolls=[make_toll("killed", 1, 1, "man")] * 2)
    assert len(set(read_starts(example, point.fillers["toll"]))) == 2
    # what there is too little of is not known
    example, point = ask_claim(text, text, "shot", tolls=[make_toll("killed", 1, 1, "nurse")] * 5)
    assert "toll" not in point.fillers


# --- windows

LONG = "\n\n".join(f"Paragraph {i} tells of dockers at gate {i}. The mayor of town {i} said so." for i in range(80))


def test_each_claim_is_asked_about_in_the_window_of_its_trigger() -> None:
    claims = [
        make_claim(LONG, f"dockers at gate {i}.", "dockers", place=make_place(f"town {i}"), actor=["Paragraph 0"])
        for i in range(80)
    ]
    examples = make_article_examples(make_article(LONG, *claims), know(LONG))
    assert len(examples) > 1
    told = [read_fillers(e, p, LONG) for e in examples for p in e.points]
    assert [t["evidence"] for t in told] == [[f"dockers at gate {i}."] for i in range(80)]
    for example in examples:
        for point in example.points:
            # what stands in another window is not known, and is not said to be absent
            holds_actor = example is examples[0]
            assert ("actor" in point.fillers) == holds_actor
    assert sum("place" in t for t in told) >= 78


def test_an_article_without_claims_is_all_none() -> None:
    example = ask(make_article("Nothing happened.\n\nAll was quiet."))
    assert (example.points, example.is_whole) == ([], True)
    assert make_article_examples(make_article(" \n "), SPELLING) == []


# --- crops

LINES = [f"Line {i} says that dockers of gate {i} marched." for i in range(7)]
PAGE = make_article(
    "\n\n".join(LINES),
    *(make_claim("\n\n".join(LINES), f"dockers of gate {i} marched", "marched", actor=["Line 3"]) for i in range(7)),
)


@given(seed=st.integers(0, 10_000))
def test_a_crop_is_whole_paragraphs_with_their_claims(seed: int) -> None:
    crop = crop_article(PAGE, random.Random(seed))
    kept = crop["text"].split("\n\n")
    first = LINES.index(kept[0])
    assert kept == LINES[first : first + len(kept)]
    evidences = [c["evidence"] for c in crop["claims"]]
    assert [e["text"] for e in evidences] == [f"dockers of gate {first + i} marched" for i in range(len(kept))]
    assert all(crop["text"][e["start"] : e["end"]] == e["text"] for e in evidences)
    assert {k: v for k, v in crop.items() if k not in ("text", "claims")} == {
        k: v for k, v in PAGE.items() if k not in ("text", "claims")
    }
    # what is cropped away is not known to be absent
    (example,) = make_article_examples(crop, SPELLING)
    assert len(example.points) == len(kept)
    assert all(("actor" in p.fillers) == (LINES[3] in kept) for p in example.points)


def test_cropping_leaves_the_article_as_it_was_and_repeats_with_its_seed() -> None:
    before = str(PAGE)
    crops = [crop_article(PAGE, random.Random(7)) for _ in range(2)]
    assert crops[0] == crops[1]
    assert str(PAGE) == before
    assert len({crop_article(PAGE, random.Random(i))["text"] for i in range(40)}) > 10


def test_an_article_of_two_lines_is_not_cropped() -> None:
    text = "Dockers marched\n\nAll was quiet."
    record = make_article(text, make_claim(text, "Dockers marched", "marched"))
    assert crop_article(record, random.Random(1)) == record


# --- sentences that hold one event


def ask_sentence(claim: Record, types: tuple[str, ...] = ("PROTEST",)) -> Example | None:
    text = "Dockers and nurses blocked the quay."
    return make_sentence_example({"text": text, "claims": [claim]}, types, know(text), "plv")


def test_a_sentence_with_one_event() -> None:
    example = ask_sentence({"mode": "obstruct", "actor": ["Dockers", "nurses"], "recipient": []})
    assert example is not None
    assert (example.corpus, example.types, example.mode) == ("plv", ("PROTEST",), "PROTEST/obstruct")
    assert example.single == {"actor": [(0, 1), (2, 3)], "recipient": []}
    assert example.phrases == [("party", 0, 0), ("party", 2, 2)]
    # no trigger is given, and no word is said to be none
    assert (example.points, example.is_whole, example.is_said) == ([], False, False)


def test_what_a_sentence_leaves_open() -> None:
    example = ask_sentence({"mode": "obstruct", "actor": None, "recipient": ["the mayor"]}, ("CONCEDE", "RETREAT"))
    assert example is not None
    assert (example.types, example.mode, example.single) == (("CONCEDE", "RETREAT"), None, {})
    example = ask_sentence({"actor": ["Dockers", "the mayor"]})
    assert example is not None
    assert (example.single, example.phrases) == ({}, [])


@pytest.mark.parametrize("text", ["", " \n", "Dockers marched. " * 300])
def test_a_sentence_is_one_window(text: str) -> None:
    record = {"text": text, "claims": [{"actor": []}]}
    assert make_sentence_example(record, ("PROTEST",), know("Dockers marched."), "plv") is None


# --- attributions

SAID = "The mayor, who called, has said on Monday that dockers met him. Nurses say no. It rained."


def locate(*phrases: str) -> list[list[int]]:
    return [[SAID.index(p), SAID.index(p) + len(p)] for p in phrases]


def ask_sayings(*rows: tuple[list[str], list[str], list[str]]) -> Example:
    names = ("source", "cue", "content")
    record = {"attributions": [dict(zip(names, (locate(*r) for r in row), strict=True)) for row in rows], "text": SAID}
    (example,) = make_saying_examples(record, know(SAID))
    return example


def test_attributions_of_several_stretches() -> None:
    example = ask_sayings(
        (["The mayor"], ["has said", "that"], ["on Monday", "dockers met him"]), (["Nurses"], ["say"], ["no"])
    )
    first, second = example.sayings
    assert (example.is_said, example.is_whole, example.points) == (True, False, [])
    assert quote(example.window, SAID, (first.word, first.word + 1)) == "has"
    assert read_fillers(example, first, SAID) == {
        "said_by": ["The mayor"], "said_cue": ["has said", "that"], "said_what": ["on Monday", "dockers met him"],
    }  # fmt: skip
    assert read_fillers(example, second, SAID) == {"said_by": ["Nurses"], "said_cue": ["say"], "said_what": ["no"]}
    assert read_phrases(example, SAID) == {
        ("said_by", "The mayor"), ("said_what", "on Monday"), ("said_what", "dockers met him"),
        ("said_by", "Nurses"), ("said_what", "no"),
    }  # fmt: skip


def test_attributions_of_one_cue_are_one_and_those_without_a_cue_none() -> None:
    example = ask_sayings(
        ([], ["said"], ["dockers met him"]), (["The mayor"], ["said"], []), (["Nurses"], [], ["no"])
    )  # fmt: skip
    (point,) = example.sayings
    assert read_fillers(example, point, SAID) == {
        "said_by": ["The mayor"], "said_cue": ["said", "said"], "said_what": ["dockers met him"],
    }  # fmt: skip


def test_the_first_word_of_a_cue_is_the_first_in_the_text() -> None:
    example = ask_sayings(([], ["that", "has said"], []))
    assert [p.word for p in example.sayings] == [find_words(example.window, *locate("has")[0])[0]]  # type: ignore[index]


def test_every_window_without_an_attribution_is_all_none() -> None:
    record = {"text": LONG, "attributions": []}
    examples = list(make_saying_examples(record, know(LONG)))
    assert len(examples) == len(list(cut_windows(LONG, know(LONG)))) > 1
    assert all(e.is_said and e.sayings == [] for e in examples)


# --- single words


def test_the_standing_of_words() -> None:
    text = "He said it may have fallen."
    rows = [(3, 7, "happened"), (11, 26, "probable_or_possible"), (400, 404, "uncertain")]
    example = make_standing_example(text, rows, know(text))
    assert example is not None
    # of a stretch of words the first; what stands nowhere is left out
    assert example.words_are == [("standing", 1, "happened"), ("standing", 3, "probable_or_possible")]
    assert (example.is_whole, example.points, example.types) == (False, [], ())


def test_a_sentence_without_standing_teaches_nothing() -> None:
    text = "All was quiet."
    assert make_standing_example(text, [], know(text)) is None
    assert make_standing_example(text, [(90, 99, "happened")], know(text)) is None
    assert make_standing_example("", [(0, 3, "happened")], know(text)) is None


def test_where_a_verb_happened() -> None:
    text = "Dockers marched in Senn and Port Orle."
    verb = [[8, 15]]
    for location, wanted in (([[19, 23], [28, 37]], ["Senn", "Port Orle"]), ([], [])):
        example = make_place_example({"text": text, "verb": verb, "location": location}, know(text))
        assert example is not None
        (point,) = example.points
        assert (point.word, point.classes) == (1, {})
        assert read_fillers(example, point, text) == {"place": wanted}
        assert read_phrases(example, text) == {("place", name) for name in wanted}
        assert not example.is_whole  # other words may be triggers too
    for broken in ({"verb": [], "location": []}, {"verb": verb, "location": [[90, 95]]}):
        assert make_place_example({"text": text, **broken}, know(text)) is None


# --- whatever is written

WORDS = ["Dockers", "the mayor", "Senn", "said", "told", "30", "one", "boys", "marched", "Tuesday", "3 May", "Kéttér"]


@st.composite
def articles(draw: st.DrawFn) -> Record:
    lines = draw(st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12), min_size=1, max_size=6))
    text = ".\n\n".join(" ".join(line) for line in lines)
    bounds = [m for m in range(len(text)) if m == 0 or (text[m - 1] in " \n" and text[m] not in " \n")]
    claims = []
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.sampled_from(bounds))
        rest = text[start:].split("\n")[0]
        phrase, party, name = (draw(st.sampled_from([*WORDS, "nowhere"])) for _ in range(3))
        claim = make_claim(
            text, rest, phrase, actor=[party], place=make_place(name),
            attribution=[make_link(name, phrase)] * draw(st.integers(0, 3)),
            date=draw(st.sampled_from([None, {"start": "2031-06-17", "end": "2031-06-17", "precision": "day"}])),
            tolls=draw(st.lists(st.builds(make_toll, st.just("killed"), st.just(30), st.just(30)), max_size=2)),
        )  # fmt: skip
        claims.append(claim)
    return make_article(text, *claims)


@settings(deadline=None, max_examples=60)
@given(record=articles(), seed=st.integers(0, 99))
def test_all_that_is_asked_lies_in_its_window(record: Record, seed: int) -> None:
    heads = load_heads()
    for each in (record, crop_article(record, random.Random(seed))):
        examples = make_article_examples(each, SPELLING)
        assert sum(len(e.points) for e in examples) == len(each["claims"])
        for example in examples:
            check_example(example, example.window)
            assert all(name in heads[head].classes for head, _, name in example.words_are)


def check_example(example: Example, window: Window) -> None:
    words = range(window.words)
    for point in [*example.points, *example.sayings]:
        assert point.word in words
        assert set(point.fillers) <= {*CLAIM_ROLES, *SAYING_ROLES}
        for spans in point.fillers.values():
            assert all(0 <= first < stop <= window.words for first, stop in spans)
    assert all(word in words for _, word, _ in example.words_are)
    assert all(first in words and last in words and first <= last for _, first, last in example.phrases)
    assert (np.diff(window.starts) > 0).all()
