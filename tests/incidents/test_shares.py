"""The grouping in shares: what many workers find apart is what one finds together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import replace
from datetime import UTC, date, datetime
from zlib import crc32

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.incidents.test_properties import worlds
from tests.incidents.test_stream import NARROW
from tests.incidents.world import NOW, World
from tocsin.incidents import Grouping, find_countries, group_claims
from tocsin.incidents.facts import Facts, prepare_facts
from tocsin.incidents.shares import carry_claim, find_day, find_firsts, list_days, settle_knot, tie_pairs
from tocsin.records import PartialDate


def prepare(world: World) -> list[Facts]:
    facts = []
    countries = find_countries(world.claims)
    for claim in world.claims:
        light, article = carry_claim(claim, world.articles[claim.article_id])
        outlet = world.outlets.get(article.outlet_id or "")
        origin, country = world.origins.get(article.id, article.id), countries.get(article.id)
        facts.append(prepare_facts(light, article, outlet, origin, NARROW, country))
    return facts


def group_in_shares(world: World, window_days: int, slices: int) -> Grouping:
    """As the archive does it, with nothing but what each share is given."""
    facts = prepare(world)
    by_origin: dict[str, list[Facts]] = defaultdict(list)
    for one in facts:
        by_origin[one.origin].append(one)
    firsts: dict[str, str] = {}
    ties: dict[tuple[str, str], float] = {}
    windows: dict[tuple[int, int], list[Facts]] = defaultdict(list)
    for mine in by_origin.values():
        found = find_firsts(mine, NARROW)
        firsts |= found
        standing = [f for f in mine if found[f.claim.id] == f.claim.id]
        ties |= tie_pairs(standing, lambda key: find_day(key) is None, NARROW)
        for one in standing:
            for window in {day.toordinal() // window_days for day in list_days(one)}:
                for part in range(slices):
                    windows[window, part].append(one)
    for (window, part), mine in windows.items():

        def is_wanted(key: tuple[Hashable, ...], window: int = window, part: int = part) -> bool:
            day = find_day(key)
            mine = crc32(repr(key[3:]).encode()) % slices == part
            return day is not None and day.toordinal() // window_days == window and mine

        ties |= tie_pairs(mine, is_wanted, NARROW)
    home = {c: c for c in set(firsts.values())}
    for one_id, other_id in ties:
        kept, lost = home[one_id], home[other_id]
        home = {c: kept if h == lost else h for c, h in home.items()}
    knots: dict[str, list[Facts]] = defaultdict(list)
    for one in facts:
        knots[home[firsts[one.claim.id]]].append(one)
    made = [
        settle_knot(mine, {p: s for p, s in ties.items() if home[p[0]] == knot}, NARROW, now=NOW)
        for knot, mine in knots.items()
    ]
    return Grouping(tuple(i for m in made for i in m.incidents), tuple(k for m in made for k in m.links))


@settings(max_examples=200, deadline=None)
@given(worlds(), st.sampled_from([1, 2, 7, 30]), st.integers(1, 3))
def test_shares_come_to_the_same_incidents_and_links(world: World, window_days: int, slices: int) -> None:
    whole = group_claims(world.claims, world.articles, world.outlets, world.origins, NARROW, now=NOW)
    shared = group_in_shares(world, window_days, slices)
    assert {i.id: i for i in shared.incidents} == {i.id: i for i in whole.incidents}
    assert {k.claim_id: k for k in shared.links} == {k.claim_id: k for k in whole.links}


def test_blocks_beyond_their_limit_come_to_the_same() -> None:
    world = World()
    for n in range(30):
        killed = n % 5 or None
        day = PartialDate.of_day(date(2026, 3, 1 + n % 2)) if n % 7 else None
        world.claim(f"a{n}", words=f"police beat {n % 3} men", killed=killed, date=day)
    whole = group_claims(world.claims, world.articles, world.outlets, world.origins, NARROW, now=NOW)
    shared = group_in_shares(world, 1, 2)
    assert len(whole.incidents) > 1
    assert {i.id: i for i in shared.incidents} == {i.id: i for i in whole.incidents}


def test_a_stretch_of_a_year_is_filed_once() -> None:
    world = World()
    world.claim("a", date=None)
    (one,) = prepare(world)
    year = replace(one, days=(date(2025, 1, 1), date(2025, 12, 31)))
    assert list(list_days(year)) == [date(2025, 1, 1)]
    week = replace(one, days=(date(2025, 1, 1), date(2025, 1, 3)))
    assert list(list_days(week)) == [date(2025, 1, 1), date(2025, 1, 2), date(2025, 1, 3)]
    assert list(list_days(replace(one, days=None))) == []


def test_what_travels_says_as_much_as_the_whole() -> None:
    world = World()
    claim = world.claim("a", words="police beat a man")
    article = replace(world.articles["a"], published_at=datetime(2026, 3, 2, tzinfo=UTC))
    light, slim = carry_claim(claim, article)
    weights = NARROW
    whole, carried = (prepare_facts(c, a, None, "a", weights) for c, a in ((claim, article), (light, slim)))
    assert len(slim.text) < 100
    assert whole.order == carried.order
    assert whole.trigger_words == carried.trigger_words
    assert whole.likeness == carried.likeness
