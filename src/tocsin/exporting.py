"""What an export holds: the records that a filter chooses, in the form asked for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from tocsin import export
from tocsin.desk import Desk
from tocsin.errors import StoreError
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
            yield from export.tensions_to_csv(series, tlp=tlp, footnote_keys=keys)
        case _:
            alerts = store.alerts()
            keys = _find_footnotes(desk, {a.place_id for a in alerts if not a.is_exercise})
            yield from export.alerts_to_csv(alerts, tlp=tlp, footnote_keys=keys)


def _find_footnotes(desk: Desk, place_ids: Iterable[str]) -> dict[str, str]:
    """The naming footnote of each place that has one; the gazetteer is opened only where there is a place."""
    ids = sorted(place_ids)
    if not ids:
        return {}
    gazetteer = desk.knowledge().gazetteer
    rows = ((id_, gazetteer.row(id_)) for id_ in ids)
    keys = {id_: gazetteer.naming.footnote(row) for id_, row in rows if row}
    return {id_: key for id_, key in keys.items() if key}
