"""The desk as a whole: what goes in comes out as claims, incidents and alerts, and nothing is taken twice."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

import tocsin.desk.desk
from tests.conftest import NOW, FixedClock
from tocsin.desk import Desk
from tocsin.desk.exporting import export_records
from tocsin.desk.gathering import Stride
from tocsin.errors import FetchError, RecordError, UnknownIdError
from tocsin.intake import Options
from tocsin.records import Filter

MakeDesk = Callable[..., Desk]
REPORT = (
    "Police fired tear gas at protesters in Mitrovica on Monday, the mayor said. "
    "Two people were injured.\n\nThe government called for talks."
)
MARCH_17 = Options(outlet="Hill Wire", published_at=datetime(2026, 3, 17, 9, tzinfo=UTC))
ALL = Filter(limit=0, with_background=True)


def test_a_pasted_report_becomes_claims_and_an_incident(make_desk: MakeDesk) -> None:
    desk = make_desk()
    taken = desk.take_text(REPORT, MARCH_17)
    assert (taken.new, taken.known, taken.faults) == (1, 0, ())
    claims = desk.store.claims_of_article(taken.articles[0].id)
    gas = next(c for c in claims if c.type == "ASSAULT")
    assert gas.evidence.text == taken.articles[0].text[gas.evidence.start : gas.evidence.end]
    assert gas.date is not None
    assert gas.date.start == date(2026, 3, 16)
    assert gas.place is not None
    assert gas.place.country == "XKX"
    incident_of = desk.store.incidents_of_claims([c.id for c in claims])
    assert set(incident_of) == {c.id for c in claims}
    assert desk.store.underived_article_ids() == []


def test_the_same_report_again_is_known(make_desk: MakeDesk) -> None:
    desk = make_desk()
    desk.take_text(REPORT, MARCH_17)
    before = desk.store.counts()
    again = desk.take_text(REPORT, MARCH_17)
    assert (again.new, again.known) == (0, 1)
    assert desk.store.counts() == before


def test_one_article_under_three_addresses_is_one(make_desk: MakeDesk) -> None:
    desk = make_desk()
    for n in range(3):
        given = Options(outlet="Hill Wire", published_at=MARCH_17.published_at, url=f"https://hill.example/{n}")
        taken = desk.take_text(REPORT, given)
    assert desk.store.counts().articles == 1
    assert len(desk.store.sightings(taken.articles[0].id)) == 3


def test_two_outlets_on_one_act_make_one_incident(make_desk: MakeDesk) -> None:
    desk = make_desk()
    desk.take_text("Gunmen killed two policemen in Mitrovica on Monday, officials said.", MARCH_17)
    other = Options(outlet="Valley Radio", published_at=MARCH_17.published_at)
    desk.take_text("On Monday two police officers were shot dead by gunmen in the city of Mitrovica.", other)
    killings = [i for i in desk.store.incidents(ALL) if i.type == "ASSAULT"]
    assert len(killings) == 1
    assert killings[0].origins == 2
    assert len(killings[0].outlets) == 2


def test_an_unreadable_language_is_kept_with_its_fault(make_desk: MakeDesk) -> None:
    desk = make_desk()
    text = (
        "Policija je u ponedeljak privela dvojicu muškaraca posle protesta na mostu, saopštilo je ministarstvo "
        "unutrašnjih poslova. Okupljeni građani su tražili da se odmah puste na slobodu, a policija je blokirala "
        "prilaze trgu i pozvala okupljene da se mirno raziđu pre noći."
    )
    taken = desk.take_text(text)
    assert taken.claims == 0
    assert len(taken.faults) == 1
    assert desk.store.article(taken.articles[0].id).fault
    assert desk.store.faults()[0].why == taken.faults[0].why


def test_one_bad_file_does_not_stop_the_batch(make_desk: MakeDesk, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_bytes(b"")
    (folder / "b.txt").write_text(REPORT)
    (folder / "c.txt").write_bytes(b"%PDF-1.7\x00\x01\x02" * 50)
    taken = make_desk().take_paths([folder, tmp_path / "absent.txt"])
    assert taken.new == 1
    assert len(taken.faults) == 3


def test_a_feed_list_handed_in_twice_is_known(make_desk: MakeDesk) -> None:
    desk = make_desk()
    outline = b'<opml version="2.0"><body><outline type="rss" xmlUrl="https://hill.example/feed"/></body></opml>'
    first, again = (desk.take_file("feeds.opml", outline) for _ in range(2))
    assert (first.feeds, first.known) == (1, 0)
    assert (again.feeds, again.known) == (0, 1)


def test_feeds_are_fetched_only_once_confirmed(make_desk: MakeDesk, web_server: tuple) -> None:  # type: ignore[type-arg]
    address, pages, asked = web_server
    pages["/feed"] = ("application/rss+xml", _rss(address).encode())
    pages["/one"] = ("text/html", _page("Clash at the bridge", REPORT).encode())
    clock = FixedClock()
    desk = make_desk(clock, fetch_private=True)
    feed = desk.add_feed(f"{address}/feed", outlet="Hill Wire")
    assert desk.poll_feeds().new == 0
    assert asked == []
    desk.confirm_feed(feed.id)
    assert desk.poll_feeds().new == 1
    assert desk.store.feed(feed.id).state(clock.now()) == "fresh"
    assert desk.store.outlets()[0].name == "Hill Wire"
    asked.clear()
    assert desk.poll_feeds().new == 0, "not due yet"
    assert asked == []
    clock.time += timedelta(minutes=16)
    assert desk.poll_feeds().new == 0, "nothing new"
    assert "/one" not in asked


def test_a_long_feed_shows_its_first_claims_before_its_last_entry_is_read(
    make_desk: MakeDesk,
    web_server: tuple,
    monkeypatch: pytest.MonkeyPatch,  # type: ignore[type-arg]
) -> None:
    address, pages, _ = web_server
    towns = ("Mitrovica", "Gjilan", "Prizren", "Peja")
    entries = "".join(_whole_entry(f"{address}/{n}", town) for n, town in enumerate(towns))
    pages["/feed"] = ("application/rss+xml", _rss(address, entries).encode())
    desk = make_desk(FixedClock(), fetch_private=True)
    monkeypatch.setattr(tocsin.desk.desk, "Stride", partial(Stride, least=-1.0, share=0.0))
    desk.confirm_feed(desk.add_feed(f"{address}/feed", outlet="Hill Wire").id)
    waiting: list[int] = []
    incidents: list[int] = []

    def look(_: str) -> None:
        waiting.append(len(desk.store.underived_article_ids()))
        incidents.append(desk.store.counts().incidents)

    assert desk.poll_feeds(look).new == 4
    assert waiting == [1, 1, 1, 1], "each is told after it was kept, and derived before the next"
    assert incidents[0] == 0
    assert incidents == sorted(set(incidents))
    assert desk.store.underived_article_ids() == []


@pytest.mark.parametrize("deed", ["turn_off_feed", "remove_feed"])
def test_what_people_do_to_a_feed_while_it_is_fetched_stands(
    make_desk: MakeDesk,
    web_server: tuple,
    monkeypatch: pytest.MonkeyPatch,
    deed: str,  # type: ignore[type-arg]
) -> None:
    address, pages, _ = web_server
    pages["/feed"] = ("application/rss+xml", _rss(address).encode())
    pages["/one"] = ("text/html", _page("Clash at the bridge", REPORT).encode())
    desk = make_desk(FixedClock(), fetch_private=True)
    feed = desk.add_feed(f"{address}/feed", outlet="Hill Wire")
    desk.confirm_feed(feed.id)
    known = desk.store.known_addresses

    def meddle(addresses: Sequence[str]) -> set[str]:
        getattr(desk, deed)(feed.id)
        return known(addresses)

    monkeypatch.setattr(desk.store, "known_addresses", meddle)
    assert desk.poll_feeds().new == 1
    held = [(f.is_off, f.articles, f.succeeded_at is not None) for f in desk.store.feeds()]
    assert held == ([(True, 1, True)] if deed == "turn_off_feed" else [])


def test_a_private_address_is_refused(make_desk: MakeDesk, web_server: tuple) -> None:  # type: ignore[type-arg]
    address, pages, asked = web_server
    pages["/one"] = ("text/html", _page("x", REPORT).encode())
    with pytest.raises(FetchError, match=r"private|loopback"):
        make_desk().take_address(f"{address}/one")
    assert asked == []


def test_grading_an_outlet_needs_a_reason(make_desk: MakeDesk) -> None:
    desk = make_desk()
    desk.take_text(REPORT, MARCH_17)
    outlet = desk.store.outlets()[0]
    assert not outlet.is_reviewed
    with pytest.raises(RecordError, match="reason"):
        desk.grade_outlet(outlet.id, "B", "  ")
    graded = desk.grade_outlet(outlet.id, "B", "correct on nine of ten checked")
    assert (graded.reliability, graded.is_reviewed) == ("B", True)


def test_the_exercise_comes_and_goes_whole(make_desk: MakeDesk) -> None:
    desk = make_desk()
    desk.take_text(REPORT, MARCH_17)
    real = desk.store.counts()
    taken = desk.load_exercise()
    assert taken.new > 50
    assert taken.faults == ()
    assert all(a.is_exercise for a in taken.articles)
    assert any(a.is_exercise for a in desk.store.alerts())
    assert desk.load_exercise().new == 0
    assert desk.remove_exercise() == taken.new
    assert desk.store.counts() == real
    assert not desk.wants_exercise


def test_an_empty_desk_wants_the_exercise_until_it_was_removed(make_desk: MakeDesk) -> None:
    desk = make_desk()
    assert desk.wants_exercise
    desk.remove_exercise()
    assert not desk.wants_exercise


def test_invented_places_are_unknown_to_real_news(make_desk: MakeDesk) -> None:
    desk = make_desk()
    text = "Police fired tear gas at protesters in Sarmond on Monday."
    real = desk.take_text(text, MARCH_17)
    drill = desk.take_text(text, Options(outlet="Drill Wire", published_at=MARCH_17.published_at), is_exercise=True)
    places = [desk.store.claims_of_article(t.articles[0].id)[0].place for t in (real, drill)]
    assert places[0] is None or places[0].lat is None
    assert places[1] is not None
    assert places[1].lat == pytest.approx(-47.5, abs=1)


def test_advancing_to_a_quiet_day_adds_its_tension_once(make_desk: MakeDesk) -> None:
    clock = FixedClock()
    desk = make_desk(clock)
    desk.take_text(REPORT, MARCH_17)
    days = {t.day for t in desk.store.tensions()}
    assert max(days) == NOW.date()
    clock.time += timedelta(days=2)
    desk.advance()
    later = desk.store.tensions()
    assert max(t.day for t in later) == clock.now().date()
    desk.advance()
    assert desk.store.tensions() == later


def test_naming_footnotes_travel_with_tension(make_desk: MakeDesk) -> None:
    desk = make_desk()
    desk.take_text(REPORT, MARCH_17)
    rows = list(csv.DictReader(io.StringIO("".join(export_records(desk, "tensions", "csv", ALL)))))
    assert rows
    assert {row["footnote"] for row in rows} == {"kosovo-1244"}
    assert "1244" in rows[0]["footnote_text"]


def test_unknown_records_are_named(make_desk: MakeDesk) -> None:
    with pytest.raises(UnknownIdError, match="art_nowhere"):
        make_desk().store.article("art_nowhere")


def _rss(address: str, entries: str | None = None) -> str:
    if entries is None:
        entries = _entry("Clash at the bridge", f"{address}/one", "Short.")
    head = '<?xml version="1.0"?><rss version="2.0"><channel><title>Hill Wire</title><link>https://hill.example</link>'
    return f"{head}{entries}</channel></rss>"


def _entry(title: str, link: str, text: str) -> str:
    return (
        f"<item><title>{title}</title><link>{link}</link><pubDate>Tue, 17 Mar 2026 09:00:00 GMT</pubDate>"
        f"<description>{text}</description></item>"
    )


def _whole_entry(link: str, town: str) -> str:
    """Long enough to be taken for the whole article."""
    text = f"EXERCISE: Police fired tear gas at protesters in {town} on Monday, the mayor said. "
    return _entry(f"Clash in {town}", link, f"&lt;p&gt;{text}{'The road stayed closed for hours. ' * 30}&lt;/p&gt;")


def _page(title: str, text: str) -> str:
    body = "".join(f"<p>{p}</p>" for p in (text + "\n\n" + "The road stayed closed for hours. " * 12).split("\n\n"))
    return f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{body}</article></body></html>"
