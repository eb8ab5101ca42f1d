"""The written form of annotated articles, and all that is written in it."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any, get_args

import pytest
from training.corpora import read_own_articles, read_standing_line
from training.markup import _KINDS, _MODALITIES, _TOLLS, DATA, MarkupError, read_articles

from tocsin.knowledge.parties import SECTORS
from tocsin.knowledge.plover import load_ontology
from tocsin.reading.labels import STANDINGS
from tocsin.records import EventType, Modality, SpeakerKind, TollKind

TEXT = """Ferry crews block the quay at Senn

About 60 ferry workers blocked the quay at Senn on Tuesday, the harbour police told Radio Ketter. Police arrested three.

The mayor may meet the crews next week."""
WRITTEN = f"""notes before the first article are passed over
@ own-senn-001 | wire | Ketter Post | XVA | 2031-06-18T10:00:00Z
{TEXT}
%%
# written out of order
AGREE :: meet :: The mayor may meet the crews next week.
  by The mayor (- GOV)
  to the crews (- -)
  is planned hedged background
  on 2031-06-23..2031-06-29 week

PROTEST obstruct :: blocked :: About 60 ferry workers blocked the quay at Senn on Tuesday
  by About 60 ferry workers (XVA BUS); ferry workers (- CVL)
  says Radio Ketter (media) > the harbour police (force) "told"
  on 2031-06-17
  at the quay at Senn (XVA site 1.45 -29)
  toll participants 60 ferry workers; injured 1-; killed 0-2 crews
COERCE arrest :: arrested :: Police arrested three.
  says - (unspecified) "may"
  at Senn (-)
@ own-senn-002 | newspaper | Ketter Post | - | 2031-06-19T10:00:00Z
Nothing happened

All was quiet.
%%
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mine.claims"
    path.write_text(text, "utf-8")
    return path


def test_a_written_article_becomes_a_record(tmp_path: Path) -> None:
    first, second = read_articles(write(tmp_path, WRITTEN))
    assert {k: v for k, v in first.items() if k != "claims"} == {
        "id": "own-senn-001", "outlet": "Ketter Post", "outlet_kind": "wire", "country": "XVA",
        "published": "2031-06-18T10:00:00Z", "lang": "en", "title": "Ferry crews block the quay at Senn", "text": TEXT,
    }  # fmt: skip
    protest, arrest, talks = first["claims"]
    evidence = "About 60 ferry workers blocked the quay at Senn on Tuesday"
    assert protest == {
        "type": "PROTEST", "mode": "obstruct", "contexts": [], "trigger": "blocked",
        "evidence": {"text": evidence, "start": 36, "end": 36 + len(evidence)},
        "actor": [
            {"text": "About 60 ferry workers", "country": "XVA", "sector": "BUS"},
            {"text": "ferry workers", "country": None, "sector": "CVL"},
        ],
        "recipient": [], "modality": "actual", "certainty": "asserted", "background": False,
        "attribution": [
            {"speaker": "Radio Ketter", "kind": "media", "cue": None},
            {"speaker": "the harbour police", "kind": "force", "cue": "told"},
        ],
        "date": {"start": "2031-06-17", "end": "2031-06-17", "precision": "day"},
        "place": {"name": "the quay at Senn", "country": "XVA", "precision": "site", "lat": 1.45, "lon": -29.0},
        "tolls": [
            {"kind": "participants", "low": 60, "high": 60, "whom": "ferry workers"},
            {"kind": "injured", "low": 1, "high": None, "whom": None},
            {"kind": "killed", "low": 0, "high": 2, "whom": "crews"},
        ],
    }  # fmt: skip
    assert arrest["attribution"] == [{"speaker": None, "kind": "unspecified", "cue": "may"}]
    assert arrest["place"] == {"name": "Senn", "country": None, "precision": None, "lat": None, "lon": None}
    assert (arrest["actor"], arrest["date"], arrest["tolls"]) == ([], None, [])
    assert (talks["modality"], talks["certainty"], talks["background"]) == ("planned", "hedged", True)
    assert talks["recipient"] == [{"text": "the crews", "country": None, "sector": None}]
    assert talks["date"] == {"start": "2031-06-23", "end": "2031-06-29", "precision": "week"}
    assert (second["title"], second["claims"]) == ("Nothing happened", [])


@pytest.mark.parametrize(
    ("old", "new", "line", "why"),
    [
        ("| XVA | 2031-06-18T10:00:00Z", "| XVA", 2, "the head is"),
        ("%%\n# written", "# written", 2, "no line %%"),
        ("AGREE :: meet ::", "AGREE :: meet", 10, "a claim is"),
        ("AGREE :: meet", "AGREES :: meet", 10, "no type 'AGREES'"),
        ("AGREE :: meet", "AGREE lantern :: meet", 10, "has no mode 'lantern'"),
        (":: meet :: The mayor may", ":: meet :: The Mayor may", 10, "the evidence is not in the text"),
        (":: meet :: The mayor may meet the crews next week.", ":: e :: e", 10, "more than once"),
        (":: meet ::", ":: mee ::", 10, "must stand in the evidence exactly once"),
        (":: meet ::", ":: leave ::", 10, "must stand in the evidence exactly once"),
        ("  by The mayor (- GOV)", "  by The mayor", 11, "a party is"),
        ("  by The mayor (- GOV)", "  by the mayoress (- GOV)", 11, "not in the text: 'the mayoress'"),
        ("is planned hedged", "is planed hedged", 13, "not 'planed'"),
        ("on 2031-06-23..2031-06-29 week", "on next week", 14, "a date is"),
        ("Radio Ketter (media)", "Radio Ketter (radio)", 18, "no kind of speaker 'radio'"),
        ("Radio Ketter (media)", "Radio Orle (media)", 18, "not in the text: 'Radio Orle'"),
        ('"told"', '"shouted"', 18, "not in the text: 'shouted'"),
        ("> the harbour police (force)", "> the harbour police", 18, "a link is"),
        ("  at the quay at Senn (XVA site", "  at the pier at Senn (XVA site", 20, "not in the text"),
        ("(XVA site 1.45 -29)", "(XVA place 1.45 -29)", 20, "a place is"),
        ("injured 1-", "hurt 1-", 21, "no kind of toll 'hurt'"),
        ("injured 1-", "injured some", 21, "a toll is"),
        ("  by The mayor (- GOV)", "  of The mayor (- GOV)", 11, "unknown line 'of'"),
        ("# written out of order", "  by The mayor (- GOV)", 9, "list index out of range"),
    ],
)  # fmt: skip
def test_each_fault_is_refused_with_file_and_line(tmp_path: Path, old: str, new: str, line: int, why: str) -> None:
    assert WRITTEN.count(old) == 1
    path = write(tmp_path, WRITTEN.replace(old, new))
    with pytest.raises(MarkupError) as caught:
        list(read_articles(path))
    assert str(caught.value).startswith(f"{path}:{line}: ")
    assert why in str(caught.value)


def test_the_form_knows_the_words_of_the_codebook() -> None:
    assert get_args(Modality) == _MODALITIES
    assert get_args(SpeakerKind) == _KINDS
    assert get_args(TollKind) == _TOLLS


# --- what is written
@pytest.mark.parametrize("path", sorted((DATA / "own").glob("*.claims")), ids=lambda path: path.stem)
def test_every_file_parses(path: Path) -> None:
    assert list(read_articles(path))


@pytest.fixture(scope="module")
def records() -> list[dict[str, Any]]:
    return read_own_articles()


def test_ids_and_texts_are_unique(records: list[dict[str, Any]]) -> None:
    for name in ("id", "text"):
        assert [value for value, count in Counter(r[name] for r in records).items() if count > 1] == []
    assert len(records) > 900


def test_evidence_and_triggers_stand_where_they_say(records: list[dict[str, Any]]) -> None:
    wrong = []
    for record in records:
        for claim in record["claims"]:
            evidence = claim["evidence"]
            if record["text"][evidence["start"] : evidence["end"]] != evidence["text"]:
                wrong.append((record["id"], evidence["text"], "is not there"))
            if not re.search(rf"(?<!\w){re.escape(claim['trigger'])}(?!\w)", evidence["text"]):
                wrong.append((record["id"], evidence["text"], claim["trigger"]))
    assert wrong == []


#: Sectors of PLOVER that older articles bear and the codebook does not: their parties teach the reader no sector.
OTHER_SECTORS = {"REF", "LAB"}


def test_codes_are_those_of_the_codebook(records: list[dict[str, Any]]) -> None:
    wrong = []
    for record in records:
        for claim in record["claims"]:
            parties = [p for role in ("actor", "recipient") for p in claim[role]]
            words = [
                claim["type"] in get_args(EventType),
                claim["mode"] is None or claim["mode"] in load_ontology().entry(claim["type"]).modes,
                claim["modality"] in get_args(Modality),
                claim["certainty"] in ("asserted", "hedged"),
                {p["sector"] for p in parties} <= {None, *SECTORS, *OTHER_SECTORS},
                all(link["kind"] in get_args(SpeakerKind) for link in claim["attribution"]),
                all(t["kind"] in get_args(TollKind) for t in claim["tolls"]),
                all(t["high"] is None or t["low"] <= t["high"] for t in claim["tolls"]),
                claim["date"] is None or claim["date"]["start"] <= claim["date"]["end"],
            ]
            if not all(words):
                wrong.append((record["id"], claim["evidence"]["text"], words.index(False)))
    assert wrong == []


def test_every_class_that_is_to_be_learnt_occurs(records: list[dict[str, Any]]) -> None:
    claims = [claim for record in records for claim in record["claims"]]
    wanted: dict[str, tuple[str, ...]] = {
        "type": get_args(EventType), "modality": get_args(Modality), "certainty": ("asserted", "hedged"),
        "background": ("True", "False"),
    }  # fmt: skip
    for name, words in wanted.items():
        counts = Counter(str(claim[name]) for claim in claims)
        assert {word for word in words if counts[word] < 50} == set(), counts
    kinds = Counter(link["kind"] for claim in claims for link in claim["attribution"])
    assert set(get_args(SpeakerKind)) <= set(kinds)
    assert set(get_args(TollKind)) <= {toll["kind"] for claim in claims for toll in claim["tolls"]}
    assert {len(claim["attribution"]) for claim in claims} >= {0, 1, 2}
    assert sum(not record["claims"] for record in records) > 50


def test_every_line_of_standing_is_read() -> None:
    lines = (DATA / "own" / "standing.txt").read_text("utf-8").splitlines()
    seen: Counter[str] = Counter()
    for number, line in enumerate(lines, 1):
        text, rows = read_standing_line(line)
        assert rows, f"standing.txt:{number}: no mark"
        assert not re.search(r"[\[\]|]", text), f"standing.txt:{number}: a mark is not of the form"
        for start, end, name in rows:
            assert text[start:end].strip() == text[start:end] != ""
            seen[name] += 1
    assert set(seen) == set(STANDINGS)
    assert len(set(lines)) == len(lines)


def test_marks_of_standing() -> None:
    text, rows = read_standing_line("He [said|h] it [may fall|p].")
    assert text == "He said it may fall."
    assert rows == [(3, 7, "happened"), (11, 19, "probable_or_possible")]
