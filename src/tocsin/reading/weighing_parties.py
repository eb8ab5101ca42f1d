"""Who did it and to whom: every party that a window names is weighed for every act of it.

The arcs say how surely each word belongs; that alone leaves out whom the same arcs point at a little less surely than
at nobody, and takes for both sides of an act whom they point at twice. A party here is what some arc of the window
takes for an actor, a recipient or a speaker; its mentions count as one, and the mention that is pointed at most surely
stands for it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tocsin.reading.composing import LONGEST_PARTY, cut_span
from tocsin.reading.decoding import Act
from tocsin.reading.outputs import Numbers, Outputs
from tocsin.reading.party_weights import PartyWeights, load_party_weights
from tocsin.reading.segments import Segment

_OTHER = {"actor": "recipient", "recipient": "actor"}
#: Log-odds beyond these say no more.
_LEAST, _MOST = -9.0, 9.0
#: A party that the arc points at less than this is none, and a rival below that is no rival.
_FAINTEST, _NO_RIVAL = -7.5, -4.0
#: Phrases that share so much of their words (F1) are one party.
_SHARE = 0.5
_WORD = re.compile(r"\w+")
_ARTICLES = frozenset({"the", "a", "an", "of", "s"})
#: Words that stand for a party named elsewhere, which the annotation names; "we" stays where nobody is named.
_PRONOUNS = frozenset({
    "it", "its", "he", "she", "they", "them", "him", "her", "who", "which", "that", "those", "these", "this", "whom",
    "you", "themselves", "himself", "itself", "their", "his", "one", "each", "both", "others",
})  # fmt: skip
#: Before a part of those named just before: "eleven people, among them four children".
_AMONG = re.compile(
    r"\b(?:among (?:them|whom)|including|include[sd]?|(?:one|some) of (?:them|whom)|such as|notably|mostly|mainly)"
    r"[,:]?\s+(?:the |an? )?$"
)
_LOOK_BACK = 30


Array = npt.NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class PartyOptions:
    """The parties that may fill one role of an act.

    first, stop  the words of the window that stand for each; `words` as the text has them
    cues         what speaks for or against them: a number for each party, or one for all
    """

    first: npt.NDArray[np.int64]
    stop: npt.NDArray[np.int64]
    words: Sequence[str]
    cues: Mapping[str, Array | float]

    def weigh(self, weights: Mapping[str, float]) -> Array:
        """The sum of log-odds of each."""
        total = np.zeros(len(self.words))
        for cue, value in self.cues.items():
            total += weights[cue] * value
        return total


@dataclass(frozen=True, slots=True)
class _Mentions:
    """Phrases of a window that name somebody; mentions of one name have the same number in `name`."""

    first: npt.NDArray[np.int64]
    stop: npt.NDArray[np.int64]
    words: Sequence[str]
    name: npt.NDArray[np.int64]
    is_among: Array
    sentence: npt.NDArray[np.int64]

    def mark_names(self, which: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """All mentions of the names that these have."""
        named = np.zeros(len(self.words), dtype=bool)
        named[self.name[which]] = True
        return np.asarray(named[self.name])


@dataclass(frozen=True, slots=True)
class _Filled:
    """Which mentions the arcs alone take for a role of an act: wholly, and in part."""

    wholly: npt.NDArray[np.bool_]
    partly: npt.NDArray[np.bool_]


def weigh_parties(acts: Sequence[Act], outputs: Outputs, text: str, weights: PartyWeights | None = None) -> list[Act]:
    """The acts of one window, in order, with the actors and recipients that are likelier theirs than not."""
    table = weights or load_party_weights()
    weighed = []
    for act, by_role in zip(acts, list_options(acts, outputs, text), strict=True):
        fillers = dict(act.fillers)
        for role, options in by_role.items():
            taken = choose_options(options, table.cues[role], table.least[role])
            found = (Segment(int(options.first[i]), int(options.stop[i]), chance) for i, chance in taken)
            fillers[role] = sorted(found, key=lambda s: s.first)
        weighed.append(replace(act, fillers=_part_sides(fillers)))
    return weighed


def _part_sides(fillers: dict[str, Sequence[Segment]]) -> dict[str, Sequence[Segment]]:
    """Nobody stands on both sides of an act: who does is kept on the likelier one."""
    for role, other in _OTHER.items():
        fillers[role] = [
            s for s in fillers[role] if not any(_is_likelier(t, s, role) for t in fillers[other] if _are_same(s, t))
        ]
    return fillers


def _are_same(one: Segment, other: Segment) -> bool:
    return (one.first, one.stop) == (other.first, other.stop)


def _is_likelier(other: Segment, one: Segment, role: str) -> bool:
    return other.score > one.score or (other.score == one.score and role == "recipient")


def list_options(acts: Sequence[Act], outputs: Outputs, text: str) -> list[dict[str, PartyOptions]]:
    """For each act of one window, in order, the parties that may be its actors and its recipients."""
    mentions = _gather(acts, outputs, text)
    if mentions is None:
        return [{} for _ in acts]
    listed = []
    odds = {role: _mean_odds([act.chances[role] for act in acts], mentions) for role in _OTHER}
    told_before = mentions.mark_names(np.zeros(len(mentions.words), dtype=bool))
    for at, act in enumerate(acts):
        filled = {role: _find_filled(act.fillers[role], mentions) for role in _OTHER}
        of_act = {role: odds[role][at] for role in _OTHER}
        later = mentions.sentence > outputs.window.sentences[act.word]
        listed.append({
            role: _list_options_of(act, role, mentions, filled, of_act, told_before, later) for role in _OTHER
        })  # fmt: skip
        told_before = mentions.mark_names(filled["actor"].wholly)
    return listed


def _gather(acts: Sequence[Act], outputs: Outputs, text: str) -> _Mentions | None:
    """The distinct phrases that arcs of the window take for somebody; None where there is none."""
    found = {
        (s.first, s.stop): s
        for act in acts
        for s in (*act.fillers["actor"], *act.fillers["recipient"], *act.fillers["speaker"], *act.faint)
    }
    numbers: dict[tuple[str, ...], int] = {}
    rows: list[tuple[int, int, int, bool]] = []
    texts = []
    for segment in found.values():
        span = cut_span(segment, outputs, text)
        if span is None or span.end - span.start > LONGEST_PARTY:
            continue
        words = span.cut(text)
        name = name_words(words)
        if not name or (len(name) == 1 and name[0] in _PRONOUNS and not words.isupper()):
            continue
        is_among = _AMONG.search(text, max(0, span.start - _LOOK_BACK), span.start) is not None
        rows.append((segment.first, segment.stop, numbers.setdefault(name, len(numbers)), is_among))
        texts.append(words)
    if not rows:
        return None
    first, stop, name_of, among = (np.asarray(column) for column in zip(*rows, strict=True))
    return _Mentions(first, stop, texts, name_of, among.astype(np.float64), outputs.window.sentences[first])


def name_words(words: str) -> tuple[str, ...]:
    """The words of a phrase that tell one party from another, in small letters."""
    return tuple(w for w in _WORD.findall(words.lower()) if w not in _ARTICLES)


def are_alike(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether two names, by `name_words`, share half of their words."""
    a, b = Counter(one), Counter(other)
    return 2 * (a & b).total() >= _SHARE * (a.total() + b.total()) > 0


def _find_filled(found: Sequence[Segment], mentions: _Mentions) -> _Filled:
    wholly = partly = np.zeros(len(mentions.words), dtype=bool)
    for s in found:
        wholly = wholly | ((mentions.first == s.first) & (mentions.stop == s.stop))
        partly = partly | ((mentions.first < s.stop) & (mentions.stop > s.first))
    return _Filled(wholly, partly)


def _mean_odds(chances: Sequence[Numbers], mentions: _Mentions) -> Array:
    """The mean log-odds of the words of each mention, [acts, mentions]."""
    sure = np.clip(np.stack(chances).astype(np.float64), 1e-5, 1 - 1e-5)
    odds = np.clip(np.log(sure / (1 - sure)), _LEAST, _MOST)
    sums = np.concatenate((np.zeros((len(odds), 1)), np.cumsum(odds, axis=1)), axis=1)
    return np.asarray((sums[:, mentions.stop] - sums[:, mentions.first]) / (mentions.stop - mentions.first))


def _list_options_of(
    act: Act, role: str, mentions: _Mentions, filled: Mapping[str, _Filled], odds: Mapping[str, Array],
    told_before: npt.NDArray[np.bool_], later: npt.NDArray[np.bool_],
) -> PartyOptions:  # fmt: skip
    own, taken = filled[role], filled[_OTHER[role]]
    best = _find_surest(odds[role], mentions)
    chosen, lead = own.wholly[best], odds[role][best]
    rivals = np.full(len(best), max(float(lead[0]), _NO_RIVAL))
    rivals[0] = max(float(lead[1]), _NO_RIVAL) if len(best) > 1 else _NO_RIVAL
    n_chosen = int(chosen.sum())
    kept = (lead >= _FAINTEST) | chosen
    i, lead = best[kept], lead[kept]
    other = odds[_OTHER[role]][i]
    passage = next((s for s in act.fillers["evidence"] if s.first <= act.word < s.stop), Segment(0, 0, 0.0))
    cues: dict[str, Array | float] = {
        "nothing": 1.0, act.type.name: 1.0, "pointed": lead, "pointed-surely": np.maximum(lead, 0.0),
        "other-role": other, "other-role-surely": np.maximum(other, 0.0), "chosen": own.partly[i] * 1.0,
        "chosen-for-other": (mentions.mark_names(taken.wholly) | taken.partly)[i] * 1.0, "rival": rivals[kept],
        "rival-chosen": (n_chosen > chosen[kept]) * 1.0, "after": later[i] * 1.0, "among": mentions.is_among[i],
        "passage": ((mentions.first[i] >= passage.first) & (mentions.first[i] < passage.stop)) * 1.0,
        "told-before": told_before[i] * 1.0,
    }  # fmt: skip
    if not n_chosen:
        cues |= {"alone": 1.0, "alone-pointed": lead}
        if role == "recipient":
            cues[f"alone-{act.type.name}"] = 1.0
    return PartyOptions(mentions.first[i], mentions.stop[i], [mentions.words[k] for k in i.tolist()], cues)


def _find_surest(odds: Array, mentions: _Mentions) -> npt.NDArray[np.int64]:
    """One mention of each name, that which the arc points at most surely; the surest name first."""
    by_name: dict[int, int] = {}
    names = mentions.name.tolist()
    for i in np.argsort(-odds, kind="stable").tolist():
        by_name.setdefault(names[i], i)
    return np.asarray(list(by_name.values()), dtype=np.int64)


def choose_options(options: PartyOptions, weights: Mapping[str, float], least: float) -> list[tuple[int, float]]:
    """The numbers of the likeliest options down to a probability, no two that overlap or name one party, with it."""
    chances = 1 / (1 + np.exp(-options.weigh(weights)))
    found: list[tuple[int, float]] = []
    for i in np.argsort(-chances, kind="stable").tolist():
        if chances[i] < least:
            break
        if not any(_are_one(options, i, taken) for taken, _ in found):
            found.append((i, float(chances[i])))
    return found


def _are_one(options: PartyOptions, one: int, other: int) -> bool:
    is_over = options.first[one] < options.stop[other] and options.first[other] < options.stop[one]
    return bool(is_over) or are_alike(name_words(options.words[one]), name_words(options.words[other]))
