"""What is asked: the codebook as instructions, then one article, wrapped as a text between marks it cannot forge."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256

from tocsin.endpoint.parts import cut_context
from tocsin.endpoint.schema import make_schema
from tocsin.knowledge.files import load_toml
from tocsin.knowledge.parties import SECTORS
from tocsin.knowledge.plover import TypeEntry, load_ontology
from tocsin.records import Article, Span, article_id, digest_text

_FILE = "endpoint.toml"
_MAX_HEADLINE = 300

#: A message of a chat: "role" and "content".
Message = dict[str, str]


@dataclass(frozen=True, slots=True)
class Example:
    """The invented article of the prompt with the answer it should get."""

    article: Article
    answer: str


def make_messages(article: Article, part: Span, *, with_schema: bool) -> list[Message]:
    """The question about one part of an article; `with_schema` spells the form out for endpoints that take none."""
    rules = write_rules()
    if with_schema:
        rules += "\nThe answer's JSON Schema:\n" + json.dumps(make_schema(), separators=(",", ":"))
    closing = str(load_toml(_FILE)["prompt"]["closing"])
    return [
        {"role": "system", "content": rules},
        {"role": "user", "content": f"{wrap_part(article, part)}\n\n{closing}"},
    ]


@cache
def write_rules() -> str:
    """The codebook in our words, with types and modes from the ontology and one invented example."""
    ontology = load_ontology()
    example = load_example()
    shown = wrap_part(example.article, Span(0, len(example.article.text)))
    return str(load_toml(_FILE)["prompt"]["rules"]).format(
        types="\n".join(map(_describe, ontology.types.values())),
        contexts=", ".join(ontology.contexts),
        sectors=", ".join(SECTORS),
        example=f"{shown}\nIts answer:\n{example.answer}",
    )


def _describe(entry: TypeEntry) -> str:
    modes = "; ".join(f"{m.name}: {m.definition.rstrip('.')}" for m in entry.modes.values())
    return (
        f"{entry.name}: {entry.definition} Includes {', '.join(entry.includes)}. Not {', '.join(entry.excludes)}."
        + (f" Modes: {modes}." if modes else "")
    )


@cache
def load_example() -> Example:
    """The invented article of the prompt, and its answer."""
    row = load_toml(_FILE)["example"]
    published: datetime = row["published_at"]
    text, title, outlet = row["text"], row["title"], row["outlet"]
    article = Article(
        id=article_id(outlet, title, text, published),
        text=text,
        taken_at=published,
        title=title,
        outlet_name=outlet,
        published_at=published,
        language="en",
        digest=digest_text(text),
        is_exercise=True,
    )
    return Example(article, str(row["answer"]).strip())


def wrap_part(article: Article, part: Span) -> str:
    """One part of an article between marks, with what is known about it.

    The number of the marks follows from the text, so a text that holds its own mark cannot be written beforehand.
    """
    number = sha256(article.text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    published = article.published_at
    day = f"{published.astimezone(UTC):%A, %Y-%m-%d}" if published else "not known: give no date that hangs on it"
    lines = [f"<<<article {number}>>>", f"published: {day}"]
    if article.outlet_name:
        lines.append(f"outlet: {_one_line(article.outlet_name)}")
    if part.start > 0:
        lines.append(f"headline: {_one_line(article.title or 'none')}")
        lines.append(f"said just before, for reference only:\n{cut_context(article.text, part.start)}")
    return "\n".join([*lines, "text to be coded:", part.cut(article.text).strip(), f"<<<end of article {number}>>>"])


def _one_line(text: str) -> str:
    return " ".join(text.split())[:_MAX_HEADLINE]
