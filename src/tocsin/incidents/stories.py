"""Articles to stories: which ones write about the same matter, though not in the same words and not of one happening.

Words weighed by how rare they are, each article enlarged by its nearest neighbours (as a search expands its query: a
headline alone shares too few words with the next), then average linkage (Sokal and Michener 1958).
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32]

#: Least mean likeness of two groups of articles for them to be one story, where the articles are no headlines.
LEAST_LIKENESS = 0.55
#: Where the middle text has fewer different words it is proportionally less: headlines of one story share few words.
FULL_LENGTH = 32
#: Names and numbers tell stories apart better than other words do.
NAME_WEIGHT = 1.5
#: The weight of a word grows with its rarity to this power: at 1 a word of one headline alone would count most.
RARITY_POWER = 0.6
#: How many neighbours an article leans on: more, the shorter it is.
LEAST_NEIGHBOURS, MOST_NEIGHBOURS = 6, 20
#: So many articles are compared with one another; a longer list is cut into stretches of this length.
MOST_COMPARED = 4_000

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")
_ENDINGS = ("ing", "ies", "es", "ed", "s")
_LEAST_STEM = 4
_EMPTY_WORDS = """
a an the and or but of in on at to from for with by as is are was were be been has have had it its this that these
those he she they his her their we you i not no will would could can may might said says say after before over under
about into out up down than then there who which what when where how why all more most one two also new us if so do
does did just
"""
_EMPTY = frozenset(_EMPTY_WORDS.split())


def find_stories(texts: Mapping[str, str]) -> dict[str, str]:
    """Name to the name of the first text of the same story, in the order given, as a stream would bring them.

    For `tocsin.incidents.coreference`, which compares words within a story only, and for `tocsin bench stories`. The
    desk shows incidents and no stories: a story has no day, place or toll of its own.

    At most `MOST_COMPARED` texts are compared at once; a story does not reach from one such stretch into the next.
    """
    names = list(texts)
    stories: dict[str, str] = {}
    for start in range(0, len(names), MOST_COMPARED):
        some = names[start : start + MOST_COMPARED]
        for members in _divide([texts[name] for name in some]):
            stories |= {some[i]: some[members[0]] for i in members}
    return stories


def _divide(texts: Sequence[str]) -> Iterator[list[int]]:
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    if len(texts) < 2:
        yield from ([i] for i in range(len(texts)))
        return
    words = [_weigh_words(text) for text in texts]
    lengths = np.array([max(1, len(held)) for held in words], np.float32)
    matrix = _expand(_make_matrix(words), lengths)
    apart = np.clip(1 - matrix @ matrix.T, 0, 1)
    np.fill_diagonal(apart, 0)
    least = LEAST_LIKENESS * min(1.0, float(np.median(lengths)) / FULL_LENGTH)
    labels = fcluster(linkage(squareform(apart, checks=False), "average"), 1 - least, "distance")
    groups: dict[int, list[int]] = defaultdict(list)
    for i, label in enumerate(labels.tolist()):
        groups[label].append(i)
    yield from groups.values()


def _weigh_words(text: str) -> dict[str, float]:
    """The stems of a text with their weights: how often they stand there, names and numbers more."""
    counts: Counter[str] = Counter()
    weights: dict[str, float] = {}
    is_headline = text.istitle() or text.isupper()
    for m in _WORD.finditer(text):
        word = m.group(0)
        folded = word.casefold()
        if folded in _EMPTY:
            continue
        stem = stem_word(folded)
        counts[stem] += 1
        is_name = (word[0].isupper() and not is_headline) or word[0].isdigit()
        weights[stem] = max(weights.get(stem, 1.0), NAME_WEIGHT if is_name else 1.0)
    return {stem: (1 + math.log(count)) * weights[stem] for stem, count in counts.items()}


def is_empty_word(word: str) -> bool:
    """Whether a word says nothing of what a text is about."""
    return word.casefold() in _EMPTY


def stem_word(word: str) -> str:
    """A folded word without its commonest endings."""
    ending = next((e for e in _ENDINGS if word.endswith(e) and len(word) - len(e) >= _LEAST_STEM), "")
    return word.removesuffix(ending) if ending else word


def _make_matrix(words: Sequence[Mapping[str, float]]) -> Matrix:
    """One row of unit length for each text, weighed by rarity."""
    texts_with = Counter(stem for held in words for stem in held)
    # a word of one text alone ties it to nothing and counts in its length only
    column = {stem: i for i, stem in enumerate(texts_with)}
    matrix = np.zeros((len(words), max(1, len(column))), np.float32)
    for row, held in zip(matrix, words, strict=True):
        for stem, weight in held.items():
            row[column[stem]] = weight * math.log((len(words) + 1) / (texts_with[stem] + 0.5)) ** RARITY_POWER
    return _to_unit(matrix)


def _expand(matrix: Matrix, lengths: Matrix) -> Matrix:
    """Each text with the mean of its nearest neighbours, weighed by how near they are."""
    near = matrix @ matrix.T
    np.fill_diagonal(near, 0)
    wanted = np.clip(MOST_NEIGHBOURS * 7 / lengths, LEAST_NEIGHBOURS, MOST_NEIGHBOURS).astype(int)
    mean = np.zeros_like(matrix)
    for i, count in enumerate(wanted.tolist()):
        some = np.argsort(-near[i], kind="stable")[:count]
        mean[i] = near[i, some] @ matrix[some]
    return _to_unit(matrix + _to_unit(mean))


def _to_unit(matrix: Matrix) -> Matrix:
    unit: Matrix = matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-9)
    return unit
