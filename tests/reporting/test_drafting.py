"""A situation report from a real desk: what it reads by area and period, and the exercise's week from end to end."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pypdfium2
import pytest

from tests.web.worlds import DISTRICT, NOW, World, fill, make_article, make_claim, make_incident, open_empty
from tocsin.desk import Desk
from tocsin.errors import RecordError, StoreError, UnknownIdError
from tocsin.export.areas import Area
from tocsin.ports import Derivation, Reading
from tocsin.records import Outlet, PartialDate, Place, outlet_id
from tocsin.report import ReportRequest, Sentence
from tocsin.reporting import withholding
from tocsin.reporting.drafting import (
    MEDIA_TYPES,
    Sitrep,
    find_area,
    make_period,
    make_sitrep,
    name_file,
    write_sitrep,
    write_sitrep_json,
)

WEEK = make_period(date(2026, 3, 8), date(2026, 3, 14))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_empty(tmp_path) as desk:
        yield fill(desk)


def make(world: World, **changes: object) -> Sitrep:
    return make_sitrep(world.desk, replace(ReportRequest(*WEEK), **changes), is_exercise=False)


def test_a_report_for_everybody_says_nothing_of_a_sector_that_the_desk_has_drawn(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    amber = make(world)
    (day, *_) = [t.last for t in amber.picture.tensions]
    sector = Area(day.place_name, "district", is_drawn=True)
    monkeypatch.setattr(withholding, "make_finder", lambda _: {day.place_id: sector}.get)
    public = make(world, tlp="TLP:GREEN", laxer_because="for the public")
    assert [s.id for s in amber.report.sentences if s.id == f"tension/{day.place_id}"]
    assert not [s.id for s in public.report.sentences if s.id == f"tension/{day.place_id}"]
    assert {a.place_id for a in public.picture.alerts}.isdisjoint({day.place_id})
    assert public.problems == {}


def find(made: Sitrep, sentence_id: str) -> Sentence:
    return next(s for s in made.report.sentences if s.id == sentence_id)


def test_real_news_of_a_week_without_a_problem(world: World) -> None:
    made = make(world)
    assert made.problems == {}
    assert made.pages <= 3
    ids = {i.id for i in made.picture.incidents}
    assert ids >= {world.incidents["clash"].id, world.incidents["talks"].id}, "an undated one by its first report"
    assert world.incidents["history"].id not in ids, "background is not the week's"
    assert world.incidents["boats"].id not in ids, "the exercise is left out"
    assert world.incidents["talks"].id in made.picture.undated


def test_the_rival_versions_of_an_incident_are_told(world: World) -> None:
    made = make(world)
    clash = world.incidents["clash"].id
    texts = [s.whole for s in made.report.sentences if s.id.startswith(f"incidents/{clash}/")]
    assert any(text.startswith("The Police: denies it") or "denies it" in text for text in texts)
    assert any(text.startswith("Versions differ on: whether it happened") for text in texts)
    assert find(made, f"incidents/{clash}/toll").text == "injured 2 (lowest 2, highest 5)."


def test_an_area_keeps_to_what_lies_in_it(world: World) -> None:
    made = make(world, place_id="overlay:orle-bridge", place_name="Orle bridge")
    assert {i.id for i in made.picture.incidents} == {world.incidents["clash"].id}
    assert [p.last.place_id for p in made.picture.tensions] == ["overlay:orle-bridge"]
    assert [a.id for a in made.picture.alerts] == [world.alert.id]


def test_another_period_holds_none_of_it(world: World) -> None:
    since, until = make_period(date(2026, 4, 1), date(2026, 4, 7))
    made = make(world, since=since, until=until)
    assert made.picture.incidents == ()
    assert "not the same as calm" in find(made, "summary/none").text
    assert "No change at Orle bridge since" in {s.label for s in made.report.sentences}
    silent = find(made, "gaps/silent")
    assert "The Gazette" in silent.text
    assert made.problems == {}


def test_exercise_and_real_news_are_not_mixed(world: World) -> None:
    with pytest.raises(RecordError, match="exercise and real news"):
        make_sitrep(world.desk, ReportRequest(*WEEK))
    drill = make_sitrep(world.desk, ReportRequest(*WEEK), is_exercise=True)
    assert {i.id for i in drill.picture.incidents} == {world.incidents["boats"].id}
    assert drill.report.is_exercise


def test_a_quarter_is_the_longest(world: World) -> None:
    with pytest.raises(RecordError, match="92 days"):
        make(world, until=WEEK[0] + timedelta(days=93))


def test_late_reports_and_what_is_still_to_come(world: World) -> None:
    outlet = Outlet(outlet_id("Radio Orle"), "Radio Orle", "radio", "XKX", "en")
    at = datetime(2026, 3, 13, 8, tzinfo=UTC)
    article = make_article(outlet, "Two days", "A man was beaten. A march is planned.", at)
    beaten = make_claim(
        article, "A man was beaten.", "ASSAULT", "beat", date=PartialDate.of_day(date(2026, 2, 1)), place=DISTRICT
    )
    day = PartialDate.of_day(date(2026, 3, 20))
    march = make_claim(article, "A march is planned.", "PROTEST", "demo", modality="planned", date=day)
    world.desk.store.add_reading(Reading(article, (beaten, march), (), outlet))
    late, ahead = make_incident([beaten], [article]), make_incident([march], [article])
    world.desk.store.save_derivation(Derivation(incidents=(late, ahead), articles_derived=(article.id,)))
    made = make(world)
    assert [i.id for i in made.picture.late] == [late.id]
    assert ahead.id in {i.id for i in made.picture.incidents}
    assert made.problems == {}


def test_places_are_named_by_the_reports_policy(world: World) -> None:
    as_written = make(world, policy="as-reported")
    clash = world.incidents["clash"].id
    assert "the bridge at Orle" in find(as_written, f"incidents/{clash}/facts").text
    assert "Orle bridge" in find(make(world), f"incidents/{clash}/facts").text
    assert any("1244" in note for note in as_written.report.footnotes)


@pytest.mark.parametrize("form", MEDIA_TYPES)
def test_a_refused_sentence_gives_no_file(world: World, form: str) -> None:
    from tocsin.report import Edit, fingerprint_words

    first = make(world)
    fact = find(first, f"incidents/{world.incidents['clash'].id}/facts")
    edits = [Edit(fact.id, "Colonel Venn did it.", fingerprint_words(fact.text))]
    made = make_sitrep(world.desk, ReportRequest(*WEEK), is_exercise=False, edits=edits)
    with pytest.raises(RecordError, match="Venn"):
        write_sitrep(made, form)
    assert write_sitrep(first, form)


def test_other_formats_are_refused(world: World) -> None:
    with pytest.raises(StoreError, match="pdf, docx, html, md"):
        write_sitrep(make(world), "odt")


def test_json_holds_every_citation(world: World) -> None:
    made = make(world)
    told = json.loads(write_sitrep_json(made))
    sentences = [
        s for section in told["report"]["sections"] for block in section["blocks"]
        for s in (*block["sentences"], *filter(None, [block["heading"]]))
    ]  # fmt: skip
    assert len(sentences) == len(made.report.sentences)
    assert all(s["cites"] for s in sentences)


def test_areas_are_found_by_id_and_name(world: World) -> None:
    assert find_area(world.desk, None) == (None, "Everywhere")
    assert find_area(world.desk, " orle BRIDGE ") == ("overlay:orle-bridge", "Orle bridge")
    assert find_area(world.desk, "overlay:orle-district") == ("overlay:orle-district", "Orle district")


def test_areas_are_looked_up_in_the_gazetteer(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    assert (
        find_area(desk, "geonames:783770") == ("geonames:783770", "Zvečan / Zveçan")
        or find_area(desk, "geonames:783770")[0]
    )
    for given in ("Nowhereville-on-Nothing", "?!", "\x96"):
        with pytest.raises(UnknownIdError, match="no place"):
            find_area(desk, given)
    with pytest.raises(RecordError, match="give the id"):
        find_area(desk, "San")


def test_files_have_plain_names(world: World) -> None:
    made = make(world, place_id="overlay:orle-bridge", place_name="../Órle  bridge\n<b>")
    assert name_file(made.report, "pdf") == "sitrep-rle-bridge-b-2026-03-08-2026-03-14.pdf"


def test_periods_end_with_their_last_day() -> None:
    assert WEEK[1] - WEEK[0] == timedelta(days=7)
    with pytest.raises(RecordError, match="begin before"):
        make_period(date(2026, 3, 2), date(2026, 3, 1))


def test_reading_is_bounded_and_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tocsin.reporting.picture.MOST_INCIDENTS", 1)
    made = make(world)
    assert len(made.picture.incidents) == 1
    assert "more incidents" in find(made, "gaps/cut").text


def test_the_exercises_week_in_three_pages(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    desk.load_exercise()
    made = make_sitrep(desk, ReportRequest(*WEEK, author="Night watch"))
    assert made.problems == {}
    assert made.report.is_exercise
    assert made.pages <= 3
    document = pypdfium2.PdfDocument(write_sitrep(made, "pdf"))
    pages = [page.get_textpage().get_text_range() for page in document]
    document.close()
    assert len(pages) == made.pages
    assert all("EXERCISE EXERCISE EXERCISE" in page and "TLP:AMBER" in page for page in pages)
    tarvel = make_sitrep(desk, ReportRequest(*WEEK, *find_area(desk, "Tarvel")))
    assert tarvel.problems == {}
    assert tarvel.report.title == "Situation report: Tarvel"
    assert 0 < len(tarvel.picture.incidents) < len(made.picture.incidents)
    assert all(isinstance(i.place, Place) for i in tarvel.picture.incidents)
    assert desk.clock.now() > NOW
