"""Addresses: what may be shown of one, and which machines may be reached."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import quote, urlsplit, urlunsplit

from tocsin.errors import IntakeError

MAX_CHARS = 2_000
"""A longer address is refused."""

#: What a terminal obeys, what turns the direction of the words beside it, and halves of letters.
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
#: Prefixes before an IPv4 address: translation (RFC 6052) and its forerunner (RFC 2765).
_CARRIERS = (IPv6Network("64:ff9b::/96"), IPv6Network("::ffff:0:0:0/96"))
#: Nothing else of IPv6 has been given to anybody (IANA's registry of its address space).
_GLOBAL_V6 = IPv6Network("2000::/3")
#: Where clouds answer their own machines with keys and settings and which are not link-local: Azure (a public number),
#: Alibaba, Oracle, Amazon, Google.
_CLOUD = tuple(
    map(ip_network, ("168.63.129.16/32", "100.100.100.200/32", "192.0.0.192/32", "fd00:ec2::/32", "fd20:ce::254/128"))
)
# What `ipaddress` calls global in some Python versions though nobody can be reached there (IANA's registries of
# special-purpose addresses), and the old site-local, translation and compatibility ranges.
_NEVER_PUBLIC = tuple(
    map(
        ip_network,
        (
            "192.0.0.0/24", "192.88.99.0/24", "100.64.0.0/10", "240.0.0.0/4",
            "fec0::/10", "64:ff9b:1::/48", "2001::/23", "3fff::/20", "5f00::/16", "::/96",
        ),
    )
)  # fmt: skip


def clean_address(address: object) -> str | None:
    """A web address without surrounding space, user name, password or fragment; None if it is not http or https.

    What nobody can see in it is written with percent signs, as browsers send it: pages and terminals would obey it.
    """
    if not isinstance(address, str) or not 0 < len(address.strip()) <= MAX_CHARS:
        return None
    try:
        parts = urlsplit(address.strip())
        if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
            return None
    except ValueError:
        return None
    clean = _without_login(address.strip()).partition("#")[0]  # without line ends and tabs, as browsers take it
    return _UNFIT.sub(lambda found: quote(found.group(), errors="replace"), clean)


def check_address(address: str) -> str:
    """The address as `clean_address` gives it; raises IntakeError for one that cannot be kept and fetched later."""
    clean = clean_address(address)
    shown = show_address(address)
    if clean is None:
        raise IntakeError("address", shown, "must begin with http:// or https:// and name a machine")
    if _without_login(address.strip()) != address.strip():
        raise IntakeError("address", shown, "must not hold a user name or password: it would be kept and shown")
    return clean


def show_address(address: str) -> str:
    """The address as it may stand in a message or log: without user name and password, and not endless."""
    shown = "".join(char if char.isprintable() else "?" for char in _without_login(address.strip()))
    return shown if len(shown) <= 200 else shown[:199] + "\u2026"


def name_host(address: str | None) -> str | None:
    """The name of the machine in an address without "www."; None for a number or where there is none."""
    try:
        host = (urlsplit(address or "").hostname or "").rstrip(".")
    except ValueError:
        return None
    if "." not in host or ":" in host or host.replace(".", "").isdigit():
        return None
    return host.removeprefix("www.")


def forbid_host(number: str, *, allow_private: bool) -> str | None:
    """Why the IP address `number` may not be connected to ("is a loopback address"), or None if it may.

    With `allow_private`, loopback and private networks may be reached; link-local addresses and others that hold the
    metadata services of clouds, multicast and the unspecified address never.
    """
    try:
        ip = ip_address(number)
    except ValueError:
        return "is no IP address"
    if (carried := _carried(ip)) is not None:
        return forbid_host(str(carried), allow_private=allow_private)
    if ip.is_multicast:
        return "is a multicast address"
    if ip.is_unspecified:
        return "is the unspecified address"
    if ip.is_link_local:
        return "is a link-local address"
    if _is_in(ip, _CLOUD):
        return "is a metadata service of a cloud"
    if ip.is_loopback:
        return None if allow_private else "is a loopback address"
    is_unassigned = isinstance(ip, IPv6Address) and ip not in _GLOBAL_V6
    if not ip.is_global or is_unassigned or _is_in(ip, _NEVER_PUBLIC):
        return None if allow_private else "is on a private or reserved network"
    return None


def _is_in(ip: IPv4Address | IPv6Address, networks: Iterable[IPv4Network | IPv6Network]) -> bool:
    return any(ip in network for network in networks if network.version == ip.version)


def _carried(ip: IPv4Address | IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for (mapped, 6to4, Teredo, translated), or None."""
    if isinstance(ip, IPv4Address):
        return None
    if _is_in(ip, _CARRIERS):
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)


def _without_login(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return address.rpartition("@")[2] if "@" in address else address
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
