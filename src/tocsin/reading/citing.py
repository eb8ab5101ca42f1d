"""The second link of "Orlapress reported, citing the ministry" and of "local media, citing the police, say".

The codebook counts two: who cites, and who is cited. The encoder has both where the words stand close, and one where a
clause stands between them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from tocsin.reading.coding import code_party, speaker_kind
from tocsin.reading.scene import Setting
from tocsin.records import Attribution, Span

_WORDS = r"[^\s,;:.!?\"\u201c\u201d()]+(?:\s[^\s,;:.!?\"\u201c\u201d()]+){0,7}?"
_TELLS = (
    r"(?:(?:has|have|had|also)\s)?"
    r"(?:report(?:s|ed)?|said|says?|wrote|writes?|claim(?:s|ed)?|broadcast|tweeted|posted)"
)
_CITING = r"(?P<cue>citing|quoting)\s"
#: "Orlapress reported on Monday, citing the ministry"; the one who is cited stands behind.
_AFTER = re.compile(
    rf"(?:\A|[,.;:!?\"\u201c\u201d\n]\s?)\s*(?P<who>{_WORDS})\s{_TELLS}(?:\s[^,;:.!?\n]{{1,40}})?,\s{_CITING}\Z"
)
#: "Local media, citing police sources, reported"; the one who cites stands before.
_BEFORE = re.compile(rf",\s{_CITING}(?P<who>{_WORDS})(?=[,.;\n])")
_LOOK_BACK = 160


def complete_citing(chain: Sequence[Attribution], setting: Setting) -> tuple[Attribution, ...]:
    """A chain of one link with the link that "citing" joins to it; others as they are."""
    if len(chain) != 1 or chain[0].speaker is None or chain[0].span is None:
        return tuple(chain)
    only, span, text = chain[0], chain[0].span, setting.text
    low = max(0, span.start - _LOOK_BACK)
    if (cites := _AFTER.search(text[low : span.start])) is not None:
        who = _make_link(Span(low + cites.start("who"), low + cites.end("who")), only.cue, setting)
        if who.kind == "person" and " " not in (who.speaker or " "):
            who = replace(who, kind="media")  # one word that reports what others say: an agency
        return (who, replace(only, cue=cites["cue"]))
    if (cited := _BEFORE.match(text, span.end)) is not None:
        return (only, _make_link(Span(*cited.span("who")), cited["cue"], setting))
    return tuple(chain)


def _make_link(span: Span, cue: str | None, setting: Setting) -> Attribution:
    words = span.cut(setting.text)
    code = code_party(words, setting.context, setting.lexicon, at=span.start)
    return Attribution(words, speaker_kind(words, code), cue, span)
