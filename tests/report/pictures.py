"""A small invented picture: the district of Orle, its speakers, outlets and one week, all of it made up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from tocsin.records import (
    Alert,
    Article,
    Attribution,
    Claim,
    Evidence,
    Grade,
    Incident,
    Outlet,
    PartialDate,
    Party,
    Place,
    Reason,
    Tension,
    Toll,
    TollRange,
    alert_id,
    claim_id,
    incident_id,
)
from tocsin.report import (
    Difference,
    Heard,
    Outlook,
    Picture,
    PlaceTension,
    ReportRequest,
    Telling,
    Version,
)

NOW = datetime(2031, 3, 15, 6, tzinfo=UTC)
SINCE, UNTIL = datetime(2031, 3, 8, tzinfo=UTC), datetime(2031, 3, 15, tzinfo=UTC)
DAY = date(2031, 3, 12)
REQUEST = ReportRequest(SINCE, UNTIL, "toy:district", "Orle district", author="Night watch")
BRIDGE = Place("the bridge at Orle", "site", "XKX", 42.9, 20.8, "toy:bridge", "Orle bridge", ("toy:district",))
MILL = Place("the mill", "site", "TLK", 42.8, 20.7, "toy:mill", "Old Mill", ("toy:district",))
RADIO = Outlet("out_radio", "Radio Orle", "radio", "TLK", "en", None, "B", "right three times in May")
GAZETTE = Outlet("out_gazette", "The Gazette", "daily", "TLK", "en")
SILENT = Outlet("out_silent", "Hill Wire", "wire", "TLK", "en")


def make_article(key: str, outlet: Outlet, title: str, text: str, hours: int = 0) -> Article:
    at = datetime(2031, 3, 12, 9, tzinfo=UTC) + timedelta(hours=hours)
    whole = f"{title}\n{text}"
    return Article(
        f"art_{key}", whole, NOW, title, outlet.id, outlet.name, f"https://{key}.example/a?b=1&c=2", at, "en"
    )


def make_claim(article: Article, passage: str, type_: str, mode: str | None = None, **more: object) -> Claim:
    start = article.text.index(passage)
    evidence = Evidence.cut_from(article.text, start, start + len(passage))
    return Claim(claim_id(article.id, type_, start), article.id, type_, evidence, mode, **more)  # type: ignore[arg-type]


def make_incident(claims: list[Claim], **more: object) -> Incident:
    first = claims[0]
    given: dict[str, object] = {
        "mode": first.mode, "modality": first.modality, "date": first.date, "place": first.place,
        "actor": first.actor, "recipient": first.recipient,
        "grades": tuple(Grade(c.id, 2, Reason("repeated", "twice")) for c in claims),
    }  # fmt: skip
    reported_at = datetime(2031, 3, 12, 9, 30, tzinfo=UTC)
    return Incident(
        incident_id(first.id),
        first.type,
        tuple(c.id for c in claims),
        reported_at,
        **(given | more),  # type: ignore[arg-type]
    )


CLASH = make_article(
    "clash",
    RADIO,
    "Shots at the bridge",
    "Gunmen shot two officers at the bridge at Orle, the ministry of Valdena said.",
)
DENIAL = make_article("denial", GAZETTE, "Nobody died", "Mayor Ilva Torn denied that anybody was shot at Orle.", 3)
MARCH = make_article("march", GAZETTE, "Students march", "Some 1,200 students marched to the Old Mill on Monday.", 5)
SHOT = make_claim(
    CLASH, "Gunmen shot two officers at the bridge at Orle", "ASSAULT", "firearms",
    actor=(Party("Gunmen"),), recipient=(Party("two officers", "TLK", "COP"),), place=BRIDGE,
    date=PartialDate.of_day(DAY), attribution=(Attribution("the ministry of Valdena", "official", "said"),),
    tolls=(Toll("killed", 2, 2, "officers"),),
)  # fmt: skip
DENIED = make_claim(
    DENIAL, "Mayor Ilva Torn denied that anybody was shot at Orle.", "ASSAULT", "firearms", modality="negated",
    attribution=(Attribution("Mayor Ilva Torn", "person", "denied"),), place=BRIDGE, tolls=(Toll("killed", 0, 0),),
)  # fmt: skip
MARCHED = make_claim(
    MARCH, "Some 1,200 students marched to the Old Mill on Monday.", "PROTEST", "demo", actor=(Party("students"),),
    place=MILL, date=PartialDate.of_day(date(2031, 3, 10)), tolls=(Toll("participants", 1200, None, "students"),),
)  # fmt: skip
ATTACK = make_incident(
    [SHOT, DENIED], state="disputed", origins=2, outlets=(RADIO.id, GAZETTE.id),
    tolls=(TollRange("killed", 0, 2, 2, "latest-of-most-reliable"),),
)  # fmt: skip
PROTEST = make_incident([MARCHED], tolls=(TollRange("participants", 1200, 1200, None, "x"),), outlets=(GAZETTE.id,))
EARLIER = replace(
    PROTEST, id="inc_earlier000000000", date=PartialDate.of_day(date(2031, 3, 2)),
    place=Place("Valdena Cross", "settlement", "TLK", 42.7, 20.6, "toy:cross", "Valdena Cross", ("toy:district",)),
)  # fmt: skip
ALERT = Alert(
    alert_id("deaths", "toy:bridge", DAY), "deaths", "alerts/1", "People killed", "Lethal force is in use.",
    "toy:bridge", "Orle bridge", "IMMEDIATE", DAY, DAY, "firing", NOW, "A week without a deadly incident.",
    (ATTACK.id,),
)  # fmt: skip
HOT = Tension("toy:bridge", "Orle bridge", date(2031, 3, 14), 1.0, 0.0, 19.25, 3.14, 0.8, "scored", (ATTACK.id,))
OUTLOOK = Outlook(
    "orle-7", "Orle bridge", "at least one attack", date(2031, 3, 15), date(2031, 3, 21), NOW, "base rate/1", 0.3,
    past_error="Brier score 0.18 over 52 weeks",
)  # fmt: skip
ATTACK_TOLD = Telling(
    ATTACK,
    (Version("the ministry of Valdena", (SHOT,)), Version("Mayor Ilva Torn", (DENIED,))),
    (
        Difference("act", (("it happened", (0,)), ("it did not happen", (1,)))),
        Difference("killed", (("2", (0,)), ("0", (1,)))),
    ),
)  # fmt: skip
PICTURE = Picture(
    incidents=(PROTEST, ATTACK),
    tellings={ATTACK.id: ATTACK_TOLD, PROTEST.id: Telling(PROTEST, (Version(None, (MARCHED,), "The Gazette"),))},
    articles={a.id: a for a in (CLASH, DENIAL, MARCH)},
    outlets={o.id: o for o in (RADIO, GAZETTE, SILENT)},
    tensions=(PlaceTension(HOT, replace(HOT, day=date(2031, 3, 7), level=2.5)),),
    alerts=(ALERT,),
    outlooks=(OUTLOOK,),
    heard=Heard(3, (RADIO.id, GAZETTE.id), (SILENT.id,)),
    quiet=(EARLIER,),
)


def make_week(count: int) -> Picture:
    """A week of many incidents: the same acts again and again, each with its own articles."""
    incidents, tellings, articles = [], {}, {}
    for n in range(count):
        day = date(2031, 3, 8) + timedelta(days=n % 7)
        clash = replace(
            CLASH, id=f"art_clash{n}", title=f"Shots at the bridge, report {n}", url=f"https://clash.example/{n}"
        )
        denial = replace(DENIAL, id=f"art_denial{n}", url=f"https://denial.example/{n}")
        shot = replace(SHOT, id=claim_id(clash.id, "ASSAULT", n), article_id=clash.id, date=PartialDate.of_day(day))
        denied = replace(DENIED, id=claim_id(denial.id, "ASSAULT", n), article_id=denial.id)
        incident = replace(
            ATTACK, id=incident_id(shot.id), claim_ids=(shot.id, denied.id), date=PartialDate.of_day(day),
            tolls=(TollRange("killed", 0, n % 9, 9, "x"),), grades=(Grade(shot.id, 3, Reason("x", "y")),),
        )  # fmt: skip
        incidents.append(incident)
        tellings[incident.id] = Telling(
            incident,
            (Version("the ministry of Valdena", (shot,)), Version("Mayor Ilva Torn", (denied,))),
            ATTACK_TOLD.differences,
        )
        articles |= {clash.id: clash, denial.id: denial}
    return replace(
        PICTURE, incidents=tuple(incidents), tellings=tellings, articles=articles, alerts=(), tensions=(), quiet=()
    )
