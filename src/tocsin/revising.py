"""A page that is fetched again and says something else: a later revision of its article, not another article."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin.incidents import is_revision, match_claims
from tocsin.incidents.carried_words import carry_corrections
from tocsin.ports import Clock, Store
from tocsin.records import Article, Withdrawal

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


def withdraw_earlier(store: Store, article: Article, clock: Clock) -> bool:
    """Let an article stand in the place of an earlier revision of its page, if there is one; whether there was."""
    if not article.url:
        return False
    ids = [i for i in store.articles_at(article.url) if i != article.id][:_MOST_EARLIER]
    withdrawn = store.withdrawals(ids)
    known = store.articles_by_id(i for i in ids if i not in withdrawn)
    earlier = next((known[i] for i in ids if i in known and is_revision(known[i], article)), None)
    if earlier is None:
        return False
    reason = "the page it came from was fetched again and says something else"
    now = clock.now()
    store.add_withdrawal(Withdrawal(earlier.id, "superseded", "desk", now, reason, article.id))
    _carry_over(store, earlier, article, now)
    return True


def _carry_over(store: Store, earlier: Article, article: Article, now: datetime) -> None:
    """Let what people said of the earlier revision's claims hold for the same claims of the later one."""
    ids = [c.id for c in store.claims_of_article(earlier.id)]
    said = store.corrections(ids)
    if said:
        before, after = list(store.claims_as_read(ids).values()), store.claims_of_article(article.id)
        store.add_corrections(carry_corrections(before, after, said, article, now=now))


def compare_revisions(store: Store, article_id: str) -> Revision | None:
    """What changed from the earlier revision of an article to this one; None where it is the first."""
    withdrawal = store.revised_by(article_id)
    if withdrawal is None:
        return None
    before, after = (store.claims_of_article(i) for i in (withdrawal.article_id, article_id))
    kept = len(match_claims(before, after))
    return Revision(withdrawal.article_id, kept, len(after) - kept, len(before) - kept)
