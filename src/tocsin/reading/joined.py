"""Two parties that the encoder marked as one phrase: "rebels and soldiers", "Israel and Hamas"."""

from __future__ import annotations

import re

from tocsin.reading.scene import Setting
from tocsin.records import Span

_AND = re.compile(r"\s{1,3}and\s{1,3}")
#: "Officers from Nigeria and Niger" and "a convoy with flour and tents" are one party each.
_WHOLE = re.compile(r"\b(?:of|from|with|between|in|on|for|to|by|at|near|both)\s", re.I)


def split_parties(span: Span, setting: Setting) -> tuple[Span, ...]:
    """The two members of a phrase with "and" where they name parties of other countries or sectors, else the whole.

    `training/data` codes such members apart twice as often as together; what shares a noun ("the Russian and Turkish
    ministers") or a preposition stays whole.
    """
    text = setting.text
    joints = list(_AND.finditer(text, span.start, span.end))
    if len(joints) != 1 or _WHOLE.search(text, span.start, joints[0].start()):
        return (span,)
    first, second = Span(span.start, joints[0].start()), Span(joints[0].end(), span.end)
    read = [setting.lexicon.read_phrase(part.cut(text), setting.context.known) for part in (first, second)]
    if not all(r.sector for r in read) or (read[0].country, read[0].sector) == (read[1].country, read[1].sector):
        return (span,)
    is_adjective = not read[0].head and _is_adjective(first.cut(text), setting)
    return (span,) if is_adjective else (first, second)


def _is_adjective(words: str, setting: Setting) -> bool:
    """Whether a phrase ends with what belongs to a land ("South Korean") and not with its people ("Serbs")."""
    parts = words.split()
    lands = (setting.lexicon.lands.get(" ".join(parts[-count:])) for count in (2, 1))
    land = next((found for found in lands if found is not None), None)
    return land is not None and land.kind == "demonym" and not parts[-1].endswith("s")
