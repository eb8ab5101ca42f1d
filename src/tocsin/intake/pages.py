"""From a web page to the words of its article."""

from __future__ import annotations

from tocsin.errors import IntakeError
from tocsin.intake.flattening import parse_html
from tocsin.intake.statements import Statement, read_statement

MIN_PARAGRAPH_CHARS = 50
"""An article has at least one paragraph this long; menus, notices and error pages seldom have."""


def read_html(text: str, name: str) -> tuple[Statement, str]:
    """What the page says of itself, and the main text as trafilatura finds it, a blank line between paragraphs.

    Raises IntakeError where the page has no article. The work is bounded: by the size of the text, by the number of
    elements and, in libxml2, by the depth.
    """
    tree = parse_html(text, name)
    statement = read_statement(tree)
    paragraphs = _extract_text(tree, name)
    if not any(len(paragraph) >= MIN_PARAGRAPH_CHARS for paragraph in paragraphs):
        raise IntakeError("page", name, "has no article text")
    return statement, "\n\n".join(paragraphs)


def _extract_text(tree: object, name: str) -> list[str]:
    from trafilatura import bare_extraction

    try:
        # Without metadata: trafilatura's would come with a guessed date.
        found = bare_extraction(tree, include_comments=False, include_tables=False, with_metadata=False)
    except Exception as why:
        # A third party's heuristics meet whatever a stranger wrote: no failure of theirs may stop a batch.
        raise IntakeError("page", name, f"cannot be read as an article ({type(why).__name__})") from why
    words = getattr(found, "text", None) or ""
    return [line for paragraph in words.split("\n") if (line := " ".join(paragraph.split()))]
