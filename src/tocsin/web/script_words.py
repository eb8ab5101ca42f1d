"""The words that scripts put on a page, handed to them in the language spoken now.

The scripts have the same table in English (`web/src/words.ts`; a test holds the two together), so that only a page in
another language carries it.
"""

from __future__ import annotations

import json
from functools import cache

from tocsin.web.language import DEFAULT_LANGUAGE, N_, NN_, _, current_language, ngettext, speak

SCRIPT_WORDS: dict[str, str] = {
    # keyboard, forms, theme
    "shortcuts": N_("Keyboard shortcuts"),
    "close": N_("Close"),
    "change-keys": N_("Change the keys"),
    "open-row": N_("Open the row"),
    "leave-field": N_("Leave a field"),
    "move-row": N_("Next, previous row (arrows too)"),
    "tick-row": N_("Tick the row"),
    "in-row": N_("%(deed)s: the row you are on"),
    "search": N_("Search"),
    "palette-key": N_("Pages, actions and search in one"),
    "this-list": N_("This list"),
    "go-to": N_("Go to %(page)s"),
    "copied": N_("Copied"),
    "not-copied": N_("Could not copy"),
    "theme-auto": N_("Theme: automatic"),
    "theme-light": N_("Theme: light"),
    "theme-dark": N_("Theme: dark"),
    # palette
    "palette": N_("Command palette"),
    "palette-field": N_("Search, or go to…"),
    "palette-label": N_("Search, or go to"),
    "palette-list": N_("Pages, actions and hits"),
    "searching": N_("Searching…"),
    "no-answer": N_("The search does not answer: %(why)s"),
    "search-all": N_("Search everything for “%(words)s”"),
    "saved-filters": N_("Saved filters"),
    "pages": N_("Pages"),
    "on-page": N_("On this page"),
    "places": N_("Places"),
    "incidents": N_("Incidents"),
    "claims": N_("Claims"),
    "articles": N_("Articles"),
    "all-places": N_("All %(count)s places"),
    "all-incidents": N_("All %(count)s incidents"),
    "all-claims": N_("All %(count)s claims"),
    "all-articles": N_("All %(count)s articles"),
    "take-in": N_("Take in a report"),
    "forecasts": N_("Forecasts"),
    "about": N_("About"),
    "api": N_("API reference"),
    # timeline
    "tension": N_("Tension by day"),
    "no-chart": N_("No chart: %(why)s"),
    "figures": N_("The figures"),
    "chart-label": N_("%(label)s: hostile weight upwards, cooperative weight downwards"),
    "day": N_("%(day)s %(month)s %(year)s"),
    "months": N_("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"),
    "not-scored": N_("not scored"),
    "not-scored-why": N_("not scored (%(state)s)"),
    "hostile": N_("hostile %(weight)s"),
    "cooperative": N_("cooperative %(weight)s"),
    "alert-rang": N_("%(precedence)s alert"),
    "no record": N_("no record"),
    "sources-silent": N_("sources-silent"),
    "too-little-history": N_("too-little-history"),
    # map
    "map-label": N_("Map of incidents. Arrow keys move, plus and minus zoom. The list of places follows."),
    "map-note": N_(
        "Boundaries: Natural Earth. Boundaries and names shown imply no endorsement; dashed lines are disputed. "
        "References to Kosovo are understood in the context of UN Security Council resolution 1244 (1999)."
    ),
    "map-name": N_("Map"),
    "zoom-in": N_("Zoom in"),
    "zoom-out": N_("Zoom out"),
    "show-all": N_("Show everything"),
    "toggle-note": N_("Show or hide the note on the map"),
    "map-fault": N_("The map cannot be drawn: %(why)s. The lists show the same incidents."),
    "streets": N_("Streets: %(credit)s."),
    "no-streets": N_("Streets are not shown. %(why)s"),
    "part-unread": N_("A part of the file cannot be read: %(why)s"),
    "uncredited": N_("made by somebody whom the file does not name"),
    "legend": N_("Legend"),
    "conflict": N_("conflict"),
    "cooperation": N_("cooperation"),
    "mixed": N_("both at one place"),
    "less-firm": N_("hedged or disputed"),
    "unrealised": N_("planned, conditional or denied"),
    "only-area": N_("known only by area"),
    "disputed-line": N_("disputed line"),
    "legend-note": N_(
        "Larger: more independent origins. A number: incidents. A second ring: several places near one another, "
        "never of two countries or regions."
    ),
    "list-of-places": N_("Places (%(number)s)"),
    "no-day": N_("day not given"),
    "unnamed-place": N_("unnamed place"),
    "zoom-to-part": N_("and %(places)s; zoom in to part them"),
    "rest-in-list": N_("and %(number)s more: the list beside the map has them all"),
    "none-match": N_("No incidents match; the map is empty on purpose."),
    "far-outside": N_("%(number)s of them far outside the first view (zoom out, or take them from Places)"),
    "shaded": N_("%(number)s known only by area, shaded"),
    "unshaped": N_("%(number)s in areas without a boundary here, not drawn (%(names)s)"),
    "lost": N_("%(number)s without a known place, not drawn"),
    # codes that records hold
    "planned": N_("planned"),
    "conditional": N_("conditional"),
    "denied": N_("denied"),
    "hedged": N_("hedged"),
    "disputed": N_("disputed"),
    "retracted": N_("retracted"),
    "settlement": N_("settlement"),
    "district": N_("district"),
    "region": N_("region"),
    "country": N_("country"),
}
SCRIPT_COUNTS: dict[str, tuple[str, str]] = {
    "incident": NN_("%(num)s incident", "%(num)s incidents"),
    "origin": NN_("%(num)s origin", "%(num)s origins"),
    "at-place": NN_("at %(num)s place", "at %(num)s places"),
    "more-place": NN_("%(num)s more place", "%(num)s more places"),
    "entry": NN_("%(num)s entry", "%(num)s entries"),
    "in-district": NN_(
        "%(num)s incident placed no more precisely than this district",
        "%(num)s incidents placed no more precisely than this district",
    ),
    "in-region": NN_(
        "%(num)s incident placed no more precisely than this region",
        "%(num)s incidents placed no more precisely than this region",
    ),
    "in-country": NN_(
        "%(num)s incident placed no more precisely than this country",
        "%(num)s incidents placed no more precisely than this country",
    ),
}
#: A count of each plural form, as `Intl.PluralRules` has them: one, few, the rest.
_EXAMPLES = (1, 2, 5)


def write_script_words() -> str | None:
    """The table as JSON in the language spoken now; None in English, which the scripts speak by themselves."""
    language = current_language()
    return None if language == DEFAULT_LANGUAGE else _write(language)


@cache
def _write(language: str) -> str:
    with speak(language):
        counts = {key: [ngettext(*forms, n) for n in _EXAMPLES] for key, forms in SCRIPT_COUNTS.items()}
        words = {key: _(text) for key, text in SCRIPT_WORDS.items()}
    return json.dumps({"words": words, "counts": counts}, ensure_ascii=False, separators=(",", ":"))
