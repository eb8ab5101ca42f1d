"""Hearsay with no speaker: "the mayor was reportedly freed", "two men are said to have been beaten".

The codebook gives such an act one link, speaker null and kind `unspecified`. The encoder reads most of them; these are
words that `training/data` hardly ever leaves in the outlet's own voice. "Apparently" and "it seems" are not among them:
as often as not they tell the outlet's own guess.
"""

from __future__ import annotations

import re

from tocsin.records import Attribution, Evidence, Span

_HEARSAY = re.compile(
    r"\b(?:reportedly|allegedly|purportedly|supposedly|it appears|we are told|unconfirmed reports"
    r"|it is (?:said|understood|rumou?red|alleged)|(?:word|rumou?r) has it"
    r"|(?:is|are|was|were)\s(?:now\s)?(?:said|reported|understood|believed|thought|alleged|rumou?red|presumed)\sto)\b",
    re.IGNORECASE,
)
#: What a relative clause has by hearsay is no word about the act that the sentence tells.
_RELATIVE = re.compile(r"\b(?:who|whose|which|that)\b[^,;.]*$", re.IGNORECASE)


def find_hearsay(evidence: Evidence) -> tuple[Attribution, ...]:
    """One link without a speaker where the passage has such words; () where it has none."""
    found = _HEARSAY.search(evidence.text)
    if found is None or _RELATIVE.search(evidence.text[: found.start()]):
        return ()
    span = Span(evidence.start + found.start(), evidence.start + found.end())
    return (Attribution(None, "unspecified", found.group(), span),)
