"""A page that is fetched again and says something else: a later revision of its article, not another article."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tocsin.incidents import is_revision, match_claims
from tocsin.incidents.carried_words import carry_corrections
from tocsin.ports import Store
from tocsin.records import Article, Withdrawal
from tocsin.records.correction import Correction

#: So many articles under one address are looked at, the last taken in first.
_MOST_EARLIER = 5


@dataclass(frozen=True, slots=True)
class Revision:
    """How an article compares with the earlier revision of its page.

    kept   claims that the earlier one had as well; `new` it had not; `gone` only it had: numbers of claims
    """

    earlier_id: str
    kept: int
    new: int
    gone: int


def withdraw_revised(store: Store, waiting: Iterable[Article], now: datetime) -> list[str]:
    """Let each article, in the order in which they came, stand in the place of an earlier revision of its page, if any.

    The earlier ones, which now wait as well. Done before every derivation, and not where an article is kept: who is
    killed in between has lost nothing. Done again it changes nothing: an article that has taken a place already is
    passed over, and so is an earlier one that was ever withdrawn, whatever people said of it since.
    """
    earlier = [_withdraw_earlier(store, article, now) for article in waiting]
    return [id_ for id_ in earlier if id_ is not None]


def _withdraw_earlier(store: Store, article: Article, now: datetime) -> str | None:
    if not article.url or store.revised_by(article.id) is not None:
        return None
    held = store.articles_at(article.url)
    ids = held[held.index(article.id) + 1 :][:_MOST_EARLIER] if article.id in held else []
    withdrawn = store.withdrawals(ids, with_reinstated=True)
    known = store.articles_by_id(i for i in ids if i not in withdrawn)
    earlier = next((known[i] for i in ids if i in known and is_revision(known[i], article)), None)
    if earlier is None:
        return None
    reason = "the page it came from was fetched again and says something else"
    withdrawal = Withdrawal(earlier.id, "superseded", "desk", now, reason, article.id)
    store.add_withdrawal(withdrawal, _carry_over(store, earlier, article, now))
    return earlier.id


def _carry_over(store: Store, earlier: Article, article: Article, now: datetime) -> list[Correction]:
    """What people said of the earlier revision's claims, as it holds for the same claims of the later one."""
    ids = [c.id for c in store.claims_of_article(earlier.id)]
    said = store.corrections(ids)
    if not said:
        return []
    before, after = list(store.claims_as_read(ids).values()), store.claims_of_article(article.id)
    return carry_corrections(before, after, said, article, now=now)


def compare_revisions(store: Store, article_id: str) -> Revision | None:
    """What changed from the earlier revision of an article to this one; None where it is the first."""
    withdrawal = store.revised_by(article_id)
    if withdrawal is None:
        return None
    before, after = (store.claims_of_article(i) for i in (withdrawal.article_id, article_id))
    kept = len(match_claims(before, after))
    return Revision(withdrawal.article_id, kept, len(after) - kept, len(before) - kept)
