"""The records of one export, made fit for its marking: as the desk holds them, or coarsened for the public.

Names are found in a first reading of everything and left out in the second, so that one withheld in a row is withheld
in all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from tocsin import export
from tocsin.desk import Desk
from tocsin.desk.export_names import find_footnotes, load_lexicon, make_finder
from tocsin.desk.export_pages import PAGE, list_pages
from tocsin.desk.export_series import read_alerts, read_tensions
from tocsin.export.backing import BackedClaim, BackedIncident
from tocsin.export.withheld import join_names
from tocsin.places.naming import load_naming
from tocsin.records import Alert, Article, Claim, Filter, Incident, Tension

if TYPE_CHECKING:
    from tocsin.export.withheld import WithheldNames

T = TypeVar("T", Tension, Alert)
#: Articles whose names are kept for the second reading: some 1 kB each.
MOST_KEPT = 50_000


@dataclass(frozen=True, slots=True)
class Run:
    """One export: where from, what of it, how it is marked, and whether it is coarsened for the public.

    names  what was found to be withheld by article, kept from the first reading to the second, MOST_KEPT at most
    """

    desk: Desk
    wanted: Filter
    tlp: str
    is_public: bool
    names: dict[str, WithheldNames] = field(default_factory=dict)


def list_incidents(run: Run) -> Iterator[Incident]:
    """The incidents of the filter alone, for forms that show nothing else of them."""
    if run.is_public:
        yield from (backed.incident for backed in list_backed(run, with_claims=False))
    else:
        for page in list_pages(run.desk.store.incidents, run.wanted):
            yield from page


def list_backed(run: Run, *, with_claims: bool = True, with_areas: bool = True) -> Iterator[BackedIncident]:
    """The incidents of the filter with their claims and articles, coarsened where they go to the public.

    Without claims they only say whose names are to be withheld; without areas a site may bear the id of its village.
    """
    store = run.desk.store

    def read_pages() -> Iterator[tuple[list[Incident], dict[str, Claim], dict[str, Article]]]:
        for page in list_pages(store.incidents, run.wanted):
            claims = store.claims_by_id({id_ for incident in page for id_ in incident.claim_ids})
            yield page, claims, store.articles_by_id({claim.article_id for claim in claims.values()})

    shared = _share_names(run, (articles for _, _, articles in read_pages())) if run.is_public else None
    find_area = make_finder(run.desk) if run.is_public and with_areas else None
    for page, claims, articles in read_pages():
        names = _find_names(run, articles, shared)
        for incident in page:
            its = tuple(claims[id_] for id_ in incident.claim_ids if id_ in claims)
            owners = {c.article_id: articles[c.article_id] for c in its if c.article_id in articles}
            backed = BackedIncident(incident, its if with_claims else (), owners)
            yield export.coarsen_backed(backed, names, find_area) if names is not None else backed


def coarsen_held(desk: Desk, held: Sequence[Incident]) -> dict[str, tuple[Incident, WithheldNames]]:
    """These incidents for the public by their ids, each with the names that are withheld in what tells of it."""
    run = Run(desk, Filter(), "TLP:CLEAR", is_public=True)
    claims = desk.store.claims_by_id({id_ for incident in held for id_ in incident.claim_ids})
    articles = desk.store.articles_by_id({claim.article_id for claim in claims.values()})
    names = _find_names(run, articles, _share_names(run, [articles])) or {}
    told = {}
    for incident in held:
        its = [claims[id_] for id_ in incident.claim_ids if id_ in claims]
        found = [names[id_] for id_ in dict.fromkeys(claim.article_id for claim in its) if id_ in names]
        joined = join_names(found) if found else export.find_withheld_names(its, [incident])
        told[incident.id] = (export.coarsen_incident(incident, joined), joined)
    return told


def tell_changes(desk: Desk, incidents: Iterable[BackedIncident]) -> Iterator[BackedIncident]:
    """The incidents with when a person or a decision last changed what each is made of, read a page at a time."""
    given = iter(incidents)
    while page := list(islice(given, PAGE)):
        ids = [id_ for backed in page for id_ in backed.incident.claim_ids]
        links, said = desk.store.newest_links(ids), desk.store.corrections(ids)
        owners = {id_ for backed in page for id_ in backed.articles}
        withdrawn = desk.store.withdrawals(owners, with_reinstated=True)
        for backed in page:
            claim_ids = backed.incident.claim_ids
            moments = [links[id_].made_at for id_ in claim_ids if id_ in links]
            moments += [correction.made_at for id_ in claim_ids for correction in said.get(id_, ())]
            moments += [withdrawn[id_].made_at for id_ in backed.articles if id_ in withdrawn]
            yield replace(backed, changed_at=max(moments, default=None))


def list_claims(run: Run) -> Iterator[BackedClaim]:
    """The claims of the filter with their articles, coarsened where they go to the public."""
    store = run.desk.store

    def read_pages() -> Iterator[tuple[list[Claim], dict[str, Article]]]:
        for page in list_pages(store.claims, run.wanted):
            yield page, store.articles_by_id({claim.article_id for claim in page})

    shared = _share_names(run, (articles for _, articles in read_pages())) if run.is_public else None
    find_area = make_finder(run.desk) if run.is_public else None
    for page, articles in read_pages():
        names = _find_names(run, articles, shared)
        if names is not None:
            articles = {id_: export.coarsen_article(article, names[id_]) for id_, article in articles.items()}
        for claim in page:
            told = claim if names is None else export.coarsen_claim(claim, names[claim.article_id], find_area)
            yield BackedClaim(told, articles[claim.article_id])


def list_articles(run: Run) -> Iterator[Article]:
    """The articles of the filter, coarsened where they go to the public."""

    def read_pages() -> Iterator[dict[str, Article]]:
        for page in list_pages(run.desk.store.articles, run.wanted):
            yield {article.id: article for article in page}

    shared = _share_names(run, read_pages()) if run.is_public else None
    for articles in read_pages():
        names = _find_names(run, articles, shared)
        for id_, article in articles.items():
            yield article if names is None else export.coarsen_article(article, names[id_])


def _share_names(run: Run, pages: Iterable[dict[str, Article]]) -> export.NameIndex:
    """The names that anything in the export withholds: one left out here is left out there too."""
    return export.share_names(held for articles in pages for held in (_find_names(run, articles, None) or {}).values())


def _find_names(
    run: Run, articles: dict[str, Article], shared: export.NameIndex | None
) -> dict[str, WithheldNames] | None:
    """The names to withhold by article: those in all claims of an article, asked for or not; None where none are."""
    if not run.is_public:
        return None
    unread = [id_ for id_ in articles if id_ not in run.names]
    claims: dict[str, list[Claim]] = {id_: [] for id_ in unread}
    # one that was rejected still names somebody, and its incident stays in exports as retracted
    for claim in run.desk.store.claims_of_articles(unread, with_rejected=True):
        claims[claim.article_id].append(claim)
    found = {id_: run.names[id_] for id_ in articles if id_ in run.names}
    for id_, of_it in claims.items():
        headlines = [title] if (title := articles[id_].title) else []
        lexicon = load_lexicon(articles[id_].is_exercise)
        found[id_] = export.find_withheld_names(of_it, headlines=headlines, lexicon=lexicon)
        if len(run.names) < MOST_KEPT:
            run.names[id_] = found[id_]
    return {id_: replace(names, shared=shared) for id_, names in found.items()}


def list_tensions(run: Run) -> tuple[Iterable[Tension], dict[str, str]]:
    """The place-days of the filter under the desk's naming policy, and the naming footnotes of their places by id.

    Those of sectors that the desk has drawn itself do not go to the public.
    """
    naming, series = load_naming(run.desk.settings.naming_policy), read_tensions(run.desk.store, run.wanted)
    keys = find_footnotes(run.desk, {t.place_id for t in series if not t.is_exercise})
    told = _leave_out_drawn(run, series)
    return (replace(t, place_name=naming.name(t.place_id, t.place_name)) for t in told), keys


def list_alerts(run: Run) -> tuple[Iterable[Alert], dict[str, str]]:
    """The alerts of the filter, likewise; without the notes of who works at the desk where they go to the public."""
    naming, alerts = load_naming(run.desk.settings.naming_policy), read_alerts(run.desk.store, run.wanted)
    keys = find_footnotes(run.desk, {a.place_id for a in alerts if not a.is_exercise})
    rung = (replace(a, place_name=naming.name(a.place_id, a.place_name)) for a in _leave_out_drawn(run, alerts))
    return (export.coarsen_alert(a) if run.is_public else a for a in rung), keys


def make_withholder(run: Run) -> Callable[[str], bool]:
    """Whether the id of a place stays here: of exact places, where an export goes to the public."""
    if not run.is_public:
        return lambda _: False
    return partial(export.is_exact, find_area=make_finder(run.desk))


def _leave_out_drawn(run: Run, held: Iterable[T]) -> Iterable[T]:
    if not run.is_public:
        return held
    find_area = make_finder(run.desk)
    return (one for one in held if not export.is_drawn(one.place_id, find_area))
