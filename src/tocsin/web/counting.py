"""Counted things in words: "1 claim", "12 claims", each with the plural forms of the language spoken now."""

from __future__ import annotations

from tocsin.web.language import NN_, ngettext

#: What is counted alone or in a row of counts, by its English singular. In a sentence a page counts with `ngettext`.
NOUNS: dict[str, tuple[str, str]] = {
    "alert": NN_("%(num)s alert", "%(num)s alerts"),
    "arrow": NN_("%(num)s arrow", "%(num)s arrows"),
    "article": NN_("%(num)s article", "%(num)s articles"),
    "claim": NN_("%(num)s claim", "%(num)s claims"),
    "correction": NN_("%(num)s correction", "%(num)s corrections"),
    "deed": NN_("%(num)s deed", "%(num)s deeds"),
    "feed": NN_("%(num)s feed", "%(num)s feeds"),
    "incident": NN_("%(num)s incident", "%(num)s incidents"),
    "independent origin": NN_("%(num)s independent origin", "%(num)s independent origins"),
    "new article": NN_("%(num)s new article", "%(num)s new articles"),
    "new feed": NN_("%(num)s new feed", "%(num)s new feeds"),
    "notice": NN_("%(num)s notice", "%(num)s notices"),
    "origin": NN_("%(num)s origin", "%(num)s origins"),
    "outlet": NN_("%(num)s outlet", "%(num)s outlets"),
    "pair": NN_("%(num)s pair", "%(num)s pairs"),
    "parameter": NN_("%(num)s parameter", "%(num)s parameters"),
    "party": NN_("%(num)s party", "%(num)s parties"),
    "scored forecast": NN_("%(num)s scored forecast", "%(num)s scored forecasts"),
    "silence": NN_("%(num)s silence", "%(num)s silences"),
    "unit": NN_("%(num)s unit", "%(num)s units"),
}


def count_things(number: int, one: str) -> str:
    """ "1 claim", "12 claims"; raises KeyError for a noun that is not in the table."""
    return ngettext(*NOUNS[one], number) % {"num": show_number(number)}


def show_number(number: int) -> str:
    """12 345, with narrow no-break spaces."""
    return f"{number:,}".replace(",", "\u202f")
