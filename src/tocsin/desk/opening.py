"""Opening a desk: which files, which knowledge, which network."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tocsin.errors import ReaderUnavailableError, SettingError
from tocsin.pipeline import Knowledge
from tocsin.ports import Clock, Reader
from tocsin.records import Article, Findings
from tocsin.settings import Settings

if TYPE_CHECKING:
    from tocsin.desk.desk import Desk
    from tocsin.knowledge.parties import PartyName
    from tocsin.places import GazetteerRow

D = TypeVar("D", bound="Desk")


def find_home(settings: Settings) -> Path:
    """The folder of the desk's files, made if it is not there; raises SettingError where it cannot be."""
    import platformdirs

    home = settings.home or Path(platformdirs.user_data_dir("tocsin", appauthor=False))
    try:
        home.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as why:
        reason = getattr(why, "strerror", None) or why
        raise SettingError("home", home, f"cannot be made or used as a folder ({reason}); give another --home") from why
    return home


def load_knowledge(
    settings: Settings, home: Path, *, is_exercise: bool = False, reader: Reader | None = None
) -> Knowledge:
    """Reader, gazetteer, weights and rules; for the exercise with its invented places and parties added.

    `reader` stands in for the settings' own, which then is not loaded. A mission's own places belong to the desk
    and not to the exercise, which has its own.
    """
    from tocsin.desk.gazetteers import load_own_places
    from tocsin.knowledge.policy import load_alert_policy
    from tocsin.knowledge.rules import load_alert_rules
    from tocsin.knowledge.weights import load_merge_weights, load_tension_weights
    from tocsin.places import open_gazetteer

    places, parties = _exercise_names() if is_exercise else (load_own_places(settings, home), ())
    gazetteer = open_gazetteer(home, extra=places, policy=settings.naming_policy)
    reader = reader or _choose_reader(settings, parties)
    rules = tuple(r for r in load_alert_rules(settings.alert_rules) if set(r.sets) & set(settings.rule_sets))
    policy = load_alert_policy(settings.alert_policy)
    return Knowledge(reader, gazetteer, load_merge_weights(), load_tension_weights(), rules, policy)


def _choose_reader(settings: Settings, parties: Sequence[PartyName]) -> Reader:
    """The reader of the settings; `parties` are names that it cannot know beforehand."""
    if settings.reader == "endpoint":
        from tocsin.endpoint import open_endpoint

        return open_endpoint(settings, extra_parties=parties)
    from tocsin.reading import open_reader

    return open_reader(threads=settings.reader_threads, model=settings.model, extra_parties=parties)


def _exercise_names() -> tuple[tuple[GazetteerRow, ...], tuple[PartyName, ...]]:
    from tocsin.exercise import load_exercise

    crisis = load_exercise()
    return crisis.places, crisis.parties


class ReadElsewhere:
    """Stands where the reader would: this process loads none."""

    version = "elsewhere"

    def read_article(self, article: Article) -> Findings:
        """See `ports.Reader`."""
        raise ReaderUnavailableError("reader", article.id, "another process of this desk reads")


def make_desk(settings: Settings, *, clock: Clock | None = None) -> Desk:
    """A desk over the settings' files; nothing heavy is loaded before it is needed."""
    from tocsin.desk.desk import Desk

    return make_desk_of(Desk, settings, clock=clock)


def make_desk_of(kind: type[D], settings: Settings, *, clock: Clock | None = None, reader: Reader | None = None) -> D:
    """The same of another kind of desk; see `load_knowledge` for `reader`."""
    from tocsin.intake import GuardedFetcher
    from tocsin.store import open_store

    home = find_home(settings)
    store = open_store(settings.database or home / "desk.sqlite", decoded_bytes=settings.decoded_bytes)
    return kind(
        store,
        lambda is_exercise: load_knowledge(settings, home, is_exercise=is_exercise, reader=reader),
        lambda: GuardedFetcher(settings),
        settings=settings,
        clock=clock,
    )
