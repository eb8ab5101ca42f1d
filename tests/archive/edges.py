"""What stands at the archive's edge in its tests: records that need no model, some of them poisonous."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, cast

from tocsin.archive import Page, Versions
from tocsin.errors import IntakeError, ReaderUnavailableError, ReadingError
from tocsin.pipeline import Knowledge
from tocsin.records import Article, Findings, Outlet, article_id

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
VERSIONS = Versions("0.1", "1", "plain/1 abc", "p1", "w1")


class PoisonReader:
    """Finds nothing in any text; some words in it are its death."""

    version = "plain/1"

    def read_article(self, article: Article) -> Findings:
        """Ends its process, hangs, fails or is away, as the text says."""
        if "KILL" in article.text:
            os.kill(os.getpid(), signal.SIGKILL)
        if "HANG" in article.text:
            time.sleep(600)
        if "DEFECT" in article.text:
            raise ZeroDivisionError("a defect")
        if "FOREIGN" in article.text:
            raise ReadingError("article", article.id, "is not in English")
        if "AWAY" in article.text:
            raise ReaderUnavailableError("reader", "plain/1", "is away")
        return Findings(names=())


@dataclass(frozen=True)
class PlainEdge:
    """An edge whose articles are JSON objects with a text, and whose reader is `PoisonReader`."""

    made_with: Versions = VERSIONS
    most_bytes: int = 2_000

    def versions(self) -> Versions:
        """As given."""
        return self.made_with

    def knowledge(self) -> Knowledge:
        """A reader alone: it finds no places to look up."""
        return cast("Knowledge", Knowledge(PoisonReader(), *cast("tuple[Any, ...]", (None,) * 5)))

    def outlets(self) -> Mapping[str, Outlet]:
        """None are graded."""
        return {}

    def make_article(self, line: str, *, taken_at: datetime) -> Article:
        """An article from {"text": …, "published": …}."""
        try:
            given = json.loads(line)
        except ValueError as why:
            raise IntakeError("line", line[:60], "is not JSON") from why
        published = datetime.fromisoformat(given["published"]) if "published" in given else None
        id_ = article_id(given.get("outlet"), None, given["text"], published)
        return Article(id_, given["text"], taken_at, published_at=published)

    def make_from_page(self, page: Page, *, taken_at: datetime) -> Article:
        """An article from a page of plain text."""
        made = self.make_article(json.dumps({"text": page.body.decode()}), taken_at=taken_at)
        return replace(made, url=page.address)
