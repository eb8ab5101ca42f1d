"""Words to countries and sectors."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.errors import KnowledgeError
from tocsin.knowledge.countries import load_countries
from tocsin.knowledge.files import read_knowledge
from tocsin.knowledge.parties import SECTORS, PartyName, make_party_lexicon

LEXICON = make_party_lexicon((PartyName(("Lower Orle Guard",), "ORL", "UAF"), PartyName(("Orlania",), "ORL")))


@pytest.mark.parametrize(
    ("phrase", "country", "sector"),
    [
        ("Kosovo police units", "XKX", "COP"),
        ("Serbian President Aleksandar Vucic", "SRB", "GOV"),
        ("ethnic Serbs", None, "ETH"),
        ("the head of the UN mission in the province", "IGO", "IGO"),
        ("Belgrade", "SRB", "GOV"),
        ("the last French soldiers", "FRA", "MIL"),
        ("masked gunmen", None, "UAF"),
        ("Russia", "RUS", "GOV"),
        ("the mayor of a border town", None, "GOV"),
        ("two lawmakers", None, "LEG"),
        ("UN peacekeepers", "IGO", "MIL"),
        ("members of the Lower Orle Guard", "ORL", "UAF"),
        ("Orlania", "ORL", "GOV"),
        ("Palestinians", "PSE", "CVL"),
        ("Human Rights Watch", "NGO", "NGO"),
        ("Hamas fighters", "PSE", "REB"),
        ("Pakistani troops", "PAK", "MIL"),
        ("two Jordanian army engineers", "JOR", "MIL"),
        ("the police commander", None, "COP"),
        ("members of the teachers' union", None, "EDU"),
        ("dozens of soldiers", None, "MIL"),
        ("the Carabinieri", "ITA", "COP"),
        ("jawans of the Assam Rifles", "IND", "MIL"),
        ("a Kenyan charity", "KEN", "NGO"),
        ("the African Union's envoy", "IGO", "IGO"),
        ("the ICRC", "NGO", "NGO"),
        ("the two Fulani herders", None, "ETH"),
        ("the Taliban's interior ministry", "AFG", "REB"),
        ("Abkhaz customs officers", "GEO", "REB"),
        ("the self-declared ministry of the interior", None, "REB"),
        ("the Turkish coast guard", "TUR", "MIL"),
        ("Turkish-backed fighters", None, "REB"),
        ("the embassy of Ghana", "GHA", "GOV"),
        ("Indian and Chinese troops", None, "MIL"),
        ("RUSSIAN TROOPS", "RUS", "MIL"),
        ("Michael Jordan", None, None),
        ("Milan Orlov", None, None),
        ("Serbian President Milan Orlov", "SRB", "GOV"),
        ("Paul Kest, a Kosovo Serb leader", "XKX", "GOV"),
        ("Milan police", "ITA", "COP"),
        ("Jordan", "JOR", "GOV"),
        ("the RSF", "SDN", "REB"),
        ("FARDC soldiers", "COD", "MIL"),
        ("an INGO vehicle", "NGO", "NGO"),
        ("a ward administrator", None, "GOV"),
        ("Brussels", "IGO", "IGO"),
        ("ex-governor Petar Lund", None, "GOV"),
        ("major donors", None, None),
        ("Major Ines Caldera", None, "MIL"),
        ("the House", None, "LEG"),
        ("the table", None, None),
        ("", None, None),
    ],
)
def test_codes(phrase: str, country: str | None, sector: str | None) -> None:
    code = LEXICON.code_phrase(phrase)
    assert (code.country, code.sector) == (country, sector)
    assert bool(code.by) == code.is_known


@given(st.text(max_size=80))
def test_any_phrase_has_codes_of_the_codebook(phrase: str) -> None:
    code = LEXICON.code_phrase(phrase)
    assert code.sector is None or code.sector in SECTORS
    assert code.country is None or len(code.country) == 3


@given(st.text(max_size=80))
def test_coding_is_repeatable(phrase: str) -> None:
    assert LEXICON.code_phrase(phrase) == LEXICON.code_phrase(phrase)


def test_a_table_with_an_unheard_of_part_is_refused(tmp_path: Path) -> None:
    text = read_knowledge("parties.toml")
    for old, new, said in (("[weak]", "[weaker]", "weaker"), ("anonymous = [", "nameless = [", "nameless")):
        path = tmp_path / f"{said}.toml"
        path.write_text(text.replace(old, new, 1), "utf-8")
        with pytest.raises(KnowledgeError, match=said):
            make_party_lexicon(path=path)


def test_role_words_are_lemmas_in_lower_case_and_names_are_tidy() -> None:
    assert all(word == word.lower() == " ".join(word.split()) for word in LEXICON.heads)
    assert all(name == name.strip() for name in LEXICON.names)


def test_unknown_sectors_and_empty_names_are_refused() -> None:
    with pytest.raises(KnowledgeError, match="sector"):
        make_party_lexicon((PartyName(("X Front",), None, "XYZ"),))
    with pytest.raises(KnowledgeError, match="party"):
        make_party_lexicon((PartyName(("  ",)),))


def test_countries() -> None:
    table = load_countries()
    assert len(table.by_code) >= 195
    assert table.code_of("Kosovo") == "XKX"
    assert table.code_of("Burmese") == "MMR"
    assert table.code_of("Nairobi") == "KEN"
    assert table.code_of("Atlantis") is None
    assert all(len(c) == 3 and c.isupper() for c in table.by_code)


def test_doubled_codes_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("iso3,name,aliases,demonyms,capitals\nAAA,A,,,\nAAA,B,,,\n", "utf-8")
    with pytest.raises(KnowledgeError, match="AAA"):
        load_countries(path)
