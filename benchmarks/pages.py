"""Page times of the desk at 10,000 claims, over real HTTP on loopback.

The store is filled with generated records (10,000 claims in 4,000 incidents of 2,500 articles). Each page is asked
for in turn; the ratio is against the desk's smallest answer (`/api/health`) in the same run.
"""

from __future__ import annotations

import random
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from benchmarks.timing import Timing, write_result
from tocsin.desk import Desk, open_desk
from tocsin.ports import Derivation, Reading
from tocsin.records import (
    Article,
    Attribution,
    Claim,
    Evidence,
    Incident,
    Link,
    Outlet,
    PartialDate,
    Party,
    Place,
    Sighting,
    article_id,
    claim_id,
    digest_text,
    incident_id,
    make_id,
    outlet_id,
)
from tocsin.settings import Settings

ARTICLES, CLAIMS_PER_ARTICLE, RUNS = 2_500, 4, 20
TYPES = ("ASSAULT", "COERCE", "MOBILIZE", "PROTEST", "REQUEST", "ACCUSE", "CONSULT", "AID")
SENTENCE = "Officers of the district police held three men at the Number {n} crossing near Sample {p}. "


def fill(desk: Desk, rng: random.Random) -> tuple[str, str]:
    """Write the generated records; gives the id of an article and of an incident to open."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    outlets = [Outlet(outlet_id(f"Sample outlet {n}"), f"Sample outlet {n}") for n in range(20)]
    claims: list[tuple[Claim, datetime]] = []
    for n in range(ARTICLES):
        outlet, when = rng.choice(outlets), start + timedelta(minutes=40 * n)
        title = f"Sample report {n}"
        text = title + "\n\n" + "".join(SENTENCE.format(n=n, p=k) for k in range(12))
        article = Article(
            article_id(outlet.name, title, text, when), text, when, title=title, outlet_id=outlet.id,
            outlet_name=outlet.name, url=f"https://sample.example/{n}", published_at=when, language="en",
            digest=digest_text(text),
        )  # fmt: skip
        mine = [_claim(article, k, when, rng) for k in range(CLAIMS_PER_ARTICLE)]
        assert article.url is not None
        desk.store.add_reading(Reading(article, tuple(mine), (Sighting(article.id, article.url, when),), outlet))
        claims += [(c, when) for c in mine]
    rng.shuffle(claims)
    incidents, links = _group(claims, rng)
    desk.store.save_derivation(
        Derivation(incidents=incidents, links=links, articles_derived=tuple(desk.store.underived_article_ids()))
    )
    return claims[0][0].article_id, incidents[0].id


def _claim(article: Article, k: int, when: datetime, rng: random.Random) -> Claim:
    at = article.text.index("Officers", 40) + k * len(SENTENCE)
    p = rng.randrange(300)
    place = Place(
        f"Sample {p}",
        "settlement",
        "XVA",
        -47 + p / 300,
        -126 + p / 400,
        f"sample:{p}",
        f"Sample {p}",
        ("sample:land",),
    )
    return Claim(
        claim_id(article.id, "COERCE", at), article.id, rng.choice(TYPES),  # type: ignore[arg-type]
        Evidence.cut_from(article.text, at, at + 60), actor=(Party("district police", "XVA", "COP"),),
        recipient=(Party("three men", None, "CVL"),), attribution=(Attribution("the mayor", "official", "said"),),
        date=PartialDate.of_day(when.date()), place=place, reader="sample/1",
    )  # fmt: skip


def _group(claims: list[tuple[Claim, datetime]], rng: random.Random) -> tuple[tuple[Incident, ...], tuple[Link, ...]]:
    incidents, links, at = [], [], 0
    while at < len(claims):
        group = claims[at : at + rng.choice((2, 3))]
        at += len(group)
        first, when = group[0]
        incident = Incident(
            incident_id(first.id), first.type, tuple(c.id for c, _ in group), when, date=first.date, place=first.place,
            actor=first.actor, recipient=first.recipient, origins=len(group),
        )  # fmt: skip
        incidents.append(incident)
        links += [Link(make_id("lnk", c.id), c.id, incident.id, 1.0, "sample", when) for c, _ in group]
    return tuple(incidents), tuple(links)


@contextmanager
def serving(desk: Desk) -> Iterator[str]:
    """The desk on a free loopback port."""
    import uvicorn

    from tocsin.web import make_app

    server = uvicorn.Server(uvicorn.Config(make_app(desk), port=0, log_level="warning", access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


def main() -> None:
    """Measure and write benchmarks/results/pages.json."""
    with tempfile.TemporaryDirectory() as folder, open_desk(Settings(home=Path(folder))) as desk:
        article, incident = fill(desk, random.Random(7))
        counts = desk.store.counts()
        pages = {
            "health": "/api/health", "first screen": "/", "articles": "/articles", "article": f"/articles/{article}",
            "incidents": "/incidents", "incidents filtered": "/incidents?type=ASSAULT&since=2026-02-01",
            "incidents searched": "/incidents?query=crossing", "incident": f"/incidents/{incident}", "map": "/map",
            "alerts": "/alerts", "outlets": "/outlets", "geojson": "/api/incidents.geojson",
        }  # fmt: skip
        with serving(desk) as base, httpx.Client(base_url=base, trust_env=False) as client:
            timings = _time_pages(client, pages)
    least = timings["health"].median
    write_result(
        "pages",
        {
            "claims": counts.claims,
            "incidents": counts.incidents,
            "runs": RUNS,
            "milliseconds": {
                name: {
                    "median": round(1000 * t.median, 1),
                    "p95": round(1000 * t.p95, 1),
                    "ratio": round(t.median / least, 1),
                }
                for name, t in timings.items()
            },
        },
    )


def _time_pages(client: httpx.Client, pages: dict[str, str]) -> dict[str, Timing]:
    seconds: dict[str, list[float]] = {name: [] for name in pages}
    for run in range(RUNS + 1):
        for name, path in pages.items():
            start = time.perf_counter()
            client.get(path).raise_for_status()
            if run:
                seconds[name].append(time.perf_counter() - start)
    return {name: Timing(tuple(s)) for name, s in seconds.items()}


if __name__ == "__main__":
    main()
