"""Incident templates as claims. All are invented: EXERCISE."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tocsin.desk.opening import load_knowledge
from tocsin.places import Gazetteer
from tocsin.predicting.groups import make_muc_articles, make_muc_claims
from tocsin.records import Toll
from tocsin.settings import Settings


@pytest.fixture(scope="module")
def gazetteer(knowledge_home: Path) -> Gazetteer:
    return load_knowledge(Settings(home=knowledge_home), knowledge_home).gazetteer


def template(**fields: Any) -> dict[str, Any]:
    blank = {
        "id": "E:1", "doc": "E", "type": "ATTACK", "date": "1989-05-02", "date_raw": "02 MAY 89", "country": "PERU",
        "place": [], "stage": "ACCOMPLISHED", "victims": [], "victims_described": [], "targets": [],
        "victim_number": ["-"], "effect": ["-"], "perp_org": ["-"], "perp_individual": ["-"],
    }  # fmt: skip
    return blank | fields


def test_slots_become_a_claim_with_names_as_they_are_written(gazetteer: Gazetteer) -> None:
    (claim,) = make_muc_claims(
        [
            template(
                type="KIDNAPPING", victims=["ANA VELS"], victims_described=["ANA VELS", "MAYOR OF ORLE"],
                targets=["TOWN HALL"], victim_number=['1: "ANA VELS"', '12-: "VILLAGERS"', 'PLURAL: "GUARDS"'],
                effect=['DEATH: "VILLAGERS"', 'DEATH: "GUARDS"'], perp_org=['"NORTHERN FRONT" / "NF"'],
                perp_individual=['"ARMED MEN"'], place=["LIMA"],
            )
        ],
        gazetteer,
    )  # fmt: skip
    assert (claim.type, claim.mode, claim.modality) == ("ASSAULT", "abduct", "actual")
    assert [p.text for p in claim.recipient] == ["Ana Vels", "mayor of orle", "town hall"]
    assert [p.text for p in claim.actor] == ["Northern Front", "Nf", "armed men"]
    assert claim.date is not None
    assert claim.date.start == date(1989, 5, 2)
    assert claim.place is not None
    assert (claim.place.name, claim.place.country) == ("Lima", "PER")
    assert Toll("killed", 12, None, "villagers") in claim.tolls
    assert Toll("abducted", 1, 1, "ana vels") in claim.tolls


def test_a_site_that_is_not_known_lies_in_the_town_beside_it(gazetteer: Gazetteer) -> None:
    town, site, nowhere = make_muc_claims(
        [
            template(id="E:1", place=["LIMA"]),
            template(id="E:2", place=["LIMA", "THE ORLE KIOSK"]),
            template(id="E:3", place=[], country="-"),
        ],
        gazetteer,
    )
    assert town.place is not None
    assert site.place is not None
    assert site.place.gazetteer_id is None
    assert site.place.lat is None
    assert town.place.gazetteer_id in site.place.within
    assert nowhere.place is None


def test_an_article_is_published_when_its_templates_say_that_it_had_happened() -> None:
    records = [
        template(id="E:1", date=None, date_raw="- 04 MAR 90"),
        template(id="E:2"),
        template(id="F:1", doc="F", date="1989-02-31"),
        template(id="G:1", doc="G", date=None, date_raw="- 31 FEB 90"),
    ]
    articles = make_muc_articles(records)
    assert articles["E"].published_at is not None
    assert articles["E"].published_at.date() == date(1990, 3, 4)
    assert articles["F"].published_at is None
    assert articles["G"].published_at is None


def test_a_day_that_does_not_exist_is_no_day(gazetteer: Gazetteer) -> None:
    (claim,) = make_muc_claims([template(date="1989-02-31")], gazetteer)
    assert claim.date is None
