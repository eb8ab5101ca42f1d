from __future__ import annotations

import pytest

from tocsin.places.phrases import is_capital, is_generic, parse_phrase
from tocsin.places.words import load_place_words


@pytest.mark.parametrize(
    ("written", "names", "kind", "part", "site", "container"),
    [
        ("Zvečan", ("Zvečan",), None, None, None, None),
        ("Kunduz province", ("Kunduz province", "Kunduz"), "region", None, None, None),
        ("the province of Kunduz", ("the province of Kunduz", "Kunduz"), "region", None, None, None),
        ("the city of Kosovska Mitrovica", ("the city of Kosovska Mitrovica", "Kosovska Mitrovica"),
         "settlement", None, None, None),
        ("northern Kosovo", ("northern Kosovo", "Kosovo"), None, "northern", None, None),
        ("the Jarinje crossing", ("the Jarinje crossing", "Jarinje crossing", "Jarinje"), None, None, "crossing", None),
        ("Cooper Square", ("Cooper Square",), None, None, "square", None),
        ("Syria\u2019s Aleppo", ("Syria\u2019s Aleppo", "Aleppo"), None, None, None, "Syria"),
        ("a bridge", (), None, None, "bridge", None),
        ("the market in Quetta", ("the market in Quetta", "the market"), None, None, "square", "Quetta"),
        ("Goma in North Kivu", ("Goma in North Kivu", "Goma"), None, None, None, "North Kivu"),
        ("Kosovo\u2019s", ("Kosovo",), None, None, None, None),
        ("", (), None, None, None, None),
    ],
)  # fmt: skip
def test_a_phrase_is_taken_apart(
    written: str, names: tuple[str, ...], kind: str, part: str, site: str, container: str
) -> None:
    phrase = parse_phrase(written, load_place_words())
    assert (phrase.names, phrase.kind, phrase.part, phrase.site, phrase.container) == (
        names, kind, part, site, container,
    )  # fmt: skip


def test_generic_words_name_nothing() -> None:
    words = load_place_words()
    assert is_generic("the main bridge", words)
    assert not is_generic("the Ibar bridge", words)
    assert is_capital(parse_phrase("the country's capital", words))
    assert not is_capital(parse_phrase("the capital of France", words))
