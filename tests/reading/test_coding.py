"""Parties and speakers coded within an article."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.work import count_calls
from tocsin.knowledge.parties import SECTORS, make_party_lexicon
from tocsin.reading.coding import code_party, read_context, speaker_kind

LEXICON = make_party_lexicon()
TEXT = (
    "Soldiers and rebels trade fire in the hills\n\n"
    "BUNIA, Democratic Republic of Congo - Soldiers fought fighters of the Popular Pact for the Lakes (PPL) on Sunday, "
    "Lieutenant Emile Tasanga, the army's spokesman, said. Tasanga accused the PPL of hiding among families.\n\n"
    "The interior minister, Odile Kabeya-Lunda, will speak to parliament in Kinshasa. The group denied it. "
    "Rwanda said its troops were not there, and the United Nations mission asked both sides to stop."
)
CONTEXT = read_context(TEXT, LEXICON, outlet_country="COD")


@pytest.mark.parametrize(
    ("words", "country", "sector"),
    [
        ("the army", "COD", "MIL"),
        ("police", "COD", "COP"),
        ("residents of the hills", "COD", "CVL"),
        ("Tasanga", "COD", "MIL"),
        ("the PPL", "COD", "REB"),
        ("PPL leaders", "COD", "REB"),
        ("Ms Kabeya-Lunda", "COD", "GOV"),
        ("Kinshasa", "COD", "GOV"),
        ("the United Nations mission", "IGO", "IGO"),
        ("Rwandan soldiers", "RWA", "MIL"),
        ("the two governments", None, "GOV"),
        ("lorries", None, "BUS"),
        ("the weather", None, None),
        ("", None, None),
    ],
)
def test_an_article_gives_what_the_words_leave_open(words: str, country: str | None, sector: str | None) -> None:
    code = code_party(words, CONTEXT, LEXICON)
    assert (code.country, code.sector) == (country, sector)
    assert bool(code.by) == code.is_known


def test_words_nearby_count_more_than_the_rest() -> None:
    at = TEXT.index("The group denied")
    assert code_party("The group", CONTEXT, LEXICON, at=at).sector == "REB"
    assert code_party("its troops", CONTEXT, LEXICON, at=TEXT.index("its troops")).country == "RWA"
    code = code_party("She", CONTEXT, LEXICON, at=at)
    assert (code.country, code.sector) == ("COD", "GOV")
    assert "taken for" in code.by


def test_without_a_country_none_is_made_up() -> None:
    context = read_context("Police closed the road.", LEXICON)
    assert context.country is None
    assert code_party("Police", context, LEXICON).country is None
    assert read_context("Police closed the road.", LEXICON, outlet_country="IGO").country is None


def test_the_country_comes_with_its_reasons() -> None:
    assert CONTEXT.country == "COD"
    assert "the outlet's" in CONTEXT.why
    assert "country of the article COD" in code_party("the army", CONTEXT, LEXICON).by


@pytest.mark.parametrize(
    ("text", "words", "country"),
    [
        ("The Washington Post reported that gunmen attacked a convoy near Gao on Tuesday.", "gunmen", "MLI"),
        ("The Japan Times said police beat protesters in Kathmandu.", "police", "NPL"),
        ("The Times of India reported that rebels shelled the town of Goma.", "rebels", "COD"),
        ("The Moscow Times reported that police arrested ten people.", "police", None),
        ("South China Morning Post: police arrested ten people.", "police", None),
        ("Pirates boarded a tanker in the Gulf of Guinea.", "Pirates", None),
        ("Gunmen took the ship in the South China Sea.", "Gunmen", None),
        ("The migrants crossed the English Channel before police stopped them.", "police", None),
        ("Gunmen killed four fishermen on Lake Chad.", "Gunmen", None),
        ("Pirates boarded a Liberian-flagged tanker off Somalia.", "Pirates", "SOM"),
        # what is a land's own stays so
        ("A bomb went off at the Kabul Post Office, police said.", "police", "AFG"),
        ("Ukrainian Sea Drones Hit Tanker, army says.", "army", "UKR"),
        ("The navy patrols the Bay of Algiers.", "navy", "DZA"),
        # a region that lies in one country tells it, one that many have does not
        ("Residents of Idlib spoke of Turkish jets. In Idlib rebels said two men had died.", "rebels", "SYR"),
        ("Police in the Northern District held two men.", "Police", None),
        ("Police in Baja California held two men.", "Police in Baja California", "MEX"),
    ],
)
def test_an_outlets_or_a_waters_name_gives_no_country(text: str, words: str, country: str | None) -> None:
    code = code_party(words, read_context(text, LEXICON), LEXICON, at=text.index(words))
    assert code.country == country


@pytest.mark.parametrize(
    ("words", "country", "sector"),
    [
        ("The Washington Post", "MED", "MED"),
        ("Jerusalem Post reporters", "MED", "MED"),
        ("the Times of India", "MED", "MED"),
        ("Radio New Zealand", "MED", "MED"),
        ("pirates in the Gulf of Guinea", None, "CRM"),
        ("Indian Ocean islanders", None, "CVL"),
        ("the Indian Ocean Commission", "IGO", "IGO"),
        ("Ugandan border post guards", "UGA", "MIL"),
    ],
)
def test_words_of_a_party_that_borrow_a_lands_name(words: str, country: str | None, sector: str | None) -> None:
    code = LEXICON.code_phrase(words)
    assert (code.country, code.sector) == (country, sector)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("the army", "force"),
        ("the mayor", "official"),
        ("de facto authorities in the enclave", "official"),
        ("the PPL", "force"),
        ("the United Nations mission", "organisation"),
        ("a rights league", "organisation"),
        ("two residents", "witness"),
        ("a market trader", "witness"),
        ("his lawyer", "person"),
        ("a retired general", "person"),
        ("state television", "media"),
        ("the daily Frontera Sur", "media"),
        ("a video shared by residents", "footage"),
        ("a preliminary police report", "document"),
        ("a letter signed by the mayor", "document"),
        ("a government source", "anonymous"),
        ("an officer who asked not to be named", "anonymous"),
        ("unconfirmed reports", "unspecified"),
        ("", "unspecified"),
    ],
)
def test_kinds_of_speakers(words: str, kind: str) -> None:
    assert speaker_kind(words, code_party(words, CONTEXT, LEXICON)) == kind


_PIECES = st.sampled_from(
    ["the ", "UN ", "Mr. ", "General ", "Tasanga", " (", ")", ", ", "of ", "its ", "army", "\n", "'s ", "\u2019", "-",
     "PPL ", "Rwanda", "\u00c9", "\u0645", "\U0001f600", "two ", "and ", "who "]
)  # fmt: skip


@settings(max_examples=150)
@given(
    st.lists(_PIECES, max_size=60).map("".join) | st.text(max_size=200),
    st.lists(_PIECES, max_size=8).map("".join) | st.text(max_size=40),
    st.none() | st.integers(-5, 400),
    st.none() | st.sampled_from(["COD", "IGO", "", "XKX"]),
)
def test_nothing_raises_and_all_is_repeatable(text: str, words: str, at: int | None, outlet: str | None) -> None:
    context = read_context(text, LEXICON, outlet_country=outlet)
    assert context == read_context(text, LEXICON, outlet_country=outlet)
    code = code_party(words, context, LEXICON, at=at)
    assert code == code_party(words, context, LEXICON, at=at)
    assert code.sector is None or code.sector in SECTORS
    assert code.country is None or len(code.country) == 3
    assert speaker_kind(words, code) == speaker_kind(words, code)


@pytest.mark.parametrize(
    "text", ["A" * 200_000, "Kinshasa, " * 20_000, "General " * 30_000, "(" * 60_000, "and A " * 30_000]
)
def test_hostile_texts_are_read_in_bounded_time(text: str) -> None:
    """The bound is that of the suite for any one test: a search that goes back and forth would take hours."""
    code_party("the group", read_context(text, LEXICON), LEXICON, at=50_000)


def test_a_phrase_is_coded_without_going_through_the_lexicon_or_the_article() -> None:
    code_party("8 soldiers", CONTEXT, LEXICON, at=300)  # loads what is loaded once
    phrases = [f"{n} soldiers of the Rwandan army's brigade near Goma" for n in range(40)]
    calls = count_calls(lambda: [code_party(phrase, CONTEXT, LEXICON, at=300) for phrase in phrases])
    assert calls / len(phrases) < 1000, "some 230; the lexicon has thousands of rows"
