"""One client of a desk in trouble: what was acknowledged to it, how it was refused, and what must be there then."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from benchmarks.crashing.checks import EVERYTHING, check_soundness
from benchmarks.crashing.desks import Home, make_home
from benchmarks.crashing.ends import Ends, serving_ends
from benchmarks.notices import ONSETS, TOWNS
from tocsin.store import open_store

PAGES = ("/", "/incidents", "/claims", "/articles", "/alerts", "/outlets")


class Asker:
    """Hands reports in, each with a number, and keeps what was acknowledged and how it was refused."""

    def __init__(self, home: Home, faults: list[str], *, patience: float = 60.0) -> None:
        self.home, self.faults, self.number, self._patience = home, faults, 0, patience
        self.acknowledged: dict[int, str] = {}
        self.refused: list[str] = []

    def ask(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """The answer, over a line of its own: no desk here lives long."""
        options = {"timeout": self._patience, "follow_redirects": True, "verify": False}  # there is no certificate
        return httpx.request(method, f"{self.home.address}{path}", json=body, **options)

    def hand_in(self, text: str | None = None, outlet: str | None = None, padding: str = "") -> int:
        """One report; the status of the answer, 0 where there was none."""
        self.number += 1
        told = text or f"EXERCISE: Police arrested four men in {TOWNS[self.number % len(TOWNS)]}, a spokesman said."
        body = {
            "text": f"{told} {padding}This is report {self.number}.",
            "outlet": outlet or f"Outlet {self.number % 5}",
        }
        try:
            answer = self.ask("POST", "/api/articles", body)
        except httpx.HTTPError as why:
            self.faults.append(f"report {self.number} was not answered: {type(why).__name__}")
            return 0
        if answer.status_code in (200, 201):
            self.acknowledged[self.number] = answer.json()["articles"][0]["id"]
        elif answer.status_code in (503, 507):
            told_ = answer.json()
            sentence = f"{answer.status_code} {told_['what']}: {told_['which']!r}: {told_['why']}"
            self.refused.append(sentence.replace(str(self.home.folder), "HOME"))
        else:
            self.faults.append(f"report {self.number} answered {answer.status_code}: {answer.text[:200]}")
        return answer.status_code

    def ring(self, town: str) -> None:
        """Two outlets tell of people killed: an alert."""
        day = f"{datetime.now(UTC):%A}"
        for (form, *_), outlet in zip(ONSETS, ("Wire A", "Wire B"), strict=True):
            self.hand_in(f"EXERCISE: {form.format(town=town, day=day)}", outlet)

    def read_pages(self, when: str) -> float:
        """Every page is shown; the slowest one's seconds."""
        slowest = 0.0
        for page in PAGES:
            began = time.monotonic()
            try:
                status = self.ask("GET", page).status_code
            except httpx.HTTPError as why:
                self.faults.append(f"{page} {when}: {type(why).__name__}")
                continue
            slowest = max(slowest, time.monotonic() - began)
            if status != 200:
                self.faults.append(f"{page} {when}: {status}")
        return round(slowest, 2)

    def check_kept(self) -> None:
        """Every report that was acknowledged is there once, and what was refused is not there twice."""
        store = open_store(self.home.place)
        try:
            texts = [store.article(a.id).text for a in store.articles(EVERYTHING)]
            ids = {a.id for a in store.articles(EVERYTHING)}
            for number, id_ in self.acknowledged.items():
                if id_ not in ids:
                    self.faults.append(f"report {number} was acknowledged and is lost")
            for number in range(1, self.number + 1):
                if sum(f"This is report {number}." in text for text in texts) > 1:
                    self.faults.append(f"report {number} is there twice")
            if left := store.underived_article_ids():
                self.faults.append(f"{len(left)} articles are not derived")
            self.faults += check_soundness(store, self.home.file)
        finally:
            store.close()


@contextmanager
def making_room(
    folder: Path, gazetteer: Path, *, timeout: float = 5, disk: Path | None = None
) -> Iterator[tuple[Home, Ends]]:
    """A home and its ends; `disk` is where the home's files lie."""
    with serving_ends() as ends:
        home = make_home(
            disk or folder / "home", folder / "beside", gazetteer, hook=ends.hook_address, mail=ends.mail_port,
            timeout=timeout,
        )  # fmt: skip
        yield home, ends


def expect_again(asker: Asker, faults: list[str], patience: float = 30.0) -> float:
    """The next report is taken, soon; in how many seconds."""
    began = time.monotonic()
    while time.monotonic() - began < patience:
        if asker.hand_in() in (200, 201):
            return round(time.monotonic() - began, 2)
        time.sleep(0.1)
    faults.append("nothing was taken in when the trouble was over")
    return patience
