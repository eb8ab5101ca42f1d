"""Any record comes back as it went in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import Places
from tests.strategies import articles, claims, feeds, incidents
from tests.strategies import reasons as reason_records
from tocsin.ports import Derivation, Reading, Store
from tocsin.records import Article, Claim, Evidence, Feed, Incident, Link, Outlet, Reason, incident_id
from tocsin.store import open_store

_numbers = count()
quick = settings(max_examples=50, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def kept(lasting_place: Places, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = open_store(lasting_place(tmp_path_factory.mktemp("trips") / "desk.sqlite"))
    yield store
    store.close()


def _add(store: Store, article: Article, made: list[Claim]) -> tuple[Article, list[Claim]]:
    """Keep the records under new ids, with evidence that the article holds."""
    number = next(_numbers)
    text = "".join(c.evidence.text for c in made) + article.text
    article, fitted, start = replace(article, id=f"art_{number}", text=text), [], 0
    for n, claim in enumerate(made):
        evidence = Evidence.cut_from(text, start, start + len(claim.evidence.text))
        fitted.append(replace(claim, id=f"clm_{number}_{n}", article_id=article.id, evidence=evidence))
        start = evidence.end
    assert store.add_reading(Reading(article, tuple(fitted)))
    return article, fitted


@quick
@given(article=articles(), made=st.lists(claims(), max_size=3))
def test_articles_and_claims(kept: Store, article: Article, made: list[Claim]) -> None:
    article, fitted = _add(kept, article, made)
    assert kept.article(article.id) == article
    assert kept.claims_by_id([c.id for c in fitted]) == {c.id: c for c in fitted}
    assert sorted(kept.claims_of_article(article.id), key=lambda c: c.id) == fitted


@quick
@given(article=articles(), made=st.lists(claims(), min_size=1, max_size=3), incident=incidents())
def test_incidents(kept: Store, article: Article, made: list[Claim], incident: Incident) -> None:
    _, fitted = _add(kept, article, made)
    ids = tuple(c.id for c in fitted)
    incident = replace(incident, id=incident_id(ids[0]), claim_ids=ids)
    kept.save_derivation(Derivation(incidents=(incident,)))
    assert kept.incident(incident.id) == incident
    assert kept.incidents_of_claims(ids) == dict.fromkeys(ids, incident.id)


@quick
@given(article=articles(), made=claims(), reasons=st.lists(reason_records), score=st.floats(0, 1))
def test_links(kept: Store, article: Article, made: Claim, reasons: list[Reason], score: float) -> None:
    _, fitted = _add(kept, article, [made])
    link = Link("lnk_x", fitted[0].id, "inc_x", score, "rule:toy", article.taken_at, tuple(reasons))
    kept.save_derivation(Derivation(links=(link,)))
    assert kept.newest_links([link.claim_id]) == {link.claim_id: link}


@quick
@given(feed=feeds())
def test_feeds(kept: Store, feed: Feed) -> None:
    kept.save_feed(feed)
    assert kept.feed(feed.id) == feed


texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"))


@quick
@given(name=texts, reason=st.none() | texts, flag=st.none() | st.booleans())
def test_outlets(kept: Store, name: str, reason: str | None, flag: bool | None) -> None:
    outlet = Outlet(f"out_{next(_numbers)}", name, reliability_reason=reason, is_state_media=flag)
    kept.save_outlet(outlet)
    assert kept.outlet(outlet.id) == outlet


@quick
@given(key=texts, value=texts)
def test_notes(kept: Store, key: str, value: str) -> None:
    kept.set_note(key, value)
    assert kept.note(key) == value


def test_everything_kept_is_sound(kept: Store) -> None:
    assert kept.check() == []
