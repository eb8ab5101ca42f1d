"""Mentions of acts to acts: which words, of one article or of several, tell of one happening.

Mentions meet within a story only (`find_stories`). A pair is compared by its words and by what stands around them, and
weighed by a logistic regression whose few weights lie in one table; groups are formed by average linkage of the scores
(Sokal and Michener 1958).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tocsin.incidents.stories import find_stories, is_empty_word, stem_word

if TYPE_CHECKING:
    from tocsin.knowledge.coreference import CoreferenceTable

#: Words around a mention count less with every word between: so many words away by a factor of e.
_REACH = 4.0
#: A sentence is followed so many words to either side; longer ones are lists and tables.
_MOST_WORDS = 30
_SENTENCE_ENDS = frozenset(".!?")
#: So many first letters in common make two words forms of one stem, or fewer where these are all but a whole word.
_STEM_LETTERS, _LEAST_LETTERS, _STEM_SHARE = 5, 4, 0.75
#: A story of more mentions is cut into stretches of this length: the cost of comparing grows with the square.
MOST_COMPARED = 2_000


@dataclass(frozen=True, slots=True)
class Mention:
    """Words of an article that tell of an act.

    places      which words of the article they are, counted from 0, in order; at least one
    sentence    number of the sentence they stand in
    lemma       dictionary form of the word that carries the meaning
    is_pronoun  whether that word only points ("it", "this")
    """

    id: str
    article_id: str
    places: tuple[int, ...]
    sentence: int
    lemma: str
    is_pronoun: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """A mention with what a comparison needs of it, prepared once.

    word    folded lemma
    stems   stems of its own words
    rarity  0..1, of its first word: 1 where hardly an article has it
    around  stem to weight of the words around it in its sentence: the nearer and rarer, the more
    kinds   the kinds of act that its lemma tells of
    """

    mention: Mention
    word: str
    stems: frozenset[str]
    rarity: float
    around: Mapping[str, float]
    kinds: frozenset[str]

    @property
    def sentence(self) -> tuple[str, int]:
        """The sentence among those of all articles."""
        return (self.mention.article_id, self.mention.sentence)


class Telling:
    """How often the articles of one story tell an act in one word, and which words stand side by side."""

    def __init__(self, settings: Sequence[Setting]) -> None:
        self._articles: dict[str, set[str]] = defaultdict(set)
        self._sentences: dict[str, set[tuple[str, int]]] = defaultdict(set)
        for one in settings:
            self._articles[one.word].add(one.mention.article_id)
            self._sentences[one.word].add(one.sentence)
        self._total = len({one.mention.article_id for one in settings})

    def share(self, word: str) -> float:
        """Share of the story's articles that tell something in this word."""
        return len(self._articles[word]) / self._total

    def side_by_side(self, one: str, other: str) -> float:
        """Share of the sentences of the rarer word that have the other too: who tells both tells of two acts."""
        mine, theirs = self._sentences[one], self._sentences[other]
        return len(mine & theirs) / min(len(mine), len(theirs))


def find_same_acts(
    mentions: Sequence[Mention], articles: Mapping[str, Sequence[str]], table: CoreferenceTable
) -> dict[str, str]:
    """Mention id to the id of the first mention of the same act, in the order given.

    articles  id to its words in order, punctuation marks as words of their own; at least those of the mentions

    Raises KeyError for a mention of an article that is not given, IndexError for words beyond its end.
    """
    acts: dict[str, str] = {}
    for settings in iterate_stories(mentions, articles, table):
        for start in range(0, len(settings), MOST_COMPARED):
            some = settings[start : start + MOST_COMPARED]
            for members in _divide(some, Telling(some), table):
                acts |= {some[i].mention.id: some[members[0]].mention.id for i in members}
    return acts


def iterate_stories(
    mentions: Sequence[Mention], articles: Mapping[str, Sequence[str]], table: CoreferenceTable
) -> Iterator[list[Setting]]:
    """The mentions of each story, prepared for comparing."""
    story_of = find_stories({id_: " ".join(words) for id_, words in articles.items()})
    rarity = _measure_rarity(articles.values())
    stories: dict[str, list[Setting]] = defaultdict(list)
    for mention in mentions:
        words = articles[mention.article_id]
        stories[story_of[mention.article_id]].append(_prepare(mention, words, rarity, table))
    yield from stories.values()


def measure_parts(one: Setting, other: Setting, telling: Telling) -> dict[str, float]:
    """The parts of a comparison by name, each 0..1: what the table's weights are multiplied with."""
    shares = sorted((telling.share(one.word), telling.share(other.word)))
    parts = {
        "base": 1.0,
        "rare": min(one.rarity, other.rarity),
        "told-least": shares[0],
        "one-sentence": float(one.sentence == other.sentence),
        "near-words": _compare_around(one.around, other.around),
    }
    if not is_same_word(one, other):
        parts |= {
            "kin": float(bool(one.kinds & other.kinds)),
            "one-stem": float(bool(one.stems & other.stems) or _share_stem(one.word, other.word)),
            "told-most": shares[1],
            "side-by-side": telling.side_by_side(one.word, other.word),
            "pronoun": float(one.mention.is_pronoun or other.mention.is_pronoun),
        }
    return parts


def is_same_word(one: Setting, other: Setting) -> bool:
    """Whether both say it in one word: two pronouns are no same word."""
    return one.word == other.word and not one.mention.is_pronoun


def score_mentions(one: Setting, other: Setting, telling: Telling, table: CoreferenceTable) -> float:
    """How much speaks for the two telling of one act, 0..1."""
    weights = table.same_word if is_same_word(one, other) else table.other_word
    log_odds = sum(weights[name] * value for name, value in measure_parts(one, other, telling).items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, log_odds))))


def _divide(settings: Sequence[Setting], telling: Telling, table: CoreferenceTable) -> Iterator[list[int]]:
    apart = [1 - score_mentions(a, b, telling, table) for a, b in combinations(settings, 2)]
    yield from link_average(np.asarray(apart, np.float64), len(settings), 1 - table.least)


def link_average(apart: npt.NDArray[np.float64], count: int, most: float) -> Iterator[list[int]]:
    """Groups of 0..count-1 by average linkage: joined while the mean distance of two groups is at most `most`.

    apart  distances of all pairs in the order of `itertools.combinations`
    """
    from scipy.cluster.hierarchy import fcluster, linkage

    labels = fcluster(linkage(apart, "average"), most, "distance").tolist() if count > 1 else [0] * count
    groups: dict[int, list[int]] = defaultdict(list)
    for i, label in enumerate(labels):
        groups[label].append(i)
    yield from groups.values()


def _prepare(mention: Mention, words: Sequence[str], rarity: Mapping[str, float], table: CoreferenceTable) -> Setting:
    own = [stem_word(words[i].casefold()) for i in mention.places]
    stems = frozenset(s for s, i in zip(own, mention.places, strict=True) if _has_meaning(words[i]))
    lemma = mention.lemma.casefold()
    around = _weigh_around(mention, words, rarity)
    return Setting(mention, lemma, stems, rarity[own[0]], around, table.kinds.get(lemma, frozenset()))


def _weigh_around(mention: Mention, words: Sequence[str], rarity: Mapping[str, float]) -> dict[str, float]:
    first, last = mention.places[0], mention.places[-1]
    start, end = first, last + 1
    while start > 0 and words[start - 1] not in _SENTENCE_ENDS and first - start < _MOST_WORDS:
        start -= 1
    while end < len(words) and words[end - 1] not in _SENTENCE_ENDS and end - last <= _MOST_WORDS:
        end += 1
    around: dict[str, float] = {}
    for i in range(start, end):
        if i in mention.places or not _has_meaning(words[i]):
            continue
        between = max(first - i, i - last, 1) - 1
        stem = stem_word(words[i].casefold())
        around[stem] = max(around.get(stem, 0.0), rarity[stem] * math.exp(-between / _REACH))
    return around


def _has_meaning(word: str) -> bool:
    return word[:1].isalnum() and not is_empty_word(word)


def _measure_rarity(articles: Iterable[Sequence[str]]) -> dict[str, float]:
    """Stem to the logarithm of how few articles have it, as a share of the most that it can be."""
    stems = [{stem_word(word.casefold()) for word in words} for words in articles]
    with_stem = Counter(stem for held in stems for stem in held)
    most = math.log((len(stems) + 1) / 1.5)
    return {s: max(0.0, math.log((len(stems) + 1) / (n + 0.5)) / most) if most > 0 else 1.0
            for s, n in with_stem.items()}  # fmt: skip


def _compare_around(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """What both have around them, as a share of the geometric mean of what each has."""
    shared = sum(min(weight, other[stem]) for stem, weight in one.items() if stem in other)
    return shared / math.sqrt(sum(one.values()) * sum(other.values())) if shared else 0.0


def _share_stem(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    alike = next((i for i, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
    if alike >= _STEM_LETTERS or (alike == len(shorter) and alike >= _LEAST_LETTERS - 1):
        return True
    return alike >= _LEAST_LETTERS and alike >= _STEM_SHARE * len(shorter)
