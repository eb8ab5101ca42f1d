"""The second reader behind the port `Reader`: a language model at an address that the operator names.

It is asked with the codebook; what it answers is believed only as far as the article's own words bear it out.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tocsin.endpoint.answers import find_claims
from tocsin.endpoint.checking import Checked, check_answer
from tocsin.endpoint.client import Connection, CutOffError, Endpoint, RefusedFormError, open_connection
from tocsin.endpoint.counts import Counts
from tocsin.endpoint.naming import Codes
from tocsin.endpoint.parts import split_text
from tocsin.endpoint.passages import Passages
from tocsin.endpoint.prompt import load_example, make_messages
from tocsin.endpoint.schema import make_schema
from tocsin.errors import ReaderUnavailableError, ReadingError
from tocsin.records import Article, Findings, Reason, Span

log = logging.getLogger("tocsin.endpoint")

VERSION = "endpoint/1"
#: After a failure that is not the article's, further articles are refused at once for so long.
REST_SECONDS = 30.0
#: A part is halved when the model runs out of room, down to so many words.
_LEAST_WORDS = 60
#: A text shorter than so many letters is read whatever language intake took it for.
_SHORTEST_TOLD = 100
#: How a question is put, from the strictest to the barest: endpoints differ in what they take.
_MANNERS = ("with-schema", "steady", "bare")


class EndpointReader:
    """Reads articles by asking an endpoint. Safe to share between threads; opens nothing before the first article."""

    def __init__(
        self,
        endpoint: Endpoint,
        codes: Codes,
        *,
        max_words: int = 900,
        max_parts: int = 40,
        rest_seconds: float = REST_SECONDS,
    ) -> None:
        self.endpoint = endpoint
        self._codes = codes
        self._max_words, self._max_parts, self._rest_seconds = max_words, max_parts, rest_seconds
        self._lock = threading.Lock()
        self._manner = 0
        self._rests_until = 0.0
        self._trouble: ReaderUnavailableError | None = None

    def __repr__(self) -> str:
        return f"EndpointReader({self.endpoint!r})"

    @property
    def version(self) -> str:
        """Name and version of the reader with the model's name, stored on every claim."""
        return f"{VERSION}:{self.endpoint.model}"

    def read_article(self, article: Article) -> Findings:
        """All claims of an article, in order of their evidence; it marks no names.

        Raises ReadingError where the article or the answer cannot be read, ReaderUnavailableError where the endpoint
        cannot be asked.
        """
        return Findings(self.read_checked(article).claims)

    def read_checked(self, article: Article) -> Checked:
        """The claims of an article, and how much of the answers was kept and dropped."""
        if not article.text.strip():
            return Checked((), Counts())
        _require_english(article)
        parts = split_text(article.text, self._max_words)
        if len(parts) > self._max_parts:
            reason = f"makes {len(parts)} questions: at most {self._max_parts} are put (setting endpoint_max_parts)"
            raise ReadingError("article", article.title or article.id, reason)
        self._fail_at_once()
        try:
            with open_connection(self.endpoint) as connection:
                passages = Passages(article.text)
                checked = [c for part in parts for c in self._read_part(connection, article, passages, part)]
        except ReaderUnavailableError as why:
            self._rest(why)
            raise
        return self._sum_up(article, checked)

    def probe(self) -> tuple[Counts, float]:
        """Ask, once, about the invented article of the prompt: what became of the answer, and the seconds it took.

        Raises as `read_article` does.
        """
        began = time.monotonic()
        hasty = EndpointReader(replace(self.endpoint, attempts=1), self._codes)
        return hasty.read_checked(load_example().article).counts, time.monotonic() - began

    def _read_part(self, connection: Connection, article: Article, passages: Passages, part: Span) -> list[Checked]:
        try:
            answered = self._ask(connection, article, part)
        except CutOffError:
            words = len(part.cut(article.text).split())
            if words < 2 * _LEAST_WORDS:
                raise
            halves = split_text(article.text, words // 2 + 1, part)
            return [c for half in halves for c in self._read_part(connection, article, passages, half)]
        return [check_answer(answered, part, article, passages, self._codes, self.version)]

    def _ask(self, connection: Connection, article: Article, part: Span) -> list[Any]:
        """The unchecked claims about one part; an answer that is no JSON is asked for once more."""
        for _ in range(2):
            answer = self._ask_in_manner(connection, article, part)
            claims = find_claims(answer)
            if claims is not None:
                return claims
        raise ReadingError(
            "answer of the endpoint", self.endpoint.model, 'holds no JSON object {"claims": [...]}, asked twice'
        )

    def _ask_in_manner(self, connection: Connection, article: Article, part: Span) -> str:
        """Ask in the strictest manner that the endpoint takes; what it takes is remembered."""
        for manner in range(self._manner, len(_MANNERS)):
            options = _make_options(_MANNERS[manner])
            messages = make_messages(article, part, with_schema="response_format" not in options)
            try:
                answer = connection.ask(messages, options)
            except RefusedFormError as why:
                log.info("endpoint %s refuses manner %d: %s", self.endpoint.address, manner, why.why)
            else:
                self._manner = manner
                return answer
        raise AssertionError("the barest manner has no options that could be refused")

    def _fail_at_once(self) -> None:
        with self._lock:
            trouble, left = self._trouble, self._rests_until - time.monotonic()
        if trouble is not None and left > 0:
            raise ReaderUnavailableError(trouble.what, trouble.which, trouble.why)

    def _rest(self, why: ReaderUnavailableError) -> None:
        with self._lock:
            self._trouble, self._rests_until = why, time.monotonic() + self._rest_seconds

    def _sum_up(self, article: Article, checked: Sequence[Checked]) -> Checked:
        counts = sum((c.counts for c in checked), Counts())
        level = logging.INFO if counts.is_whole else logging.WARNING
        log.log(level, "%s read article %s: %s", self.version, article.id, counts)
        told = Reason("endpoint-counts", f"of the whole article: {counts}", version=VERSION)
        claims = [replace(c, reasons=(*c.reasons, told)) for part in checked for c in part.claims]
        return Checked(tuple(sorted(claims, key=lambda c: (c.evidence.start, c.evidence.end, c.id))), counts)


def _make_options(manner: str) -> dict[str, Any]:
    """The fields of a request in one of `_MANNERS`; the barest has none."""
    if manner == "bare":
        return {}
    steady: dict[str, Any] = {"temperature": 0}
    if manner == "steady":
        return steady
    form = {"name": "claims", "strict": True, "schema": make_schema()}
    return steady | {"response_format": {"type": "json_schema", "json_schema": form}}


def _require_english(article: Article) -> None:
    """The tables of parties and places that follow are English, whatever the model can read."""
    letters = sum(map(str.isalpha, article.text[: 4 * _SHORTEST_TOLD]))
    if article.language not in (None, "en") and letters >= _SHORTEST_TOLD:
        reason = f"is {article.language!r}; this reader reads English ('en') only"
        raise ReadingError("article language", article.title or article.url or article.id, reason)
