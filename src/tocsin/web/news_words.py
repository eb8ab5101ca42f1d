"""What the desk's news has to do with a forecast, in words: whether it is used, why, and what it adds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, expm1

from tocsin.forecast import Forecast, TrackRecord
from tocsin.forecast.ledger import NewsPart, NewsRule
from tocsin.forecast.periods import Period
from tocsin.forecasting.views import NewsScores
from tocsin.web.language import N_, _, ngettext

SERIES_WORDS: Mapping[str, str] = {
    "words": N_("demands, accusations and refusals"),
    "pressure": N_("threats, protests, sanctions and mobilisations"),
    "force": N_("coercion and assaults"),
    "announced": N_("hostile acts that were announced"),
    "cooperative": N_("cooperative acts"),
    "hostile": N_("hostile acts among all"),
}
RULE_WORDS: Mapping[NewsRule, str] = {
    "helped": N_(
        "It is used because on the last third of the past, which it had not seen, it made the log loss of the chances "
        "%(number)s %% lower."
    ),
    "no-gain": N_("By history alone: on the last third of the past the desk's news did not make the chances better."),
    "few-onsets": N_("By history alone: %(number)s onsets began while the desk was listening, too few to learn from."),
    "not-listening": N_(
        "By history alone: the desk was not listening there in the last period, or for half of the last year."
    ),
    "not-quiet": N_(
        "By history alone: the place was not quiet over the last year, or the history has too few onsets to teach."
    ),
}


@dataclass(frozen=True, slots=True)
class PartLine:
    """One column of the news in a table: what, over how long, how much, and by how much it multiplies the odds."""

    what: str
    span: str
    amount: str
    odds: str


def show_news(made: Forecast) -> str:
    """Whether the news has a part in a forecast, and why; empty where none was given."""
    basis = made.news
    if basis is None:
        return ""
    why = _(RULE_WORDS[basis.rule]) % {"number": f"{basis.number or 0:g}"}
    if basis.alone is None or basis.chance is None:
        return why
    chances = {"chance": _percent(basis.chance), "alone": _percent(basis.alone)}
    if basis.onset == 1:
        told = _("The chance of any is %(chance)s with the desk's news, and %(alone)s by history alone.") % chances
    else:
        told = (
            _("The chance of 25 or more is %(chance)s with the desk's news, and %(alone)s by history alone.") % chances
        )
    return f"{told} {why}"


def list_parts(made: Forecast) -> list[PartLine]:
    """What moved the odds most, the strongest first, and all else as one line."""
    if made.news is None or not made.news.parts:
        return []
    lines = [_show_part(part, made.period) for part in made.news.parts]
    return [*lines, PartLine(_("all else together"), "", "", _show_odds(made.news.rest))]


def _show_part(part: NewsPart, period: Period) -> PartLine:
    if part.kind == "ratio":
        amount = _("%(times)s times its usual") % {"times": f"{exp(part.value):.1f}"}
    elif part.kind == "amount":
        amount = _("weight %(weight)s a period") % {"weight": f"{expm1(part.value):.1f}"}
    else:
        amount = f"{part.value * 100:.0f} %"
    if period == "month":
        span = ngettext("last %(num)s month", "last %(num)s months", part.span)
    else:
        span = ngettext("last %(num)s week", "last %(num)s weeks", part.span)
    return PartLine(_(SERIES_WORDS[part.series]), span % {"num": part.span}, amount, _show_odds(part.added))


def _show_odds(added: float) -> str:
    return f"{exp(added):.2f}"


def _percent(chance: float) -> str:
    return f"{chance * 100:.1f} %"


def compare_ways(with_news: TrackRecord | None, alone: TrackRecord | None) -> str:
    """How the forecasts of one unit that were made both ways turned out; empty where none has come due."""
    if with_news is None or alone is None:
        return ""
    return _compare(with_news.number, with_news.brier1, alone.brier1, with_news.brier25, alone.brier25)


def compare_scores(scores: NewsScores | None) -> str:
    """The same over a whole history."""
    if scores is None:
        return ""
    return _compare(scores.cases, scores.brier1, scores.alone_brier1, scores.brier25, scores.alone_brier25)


def _compare(number: int, any_: float, alone_any: float, many: float, alone_many: float) -> str:
    told = ngettext(
        "Of %(num)s past forecast made both ways: Brier for any %(any)s with the desk's news, %(alone_any)s by history "
        "alone; for 25 or more %(many)s and %(alone_many)s. Lower is better.",
        "Of %(num)s past forecasts made both ways: Brier for any %(any)s with the desk's news, %(alone_any)s by "
        "history alone; for 25 or more %(many)s and %(alone_many)s. Lower is better.",
        number,
    )
    figures = {"any": any_, "alone_any": alone_any, "many": many, "alone_many": alone_many}
    return told % ({"num": number} | {name: f"{value:.4f}" for name, value in figures.items()})
