"""Invented happenings in the invented valley of Orle, for the tests of the formats."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from tocsin.export.areas import Area
from tocsin.export.backing import BackedClaim, BackedIncident
from tocsin.records import (
    Article,
    Attribution,
    Claim,
    Evidence,
    Incident,
    PartialDate,
    Party,
    Place,
    Toll,
    TollRange,
)

NOW = datetime(2031, 3, 2, 6, tzinfo=UTC)
DAY = date(2031, 3, 1)
AREAS = {
    "toy:orle": Area("Orle / Orla", "settlement", 4242),
    "toy:district": Area("Orle district", "district"),
    "toy:north": Area("The North", "region"),
}
ORLE = Place("Orle", "settlement", "XKX", 42.871, 20.864, "toy:orle", "Orle / Orla", ("toy:district", "toy:north"))
BRIDGE = Place("the bridge", "site", "XKX", 42.8712, 20.8641, "toy:bridge", "Orle bridge", ("toy:orle", "toy:district"))
DISTRICT = Place("Orle district", "district", "SRB", 42.9, 20.8, "toy:district", "Orle district", ("toy:north",))
NORTH = Place("the north", "region", "SRB", 43.0, 20.5, "toy:north", "The North")
COUNTRY = Place("Serbia", "country", "SRB", 44.0, 21.0, "country:SRB", "Serbia")
POLICE = Party("the police", "XKX", "COP")
REBELS = Party("the Orle Front", "XKX", "REB")
VILLAGERS = Party("three villagers", "XKX", "CVL")
PROTESTERS = Party("protesters", "XKX", "PRO")
ARTICLE = Article(
    "art_1", "Three villagers were shot at Orle.", NOW, "Shots at Orle", "out_1", "Hill Wire",
    "https://hill.example/shots", NOW, "en",
)  # fmt: skip
SECOND = replace(ARTICLE, id="art_2", outlet_id="out_2", outlet_name="Radio Orle", title=None, url=None)
CLAIM = Claim(
    "clm_1",
    "art_1",
    "ASSAULT",
    Evidence("Three villagers were shot at Orle.", 14, 48),
    mode="firearms",
    contexts=("ethnic", "territory"),
    actor=(POLICE, REBELS),
    recipient=(VILLAGERS,),
    attribution=(Attribution("local media", "media", "said"), Attribution(None, "unspecified", "reportedly")),
    date=PartialDate.of_day(DAY),
    place=ORLE,
    tolls=(Toll("killed", 3, 3, "villagers"),),
    score=0.75,
    reader="toy/1",
)
INCIDENT = Incident(
    "inc_1",
    "ASSAULT",
    ("clm_1", "clm_2"),
    NOW,
    mode="firearms",
    date=PartialDate.of_day(DAY),
    place=ORLE,
    actor=(REBELS,),
    recipient=(VILLAGERS,),
    tolls=(TollRange("killed", 2, 3, 5, "median"),),
    origins=2,
    outlets=("out_1", "out_2"),
)
CLAIMS = (CLAIM, replace(CLAIM, id="clm_2", article_id="art_2"))
BACKED_CLAIM = BackedClaim(CLAIM, ARTICLE)


def back(incident: Incident = INCIDENT, **changes: object) -> BackedIncident:
    """An incident, changed, with the two claims and articles."""
    return BackedIncident(replace(incident, **changes), CLAIMS, {"art_1": ARTICLE, "art_2": SECOND})  # type: ignore[arg-type]
