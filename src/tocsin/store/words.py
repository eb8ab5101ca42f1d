"""Searching by words, alike on every database: folded here, matched by FTS5 on SQLite, by a tsvector on PostgreSQL.

A word is a run of letters and digits, its letter case and its accents folded ("Vučić" is "vucic"). Each word asked for
must begin a word of the text. Folded words hold nothing but letters and digits, so no text from outside can ever be
read as an operator of a search, or as a wildcard of LIKE, by which one row is looked at.
"""

from __future__ import annotations

import re
import unicodedata

from sqlalchemy import ColumnElement, Table, and_, cast, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import TSQUERY

_WORD = re.compile(r"[^\W_]+")
#: More words than anyone types; what follows is left out, as is what follows the 64th letter of a word.
MOST_WORDS, LONGEST_WORD = 32, 64
#: Words of more bytes than this are in no index of PostgreSQL. It and `LONGEST_WORD` stand in migration 0013 too.
MOST_BYTES = "1000000"


def fold_words(text: str) -> list[str]:
    """The words of a text in order, folded."""
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(letter for letter in decomposed if unicodedata.category(letter) != "Mn")
        # A second time, for letters that only casefold takes apart.
        decomposed = unicodedata.normalize("NFKD", text.casefold())
        text = "".join(letter for letter in decomposed if unicodedata.category(letter) != "Mn")
    return _WORD.findall(text.casefold())


def join_words(text: str) -> str:
    """What a search column holds: the distinct words of a text, each with a space before it."""
    return "".join(f" {word}" for word in dict.fromkeys(fold_words(text)))


def split_query(query: str) -> list[str]:
    """The words asked for."""
    return [word[:LONGEST_WORD] for word in dict.fromkeys(fold_words(query))][:MOST_WORDS]


def has_words(words: ColumnElement[str], query: str) -> ColumnElement[bool]:
    """Whether what `join_words` made holds all words of `query`; true where it has none."""
    return and_(True, *(words.like(f"% {word}%") for word in split_query(query)))


def has_all(table: Table, query: str, dialect: str) -> ColumnElement[bool]:
    """Whether a row of a search table has all words of `query`, by its index; true where it has none."""
    words = split_query(query)
    if not words:
        return and_(True)
    if dialect == "sqlite":
        return literal_column(table.name).op("MATCH")(" ".join(f'"{word}"*' for word in words))
    lexemes = cast(" & ".join(f"'{word}':*" for word in words), TSQUERY)
    is_long = func.octet_length(table.c.words) > literal_column(MOST_BYTES)
    return or_(func.tocsin_lexemes(table.c.words).op("@@")(lexemes), and_(is_long, has_words(table.c.words, query)))


def is_found(seq: ColumnElement[int], table: Table, query: str, dialect: str) -> ColumnElement[bool]:
    """Whether the row numbered `seq` has all words of `query` in its search table; true where `query` has none."""
    words = split_query(query)
    if not words:
        return and_(True)
    if dialect == "sqlite":
        # Written as a sum the number is no key: the list is walked in its own index, in its own order, and a page of it
        # ends where it is full. By the key every row that has the words would be opened first, however many those are.
        seq = seq + literal_column("0")
    return seq.in_(select(table.c.rowid).where(has_all(table, query, dialect)))
