"""Flashes: texts of a few sentences in which the dead and wounded are the news.

The encoder has learnt from whole articles, where "three soldiers were killed" mostly gives the number of an attack told
before, and so makes little of it where it stands alone. In a flash that tells no attack it is the act, and takes less;
and where a flash itself says that an accident or a disease did it, it is none (codebook, what is no claim). What is
found so keeps its low score: of one origin it is faint.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np

from tocsin.reading.count import Count
from tocsin.reading.decoding import ACT_REACH, Act, make_acts
from tocsin.reading.gate import FLASH_WORDS
from tocsin.reading.labels import load_heads
from tocsin.reading.outputs import Outputs

_ATTACK = "ASSAULT"
#: From this pooled probability on a word of a sentence that counts dead or wounded names an attack in a flash; with a
#: word of violence beside it, from less; where the sentence says what did it and that is no violence, from more. Chosen
#: on forty such sentences of our own and forty of accidents: they let 40 and 5 through.
_LEAST, _LEAST_VIOLENT, _LEAST_CAUSED = 0.03, 0.005, 0.3
#: The same in a whole article, in a sentence that tells no act at all. On held articles of our own 12 of 17 such
#: sentences are claims, as many as of those that the encoder finds by itself.
_LEAST_IN_ARTICLE = 0.05
_CAUSED = re.compile(r"\b(?:when|after|as|by|because|from)\s", re.I)
_FATES = frozenset({"killed", "injured"})
_VIOLENCE = re.compile(
    r"\b(?:attack\w*|ambush\w*|raid\w*|shoot\w*|shot|gunfire|gunmen|clash\w*|fighting|battle\w*|shell(?:s|ed|ing|fire)|"
    r"(?:air|drone|missile)[ -]?strikes?|bomb\w*|blast\w*|grenades?|landmines?|rockets?|mortars?|stabb\w*|lynch\w*|"
    r"under\s(?:heavy\s)?fire|massacre\w*|murder\w*|executed|beheaded|ammunition|troops|militants?|rebels?|insurgents?)\b",
    re.I,
)
_UNDER = re.compile(r"\bc(?:ame|ome|omes|oming) under (?:\w+ ){0,2}(?:fire|attack|shelling|bombardment)\b", re.I)
#: Accidents, weather, diseases and sport: what is nobody's attack.
_ACCIDENT = re.compile(
    r"\b(?:(?:car|road|traffic|bus|lorry|truck|train|rail|plane|aircraft|helicopter|boat|ferry|motorcycle)\s"
    r"(?:crash(?:es)?|accidents?|collisions?|disasters?)|accidents?|crash(?:es|ed)?|collid\w+|overturn\w*|derail\w*|"
    r"(?:train|bus|lorry|truck|car)\s(?:hit|struck)|capsiz\w*|sank|sunk|drown\w*|(?:flash\s)?flood(?:s|ing|ed)?|landslides?|"
    r"mudslides?|avalanches?|earthquakes?|quakes?|tsunamis?|cyclones?|hurricanes?|typhoons?|tornado(?:es)?|storms?|"
    r"lightning|heavy\s(?:rain|snow)s?|rainstorms?|heatwaves?|droughts?|famines?|starvation|malnutrition|cholera|measles|"
    r"ebola|malaria|meningitis|covid\S*|coronavirus|influenza|virus(?:es)?|diseases?|epidemics?|illness|cancer|"
    r"heart\s(?:attack|failure)|natural\scauses|in\shospital\saged|died\saged|collaps\w+|gas\s(?:leaks?|explosions?)|"
    r"falling\s(?:trees?|rocks?)|fell\sfrom|electrocut\w+|stampedes?|(?:house|forest)\sfires?|wildfires?|blazes?|"
    r"fire\s(?:killed|in\s(?:a|an|the))|matches|match)\b",
    re.I,
)


def is_flash(windows: int, outputs: Outputs) -> bool:
    """Whether a text of so many windows, of which this is one, is a flash."""
    return windows == 1 and outputs.window.words < FLASH_WORDS


def settle_flash(acts: Sequence[Act], outputs: Outputs, text: str, counts: Sequence[Count]) -> list[Act]:
    """The acts of a flash: those of accidents taken out, and an attack that its dead or wounded tell of put in.

    counts  what its text counts, as `find_counts` gives it
    """
    kept = [act for act in acts if not _is_accident(act, outputs, text)]
    if any(act.type.name == _ATTACK for act in acts):
        return kept
    first = list(_list_bare(outputs, text, counts))[:1]
    return sorted([*kept, *make_acts(outputs, first)], key=lambda act: act.word)


def _is_accident(act: Act, outputs: Outputs, text: str) -> bool:
    """Whether an attack by nobody stands in a sentence that names an accident or a disease, and no violence."""
    if act.type.name != _ATTACK or act.fillers.get("actor"):
        return False
    start, end = _find_sentence(outputs, act.word)
    return bool(_ACCIDENT.search(text, start, end)) and not _VIOLENCE.search(text, start, end)


def add_uncounted(
    acts: Sequence[Act], outputs: Outputs, text: str, counts: Sequence[Count], title_end: int
) -> list[Act]:
    """The acts of a whole article's window, with the attacks that sentences without any act count the dead of.

    "A military source said at least nine had died": another's toll is a claim of its own (codebook, rule 14). A
    headline, which ends at `title_end`, is told again below it.
    """
    taken = {int(outputs.window.sentences[act.word]) for act in acts}
    found = [
        bare
        for bare in _list_bare(outputs, text, counts, _LEAST_IN_ARTICLE)
        if int(outputs.window.sentences[bare[0]]) not in taken and outputs.window.starts[bare[0]] >= title_end
    ]
    return sorted([*acts, *make_acts(outputs, found)], key=lambda act: act.word)


def _list_bare(
    outputs: Outputs, text: str, counts: Sequence[Count], least: float | None = None
) -> Iterator[tuple[int, int, float]]:
    """An attack for each sentence that counts dead or wounded, or tells who came under fire, and may name one.

    As `make_acts` takes them: word, number of the type, probability.

    least  the least pooled probability; None: what the sentence's own words ask for
    """
    told = [c.span.start for c in counts if c.fate in _FATES and c.low]
    told += [found.start() for found in _UNDER.finditer(text)]
    type_ = load_heads()["trigger"].classes.index(_ATTACK)
    own = outputs.chances("trigger")[:, type_]
    # words this near share one act, as everywhere
    pooled = np.convolve(own, np.ones(2 * ACT_REACH + 1))[ACT_REACH:][: len(own)]
    sentences = outputs.window.sentences
    for first in np.flatnonzero(np.diff(sentences, prepend=-1)):
        start, end = _find_sentence(outputs, int(first))
        if not any(start <= at < end for at in told) or _ACCIDENT.search(text, start, end):
            continue
        word = int(np.where(sentences == sentences[first], pooled, 0).argmax())
        if pooled[word] >= (_find_least(text, start, end) if least is None else least):
            yield word, type_, min(1.0, float(pooled[word]))


def _find_least(text: str, start: int, end: int) -> float:
    """What a sentence must be given at least for its dead or wounded to be those of an attack."""
    if _VIOLENCE.search(text, start, end):
        return _LEAST_VIOLENT
    return _LEAST_CAUSED if _CAUSED.search(text, start, end) else _LEAST


def _find_sentence(outputs: Outputs, word: int) -> tuple[int, int]:
    """Where the sentence of a word begins and ends in the text."""
    window = outputs.window
    words = np.flatnonzero(window.sentences == window.sentences[word])
    return int(window.starts[words[0]]), int(window.ends[words[-1]])
