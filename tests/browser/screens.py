"""A desk whose screens all have something to show: the exercise, a stranger's words, and what people did with both."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.web import worlds
from tocsin.desk import Desk
from tocsin.records import Filter
from tocsin.records.inbox import SavedFilter, saved_filter_id
from tocsin.report import ReportRequest
from tocsin.reporting.edits import write_sentences
from tocsin.reporting.kept import correct_report, finalize_report, keep_report, open_report

PERSON = "desk"
TARVEL = ReportRequest(
    datetime(2026, 3, 8, tzinfo=UTC), datetime(2026, 3, 15, tzinfo=UTC), "ex-tarvel", "Tarvel", title="Morning report"
)


def furnish(desk: Desk) -> dict[str, str]:
    """Do a day's work on a desk that holds the exercise; the ids that addresses of screens are made of."""
    ringing = [alert for alert in desk.store.alerts() if alert.state == "firing"]
    told_often = max(desk.store.incidents(Filter(limit=500)), key=lambda incident: len(incident.claim_ids))
    fixed, accepted, rejected = told_often.claim_ids[:3]
    desk.correct_claim(fixed, {"certainty": "hedged"}, why="the outlet says reportedly")
    desk.accept_claim(accepted)
    desk.reject_claim(rejected, why="an advertisement")
    desk.mark_alert(ringing[0].id, "acknowledged", "patrol sent", assigned_to="Ana")
    desk.silence(
        desk.clock.now().replace(hour=23), why="known", place_id=ringing[1].place_id, rule=ringing[1].rule,
        is_exercise=True,
    )  # fmt: skip
    desk.store.begin_shift(PERSON, desk.clock.now())
    name, query = "Force in Tarvel", "type=ASSAULT&place_id=ex-tarvel"
    made_at = desk.clock.now()
    saved = SavedFilter(saved_filter_id(PERSON, name, made_at), PERSON, name, query, made_at, is_shared=True)
    desk.store.add_saved_filter(saved)
    draft = keep_report(desk, TARVEL, by=PERSON, is_exercise=True)
    final = write_report(desk)
    world = worlds.fill(desk)
    return {
        "incident": told_often.id, "claim": fixed, "article": desk.store.claim(fixed).article_id,
        "alert": ringing[0].id, "muted": ringing[1].id, "place": ringing[0].place_id, "draft": draft.id, "final": final,
        "sentence": open_report(desk, draft.id).report.sections[0].blocks[0].sentences[0].id,
        "stranger": world.articles["gazette"].id, "rtl": world.articles["arabic"].id,
        "broken": world.articles["broken"].id, "clash": world.incidents["clash"].id,
        "closing": world.incidents["closing"].id,
    }  # fmt: skip


def write_report(desk: Desk) -> str:
    """A final report with an edited sentence, and a draft that corrects it; the id of the final one."""
    kept = keep_report(desk, TARVEL, by="ana", is_exercise=True)
    opened = open_report(desk, kept.id)
    sentence = opened.report.sections[0].blocks[0].sentences[0]
    write_sentences(
        desk, kept.id, {sentence.id: "The roads need watching."}, by="ana", seen=opened.seen,
        assessors={sentence.id: "Ana"}, reason="for the reader in a hurry",
    )  # fmt: skip
    finalize_report(desk, kept.id, by="ana", seen=open_report(desk, kept.id).seen)
    correct_report(desk, kept.id, by="ana")
    return kept.id
