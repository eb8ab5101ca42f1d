"""Fit how the dates of an article are weighed as dates of its acts: ``python -m training.act_dates [--write]``.

A conditional logit over the dates of a window, the date of the act told before and "none of them", as in `act_places`.
Only articles that the bundled reader has not learnt take part: what it points at looks surer in the others. What an act
takes over from the one before is told with the dates of the table in force, so fit twice after a change of cues.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from typing import Any

import numpy as np

from tocsin.errors import ReadingError
from tocsin.reading.carrying import carry_dates
from tocsin.reading.date_weights import DATE_CUES, NONE_CUES
from tocsin.reading.dating import DateOption, add_told_before, list_cues_of_carrying
from tocsin.reading.encoder import Encoder
from tocsin.reading.reader import EncoderReader, make_words
from tocsin.records import Article
from training.act_places import HELD, Choice, find_annotated, fit, is_right
from training.corpora import read_own_articles
from training.markup import DATA, read_articles
from training.placing import FOLDS, fold_of

Record = dict[str, Any]
#: Files of `training/data/own` that the bundled reader has not learnt, beside the articles of `held.txt`. None now: it
#: has learnt the five (dispatches, pressures, tolls-two, streets, longreads) on which the reader before it was weighed.
UNLEARNT: tuple[str, ...] = ()
_CUES = (*DATE_CUES, *NONE_CUES)


def main() -> int:
    """Fit by the arguments of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="fit on everything and print the table")
    options = parser.parse_args()
    reader = EncoderReader(Encoder(), make_words())
    choices = [c for record in list_unlearnt() for c in list_choices(record, reader)]
    if options.write:
        weights = fit(choices)
        for title, cues in (("date", DATE_CUES), ("none", NONE_CUES)):
            told = "".join(f"{cue} = {weights[_CUES.index(cue)]:.2f}\n" for cue in cues)
            sys.stdout.write(f"[{title}]\n{told}\n")
        return 0
    right = []
    for fold in range(FOLDS):
        weights = fit([c for c in choices if fold_of(c.article) != fold])
        right += [is_right(c, weights) for c in choices if fold_of(c.article) == fold]
    sys.stdout.write(f"right: {sum(right) / len(right):.3f} of {len(right)} claims\n")
    return 0


def list_unlearnt() -> list[Record]:
    """The articles of our own that the bundled reader has not learnt."""
    names = set(HELD.read_text("utf-8").split())
    names |= {r["id"] for name in UNLEARNT for r in read_articles(DATA / "own" / f"{name}.claims")}
    return [r for r in read_own_articles() if r["id"] in names and "-pas-" not in r["id"]]


def list_choices(record: Record, reader: EncoderReader) -> list[Choice]:
    """The claims of one article that are both found and annotated, with what may be their dates."""
    text, told = record["text"], record.get("published")
    at = datetime.fromisoformat(told) if told else None
    article = Article(record["id"], text, datetime.now(UTC), title=record.get("title"), published_at=at)
    try:
        acts = reader.read_acts(article)
    except ReadingError:
        return []
    choices = []
    dated = carry_dates(acts.claims, text, acts.dates, at.date() if at else None)
    for before, claim in zip([None, *dated], acts.claims, strict=False):
        gold = find_annotated(claim, record)
        if gold is None:
            continue
        carried, undated = list_cues_of_carrying(before, claim, text)
        options = add_told_before(acts.dates[claim.id].options, before.date if before else None, carried)
        choices.append(make_choice(record["id"], options, {**acts.dates[claim.id].none, **undated}, gold.get("date")))
    return choices


def make_choice(article: str, options: list[DateOption], none: dict[str, float], gold: Record | None) -> Choice:
    """One claim's dates as rows of cues, the last for none; `gold` is the annotated date, None where it has none."""
    values = np.zeros((len(options) + 1, len(_CUES)))
    for i, option in enumerate(options):
        for cue, value in option.cues.items():
            values[i, _CUES.index(cue)] = value
    for cue, value in none.items():
        values[-1, len(DATE_CUES) + NONE_CUES.index(cue)] = value
    want = (gold["start"], gold["end"]) if gold else None
    dates = [(o.when.start.isoformat(), o.when.end.isoformat()) for o in options]
    right = [date == want for date in dates]
    return Choice(article, values, np.array([*right, want is None]), tuple("..".join(date) for date in dates))


if __name__ == "__main__":
    sys.exit(main())
