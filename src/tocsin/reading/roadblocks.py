"""Roads blocked by nobody in particular: "the road was blocked with logs", "a roadblock was set up overnight".

Our annotated articles mostly tell who blocks a road, and so the encoder takes "was blocked" for a state of things. What
a road is blocked with, or that a roadblock was put up, says that people did it (codebook: a barricade or roadblock put
up by civilians is PROTEST obstruct). Snow, a crash or a falling tree does it as well, and these are no act.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from tocsin.reading.decoding import ACT_REACH, Act, Choice, make_acts
from tocsin.reading.labels import load_heads
from tocsin.reading.outputs import Outputs

_TYPE, _MODE = "PROTEST", "obstruct"
_WAY = r"(?:roads?|streets?|highways?|motorways?|routes?|bridges?|crossings?|junctions?|crossroads|tracks?|railways?)"
_THINGS = (
    r"(?:logs?|(?:tree[ -])?trunks?|branches|trucks?|lorr(?:y|ies)|tractors?|bus(?:es)?|tyres?|tires?|stones?|rocks?"
    r"|boulders?|gravel|sand|rubble|barricades?|barriers|containers?|bonfires?|fires?|barbed\swire)"
)
_PEOPLE = r"(?:residents|villagers|locals|protesters|protestors|demonstrators|farmers|relatives|women|youths|crowds?)"
_BE = r"(?:was|were|is|are|remains?|remained|(?:has|have|had)\sbeen)\s(?:\w+ly\s|again\s|still\s){0,2}"
#: "The road between Orle and Selna was blocked near Orle with burning tyres."
_BLOCKED = re.compile(
    rf"\b{_WAY}\b[^.;\n]{{0,80}}?\b{_BE}(?P<act>blocked|barricaded)\b[^.;,\n]{{0,50}}?"
    rf"\s(?:with|by)\s(?:[^\W\d]\S*\s){{0,3}}?(?:{_THINGS}|{_PEOPLE})\b",
    re.I,
)
_PUT_UP = re.compile(
    rf"\b(?P<act>road[ -]?blocks?|barricades?)\b(?:\sof\s\w+(?:\sand\s\w+)?)?\s{_BE}(?:set|put|thrown)\sup\b"
    rf"|\b(?P<built>road[ -]?blocks?|barricades?)\b(?:\sof\s\w+(?:\sand\s\w+)?)?\s{_BE}(?:erected|built)\b",
    re.I,
)
#: What blocks roads without anybody's will, and who sets up posts that are none of civilians.
_NOT = re.compile(
    r"\b(?:landslides?|mudslides?|rockfalls?|avalanches?|snow\w*|floods?|flooding|flooded|storms?|cyclone|hurricane"
    r"|earthquake|fallen|crash\w*|accidents?|collisions?|overturned|jackknifed|parked|broken\sdown|wedding|marathon"
    r"|roadworks|repairs?|police|army|soldiers|troops|peacekeepers|gendarmes?|rebels?|militants?|fighters|gunmen|gangs?"
    r"|militia\w*|insurgents?|armed)\b",
    re.I,
)


def add_roadblocks(acts: Sequence[Act], outputs: Outputs, text: str) -> list[Act]:
    """The acts of one window, in order, with the roads that somebody unnamed blocked.

    What the arcs already take for an act there, and for nobody's, becomes one of this type; what they take for
    somebody's stays theirs.
    """
    found = list(acts)
    for word in _find_words(outputs, text):
        near = [a for a in found if abs(a.word - word) <= ACT_REACH]
        if any(a.type.name == _TYPE or a.fillers.get("actor") for a in near):
            continue
        found = [a for a in found if a not in near]
        type_ = load_heads()["trigger"].classes.index(_TYPE)
        score = max([float(outputs.chances("trigger")[word, type_]), *(a.type.score for a in near)])
        found += [replace(a, mode=Choice(_MODE, score)) for a in make_acts(outputs, [(word, type_, min(1.0, score))])]
    return sorted(found, key=lambda act: act.word)


def _find_words(outputs: Outputs, text: str) -> Iterator[int]:
    """The words that name each blocked road, in order."""
    window = outputs.window
    if not window.words:
        return
    low, high = int(window.starts[0]), int(window.ends[-1])
    matches = [*_BLOCKED.finditer(text, low, high), *_PUT_UP.finditer(text, low, high)]
    for match in sorted(matches, key=lambda m: m.start()):
        at = match.start("act") if match["act"] else match.start("built")
        word = int(np.searchsorted(window.ends, at, side="right"))
        same = np.flatnonzero(window.sentences == window.sentences[word])
        start, end = int(window.starts[same[0]]), int(window.ends[same[-1]])
        if not _NOT.search(text, start, end):
            yield word
