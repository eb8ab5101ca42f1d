"""What people have judged, counted and written as gold that the benchmark reads back."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.tellings import AT, SHOT
from tocsin.cli.review import app
from tocsin.desk import Desk
from tocsin.desk.reviewing import count_reviews, list_gold, write_gold
from tocsin.intake import Options
from tocsin.predicting.answers import answer_records, make_gold_article, read_records
from tocsin.records import Claim, Filter
from tocsin.settings import Settings

ALL = Filter(limit=0, with_background=True)
TAKEN = "Police arrested nine students in Prizren on Sunday, a lawyer said."
KEYS = {"id", "outlet", "outlet_kind", "country", "published", "lang", "title", "text", "claims", "notes"}
CLAIM_KEYS = {
    "type", "mode", "contexts", "actor", "recipient", "modality", "certainty", "background", "attribution", "date",
    "place", "tolls", "evidence", "incident",
}  # fmt: skip


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk()


def tell(desk: Desk, text: str, *, at: datetime | None = AT, title: str | None = None, **more: bool) -> Claim:
    taken = desk.take_text(text, Options(outlet="Hill Wire", published_at=at, title=title), **more)
    (claim,) = desk.store.claims_of_article(taken.articles[0].id)
    return claim


def test_judged_articles_come_out_as_gold_that_the_benchmark_reads(desk: Desk, tmp_path: Path) -> None:
    shot, taken = tell(desk, SHOT, title="Two policemen killed"), tell(desk, TAKEN)
    assert list(list_gold(desk.store)) == []
    corrected = desk.correct_claim(shot.id, {"certainty": "hedged", "mode": "targeted"}, why="alleged", who="ana")
    desk.accept_claim(taken.id, who="ben")
    file = tmp_path / "gold.jsonl"
    file.write_text("".join(write_gold(list_gold(desk.store))), "utf-8")
    records = read_records(file, "claims")
    assert [set(r) for r in records] == [KEYS, KEYS]
    by_id = {r["id"]: r for r in records}
    gold = by_id[shot.article_id]
    (told,) = gold["claims"]
    assert set(told) == CLAIM_KEYS
    assert (told["certainty"], told["mode"], gold["notes"]) == ("hedged", "targeted", "judged by person:ana")
    assert told["incident"] == desk.store.incidents_of_claims([shot.id])[shot.id]
    assert gold["text"].startswith(gold["title"])
    for record in records:
        article = make_gold_article(record)
        for one in record["claims"]:
            assert article.text[one["evidence"]["start"] : one["evidence"]["end"]] == one["evidence"]["text"]
    answers = list(answer_records(records, "claims", Settings(home=tmp_path)))
    assert [a["id"] for a in answers] == [r["id"] for r in records]
    (read,) = answers[[r["id"] for r in records].index(shot.article_id)]["claims"]
    assert read["certainty"] == "asserted", "the machine reads what it read: the gold holds what people say"
    assert {c.field for c in corrected} == {"certainty", "mode"}


def test_an_article_with_an_open_claim_is_no_gold_and_one_of_rejected_claims_has_none(desk: Desk) -> None:
    shot = tell(desk, SHOT)
    added = desk.add_claim(shot.article_id, {"type": "ACCUSE"}, "the mayor said", why="missed")
    assert list(list_gold(desk.store)) == [], "the machine's claim is not judged"
    rejected = desk.reject_claim(shot.id, why="none")
    (gold,) = list_gold(desk.store)
    assert [c["type"] for c in gold["claims"]] == ["ACCUSE"]
    desk.reject_claim(added.id, why="nor this", seen=desk.store.corrections([added.id])[added.id][-1].id)
    (gold,) = list_gold(desk.store)
    assert gold["claims"] == []
    desk.reopen_claim(shot.id, why="not sure", seen=rejected.id)
    assert list(list_gold(desk.store)) == []


def test_what_is_counted_and_what_is_left_out(desk: Desk) -> None:
    dated, undated = tell(desk, SHOT), tell(desk, TAKEN, at=None)
    drill = tell(desk, "Police arrested a baker in Prizren on Sunday, a lawyer said.", is_exercise=True)
    for claim in (dated, undated, drill):
        desk.accept_claim(claim.id)
    told = count_reviews(desk.store)
    assert (told.claims, told.judged, told.gold, told.undated) == ({"accepted": 2}, 2, 1, 1)
    assert [g["id"] for g in list_gold(desk.store)] == [dated.article_id]
    assert [g["id"] for g in list_gold(desk.store, is_exercise=True)] == [drill.article_id]


def test_the_commands_say_and_write_it(make_desk: Callable[..., Desk], tmp_path: Path) -> None:
    desk = make_desk()
    claim = tell(desk, SHOT)
    runner, home = CliRunner(), ["--home", str(tmp_path)]
    empty = runner.invoke(app, ["status", *home])
    assert empty.exit_code == 0, empty.output
    assert "1 claims as the machine read them" in empty.output
    desk.reject_claim(claim.id, why="none")
    told = json.loads(runner.invoke(app, ["status", "--json", *home]).output)
    assert told == {"claims": {"rejected": 1}, "judged": 1, "gold": 1, "undated": 0, "exercise": False}
    out = tmp_path / "gold.jsonl"
    done = runner.invoke(app, ["export", "--out", str(out), *home])
    assert done.output == f"1 articles written to {out}\n"
    assert read_records(out, "claims")[0]["claims"] == []
    assert "EXERCISE" in runner.invoke(app, ["status", "--exercise", *home]).output
    bad = runner.invoke(app, ["export", "--out", str(tmp_path / "no" / "gold.jsonl"), *home])
    assert bad.exit_code != 0
    assert "cannot be written" in str(bad.exception)
