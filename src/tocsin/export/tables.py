"""Tables of records: one row for each record, in the order given; the same rows as CSV, JSON Lines and Parquet.

As CSV: UTF-8, RFC 4180, a head, CR LF. An empty cell is what is not known; lists stand in one cell with " | "
between their members, empty where a member is not known. Times are ISO 8601 in UTC. Text that a spreadsheet would run
as a formula has an apostrophe before it. As JSON Lines and Parquet: null, lists and text as they are.

`tlp` is the marking that travels with each row, `exercise` is EXERCISE or empty, `footnote` the key of the naming
footnote of the row's place and `footnote_text`, last, its words. The argument `footnotes` gives the words by key;
without it they are those of the bundled knowledge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from tocsin.export import columns
from tocsin.export.fields import (
    Fields,
    add_footnote_text,
    list_alert_fields,
    list_article_fields,
    list_claim_fields,
    list_incident_fields,
    list_tension_fields,
)
from tocsin.export.footnotes import load_footnotes
from tocsin.export.table import Table
from tocsin.records import Alert, Article, Claim, Incident, Tension

TLP = "TLP:AMBER"
Texts = Mapping[str, str]
#: Whether the id of a place stays here.
IsWithheld = Callable[[str], bool]


def incidents_to_csv(incidents: Iterable[Incident], *, tlp: str = TLP, footnotes: Texts | None = None) -> Iterator[str]:
    """Lines of a table of incidents.

    id, exercise, tlp
    type, mode, modality, certainty, background             the codebook's
    state                                                   reported, disputed, denied, planned or retracted
    date_start, date_end, date_precision                    inclusive days; empty where the claims give none
    reported_at                                             when its first article was published: never its date
    place, place_as_written, place_precision, country       the name by policy, and as the article has it
    lat, lon                                                WGS 84; only for a site or settlement, never a centroid
    place_id, footnote, within                              gazetteer ids of the place and of the areas around it
    actors, actor_countries, actor_sectors                  lists of the same length; likewise:
    recipients, recipient_countries, recipient_sectors
    origins, outlet_ids                                     independent beginnings; who carried it
    claim_ids, credibilities                                what opens its evidence; 1-6 for each of them
    killed_low, killed_best, killed_high                    the range of its claims and the figure used; likewise:
    injured_low, injured_best, injured_high, arrested_low, arrested_best, arrested_high, abducted_low, abducted_best,
    abducted_high, displaced_low, displaced_best, displaced_high, participants_low, participants_best,
    participants_high, vehicles_low, vehicles_best, vehicles_high, weapons_low, weapons_best, weapons_high
    reasons                                                 why it is dated, placed and graded so
    footnote_text
    """
    return tabulate_incidents(incidents, tlp=tlp, footnotes=footnotes).to_csv()


def claims_to_csv(
    claims: Iterable[Claim], articles: Mapping[str, Article], *, tlp: str = TLP, footnotes: Texts | None = None
) -> Iterator[str]:
    """Lines of a table of claims; `articles` are theirs by id: they say who published, and what is of the exercise.

    id, exercise, tlp, article_id
    outlet_id, outlet, title, url, published_at             of the article
    type, mode, modality, certainty, background, contexts   the codebook's
    actors, actor_countries, actor_sectors                  lists of the same length; likewise:
    recipients, recipient_countries, recipient_sectors
    speakers, speaker_kinds, cues                           who says so, outermost first; empty: the outlet itself
    date_start, date_end, date_precision                    inclusive days; empty where the text gives none
    place, place_as_written, place_precision, country       the name by policy, and as the article has it
    lat, lon                                                WGS 84; only for a site or settlement, never a centroid
    place_id, footnote, within                              gazetteer ids of the place and of the areas around it
    tolls                                                   "killed 2-5 soldiers"; "30+" where no top is given
    evidence, evidence_start, evidence_end                  the passage, and its code points in the article's text
    score, reader, reasons
    footnote_text
    """
    pairs = ((claim, articles[claim.article_id]) for claim in claims)
    return tabulate_claims(pairs, tlp=tlp, footnotes=footnotes).to_csv()


def articles_to_csv(articles: Iterable[Article], *, tlp: str = TLP) -> Iterator[str]:
    """Lines of a table of articles, without their texts, which are their outlets' own.

    id, exercise, tlp
    outlet_id, outlet, title, url
    published_at                                            empty where the page does not say
    taken_at                                                when this desk took it in
    language                                                ISO 639-1
    characters, digest                                      length of the text and its SHA-256
    fault                                                   why it could not be read
    """
    return tabulate_articles(articles, tlp=tlp).to_csv()


def tensions_to_csv(
    tensions: Iterable[Tension],
    *,
    tlp: str = TLP,
    footnotes: Texts | None = None,
    footnote_keys: Mapping[str, str] | None = None,
) -> Iterator[str]:
    """Lines of a table of place-days; `footnote_keys` gives the footnote of a place by its id.

    place_id, place, footnote, day, exercise, tlp
    state                                                   "scored", or why there is no score
    hostile, cooperative, level                             sums of the day's weights; level is of seven days; empty
                                                            where the outlets were silent: nothing heard is no zero
    surprise, coverage                                      empty without a past to compare with
    announced                                               hostile acts planned or threatened, no part of level; empty
                                                            where the outlets were silent
    stage                                                   calm, watch, alert, crisis: how the place stands
    incident_ids                                            what was counted: what opens its evidence
    reasons
    footnote_text
    """
    return tabulate_tensions(tensions, tlp=tlp, footnotes=footnotes, footnote_keys=footnote_keys).to_csv()


def alerts_to_csv(
    alerts: Iterable[Alert],
    *,
    tlp: str = TLP,
    footnotes: Texts | None = None,
    footnote_keys: Mapping[str, str] | None = None,
) -> Iterator[str]:
    """Lines of a table of alerts; `footnote_keys` gives the footnote of a place by its id.

    id, exercise, tlp
    state, precedence, title, hypothesis
    place_id, place, footnote
    began_on, day                                           first and last day on which the rule held
    updated_at, rule, rule_version
    speaks                                                  for or against the hypothesis
    sets                                                    the rule sets that the rule stands in
    cleared_by                                              what would end it
    note                                                    what a person said of it
    incident_ids                                            what fired it: what opens its evidence
    reasons                                                 each condition with the values compared
    footnote_text
    """
    return tabulate_alerts(alerts, tlp=tlp, footnotes=footnotes, footnote_keys=footnote_keys).to_csv()


def tabulate_incidents(incidents: Iterable[Incident], *, tlp: str = TLP, footnotes: Texts | None = None) -> Table:
    """The rows of `incidents_to_csv`."""
    return _tabulate(columns.INCIDENTS, (list_incident_fields(incident, tlp) for incident in incidents), footnotes)


def tabulate_claims(
    claims: Iterable[tuple[Claim, Article]], *, tlp: str = TLP, footnotes: Texts | None = None
) -> Table:
    """The rows of `claims_to_csv`, each claim given with its article."""
    return _tabulate(columns.CLAIMS, (list_claim_fields(claim, owner, tlp) for claim, owner in claims), footnotes)


def tabulate_articles(articles: Iterable[Article], *, tlp: str = TLP) -> Table:
    """The rows of `articles_to_csv`."""
    return Table(columns.ARTICLES, (list_article_fields(article, tlp) for article in articles), columns.KINDS)


def tabulate_tensions(
    tensions: Iterable[Tension],
    *,
    tlp: str = TLP,
    footnotes: Texts | None = None,
    footnote_keys: Texts | None = None,
    is_withheld: IsWithheld = lambda _: False,
) -> Table:
    """The rows of `tensions_to_csv`; a place whose id is withheld is told by its name alone."""
    keys = footnote_keys or {}
    rows = ((t.place_id, list_tension_fields(t, keys.get(t.place_id), tlp)) for t in tensions)
    return _tabulate(columns.TENSIONS, _withhold_ids(rows, is_withheld), footnotes)


def tabulate_alerts(
    alerts: Iterable[Alert],
    *,
    tlp: str = TLP,
    footnotes: Texts | None = None,
    footnote_keys: Texts | None = None,
    is_withheld: IsWithheld = lambda _: False,
) -> Table:
    """The rows of `alerts_to_csv`; a place whose id is withheld is told by its name alone."""
    keys = footnote_keys or {}
    rows = ((a.place_id, list_alert_fields(a, keys.get(a.place_id), tlp)) for a in alerts)
    return _tabulate(columns.ALERTS, _withhold_ids(rows, is_withheld), footnotes)


def _withhold_ids(rows: Iterable[tuple[str, Fields]], is_withheld: IsWithheld) -> Iterator[Fields]:
    for place_id, fields in rows:
        yield fields | {"place_id": None} if is_withheld(place_id) else fields


def _tabulate(names: tuple[str, ...], rows: Iterable[Fields], footnotes: Texts | None) -> Table:
    words = load_footnotes() if footnotes is None else footnotes
    return Table(names, (add_footnote_text(row, words) for row in rows), columns.KINDS)
