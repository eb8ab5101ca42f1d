"""What a desk keeps in memory between derivations changes nothing but the time it takes."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from benchmarks.newsflow import NewsFlow

from tests.conftest import FixedClock
from tocsin.desk import Desk, remembering
from tocsin.desk.remembering import IncidentMemory
from tocsin.ports import Reading
from tocsin.records import Article, Claim, Evidence, Filter, Outlet, PartialDate, Place, Sighting, incident_id

MakeDesk = Callable[..., Desk]
News = list[tuple[Article, tuple[Claim, ...]]]
ALL = Filter(limit=0, with_background=True)


def tell(desk: Desk, news: Iterable[tuple[Article, tuple[Claim, ...]]], at: datetime) -> None:
    desk.clock.time = at  # type: ignore[attr-defined]
    for article, claims in news:
        outlet = Outlet(article.outlet_id or "", article.outlet_name or "")
        seen = (Sighting(article.id, article.url, article.taken_at),) if article.url else ()
        desk.store.add_reading(Reading(article, claims, seen, outlet))
    desk.derive()


def read_state(desk: Desk) -> tuple[Any, ...]:
    incidents = {i.id: i for i in desk.store.incidents(ALL)}
    claims = [c for i in incidents.values() for c in i.claim_ids]
    links = {c: link.incident_id for c, link in desk.store.newest_links(claims).items()}
    articles = [a.id for a in desk.store.articles(ALL)]
    return incidents, links, desk.store.origins(articles), desk.store.tensions(), desk.store.alerts()


def count_loads() -> Any:
    return patch.object(remembering, "_load", wraps=remembering._load)


@pytest.fixture
def desks(make_desk: MakeDesk) -> tuple[Desk, Desk]:
    """One that remembers, and one whose memory a test takes away."""
    return make_desk(FixedClock(), "a.sqlite"), make_desk(FixedClock(), "b.sqlite")


def test_a_desk_that_remembers_comes_to_what_one_without_memory_comes_to(desks: tuple[Desk, Desk]) -> None:
    flow = NewsFlow(8, seed=5)
    with count_loads() as loads:
        for day in range(12):
            news = flow.next_day()
            for part in (news[:3], news[3:]):
                for desk in desks:
                    tell(desk, part, part[-1][0].taken_at)
                desks[1]._memory = IncidentMemory()
            if day % 6 == 0:
                assert read_state(desks[0]) == read_state(desks[1])
    assert read_state(desks[0]) == read_state(desks[1])
    assert loads.call_count == 24 + 1, "the one that remembers reads the store once"


def test_what_somebody_else_derived_is_seen(make_desk: MakeDesk) -> None:
    flow = NewsFlow(8, seed=6)
    one, other = make_desk(FixedClock()), make_desk(FixedClock())
    first, second, third = flow.next_day(), flow.next_day(), flow.next_day()
    tell(one, first, first[-1][0].taken_at)
    tell(other, second, second[-1][0].taken_at)
    tell(one, third, third[-1][0].taken_at)
    alone = make_desk(FixedClock(), "alone.sqlite")
    for news in (first, second, third):
        tell(alone, news, news[-1][0].taken_at)
    assert read_state(one) == read_state(alone)


def test_desks_that_derive_in_turn_read_the_store_once_each(make_desk: MakeDesk) -> None:
    flow = NewsFlow(8, seed=11)
    pair, alone = (make_desk(FixedClock()), make_desk(FixedClock())), make_desk(FixedClock(), "alone.sqlite")
    with count_loads() as loads:
        for day in range(8):
            news = flow.next_day()
            for at, part in enumerate((news[:3], news[3:5], news[5:])):
                tell(pair[(day + at) % 2], part, part[-1][0].taken_at)
        assert loads.call_count == 2
    again_flow = NewsFlow(8, seed=11)
    for _ in range(8):
        news = again_flow.next_day()
        for part in (news[:3], news[3:5], news[5:]):
            tell(alone, part, part[-1][0].taken_at)
            alone._memory = IncidentMemory()
    assert read_state(pair[0]) == read_state(alone)


DECISIONS = ("split", "merge", "retract", "reject", "release")


@pytest.mark.parametrize("seed", range(3))
def test_what_people_decide_at_one_desk_is_known_at_the_other(make_desk: MakeDesk, seed: int) -> None:
    flow, chance = NewsFlow(8, seed=20 + seed), random.Random(seed)
    one, other, forgetful = (make_desk(FixedClock()) for _ in range(3))
    for desk in (one, other):
        tell(desk, news := flow.next_day(), news[-1][0].taken_at)
    for turn in range(5):
        at = news[-1][0].taken_at
        for desk in (one, forgetful):
            desk.clock.time = at  # type: ignore[attr-defined]
        with_several = [i for i in one.store.incidents(ALL) if len(i.claim_ids) > 1 and i.state != "retracted"]
        chosen = chance.choice(with_several)
        what = DECISIONS[(turn + seed) % len(DECISIONS)]
        if what == "split":
            one.split_incident(chosen.id, chosen.claim_ids[:1], why="apart")
        elif what == "merge":
            one.merge_incidents(chosen.id, [i.id for i in with_several if i.id != chosen.id][:1], why="one")
        elif what == "retract":
            one.retract_article(one.store.claim(chosen.claim_ids[0]).article_id, why="taken back")
        elif what == "reject":
            one.reject_claim(chosen.claim_ids[-1], why="none of it")
        else:
            one.release_incident(chosen.id, why="by the rules")
        tell(other, news := flow.next_day(), at)
        forgetful._memory = IncidentMemory()
        before = read_state(other)
        again(forgetful)
        assert read_state(other) == before, "grouped from what is stored it comes to the same"
    assert other.store.check() == []


def test_a_page_fetched_again_and_an_article_taken_back_are_no_reason_to_read_all(make_desk: MakeDesk) -> None:
    desk, forgetful = make_desk(FixedClock()), make_desk(FixedClock(), "forgetful.sqlite")
    flow, at = NewsFlow(6, seed=31), "https://orle.example/live"
    news = [flow.next_day() for _ in range(3)]
    first = replace(news[0][-1][0], url=at, title="EXERCISE: live")
    later = replace(first, id="art_later", text=f"{first.text} Officials told more.", taken_at=news[1][0][0].taken_at)
    moved = tuple(replace(c, id=f"{c.id}_l", article_id=later.id) for c in news[0][-1][1])

    def go_through(desk: Desk, *, forgets: bool) -> None:
        tell(desk, [*news[0][:-1], (first, news[0][-1][1])], news[0][-1][0].taken_at)
        for part in ([(later, moved)], news[1], news[2]):
            if forgets:
                desk._memory = IncidentMemory()
            tell(desk, part, news[2][-1][0].taken_at)
        if forgets:
            desk._memory = IncidentMemory()
        desk.retract_article(news[1][0][0].id, why="taken back")

    with count_loads() as loads:
        go_through(desk, forgets=False)
        assert loads.call_count == 1
    go_through(forgetful, forgets=True)
    assert set(desk.store.withdrawals([first.id])) == {first.id}, "the later revision stands in its place"
    assert read_state(desk) == read_state(forgetful)
    assert any(i.state == "retracted" for i in desk.store.incidents(ALL))


def again(desk: Desk) -> None:
    """Derive anew what was published last."""
    newest = max(desk.store.articles(ALL), key=lambda a: a.shown_at)
    links = desk.store.newest_links([c.id for c in desk.store.claims_of_article(newest.id)])
    desk.store.add_decision(list(links.values()))
    desk.derive()


def test_a_graded_outlet_and_a_persons_word_reach_what_is_in_memory(make_desk: MakeDesk) -> None:
    flow = NewsFlow(10, seed=7)
    desk = make_desk(FixedClock())
    news = [*flow.next_day(), *flow.next_day()]
    tell(desk, news[:10], news[9][0].taken_at)
    whole = next(i for i in desk.store.incidents(ALL) if len(i.claim_ids) > 1)
    old, new = desk.split_incident(whole.id, whole.claim_ids[:1], why="not the same")
    assert {len(old.claim_ids), len(new.claim_ids)} == {1, len(whole.claim_ids) - 1}
    desk.grade_outlet(whole.outlets[0], "B", "known for years")
    with count_loads() as loads:
        tell(desk, news[10:], news[-1][0].taken_at)
        assert loads.call_count == 1
        assert desk.store.incident(new.id).claim_ids == new.claim_ids
        tell(desk, flow.next_day(), news[-1][0].taken_at + timedelta(days=1))
        assert loads.call_count == 1


def test_old_news_and_a_failed_save_are_not_remembered(make_desk: MakeDesk) -> None:
    flow = NewsFlow(6, seed=8)
    desk = make_desk(FixedClock())
    news = flow.next_day()
    today = news[-1][0].taken_at
    with count_loads() as loads:
        tell(desk, news, today + timedelta(days=200))
        tell(desk, flow.next_day(), today + timedelta(days=200))
        assert loads.call_count == 2
    with (
        patch.object(desk.store, "save_derivation", side_effect=OSError("disk full")),
        pytest.raises(OSError, match="full"),
    ):
        tell(desk, flow.next_day(), today + timedelta(days=3))
    with count_loads() as loads:
        desk.derive()
        assert loads.call_count == 1
    assert desk.store.underived_article_ids() == []
    assert desk.store.check() == []


def test_an_archive_taken_in_beside_the_news_leaves_the_news_in_memory(make_desk: MakeDesk) -> None:
    past, flow = NewsFlow(6, seed=41), NewsFlow(6, seed=42)
    old = [past.next_day() for _ in range(3)]
    ahead = timedelta(days=90)
    news = [
        [
            (
                replace(a, id=f"n{a.id}", taken_at=a.taken_at + ahead, published_at=a.shown_at + ahead),
                tuple(replace(c, id=f"n{c.id}", article_id=f"n{a.id}", date=None) for c in claims),
            )
            for a, claims in flow.next_day()
        ]
        for _ in range(4)
    ]
    desk, forgetful = make_desk(FixedClock()), make_desk(FixedClock(), "forgetful.sqlite")
    for one in (desk, forgetful):
        with count_loads() as loads:
            for at, today in enumerate(news):
                for part in (today[:3], old[at] if at < len(old) else [], today[3:]):
                    if one is forgetful:
                        one._memory = IncidentMemory()
                    tell(one, part, today[-1][0].taken_at)
            if one is desk:
                assert loads.call_count == 1 + len(old), "the news of these weeks are read once"
    assert read_state(desk) == read_state(forgetful)


def test_a_copy_stays_one_though_its_original_is_older_than_what_is_read(make_desk: MakeDesk) -> None:
    desk, flow = make_desk(FixedClock()), NewsFlow(3, seed=43)
    ((article, claims), *_) = flow.next_day()
    copies = []
    for number, days in enumerate((0, 20, 40)):
        at = article.shown_at + timedelta(days=days)
        id_ = f"art_{number}"
        copies.append(
            (
                replace(article, id=id_, outlet_id=f"out_{number}", taken_at=at, published_at=at),
                tuple(replace(c, id=f"{c.id}_{number}", article_id=id_) for c in claims) if number == 2 else (),
            )
        )
    for told, said in copies:
        tell(desk, [(told, said)], told.taken_at)
    assert set(desk.store.origins([a.id for a, _ in copies]).values()) == {"art_0"}
    desk._memory = IncidentMemory()
    again(desk)
    assert desk.store.origins([a.id for a, _ in copies]) == dict.fromkeys(["art_0", "art_1", "art_2"], "art_0")


def test_an_incident_whose_claim_a_later_revision_tells_elsewhere_leads_there(make_desk: MakeDesk) -> None:
    desk, start, url = make_desk(FixedClock()), datetime(2026, 3, 1, 8, tzinfo=UTC), "https://orle.example/live"
    orle = Place("Orle", "settlement", "XVA", 40.1, 20.1, "g:orle", within=("country:XVA",))
    isel = Place("Isel", "settlement", "XQA", -30.0, 70.0, "g:isel", within=("country:XQA",))

    def write(id_: str, words: str, place: Place, url: str | None = None) -> tuple[Article, tuple[Claim, ...]]:
        at, outlet = start + timedelta(hours=len(words) % 9), "live" if url else id_
        text = f"EXERCISE {words}"
        article = Article(
            id_, text, at, outlet_id=f"out_{outlet}", outlet_name=outlet, published_at=at, url=url, title=url
        )
        said = Evidence.cut_from(text, len("EXERCISE "), len(text))
        claim = Claim(f"clm_{id_}", id_, "PROTEST", said, "demo", date=PartialDate.of_day(start.date()), place=place)
        return article, (claim,)

    tell(desk, [write("art_1", "Hundreds marched.", orle), write("art_2", "Many went into the streets.", orle)], start)
    (marched,) = desk.store.incidents(ALL)
    tell(desk, [write("art_3", "People marched with flags today.", isel, url)], start)
    (other,) = [i for i in desk.store.incidents(ALL) if i.id != marched.id]
    tell(desk, [write("art_4", "People marched with flags today, it is said.", orle, url)], start)
    assert set(desk.store.withdrawals(["art_3"])) == {"art_3"}
    assert [i.id for i in desk.store.incidents(ALL)] == [marched.id]
    assert desk.store.incident(other.id).id == marched.id


def test_an_article_that_could_not_be_read_goes_by(make_desk: MakeDesk) -> None:
    flow = NewsFlow(4, seed=9)
    desk = make_desk(FixedClock())
    first, second = flow.next_day(), flow.next_day()
    tell(desk, first, first[-1][0].taken_at)
    spoilt = replace(second[0][0], fault="not read")
    tell(desk, [(spoilt, ()), *second[1:]], second[-1][0].taken_at)
    assert desk.store.underived_article_ids() == []


def test_an_article_beyond_the_stretch_speaks_of_its_country_still(make_desk: MakeDesk) -> None:
    desk, start = make_desk(FixedClock()), datetime(2026, 3, 1, 8, tzinfo=UTC)
    orle = Place("Orle", "settlement", "XVA", 40.1, 20.1, "g:orle", within=("country:XVA",))
    day = PartialDate.of_day(start.date())

    def write(number: int, days: int, march: str, held: str) -> tuple[Article, tuple[Claim, ...]]:
        at, id_, text = start + timedelta(days=days), f"art_{number}", f"{march} {held}".strip()
        article = Article(id_, text, at, outlet_id=f"out_{number}", outlet_name=f"Outlet {number}", published_at=at)
        told, passage = (
            Evidence.cut_from(text, 0, len(march)),
            Evidence.cut_from(text, len(text) - len(held), len(text)),
        )
        arrest = PartialDate.of_day(at.date())
        return article, (
            *([Claim(f"clm_{number}0", id_, "PROTEST", told, "demo", date=day)] if march else []),
            Claim(f"clm_{number}1", id_, "COERCE", passage, "arrest", date=arrest, place=orle),
        )

    news = [
        write(1, 0, "EXERCISE Hundreds marched.", "Police took a baker of Orle away that night."),
        write(
            2, 13, "EXERCISE Of those who marched two weeks ago nobody speaks.", "A smith sits in a cell in Orle now."
        ),
        write(3, 32, "", "EXERCISE Near the old mill of Orle two guards in a grey car took a teacher with them."),
    ]
    for one in news:
        tell(desk, [one], one[0].taken_at)
        desk._memory = IncidentMemory()
    assert set(desk.store.incident(incident_id("clm_10")).claim_ids) == {"clm_10", "clm_20"}
    assert len(desk.store.incidents(ALL)) == 4
