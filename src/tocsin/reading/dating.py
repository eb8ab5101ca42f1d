"""When an act happened: the dates of the text that may be its own, weighed by `knowledge/date_weights.toml`.

The encoder's arcs point at the words of dates; where these stand, what kind of act it is and what date the act before
it has decide with them (rule 15). Every date and "none" gets a sum of log-odds; the likeliest is taken.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from tocsin.knowledge.plover import load_ontology
from tocsin.reading.calendar import read_count
from tocsin.reading.date_weights import load_date_weights
from tocsin.reading.dates import BACKGROUND_DAYS, DatedPhrase, is_long_past
from tocsin.reading.decoding import Act
from tocsin.reading.rules import Draft
from tocsin.reading.scene import Scene, mean_chances
from tocsin.records import Claim, PartialDate, Reason, Span

#: PLOVER's quad classes of acts of words.
_WORDS = frozenset({1, 3})
#: Words about what is to come.
_PROMISES = frozenset({"AGREE", "CONCEDE"})
#: Words that set others, or oneself, a date by which something is to be done.
_DEMANDS = _PROMISES | {"REQUEST", "THREATEN"}
_DEADLINE = re.compile(r"(?:by|until|till|before|within)\b", re.I)
_RANKED = re.compile(r"\b(?:first|second|third|last|worst|deadliest|heaviest|biggest|largest)\b[^.,;:!?]*$", re.I)
_CLAUSE_END = re.compile(r"[,.;:!?]")
_WHEN = re.compile(r",?\swhen\b", re.I)
_TO_DO = re.compile(r"\bto\s[a-z]")
_COUNT = r"two|three|four|five|six|seven|eight|nine|ten|twelve|\d\d?"
_LASTING = re.compile(
    rf"\b(?:(?P<days>{_COUNT})[- ]day|(?P<hours>48|72|96)[- ]hour|for\s(?P<count>{_COUNT})\sdays)\b", re.I
)
#: A plan is seldom dated to the day so many days before it.
_FAR_AHEAD = 180
#: Arcs are told as log-odds, no surer than this probability and its counterpart.
_LEAST = 0.001
#: The rule of a date that another act gives.
_CARRIED = "date-carried"
#: An act that follows within so many characters goes on about the one before.
_NEAR = 150


@dataclass(frozen=True, slots=True)
class DateOption:
    """A date that may be an act's: what it means for this act, its words and rule, what speaks for and against it."""

    when: PartialDate
    words: str
    rule: str
    cues: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class DateOptions:
    """What one act can be dated by, and what speaks for none; `alone` is the choice in which no other act has a say."""

    options: Sequence[DateOption] = ()
    none: Mapping[str, float] = field(default_factory=dict)
    alone: PartialDate | None = None


def list_dates(act: Act, scene: Scene, draft: Draft, passage: Span, *, background: bool) -> DateOptions:
    """The dates of a window that an act may have."""
    text, published = scene.setting.text, scene.setting.published
    trigger = Span(int(scene.outputs.window.starts[act.word]), int(scene.outputs.window.ends[act.word]))
    opening = text.rfind("\n", 0, trigger.start) + 1
    is_words, is_ahead = _is_words(draft.type), _looks_ahead(draft)
    chances = act.chances["date"]
    of_words, options = chances.tolist(), []
    for mean, (phrase, first, stop) in zip(mean_chances(chances, scene.dates), scene.dates, strict=True):
        when = _read_for(phrase, draft, trigger, text, published)
        if when is None:
            continue
        if draft.modality == "planned":
            when = _last(when, passage.cut(text))
        at = phrase.span.start
        is_inside, is_past = passage.start <= at < passage.end, published is not None and when.end <= published
        told = {
            "in-passage": is_inside,
            "in-passage-words": is_inside and is_words,
            "in-paragraph": opening <= at < trigger.start,
            "after": at > passage.end,
            "past": is_past,
            "past-of-plan": is_past and is_ahead,
            "dateline": phrase.rule == "date-dateline",
            "since": phrase.since == at,
        }
        cues = {"pointed": _to_odds(mean), "pointed-most": _to_odds(max(of_words[first:stop]))}
        cues |= {name: 1.0 for name, holds in told.items() if holds}
        options.append(DateOption(when, phrase.span.cut(text), phrase.rule, cues))
    none = {"nothing": 1.0, draft.type: 1.0} | ({"words": 1.0} if is_words else {})
    none |= {draft.modality: 1.0} if draft.modality != "actual" else {}
    return DateOptions(tuple(options), none | ({"background": 1.0} if background else {}))


def list_cues_of_carrying(before: Claim | None, claim: Claim, text: str) -> tuple[dict[str, float], dict[str, float]]:
    """What the date of the act told before says: for the same date, and for none."""
    if before is None:
        return {}, {}
    between = text[before.evidence.end : max(before.evidence.end, claim.evidence.start)]
    if before.date is None:
        start = before.trigger.start if before.trigger else before.evidence.start
        end = claim.trigger.start if claim.trigger else claim.evidence.start
        return {}, ({} if "\n" in text[start:end] else {"undated-before": 1.0})
    told = {
        "told-before": True,
        "told-before-words": _is_words(claim.type),
        "told-before-deeds": _is_deed(before) and _is_deed(claim),
        "told-before-near": len(between) < _NEAR,
    }
    return {name: 1.0 for name, holds in told.items() if holds}, {}


def add_told_before(
    options: Sequence[DateOption], before: PartialDate | None, carried: Mapping[str, float]
) -> list[DateOption]:
    """The dates of an act with what the date of the act told before says; that date too, where the window lacks it."""
    if before is None:
        return list(options)
    told = [replace(o, cues={**o.cues, **carried}) if _is_same(o.when, before) else o for o in options]
    if not any(_is_same(o.when, before) for o in options):
        unpointed = {"pointed": _to_odds(0.0), "pointed-most": _to_odds(0.0)}
        told.append(DateOption(before, "", _CARRIED, {**unpointed, **carried}))
    return told


def choose_date(options: Sequence[DateOption], none: Mapping[str, float]) -> tuple[PartialDate | None, Reason | None]:
    """The likeliest date with its reason, its weight the probability; None and None where none is likelier."""
    weights = load_date_weights()
    nothing = _sum(weights.none, none)
    sums = [_sum(weights.date, o.cues) - nothing for o in options]
    masses: dict[tuple[date, date], float] = {}
    for option, odds in zip(options, sums, strict=True):
        key = option.when.start, option.when.end
        masses[key] = masses.get(key, 0.0) + math.exp(odds)
    best = max(masses, key=lambda key: masses[key], default=None)
    if best is None or masses[best] <= 1.0:
        return None, None
    rows = [row for row in zip(sums, options, strict=True) if (row[1].when.start, row[1].when.end) == best]
    option = max(rows, key=lambda row: row[0])[1]
    score = round(masses[best] / (1.0 + sum(masses.values())), 3)
    if option.rule == _CARRIED:
        detail = f"{option.when} holds for the sentences that go on about it (rule 15)"
    else:
        detail = f"{option.words!r} is {option.when}"
    return option.when, Reason(option.rule, detail, score, weights.version)


def _read_for(
    phrase: DatedPhrase, draft: Draft, trigger: Span, text: str, published: date | None
) -> PartialDate | None:
    """What a date means for an act, None where it cannot be the act's.

    What is planned lies ahead, and what is conditional too, but for words: a threat that hangs on an "if" was made on
    the day it is told of (rule 12). A promise that hangs on one speaks of its deed. The date by which something is
    demanded is not that of the demand, and the day of an announcement not that of the plan.
    """
    if draft.type in _DEMANDS and draft.modality != "planned" and _DEADLINE.match(text, phrase.span.start):
        return None
    if _is_compared_with(phrase, trigger, text):
        return None
    is_ahead = _looks_ahead(draft)
    when = _read_since(phrase, trigger, text, published) or phrase.looking(ahead=is_ahead)
    if is_ahead and published is not None and _is_announcement(phrase, when, published):
        return None
    if draft.type in _PROMISES and phrase.ahead is not None and is_long_past(when, published):
        # the deed promised: "agreed to meet in June", not "agreed in June to meet"
        is_promised = _TO_DO.search(text, trigger.end, max(trigger.end, phrase.span.start)) is not None
        return phrase.ahead if is_promised else when
    return when


def _read_since(phrase: DatedPhrase, trigger: Span, text: str, published: date | None) -> PartialDate | None:
    """A date by which "since" marks a stretch for some acts and not for others; None where the words mean one thing.

    What has gone on "since fighting broke out in May" has since May, but the fighting broke out in May; what was shut
    "since July, when talks failed" has been since July, but the talks failed in July.
    """
    start, end = phrase.span.start, phrase.span.end
    is_told_when = trigger.start > end and _WHEN.match(text, end) is not None
    if phrase.named is not None and phrase.since == start:
        return phrase.named if is_told_when else None
    since = phrase.since
    if since is None or published is None or phrase.date.end > published or is_told_when:
        return None
    # "since a 2009 pact on patrols": only a comma leads from the clause to what has gone on since
    if since < trigger.start and _CLAUSE_END.search(text, end, max(end, trigger.start)) is None:
        return None
    return PartialDate(phrase.date.start, published, phrase.date.precision)


def _is_compared_with(phrase: DatedPhrase, trigger: Span, text: str) -> bool:
    """Whether a date is that of the one before: the act is "the first since May"."""
    since = phrase.since
    return since is not None and trigger.start < since and _RANKED.search(text, max(0, since - 60), since) is not None


def _last(when: PartialDate, passage: str) -> PartialDate:
    """A day from which something is planned to last: "a two-day strike from Tuesday" ends on Wednesday."""
    told = _LASTING.search(passage) if when.days == 1 else None
    if told is None:
        return when
    days = int(told["hours"]) // 24 if told["hours"] else read_count(told["count"] or told["days"]) or 1
    return PartialDate(when.start, when.start + timedelta(days=days - 1), "day")


def _is_announcement(phrase: DatedPhrase, when: PartialDate, published: date) -> bool:
    """Whether a day that would lie far ahead was one of the last before publication."""
    is_recent = phrase.date.days == 1 and 0 <= (published - phrase.date.end).days <= BACKGROUND_DAYS
    return is_recent and (when.start - published).days > _FAR_AHEAD


def _looks_ahead(draft: Draft) -> bool:
    if draft.modality == "planned":
        return True
    return draft.modality == "conditional" and (draft.type in _PROMISES or not _is_words(draft.type))


def _is_words(type_: str) -> bool:
    return load_ontology().entry(type_).quad in _WORDS


def _is_deed(claim: Claim) -> bool:
    return not _is_words(claim.type) and not claim.background and claim.modality in ("actual", "negated")


def _is_same(a: PartialDate, b: PartialDate) -> bool:
    return (a.start, a.end) == (b.start, b.end)


def _to_odds(chance: float) -> float:
    return math.log((chance + _LEAST) / (1 - chance + _LEAST))


def _sum(weights: Mapping[str, float], cues: Mapping[str, float]) -> float:
    return sum(weights[cue] * value for cue, value in cues.items())
