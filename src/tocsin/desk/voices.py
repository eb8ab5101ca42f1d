"""Which claims of some articles speak for an incident, and where they are held."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tocsin.incidents import carry_links, match_claims
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
    by_article = _file_claims(claims)
    carried: dict[str, Link] = {}
    for withdrawal in _order_revisions(withdrawn):
        if withdrawal.later_id:
            before, after = by_article[withdrawal.article_id], by_article[withdrawal.later_id]
            carried |= carry_links(before, after, {**held, **carried})
    return carried


def _order_revisions(withdrawn: Mapping[str, Withdrawal]) -> list[Withdrawal]:
    """Each after those whose later revision it withdraws: of three that are derived at once the last takes over all."""
    followers = {w.later_id: w for w in withdrawn.values() if w.later_id}

    def count_before(withdrawal: Withdrawal) -> int:
        number = 0
        while (earlier := followers.get(withdrawal.article_id)) is not None:
            withdrawal, number = earlier, number + 1
        return number

    return sorted(withdrawn.values(), key=lambda w: (count_before(w), w.article_id))


def find_later_claims(store: Store, claims: Iterable[Claim]) -> dict[str, str]:
    """For each of the claims that a later revision of its page says as well: its claim there, in the last revision.

    One that the last revision no longer says is missing, and so is one whose article has no later revision.
    """
    at = {c.id: c for c in claims}
    found: dict[str, str] = {}
    while at:
        withdrawn = {i: w for i, w in store.withdrawals({c.article_id for c in at.values()}).items() if w.later_id}
        found |= {first: c.id for first, c in at.items() if c.article_id not in withdrawn and c.id != first}
        ids = {i for w in withdrawn.values() for i in (w.article_id, w.later_id) if i}
        told = store.claims_of_articles(ids, with_rejected=True)
        by_article = _file_claims(store.claims_as_read(c.id for c in told).values())
        same = {
            old: new
            for w in withdrawn.values()
            for new, old in match_claims(by_article[w.article_id], by_article[w.later_id or ""]).items()
        }
        by_id = {c.id: c for mine in by_article.values() for c in mine}
        at = {first: by_id[same[c.id]] for first, c in at.items() if c.id in same}
    return found


def _file_claims(claims: Iterable[Claim]) -> dict[str, list[Claim]]:
    by_article: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        by_article[claim.article_id].append(claim)
    return by_article
