"""What a language that is not read is called: guessed from its small words (`languages.toml`), for refusals only."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import Any

from tocsin.knowledge.files import load_toml

_WORD = re.compile(r"[^\W\d_]+")
#: So many different small words of one language must stand in a text.
_LEAST_WORDS = 3


def guess_language(text: str) -> str | None:
    """ISO 639-1 code of the language whose small words a text has ("sr/hr/bs" for close kin); None where unsure."""
    names = (unicodedata.name(letter, "?").split()[0] for letter in text if letter.isalpha())
    scripts = Counter(_load_table()["scripts"].get(name) for name in names)
    # kana stand between the signs that Japanese shares with Chinese
    by_script = max(scripts, key=lambda code: scripts[code], default=None)
    if by_script is not None:
        return "ja" if scripts["ja"] and by_script == "zh" else by_script
    written = {word.lower() for word in _WORD.findall(text)}
    hits = sorted(((len(words & written), code) for code, words in _load_words().items()), reverse=True)
    (most, code), (second, _) = hits[:2]
    return code if most >= _LEAST_WORDS and most > second else None


@cache
def _load_words() -> Mapping[str, frozenset[str]]:
    return {code: frozenset(words) for code, words in _load_table()["words"].items()}


@cache
def _load_table() -> Mapping[str, Any]:
    return load_toml("languages.toml")
