"""Which machines may be reached, and what is shown of an address."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.intake.conftest import UNHURRIED
from tocsin.errors import IntakeError
from tocsin.intake import check_address, clean_address, show_address
from tocsin.network.addresses import forbid_host, name_host

FORBIDDEN = [
    "127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "0.0.0.0",
    "0.1.2.3", "100.64.0.1", "100.127.255.254", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.9",
    "224.0.1.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "192.88.99.1",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "fe80::1",
    "fe80::1%eth0",
    "fc00::1", "fd12::1", "fec0::1", "ff02::1", "ff0e::1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1",
    "2002:7f00:1::", "2002:a00:1::1", "2001:db8::1", "2001:0:a00:1::", "100::1", "3fff::1", "5f00::1",
    "::ffff:0:7f00:1", "4000::1", "168.63.129.16", "::ffff:168.63.129.16", "100.100.100.200", "fd00:ec2::254",
    "not an address", "",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "93.184.215.14", "172.15.0.1", "172.32.0.1", "100.63.0.1", "2606:4700::1111", "64:ff9b::808:808",
          "2002:808:808::1", "::ffff:8.8.8.8"]  # fmt: skip


@pytest.mark.parametrize("number", FORBIDDEN)
def test_these_are_never_reached(number: str) -> None:
    assert forbid_host(number, allow_private=False)


@pytest.mark.parametrize("number", PUBLIC)
def test_these_may_be_reached(number: str) -> None:
    assert forbid_host(number, allow_private=False) is None


@pytest.mark.parametrize("number", ["169.254.169.254", "fe80::1", "::ffff:169.254.1.1", "224.0.0.1", "0.0.0.0", "::",
                                    "168.63.129.16", "::ffff:0:a83f:8110", "100.100.100.200", "192.0.0.192",
                                    "fd00:ec2::254", "fd20:ce::254"])  # fmt: skip
def test_some_are_not_reached_even_where_private_ones_are(number: str) -> None:
    assert forbid_host(number, allow_private=True)


@pytest.mark.parametrize("number", ["127.0.0.1", "::1", "10.1.2.3", "192.168.0.9", "::ffff:127.0.0.1", "fd00::1"])
def test_private_ones_are_reached_where_that_is_allowed(number: str) -> None:
    assert forbid_host(number, allow_private=True) is None


@UNHURRIED
@given(st.integers(0, 2**32 - 1).map(IPv4Address))
def test_an_address_in_the_clothes_of_another_is_judged_the_same(ip: IPv4Address) -> None:
    plain = forbid_host(str(ip), allow_private=False)
    mapped = forbid_host(f"::ffff:{ip}", allow_private=False)
    translated = forbid_host(f"64:ff9b::{int(ip) >> 16:x}:{int(ip) & 0xFFFF:x}", allow_private=False)
    older = forbid_host(f"::ffff:0:{int(ip) >> 16:x}:{int(ip) & 0xFFFF:x}", allow_private=False)
    assert plain == mapped == translated == older


@pytest.mark.parametrize(
    ("address", "clean"),
    [
        (" https://courier.example/a?b=c#part ", "https://courier.example/a?b=c"),
        ("HTTP://Courier.example", "http://Courier.example"),
        ("https://user:secret@courier.example/a", "https://courier.example/a"),
        ("https://courier.example/a\x1b]0;you\x07\x9b2J\n\tb", "https://courier.example/a%1B]0;you%07%C2%9B2Jb"),
        ("https://courier.example/\u202egpj.exe\ud800", "https://courier.example/%E2%80%AEgpj.exe%3F"),
        ("javascript:alert(1)", None),
        ("file:///etc/passwd", None),
        ("//courier.example/a", None),
        ("https://", None),
        ("http://[::1", None),
        ("", None),
        (None, None),
        (7, None),
        ("https://courier.example/" + "a" * 3_000, None),
    ],
)
def test_clean_addresses(address: object, clean: str | None) -> None:
    assert clean_address(address) == clean
    assert clean_address(clean) == clean


@UNHURRIED
@given(st.text(max_size=80))
def test_no_text_breaks_them(text: str) -> None:
    assert "\n" not in show_address(text)
    assert clean_address(text) is None or clean_address(text) == clean_address(clean_address(text))
    name_host(text)


def test_what_is_shown_holds_no_secret() -> None:
    assert show_address("https://user:secret@courier.example/a\n") == "https://courier.example/a"
    assert "secret" not in show_address("https://user:secret@[bad/a")
    assert len(show_address("https://courier.example/" + "a" * 5_000)) == 200


def test_an_address_to_keep_must_be_public_knowledge() -> None:
    assert check_address(" https://courier.example/rss ") == "https://courier.example/rss"
    with pytest.raises(IntakeError, match="must begin with http"):
        check_address("courier.example/rss")
    with pytest.raises(IntakeError, match="user name or password") as caught:
        check_address("https://user:secret@courier.example/rss")
    assert "secret" not in str(caught.value)
