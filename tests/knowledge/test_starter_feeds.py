"""The starter list: whole, neutral, labelled; a bad row is refused by its number, name and key."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from tocsin.errors import KnowledgeError, RecordError
from tocsin.intake import check_address
from tocsin.knowledge.files import read_knowledge
from tocsin.knowledge.starter_feeds import (
    KINDS,
    REGIONS,
    choose_starter_feeds,
    find_starter_feeds,
    load_starter_feeds,
)
from tocsin.records import Outlet, outlet_id

ROW = {
    "name": '"hill-wire"',
    "outlet": '"Hill Wire"',
    "address": '"https://hill.example/rss"',
    "country": '"SRB"',
    "region": '"europe"',
    "language": '"en"',
    "owner": '"Hill Wire, a co-operative"',
    "kind": '"agency"',
    "terms": '"not stated"',
    "is_state_media": "false",
}


def write_list(folder: Path, *rows: dict[str, str], version: str = 'version = "1"\n') -> Path:
    path = folder / f"list{len(list(folder.iterdir()))}.toml"  # the loader remembers what it has read
    path.write_text(
        version + "".join("[[feed]]\n" + "".join(f"{k} = {v}\n" for k, v in row.items()) for row in rows), "utf-8"
    )
    return path


def test_the_list_covers_every_region() -> None:
    rows = load_starter_feeds()
    counts = Counter(row.region for row in rows)
    assert len(rows) >= 40
    assert set(counts) == set(REGIONS)
    assert min(counts.values()) >= 5
    assert {row.language for row in rows} == {"en"}


def test_every_address_can_be_kept_as_it_stands() -> None:
    for row in load_starter_feeds():
        assert check_address(row.address) == row.address


def test_state_media_are_labelled_and_nothing_is_graded_or_confirmed() -> None:
    rows = load_starter_feeds()
    labelled = {row.outlet for row in rows if row.is_state_media}
    assert {"TASS", "Xinhua", "Anadolu Agency"} <= labelled
    assert labelled >= {row.outlet for row in rows if row.kind == "state media"}
    for row in rows:
        assert row.make_feed().confirmed_at is None
        assert not row.fill_outlet(None).is_reviewed


def test_the_head_says_where_the_addresses_come_from() -> None:
    head = " ".join(read_knowledge("starter_feeds.toml").split("version")[0].replace("\n#", "").split())
    for words in ("written from memory", "None was fetched", "until a person has confirmed", "To mend an address"):
        assert words in head


def test_what_the_desk_knows_of_an_outlet_stays() -> None:
    row = next(row for row in load_starter_feeds() if row.name == "tass")
    held = Outlet(outlet_id("TASS"), "Tass", "wire", reliability="D", reliability_reason="why", is_state_media=False)
    filled = row.fill_outlet(held)
    assert filled == replace(held, country="RUS", language="en", owner=row.owner, terms="not stated")
    assert row.fill_outlet(filled) == filled
    assert row.fill_outlet(None).is_state_media


def test_narrowing() -> None:
    rows = load_starter_feeds()
    europe = choose_starter_feeds(rows, region="europe", language="en", kind="agency")
    assert {row.name for row in europe} == {"ukrinform", "tass"}
    assert choose_starter_feeds(rows, language="sq") == ()
    assert choose_starter_feeds(rows) == rows
    assert sum(len(choose_starter_feeds(rows, kind=kind)) for kind in KINDS) == len(rows)
    with pytest.raises(RecordError, match="region: 'mars': must be one of world, africa"):
        choose_starter_feeds(rows, region="mars")
    with pytest.raises(RecordError, match="kind: 'blog'"):
        choose_starter_feeds(rows, kind="blog")


def test_rows_by_name_come_in_the_lists_order() -> None:
    rows = load_starter_feeds()
    assert [row.name for row in find_starter_feeds(rows, ["tass", "un-news", "tass"])] == ["un-news", "tass"]
    with pytest.raises(RecordError, match="starter feed: 'nowhere': is not in the list"):
        find_starter_feeds(rows, ["tass", "nowhere"])


def test_a_list_of_ones_own(tmp_path: Path) -> None:
    (row,) = load_starter_feeds(write_list(tmp_path, ROW))
    assert (row.name, row.is_state_media) == ("hill-wire", False)


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("name", '"Hill Wire"', r"feed 1 \(Hill Wire\): name = 'Hill Wire'.*small letters"),
        ("name", "3", "name = 3.*must be a text"),
        ("outlet", '" "', r"feed 1 \(hill-wire\): outlet.*must be a text"),
        ("outlet", '"Hill\\nWire"', "outlet.*one line"),
        ("address", '"http://hill.example/rss"', "address.*must begin with https://"),
        ("address", '"https://me:secret@hill.example/rss"', "no user name"),
        ("address", '"https://[hill"', "address.*must begin with https://"),
        ("address", '"https://hill.example/a b"', "address"),
        ("country", '"SR"', "country = 'SR'"),
        ("region", '"mars"', "region = 'mars'.*must be one of world, africa"),
        ("language", '"eng"', "language = 'eng'.*ISO 639-1"),
        ("kind", '"blog"', "kind = 'blog'.*must be one of agency"),
        ("kind", '"state media"', "is of kind state media and not labelled so"),
        ("terms", f'"{"x" * 301}"', "terms.*at most 300 characters"),
        ("is_state_media", '"no"', "is_state_media = 'no'.*must be true or false"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, key: str, value: str, why: str) -> None:
    with pytest.raises(KnowledgeError, match=why):
        load_starter_feeds(write_list(tmp_path, ROW | {key: value}))


def test_the_schema_is_closed(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match=r"feed 2 \(other\): grade.*is unknown; allowed are name, outlet"):
        load_starter_feeds(write_list(tmp_path, ROW, ROW | {"name": '"other"', "grade": '"A"'}))
    for key in ROW:
        with pytest.raises(KnowledgeError, match=f": {key}'?: is missing"):
            load_starter_feeds(write_list(tmp_path, {k: v for k, v in ROW.items() if k != key}))
    with pytest.raises(KnowledgeError, match=r"version.*is missing"):
        load_starter_feeds(write_list(tmp_path, ROW, version=""))
    with pytest.raises(KnowledgeError, match="is not TOML"):
        load_starter_feeds(write_list(tmp_path, ROW, version="version ="))


def test_doubles_and_contradictions_are_refused(tmp_path: Path) -> None:
    other = ROW | {"name": '"hill-two"', "address": '"https://hill.example/two"'}
    assert len(load_starter_feeds(write_list(tmp_path, ROW, other))) == 2
    with pytest.raises(KnowledgeError, match=r"name = 'hill-wire'.*stands twice"):
        load_starter_feeds(write_list(tmp_path, ROW, other | {"name": ROW["name"]}))
    with pytest.raises(KnowledgeError, match=r"address = .*stands twice"):
        load_starter_feeds(write_list(tmp_path, ROW, other | {"address": ROW["address"]}))
    with pytest.raises(KnowledgeError, match=r"hill-two.*says other things of Hill Wire"):
        load_starter_feeds(write_list(tmp_path, ROW, other | {"is_state_media": "true"}))
