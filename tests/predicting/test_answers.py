"""Answers to a benchmark's records, in the form its scorer reads."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tocsin.errors import IntakeError
from tocsin.predicting.answers import TASKS, answer_records, make_gold_article, read_records
from tocsin.reading.labels import STANDINGS
from tocsin.settings import Settings

SAID = "Rebels shelled the town of Orle, the army said. The mayor denied that anyone had been hurt."
ARTICLE = (
    "Gunmen kill three policemen near Orle\n\n"
    "Gunmen killed three policemen near Orle on Sunday, the governor said.\n\n"
    "Police arrested 14 protesters in Teleska on Saturday. "
    "Thousands of people marched through the capital on Friday to protest against the new tax."
)


def write(path: Path, *records: Any) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return path


def answer(task: str, records: list[dict[str, Any]], home: Path) -> list[dict[str, Any]]:
    answers = list(answer_records(records, task, Settings(home=home)))
    assert json.loads(json.dumps(answers)) == answers
    return answers


# --- reading gold
def test_records_are_read_plain_and_gzipped(tmp_path: Path) -> None:
    rows = [{"id": "a", "text": "Talks."}, {"id": "b", "text": "Čekanje.", "more": 1}]
    path = write(tmp_path / "gold.jsonl", *rows)
    assert read_records(path, "types") == rows
    packed = tmp_path / "gold.jsonl.gz"
    packed.write_bytes(gzip.compress(path.read_bytes() + b"\n  \n"))
    assert read_records(packed, "types") == rows


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_a_record_that_lacks_a_field_is_named_with_its_line(tmp_path: Path, task: Any) -> None:
    whole = {name: [] if kind is list else "x" for name, kind in task.needs.items()}
    for name in task.needs:
        path = write(tmp_path / "gold.jsonl", whole, {k: v for k, v in whole.items() if k != name})
        with pytest.raises(IntakeError, match="line 2") as caught:
            read_records(path, task.name)
        assert f"lacks {name} for task {task.name}" in str(caught.value)


@pytest.mark.parametrize("line", ["5", "null", '"id text"', "[]"])
def test_a_line_that_is_no_record_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(line + "\n", "utf-8")
    with pytest.raises(IntakeError, match="line 1"):
        read_records(path, "types")


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("none.jsonl", None),
        ("broken.jsonl", b'{"id": 1, "text": '),
        ("binary.jsonl", b"\xff\xfe\x00"),
        ("plain.jsonl.gz", b'{"id": 1, "text": "x"}'),
        ("cut.jsonl.gz", gzip.compress(b'{"id": 1, "text": "x"}\n' * 99)[:40]),
        ("spoilt.jsonl.gz", gzip.compress(b'{"id": 1, "text": "x"}\n')[:12] + b"\xff" * 20),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, body: bytes | None) -> None:
    if body is not None:
        (tmp_path / name).write_bytes(body)
    with pytest.raises(IntakeError, match="gold file") as caught:
        read_records(tmp_path / name, "types")
    assert name in str(caught.value)


def test_an_unknown_task_is_refused_with_those_there_are(tmp_path: Path) -> None:
    for call in (lambda: read_records(tmp_path / "x", "poems"), lambda: answer_records([], "poems", Settings())):
        with pytest.raises(
            IntakeError, match="types, attribution, factuality, places, resolution, event-place, claims"
        ):
            call()


# --- answering
def test_types_answers_every_record_in_order(knowledge_home: Path) -> None:
    records = [
        {"id": "a", "text": "Gunmen killed three policemen near Orle on Sunday."},
        {"id": "b", "text": "The garden was green."},
        {"id": "c", "text": "The garden was green.", "labels": []},
        {"id": "d", "text": " "},
    ]
    answers = answer("types", records, knowledge_home)
    assert [a["id"] for a in answers] == ["a", "b", "c", "d"]
    first = answers[0]["claims"][0]
    assert set(first) == {"type", "mode", "modality", "actor", "recipient"}
    assert (first["type"], first["modality"]) == ("ASSAULT", "actual")
    assert first["actor"] == ["Gunmen"]
    # a record of one event gets an answer, one with labels may hold none, a blank one holds none
    assert len(answers[1]["claims"]) >= 1
    assert answers[2]["claims"] == answers[3]["claims"] == []


def test_attributions_are_bounds_into_the_text(knowledge_home: Path) -> None:
    (answered,) = answer("attribution", [{"doc_id": "7", "text": SAID}], knowledge_home)
    assert answered["doc_id"] == "7"
    assert answered["attributions"]
    for row in answered["attributions"]:
        assert set(row) == {"source", "cue", "content"}
        assert row["cue"]
        for start, end in (bounds for part in row.values() for bounds in part):
            assert SAID[start:end].strip() == SAID[start:end] != ""
    cues = {SAID[start:end] for row in answered["attributions"] for start, end in row["cue"]}
    assert cues & {"said", "denied"}


def test_the_standing_of_given_words(knowledge_home: Path) -> None:
    words = ["shelled", "said", "hurt"]
    spans = [[SAID.index(word), SAID.index(word) + len(word)] for word in words]
    record = {
        "id": "a",
        "text": SAID,
        "events": [{"span": span} for span in [*spans, [5, 5], [len(SAID) - 1, len(SAID)]]],
    }
    (answered,) = answer("factuality", [record], knowledge_home)
    rows = answered["events"]
    assert [row["span"] for row in rows] == [e["span"] for e in record["events"]]
    assert all(row["label"] in STANDINGS and -3 <= row["value"] <= 3 for row in rows)
    assert rows[1]["value"] > rows[2]["value"]


def test_claims_of_whole_articles_with_their_incidents(knowledge_home: Path) -> None:
    # two outlets tell the same on the same day, a third article tells nothing
    rows = [
        {"id": n, "text": ARTICLE, "title": ARTICLE.split("\n")[0], "outlet": o, "published": "2022-07-31T18:00:00Z"}
        for n, o in ((1, "Hill Wire"), (2, "Ketter Post"))
    ]
    rows.append({"id": 3, "text": "The garden was green.", "published": None})
    answers = answer("claims", rows, knowledge_home)
    assert [a["id"] for a in answers] == ["1", "2", "3"]
    assert answers[2]["claims"] == []
    first, second = answers[0]["claims"], answers[1]["claims"]
    assert len(first) >= 2
    assert [c["type"] for c in first] == [c["type"] for c in second]
    for claim in first:
        evidence = claim["evidence"]
        assert ARTICLE[evidence["start"] : evidence["end"]] == evidence["text"]
        assert "reasons" not in claim
    assert all(claim["incident"] for claim in (*first, *second))
    assert [c["incident"] for c in first] == [c["incident"] for c in second]


def test_a_gold_text_is_taken_as_it_is() -> None:
    article = make_gold_article({"id": 1, "text": " Odd\u00a0  text\r\n", "published": "2022-07-31"})
    assert article.text == " Odd\u00a0  text\r\n"
    assert article.published_at is not None
    assert make_gold_article({"id": 1, "text": "Odd", "published": None}).published_at is None


# --- grouping
def test_copies_are_told_by_the_origin_they_share(tmp_path: Path) -> None:
    words = [f"word{n}" for n in range(120)]
    records = [
        {"id": 1, "text": " ".join(words)},
        {"id": 2, "text": " ".join(words[60:] + words[:60])},
        {"id": 3, "text": " ".join(f"other{n}" for n in range(120))},
    ]
    first, second, third = (row["cluster"] for row in answer("copies", records, tmp_path))
    assert first == second != third


def template(id_: str, **slots: Any) -> dict[str, Any]:
    empty = {"victims": [], "victims_described": [], "targets": [], "perp_org": [], "perp_individual": [], "place": []}
    more = {"effect": [], "victim_number": [], "stage": "ACCOMPLISHED", "country": "VASNIA", "date": "1990-03-04"}
    return {"id": id_, "doc": id_, "type": "ATTACK", "date_raw": "04 MAR 90", **empty, **more, **slots}


def test_templates_of_one_happening_meet_and_spoilt_ones_have_an_answer(tmp_path: Path) -> None:
    killed = {"victims": ["ANA VELS"], "place": ["TESKE", "OLD MARKET"], "effect": ['DEATH: "ANA VELS"']}
    records = [
        template("a", **killed, victim_number=['1: "ANA VELS"']),
        template("b", **killed, perp_org=['"THE FRONT" / "NF"']),
        template("c", type="BOMBING", targets=["BRIDGE"], place=["ORLAN"]),
        template("d", date="1990-02-31", date_raw="- 04 MAR 90", country="-", stage="THREATENED"),
        template("e", date=None, date_raw="- 40 MAR 90"),
    ]
    homes = [row["cluster"] for row in answer("incidents", records, tmp_path)]
    assert homes[0] == homes[1]
    assert len(set(homes)) == 4
