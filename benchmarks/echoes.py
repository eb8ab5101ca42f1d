"""What copies and a new outlet do to tension: nothing, if incidents are counted and not articles.

Claims of one invented town (EXERCISE) go through copies, grouping and scoring as a desk runs them. Used by
`benchmarks/planted.py`.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tocsin.incidents import find_origins, group_claims
from tocsin.knowledge.weights import load_merge_weights, load_tension_weights
from tocsin.records import Article, Claim, Evidence, PartialDate, Party, Place
from tocsin.warning import score_tension

_FIRST, _DAYS, _COPIES = date(2031, 1, 1), 200, 300
_NEW_OUTLET_ON, _BURST_ON = 120, 160
_ORLE = Place("Orle", "settlement", "XVA", 40.1, 20.1, "g:orle", within=("country:XVA",))
_TYPES: Sequence[Any] = ("ASSAULT", "PROTEST", "THREATEN", "COERCE")
Told = tuple[Article, Claim]


def measure_echoes() -> dict[str, Any]:
    """Tension of the town told by one outlet, by a second as well, and with a burst of copies of one report."""
    once, twice, burst = _tell()
    plain = _score(once)
    rows: dict[str, Any] = {}
    for name, told in (("second outlet", [*once, *twice]), ("burst of copies", [*once, *burst])):
        echoed = _score(told)
        levels = [(plain[day].level, row.level) for day, row in echoed.items() if day in plain]
        surprises = [
            row.surprise - plain[day].surprise
            for day, row in echoed.items()
            if day in plain and row.surprise is not None and plain[day].surprise is not None
        ]
        rows[name] = {
            "articles": len(told), "articles_without_it": len(once), "days": len(levels),
            "days_with_a_higher_level": sum(after > before + 1e-9 for before, after in levels),
            "mean_level": round(sum(after for _, after in levels) / len(levels), 3),
            "mean_level_without_it": round(sum(before for before, _ in levels) / len(levels), 3),
            "greatest_rise_of_surprise": round(max(surprises), 3),
        }  # fmt: skip
    return rows


def _tell() -> tuple[list[Told], list[Told], list[Told]]:
    """Happenings as one outlet tells them, a second one's own words on the later ones, and copies of one report."""
    chance = random.Random(4)
    once: list[Told] = []
    twice: list[Told] = []
    for day in range(_DAYS):
        for n in range(chance.choice([0, 0, 0, 1, 1, 2])):
            act, actor = chance.choice(_TYPES), Party(f"group {chance.randrange(60)} of {day}", "XVA", "REB")
            name = f"{day}x{n}"
            once.append(_report(chance, f"{name}a", "out_first", day, act, actor))
            if day >= _NEW_OUTLET_ON:
                twice.append(_report(chance, f"{name}b", "out_second", day, act, actor))
    burst_on = _FIRST + timedelta(days=_BURST_ON)
    article, claim = next((a, c) for a, c in once if a.taken_at.date() >= burst_on)
    burst = [_copy(article, claim, n) for n in range(_COPIES)]
    return once, twice, burst


def _report(chance: random.Random, id_: str, outlet: str, day: int, act: Any, actor: Party) -> Told:
    lead = f"{actor.text} struck in Orle."
    text = f"{lead} {' '.join(f'word{chance.randrange(4000)}' for _ in range(90))}."
    at = datetime.combine(_FIRST + timedelta(days=day), datetime.min.time(), UTC) + timedelta(hours=12)
    article = Article(f"art_{id_}", text, at, outlet_id=outlet, outlet_name=outlet, published_at=at)
    claim = Claim(
        f"clm_{id_}", article.id, act, Evidence(lead, 0, len(lead)), score=0.9, actor=(actor,), place=_ORLE,
        date=PartialDate.of_day(at.date()),
    )  # fmt: skip
    return article, claim


def _copy(article: Article, claim: Claim, number: int) -> Told:
    outlet = f"out_{number % 40}"
    at = article.taken_at + timedelta(minutes=3 * number)
    copied = Article(
        f"{article.id}~{number}", article.text, at, outlet_id=outlet, outlet_name=outlet, published_at=at
    )  # fmt: skip
    return copied, Claim(
        f"{claim.id}~{number}", copied.id, claim.type, claim.evidence, score=claim.score, actor=claim.actor,
        place=claim.place, date=claim.date,
    )  # fmt: skip


def _score(told: Sequence[Told]) -> dict[date, Any]:
    articles = {article.id: article for article, _ in told}
    origins = find_origins(list(articles.values()))
    now = max(a.taken_at for a in articles.values())
    grouping = group_claims([c for _, c in told], articles, {}, origins, load_merge_weights(), now=now)
    activity = {_FIRST + timedelta(days=n): {"out_first"} for n in range(-90, _DAYS)}
    for article in articles.values():
        if article.published_at is not None and article.outlet_id is not None:
            activity[article.published_at.date()].add(article.outlet_id)
    rows = score_tension(
        list(grouping.incidents), {day: frozenset(heard) for day, heard in activity.items()}, load_tension_weights(),
        until=_FIRST + timedelta(days=_DAYS - 1), place_names={},
    )  # fmt: skip
    return {row.day: row for row in rows if row.place_id == "g:orle"}
