"""Answers to the benchmark of coreference: which words of several articles tell of one act."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tocsin.errors import IntakeError
from tocsin.incidents.coreference import Mention, find_same_acts
from tocsin.knowledge.coreference import load_coreference
from tocsin.settings import Settings

Record = Mapping[str, Any]


def add_texts(records: Sequence[Record], articles: Sequence[Record]) -> list[Record]:
    """The records, each with the text of the article that its field "doc" names.

    Raises IntakeError for an article without id or text, and for a record whose article is not there.
    """
    for number, article in enumerate(articles, 1):
        if not ("id" in article and isinstance(article.get("text"), str)):
            raise IntakeError("articles", f"line {number}", "lacks id or text")
    texts = {str(a["id"]): a["text"] for a in articles}
    for number, record in enumerate(records, 1):
        if str(record.get("doc")) not in texts:
            raise IntakeError("gold file", f"line {number}", f"is of article {record.get('doc')!r}, which has no text")
    return [{**record, "text": texts[str(record["doc"])]} for record in records]


def answer_coref(records: Sequence[Record], _settings: Settings) -> Iterator[dict[str, Any]]:
    """The act of each mention; each record brings its article's text, words parted by single spaces.

    Raises IntakeError for a mention of words that its article does not have, or without the number of its sentence.
    """
    articles = cut_articles(records)
    for number, record in enumerate(records, 1):
        words = len(articles[str(record["doc"])])
        if not record["tok"] or not all(isinstance(i, int) and 0 <= i < words for i in record["tok"]):
            raise IntakeError("gold file", f"line {number}", f"tok = {record['tok']!r} must be words of its article")
        if not isinstance(record.get("sent"), int):
            raise IntakeError("gold file", f"line {number}", f"sent = {record.get('sent')!r} must be a number")
    acts = find_same_acts([make_mention(r) for r in records], articles, load_coreference())
    for record in records:
        yield {"id": record["id"], "cluster": acts[str(record["id"])]}


def cut_articles(records: Sequence[Record]) -> dict[str, list[str]]:
    """The words of each article, once."""
    texts = {str(r["doc"]): r["text"] for r in records}
    return {id_: text.split(" ") for id_, text in texts.items()}


def make_mention(record: Record) -> Mention:
    """A record as a mention. Some taggers write "-PRON-" for the lemma of every pronoun."""
    return Mention(
        str(record["id"]), str(record["doc"]), tuple(sorted(record["tok"])), record["sent"], record["lemma"],
        is_pronoun=record["lemma"] == "-PRON-" or record.get("pos") in ("PRON", "DET"),
    )  # fmt: skip
