"""Markdown files: what their front matter says, and their words as plain paragraphs."""

from __future__ import annotations

from tocsin.intake.flattening import flatten_html

_MAX_TITLE_LINE = 500
_KEYS = {"title": "title", "outlet": "outlet", "published": "published", "published_at": "published", "url": "url"}


def read_front_matter(lines: str) -> dict[str, str]:
    """The keys title, outlet, published and url of a `---` block; others are ignored.

    Each is a line ``key: value``, the value with or without quotation marks. This is the part of YAML that people
    write there; nothing else of YAML is understood, and so nothing else of it can do harm.
    """
    found: dict[str, str] = {}
    for line in lines.splitlines():
        key, colon, value = line.partition(":")
        name = _KEYS.get(key.strip().lower())
        value = value.strip()
        if len(value) >= 2 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1].strip()
        if colon and name and value:
            found[name] = value
    return found


def flatten_markdown(text: str, name: str) -> tuple[str | None, str]:
    """The first heading of level one if it stands at the beginning, and the words below it as plain paragraphs."""
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark")
    words = flatten_html(tokens.render(text), name)
    parsed = tokens.parse(text[: 2 * _MAX_TITLE_LINE])
    if not parsed or parsed[0].tag != "h1":
        return None, words
    title, _, rest = words.partition("\n\n")
    return title, rest
