"""The country that an article speaks of: what a claim is filed by that says neither where nor of whose people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from tocsin.records import Claim

#: Bodies that stand in a party's country where no country can.
BODIES = ("IGO", "NGO", "MED")
#: Article id to the country that it speaks of, for articles that speak of one.
Countries = Mapping[str, str]
NOWHERE: Countries = MappingProxyType({})


def find_countries(claims: Iterable[Claim]) -> dict[str, str]:
    """The country that each article's claims name most, by place or party; none where two are named as often.

    claims  all that the articles say: of a part of them another country might be the first
    """
    named: dict[str, Counter[str]] = {}
    for claim in {c.id: c for c in claims}.values():
        named.setdefault(claim.article_id, Counter()).update(list_countries(claim))
    return {id_: first for id_, counts in named.items() if (first := _find_first(counts))}


def list_countries(claim: Claim) -> set[str]:
    """The countries that a claim's place and parties give; bodies of many countries are none."""
    given = {party.country for party in (*claim.actor, *claim.recipient)}
    if claim.place:
        given.add(claim.place.country)
    return {country for country in given if country and country not in BODIES}


def _find_first(counts: Counter[str]) -> str | None:
    ranked = counts.most_common(2)
    is_tied = len(ranked) == 2 and ranked[0][1] == ranked[1][1]
    return None if is_tied or not ranked else ranked[0][0]
