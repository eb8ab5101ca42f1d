"""Filters that people keep: how a list offers them, reads them back, and writes their feeds' addresses."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from hmac import compare_digest
from urllib.parse import parse_qsl

from tocsin.desk import Desk
from tocsin.desk.accounts import find_door
from tocsin.errors import RecordError, TocsinError, UnknownIdError
from tocsin.ports import Store
from tocsin.records import digest_text
from tocsin.records.inbox import SavedFilter
from tocsin.web.asked import Asked
from tocsin.web.asking import parse_asked
from tocsin.web.inboxing import parse_inbox_asked
from tocsin.web.language import N_, _
from tocsin.web.windows import resolve_window

#: Where a filter may be opened: address, and what the link says.
SCREENS = (
    ("/inbox", N_("Inbox")), ("/incidents", N_("Incidents")), ("/map", N_("Map")), ("/articles", N_("Articles")),
)  # fmt: skip
_SECRET_BYTES = 24
#: The conditions of a filter in words; one that is not here stands under its own name.
_NAMES = {
    "since": N_("from"), "until": N_("to"), "last": N_("window"), "type": N_("type"), "place_id": N_("place"),
    "country": N_("country"), "actor": N_("party"), "by_party": N_("done by"), "to_party": N_("done to"),
    "counted": N_("counted as"), "realm": N_("realm"), "outlet_id": N_("outlet"), "certainty": N_("certainty"),
    "modality": N_("statement"), "query": N_("words"), "with_background": N_("with background"),
    "credibility": N_("credibility"), "reliability": N_("reliability"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kept:
    """A saved filter as a list shows it.

    is_mine   whether the person who looks may change it
    problem   why it cannot be used any more, or None
    count     how many incidents meet it now; None where it cannot be used, or was not counted
    is_current whether the list shows it now
    """

    saved: SavedFilter
    is_mine: bool
    problem: str | None = None
    count: int | None = None
    is_current: bool = False


def clean_query(given: str) -> str:
    """The conditions in a query string as a filter keeps them: no paging, no window of an inbox, no unknown names.

    Raises RecordError for a value that cannot be.
    """
    return parse_inbox_asked(given.strip().removeprefix("?")).asked.query()


def list_conditions(query: str) -> list[tuple[str, str]]:
    """Each condition of a filter: what it is about, and its value."""
    return [(_(_NAMES[name]) if name in _NAMES else name, value) for name, value in parse_qsl(query)]


def open_saved(store: Store, saved: SavedFilter) -> Asked:
    """What a saved filter asks for, its window resolved; raises RecordError where that cannot be read any more."""
    try:
        asked = parse_asked(dict(parse_qsl(saved.query)))
    except RecordError as why:
        raise RecordError("saved filter", saved.name, f"cannot be used any more ({why}): change or delete it") from why
    return resolve_window(store, asked)


def find_saved(store: Store, person: str, asked: Asked) -> list[Kept]:
    """The filters that a list offers a person, the one that it shows marked."""
    query = asked.query()
    found = store.saved_filters(person)
    return [Kept(s, s.person == person, is_current=bool(query) and s.query == query) for s in found]


def list_saved(desk: Desk, person: str) -> list[Kept]:
    """All filters that a person sees, each with how much meets it now."""
    kept = []
    for saved in desk.store.saved_filters(person):
        problem, count = None, None
        try:
            count = desk.store.count_incidents(open_saved(desk.store, saved).wanted)
        except TocsinError as why:
            problem = str(why)
        kept.append(Kept(saved, saved.person == person, problem, count))
    return kept


def find_own(store: Store, person: str, filter_id: str) -> SavedFilter:
    """A person's own filter; raises UnknownIdError for one that is not there, or not his to see or change."""
    saved = store.saved_filter(filter_id)
    if not saved.is_seen_by(person):
        raise UnknownIdError("saved filter", filter_id[:40], "is not in the store")
    if saved.person != person:
        raise RecordError("saved filter", saved.name, _("belongs to somebody else: save it under a name of your own"))
    return saved


def make_secret() -> tuple[str, str]:
    """A secret for a feed's address, and the digest that is kept of it."""
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    return secret, digest_text(secret)


def find_fed(desk: Desk, filter_id: str, secret: str) -> SavedFilter:
    """The filter of a feed's address; raises UnknownIdError alike for no filter, no feed and another secret.

    And where people sign in, for a filter whose owner may not: an address is not to outlive the account that made it.
    """
    saved: SavedFilter | None
    try:
        saved = desk.store.saved_filter(filter_id)
        if find_door(desk.settings, desk.store) == "closed" and desk.store.account_named(saved.person).disabled_at:
            saved = None
    except UnknownIdError:
        saved = None
    if saved is None or saved.feed_digest is None or not compare_digest(saved.feed_digest, digest_text(secret)):
        raise UnknownIdError("feed", filter_id[:40], "is not at this address; whose filter it is can make a new one")
    return saved
