"""People's word on claims: what it changes, that it lasts, and that nobody's is written over unread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any
from unittest.mock import patch

import pytest

from tests.conftest import FixedClock, Places
from tests.tellings import AT, ECHO, SHOT
from tocsin.desk import Desk, remembering
from tocsin.desk.correcting import mark_seen
from tocsin.errors import RecordError, UnknownIdError
from tocsin.intake import Options
from tocsin.pipeline import Knowledge
from tocsin.ports import Fetcher, Reader
from tocsin.records import Article, Claim, Filter, Findings, Incident, Party
from tocsin.records.correction import correct_claim
from tocsin.settings import Settings
from tocsin.store import open_store

ALL = Filter(limit=0, with_background=True)
TAKEN = "Police arrested nine students in Prizren on Sunday, a lawyer said."


class Unsure:
    """A reader that takes everything for as likely wrong as right."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.version = reader.version

    def read_article(self, article: Article) -> Findings:
        found = self._reader.read_article(article)
        return replace(found, claims=tuple(replace(claim, score=0.5) for claim in found.claims))


def refuse() -> Fetcher:
    raise AssertionError("nothing is fetched here")


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk()


def tell(desk: Desk, outlet: str, text: str, *, hours: int = 0) -> str:
    return desk.take_text(text, Options(outlet=outlet, published_at=AT + timedelta(hours=hours))).articles[0].id


def only_claim(desk: Desk, article: str) -> Claim:
    (claim,) = desk.store.claims_of_article(article)
    return claim


def states(desk: Desk) -> set[tuple[str, str, int]]:
    return {(i.type, i.state, len(i.claim_ids)) for i in desk.store.incidents(ALL)}


def picture(desk: Desk) -> tuple[Any, ...]:
    incidents = {i.id: i for i in desk.store.incidents(ALL)}
    return incidents, desk.store.claims(ALL), desk.store.tensions(), desk.store.alerts()


def find(desk: Desk, type_: str) -> Incident:
    (found,) = [i for i in desk.store.incidents(ALL) if i.type == type_]
    return found


def test_a_corrected_type_moves_the_claim_to_another_incident_and_back(desk: Desk) -> None:
    tell(desk, "Hill Wire", SHOT)
    claim = only_claim(desk, tell(desk, "Valley Post", ECHO, hours=1))
    whole = find(desk, "ASSAULT")
    assert len(whole.claim_ids) == 2
    (made, mode) = desk.correct_claim(claim.id, {"type": "CONSULT"}, why="they met")
    assert (made.field, made.machine, made.value) == ("type", '"ASSAULT"', '"CONSULT"')
    assert (mode.field, mode.value) == ("mode", "null"), "a mode that is not of the new type goes with the old one"
    assert states(desk) == {("ASSAULT", "reported", 1), ("CONSULT", "reported", 1)}
    assert desk.store.claim(claim.id).type == "CONSULT"
    assert desk.store.claims_as_read([claim.id])[claim.id] == claim
    assert [c.id for c in desk.store.claims(Filter(type="CONSULT"))] == [claim.id]
    seen = {"type": made.id, "mode": mode.id}
    desk.correct_claim(claim.id, {"type": "ASSAULT", "mode": claim.mode}, why="no, shot", seen=seen)
    assert desk.store.incident(whole.id) == find(desk, "ASSAULT")
    assert set(find(desk, "ASSAULT").claim_ids) == set(whole.claim_ids)
    assert desk.store.check() == []


def test_an_incident_that_the_reader_was_not_sure_of_counts_when_a_person_accepts_it(
    place: Places, tmp_path: Path, get_knowledge: Callable[[bool], Knowledge]
) -> None:
    def doubt(is_exercise: bool) -> Knowledge:
        known = get_knowledge(is_exercise)
        return replace(known, reader=Unsure(known.reader))

    with Desk(open_store(place(tmp_path / "desk.sqlite")), doubt, refuse, settings=Settings(home=tmp_path)) as desk:
        claim = only_claim(desk, tell(desk, "Hill Wire", SHOT))
        assert find(desk, "ASSAULT").is_faint
        assert not any(t.level for t in desk.store.tensions())
        accepted = desk.accept_claim(claim.id)
        assert not find(desk, "ASSAULT").is_faint
        assert any(t.level for t in desk.store.tensions())
        assert desk.store.claims_as_read([claim.id])[claim.id].score == 0.5, "what the reader held stays known"
        desk.reopen_claim(claim.id, why="not so sure", seen=accepted.id)
        assert find(desk, "ASSAULT").is_faint
        assert desk.store.check() == []


def test_a_rejected_last_claim_retracts_the_incident_and_reopening_restores_it(desk: Desk) -> None:
    first = only_claim(desk, tell(desk, "Hill Wire", SHOT))
    second = only_claim(desk, tell(desk, "Valley Post", ECHO, hours=1))
    before = picture(desk)
    rejected = desk.reject_claim(second.id, why="a film, no news")
    assert find(desk, "ASSAULT").claim_ids == (first.id,)
    other = desk.reject_claim(first.id, why="of the <same> film")
    left = find(desk, "ASSAULT")
    assert left.state == "retracted"
    assert "of the <same> film" in left.reasons[0].detail
    assert desk.store.count_claims(ALL) == 0
    assert desk.store.claim_counts([first.article_id]) == {first.article_id: 0}
    assert all(t.level == 0 for t in desk.store.tensions() if t.day == date(2026, 3, 16))
    assert only_claim(desk, first.article_id) == first, "it stays where it was read"
    tell(desk, "Coast Radio", TAKEN, hours=2)
    assert ("ASSAULT", "retracted", 1) in states(desk)
    desk.reopen_claim(second.id, why="it is news", seen=rejected.id)
    desk.reopen_claim(first.id, why="so is this", seen=other.id)
    assert find(desk, "ASSAULT") == next(i for i in before[0].values())
    assert desk.store.check() == []


def test_corrected_place_and_date_move_the_tension_with_them(desk: Desk) -> None:
    claim = only_claim(desk, tell(desk, "Hill Wire", SHOT))
    assert claim.place is not None
    old = claim.place.gazetteer_id
    assert [t.level for t in desk.store.tensions(place_id=old) if t.day == date(2026, 3, 16)] > [0]
    (row, *_) = desk.knowledge().gazetteer.find("Prizren")
    day = {"start": "2026-03-14", "end": "2026-03-14", "precision": "day"}
    changes = {"place": {"gazetteer_id": row.id}, "date": day}
    made = desk.correct_claim(claim.id, changes, why="the dateline says so")
    assert {c.field for c in made} == {"place", "date"}
    incident = find(desk, "ASSAULT")
    assert incident.place is not None
    assert (incident.place.gazetteer_id, str(incident.date)) == (row.id, "2026-03-14")
    assert [c.id for c in desk.store.claims(Filter(place_id=row.id))] == [claim.id]
    assert desk.store.claims(Filter(place_id=old)) == []
    assert not any(t.level for t in desk.store.tensions(place_id=old))
    level = {t.day: t.level for t in desk.store.tensions(place_id=row.id)}
    assert level[date(2026, 3, 14)] > 0
    seen = {c.field: c.id for c in made if c.field == "place"}
    desk.correct_claim(claim.id, {"place": None}, why="it does not say where", seen=seen)
    assert find(desk, "ASSAULT").place is None
    assert desk.store.check() == []


def test_a_restart_and_a_further_run_keep_everything(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    first = only_claim(desk, tell(desk, "Hill Wire", SHOT))
    second = only_claim(desk, tell(desk, "Coast Radio", TAKEN))
    desk.correct_claim(first.id, {"certainty": "hedged", "actor": [{"text": "Gunmen", "sector": "CRM"}]}, why="so told")
    desk.reject_claim(second.id, why="not political")
    added = desk.add_claim(first.article_id, {"type": "REQUEST", "mode": "yield"}, "the mayor said", why="missed")
    before = picture(desk)
    again = make_desk()
    again.derive()
    assert picture(again) == before
    tell(again, "Far Mail", "Thousands marched in Pristina on Sunday.", hours=3)
    held = {c.id: c for c in again.store.claims(ALL)}
    assert held[first.id].certainty == "hedged"
    assert held[first.id].actor[0].sector == "CRM"
    assert added.id in held
    assert second.id not in held
    assert again.store.check() == []


def test_what_is_in_memory_and_what_is_loaded_come_to_the_same(make_desk: Callable[..., Desk]) -> None:
    remembers, forgets = make_desk(name="a.sqlite"), make_desk(name="b.sqlite")
    for desk in (remembers, forgets):
        articles = [tell(desk, o, t, hours=h) for h, (o, t) in enumerate([("A", SHOT), ("B", ECHO), ("C", TAKEN)])]
        for number, article in enumerate(articles):
            claim = only_claim(desk, article)
            if desk is forgets:
                desk._memory = type(desk._memory)()
            if number == 0:
                desk.correct_claim(claim.id, {"tolls": [{"kind": "killed", "low": 3, "high": None}]}, why="three")
            elif number == 1:
                desk.correct_claim(claim.id, {"background": True, "modality": "negated"}, why="long ago")
            else:
                desk.reject_claim(claim.id, why="none")
        tell(desk, "D", "Police arrested a baker in Prizren on Sunday, a lawyer said.", hours=5)
    assert picture(remembers) == picture(forgets)
    assert {i.state for i in picture(remembers)[0].values()} >= {"retracted"}


def test_who_rejects_does_not_wait_for_the_whole_stretch_to_be_read(desk: Desk) -> None:
    articles = [tell(desk, o, t, hours=h) for h, (o, t) in enumerate([("A", SHOT), ("B", ECHO), ("C", TAKEN)])]
    with patch.object(remembering, "_load", wraps=remembering._load) as loads:
        said = [desk.reject_claim(only_claim(desk, article).id, why="none") for article in articles]
        assert loads.call_count == 0
        assert states(desk) == {("ASSAULT", "retracted", 1), ("COERCE", "retracted", 1)}
        tell(desk, "E", "Thousands marched in Pristina on Sunday.", hours=3)
        assert loads.call_count == 0
        desk.reopen_claim(said[0].claim_id, why="it is one", seen=said[0].id)
        assert loads.call_count == 1, "its incident is not in memory"
    assert ("ASSAULT", "reported", 1) in states(desk)
    assert desk.store.check() == []


def test_a_reading_by_a_later_reader_is_corrected_as_the_first_was(desk: Desk) -> None:
    claim = only_claim(desk, tell(desk, "Hill Wire", SHOT))
    desk.correct_claim(claim.id, {"mode": "targeted", "certainty": "hedged"}, why="they were meant")
    later = replace(claim, reader="encoder/99", score=0.5, mode="primitive")
    corrected = correct_claim(later, desk.store.corrections([claim.id])[claim.id])
    assert (corrected.mode, corrected.certainty, corrected.reader) == ("targeted", "hedged", "encoder/99")
    assert desk.take_text(SHOT, Options(outlet="Hill Wire", published_at=AT)).known == 1
    assert desk.store.claim(claim.id).certainty == "hedged"


def test_the_second_of_two_analysts_must_have_seen_the_first(desk: Desk) -> None:
    claim = only_claim(desk, tell(desk, "Hill Wire", SHOT))
    (first,) = desk.correct_claim(claim.id, {"certainty": "hedged"}, why="allegedly", who="ana")
    with pytest.raises(RecordError, match="was changed by person:ana meanwhile"):
        desk.correct_claim(claim.id, {"certainty": "asserted"}, why="he was there", who="ben")
    with pytest.raises(RecordError, match="meanwhile"):
        desk.accept_claim(claim.id, who="ben")
    (other,) = desk.correct_claim(claim.id, {"background": True}, why="another field", who="ben")
    with pytest.raises(RecordError, match="meanwhile"):
        desk.accept_claim(claim.id, who="cem", seen=first.id)
    assert desk.store.claim(claim.id).certainty == "hedged"
    seen = {"certainty": first.id}
    (second,) = desk.correct_claim(claim.id, {"certainty": "asserted"}, why="he was there", who="ben", seen=seen)
    assert second.replaces == first.id
    assert desk.accept_claim(claim.id, seen=second.id).kind == "accepted"
    assert [c.id for c in desk.store.corrections([claim.id])[claim.id]][:3] == [first.id, other.id, second.id]
    with pytest.raises(RecordError, match="is no correction of it"):
        desk.correct_claim(claim.id, {"mode": "targeted"}, why="they were meant", seen={"mode": "cor_x"})


def test_of_many_who_correct_at_once_one_is_heard(make_desk: Callable[..., Desk]) -> None:
    desks = [make_desk(FixedClock(AT + timedelta(days=1, seconds=n))) for n in range(4)]
    claim = only_claim(desks[0], tell(desks[0], "Hill Wire", SHOT))
    start, heard, refused = Barrier(len(desks)), list[str](), list[str]()

    def correct(number: int, desk: Desk) -> None:
        start.wait()
        try:
            desk.correct_claim(claim.id, {"actor": [{"text": f"band {number}"}]}, why="known", who=str(number))
            heard.append(str(number))
        except RecordError as why:
            refused.append(str(why))

    threads = [Thread(target=correct, args=pair) for pair in enumerate(desks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(heard), len(refused)) == (1, 3)
    assert desks[0].store.claim(claim.id).actor == (Party(f"band {heard[0]}"),)
    assert desks[0].store.check() == []


def test_an_added_claim_counts_like_any_other_and_can_be_rejected(desk: Desk) -> None:
    article = tell(desk, "Hill Wire", f"{SHOT} Tyres of a crowd lay before the town hall, still warm.")
    before = len(desk.store.claims_of_article(article))
    values = {"type": "PROTEST", "mode": "riot", "actor": [{"text": "a crowd", "country": "XKX", "sector": "PRO"}]}
    claim = desk.add_claim(article, values, "Tyres of a crowd\r\nlay before the town hall", why="missed")
    text = desk.store.article(article).text
    assert claim.evidence.span.cut(text) == claim.evidence.text == "Tyres of a crowd lay before the town hall"
    assert claim.actor[0].span is not None
    assert claim.actor[0].span.cut(text) == "a crowd"
    assert claim.reader == "person:desk"
    assert len(desk.store.claims_of_article(article)) == before + 1
    assert find(desk, "PROTEST").claim_ids == (claim.id,)
    assert [c.id for c in desk.store.claims(Filter(query="tyres", type="PROTEST"))] == [claim.id]
    with pytest.raises(RecordError, match="is there already"):
        desk.add_claim(article, values, "Tyres of a crowd lay before the town hall", why="once more")
    (newest,) = desk.store.corrections([claim.id])[claim.id]
    rejection = desk.reject_claim(claim.id, why="no", seen=newest.id)
    assert find(desk, "PROTEST").state == "retracted"
    desk.reopen_claim(claim.id, why="yes", seen=rejection.id)
    assert desk.store.standings([claim.id]) == {claim.id: "added"}
    assert find(desk, "PROTEST").state == "reported"
    assert desk.store.check() == []


@pytest.mark.parametrize(
    ("evidence", "start", "why"),
    [
        ("Gunmen shot two policemen", None, "not in the article word for word"),
        ("o", None, "stands several times"),
        ("   ", None, "must be a passage"),
        ("x" * 2001, None, "must be a passage"),
        ("Gunmen killed", 3, "not what the article says from 3"),
        ("Gunmen killed", -3, "not what the article says"),
    ],
)
def test_evidence_must_stand_in_the_article(desk: Desk, evidence: str, start: int | None, why: str) -> None:
    article = tell(desk, "Hill Wire", SHOT)
    with pytest.raises(RecordError, match=why):
        desk.add_claim(article, {"type": "ASSAULT"}, evidence, why="missed", start=start)


BAD: list[tuple[dict[str, Any], str]] = [
    ({"type": "MURDER"}, "'MURDER': must be one of AGREE"),
    ({"mode": "curfew"}, "'curfew': is not a mode of ASSAULT"),
    ({"modality": "maybe"}, "actual, planned, conditional, negated"),
    ({"background": "yes"}, "must be of type bool"),
    ({"actor": [{"text": "x", "sector": "ARMY"}]}, "claim actor sector: 'ARMY': must be one of GOV"),
    ({"actor": [{"text": "x", "country": "Serbia"}]}, "ISO 3166-1"),
    ({"recipient": [{"text": " \t\x00 "}]}, "must be named"),
    ({"recipient": [{"text": "x" * 301}]}, "300 characters or fewer"),
    ({"recipient": [{"text": "x"}] * 21}, "20 or fewer"),
    ({"actor": [{"text": "x" * 5000}]}, "no text in it may be longer"),
    ({"date": {"start": "2026-03-12", "end": "2026-03-10", "precision": "day"}}, "must not end before"),
    ({"date": {"start": "0001-01-01", "end": "0001-01-01", "precision": "day"}}, "must lie between"),
    ({"date": {"start": "1900-01-01", "end": "2100-01-01", "precision": "year"}}, "days or fewer"),
    ({"date": {"start": "soon", "end": "2026-03-10", "precision": "day"}}, "not an ISO 8601"),
    ({"place": {"gazetteer_id": "no:where"}}, "is not in the gazetteer"),
    ({"place": "Prizren"}, "found by a search"),
    ({"tolls": [{"kind": "killed", "low": 5, "high": 3}]}, "the lower number first"),
    ({"tolls": [{"kind": "killed", "low": -1, "high": 3}]}, "must count from 0"),
    ({"tolls": [{"kind": "killed", "low": 1, "high": 10**12}]}, "or fewer"),
    ({"tolls": [{"kind": "sheep", "low": 1, "high": 1}]}, "must be one of killed"),
    ({"attribution": [{"speaker": "x", "kind": "rumour"}]}, "must be one of official"),
    ({"evidence": {"text": "", "start": 0, "end": 0}}, "may not be corrected"),
    ({"id": "clm_x"}, "may not be corrected"),
    ({"certainty": "asserted"}, "changes nothing"),
]


@pytest.mark.parametrize(("changes", "why"), BAD, ids=[why for _, why in BAD])
def test_what_the_codebook_does_not_allow_is_refused_by_name(desk: Desk, changes: dict[str, Any], why: str) -> None:
    claim = only_claim(desk, tell(desk, "Hill Wire", SHOT))
    with pytest.raises(RecordError, match=why):
        desk.correct_claim(claim.id, changes, why="so")
    assert desk.store.corrections([claim.id]) == {}
    assert desk.store.claim(claim.id) == claim


def test_a_reason_is_asked_for_and_a_rejected_claim_is_reopened_before_it_is_changed(desk: Desk) -> None:
    claim = only_claim(desk, tell(desk, "Hill Wire", SHOT))
    for call in (
        lambda: desk.correct_claim(claim.id, {"certainty": "hedged"}, why=" "),
        lambda: desk.reject_claim(claim.id, why=""),
        lambda: desk.add_claim(claim.article_id, {"type": "ASSAULT"}, "Gunmen", why=""),
    ):
        with pytest.raises(RecordError, match="say in a line why"):
            call()
    with pytest.raises(RecordError, match="is open"):
        desk.reopen_claim(claim.id, why="again")
    rejected = desk.reject_claim(claim.id, why="none")
    assert desk.reject_claim(claim.id, why="none") == rejected, "a second click changes nothing"
    with pytest.raises(RecordError, match="reopen it first"):
        desk.correct_claim(claim.id, {"certainty": "hedged"}, why="so")
    assert desk.accept_claim(claim.id, seen=rejected.id).kind == "accepted"
    assert find(desk, "ASSAULT").state == "reported", "accepted after all, it counts again"
    for call in (
        lambda: desk.correct_claim("clm_x", {"certainty": "hedged"}, why="so"),
        lambda: desk.accept_claim("clm_x"),
        lambda: desk.add_claim("art_x", {"type": "ASSAULT"}, "Gunmen", why="so"),
    ):
        with pytest.raises(UnknownIdError):
            call()


def test_what_an_incident_shows_is_put_right_in_the_claims_that_carry_it(desk: Desk) -> None:
    first = only_claim(desk, tell(desk, "Hill Wire", SHOT))
    second = only_claim(desk, tell(desk, "Valley Post", ECHO, hours=1))
    incident = find(desk, "ASSAULT")
    day = {"start": "2026-03-15", "end": "2026-03-15", "precision": "day"}
    made = desk.correct_incident(incident.id, {"date": day}, why="the hospital's record")
    assert {c.claim_id for c in made} == {first.id, second.id}
    assert {c.incident_id for c in made} == {incident.id}
    assert str(find(desk, "ASSAULT").date) == "2026-03-15"
    with pytest.raises(RecordError, match="was corrected by somebody meanwhile"):
        desk.correct_incident(incident.id, {"date": None}, why="nobody knows")
    seen = mark_seen(desk.store.corrections([first.id, second.id]))
    desk.correct_incident(incident.id, {"date": None}, why="nobody knows", seen=seen)
    assert desk.store.claim(first.id).date is None
    seen = mark_seen(desk.store.corrections([first.id, second.id]))
    with pytest.raises(RecordError, match="no claim of it carries"):
        desk.correct_incident(incident.id, {"tolls": []}, why="best toll", seen=seen)


def test_what_was_said_goes_over_to_the_later_revision_of_a_page(desk: Desk) -> None:
    road = "The road to Zubin Potok was closed in the afternoon, and the mayor called for calm in the town around it."
    live = Options(outlet="Hill Wire", published_at=AT, url="https://live.example/zubin")
    first = desk.take_text(f"{SHOT} {road}", live).articles[0].id
    claims = {c.type: c for c in desk.store.claims_of_article(first)}
    shot, other = claims["ASSAULT"], next(c for t, c in claims.items() if t != "ASSAULT")
    changes = {"certainty": "hedged", "actor": [{"text": "Gunmen", "sector": "CRM"}]}
    desk.correct_claim(shot.id, {**changes, "tolls": []}, why="allegedly", who="ana")
    desk.reject_claim(other.id, why="no act", who="ben")
    desk.add_claim(first, {"type": "ACCUSE"}, "the mayor said", why="missed", who="cem")
    later = replace(live, published_at=AT + timedelta(hours=3))
    second = desk.take_text(f"{SHOT.replace('two', 'three')} {road}", later).articles[0]
    now = {c.type: c for c in desk.store.claims_of_article(second.id)}
    told = now["ASSAULT"]
    assert (told.certainty, told.actor[0].sector) == ("hedged", "CRM")
    assert told.tolls != (), "the machine reads another toll than it read when it was corrected"
    assert desk.store.standings([now[other.type].id])[now[other.type].id] == "rejected"
    assert now["ACCUSE"].evidence.span.cut(second.text) == "the mayor said"
    said = [c for held in desk.store.corrections([c.id for c in now.values()]).values() for c in held]
    assert {c.made_by for c in said} == {"person:ana", "person:ben", "person:cem"}
    assert all("earlier revision" in c.reason for c in said)
    assert other.type not in {i.type for i in desk.store.incidents(ALL) if i.state != "retracted"}
    assert desk.store.check() == []


def test_the_exercise_s_corrections_go_with_it(desk: Desk) -> None:
    tell(desk, "Hill Wire", SHOT)
    article = desk.take_text(TAKEN, Options(outlet="Isle Wire", published_at=AT), is_exercise=True).articles[0].id
    drill = only_claim(desk, article)
    real = next(c for c in desk.store.claims(ALL) if c.id != drill.id)
    assert desk.reject_claim(drill.id, why="part of the play").is_exercise
    desk.add_claim(article, {"type": "ACCUSE"}, "a lawyer said", why="missed")
    kept = desk.accept_claim(real.id)
    desk.remove_exercise()
    assert desk.store.corrections([drill.id, real.id]) == {real.id: [kept]}
    assert desk.store.check() == []
