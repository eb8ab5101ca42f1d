"""Notices of the exercise's invented district, and servers on this machine that can be told to misbehave."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from tests.conftest import FixedClock
from tests.store.worlds import make_article, make_claim, make_incident, make_link
from tocsin.desk.marking import mark_record
from tocsin.notify import EmailChannel, WebhookChannel
from tocsin.ports import Derivation, Reading, Store
from tocsin.records import Incident, Notice, NoticeCause, NoticeLine, Outlet, make_id, notice_id, outlet_id
from tocsin.records.marking import Tlp
from tocsin.settings import Secret

#: The first call of many functions here loads a library, and the machine may be busy.
UNHURRIED = settings(deadline=None, max_examples=60)
NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
GROUP = make_id("grp", "peacekeeping", "overlay:orle-district")
SECRET = Secret("whsec_" + "dG9jc2luIGV4ZXJjaXNlIHNlY3JldCBrZXkgMzIgYnl0ZXM=")
DESK = "https://desk.example.org"
HOSTILE = '<script>alert("x")</script>\r\nBcc: all@example.org\r\n\r\n\x00\x1b[31m\u202egnp\ud800\uffff]]>&amp;'


def make_notice(number: int = 1, cause: NoticeCause = "fired", *, group: str = GROUP, **changes: Any) -> Notice:
    """A notice of a chain; `changes` gives further fields."""
    made = Notice(
        id=notice_id(group, number),
        group=group,
        number=number,
        previous=notice_id(group, number - 1) if number > 1 else None,
        cause=cause,
        alert_ids=(make_id("alt", group),),
        place_id="overlay:orle-district",
        place_name="Orle",
        precedence="IMMEDIATE",
        title="Forces moved, obstruction or violence, and a threat",
        hypothesis="EXERCISE: one side prepares to take the bridge",
        why_now="EXERCISE: three incidents from two origins within 24 hours",
        changes=() if number == 1 else ("2 further incidents",),
        lines=(
            NoticeLine(make_id("inc", "1"), "EXERCISE: villagers blocked the bridge at Orle, police said", is_new=True),
            NoticeLine(make_id("inc", "2"), "EXERCISE: a column left Valdena barracks, a resident said", is_new=True),
            NoticeLine(make_id("inc", "3"), "EXERCISE: the mayor threatened to close the road"),
        ),
        cleared_by="no such incident for 7 days",
        made_at=NOW + timedelta(minutes=number - 1),
    )
    return replace(made, **changes)


#: Any text at all, and texts that are more likely to break something.
hostile_texts = st.text(max_size=60) | st.just(HOSTILE) | st.text("<>&\"'\r\n\x00\x1b\u202e\ufffe]:;,", max_size=20)


@st.composite
def hostile_notices(draw: st.DrawFn) -> Notice:
    """Notices whose every text comes from outside."""
    lines = draw(st.lists(st.builds(NoticeLine, st.just("inc_a"), hostile_texts, st.booleans()), max_size=12))
    return make_notice(
        draw(st.integers(1, 4)),
        draw(st.sampled_from(["fired", "more-reports", "raised", "resolved", "retracted", "digest", "test"])),
        title=draw(hostile_texts),
        place_name=draw(hostile_texts),
        hypothesis=draw(hostile_texts),
        why_now=draw(hostile_texts),
        changes=tuple(draw(st.lists(hostile_texts, max_size=9))),
        lines=tuple(lines),
        cleared_by=draw(hostile_texts),
        assigned_to=draw(st.none() | hostile_texts),
        place_id=draw(hostile_texts),
        precedence=draw(st.sampled_from(["ROUTINE", "PRIORITY", "IMMEDIATE", "FLASH"])),
        is_exercise=draw(st.booleans()),
    )


@dataclass(frozen=True)
class Told:
    """An incident that a store holds, and what it stands on."""

    incident: Incident
    article_id: str
    outlet_id: str


def put_incident(store: Store, number: int = 0, outlet: str = "Orle Radio", **given: object) -> Told:
    """Let one article of an outlet tell an incident; `given` are fields of its claim."""
    article = make_article(number, outlet=outlet)
    claim = make_claim(article, **given)
    store.add_reading(Reading(article, (claim,), (), Outlet(outlet_id(outlet), outlet)))
    incident = make_incident([claim], article.shown_at)
    links = (make_link(claim, incident),)
    store.save_derivation(Derivation(incidents=(incident,), links=links, articles_derived=(article.id,)))
    return Told(incident, article.id, outlet_id(outlet))


def tell_of(*told: Told, number: int = 1, cause: NoticeCause = "fired", **changes: Any) -> Notice:
    """A notice that stands on some incidents, of which the first alone has a line."""
    ids = tuple(one.incident.id for one in told)
    line = NoticeLine(ids[0], "EXERCISE: a column left Valdena barracks, a resident said")
    return make_notice(number, cause, lines=(line,), incident_ids=ids, **changes)


def mark(store: Store, marked_id: str, tlp: Tlp | None) -> None:
    """Put a mark on an article or an outlet, as a person does."""
    mark_record(store, FixedClock(NOW), marked_id, tlp, who="ana")


#: Pieces of every word that `make_notice` and `tell_of` say beside ids, precedence, cause and time.
WORDS = (
    "Orle", "orle", "Forces", "obstruction", "bridge", "three incidents", "villagers", "police", "Valdena", "column",
    "mayor", "further", "7 days", "inc_", "Anna",
)  # fmt: skip


def make_email(port: int, **changes: Any) -> EmailChannel:
    """A channel to a mail server on this machine."""
    held: dict[str, Any] = {"security": "none", "timeout_seconds": 5.0} | changes
    return EmailChannel(
        name="watch-mail", host="localhost", port=port, sender="desk@desk.example.org",
        **{"recipients": ("watch@orle.example.org",)} | held,
    )  # fmt: skip


def make_webhook(address: str, **changes: Any) -> WebhookChannel:
    """A channel to a web server on this machine."""
    held: dict[str, Any] = {"allow_private": True, "timeout_seconds": 5.0} | changes
    return WebhookChannel(name="watch-hook", address=address, secret=SECRET, **held)


@dataclass
class Reply:
    """What the web server answers. `drip` seconds lie between two bytes of its head or `drips` of its body."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"{}"
    drip: float = 0.0
    is_silent: bool = False


@dataclass
class Hook:
    """A web server: what it answers, one after the other and the last for ever, and what it was sent."""

    address: str
    replies: list[Reply] = field(default_factory=lambda: [Reply()])
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def run_hook() -> Iterator[Hook]:
    """A web server on a free port."""
    stopping = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
            reply = hook.replies.pop(0) if len(hook.replies) > 1 else hook.replies[0]
            if reply.is_silent:
                stopping.wait(30)
                return
            lines = [f"HTTP/1.1 {reply.status} Some", f"Content-Length: {len(reply.body)}"]
            lines += [f"{name}: {value}" for name, value in reply.headers.items()]
            head = ("\r\n".join(lines) + "\r\n\r\n").encode()
            try:
                for byte in (head + reply.body) if reply.drip else ():
                    self.wfile.write(bytes([byte]))
                    if stopping.wait(reply.drip):
                        return
                if not reply.drip:
                    self.wfile.write(head + reply.body)
            except OSError:
                return  # the desk has hung up, as it should

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    hook = Hook(f"http://127.0.0.1:{server.server_port}/notices?key=hidden-in-the-query")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield hook
    finally:
        stopping.set()
        server.shutdown()
        thread.join()
        server.server_close()
