"""A language model of our own making: a local server that answers as it is told, and notes what it was asked."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tocsin.endpoint.client import Endpoint
from tocsin.endpoint.naming import make_codes
from tocsin.endpoint.reader import EndpointReader
from tocsin.knowledge.parties import make_party_lexicon
from tocsin.records import Article, article_id
from tocsin.settings import Secret

KEY = "sk-ford-lantern-7741"
PUBLISHED = datetime(2031, 6, 18, 10, tzinfo=UTC)  # a Wednesday
TEXT = (
    "Ferry crews block the quay at Senn\n\n"
    "About 60 ferry workers blocked the quay at Senn on Tuesday, the harbour police said. “We will stay,” said the\n"
    "crews\u2019 speaker, Ilse Varn.\n\n"
    "Police have arrested three of the workers, according to Radio Ketter. The mayor is to meet the crews on Friday."
)


def make_article(text: str = TEXT, **given: Any) -> Article:
    fields: dict[str, Any] = {
        "title": text.split("\n", 1)[0][:80], "outlet_name": "Ketter Post", "published_at": PUBLISHED, "language": "en",
    } | given  # fmt: skip
    id_ = article_id(fields["outlet_name"], fields["title"], text, fields["published_at"])
    return Article(id=id_, text=text, taken_at=PUBLISHED, **fields)


def make_answer(**given: Any) -> dict[str, Any]:
    """A claim as a model would answer it, faultless but for what is given."""
    return {
        "evidence": "About 60 ferry workers blocked the quay at Senn on Tuesday",
        "trigger": "blocked",
        "type": "PROTEST",
        "mode": "obstruct",
        "contexts": ["labor"],
        "actor": [{"text": "About 60 ferry workers", "country": None, "sector": None}],
        "recipient": [],
        "modality": "actual",
        "certainty": "asserted",
        "background": False,
        "attribution": [{"speaker": "the harbour police", "kind": "force", "cue": "said"}],
        "date": {"words": "on Tuesday", "start": "2031-06-17", "end": "2031-06-17", "precision": "day"},
        "place": "the quay at Senn",
        "tolls": [{"words": "About 60 ferry workers", "kind": "participants", "low": 60, "high": 60, "whom": None}],
    } | given


ARREST = make_answer(
    evidence="Police have arrested three of the workers, according to Radio Ketter.",
    trigger="arrested",
    type="COERCE",
    mode="arrest",
    contexts=[],
    actor=[{"text": "Police", "country": None, "sector": "COP"}],
    recipient=[{"text": "three of the workers", "country": None, "sector": None}],
    attribution=[{"speaker": "Radio Ketter", "kind": "media", "cue": "according to"}],
    date=None,
    place=None,
    tolls=[{"words": "three of the workers", "kind": "arrested", "low": 3, "high": 3, "whom": "the workers"}],
)


def say(*claims: Any) -> str:
    return json.dumps({"claims": list(claims)}, ensure_ascii=False)


@dataclass(frozen=True)
class Reply:
    """One answer of the server: a status with a body as it stands, or the words of a model."""

    words: str | None = None
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    ending: str = "stop"
    wait: float = 0.0
    drip: float = 0.0
    cut: bool = False

    @property
    def payload(self) -> bytes:
        if self.words is None:
            return self.body
        message = {"role": "assistant", "content": self.words}
        return json.dumps({"choices": [{"message": message, "finish_reason": self.ending}]}).encode()


@dataclass
class Model:
    """The server's script: one reply after the other, the last one for ever; a function is asked for its reply."""

    address: str = ""
    replies: list[Reply | Callable[[dict[str, Any]], Reply]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def reply(self, *replies: Reply | Callable[[dict[str, Any]], Reply]) -> None:
        self.replies = list(replies)

    def next_reply(self, question: dict[str, Any]) -> Reply:
        chosen = self.replies[min(len(self.asked), len(self.replies)) - 1]
        return chosen if isinstance(chosen, Reply) else chosen(question)


@pytest.fixture
def model() -> Iterator[Model]:
    told = Model()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            told.asked.append(question | {"path": self.path})
            told.headers.append(dict(self.headers))
            reply = told.next_reply(question)
            told.closing.wait(reply.wait)
            with contextlib.suppress(OSError):  # the asker has gone, which is what some tests are about
                self._send(reply)

        def _send(self, reply: Reply) -> None:
            if reply.cut:
                self.connection.close()
                return
            payload = reply.payload
            self.send_response(reply.status)
            for name, value in ({"Content-Length": str(len(payload))} | reply.headers).items():
                self.send_header(name, value)
            self.end_headers()
            for at in range(0, len(payload), 16 if reply.drip else 65_536):
                self.wfile.write(payload[at : at + (16 if reply.drip else 65_536)])
                if told.closing.wait(reply.drip):
                    return

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    told.address = f"http://127.0.0.1:{server.server_port}/v1"
    yield told
    told.closing.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def make_reader(model: Model) -> Callable[..., EndpointReader]:
    """A reader that asks the server, with little patience."""

    def make(max_words: int = 900, max_parts: int = 40, **given: Any) -> EndpointReader:
        patient: dict[str, Any] = {"key": Secret(KEY), "timeout_seconds": 5.0, "first_wait": 0.01} | given
        address = patient.pop("address", model.address)
        endpoint = Endpoint(address, patient.pop("model", "small-model"), **patient)
        return EndpointReader(endpoint, make_codes(make_party_lexicon()), max_words=max_words, max_parts=max_parts)

    return make
