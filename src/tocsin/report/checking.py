"""Refusing what the records do not say: every name, number, date and quotation of a sentence must stand in them.

A sentence passes where each stands in a value or in the evidence of a record that it cites, after normalising (accents,
letter case, number words, thousands). A number may also be the count of what is cited, or the sum of its tolls. What a
sentence claims in plain small words is not judged: that stays with whoever signs the report.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence

from tocsin.report.figures import WEEKDAYS, WrittenDate, WrittenNumber, find_figures
from tocsin.report.masking import mask_texts
from tocsin.report.mentions import Mentions, find_mentions, fold_text, fold_word, split_quotes
from tocsin.report.picture import Picture
from tocsin.report.sentences import Report, Sentence
from tocsin.report.support import Holding, SupportIndex
from tocsin.report.wording import straighten, strip_isolates

_Parts = Mapping[str, int | None]
#: Half a unit of the last digit shown, and a little for the arithmetic of floats.
_SLACK = 0.5 + 1e-9


def check_report(report: Report, picture: Picture, *, only: Container[str] | None = None) -> dict[str, tuple[str, ...]]:
    """The problems of each shown sentence that has any, by sentence id, in words for the person who wrote it.

    `only` are the ids of the sentences to check; None: all.
    """
    index = SupportIndex(picture, report.area, (report.since, report.until, report.made_at))
    found = {s.id: check_sentence(s, index) for s in report.sentences if s.is_shown and (only is None or s.id in only)}
    return {id_: problems for id_, problems in found.items() if problems}


def check_sentence(sentence: Sentence, index: SupportIndex) -> tuple[str, ...]:
    """What of a sentence its records lack; empty where they hold all of it, and for what is one person's assessment."""
    if sentence.assessor:
        return ()
    if not sentence.cites:
        return ("it cites nothing: name the incidents or claims that it stands on",)
    unknown = [
        f"cites {cite!r}, which this report's records do not hold" for cite in sentence.cites if not index.knows(cite)
    ]
    if not unknown and not any(_find_problems(sentence.whole, index.count_support(sentence.cites))):
        return ()  # counts and sums alone: thousands of records need not be read
    return (*unknown, *_find_problems(sentence.whole, index.find_support(sentence.cites)))


def _find_problems(text: str, held: Sequence[Holding]) -> Iterator[str]:
    quotes, rest = split_quotes(strip_isolates(straighten(text)))
    for quote in quotes:
        if not _is_quoted(quote, held):
            yield f"the words “{quote[:80]}” are quoted, but stand in no cited article"
    rest = mask_texts(rest, (text for h in held for text in h.texts), _find_held_dates(rest, held))
    figures = find_figures(rest)
    for written in figures.dates:
        if not _has_date(written, held):
            yield f"the date {written.text!r} is in none of the records cited"
    for day in figures.weekdays:
        if not _has_weekday(day, held):
            yield f"{day.capitalize()} is the day of none of the records cited"
    for time in figures.times:
        if not any(time in h.times or any(time in f.times for f in h.figures) for h in held):
            yield f"the time {time!r} is in none of the records cited"
    for number in figures.numbers:
        if not _has_number(number, held):
            yield f"the number {number.text!r} is in none of the records cited, nor a count of them"
    yield from _find_names(find_mentions(figures.rest), held)


def _find_held_dates(text: str, held: Sequence[Holding]) -> list[tuple[int, int]]:
    """Where the dates stand that the records have: no name of theirs may tear one apart."""
    spans: dict[tuple[int, int], bool] = {}
    for written in find_figures(text).dates:
        spans[written.span] = spans.get(written.span, True) and _has_date(written, held)
    return [span for span, is_held in spans.items() if is_held]


def _find_names(mentions: Mentions, held: Sequence[Holding]) -> Iterator[str]:
    for grade in mentions.grades:
        is_name = any(grade.casefold() in words for h in held for words in h.words)
        if not is_name and not any(grade in h.grades for h in held):
            yield f"the grade {grade!r} is in none of the records cited"
    for run in mentions.names:
        if not _has_name(run, mentions.cut, held):
            yield f"the name {' '.join(run)!r} is in none of the records cited"


def _is_quoted(quote: str, held: Sequence[Holding]) -> bool:
    """Whether the words stand in a cited text, each part of a shortened quotation by itself."""
    parts = [fold_text(part).strip(" .,;:'") for part in re.split(r"…|\.{3}", quote)]
    wanted = [part for part in parts if part]
    return not wanted or any(all(part in text for part in wanted) for h in held for text in h.folded)


def _has_name(run: tuple[str, ...], cut: frozenset[str], held: Sequence[Holding]) -> bool:
    """Whether all words of a name stand together in one text of one record; of a word cut short, its beginning."""
    whole = [fold_word(word) for word in run if word not in cut]
    heads = [fold_text(word) for word in run if word in cut]
    joined = fold_text(" ".join(run))
    return any(
        joined in text or (all(word in words for word in whole) and all(head in text for head in heads))
        for h in held
        for words, text in zip(h.words, h.folded, strict=True)
    )


def _has_number(number: WrittenNumber, held: Sequence[Holding]) -> bool:
    if number.value is None:
        return any(_has_loose(number, h) for h in held)
    values = (v for h in held for v in _list_values(h))
    slack = _SLACK * 10.0**-number.decimals
    is_whole = number.decimals == 0
    if any(
        value == number.value or (not (is_whole and value == int(value)) and abs(value - number.value) <= slack)
        for value in values
    ):
        return True
    return number.is_cut and any(w.text.startswith(number.text) for h in held for f in h.figures for w in f.numbers)


def _has_loose(number: WrittenNumber, held: Holding) -> bool:
    """A loose word ("dozens"), or a figure too long to be a number: it must be written so."""
    if any(
        number.text == w.text or (number.is_cut and w.text.startswith(number.text))
        for f in held.figures
        for w in f.numbers
    ):
        return True
    return bool(number.least) and any(value >= number.least for value in held.numbers)


def _list_values(held: Holding) -> Iterator[float]:
    yield from held.numbers
    yield from held.years
    for figures in held.figures:
        yield from (w.value for w in figures.numbers if w.value is not None)
        yield from (d.year for d in figures.dates if d.year)


def _has_date(written: WrittenDate, held: Sequence[Holding]) -> bool:
    readings = [(written.month, written.day)]
    if written.swapped:
        readings.append(written.swapped)
    return any(_meets(written.year, month, day, h) for month, day in readings for h in held)


def _meets(year: int | None, month: int | None, day: int | None, held: Holding) -> bool:
    """Whether a record has the day, month or year that is written; what is not written is not asked for."""

    def fits(other: _Parts) -> bool:
        asked: dict[str, int | None] = {"year": year, "month": month, "day": day}
        if year is not None and other["year"] is None and year in held.years:
            asked["year"] = None
        return all(value is None or value == other[name] for name, value in asked.items())

    days: Iterator[_Parts]
    if day is not None:
        days = ({"year": d.year, "month": d.month, "day": d.day} for d in held.days)
    else:
        days = ({"year": y, "month": m, "day": None} for y, m in held.months)
    texts: Iterator[_Parts] = ({"year": d.year, "month": d.month, "day": d.day} for f in held.figures for d in f.dates)
    return any(map(fits, days)) or any(map(fits, texts))


def _has_weekday(day: str, held: Sequence[Holding]) -> bool:
    number = WEEKDAYS.index(day)
    return any(any(d.weekday() == number for d in h.days) or any(day in f.weekdays for f in h.figures) for h in held)
