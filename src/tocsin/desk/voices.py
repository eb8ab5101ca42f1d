"""Which claims of some articles speak for an incident, and where they are held."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from tocsin.incidents import carry_links
from tocsin.ports import Store
from tocsin.records import Claim, Link, Withdrawal


@dataclass(frozen=True, slots=True)
class Voices:
    """What articles say.

    claims  those that speak: neither rejected nor of an article that was withdrawn
    links   the newest link of each that has one; a later revision's claims take over those of the earlier one's
    homes   the incidents that any claim of the articles is in, or was linked to last
    """

    claims: Sequence[Claim]
    links: Mapping[str, Link]
    homes: frozenset[str]


def hear_articles(store: Store, article_ids: Collection[str]) -> Voices:
    """What some articles say by now."""
    withdrawn = store.withdrawals(article_ids)
    claims = store.claims_of_articles(article_ids)
    links = store.newest_links([c.id for c in claims])
    homes = {link.incident_id for link in links.values()} | set(store.incidents_of_claims(list(links)).values())
    speaking = [c for c in claims if c.article_id not in withdrawn]
    held = {c.id: links[c.id] for c in speaking if c.id in links}
    revised = {i for w in withdrawn.values() if w.later_id in article_ids for i in (w.article_id, w.later_id) if i}
    if revised:
        told = store.claims_of_articles(revised, with_rejected=True)
        as_read = store.claims_as_read(c.id for c in told)
        carried = carry_over(withdrawn, list(as_read.values()), store.newest_links([c.id for c in told]))
        held |= {id_: link for id_, link in carried.items() if id_ in {c.id for c in speaking}}
    return Voices(speaking, held, frozenset(homes))


def carry_over(
    withdrawn: Mapping[str, Withdrawal], claims: Sequence[Claim], held: Mapping[str, Link]
) -> dict[str, Link]:
    """The links that later revisions take over from those in whose place they stand; `claims` are theirs, as read."""
    by_article: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        by_article[claim.article_id].append(claim)
    carried: dict[str, Link] = {}
    for withdrawal in withdrawn.values():
        if withdrawal.later_id:
            before, after = by_article[withdrawal.article_id], by_article[withdrawal.later_id]
            carried |= carry_links(before, after, held)
    return carried
