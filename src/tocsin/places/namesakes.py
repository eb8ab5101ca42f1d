"""Countries of parties, set right where the name that gave them turns out to be another place, or a person.

The reader codes parties from tables of names, where Georgia is a country and Moscow a capital. Which Georgia an article
means is known here: "Police in Atlanta, Georgia" are of the United States, and Mr Jordan makes nobody Jordanian.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tocsin.knowledge.countries import load_countries
from tocsin.knowledge.parties import PartyLexicon, make_party_lexicon
from tocsin.places.folding import fold_name
from tocsin.places.scanning import Scan, scan_text
from tocsin.records import Claim, Party, PlaceMention, Reason, Span

if TYPE_CHECKING:
    from tocsin.places.gazetteer import Gazetteer
    from tocsin.places.resolution import Resolution
    from tocsin.places.rows import GazetteerRow


#: Of the countries of an open name so many are told.
_MOST_TOLD = 4


@dataclass(frozen=True, slots=True)
class Namesake:
    """A name that the table of parties takes for a country, or a place in it, and that means something else here.

    taken, meant  ISO 3166-1 alpha-3; `meant` None for a person's name where the article names no other country, and
                  for a name that stays open
    is_person     then `meant` is the country that the article is about without it, and says nothing of the person
    """

    span: Span
    name: str
    taken: str
    meant: str | None
    why: str
    is_person: bool = False

    @property
    def is_told(self) -> bool:
        """Whether the article says which country is meant, so that a party without one gets it."""
        return self.meant is not None and not self.is_person


def settle_countries(
    claims: Sequence[Claim],
    text: str,
    found: Sequence[PlaceMention],
    resolved: Mapping[PlaceMention, Resolution],
    gazetteer: Gazetteer,
) -> tuple[Claim, ...]:
    """The claims with the countries of their parties as the places of the article have them.

    A party whose own words hold a namesake gets the country meant; one that has the country taken for want of a better
    one does where nothing else in the article names that.
    """
    lexicon, scan = make_party_lexicon(), scan_text(text, gazetteer)
    lands = list(_find_lands(scan, lexicon))
    sakes = list(_find_namesakes(lands, scan, found, resolved))
    if not sakes:
        return tuple(claims)
    spans = {sake.span for sake in sakes}
    named = {country for span, country in lands if span not in spans}
    everywhere = {sake.taken: sake for sake in reversed(sakes) if sake.taken not in named}
    return tuple(_settle(claim, sakes, everywhere) for claim in claims)


def _find_lands(scan: Scan, lexicon: PartyLexicon) -> Iterator[tuple[Span, str]]:
    """What the table of parties takes for a country or a place in one, longest names first, in order."""
    at = 0
    while at < len(scan.tokens):
        step = 1
        longest = lexicon.openings.get(scan.span(at, 1).cut(scan.text), 0)
        for size in range(min(longest, len(scan.tokens) - at), 0, -1):
            span = scan.span(at, size)
            form = span.cut(scan.text)
            known = lexicon.names.get(form) or lexicon.lands.get(form)
            if known is not None:
                if known.country:
                    yield span, known.country
                step = size
                break
        at += step


def _find_namesakes(
    lands: Sequence[tuple[Span, str]],
    scan: Scan,
    found: Sequence[PlaceMention],
    resolved: Mapping[PlaceMention, Resolution],
) -> Iterator[Namesake]:
    rows = {m.span: row for m in found if m.span is not None and (row := resolved[m].row) is not None}
    whole = {span: row for span, row in rows.items() if _is_called(row, span.cut(scan.text))}
    rivals = {m.span: each for m in found if m.span is not None and (each := resolved[m].rivals)}
    countries = Counter(row.country for row in rows.values() if row.country)
    tokens, known = {token.start(): at for at, token in enumerate(scan.tokens)}, {m.span for m in found}
    persons = {
        name
        for span, _ in lands
        if (name := span.cut(scan.text)) in load_countries().by_name
        and span not in known
        and scan.names_person(tokens[span.start])
    }
    for span, taken in lands:
        name, row = span.cut(scan.text), rows.get(span)
        if row is not None and row.country not in (taken, None):
            if _is_told(span, row, taken, rows, scan):
                yield Namesake(span, name, taken, row.country, f"{name} is {row.name}, {row.id}")
        elif (longer := _find_longer(span, whole)) is not None and longer.country not in (taken, None):
            yield Namesake(span, name, taken, longer.country, f"{name} is part of {longer.name}, {longer.id}")
        elif span in rivals and name not in load_countries().by_name and {r.country for r in rivals[span]} != {taken}:
            told = ", ".join(dict.fromkeys(r.country or "no country" for r in rivals[span][:_MOST_TOLD]))
            yield Namesake(span, name, taken, None, f"{name} stays open: it may be in {told}")
        elif span not in known and name in persons:
            other = next((c for c, _ in countries.most_common() if c != taken), None)
            yield Namesake(span, name, taken, other, f"{name} is a person's name", is_person=True)


def _find_longer(span: Span, rows: Mapping[Span, GazetteerRow]) -> GazetteerRow | None:
    """The place whose recorded name holds the words: Baja California for "California"."""
    return next((row for at, row in rows.items() if at != span and at.contains(span)), None)


def _is_called(row: GazetteerRow, name: str) -> bool:
    """Whether a place is recorded under all the words: "the US embassy in Baghdad" is no name of Baghdad."""
    return fold_name(name) in {fold_name(each) for each in (row.name, *row.names)}


def _is_told(span: Span, row: GazetteerRow, taken: str, rows: Mapping[Span, GazetteerRow], scan: Scan) -> bool:
    """Whether the article says which of two places of a name it means: a town of the area, or the area behind the town.

    "Paris" alone is the French government however much the article speaks of Texas. "Hong Kong" and the like, which two
    tables give to two countries, are one place.
    """
    gazetteer = scan.gazetteer
    if not any(other.country == taken for other in gazetteer.find(span.cut(scan.text))):
        return False
    if row.precision in ("region", "district"):
        return any(row.id in gazetteer.within(other.id) for other in rows.values() if other.precision == "settlement")
    around = gazetteer.within(row.id)
    return any(
        other.id in around and scan.text[span.end : at.start] == ", "
        for at, other in rows.items()
        if at.start > span.end
    )


def _settle(claim: Claim, sakes: Sequence[Namesake], everywhere: Mapping[str, Namesake]) -> Claim:
    told: list[Reason] = []

    def settle(party: Party) -> Party:
        own = next((s for s in sakes if party.span and party.span.contains(s.span)), None)
        # two names of two countries ("Tripoli, Lebanon") leave a party without one
        if own is not None and (party.country == own.taken or (party.country is None and own.is_told)):
            return tell(party, None if own.is_person else own.meant, own)
        sake = everywhere.get(party.country or "")
        return tell(party, sake.meant, sake) if sake is not None else party

    def tell(party: Party, country: str | None, sake: Namesake) -> Party:
        told.append(Reason("party-namesake", f"{party.text!r}: {country or 'no country'}, for {sake.why}"))
        return replace(party, country=country)

    actor, recipient = tuple(map(settle, claim.actor)), tuple(map(settle, claim.recipient))
    return replace(claim, actor=actor, recipient=recipient, reasons=(*claim.reasons, *told)) if told else claim
