"""English word forms without a lexicon: enough to know "children" for "child" and "fled" for "flee"."""

from __future__ import annotations

import re
from functools import lru_cache

#: Forms that no ending gives: form to bare form.
_IRREGULAR = {
    "men": "man", "women": "woman", "children": "child", "people": "people", "persons": "person", "lives": "life",
    "policemen": "policeman", "gunmen": "gunman", "servicemen": "serviceman", "fishermen": "fisherman",
    "bodies": "body", "died": "die", "dying": "die", "fled": "flee", "held": "hold", "slain": "slay", "slew": "slay",
    "lost": "lose", "losing": "lose", "shot": "shoot", "shooting": "shoot", "taken": "take", "took": "take",
    "taking": "take", "driven": "drive", "drove": "drive", "driving": "drive", "beaten": "beat", "sent": "send",
    "led": "lead", "burnt": "burn", "drowned": "drown", "lynched": "lynch",
    "kidnapped": "kidnap", "kidnapping": "kidnap",
}  # fmt: skip


@lru_cache(maxsize=8192)
def bare_forms(word: str) -> tuple[str, ...]:
    """What a word may be a form of, itself first: "lorries" gives "lorries", "lorry" and endings cut off."""
    word = word.lower()
    forms = [word]
    if word in _IRREGULAR:
        forms.append(_IRREGULAR[word])
    if word.endswith("men"):
        forms.append(f"{word[:-3]}man")
    if word.endswith("ies"):
        forms.append(f"{word[:-3]}y")
    if word.endswith("es"):
        forms.append(word[:-2])
    if word.endswith("s"):
        forms.append(word[:-1])
    return tuple(forms)


def first_letters(words: str) -> frozenset[str]:
    """The letters, in lower case, that a form of a word or phrase may begin with."""
    first = words.partition(" ")[0]
    return frozenset({first[:1], *(form[:1] for form, bare in _IRREGULAR.items() if bare == first)})


def pattern_of(words: str) -> str:
    """A pattern for all forms of a word or phrase (its first word is bent): "round up" also finds "rounded up"."""
    first, _, rest = words.partition(" ")
    irregular = [form for form, bare in _IRREGULAR.items() if bare == first]
    if first.endswith("e"):
        bent = rf"{re.escape(first[:-1])}(?:e|es|ed|ing|er|ers)"
    elif first.endswith("y") and first[-2:-1] not in "aeou":
        bent = rf"{re.escape(first[:-1])}(?:y|ies|ied|ying)"
    else:
        bent = rf"{re.escape(first)}(?:s|es|ed|ing|{re.escape(first[-1])}ed|{re.escape(first[-1])}ing)?"
    either = "|".join([*map(re.escape, irregular), bent])
    return f"(?:{either})" + (rf"\s{{1,3}}{re.escape(rest)}" if rest else "")
