"""Who did it, who says so, and where: phrases that must stand in the article, and codes that must be the codebook's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tocsin.endpoint.choosing import choose
from tocsin.endpoint.passages import Passages
from tocsin.endpoint.tally import Tally, show
from tocsin.knowledge.parties import SECTORS, PartyLexicon
from tocsin.records import Attribution, Party, PlaceMention, Span, SpeakerKind

MAX_PARTIES = 20
MAX_LINKS = 5
_BODIES = frozenset({"IGO", "NGO", "MED"})
#: A party is a noun phrase and a cue a word or two; longer ones are passages.
_MAX_PHRASE = 250


@dataclass(frozen=True, slots=True)
class Codes:
    """Which country codes may stand, and the table that codes a party where the model does not."""

    countries: frozenset[str]
    lexicon: PartyLexicon


def make_codes(lexicon: PartyLexicon) -> Codes:
    """The codes of the country table, of bodies, and of the parties that were added to the lexicon."""
    added = {code.country for code in lexicon.names.values() if code.country}
    return Codes(frozenset(lexicon.countries.by_code) | _BODIES | added, lexicon)


def find_phrase(given: object, near: Span, passages: Passages) -> Span | None:
    """Where a phrase of an answer stands, nearest to `near`; None where it does not, or is no phrase."""
    if not isinstance(given, str) or len(given) > _MAX_PHRASE:
        return None
    return passages.find_near(given, near)


def read_parties(given: object, near: Span, passages: Passages, codes: Codes, tally: Tally) -> tuple[Party, ...]:
    """The parties whose words stand in the article, each once, with country and sector."""
    if not isinstance(given, list):
        if given is not None:
            tally.drop("party", given)
        return ()
    if len(given) > MAX_PARTIES:
        tally.drop("field", f"{len(given)} parties")
    parties: dict[str, Party] = {}
    for one in given[:MAX_PARTIES]:
        row: Mapping[str, object] = one if isinstance(one, Mapping) else {"text": one}
        span = find_phrase(row.get("text"), near, passages)
        if span is None:
            tally.drop("party", row.get("text"))
            continue
        party = _code_party(row, span, passages.text, codes, tally)
        parties.setdefault(party.text, party)
    return tuple(parties.values())


def _code_party(row: Mapping[str, object], span: Span, text: str, codes: Codes, tally: Tally) -> Party:
    """Country and sector from the model where they are the codebook's, else from our own table."""
    words = span.cut(text)
    ours = codes.lexicon.code_phrase(words)
    country = _read_code(row.get("country"), codes.countries, tally)
    sector = _read_code(row.get("sector"), frozenset(SECTORS), tally)
    told = [f"{code} by the model" for code in (country, sector) if code]
    told += [f"{code} by {ours.by!r}" for code, is_open in (
        (ours.country, country is None), (ours.sector, sector in (None, "UNK")),
    ) if code and is_open]  # fmt: skip
    if sector in (None, "UNK"):
        sector = ours.sector or sector
    if told:
        tally.note("party-code", f"{show(words)}: {', '.join(told)}")
    return Party(words, country or ours.country, sector, span)


def _read_code(given: object, allowed: frozenset[str], tally: Tally) -> str | None:
    if given is None or given == "":
        return None
    code = given.strip().upper() if isinstance(given, str) else ""
    if code not in allowed:
        tally.drop("code", given)
        return None
    return code


def read_attribution(given: object, near: Span, passages: Passages, tally: Tally) -> tuple[Attribution, ...]:
    """The chain of who says so. A link is never lost with its words: what is said must not turn into what happened.

    Where a speaker is not in the text the link stays, without a speaker and of kind "unspecified". A chain that is no
    list at all becomes one such link.
    """
    if given is None or given == []:
        return ()
    if not isinstance(given, list):
        tally.drop("link", given)
        return (Attribution(None, "unspecified"),)
    if len(given) > MAX_LINKS:
        tally.drop("field", f"{len(given)} links")
    return tuple(_read_link(one, near, passages, tally) for one in given[:MAX_LINKS])


def _read_link(given: object, near: Span, passages: Passages, tally: Tally) -> Attribution:
    if not isinstance(given, Mapping):
        tally.drop("link", given)
        return Attribution(None, "unspecified")
    speaker = _find_named(given.get("speaker"), "speaker", near, passages, tally)
    cue = _find_named(given.get("cue"), "cue", near, passages, tally)
    words = speaker.cut(passages.text) if speaker else None
    kind: SpeakerKind | None = choose(given.get("kind"), SpeakerKind)
    if kind is None:
        tally.drop("kind", given.get("kind"))
    if kind is None or (words is None and given.get("speaker")):
        kind = "unspecified"
    return Attribution(words, kind, cue.cut(passages.text) if cue else None, speaker)


def _find_named(given: object, kind: str, near: Span, passages: Passages, tally: Tally) -> Span | None:
    if given is None or given == "":
        return None
    span = find_phrase(given, near, passages)
    if span is None:
        tally.drop(kind, given)
    return span


def read_place(given: object, near: Span, passages: Passages, tally: Tally) -> tuple[PlaceMention, ...]:
    """The place as written; looking it up is not the reader's part."""
    if given is None or given == "":
        return ()
    name = given.get("name") if isinstance(given, Mapping) else given
    span = find_phrase(name, near, passages)
    if span is None:
        tally.drop("place", name)
        return ()
    return (PlaceMention(span.cut(passages.text), span),)
