"""What a place phrase says besides its name: which kind of place, which part of it, at which site."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tocsin.places.folding import fold_name
from tocsin.places.words import PlaceWords
from tocsin.records import PlacePrecision

_WORD = re.compile(r"[^\W_]+(?:[-'\u2019.][^\W_]+)*\.?")
_OF = re.compile(r"^(?:the\s+)?(?:[\w-]+\s+)?(\w+)\s+of\s+(?:the\s+)?(?=[A-Z])")
_LINKS = frozenset(
    {"in", "at", "of", "over", "on", "near", "across", "outside", "inside", "to", "into", "from", "around"}
)

_INSIDE = frozenset({"in", "inside"})
_OWNER = re.compile(r"^(?:the )?([A-Z][\w-]*(?: [A-Z][\w-]*)*)['\u2019]s (?=.*[A-Z])")
_TRAIL = re.compile(r"(?:,| and| or) [a-z].*$")  # "and its vicinity"
_ABOUT = frozenset({"outskirts", "centre", "center", "part", "parts", "edge", "middle"})
_CAPITAL = re.compile(r"^(?:the |its |their )?(?:(?:country|nation)['\u2019]s )?capital(?: city)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PlacePhrase:
    """A mention taken apart: "the main bridge in northern Mitrovica".

    written   as it stands
    names     ways to look its name up, the fullest first ("Kunduz province", "Kunduz"); empty where nothing is named
    kind      the precision that a word asks for ("province" asks for region), or None
    part      the word that makes it a part of the place ("northern"), or None
    site      the feature of the site that is meant ("bridge"), or None
    container the named place after the site ("Mitrovica"), or None
    """

    written: str
    names: tuple[str, ...]
    kind: PlacePrecision | None = None
    part: str | None = None
    site: str | None = None
    container: str | None = None


def parse_phrase(written: str, words: PlaceWords) -> PlacePhrase:
    """Take a mention apart. Only words with a capital letter (or digits) can name a place."""
    bare = re.sub(r"['\u2019]s?$", "", " ".join(written.split())[:200])
    text = bare.strip(' ,;:."\u201c\u201d()') + _stop_of(written)
    head, container = _split_container(text)
    site = _site_of(head, words)
    kind, core = _kind_of(head, words)
    part, core = _part_of(core, words)
    whole = (text,) if container else ()
    names = tuple(dict.fromkeys(n for n in (*whole, head, core) if _is_named(n, words)))
    if site and container and not _is_named(head, words):
        names = (*names, head)
    if site and (town := _town_of(head, words)) and town not in names:
        names = (*names, town)
    return PlacePhrase(written, names, kind, part, site, container)


def is_generic(name: str, words: PlaceWords) -> bool:
    """Whether every word of the name is one that names nothing by itself ("the main bridge").

    A line with capital letters is one of its kind: "the Line of Control".
    """
    bare = name.removeprefix("the ").removeprefix("The ")
    if words.sites.get(bare.lower()) == "line" and all(w[0].isupper() for w in bare.split() if w != "of"):
        return False
    return all(w in words.generic or w in words.parts for w in fold_name(name).split())


def is_capital(phrase: PlacePhrase) -> bool:
    """Whether the words mean a country's capital without naming it: "the capital"."""
    return _CAPITAL.match(phrase.written.strip()) is not None


def _stop_of(written: str) -> str:
    """The full stop of an abbreviation ("Calif.", "D.C.") belongs to the name."""
    return "." if re.search(r"(?:\b[A-Z]|\b[A-Z][a-z]{1,4})\.$", written.strip()) else ""


def _split_container(text: str) -> tuple[str, str | None]:
    """The part before ", X", "in X" or "over the X", and the X that follows."""
    if (comma := text.find(", ")) > 0:
        return text[:comma], text[comma + 2 :]
    if (owner := _OWNER.match(text)) and text[owner.end() :]:
        return text[owner.end() :], owner.group(1)
    tokens = list(_WORD.finditer(text))
    for before, link, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        rest = text[after.start() :].removeprefix("the ")
        if link.group() == "of" and rest[:1].isupper() and before.group().lower() in _ABOUT:
            return rest, None
        is_bare = before.group()[:1].islower() and link.group() != "of"
        has_name = any(w[:1].isupper() for w in rest.split())
        if link.group() in _LINKS and (is_bare or link.group() in _INSIDE) and has_name:
            return text[: before.end()], _TRAIL.sub("", rest)
    return text, None


def _site_of(head: str, words: PlaceWords) -> str | None:
    folded = head.lower().split()
    for size in (3, 2, 1):
        tail = " ".join(folded[-size:])
        if len(folded) >= size and tail in words.sites:
            return words.sites[tail]
    return next((words.sites[w] for w in folded if w in words.sites and w not in words.kinds), None)


def _town_of(head: str, words: PlaceWords) -> str | None:
    """The town that lends a site its name: "the Jarinje crossing", "the Zvecan town hall"; not "Cooper Square"."""
    tokens = head.removeprefix("the ").removeprefix("The ").split()
    size = next((i for i, t in enumerate(tokens) if not t[:1].isupper()), len(tokens))
    town = " ".join(tokens[:size])
    return (
        town if 0 < size < len(tokens) and all(t.islower() for t in tokens[size:]) and _is_named(town, words) else None
    )


def _kind_of(head: str, words: PlaceWords) -> tuple[PlacePrecision | None, str]:
    """The kind of place that a word asks for, and the rest: "the province of X", "X province", "the border town X"."""
    if (found := _OF.match(head)) and found.group(1).lower() in words.kinds:
        return words.kinds[found.group(1).lower()], head[found.end() :]
    tokens = head.split()
    if len(tokens) > 1 and (kind := words.kinds.get(tokens[-1].lower())):
        return kind, " ".join(tokens[:-1])
    lead = next((i for i, t in enumerate(tokens) if t[:1].isupper()), 0)
    named = next((words.kinds[t.lower()] for t in tokens[:lead] if t.lower() in words.kinds), None)
    return named, head


def _part_of(core: str, words: PlaceWords) -> tuple[str | None, str]:
    """The word that takes a part of the place ("the country's far northern Kunduz"), and the bare name."""
    tokens = core.split()
    lead = next((i for i, t in enumerate(tokens) if t[:1].isupper() and t.lower() not in words.parts), 0)
    part = next((t.lower() for t in tokens[:lead] if t.lower() in words.parts), None)
    return part, " ".join(tokens[lead:])


def _is_named(name: str, words: PlaceWords) -> bool:
    return any(c.isupper() for c in name) and bool(fold_name(name)) and not is_generic(name, words)
