"""Exports: the records that a filter chooses, marked, in the form asked for.

What may be in one, and how it is coarsened for the public, `desk/export_rows.py` says.
"""

from __future__ import annotations

from collections.abc import Iterator

from tocsin import export
from tocsin.desk import Desk
from tocsin.desk.export_names import make_finder
from tocsin.desk.export_pages import list_pages
from tocsin.desk.export_rows import (
    Run,
    list_alerts,
    list_articles,
    list_backed,
    list_claims,
    list_incidents,
    list_tensions,
    make_withholder,
    tell_changes,
)
from tocsin.desk.export_series import read_alerts, read_tensions, refuse_idle_filters
from tocsin.desk.marking import find_forcing, refuse_laxer
from tocsin.errors import RecordError, StoreError
from tocsin.export.backing import BackedIncident
from tocsin.export.forms import ALL_FORMS, FORMS, Form
from tocsin.export.table import Table
from tocsin.records import Filter
from tocsin.records.marking import Marking, Tlp, is_laxer, is_public, parse_tlp

__all__ = ["FORMS", "Form", "export_bytes", "export_records", "find_form"]


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
    for backed in list_backed(Run(desk, wanted, tlp, is_public=is_public(tlp)), with_areas=False):
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


def _begin_run(desk: Desk, what: str, wanted: Filter, *, precise: bool, tlp: str) -> Run:
    chosen = choose_export_marking(desk, tlp)
    refuse_idle_filters(what, wanted)
    run = Run(desk, wanted, chosen, is_public=is_public(chosen) and not precise)
    if desk.store.has_markings():
        refuse_laxer(desk.store, chosen, _find_forcing(run, what))
    return run


def _find_forcing(run: Run, what: str) -> Marking | None:
    """The strictest mark of what an export holds, where it is stricter than the export's."""
    store, wanted, tlp = run.desk.store, run.wanted, run.tlp
    match what:
        case "incidents":
            ids = (i.id for page in list_pages(store.incidents, wanted) for i in page)
            return find_forcing(store, tlp, incident_ids=ids)
        case "claims":
            return find_forcing(
                store, tlp, article_ids=(c.article_id for p in list_pages(store.claims, wanted) for c in p)
            )
        case "articles":
            return find_forcing(store, tlp, article_ids=(a.id for p in list_pages(store.articles, wanted) for a in p))
        case "tensions":
            return find_forcing(
                store, tlp, incident_ids=(id_ for t in read_tensions(store, wanted) for id_ in t.incident_ids)
            )
        case _:
            return find_forcing(
                store, tlp, incident_ids=(id_ for a in read_alerts(store, wanted) for id_ in a.incident_ids)
            )


def _write_text(run: Run, what: str, form: Form, *, header: bool) -> Iterator[str]:
    match form.writing:
        case "csv":
            return _make_table(run, what, form).to_csv()
        case "jsonl":
            return _make_table(run, what, form).to_lines()
        case "geojson":
            return export.write_features(_make_table(run, what, form).rows, run.tlp)
        case "kml":
            return export.incidents_to_kml(list_incidents(run), tlp=run.tlp)
        case "stix":
            changed = tell_changes(run.desk, list_backed(run))
            return export.incidents_to_stix(changed, tlp=run.tlp, find_area=make_finder(run.desk))
        case _:
            finder = make_finder(run.desk)
            return export.incidents_to_gdelt(list_backed(run), tlp=run.tlp, find_area=finder, header=header)


def _make_table(run: Run, what: str, form: Form) -> Table:
    match what, form.shape:
        case "incidents", "own":
            return export.tabulate_incidents(list_incidents(run), tlp=run.tlp)
        case "incidents", "acled":
            return export.tabulate_acled(list_backed(run), tlp=run.tlp, find_area=make_finder(run.desk))
        case "incidents", _:
            return export.tabulate_ged(list_backed(run), tlp=run.tlp, find_area=make_finder(run.desk))
        case "claims", "own":
            return export.tabulate_claims(((b.claim, b.article) for b in list_claims(run)), tlp=run.tlp)
        case "claims", _:
            return export.tabulate_polecat(list_claims(run), tlp=run.tlp, find_area=make_finder(run.desk))
        case "articles", _:
            return export.tabulate_articles(list_articles(run), tlp=run.tlp)
        case "tensions", _:
            tensions, keys = list_tensions(run)
            return export.tabulate_tensions(tensions, tlp=run.tlp, footnote_keys=keys, is_withheld=make_withholder(run))
        case _:
            alerts, keys = list_alerts(run)
            return export.tabulate_alerts(alerts, tlp=run.tlp, footnote_keys=keys, is_withheld=make_withholder(run))
