"""What the encoder's outputs mean: the heads, their classes and the roles of arcs, in the order of the numbers.

Everything here is fixed by the codebook and by the ontology; a model file carries its own copy and is refused where
the two differ (`tocsin.reading.encoder`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import get_args

from tocsin.knowledge.parties import SECTORS
from tocsin.knowledge.plover import load_ontology
from tocsin.records import Certainty, EventType, Modality, SpeakerKind, TollKind

#: From a trigger to the words that fill a role of its claim; `evidence` is the passage that tells it.
CLAIM_ROLES = (
    "actor", "recipient", "place", "date", "toll", "evidence", "speaker", "cue", "inner_speaker", "inner_cue",
)  # fmt: skip
#: From the first word of an attribution's cue to who says, the other words of the cue, and what is said.
SAYING_ROLES = ("said_by", "said_cue", "said_what")
ROLES = CLAIM_ROLES + SAYING_ROLES
#: Kinds of phrases whose first and last words are marked, so that arcs end where phrases end.
PHRASES = ("party", "speaker", "place", "passage", "said_by", "said_what")
#: Which marks of phrases bound the fillers of a role.
PHRASE_OF_ROLE: Mapping[str, str] = {
    "actor": "party", "recipient": "party", "speaker": "speaker", "inner_speaker": "speaker", "place": "place",
    "evidence": "passage", "said_by": "said_by", "said_what": "said_what",
}  # fmt: skip
#: What each word is as a name: begins the name of a place, goes on with it, or names a people ("Serbs", "Canadian").
NAMES = ("none", "place", "inside", "people")
#: How sure the author is that an act took place (FactBank's scale in four steps).
STANDINGS = ("happened", "probable_or_possible", "uncertain", "did_not_happen")
MOST_LINKS = 2

#: Arcs know how far they reach: signed distances in words fall into these classes, in sentences into +-SENTENCES.
DISTANCES = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256)
SENTENCES = 6


@dataclass(frozen=True, slots=True)
class Head:
    """One group of numbers per word: `start` is its first column; `exclusive` ones are a choice among the classes."""

    name: str
    classes: tuple[str, ...]
    start: int
    exclusive: bool

    @property
    def stop(self) -> int:
        """The column after the last."""
        return self.start + len(self.classes)

    @property
    def columns(self) -> slice:
        """Its columns among all."""
        return slice(self.start, self.stop)


@cache
def load_heads() -> Mapping[str, Head]:
    """All heads over single words, by name, in the order of their columns."""
    ontology = load_ontology()
    modes = tuple(f"{t}/{m}" for t in ontology.types for m in ontology.entry(t).modes)
    layout: list[tuple[str, tuple[str, ...], bool]] = [
        ("trigger", ("none", *get_args(EventType)), True),
        ("mode", ("none", *modes), True),
        ("modality", get_args(Modality), True),
        ("certainty", get_args(Certainty), True),
        ("background", ("news", "background"), True),
        ("links", tuple(str(n) for n in range(MOST_LINKS + 1)), True),
        ("standing", STANDINGS, True),
        ("kind", get_args(SpeakerKind), True),
        ("sector", SECTORS, True),
        ("toll", get_args(TollKind), True),
        ("saying", ("cue",), False),
        ("filler", ROLES, False),
        ("first", PHRASES, False),
        ("last", PHRASES, False),
        ("name", NAMES, True),
    ]
    heads: dict[str, Head] = {}
    start = 0
    for name, classes, exclusive in layout:
        heads[name] = Head(name, classes, start, exclusive)
        start += len(classes)
    return heads


@cache
def labels_digest(*without: str) -> str:
    """A digest of every name and order in this module: equal digests read the same numbers alike.

    without are heads left out: the digest of a model that was trained before they came.
    """
    told = {
        "heads": {h.name: h.classes for h in load_heads().values() if h.name not in without},
        "roles": ROLES, "distances": DISTANCES, "sentences": SENTENCES,
    }  # fmt: skip
    return sha256(json.dumps(told).encode()).hexdigest()[:16]
