from __future__ import annotations

import pytest

from tocsin.errors import KnowledgeError
from tocsin.places import Gazetteer, footnotes
from tocsin.places.naming import POLICIES, load_naming
from tocsin.records import Place


def test_an_unknown_policy_is_refused() -> None:
    with pytest.raises(KnowledgeError, match="must be one of un, local, as-reported"):
        load_naming("ours")


def test_every_id_with_a_name_of_its_own_exists(gazetteer: Gazetteer) -> None:
    for policy in POLICIES:
        for id_ in load_naming(policy).labels:
            assert gazetteer.row(id_) is not None, id_


def test_footnotes_come_once_and_in_order() -> None:
    kosovo = Place("Zvecan", "settlement", "XKX", footnote="kosovo-1244")
    kashmir = Place("Kashmir", "region", footnote="jammu-kashmir")
    texts = footnotes([kashmir, kosovo, None, kosovo, Place("Oslo", "settlement", "NOR")])
    assert len(texts) == 2
    assert "Jammu" in texts[0]
    assert "resolution 1244 (1999)" in texts[1]
    with pytest.raises(KnowledgeError, match="is not in"):
        footnotes([Place("X", "site", footnote="unheard-of")])


def test_every_area_with_a_footnote_exists(gazetteer: Gazetteer) -> None:
    for id_ in gazetteer.naming.table.by_area:
        assert gazetteer.row(id_) is not None, id_


def test_a_town_takes_the_footnote_of_its_area(gazetteer: Gazetteer) -> None:
    for name, key in (("Simferopol", "crimea"), ("Hargeisa", "somaliland"), ("Kyrenia", "cyprus")):
        row = gazetteer.find(name)[0]
        assert gazetteer.naming.footnote(row, gazetteer.within(row.id)) == key, name


def test_the_name_that_no_article_wrote_follows_the_policy() -> None:
    names = {policy: load_naming(policy).name("country:TUR", "Turkey") for policy in POLICIES}
    assert names == {"un": "Türkiye", "local": "Türkiye", "as-reported": "Turkey"}


def test_every_place_in_kosovo_carries_the_footnote(gazetteer: Gazetteer) -> None:
    for name in ("Kosovo", "Pristina", "Prizren", "Zvečan", "Jarinje"):
        row = next(r for r in gazetteer.find(name) if r.country == "XKX")
        assert gazetteer.naming.footnote(row) == "kosovo-1244"
