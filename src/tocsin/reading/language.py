"""Whether an article may be read: this reader reads English only, and says so rather than misread."""

from __future__ import annotations

from tocsin.errors import ReadingError
from tocsin.records import Article

#: A shorter text, in letters, is read whatever intake took its language for: a guess on few words is a coin toss.
SHORTEST = 100


def require_english(article: Article) -> None:
    """Raise ReadingError for an article that intake found to be in another language."""
    if article.language in (None, "en") or sum(map(str.isalpha, article.text[: 4 * SHORTEST])) < SHORTEST:
        return
    which = article.title or article.url or " ".join(article.text[:60].split())
    raise ReadingError("article language", which, f"is {article.language!r}; this reader reads English ('en') only")
