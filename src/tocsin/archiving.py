"""The archive's edge: the desk's own intake and knowledge, in the form in which they travel to workers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path

import tocsin
from tocsin.archive.ports import Page, Versions
from tocsin.desk.opening import find_home, load_knowledge
from tocsin.desk.remembering import GROUPING_DAYS
from tocsin.errors import IntakeError
from tocsin.intake import Options, read_bytes
from tocsin.intake.lines import read_lines
from tocsin.knowledge.plover import load_ontology
from tocsin.knowledge.weights import load_merge_weights
from tocsin.pipeline import Knowledge
from tocsin.records import Article, Outlet, from_json
from tocsin.settings import Settings

#: What lies on two sides of so long a silence is grouped apart, as a desk does that is handed both at once.
SILENCE_DAYS = 2 * GROUPING_DAYS


@dataclass(frozen=True)
class DeskEdge:
    """Intake and knowledge as a desk of these settings has them; every worker reads with one thread.

    outlets_file  JSON Lines of outlets with their grades and countries, or None
    is_exercise   with the invented names of the exercise, and all that is read marked as of the exercise
    """

    settings: Settings
    outlets_file: Path | None = None
    is_exercise: bool = False

    @property
    def most_bytes(self) -> int:
        """The largest record that is looked at: as large as the largest file of a desk."""
        return self.settings.max_file_bytes

    def versions(self) -> Versions:
        """What the results depend on; raises ReadingError for a model that cannot be used."""
        known = self.knowledge()
        status = known.gazetteer.status()
        places = json.dumps(
            [status[key] for key in ("schema", "inputs", "extra", "policy")], sort_keys=True, default=str
        )
        return Versions(
            tocsin=tocsin.__version__,
            codebook=load_ontology().version,
            model=f"{known.reader.version} {_digest_model(self.settings)}".strip(),
            places=hashlib.sha256(places.encode()).hexdigest()[:12],
            weights=load_merge_weights().version,
        )

    def knowledge(self) -> Knowledge:
        """Loaded once in a process and kept."""
        return _keep_knowledge(replace(self.settings, reader_threads=1), self.is_exercise)

    def outlets(self) -> Mapping[str, Outlet]:
        """By id; raises IntakeError where the file cannot be read."""
        return _load_outlets(self.outlets_file) if self.outlets_file else {}

    def make_article(self, line: str, *, taken_at: datetime) -> Article:
        """As a desk takes a line of a JSON Lines file."""
        found = next(
            read_lines(line, name="record", options=Options(), taken_at=taken_at, settings=self.settings), None
        )
        if not isinstance(found, Article):
            raise IntakeError("record", line[:60], found.why if found else "is empty")
        return replace(found, is_exercise=self.is_exercise)

    def make_from_page(self, page: Page, *, taken_at: datetime) -> Article:
        """As a desk takes what an address answers."""
        found = read_bytes(
            page.body,
            name=page.address,
            content_type=page.content_type,
            options=Options(url=page.address),
            taken_at=taken_at,
            settings=self.settings,
        )
        return replace(found, is_exercise=self.is_exercise)


@cache
def _keep_knowledge(settings: Settings, is_exercise: bool) -> Knowledge:
    return load_knowledge(settings, find_home(settings), is_exercise=is_exercise)


@cache
def _digest_model(settings: Settings) -> str:
    if settings.reader == "endpoint":
        return settings.endpoint_model or ""
    from tocsin.reading.encoder import MODEL_PATH

    with (settings.model or MODEL_PATH).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


@cache
def _load_outlets(path: Path) -> dict[str, Outlet]:
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as why:
        raise IntakeError("outlets", path, f"cannot be read ({why})") from why
    outlets = (from_json(Outlet, line) for line in lines if line.strip())
    return {outlet.id: outlet for outlet in outlets}
