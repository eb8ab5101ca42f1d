"""Hypothesis strategies for the records, shared by the tests of every room."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import get_args

from hypothesis import strategies as st

from tocsin.records import (
    Article,
    Attribution,
    Claim,
    EventType,
    Evidence,
    Feed,
    Incident,
    Modality,
    PartialDate,
    Party,
    Place,
    PlaceMention,
    Reason,
    Span,
    SpeakerKind,
    Toll,
    TollKind,
    TollRange,
    article_id,
    claim_id,
    digest_text,
    feed_id,
    incident_id,
)

words = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40)
names = st.text(st.characters(categories=("Lu", "Ll")), min_size=1, max_size=20)
days = st.dates(date(1990, 1, 1), date(2035, 12, 31))
times = st.datetimes(datetime(1990, 1, 1), datetime(2035, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
codes = st.sampled_from(["SRB", "XKX", "UKR", "IGO", "XVA"])
reasons = st.builds(Reason, names, words, st.none() | st.floats(-9, 9), st.none() | names)


@st.composite
def spans(draw: st.DrawFn, most: int = 500) -> Span:
    start = draw(st.integers(0, most))
    return Span(start, draw(st.integers(start, most + 50)))


@st.composite
def partial_dates(draw: st.DrawFn) -> PartialDate:
    day = draw(days)
    form = draw(st.sampled_from(["day", "week", "month", "year", "range"]))
    match form:
        case "week":
            return PartialDate.of_week(day)
        case "month":
            return PartialDate.of_month(day.year, day.month)
        case "year":
            return PartialDate.of_year(day.year)
        case "range":
            return PartialDate(day, day + timedelta(days=draw(st.integers(0, 30))), "day")
        case _:
            return PartialDate.of_day(day)


@st.composite
def places(draw: st.DrawFn) -> Place:
    has_point = draw(st.booleans())
    return Place(
        draw(names),
        draw(st.sampled_from(["site", "settlement", "district", "region", "country"])),
        draw(st.none() | codes),
        draw(st.floats(-90, 90)) if has_point else None,
        draw(st.floats(-180, 180)) if has_point else None,
        draw(st.none() | names),
        draw(st.none() | names),
        tuple(draw(st.lists(names, max_size=3))),
        reasons=tuple(draw(st.lists(reasons, max_size=2))),
    )


@st.composite
def articles(draw: st.DrawFn) -> Article:
    title, outlet, text = draw(st.none() | names), draw(st.none() | names), draw(words)
    published = draw(st.none() | times)
    return Article(
        article_id(outlet, title, text, published),
        text,
        draw(times),
        title=title,
        outlet_name=outlet,
        published_at=published,
        digest=digest_text(text),
        is_exercise=draw(st.booleans()),
    )


@st.composite
def evidences(draw: st.DrawFn) -> Evidence:
    text, start = draw(words), draw(st.integers(0, 1000))
    return Evidence(text, start, start + len(text))


@st.composite
def tolls(draw: st.DrawFn) -> Toll:
    low = draw(st.integers(0, 9999))
    high = draw(st.none() | st.integers(low, low + 100))
    return Toll(draw(st.sampled_from(get_args(TollKind))), low, high, draw(st.none() | words))


parties = st.builds(
    Party, names, st.none() | codes, st.none() | st.sampled_from(["MIL", "COP", "CVL"]), st.none() | spans()
)
attributions = st.builds(Attribution, st.none() | names, st.sampled_from(get_args(SpeakerKind)), st.none() | names)


@st.composite
def claims(draw: st.DrawFn) -> Claim:
    article, type_ = f"art_{draw(names)}", draw(st.sampled_from(get_args(EventType)))
    return Claim(
        claim_id(article, type_, draw(st.integers(0, 10_000))),
        article,
        type_,
        draw(evidences()),
        actor=tuple(draw(st.lists(parties, max_size=3))),
        recipient=tuple(draw(st.lists(parties, max_size=3))),
        modality=draw(st.sampled_from(get_args(Modality))),
        background=draw(st.booleans()),
        attribution=tuple(draw(st.lists(attributions, max_size=2))),
        date=draw(st.none() | partial_dates()),
        mentions=tuple(draw(st.lists(st.builds(PlaceMention, names, st.none() | spans()), max_size=2))),
        place=draw(st.none() | places()),
        tolls=tuple(draw(st.lists(tolls(), max_size=2))),
        score=draw(st.none() | st.floats(0, 1)),
        reasons=tuple(draw(st.lists(reasons, max_size=3))),
    )


@st.composite
def incidents(draw: st.DrawFn) -> Incident:
    ids = tuple(draw(st.lists(names.map("clm_{}".format), min_size=1, max_size=4, unique=True)))
    return Incident(
        incident_id(ids[0]),
        draw(st.sampled_from(get_args(EventType))),
        ids,
        draw(times),
        date=draw(st.none() | partial_dates()),
        place=draw(st.none() | places()),
        actor=tuple(draw(st.lists(parties, max_size=2))),
        tolls=tuple(
            draw(
                st.lists(st.builds(TollRange, st.just("killed"), st.just(1), st.just(2), st.none(), names), max_size=1)
            )
        ),
        origins=draw(st.integers(1, 9)),
        reasons=tuple(draw(st.lists(reasons, max_size=2))),
    )


@st.composite
def feeds(draw: st.DrawFn) -> Feed:
    address = f"https://{draw(names)}.example/feed"
    return Feed(feed_id(address), address, confirmed_at=draw(st.none() | times), failures=draw(st.integers(0, 5)))
