"""The grouping cut into shares, so that many workers can do it and none has to know all claims.

Three steps, each of which a worker can do for its share alone:

1. `find_firsts`, by origin: which claims copies repeat word for word, and which of them stands for the others;
2. `tie_pairs`, by day and by what claims are filed under: the pairs that score enough to begin a joining;
3. `settle_knot`, by what is tied together through however many pairs: the happenings of it, named and composed.

Together they give what `group_claims` gives on all claims at once (a test holds them to it): blocks, scores and
coherence are the same code, and a pair counts however many blocks it is met in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING

from tocsin.incidents.blocks import Block, Key, Pair, block_keys
from tocsin.incidents.facts import Facts
from tocsin.incidents.grouping import score_pair
from tocsin.incidents.partition import Partition
from tocsin.incidents.stage import Grouping, settle_groups
from tocsin.incidents.ties import GivenTies
from tocsin.records import Article, Claim, Span

if TYPE_CHECKING:
    from tocsin.knowledge.weights import MergeWeights


def carry_claim(claim: Claim, article: Article) -> tuple[Claim, Article]:
    """A claim and its article with no more than grouping looks at: of the text only the words that name the act.

    A tenth of the size: this is what travels between workers. The offsets of the evidence stay those of the article.
    """
    words = claim.trigger.cut(article.text) if claim.trigger else ""
    trigger = Span(0, len(words)) if claim.trigger else None
    light = replace(claim, trigger=trigger, reasons=(), mentions=(), contexts=())
    return light, replace(article, text=words, title=None, url=None, digest="")


def find_firsts(facts: Iterable[Facts], weights: MergeWeights) -> dict[str, str]:
    """Claim id to the id of the claim that stands for it: its own, for a claim that repeats no earlier one.

    facts  all claims of all articles of some origins
    """
    partition = _fill(facts, weights, {})
    return {c: partition.first_of(c) or c for c in partition.list_claims()}


def list_days(facts: Facts) -> Iterator[date]:
    """The days under which a claim is filed, each once: where it is to be sent for `tie_pairs`."""
    return iter(sorted({day for key in block_keys(facts) if (day := find_day(key)) is not None}))


def find_day(key: Key) -> date | None:
    """The day of a block; of a block of a long stretch its first day; None of a block of one origin."""
    day = key[2]
    if isinstance(day, date):
        return day
    text = str(day)
    return date.fromisoformat(text[:10]) if ".." in text else None


def tie_pairs(facts: Iterable[Facts], is_wanted: Callable[[Key], bool], weights: MergeWeights) -> dict[Pair, float]:
    """The pairs of claims that may begin a joining, with their log-odds, as the wanted blocks bring them together.

    facts      every claim that is filed in a wanted block, each once, and only those that stand for themselves
    is_wanted  whether a block belongs to this share
    """
    blocks: dict[Key, list[Facts]] = defaultdict(list)
    for one in facts:
        for key in filter(is_wanted, set(block_keys(one))):
            blocks[key].append(one)
    ties: dict[Pair, float] = {}
    seen: set[Pair] = set()
    for key, members in blocks.items():
        if len(members) == 1:
            continue
        by_id = {one.claim.id: one for one in members}
        for pair in _pair_block(key, by_id, weights.block_limit) - seen:
            seen.add(pair)
            a, b = by_id[pair[0]], by_id[pair[1]]
            score = score_pair(*((a, b) if a.order < b.order else (b, a)), weights)
            if score >= weights.least:
                ties[pair] = score
    return ties


def _pair_block(key: Key, members: Mapping[str, Facts], limit: int) -> set[Pair]:
    """The pairs that are near each other in one block."""
    block = Block.under(key, limit, members)
    pairs: set[Pair] = set()
    for id_ in members:
        near, apart = block.insert(id_)
        pairs.update((id_, other) if id_ < other else (other, id_) for other in near)
        pairs.difference_update(apart)
    return pairs


def settle_knot(
    facts: Iterable[Facts], ties: Mapping[Pair, float], weights: MergeWeights, *, now: datetime
) -> Grouping:
    """The incidents and links of claims that are tied to one another, and to no others.

    facts  with each claim all that repeat it, and with each tied pair both claims
    """
    partition = _fill(facts, weights, ties)
    groups = [[partition.facts(c) for c in group] for group in partition.regroup().made]
    return settle_groups(groups, weights, partition.first_of, now=now)


def _fill(facts: Iterable[Facts], weights: MergeWeights, ties: Mapping[Pair, float]) -> Partition:
    partition = Partition(weights, GivenTies(ties))
    ordered = sorted(facts, key=lambda f: f.order)
    for id_, mine in groupby(ordered, key=lambda f: f.article.id):
        partition.put_article(id_, mine, {})
    return partition
