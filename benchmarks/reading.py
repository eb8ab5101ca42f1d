"""Articles read a second, against bare spaCy (tagger, parser, NER) over the same texts in the same run.

The texts are the exercise's reports, joined in pairs to about the length of a news article.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.timing import time_in_turn, write_result
from tocsin.exercise import load_exercise
from tocsin.opening import load_knowledge
from tocsin.pipeline import read_claims
from tocsin.reading.reader import MODEL
from tocsin.records import Article
from tocsin.settings import Settings

RUNS = 5


def make_articles() -> list[Article]:
    """The exercise's reports in pairs."""
    reports = list(load_exercise().articles(datetime(2026, 3, 16, tzinfo=UTC)))
    return [replace(a, text=f"{a.text}\n\n{b.text}") for a, b in zip(reports[::2], reports[1::2], strict=False)]


def main() -> None:
    """Measure and write benchmarks/results/reading.json."""
    articles = make_articles()
    with tempfile.TemporaryDirectory() as folder:
        knowledge = load_knowledge(Settings(home=Path(folder)), Path(folder), is_exercise=True)
        import spacy

        nlp = spacy.load(MODEL)
        ours, peer, reader = time_in_turn(
            [
                lambda: [read_claims(a, knowledge) for a in articles],
                lambda: list(nlp.pipe(a.text for a in articles)),
                lambda: [knowledge.reader.read_article(a) for a in articles],
            ],
            runs=RUNS,
        )
    words = sum(len(a.text.split()) for a in articles)
    write_result(
        "reading",
        {
            "articles": len(articles),
            "words_per_article": round(words / len(articles)),
            "articles_per_second": round(len(articles) / ours.median, 1),
            "bare_spacy_articles_per_second": round(len(articles) / peer.median, 1),
            "time_ratio_to_bare_spacy": round(ours.median / peer.median, 2),
            "share_of_time_reading": round(reader.median / ours.median, 2),
            "runs": RUNS,
        },
    )


if __name__ == "__main__":
    main()
