"""The project's own annotated articles: a compact written form, read into records like those of `claims.jsonl`.

    @ own-afr-001 | wire | Great Lakes Press Agency | COD | 2021-03-09T18:00:00Z
    Title on the first line

    Paragraphs, one a line, a blank line between two.
    %%
    ASSAULT firearms :: opened fire :: The army said that the UPI had opened fire first on a patrol at Luna bridge
      by the UPI (COD REB); Soldiers (COD MIL)
      to a patrol (COD MIL)
      is planned hedged background
      says state television (media) "reported" > The army (force) "said"
      on 2021-03-07
      at Luna bridge (COD site 1.45 29.85)
      toll killed 17- people; injured 30-40

A claim's first line: type and mode, trigger, evidence, the last two verbatim. Every line under it is optional; `is`
names only what differs from actual, asserted, news. A speaker ``-`` is hearsay without one. Unknown codes are ``-``.
`on` takes ``2021-03-07``, ``2021-03-01..2021-03-07 week``, month and year likewise.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tocsin.knowledge.plover import load_ontology

Record = dict[str, Any]
DATA = Path(__file__).parent / "data"
_MODALITIES = ("actual", "planned", "conditional", "negated")
_KINDS = (
    "official", "force", "organisation", "person", "witness", "media", "footage", "document", "anonymous",
    "unspecified",
)  # fmt: skip
_TOLLS = ("killed", "injured", "arrested", "abducted", "displaced", "participants", "vehicles", "weapons")
_PARTY = re.compile(r"(?P<text>.+) \((?P<country>[A-Z]{3}|-) (?P<sector>[A-Z]{3}|-)\)")
_LINK = re.compile(r'(?P<speaker>.+?) \((?P<kind>\w+)\)(?: "(?P<cue>.+)")?')
_PLACE = re.compile(
    r"(?P<name>.+) \((?P<country>[A-Z]{3}|-)(?: (?P<precision>site|settlement|district|region|country))?"
    r"(?: (?P<lat>-?\d+(?:\.\d+)?) (?P<lon>-?\d+(?:\.\d+)?))?\)"
)
_DAY = r"\d{4}-\d\d-\d\d"
_DATE = re.compile(rf"(?P<start>{_DAY})(?:\.\.(?P<end>{_DAY}))?(?: (?P<precision>day|week|month|year))?")
_TOLL = re.compile(r"(?P<kind>\w+) (?P<low>\d+)(?P<open>-)?(?P<high>\d+)?(?: (?P<whom>.+))?")


class MarkupError(ValueError):
    """A line that does not follow the form, or quotes words that the article does not hold."""


def read_articles(path: Path) -> Iterator[Record]:
    """All articles of one file, each with its claims; raises MarkupError naming file, line and reason."""
    lines = path.read_text(encoding="utf-8").split("\n")
    starts = [i for i, line in enumerate(lines) if line.startswith("@ ")]
    for i, start in enumerate(starts):
        end = starts[i + 1] if i + 1 < len(starts) else len(lines)
        yield _read_article(path, lines, start, end)


def _read_article(path: Path, lines: list[str], start: int, end: int) -> Record:
    try:
        head = [p.strip() for p in lines[start][2:].split("|")]
        name, kind, outlet, country, published = head
    except ValueError as why:
        raise MarkupError(f"{path}:{start + 1}: the head is: @ id | kind | outlet | country | time") from why
    body = lines[start + 1 : end]
    if "%%" not in body:
        raise MarkupError(f"{path}:{start + 1}: no line %% between text and claims")
    cut = body.index("%%")
    text = "\n".join(body[:cut]).strip()
    claims: list[Record] = []
    for number, line in enumerate(body[cut + 1 :], start + cut + 3):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            if line.startswith(" "):
                _read_field(claims[-1], line.strip(), text)
            else:
                claims.append(_read_claim(line, text))
        except (ValueError, IndexError) as why:
            raise MarkupError(f"{path}:{number}: {why}") from why
    claims.sort(key=lambda c: c["evidence"]["start"])
    return {
        "id": name, "outlet": outlet, "outlet_kind": kind, "country": country, "published": published, "lang": "en",
        "title": text.split("\n", 1)[0], "text": text, "claims": claims,
    }  # fmt: skip


def _read_claim(line: str, text: str) -> Record:
    parts = [p.strip() for p in line.split("::")]
    if len(parts) != 3:
        raise ValueError("a claim is: TYPE mode :: trigger :: evidence")
    type_, _, mode = parts[0].partition(" ")
    ontology = load_ontology()
    if type_ not in ontology.types:
        raise ValueError(f"no type {type_!r}")
    modes = list(ontology.entry(type_).modes)
    if mode and mode not in modes:
        raise ValueError(f"{type_} has no mode {mode!r}; it has {modes}")
    trigger, evidence = parts[1:]
    if text.count(evidence) == 0:
        raise ValueError(f"the evidence is not in the text: {evidence!r}")
    if text.count(evidence) > 1:
        raise ValueError(f"the evidence stands in the text more than once: {evidence!r}")
    if len(re.findall(rf"(?<!\w){re.escape(trigger)}(?!\w)", evidence)) != 1:
        raise ValueError(f"the trigger {trigger!r} must stand in the evidence exactly once, as whole words")
    start = text.index(evidence)
    return {
        "type": type_, "mode": mode or None, "contexts": [], "actor": [], "recipient": [], "modality": "actual",
        "certainty": "asserted", "background": False, "attribution": [], "date": None, "place": None, "tolls": [],
        "evidence": {"text": evidence, "start": start, "end": start + len(evidence)}, "trigger": trigger,
    }  # fmt: skip


def _read_field(claim: Record, line: str, text: str) -> None:
    name, _, rest = line.partition(" ")
    rest = rest.strip()
    if name in ("by", "to"):
        claim["actor" if name == "by" else "recipient"] = [_read_party(p, text) for p in rest.split("; ")]
    elif name == "is":
        for word in rest.split():
            _read_standing(claim, word)
    elif name == "says":
        claim["attribution"] = [_read_link(link, text) for link in rest.split(" > ")]
    elif name == "on":
        found = _match(_DATE, rest, "a date is 2021-03-07 or 2021-03-01..2021-03-07 week")
        claim["date"] = {
            "start": found["start"], "end": found["end"] or found["start"], "precision": found["precision"] or "day",
        }  # fmt: skip
    elif name == "at":
        found = _match(_PLACE, rest, "a place is: name (COD settlement 1.4 29.8)")
        _require(found["name"], text)
        claim["place"] = {
            "name": found["name"], "country": _null(found["country"]), "precision": found["precision"],
            "lat": float(found["lat"]) if found["lat"] else None, "lon": float(found["lon"]) if found["lon"] else None,
        }  # fmt: skip
    elif name == "toll":
        claim["tolls"] = [_read_toll(t) for t in rest.split("; ")]
    else:
        raise ValueError(f"unknown line {name!r}; by, to, is, says, on, at, toll")


def _read_party(written: str, text: str) -> Record:
    found = _match(_PARTY, written.strip(), "a party is: the army (COD MIL)")
    _require(found["text"], text)
    return {"text": found["text"], "country": _null(found["country"]), "sector": _null(found["sector"])}


def _read_standing(claim: Record, word: str) -> None:
    if word in _MODALITIES:
        claim["modality"] = word
    elif word in ("hedged", "asserted"):
        claim["certainty"] = word
    elif word == "background":
        claim["background"] = True
    else:
        raise ValueError(f"`is` takes {', '.join(_MODALITIES)}, hedged, background; not {word!r}")


def _read_link(written: str, text: str) -> Record:
    found = _match(_LINK, written.strip(), 'a link is: the army (force) "said"')
    if found["kind"] not in _KINDS:
        raise ValueError(f"no kind of speaker {found['kind']!r}; {', '.join(_KINDS)}")
    speaker = _null(found["speaker"])
    if speaker is not None:
        _require(speaker, text)
    if found["cue"]:
        _require(found["cue"], text)
    return {"speaker": speaker, "kind": found["kind"], "cue": found["cue"]}


def _read_toll(written: str) -> Record:
    found = _match(_TOLL, written.strip(), "a toll is: killed 17 people; injured 30-40; killed 5- soldiers")
    if found["kind"] not in _TOLLS:
        raise ValueError(f"no kind of toll {found['kind']!r}; {', '.join(_TOLLS)}")
    low = int(found["low"])
    high = int(found["high"]) if found["high"] else None if found["open"] else low
    return {"kind": found["kind"], "low": low, "high": high, "whom": found["whom"]}


def _match(pattern: re.Pattern[str], written: str, form: str) -> re.Match[str]:
    found = pattern.fullmatch(written)
    if found is None:
        raise ValueError(f"{form}; not {written!r}")
    return found


def _require(words: str, text: str) -> None:
    if words not in text:
        raise ValueError(f"not in the text: {words!r}")


def _null(code: str) -> str | None:
    return None if code == "-" else code


def main() -> int:
    """Check files of the written form: ``python -m training.markup FILE...``; prints counts, or the first fault."""

    for name in sys.argv[1:]:
        articles = list(read_articles(Path(name)))
        ids = [a["id"] for a in articles]
        if len(ids) != len(set(ids)):
            raise MarkupError(f"{name}: two articles have one id")
        claims = [c for a in articles for c in a["claims"]]

        kinds = sorted({c["type"] for c in claims})
        sys.stdout.write(json.dumps({
            "file": name, "articles": len(articles), "without_claims": sum(not a["claims"] for a in articles),
            "claims": len(claims), "types": {k: sum(c["type"] == k for c in claims) for k in kinds},
        }) + "\n")  # fmt: skip
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except MarkupError as why:
        sys.exit(f"error: {why}")
