"""A stretch of an article's text."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.errors import RecordError


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Code-point offsets into `Article.text`, end exclusive: ``text[start:end]``."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise RecordError("span", f"{self.start}-{self.end}", "start must be 0 or more and not after end")

    def cut(self, text: str) -> str:
        """The words this span stands for."""
        return text[self.start : self.end]

    def overlaps(self, other: Span) -> bool:
        """Whether the two share at least one character."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: Span) -> bool:
        """Whether `other` lies wholly inside this span."""
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Evidence:
    """The verbatim passage a claim rests on (one clause to one sentence), with where it stands in the article."""

    text: str
    start: int
    end: int

    def __post_init__(self) -> None:
        if len(self.text) != self.end - self.start or self.start < 0:
            raise RecordError("evidence", f"{self.start}-{self.end}", "the offsets must cut exactly the quoted words")

    @property
    def span(self) -> Span:
        """The offsets alone."""
        return Span(self.start, self.end)

    @classmethod
    def cut_from(cls, text: str, start: int, end: int) -> Evidence:
        """The passage ``text[start:end]`` as evidence."""
        return cls(text[start:end], start, end)
