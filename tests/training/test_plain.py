"""Passages in plain wordings: that what is claimed of them stands in them, and that a wrong line is named."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from training.plain import make_passages
from training.plain_wordings import PlainError, read_wordings

from tocsin.reading.counting import find_counts
from tocsin.reading.dates import find_dates

MADE = list(make_passages(600, 5))
CLAIMS = [(record, claim) for record in MADE for claim in record["claims"]]


def test_the_same_seed_makes_the_same_and_another_other_passages() -> None:
    again = list(make_passages(40, 5))
    assert again == MADE[:40]
    assert [r["text"] for r in make_passages(40, 6)] != [r["text"] for r in again]


def test_what_is_claimed_stands_in_the_sentence() -> None:
    for record, claim in CLAIMS:
        evidence = claim["evidence"]
        assert record["text"][evidence["start"] : evidence["end"]] == evidence["text"]
        assert len(re.findall(rf"(?<!\w){re.escape(claim['trigger'])}(?!\w)", evidence["text"])) == 1, evidence
        for party in (*claim["actor"], *claim["recipient"]):
            assert party["text"] in record["text"]
        for link in claim["attribution"]:
            assert link["cue"] in evidence["text"]
            assert link["speaker"] is None or link["speaker"] in evidence["text"]
        assert claim["place"] is None or claim["place"]["name"] in evidence["text"]


def test_days_and_numbers_are_those_that_the_rules_read() -> None:
    wrong = 0
    for record, claim in CLAIMS:
        words = claim["evidence"]["text"]
        if claim["date"]:
            found = find_dates(words, date.fromisoformat(record["published"][:10]))
            days = {(w.start.isoformat(), w.end.isoformat()) for p in found for w in (p.date, p.ahead) if w}
            wrong += (claim["date"]["start"], claim["date"]["end"]) not in days
        counts = {(c.low, c.high) for c in find_counts(words)}
        wrong += any((t["low"], t["high"]) not in counts for t in claim["tolls"])
    assert wrong < 0.005 * len(CLAIMS)  # "on 3 June 30 officers were killed" is hard for people too


def test_every_type_and_every_pattern_comes() -> None:
    wordings = read_wordings()
    seen = Counter(claim["type"] for _, claim in CLAIMS)
    assert set(seen) == {p.type for p in wordings.patterns}
    assert len(seen) == 16
    assert 0.1 < sum(not r["claims"] for r in MADE) / len(MADE) < 0.3


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("PROTESTS demo | {A.crowd} *marched*", "no type 'PROTESTS'"),
        ("PROTEST shelling | {A.crowd} *marched*", "PROTEST has no mode 'shelling'"),
        ("@crowd | residents", "a filler is"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, why: str) -> None:
    path = tmp_path / "plain.txt"
    path.write_text(f"# words\n\n{line}\n", encoding="utf-8")
    with pytest.raises(PlainError, match=re.escape(f"plain.txt:3: {why}")):
        read_wordings(path)
