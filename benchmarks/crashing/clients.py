"""Clients that hand in, correct and decide, and come again where they were not answered, as clients should."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import httpx

from benchmarks.crashing.ends import Ends, Entry
from benchmarks.notices import ACTS, ONSETS, TOWNS

Kind = Literal["changed", "accepted", "rejected", "added", "retracted", "merged", "acknowledged"]
KINDS: tuple[Kind, ...] = ("changed", "accepted", "rejected", "added", "retracted", "merged", "acknowledged")
#: How often each of them is tried.
_WEIGHTS = (4, 4, 3, 3, 1, 2, 4)
#: Answers that a client comes again for.
_AGAIN = frozenset({429, 503})
_PATIENCE = httpx.Timeout(15, connect=2)


@dataclass(frozen=True, slots=True)
class Offer:
    """A report as it was handed in. `revises` is the serial of the earlier revision of its page."""

    serial: int
    text: str
    outlet: str
    published_at: datetime
    url: str | None = None
    revises: int | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """What a person said and the desk acknowledged.

    mark     stands in the reason that it was said with, and in no other
    targets  claims (or the article, the alert) that it was said of
    """

    mark: str
    kind: Kind
    targets: tuple[str, ...]


@dataclass(slots=True)
class Told:
    """What the desk has answered: what it must not lose."""

    articles: dict[int, str] = field(default_factory=dict)
    offers: dict[int, Offer] = field(default_factory=dict)
    words: list[Word] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    found_kept: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


def write_text(dice: random.Random, serial: int, day: datetime) -> str:
    """A short invented report whose number stands in it; about one in five tells of people killed."""
    town = dice.choice(TOWNS)
    form = dice.choice(ONSETS)[0] if dice.random() < 0.2 else dice.choice(ACTS)
    return f"EXERCISE: {form.format(town=town, day=f'{day:%A}')} This is report {serial}."


class Caller:
    """Asks until it is answered, or told to give up."""

    def __init__(self, address: str, told: Told, give_up: threading.Event) -> None:
        self.client = httpx.Client(base_url=address, timeout=_PATIENCE)
        self.told, self._give_up = told, give_up

    def ask(self, method: str, path: str, body: Any = None) -> httpx.Response | None:
        """The first answer that is none of "come again"; None where there was none before giving up."""
        while not self._give_up.is_set():
            answer = self.try_once(method, path, body)
            if answer is not None and answer.status_code not in _AGAIN:
                return answer
            self._give_up.wait(0.1)
        return None

    def try_once(self, method: str, path: str, body: Any = None) -> httpx.Response | None:
        """The answer, or None where the line broke."""
        try:
            answer = self.client.request(method, path, json=body)
        except httpx.HTTPError as why:
            self._count(f"no answer: {type(why).__name__}")
            return None
        self._count(str(answer.status_code))
        if answer.status_code >= 500:
            with self.told.lock:
                self.told.refusals[tell_refusal(answer)] += 1
        return answer

    def _count(self, what: str) -> None:
        with self.told.lock:
            self.told.answers[what] += 1


def tell_refusal(answer: httpx.Response) -> str:
    """Status and sentence of a refusal."""
    try:
        told = answer.json()
        return f"{answer.status_code} {told['what']}: {told['why']}"
    except (ValueError, KeyError, TypeError):
        return f"{answer.status_code} {answer.text[:100]}"


class Clients:
    """Some threads of each kind, over one desk's whole life of kills."""

    def __init__(self, address: str, ends: Ends, seed: int, *, pause: float = 0.15, handers: int = 2) -> None:
        self.told, self._ends, self._pause, self._address = Told(), ends, pause, address
        self._finish, self._give_up = threading.Event(), threading.Event()
        self._next, self._seed, self.open_words = 0, seed, 0
        jobs = [*[self._hand_in] * handers, self._say, self._list]
        self._threads = [
            threading.Thread(target=self._run, args=(job, random.Random(f"{seed}-{n}")), daemon=True)
            for n, job in enumerate(jobs)
        ]
        self.faults: list[str] = []

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def finish(self, patience: float = 120.0) -> bool:
        """Begin nothing new, and wait until all that was begun is answered; whether it was."""
        self._finish.set()
        until = time.monotonic() + patience
        for thread in self._threads:
            thread.join(max(0.1, until - time.monotonic()))
        is_done = not any(thread.is_alive() for thread in self._threads)
        self._give_up.set()
        return is_done

    def _run(self, job: Any, dice: random.Random) -> None:
        caller = Caller(self._address, self.told, self._give_up)
        while not self._finish.is_set():
            try:
                job(caller, dice)
            except Exception as why:  # noqa: BLE001 - a fault of the harness must end the run, not a thread of it
                self.faults.append(f"{job.__name__}: {type(why).__name__}: {why}")
                break
            self._finish.wait(dice.expovariate(1 / self._pause))
        caller.client.close()

    def _take_serial(self) -> int:
        with self.told.lock:
            self._next += 1
            return self._next

    # --- articles
    def _hand_in(self, caller: Caller, dice: random.Random) -> None:
        offer = self._make_offer(dice)
        with self.told.lock:
            self.told.offers[offer.serial] = offer
        body = {"text": offer.text, "outlet": offer.outlet, "published_at": offer.published_at.isoformat()}
        answer = caller.ask("POST", "/api/articles", body | ({"url": offer.url} if offer.url else {}))
        if answer is None:
            return
        if answer.status_code not in (200, 201):
            raise ValueError(f"report {offer.serial} answered {tell_refusal(answer)}")
        with self.told.lock:
            self.told.articles[offer.serial] = answer.json()["articles"][0]["id"]

    def _make_offer(self, dice: random.Random) -> Offer:
        serial, now = self._take_serial(), datetime.now(UTC).replace(microsecond=0)
        if dice.random() < 0.15 and (earlier := self._find_page(dice)) is not None:
            text = f"{earlier.text} Two people were injured. This is report {serial}."
            return Offer(serial, text, earlier.outlet, earlier.published_at, earlier.url, earlier.serial)
        # most is of these days; the rest lies months back, where it is grouped apart
        back = dice.uniform(0, 2) if dice.random() < 0.8 else dice.uniform(40, 300)
        at = now - timedelta(days=back)
        url = f"https://wire.example.org/{self._seed}/{serial}" if dice.random() < 0.4 else None
        return Offer(serial, write_text(dice, serial, at), f"Outlet {dice.randrange(12)}", at, url)

    def _find_page(self, dice: random.Random) -> Offer | None:
        """A page that was taken in and not revised yet."""
        with self.told.lock:
            revised = {offer.revises for offer in self.told.offers.values()}
            pages = [o for s, o in self.told.offers.items() if o.url and s in self.told.articles and s not in revised]
        pages = [offer for offer in pages if offer.revises is None]
        return dice.choice(pages) if pages else None

    def _list(self, caller: Caller, dice: random.Random) -> None:
        """Let the feed grow, and let it be fetched at the next look at the schedule."""
        serial, now = self._take_serial(), datetime.now(UTC).replace(microsecond=0)
        if len(self._ends.entries) < 190:  # a round takes the newest 200
            at = now - timedelta(hours=dice.uniform(0, 20))
            text = f"{write_text(dice, serial, at)} " + "Officials gave no further details. " * 14
            self._ends.entries.append(Entry(serial, f"EXERCISE: Feed report {serial}", text.strip(), at))
        from tocsin.records import feed_id

        caller.ask("POST", f"/api/feeds/{feed_id(self._ends.feed_address)}/confirm")
        self._finish.wait(0.3)

    # --- people's word
    def _say(self, caller: Caller, dice: random.Random) -> None:
        kind = dice.choices(KINDS, _WEIGHTS)[0]
        mark = f"EXERCISE-{self._seed}-{self._take_serial()}."
        self.open_words += 1
        try:
            word = _SAYING[kind](self, caller, dice, mark)
        finally:
            self.open_words -= 1
        if word is not None:
            with self.told.lock:
                self.told.words.append(word)

    def _pick_article(self, caller: Caller, dice: random.Random) -> Any:
        """An article that was taken in, was neither revised nor retracted, and that nobody has spoken of."""
        with self.told.lock:
            touched = {t for word in self.told.words for t in word.targets}
            left = [a for s, a in self.told.articles.items() if a not in touched and self.told.offers[s].url is None]
        if not left:
            return None
        answer = caller.ask("GET", f"/api/articles/{dice.choice(left)}")
        return answer.json() if answer is not None and answer.status_code == 200 else None

    def _speak_of_claim(self, kind: Kind, caller: Caller, dice: random.Random, mark: str) -> Word | None:
        found = self._pick_article(caller, dice)
        with self.told.lock:
            touched = {t for word in self.told.words for t in word.targets}
        claims = [c for c in (found or {}).get("claims", ()) if c["id"] not in touched]
        if not claims:
            return None
        claim = dice.choice(claims)
        path = f"/api/claims/{claim['id']}"
        if kind == "changed":
            other = "hedged" if claim["certainty"] == "asserted" else "asserted"
            body: Any = {"changes": {"certainty": other}, "reason": mark}
            answer = caller.ask("POST", f"{path}/corrections", body)
        else:
            verb = "accept" if kind == "accepted" else "reject"
            answer = caller.ask("POST", f"{path}/{verb}", {"reason": mark})
        if answer is None:
            return None
        if answer.status_code not in (200, 201):
            # said before the line broke, and kept: what the desk says of it now decides
            history = caller.ask("GET", f"{path}/corrections")
            if history is None or mark not in history.text:
                raise ValueError(f"{kind} of {claim['id']} answered {tell_refusal(answer)}")
            self.told.found_kept += 1
        return Word(mark, kind, (claim["id"],))

    def _add(self, caller: Caller, dice: random.Random, mark: str) -> Word | None:
        found = self._pick_article(caller, dice)
        if found is None:
            return None
        article = found["article"]["id"]
        passage = next(p for p in found["article"]["text"].split(". ") if "This is report" in p).strip(". ")
        body = {"type": "AID", "evidence": passage, "reason": mark}
        answer = caller.ask("POST", f"/api/articles/{article}/claims", body)
        if answer is None:
            return None
        if answer.status_code == 201:
            return Word(mark, "added", (answer.json()["claim"]["id"], article))
        again = caller.ask("GET", f"/api/articles/{article}")
        for claim in again.json()["claims"] if again is not None else ():
            history = caller.ask("GET", f"/api/claims/{claim['id']}/corrections")
            if history is not None and mark in history.text:
                self.told.found_kept += 1
                return Word(mark, "added", (claim["id"], article))
        raise ValueError(f"claim added to {article} answered {tell_refusal(answer)}")

    def _retract(self, caller: Caller, dice: random.Random, mark: str) -> Word | None:
        found = self._pick_article(caller, dice)
        if found is None:
            return None
        id_ = found["article"]["id"]
        answer = caller.ask("POST", f"/api/articles/{id_}/retract", {"reason": mark})
        if answer is None:
            return None
        if answer.status_code != 200:
            raise ValueError(f"retraction of {id_} answered {tell_refusal(answer)}")
        return Word(mark, "retracted", (id_, *(c["id"] for c in found["claims"])))

    def _merge(self, caller: Caller, dice: random.Random, mark: str) -> Word | None:
        found = caller.ask("GET", "/api/incidents?limit=60")
        if found is None or found.status_code != 200:
            return None
        with self.told.lock:
            touched = {t for word in self.told.words for t in word.targets}
        free = [
            i for i in found.json()["incidents"] if touched.isdisjoint(i["claim_ids"]) and i["state"] != "retracted"
        ]
        if len(free) < 2:
            return None
        kept, other = dice.sample(free, 2)
        answer = caller.ask("POST", f"/api/incidents/{kept['id']}/merge", {"other_ids": [other["id"]], "reason": mark})
        if answer is None:
            return None
        if answer.status_code != 200:
            now = caller.ask("GET", f"/api/incidents/{kept['id']}")
            if now is None or mark not in now.text:
                # regrouped meanwhile, or gone: nothing was decided
                with self.told.lock:
                    self.told.refusals[f"merge: {tell_refusal(answer)}"[:160]] += 1
                return None
            self.told.found_kept += 1
        return Word(mark, "merged", (*kept["claim_ids"], *other["claim_ids"]))

    def _acknowledge(self, caller: Caller, dice: random.Random, mark: str) -> Word | None:
        found = caller.ask("GET", "/api/alerts?state=firing")
        alerts = found.json().get("alerts", []) if found is not None and found.status_code == 200 else []
        with self.told.lock:
            touched = {t for word in self.told.words for t in word.targets}
        free = [a for a in alerts if a["id"] not in touched]
        if not free:
            return None
        id_ = dice.choice(free)["id"]
        answer = caller.ask("POST", f"/api/alerts/{id_}/state", {"state": "acknowledged", "note": mark})
        if answer is None:
            return None
        if answer.status_code != 200:
            raise ValueError(f"acknowledgement of {id_} answered {tell_refusal(answer)}")
        return Word(mark, "acknowledged", (id_,))


_SAYING: dict[Kind, Any] = {
    "changed": lambda c, *given: c._speak_of_claim("changed", *given),
    "accepted": lambda c, *given: c._speak_of_claim("accepted", *given),
    "rejected": lambda c, *given: c._speak_of_claim("rejected", *given),
    "added": Clients._add,
    "retracted": Clients._retract,
    "merged": Clients._merge,
    "acknowledged": Clients._acknowledge,
}
