"""Each table says what its records say, row by row, and each column is explained."""

from __future__ import annotations

import csv
import inspect
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import articles, claims, incidents
from tocsin.export import alerts_to_csv, articles_to_csv, claims_to_csv, columns, incidents_to_csv, tensions_to_csv
from tocsin.export.cells import make_cell, neutralise
from tocsin.export.footnotes import load_footnotes
from tocsin.records import (
    Alert,
    Article,
    Attribution,
    Claim,
    Evidence,
    Grade,
    Incident,
    PartialDate,
    Party,
    Place,
    Reason,
    Tension,
    Toll,
    TollRange,
)

NOW = datetime(2031, 3, 1, 6, tzinfo=UTC)
ORLE = Place("Orle", "settlement", "XKX", 1.5, -20.25, "toy:orle", "Orle / Orla", ("toy:north",), "kosovo-1244")
SOUTH = Place("the south", "region", "TLK", -1.5, 20.0, "toy:south", "South")
ARTICLE = Article("art_1", "Police beat two men.", NOW, "Police", "out_1", "Hill Wire", None, NOW, "en", "d1gest")
CLAIM = Claim(
    "clm_1",
    "art_1",
    "ASSAULT",
    Evidence("Police beat two men.", 0, 20),
    mode="beat",
    actor=(Party("Police", "TLK", "COP"), Party("guards", None, None)),
    recipient=(Party("two men", None, "CVL"),),
    attribution=(Attribution(None, "unspecified", "reportedly"), Attribution("the mayor", "official", "said")),
    date=PartialDate.of_month(2031, 2),
    place=ORLE,
    tolls=(Toll("injured", 2, 2, "men"), Toll("vehicles", 30, None), Toll("killed", 2, 5)),
    reasons=(Reason("toy-rule", "=it says so"),),
)
INCIDENT = Incident(
    "inc_1",
    "ASSAULT",
    ("clm_1", "clm_2"),
    NOW,
    place=ORLE,
    actor=CLAIM.actor,
    tolls=(TollRange("injured", 2, 3, None, "median"),),
    outlets=("out_1", "out_2"),
    origins=2,
    state="disputed",
    grades=(Grade("clm_2", 4, Reason("x", "y")),),
    is_exercise=True,
)
TENSION = Tension("toy:orle", "Orle", date(2031, 3, 1), 2.5, 0.0, 9.25, None, 0.5, "too-little-history", ("inc_1",))
ALERT = Alert(
    "alt_1", "rising", "1", "Tension rises", "=crowd", "toy:orle", "Orle", "PRIORITY", date(2031, 2, 1),
    date(2031, 3, 1), "acknowledged", NOW, "three calm days", ("inc_1", "inc_2"), True,
    (Reason("level", "9 is over 5"),), "called",
)  # fmt: skip


def _read(lines: Iterable[str]) -> list[dict[str, str]]:
    reader = csv.DictReader(io.StringIO("".join(lines), newline=""), strict=True)
    rows = list(reader)
    assert all(None not in row and None not in row.values() for row in rows), "every row has every cell"
    return rows


def _holds(row: dict[str, str], **expected: str) -> bool:
    assert {name: row[name] for name in expected} == expected
    return True


def test_incident_row() -> None:
    (row,) = _read(incidents_to_csv([INCIDENT], tlp="TLP:GREEN"))
    assert _holds(row, id="inc_1", exercise="EXERCISE", tlp="TLP:GREEN", type="ASSAULT", mode="", state="disputed")
    assert _holds(row, date_start="", date_end="", date_precision="", reported_at="2031-03-01T06:00:00+00:00")
    assert _holds(row, place="Orle / Orla", place_as_written="Orle", lat="1.5", lon="-20.25", within="toy:north")
    assert _holds(row, actors="Police | guards", actor_countries="TLK | ", actor_sectors="COP | ", recipients="")
    assert _holds(row, claim_ids="clm_1 | clm_2", credibilities=" | 4", outlet_ids="out_1 | out_2", origins="2")
    assert _holds(row, injured_low="2", injured_best="3", injured_high="", killed_low="", killed_best="")
    assert _holds(row, footnote="kosovo-1244", footnote_text=load_footnotes()["kosovo-1244"])


def test_area_has_a_name_and_no_point() -> None:
    (row,) = _read(incidents_to_csv([replace(INCIDENT, place=SOUTH, is_exercise=False)]))
    assert _holds(row, place="South", place_precision="region", place_id="toy:south", lat="", lon="", exercise="")
    assert _holds(row, footnote="", footnote_text="", tlp="TLP:AMBER")


def test_claim_row() -> None:
    (row,) = _read(claims_to_csv([CLAIM], {"art_1": ARTICLE}, footnotes={"kosovo-1244": "Our words."}))
    assert _holds(row, id="clm_1", article_id="art_1", outlet="Hill Wire", url="", exercise="", background="false")
    assert _holds(row, speakers=" | the mayor", speaker_kinds="unspecified | official", cues="reportedly | said")
    assert _holds(row, date_start="2031-02-01", date_end="2031-02-28", date_precision="month")
    assert _holds(row, tolls="injured 2 men | vehicles 30+ | killed 2-5", footnote_text="Our words.")
    assert _holds(row, evidence="Police beat two men.", evidence_start="0", evidence_end="20", score="")
    assert _holds(row, reasons="toy-rule: =it says so")


def test_claim_of_the_exercise_is_marked() -> None:
    (row,) = _read(claims_to_csv([CLAIM], {"art_1": replace(ARTICLE, is_exercise=True)}))
    assert row["exercise"] == "EXERCISE"


def test_article_row() -> None:
    (row,) = _read(articles_to_csv([replace(ARTICLE, published_at=None, title='A "quoted", title\nof two lines')]))
    assert _holds(row, id="art_1", title='A "quoted", title\nof two lines', published_at="", characters="20")
    assert "Police beat" not in "".join(articles_to_csv([ARTICLE])), "the text is its outlet's"


def test_tension_row() -> None:
    (row,) = _read(tensions_to_csv([TENSION], footnote_keys={"toy:orle": "unheard-of"}))
    assert _holds(row, place_id="toy:orle", day="2031-03-01", hostile="2.5", level="9.25", surprise="", coverage="0.5")
    assert _holds(row, state="too-little-history", incident_ids="inc_1", footnote_text="unheard-of")
    assert _holds(row, announced="0.0", stage="")
    (row,) = _read(tensions_to_csv([replace(TENSION, announced=3.5, stage="watch")]))
    assert _holds(row, announced="3.5", stage="watch")


def test_where_the_outlets_were_silent_a_table_holds_no_zero() -> None:
    (row,) = _read(tensions_to_csv([replace(TENSION, state="sources-silent", level=0.0)]))
    assert _holds(row, state="sources-silent", hostile="", cooperative="", level="", surprise="", announced="")


def test_alert_row() -> None:
    (row,) = _read(alerts_to_csv([ALERT]))
    assert _holds(row, id="alt_1", exercise="EXERCISE", hypothesis="'=crowd", began_on="2031-02-01", note="called")
    assert _holds(row, incident_ids="inc_1 | inc_2", reasons="level: 9 is over 5", state="acknowledged")
    (row,) = _read(alerts_to_csv([replace(ALERT, speaks="against", sets=("peacekeeping", "ngo-security"))]))
    assert _holds(row, speaks="against", sets="peacekeeping | ngo-security")


TABLES: list[tuple[Callable[..., Iterable[str]], tuple[str, ...], tuple[object, ...]]] = [
    (incidents_to_csv, columns.INCIDENTS, ([INCIDENT],)),
    (claims_to_csv, columns.CLAIMS, ([CLAIM], {"art_1": ARTICLE})),
    (articles_to_csv, columns.ARTICLES, ([ARTICLE],)),
    (tensions_to_csv, columns.TENSIONS, ([TENSION],)),
    (alerts_to_csv, columns.ALERTS, ([ALERT],)),
]


@pytest.mark.parametrize(("write", "expected", "arguments"), TABLES)
def test_columns_are_stable_and_explained(
    write: Callable[..., Iterable[str]], expected: tuple[str, ...], arguments: tuple[object, ...]
) -> None:
    assert tuple(_read(write(*arguments))[0]) == expected
    assert tuple(next(iter(csv.reader(write([], *arguments[1:]))))) == expected, "an empty table has its head"
    assert len(set(expected)) == len(expected)
    explained = set(re.findall(r"[a-z_]+", inspect.getdoc(write) or ""))
    assert set(expected) <= explained


@pytest.mark.parametrize(("write", "expected", "arguments"), TABLES)
def test_every_row_opens_its_evidence(
    write: Callable[..., Iterable[str]], expected: tuple[str, ...], arguments: tuple[object, ...]
) -> None:
    (row,) = _read(write(*arguments))
    openers = [name for name in ("claim_ids", "article_id", "incident_ids") if name in row] or ["id"]
    assert all(row[name] for name in openers)


quick = settings(max_examples=50, deadline=None)


@quick
@given(st.lists(incidents(), max_size=4))
def test_incidents_read_back(made: list[Incident]) -> None:
    rows = _read(incidents_to_csv(made, footnotes={}))
    assert [row["id"] for row in rows] == [i.id for i in made]
    for row, incident in zip(rows, made, strict=True):
        assert row["claim_ids"].split(" | ") == list(incident.claim_ids)
        assert (row["date_start"] == "") == (incident.date is None)
        if incident.date:
            assert (
                PartialDate(
                    date.fromisoformat(row["date_start"]),
                    date.fromisoformat(row["date_end"]),
                    row["date_precision"],  # type: ignore[arg-type]
                )
                == incident.date
            )
        assert datetime.fromisoformat(row["reported_at"]) == incident.reported_at
        is_point = incident.place is not None and incident.place.is_point
        assert (row["lat"] != "") == (row["lon"] != "") == is_point
        if incident.place and is_point:
            assert (float(row["lat"]), float(row["lon"])) == (incident.place.lat, incident.place.lon)
        for toll in incident.tolls:
            assert int(row[f"{toll.kind}_best"]) == toll.best


@quick
@given(st.lists(claims(), max_size=4), articles())
def test_claims_read_back(made: list[Claim], article: Article) -> None:
    owners = {c.article_id: replace(article, id=c.article_id) for c in made}
    rows = _read(claims_to_csv(made, owners, footnotes={}))
    assert [row["id"] for row in rows] == [c.id for c in made]
    for row, claim in zip(rows, made, strict=True):
        assert row["evidence"] == neutralise(claim.evidence.text)
        assert int(row["evidence_end"]) - int(row["evidence_start"]) == len(claim.evidence.text)
        assert row["actors"] == make_cell([p.text for p in claim.actor])
        assert row["score"] == ("" if claim.score is None else str(claim.score))
        assert row["exercise"] == ("EXERCISE" if article.is_exercise else "")


@quick
@given(st.lists(articles(), max_size=4))
def test_articles_read_back(made: list[Article]) -> None:
    for row, article in zip(_read(articles_to_csv(made)), made, strict=True):
        assert row["title"] == neutralise(article.title or "")
        assert int(row["characters"]) == len(article.text)
        assert (row["published_at"] == "") == (article.published_at is None)
