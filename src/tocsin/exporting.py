"""What an export holds: the records that a filter chooses, in the form asked for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace

from tocsin import export
from tocsin.desk import Desk
from tocsin.errors import StoreError
from tocsin.places.naming import load_naming
from tocsin.records import Filter

FORMS = {
    "incidents": ("csv", "geojson"),
    "claims": ("csv", "geojson"),
    "articles": ("csv",),
    "tensions": ("csv",),
    "alerts": ("csv",),
}


def export_records(desk: Desk, what: str, form: str, wanted: Filter) -> Iterator[str]:
    """Stream the chosen records as text; raises StoreError for a kind or form there is not."""
    if what not in FORMS:
        raise StoreError("export", what, f"must be one of {', '.join(FORMS)}")
    if form not in FORMS[what]:
        raise StoreError(f"export of {what}", form, f"must be one of {', '.join(FORMS[what])}")
    store, tlp = desk.store, desk.settings.tlp
    naming = load_naming(desk.settings.naming_policy)
    match what, form:
        case "incidents", "csv":
            yield from export.incidents_to_csv(store.incidents(wanted), tlp=tlp)
        case "incidents", _:
            yield json.dumps(export.incidents_to_geojson(store.incidents(wanted), tlp=tlp), ensure_ascii=False)
        case "claims", _:
            claims = store.claims(wanted)
            articles = store.articles_by_id({claim.article_id for claim in claims})
            if form == "csv":
                yield from export.claims_to_csv(claims, articles, tlp=tlp)
            else:
                yield json.dumps(export.claims_to_geojson(claims, articles, tlp=tlp), ensure_ascii=False)
        case "articles", _:
            yield from export.articles_to_csv(store.articles(wanted), tlp=tlp)
        case "tensions", _:
            series = store.tensions(place_id=wanted.place_id, since=wanted.since, until=wanted.until)
            keys = _find_footnotes(desk, {t.place_id for t in series if not t.is_exercise})
            named = (replace(t, place_name=naming.name(t.place_id, t.place_name)) for t in series)
            yield from export.tensions_to_csv(named, tlp=tlp, footnote_keys=keys)
        case _:
            alerts = store.alerts()
            keys = _find_footnotes(desk, {a.place_id for a in alerts if not a.is_exercise})
            rung = (replace(a, place_name=naming.name(a.place_id, a.place_name)) for a in alerts)
            yield from export.alerts_to_csv(rung, tlp=tlp, footnote_keys=keys)


def _find_footnotes(desk: Desk, place_ids: Iterable[str]) -> dict[str, str]:
    """The naming footnote of each place that has one; the gazetteer is opened only where there is a place."""
    ids = sorted(place_ids)
    if not ids:
        return {}
    gazetteer = desk.knowledge().gazetteer
    rows = ((id_, gazetteer.row(id_)) for id_ in ids)
    keys = {id_: gazetteer.naming.footnote(row, gazetteer.within(id_)) for id_, row in rows if row}
    return {id_: key for id_, key in keys.items() if key}
