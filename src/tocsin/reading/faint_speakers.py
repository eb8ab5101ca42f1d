"""Speakers of whom the encoder has the verb and not the name: "it complained", "he added", "the clerk has denied".

Where a verb of saying has no speaker, somebody said it all the same, and the arc points at the likeliest of those whom
the window names, only less surely than at nobody. Where that one is who did the act, the verb is the act itself, and
nobody else reports it (codebook: whoever accuses, threatens, demands or refuses is the actor of that act and not its
speaker).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from tocsin.reading.decoding import Act, Choice
from tocsin.reading.outputs import Outputs
from tocsin.reading.segments import Segment

#: Verbs by which one says something in person; "is said", "rumours" or "it seems" are hearsay and need nobody.
_SAYS = re.compile(
    r"(?:(?:has|had|have|also|later|then)\s)*"
    r"(?:said|says?|told|tells?|add(?:s|ed)|den(?:y|ies|ied)|writes?|wrote|claim(?:s|ed)?|complain(?:s|ed)?|repli(?:es|ed)"
    r"|announc(?:es|ed)|insist(?:s|ed)?|declar(?:es|ed)|reiterat(?:es|ed)|f(?:inds?|ound)|answer(?:s|ed)"
    r"|confirm(?:s|ed)|stat(?:es|ed)|explain(?:s|ed)|reckon(?:s|ed)?)",
    re.IGNORECASE,
)
#: Mean log-odds under which the arc points at nobody at all.
_FAINTEST = -4.0


def name_speakers(acts: Sequence[Act], outputs: Outputs, text: str) -> list[Act]:
    """The acts of one window, in order, with a speaker for every verb of saying that has none."""
    known = {
        (s.first, s.stop) for act in acts for role in ("speaker", "inner_speaker", "actor") for s in act.fillers[role]
    }
    return [_name_speaker(act, known, outputs, text) for act in acts]


def _name_speaker(act: Act, known: Iterable[tuple[int, int]], outputs: Outputs, text: str) -> Act:
    if act.links.name == "0" or act.fillers["speaker"] or not act.fillers["cue"]:
        return act
    cue = max(act.fillers["cue"], key=lambda s: s.score)
    window = outputs.window
    if not _SAYS.fullmatch(text, int(window.starts[cue.first]), int(window.ends[cue.stop - 1])):
        return act
    sure = np.clip(act.chances["speaker"].astype(np.float64), 1e-5, 1 - 1e-5)
    odds = np.log(sure / (1 - sure))
    odds_of = {(first, stop): float(odds[first:stop].mean()) for first, stop in known}
    first, stop = max(odds_of, key=lambda bounds: (odds_of[bounds], bounds), default=(0, 0))
    if first == stop or odds_of[first, stop] < _FAINTEST:
        return act
    if any(s.first < stop and first < s.stop for s in act.fillers["actor"]):
        return replace(act, links=Choice("0", act.links.score))
    chance = float(1 / (1 + np.exp(-odds_of[first, stop])))
    return replace(act, fillers={**act.fillers, "speaker": [Segment(first, stop, chance)]})
