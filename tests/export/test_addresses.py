"""Addresses in ASCII, as STIX and its readers want them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.export.addresses import make_uri


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://hill.example/a?b=1&c=%20#d", "https://hill.example/a?b=1&c=%20#d"),
        (
            "https://hill.example/выстрелы-59",
            "https://hill.example/%D0%B2%D1%8B%D1%81%D1%82%D1%80%D0%B5%D0%BB%D1%8B-59",
        ),
        ("http://новости.example:8080/a?q=[x]", "http://xn--b1amnebsh.example:8080/a?q=%5Bx%5D"),
        ("https://hill.example/100%?a=<2>#é", "https://hill.example/100%25?a=%3C2%3E#%C3%A9"),
        ("https://[::1]/x", "https://[::1]/x"),
        ("https://[bad/x", None),
        ("https:///x", None),
        ("https://hill.example/a b", None),
        ("javascript:alert(1)", None),
        ("", None),
    ],
)
def test_addresses(address: str, expected: str | None) -> None:
    assert make_uri(address) == expected


@given(st.text(max_size=40), st.text(max_size=20))
def test_any_text_is_an_address_in_ascii_or_none(path: str, host: str) -> None:
    for address in (path, f"https://hill.example/{path}", f"http://{host}/{path}"):
        made = make_uri(address)
        if made is not None:
            assert re.fullmatch(r"https?://[!#$%&'()*+,/0-9:;=?@A-Z_a-z~.\[\]-]+", made, re.IGNORECASE)
            assert re.search("%(?![0-9A-Fa-f]{2})", made.split("/", 3)[-1]) is None
            assert make_uri(made) == made
