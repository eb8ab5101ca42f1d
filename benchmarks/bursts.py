"""What a burst costs: hundreds of light rewrites of one wire story, as they come in.

``python -m benchmarks.bursts [--most 2000]``: one story of some claims, rewritten again and again with one word in
twelve changed, taken in by a running desk's grouping in handfuls. The cost of a copy, as the burst doubles, stands in
benchmarks/results/bursts.json. All invented; EXERCISE.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.timing import write_result
from tocsin.incidents import IncidentStream
from tocsin.knowledge.weights import load_merge_weights
from tocsin.records import Article, Claim, Evidence, PartialDate, Party, Place, Toll

_BEGINNING = datetime(2031, 1, 1, 6, tzinfo=UTC)
#: Copies come in handfuls, as a watcher brings them.
HANDFUL = 10
_CHANGED = 1 / 12
_ORLE = Place("Orle", "settlement", "XVA", 40.1, 20.1, "g:orle", within=("r:west", "country:XVA"))
_ACTS: tuple[Any, ...] = ("ASSAULT", "COERCE", "MOBILIZE", "AID", "CONSULT")
Told = tuple[Article, tuple[Claim, ...]]


def main() -> int:
    """Measure and write benchmarks/results/bursts.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=2_000)
    parser.add_argument("--to", default="bursts", help="name of the result")
    options = parser.parse_args()
    growth = measure_burst(options.most)
    write_result(options.to, {"handful": HANDFUL, "claims_of_a_copy": len(_ACTS), "growth": growth})
    return 0


def measure_burst(most: int) -> list[dict[str, Any]]:
    """Milliseconds of CPU for a copy, each time the burst has doubled."""
    stream, told = IncidentStream(load_merge_weights()), rewrite_story(most)
    rows: list[dict[str, Any]] = []
    seconds, since, mark = 0.0, 0, 125
    for at in range(0, most, HANDFUL):
        some = told[at : at + HANDFUL]
        start = time.process_time()
        stream.take([a for a, _ in some], [c for _, cs in some for c in cs], now=some[-1][0].taken_at)
        seconds += time.process_time() - start
        since += len(some)
        if at + len(some) >= mark:
            row = {
                "copies": at + len(some), "incidents": len(stream.incidents),
                "origins": max(i.origins for i in stream.incidents.values()),
                "ms_per_copy": round(1000 * seconds / since, 2),
            }  # fmt: skip
            rows.append(row)
            sys.stderr.write(f"{row}\n")
            seconds, since, mark = 0.0, 0, mark * 2
    return rows


def rewrite_story(copies: int, seed: int = 1) -> list[Told]:
    """A story and its rewrites, in order of publication; each claim's words are those of its rewrite."""
    chance = random.Random(seed)
    sentences = [_write_sentence(chance, nth) for nth in range(4 * len(_ACTS))]
    return [_rewrite(sentences, nth, chance) for nth in range(copies)]


def _write_sentence(chance: random.Random, nth: int) -> list[str]:
    return [f"word{nth}of{chance.randrange(900)}" for _ in range(14)]


def _rewrite(sentences: list[list[str]], nth: int, chance: random.Random) -> Told:
    at, id_ = _BEGINNING + timedelta(minutes=nth), f"a{nth:06d}"
    told = [" ".join(_change(word, chance) for word in sentence) for sentence in sentences]
    text, claims, start = ". ".join(told), [], 0
    for number, sentence in enumerate(told):
        if number % 4 == 0:
            act = _ACTS[number // 4]
            claims.append(_claim(f"c{nth:06d}_{number}", id_, act, Evidence(sentence, start, start + len(sentence))))
        start += len(sentence) + 2
    article = Article(id_, text, at, outlet_id=f"out_{nth % 300}", outlet_name=f"Outlet {nth % 300}", published_at=at)
    return replace(article, is_exercise=True), tuple(claims)


def _change(word: str, chance: random.Random) -> str:
    return word if chance.random() > _CHANGED else f"other{chance.randrange(900)}"


def _claim(id_: str, article_id: str, act: Any, evidence: Evidence) -> Claim:
    return Claim(
        id_, article_id, act, evidence, score=0.9, actor=(Party("Wood Guard", "XVA", "REB"),),
        recipient=(Party("villagers of Orle", "XVA", "CVL"),), place=_ORLE, tolls=(Toll("injured", 4, 4, "villagers"),),
        date=PartialDate.of_day(_BEGINNING.date()),
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
