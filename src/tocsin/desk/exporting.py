"""What an export holds: the records that a filter chooses, made fit for their marking, in the form asked for.

Records are read and written a page at a time, so that an export of everything needs no more memory than a page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from tocsin import export
from tocsin.desk import Desk
from tocsin.desk.export_names import find_footnotes, load_lexicon, make_finder
from tocsin.desk.export_series import read_alerts, read_tensions, refuse_idle_filters
from tocsin.desk.marking import find_forcing, refuse_laxer
from tocsin.errors import RecordError, StoreError
from tocsin.export.backing import BackedClaim, BackedIncident
from tocsin.export.forms import ALL_FORMS, FORMS, Form
from tocsin.export.table import Table
from tocsin.places.naming import load_naming
from tocsin.records import Alert, Article, Claim, Filter, Incident, Tension
from tocsin.records.marking import Marking, Tlp, is_laxer, parse_tlp

if TYPE_CHECKING:
    from tocsin.export.withheld import WithheldNames

__all__ = ["FORMS", "Form", "export_bytes", "export_records", "find_form"]

T = TypeVar("T", Incident, Claim, Article)
PAGE = 500
#: Articles whose names are kept for the second reading: some 1 kB each.
MOST_KEPT = 50_000
#: So many records of the page before are read again: if some went meanwhile, none of the next is passed over.
_OVERLAP = 50


def find_form(what: str, form: str) -> Form:
    """The form by its name; raises StoreError for a kind or form there is not."""
    if what not in FORMS:
        raise StoreError("export", what, f"must be one of {', '.join(FORMS)}")
    if form not in FORMS[what]:
        raise StoreError(f"export of {what}", form, f"must be one of {', '.join(FORMS[what])}")
    return ALL_FORMS[form]


def export_bytes(
    desk: Desk, what: str, form: str, wanted: Filter, *, precise: bool = False, header: bool = False, tlp: str = ""
) -> Iterator[bytes]:
    """Stream the chosen records as the bytes of a file, whatever the form.

    precise keeps persons' names and exact points in what is TLP:CLEAR or TLP:GREEN: a person decides that.
    header  puts column names over GDELT's table, which has none of its own.
    tlp     marks the export; empty: as the desk is set. It may not be laxer than that.
    Raises, with the first piece, StoreError for a kind or form there is not, and RecordError for a marking that is
    laxer than the desk's or than that of anything in the export.
    """
    chosen = find_form(what, form)
    run = _begin_run(desk, what, wanted, precise=precise, tlp=tlp)
    if chosen.is_binary:
        yield from _make_table(run, what, chosen).to_parquet()
    else:
        for piece in _write_text(run, what, chosen, header=header):
            yield piece.encode("utf-8", "replace")


def export_records(
    desk: Desk, what: str, form: str, wanted: Filter, *, precise: bool = False, header: bool = False, tlp: str = ""
) -> Iterator[str]:
    """The same as text, for forms that are text; raises StoreError for one that is not."""
    chosen = find_form(what, form)
    if chosen.is_binary:
        raise StoreError(f"export of {what}", form, "is no text: it can only be written to a file, as bytes")
    run = _begin_run(desk, what, wanted, precise=precise, tlp=tlp)
    yield from _write_text(run, what, chosen, header=header)


def list_fit_incidents(desk: Desk, wanted: Filter) -> Iterator[BackedIncident]:
    """The incidents of a filter with their claims and articles, as an export would give them: fit for the marking.

    Those of which anything bears a stricter mark than the desk's are left out: whoever follows a feed cannot be asked.
    """
    tlp = desk.settings.tlp
    # a feed tells places by their names: which district has which id is not asked, and no gazetteer opened for it
    for backed in _list_backed(_Run(desk, wanted, tlp, is_public=export.is_public(tlp)), with_areas=False):
        if find_forcing(desk.store, tlp, incident_ids=[backed.incident.id]) is None:
            yield backed


def choose_export_marking(desk: Desk, tlp: str) -> Tlp:
    """How an export is marked: as asked, or as the desk is set; raises RecordError for one that is laxer than that."""
    least = parse_tlp(desk.settings.tlp)
    chosen = parse_tlp(tlp) if tlp.strip() else least
    if is_laxer(chosen, least):
        raise RecordError("marking", chosen, f"must be {least}, as the desk is set, or stricter")
    return chosen


def refuse_lax_incidents(desk: Desk, wanted: Filter, tlp: str) -> Tlp:
    """How what is made of a filter's incidents is marked; raises RecordError as an export of them does."""
    return parse_tlp(_begin_run(desk, "incidents", wanted, precise=False, tlp=tlp).tlp)


def _begin_run(desk: Desk, what: str, wanted: Filter, *, precise: bool, tlp: str) -> _Run:
    chosen = choose_export_marking(desk, tlp)
    refuse_idle_filters(what, wanted)
    run = _Run(desk, wanted, chosen, is_public=export.is_public(chosen) and not precise)
    if desk.store.has_markings():
        refuse_laxer(desk.store, chosen, _find_forcing(run, what))
    return run


def _find_forcing(run: _Run, what: str) -> Marking | None:
    """The strictest mark of what an export holds, where it is stricter than the export's."""
    store, wanted, tlp = run.desk.store, run.wanted, run.tlp
    match what:
        case "incidents":
            ids = (i.id for page in _list_pages(store.incidents, wanted) for i in page)
            return find_forcing(store, tlp, incident_ids=ids)
        case "claims":
            return find_forcing(
                store, tlp, article_ids=(c.article_id for p in _list_pages(store.claims, wanted) for c in p)
            )
        case "articles":
            return find_forcing(store, tlp, article_ids=(a.id for p in _list_pages(store.articles, wanted) for a in p))
        case "tensions":
            return find_forcing(
                store, tlp, incident_ids=(id_ for t in read_tensions(store, wanted) for id_ in t.incident_ids)
            )
        case _:
            return find_forcing(
                store, tlp, incident_ids=(id_ for a in read_alerts(store, wanted) for id_ in a.incident_ids)
            )


@dataclass(frozen=True, slots=True)
class _Run:
    """One export: where from, what of it, how it is marked, and whether it is coarsened for the public.

    names  what was found to be withheld by article, kept from the first reading to the second, MOST_KEPT at most
    """

    desk: Desk
    wanted: Filter
    tlp: str
    is_public: bool
    names: dict[str, WithheldNames] = field(default_factory=dict)


def _write_text(run: _Run, what: str, form: Form, *, header: bool) -> Iterator[str]:
    match form.writing:
        case "csv":
            return _make_table(run, what, form).to_csv()
        case "jsonl":
            return _make_table(run, what, form).to_lines()
        case "geojson":
            return export.write_features(_make_table(run, what, form).rows, run.tlp)
        case "kml":
            return export.incidents_to_kml(_list_incidents(run), tlp=run.tlp)
        case "stix":
            changed = _tell_changes(run.desk, _list_backed(run))
            return export.incidents_to_stix(changed, tlp=run.tlp, find_area=make_finder(run.desk))
        case _:
            finder = make_finder(run.desk)
            return export.incidents_to_gdelt(_list_backed(run), tlp=run.tlp, find_area=finder, header=header)


def _make_table(run: _Run, what: str, form: Form) -> Table:
    match what, form.shape:
        case "incidents", "own":
            return export.tabulate_incidents(_list_incidents(run), tlp=run.tlp)
        case "incidents", "acled":
            return export.tabulate_acled(_list_backed(run), tlp=run.tlp, find_area=make_finder(run.desk))
        case "incidents", _:
            return export.tabulate_ged(_list_backed(run), tlp=run.tlp, find_area=make_finder(run.desk))
        case "claims", "own":
            return export.tabulate_claims(((b.claim, b.article) for b in _list_claims(run)), tlp=run.tlp)
        case "claims", _:
            return export.tabulate_polecat(_list_claims(run), tlp=run.tlp, find_area=make_finder(run.desk))
        case "articles", _:
            return export.tabulate_articles(_list_articles(run), tlp=run.tlp)
        case "tensions", _:
            tensions, keys = _list_tensions(run)
            return export.tabulate_tensions(tensions, tlp=run.tlp, footnote_keys=keys)
        case _:
            alerts, keys = _list_alerts(run)
            return export.tabulate_alerts(alerts, tlp=run.tlp, footnote_keys=keys)


def _list_incidents(run: _Run) -> Iterator[Incident]:
    """The incidents of the filter alone, for forms that show nothing else of them."""
    if run.is_public:
        yield from (backed.incident for backed in _list_backed(run, with_claims=False))
    else:
        for page in _list_pages(run.desk.store.incidents, run.wanted):
            yield from page


def _list_backed(run: _Run, *, with_claims: bool = True, with_areas: bool = True) -> Iterator[BackedIncident]:
    """The incidents of the filter with their claims and articles, coarsened where they go to the public.

    Without claims they only say whose names are to be withheld; without areas a site may bear the id of its village.
    """
    store = run.desk.store

    def list_pages() -> Iterator[tuple[list[Incident], dict[str, Claim], dict[str, Article]]]:
        for page in _list_pages(store.incidents, run.wanted):
            claims = store.claims_by_id({id_ for incident in page for id_ in incident.claim_ids})
            yield page, claims, store.articles_by_id({claim.article_id for claim in claims.values()})

    shared = _share_names(run, (articles for _, _, articles in list_pages())) if run.is_public else None
    find_area = make_finder(run.desk) if run.is_public and with_areas else None
    for page, claims, articles in list_pages():
        names = _find_names(run, articles, shared)
        for incident in page:
            its = tuple(claims[id_] for id_ in incident.claim_ids if id_ in claims)
            owners = {c.article_id: articles[c.article_id] for c in its if c.article_id in articles}
            backed = BackedIncident(incident, its if with_claims else (), owners)
            yield export.coarsen_backed(backed, names, find_area) if names is not None else backed


def _tell_changes(desk: Desk, incidents: Iterable[BackedIncident]) -> Iterator[BackedIncident]:
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


def _list_claims(run: _Run) -> Iterator[BackedClaim]:
    store = run.desk.store

    def list_pages() -> Iterator[tuple[list[Claim], dict[str, Article]]]:
        for page in _list_pages(store.claims, run.wanted):
            yield page, store.articles_by_id({claim.article_id for claim in page})

    shared = _share_names(run, (articles for _, articles in list_pages())) if run.is_public else None
    find_area = make_finder(run.desk) if run.is_public else None
    for page, articles in list_pages():
        names = _find_names(run, articles, shared)
        if names is not None:
            articles = {id_: export.coarsen_article(article, names[id_]) for id_, article in articles.items()}
        for claim in page:
            told = claim if names is None else export.coarsen_claim(claim, names[claim.article_id], find_area)
            yield BackedClaim(told, articles[claim.article_id])


def _list_articles(run: _Run) -> Iterator[Article]:
    def list_pages() -> Iterator[dict[str, Article]]:
        for page in _list_pages(run.desk.store.articles, run.wanted):
            yield {article.id: article for article in page}

    shared = _share_names(run, list_pages()) if run.is_public else None
    for articles in list_pages():
        names = _find_names(run, articles, shared)
        for id_, article in articles.items():
            yield article if names is None else export.coarsen_article(article, names[id_])


def _share_names(run: _Run, pages: Iterable[dict[str, Article]]) -> export.NameIndex:
    """The names that anything in the export withholds: one left out here is left out there too."""
    return export.share_names(held for articles in pages for held in (_find_names(run, articles, None) or {}).values())


def _find_names(
    run: _Run, articles: dict[str, Article], shared: export.NameIndex | None
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


def _list_tensions(run: _Run) -> tuple[Iterable[Tension], dict[str, str]]:
    naming, series = load_naming(run.desk.settings.naming_policy), read_tensions(run.desk.store, run.wanted)
    keys = find_footnotes(run.desk, {t.place_id for t in series if not t.is_exercise})
    return (replace(t, place_name=naming.name(t.place_id, t.place_name)) for t in series), keys


def _list_alerts(run: _Run) -> tuple[Iterable[Alert], dict[str, str]]:
    naming, alerts = load_naming(run.desk.settings.naming_policy), read_alerts(run.desk.store, run.wanted)
    keys = find_footnotes(run.desk, {a.place_id for a in alerts if not a.is_exercise})
    rung = (replace(a, place_name=naming.name(a.place_id, a.place_name)) for a in alerts)
    return (export.coarsen_alert(a) if run.is_public else a for a in rung), keys


def _list_pages(read: Callable[[Filter], list[T]], wanted: Filter) -> Iterator[list[T]]:
    """What the filter chooses, a page at a time, each record once even if the desk takes things in meanwhile."""
    left = wanted.limit if wanted.limit > 0 else None
    seen: set[str] = set()
    offset = wanted.offset
    while left is None or left > 0:
        back = min(_OVERLAP, offset - wanted.offset)
        size = back + (PAGE if left is None else min(PAGE, left))
        page = read(replace(wanted, limit=size, offset=offset - back))
        # what stands before a record that is through already came in meanwhile: it is not of this export
        through = max((n for n, record in enumerate(page, 1) if record.id in seen), default=0)
        fresh = page[through:]
        if left is not None:
            fresh = fresh[:left]
            left -= len(fresh)
        seen.update(record.id for record in fresh)
        if fresh:
            yield fresh
        if len(page) < size:
            return
        offset += size - back
