"""The words that an act's arc to its place points at."""

from __future__ import annotations

from datetime import UTC, datetime

from tocsin.reading.pointing import FAINTEST
from tocsin.reading.reader import EncoderReader
from tocsin.records import Article

TEXT = "Rebels shelled the town of Gori on Monday, killing three people. Police in Kutaisi arrested two men."


def test_every_claim_tells_the_words_it_points_at(reader: EncoderReader) -> None:
    found = reader.read_article(Article("a", TEXT, datetime(2024, 3, 6, tzinfo=UTC)))
    assert found.claims
    assert found.pointed is not None
    assert {c.id for c in found.claims} <= set(found.pointed)
    for words in found.pointed.values():
        starts = [w.span.start for w in words if w.span is not None]
        assert starts == sorted(starts)
        assert len(starts) == len(words)
        for word in words:
            assert word.span is not None
            assert word.span.cut(TEXT) == word.name
            assert word.score is not None
            assert FAINTEST - 1e-4 <= word.score <= 1
    shelled = next(c for c in found.claims if c.type == "ASSAULT")
    assert max(found.pointed[shelled.id], key=lambda w: w.score or 0.0).name == "Gori"
