"""What a speaker says he did himself: "the army denied that it had moved vehicles", "the charity said it had left"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tocsin.reading.coding import code_party
from tocsin.reading.scene import Setting
from tocsin.records import Attribution, Party, Span

#: Between a speaker and the act he tells of himself stand the verb of saying, a pronoun and its helping verbs.
_OWN_ACT = re.compile(
    r"[^.!?\n]{1,60}?\b(?:it|they|he|she|we)(?:['\u2019](?:d|ll|ve|s))?"
    r"(?:\s+(?:has|had|have|would|will|could|did|does|do|is|was|were|been|not|never|ever|already|also|be))*\s+",
    re.I,
)
#: The same for what a body says it did itself: it is done to nobody in "it was attacked".
_OWN_DEED = re.compile(
    r"\s(?:(?:has|had|have|also|later)\s){0,2}(?:said|says?|announced|announces|claimed|claims|confirmed|confirms)\s"
    r"(?:(?:on|late|early|in|that)\s[^,.!?\n]{0,40}?)?(?:it|they)(?:\s(?:has|had|have|would|will|also|already|now))+\s",
    re.I,
)
_BODIES = frozenset({"MIL", "COP", "REB", "UAF", "GOV", "IGO", "NGO"})
#: Whose "it" is the body they speak for, and not themselves.
_VOICE = re.compile(r"spokes|official|source|minister|governor|\b(?:chief|head|leader)\b", re.I)
#: The act stands no farther behind the speaker.
_NEAR = 120


def find_own_act(
    chain: Sequence[Attribution], trigger: Span, setting: Setting, *, is_told: bool = False
) -> Party | None:
    """The innermost speaker where what he says is about himself: "the army denied that it had moved vehicles".

    is_told  the arcs point at somebody else: then only what a body plainly says of itself weighs more
    """
    if not chain or chain[-1].speaker is None or chain[-1].span is None:
        return None
    speaker, text = chain[-1], setting.text
    if speaker.span is None or not speaker.span.end < trigger.start <= speaker.span.end + _NEAR:
        return None
    if not (_OWN_DEED if is_told else _OWN_ACT).fullmatch(text, speaker.span.end, trigger.start):
        return None
    code = code_party(speaker.speaker or "", setting.context, setting.lexicon, at=speaker.span.start)
    if is_told and (code.sector not in _BODIES or _VOICE.search(speaker.speaker or "")):
        return None
    return Party(speaker.speaker or "", code.country, code.sector, speaker.span)
