"""The steps of grouping, each a task of one worker: what it reads and writes are files.

deal      an archive's partition: articles with their claims, to chapters
copies    a chapter: which articles are copies of which
place     a chapter: its claims with their origins, to buckets by origin
firsts    a bucket of origins: claims that copies repeat; those that stand for others, to windows of days
tie       a window, or a slice of one: which pairs of claims may be one happening
sort      a bucket of origins, or the ties of a window: claims and ties, to buckets of what is tied together
settle    a bucket of what is tied together: incidents and links
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zlib import crc32

from tocsin.archive.calendar import Calendar, name_run
from tocsin.archive.knots import Knots
from tocsin.archive.shuffle import Dealer, Row, gather_rows
from tocsin.archive.tables import (
    INCIDENTS,
    LINKS,
    ORIGINS,
    TableWriter,
    article_of_row,
    claim_of_row,
    read_rows,
    row_of_incident,
    row_of_link,
)
from tocsin.incidents import OriginIndex, find_countries
from tocsin.incidents.copies import order_articles
from tocsin.incidents.facts import Facts, prepare_facts
from tocsin.incidents.shares import carry_claim, find_day, find_firsts, list_days, settle_knot, tie_pairs
from tocsin.knowledge.weights import load_merge_weights
from tocsin.records import Article, Claim, Outlet, from_plain, to_plain

Outlets = Mapping[str, Outlet]
#: The one bucket of a file that is not dealt out.
ALL = "all"
_CHUNK = 2_000


def hash_name(text: str) -> int:
    """A number that is the same on every machine."""
    return crc32(text.encode())


def deal_part(out: Path, name: str, target: Path, calendar: Calendar) -> dict[str, Any]:
    """Articles of one partition, each with its claims, to the chapters; those in a margin again without claims."""
    claims: dict[str, list[Claim]] = defaultdict(list)
    for row in read_rows(out / "claims" / f"{name}.parquet", ["article_id", "record"]):
        claims[row["article_id"]].append(claim_of_row(row))
    with Dealer(target) as dealer:
        for row in read_rows(out / "articles" / f"{name}.parquet"):
            article = article_of_row(row)
            if article.fault is not None:
                continue
            slim = to_plain(replace(article, title=None, url=None, digest=""))
            home, *margins = calendar.list_chapters(article.shown_at, article.is_exercise)
            mine = claims.pop(article.id, [])
            country = find_countries(mine).get(article.id)
            dealer.deal(home, {"a": slim, "c": [_carry(claim, article) for claim in mine], "n": country})
            for margin in margins:
                dealer.deal(margin, {"a": slim, "c": None})
    return {"rows": dict(dealer.rows), "bytes": dealer.bytes}


def _carry(claim: Claim, article: Article) -> list[Any]:
    light, slim = carry_claim(claim, article)
    return [to_plain(light), slim.text]


def find_copies(dealt: Sequence[Path], chapter: str, target: Path) -> dict[str, Any]:
    """The origins of a chapter's articles; how many of them begin in its margin, and so before it."""
    mine: dict[str, bool] = {}
    articles = []
    for row in gather_rows(dealt, chapter):
        article = from_plain(Article, row["a"])
        mine[article.id] = mine.get(article.id, False) or row["c"] is not None
        articles.append(article)
    articles.sort(key=order_articles)
    index = OriginIndex()
    for start in range(0, len(articles), _CHUNK):
        index.add(articles[start : start + _CHUNK])
    foreign = 0
    with TableWriter(target, ORIGINS, {}) as table:
        for id_, is_mine in mine.items():
            if is_mine:
                origin = index.find_origin(id_)
                foreign += not mine[origin]
                table.add({"article_id": id_, "origin_id": origin})
    return {"articles": table.count, "foreign": foreign}


def follow_origins(before: Path | None, found: Path, target: Path, metadata: dict[bytes, bytes]) -> dict[str, Any]:
    """A chapter's origins with those that begin before it replaced by what the chapter before says of them."""
    rows = list(read_rows(found))
    here = {row["article_id"] for row in rows}
    foreign = {row["origin_id"] for row in rows} - here
    known: dict[str, str] = {}
    if foreign and before is not None:
        known = {r["article_id"]: r["origin_id"] for r in read_rows(before) if r["article_id"] in foreign}
    with TableWriter(target, ORIGINS, metadata) as table:
        for row in rows:
            table.add({**row, "origin_id": known.get(row["origin_id"], row["origin_id"])})
    return {"articles": table.count}


def place_claims(dealt: Sequence[Path], chapter: str, origins: Path, buckets: int, target: Path) -> dict[str, Any]:
    """A chapter's claims with their origins, to the buckets of origins."""
    origin_of = {row["article_id"]: row["origin_id"] for row in read_rows(origins)}
    done: set[str] = set()
    count = 0
    with Dealer(target) as dealer:
        for row in gather_rows(dealt, chapter):
            article, claims = row["a"], row["c"]
            if not claims or article["id"] in done:
                continue
            done.add(article["id"])
            origin, count = origin_of[article["id"]], count + len(claims)
            told = {"r": name_run(chapter), "o": origin, "a": article | {"text": ""}, "c": claims, "n": row["n"]}
            dealer.deal(str(hash_name(origin) % buckets), told)
    return {"claims": count, "bytes": dealer.bytes}


def read_facts(rows: Iterable[Row], outlets: Outlets) -> Iterator[tuple[Row, Facts]]:
    """What of each claim is compared, with the row that it came in."""
    weights = load_merge_weights()
    for row in rows:
        article = from_plain(Article, row["a"])
        outlet = outlets.get(article.outlet_id or "")
        for plain, words in row["c"]:
            claim, mine = from_plain(Claim, plain), replace(article, text=words)
            facts = prepare_facts(claim, mine, outlet, row["o"], weights, row["n"])
            yield {**row, "c": [[plain, words]]}, facts


def stand_firsts(placed: Sequence[Path], bucket: str, outlets: Outlets, days: int, target: Path) -> dict[str, Any]:
    """The claims of some origins: all of them with the one that stands for each, and these to the windows of days."""
    weights = load_merge_weights()
    told = list(read_facts(gather_rows(placed, bucket), outlets))
    firsts = find_firsts((facts for _, facts in told), weights)
    standing = [(row, facts) for row, facts in told if firsts[facts.claim.id] == facts.claim.id]
    ties = tie_pairs((facts for _, facts in standing), lambda key: find_day(key) is None, weights)
    with Dealer(target) as dealer:
        for row, facts in told:
            dealer.deal(ALL, {**row, "f": firsts[facts.claim.id]})
        for pair, score in ties.items():
            dealer.deal("ties", {"t": [*pair, score]})
        for row, facts in standing:
            for window in sorted({day.toordinal() // days for day in list_days(facts)}):
                dealer.deal(f"{row['r']}:{window}", row)
    windows = {name: count for name, count in dealer.rows.items() if ":" in name}
    return {
        "claims": len(told),
        "standing": len(standing),
        "ties": len(ties),
        "windows": windows,
        "bytes": dealer.bytes,
    }


def tie_window(
    stood: Sequence[Path], window: str, part: int, parts: int, outlets: Outlets, days: int, target: Path
) -> dict[str, Any]:
    """The ties of one window of days, or of that slice of it whose blocks fall to this part of all parts."""
    number = int(window.rpartition(":")[2])

    def is_wanted(key: tuple[Any, ...]) -> bool:
        day = find_day(key)
        if day is None or day.toordinal() // days != number:
            return False
        return parts == 1 or hash_name(repr(key[3:])) % parts == part

    facts = (facts for _, facts in read_facts(gather_rows(stood, window), outlets))
    ties = tie_pairs(facts, is_wanted, load_merge_weights())
    with Dealer(target) as dealer:
        for pair, score in ties.items():
            dealer.deal("ties", {"t": [*pair, score]})
    return {"ties": len(ties), "bytes": dealer.bytes}


def sort_share(share: Path, knots: Path, buckets: int, target: Path) -> dict[str, Any]:
    """Claims and ties of one file, to the buckets of what is tied together."""
    known = Knots(knots)
    with Dealer(target) as dealer:
        for row in gather_rows([share], ALL):
            dealer.deal(str(known.find_bucket(row["f"], buckets)), row)
        for row in gather_rows([share], "ties"):
            dealer.deal(str(known.find_bucket(row["t"][0], buckets)), row)
    return {"bytes": dealer.bytes}


def settle_bucket(
    sorted_: Sequence[Path],
    bucket: str,
    outlets: Outlets,
    now: datetime,
    targets: Sequence[Path],
    metadata: dict[bytes, bytes],
) -> dict[str, Any]:
    """The incidents and links of a bucket, as two tables."""
    weights = load_merge_weights()
    ties: dict[tuple[str, str], float] = {}
    facts: list[Facts] = []
    claims: list[Row] = []
    for row in gather_rows(sorted_, bucket):
        if "t" in row:
            one, other, score = row["t"]
            ties[one, other] = score
        else:
            claims.append(row)
    facts = [one for _, one in read_facts(claims, outlets)]
    grouping = settle_knot(facts, ties, weights, now=now)
    with TableWriter(targets[0], INCIDENTS, metadata) as table:
        for incident in grouping.incidents:
            table.add(row_of_incident(incident))
    with TableWriter(targets[1], LINKS, metadata) as table:
        for link in grouping.links:
            table.add(row_of_link(link))
    return {"incidents": len(grouping.incidents), "links": len(grouping.links)}
