"""Page times of the desk at 10,000 incidents and 100,000 claims, over real HTTP on loopback.

The store is filled with generated records (100,000 claims in 10,000 incidents of 25,000 articles, 300 places with 90
days of tension each). Each page is asked for in turn; the ratio is against the desk's smallest answer (`/api/health`)
in the same run. Filling takes some minutes; `--home FOLDER` keeps what was filled and uses it again.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx

from benchmarks.timing import Timing, write_result
from tocsin.desk import Desk, open_desk
from tocsin.ports import Derivation, Reading
from tocsin.records import (
    Alert,
    Article,
    Attribution,
    Claim,
    Evidence,
    Grade,
    Incident,
    Link,
    Outlet,
    PartialDate,
    Party,
    Place,
    Reason,
    Sighting,
    Tension,
    alert_id,
    article_id,
    claim_id,
    digest_text,
    incident_id,
    make_id,
    outlet_id,
)
from tocsin.settings import Settings

ARTICLES, CLAIMS_PER_ARTICLE, RUNS = 25_000, 4, 20
CLAIMS_PER_INCIDENT = (5, 10, 15)
PLACES, TENSION_DAYS, ALERTS = 300, 90, 40
START = datetime(2026, 1, 1, tzinfo=UTC)
#: 25,000 articles lie within 104 days.
MINUTES_APART = 6
#: The one article and the one incident that are opened: the first of the shuffled claims.
_OPENED = "opened"
TYPES = ("ASSAULT", "COERCE", "MOBILIZE", "PROTEST", "REQUEST", "ACCUSE", "CONSULT", "AID")
SENTENCE = "Officers of the district police held three men at the Number {n} crossing near Sample {p}. "


def fill(desk: Desk, rng: random.Random) -> None:
    """Write the generated records, and remember which article and incident are to be opened."""
    outlets = [Outlet(outlet_id(f"Sample outlet {n}"), f"Sample outlet {n}") for n in range(20)]
    claims: list[tuple[Claim, Article]] = []
    for n in range(ARTICLES):
        outlet, when = rng.choice(outlets), START + timedelta(minutes=MINUTES_APART * n)
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
        claims += [(c, article) for c in mine]
    rng.shuffle(claims)
    incidents, links = _group(claims, rng)
    desk.store.save_derivation(
        Derivation(
            incidents=incidents, links=links, tensions=_tensions(rng), alerts=_alerts(incidents),
            articles_derived=tuple(desk.store.underived_article_ids()),
        )
    )  # fmt: skip
    desk.store.set_note(_OPENED, f"{claims[0][0].article_id} {incidents[0].id}")


def _claim(article: Article, k: int, when: datetime, rng: random.Random) -> Claim:
    at = article.text.index("Officers", 40) + k * len(SENTENCE)
    return Claim(
        claim_id(article.id, "COERCE", at), article.id, rng.choice(TYPES),  # type: ignore[arg-type]
        Evidence.cut_from(article.text, at, at + 60), actor=(Party("district police", "XVA", "COP"),),
        recipient=(Party("three men", None, "CVL"),), attribution=(Attribution("the mayor", "official", "said"),),
        date=PartialDate.of_day(when.date()), place=_place(rng), reader="sample/1",
    )  # fmt: skip


def _place(rng: random.Random) -> Place | None:
    """Nine of ten at a point, the rest in an area, or nowhere."""
    p, kind = rng.randrange(PLACES), rng.random()
    if kind < 0.02:
        return None
    if kind < 0.1:
        return Place(
            f"Sample district {p % 30}", "district", "XVA", None, None, f"sample:d{p % 30}", None, ("sample:land",)
        )
    within = (f"sample:d{p % 30}", "sample:land")
    return Place(
        f"Sample {p}", "settlement", "XVA", -47 + p / 300, -126 + p / 400, f"sample:{p}", f"Sample {p}", within
    )


def _group(claims: list[tuple[Claim, Article]], rng: random.Random) -> tuple[tuple[Incident, ...], tuple[Link, ...]]:
    incidents, links, at = [], [], 0
    while at < len(claims):
        group = claims[at : at + rng.choice(CLAIMS_PER_INCIDENT)]
        at += len(group)
        first, article = group[0]
        why = Reason("single-origin", "one origin tells it", None, "1")
        grades = tuple(Grade(c.id, rng.choice((2, 3, 3, 4, 6)), why) for c, _ in group)  # type: ignore[arg-type]
        incident = Incident(
            incident_id(first.id), first.type, tuple(c.id for c, _ in group), article.shown_at, date=first.date,
            place=first.place, actor=first.actor, recipient=first.recipient, origins=len(group), grades=grades,
            outlets=tuple(dict.fromkeys(a.outlet_id for _, a in group if a.outlet_id)),
        )  # fmt: skip
        incidents.append(incident)
        links += [Link(make_id("lnk", c.id), c.id, incident.id, 1.0, "sample", a.shown_at) for c, a in group]
    return tuple(incidents), tuple(links)


def _last_day() -> date:
    return (START + timedelta(minutes=MINUTES_APART * (ARTICLES - 1))).date()


def _tensions(rng: random.Random) -> tuple[Tension, ...]:
    """Ninety days of each place."""
    end = _last_day()
    return tuple(
        Tension(
            f"sample:{p}", f"Sample {p}", end - timedelta(days=n), hostile := rng.random() * 5, rng.random(),
            hostile + 2, rng.random() * 3, 1.0, "scored",
        )
        for p in range(PLACES)
        for n in range(TENSION_DAYS)
    )  # fmt: skip


def _alerts(incidents: tuple[Incident, ...]) -> tuple[Alert, ...]:
    end = _last_day()
    return tuple(
        Alert(
            alert_id("sample-rule", f"sample:{p}", end), "sample-rule", "1", f"Sample alert {p}", "more may follow",
            f"sample:{p}", f"Sample {p}", "PRIORITY", end - timedelta(days=2), end, "firing" if p % 2 else "resolved",
            START, "seven quiet days", tuple(i.id for i in incidents[p : p + 8]), False,
            (Reason("surprise", "surprise 3.1 is at least 2.0", None, "1"),),
        )
        for p in range(ALERTS)
    )  # fmt: skip


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
    measure_filled(__doc__, _measure)


def measure_filled(about: str | None, measure: Callable[[Desk], None]) -> None:
    """Measure a desk with the invented news of `fill`, in the folder that --home names or in one of its own."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--home", type=Path, help="a folder to fill once and to use again")
    kept: Path | None = parser.parse_args().home
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
    with nullcontext(str(kept)) if kept else tempfile.TemporaryDirectory() as folder:  # noqa: SIM117
        with open_desk(Settings(home=Path(folder))) as desk:
            if desk.store.note(_OPENED) is None:
                fill(desk, random.Random(7))
            measure(desk)


def _measure(desk: Desk) -> None:
    article, incident = str(desk.store.note(_OPENED)).split()
    counts = desk.store.counts()
    with serving(desk) as base, httpx.Client(base_url=base, trust_env=False, timeout=60) as client:
        timings = _time_pages(client, list_pages(article, incident))
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


def list_pages(article: str, incident: str) -> dict[str, str]:
    """Every screen, the lists narrowed in the ways that people narrow them, and what the map's script asks for."""
    return {
        "health": "/api/health",
        "first screen": "/",
        "inbox": "/inbox",
        "inbox, all": "/inbox?within=all",
        "articles": "/articles",
        "article": f"/articles/{article}",
        "articles searched": "/articles?query=crossing",
        "claims": "/claims",
        "claims searched": "/claims?query=officers",
        "claims narrowed": "/claims?type=ASSAULT&since=2026-02-01",
        "incidents": "/incidents",
        "incidents narrowed": "/incidents?type=ASSAULT&since=2026-02-01&until=2026-02-28",
        "incidents searched": "/incidents?query=officers",
        "incidents of a party": "/incidents?actor=police",
        "incidents of a place": "/incidents?place_id=sample:7",
        "incidents in a district": "/incidents?place_id=sample:d7",
        "incident": f"/incidents/{incident}",
        "map": "/map",
        "map 7 days": "/map?last=7d",
        "map searched": "/map?query=officers",
        "map drawing": "/api/map",
        "export list": "/api/incidents?limit=1000",
        "places": "/places",
        "place": "/places/sample:7",
        "actors": "/actors",
        "alerts": "/alerts",
        "outlets": "/outlets",
        "search": "/search?query=officers",
        "search rare": "/search?query=report+777",
        "reports": "/reports",
        "forecasts": "/forecasts",
        "take": "/take",
        "about": "/about",
    }


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
