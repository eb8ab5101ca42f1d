"""What is left out of an export for the public: persons' names and exact coordinates (promise 7).

Pure functions over records, applied before any format is made, so that every format obeys. Whose names they are is
decided by `knowledge/persons.py`; here each is taken out of every text of the record:

    a party, a speaker     keeps its role ("the mayor"), or is told by its sector where the name was all ("a civilian")
    sentences, reasons     have "[name withheld]" in the name's place, also where only a part of the name stands
    a headline             likewise; an address that spells the name is cut to its site
    a site or settlement   is given as its district, its point rounded to a tenth of a degree (some 8 km), and by the
                           id of the area around it; its name stays, as the sentence names it too. The rows of
                           place-days and alerts bear no id of such a place: they are of it, not of its district
    a sector of the desk   is in no list of areas, and neither are its place-days and alerts
    who works at the desk  is in no reason and no reader's name, nor why somebody rejected a claim, took it back or
                           graded it

A name that no record has as a party or speaker, and that no role precedes in its sentence or headline, is not known to
be a person's and stands as the outlet wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tocsin.export.backing import BackedIncident
from tocsin.export.footnotes import find_footnote
from tocsin.export.withheld import MASK, WORD, WithheldNames, find_withheld_names, join_names
from tocsin.knowledge.persons import load_person_words
from tocsin.records import Alert, Article, Attribution, Claim, Evidence, Grade, Incident, Party, Place, Reason, Toll

if TYPE_CHECKING:
    from tocsin.export.areas import FindArea

#: The rule by which a place's point was rounded.
COARSENED = "coarsened"
_DECIMALS = 1
#: The rule of the reasons that say who at the desk took an incident's claims back, and why; what of them may be told.
_RETRACTED = "retracted"
_TAKEN_BACK = re.compile(r"(?:claim|article) \S+ was (?:rejected|taken back)")
#: The rule of the reason where a person graded a claim.
_GIVEN = "given-by-person"
#: What begins the ids of divisions and countries: no settlement bears one.
_DIVISIONS = ("admin1:", "admin2:", "country:")
#: What begins the name of a reader that is a person.
_PERSON = "person:"
#: After these words the name says whose somebody is, and cannot be left out of the phrase.
_OWNERS = frozenset({"of", "to", "for", "with", "against", "by", "named", "called", "from", "under", "as"})
_FILLERS = frozenset({"and", "or", "the", "a", "an", "of", "to", "for", "with", "aged", "years", "old", "late"})


def coarsen_backed(
    backed: BackedIncident, names: Mapping[str, WithheldNames], find_area: FindArea | None = None
) -> BackedIncident:
    """An incident with what it rests on for the public; `names` are those of each article by its id."""
    held = [names[id_] for id_ in backed.articles if id_ in names]
    joined = join_names(held) if held else find_withheld_names(backed.claims, [backed.incident])
    return replace(
        backed,
        incident=coarsen_incident(backed.incident, joined, find_area),
        claims=tuple(coarsen_claim(claim, joined, find_area) for claim in backed.claims),
        articles={id_: coarsen_article(article, joined) for id_, article in backed.articles.items()},
    )


def coarsen_claim(claim: Claim, names: WithheldNames, find_area: FindArea | None = None) -> Claim:
    """The claim for the public. Its evidence keeps its first offset; the last is that of the masked sentence."""
    text = names.mask(claim.evidence.text)
    return replace(
        claim,
        evidence=Evidence(text, claim.evidence.start, claim.evidence.start + len(text)),
        actor=tuple(_coarsen_party(party, names) for party in claim.actor),
        recipient=tuple(_coarsen_party(party, names) for party in claim.recipient),
        attribution=tuple(_coarsen_link(link, names) for link in claim.attribution),
        mentions=tuple(replace(mention, name=names.mask(mention.name), span=None) for mention in claim.mentions),
        place=coarsen_place(claim.place, names, find_area) if claim.place else None,
        tolls=tuple(_coarsen_toll(toll, names) for toll in claim.tolls),
        trigger=None,
        reader="person" if claim.reader.startswith(_PERSON) else claim.reader,
        reasons=_mask_reasons(claim.reasons, names),
        credibility=None,
    )


def coarsen_incident(incident: Incident, names: WithheldNames, find_area: FindArea | None = None) -> Incident:
    """The incident for the public; `names` are those of all its claims."""
    return replace(
        incident,
        actor=tuple(_coarsen_party(party, names) for party in incident.actor),
        recipient=tuple(_coarsen_party(party, names) for party in incident.recipient),
        place=coarsen_place(incident.place, names, find_area) if incident.place else None,
        date_reason=_mask_reason(incident.date_reason, names) if incident.date_reason else None,
        grades=tuple(_coarsen_grade(grade, names) for grade in incident.grades),
        reasons=_mask_reasons(incident.reasons, names),
    )


def _coarsen_grade(grade: Grade, names: WithheldNames) -> Grade:
    by_rule = _mask_reason(grade.rule_reason, names) if grade.rule_reason else None
    return replace(grade, reason=_mask_reason(grade.reason, names), rule_reason=by_rule)


def coarsen_article(article: Article, names: WithheldNames) -> Article:
    """The article for the public: headline, outlet and address. No export holds its text, which stays to be counted."""
    url = article.url
    if url and names.is_spelt_in(url):
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}/" if parts.netloc else ""
        url = site if site and not names.is_spelt_in(site) else None
    return replace(
        article,
        title=names.mask(article.title) if article.title else article.title,
        outlet_name=names.mask(article.outlet_name) if article.outlet_name else article.outlet_name,
        url=url,
        fault=_mask_fault(article, url, names) if article.fault else article.fault,
    )


def _mask_fault(article: Article, url: str | None, names: WithheldNames) -> str | None:
    """Why it could not be read; what it was may stand in it, by its address or headline."""
    fault = article.fault or ""
    if article.url and article.url != url:
        fault = fault.replace(article.url, url or MASK)
    return names.mask(fault)


def coarsen_alert(alert: Alert) -> Alert:
    """The alert for the public: what a person at the desk noted on it is not for others."""
    return replace(alert, note=None)


def coarsen_place(place: Place, names: WithheldNames, find_area: FindArea | None = None) -> Place:
    """A place whose point, if it has one, says no more than its district.

    find_area  tells districts from the settlements that a site may lie in; without it the nearest area stands
    """
    place = replace(
        place,
        name=names.mask(place.name),
        label=names.mask(place.label) if place.label else place.label,
        reasons=_mask_reasons(place.reasons, names),
    )
    place = replace(place, within=tuple(id_ for id_ in place.within if not is_drawn(id_, find_area)))
    if place.precision not in ("site", "settlement"):
        return place
    areas = _list_areas(place, find_area)
    # the footnote may hang on the id that goes
    footnote = find_footnote(place)
    area = areas[0] if areas else None
    place = replace(place, precision="district", gazetteer_id=area, within=areas[1:], footnote=footnote)
    if place.lat is None or place.lon is None:
        return place
    why = Reason(COARSENED, "given as its district: for the public, points are rounded to a tenth of a degree")
    lat, lon = (round(number, _DECIMALS) + 0.0 for number in (place.lat, place.lon))
    return replace(place, lat=lat, lon=lon, reasons=(*place.reasons, why))


def _list_areas(place: Place, find_area: FindArea | None) -> tuple[str, ...]:
    """The ids of what a place lies in, without the settlements nearest to it: their points say where it is."""
    areas = place.within
    while areas and find_area and not areas[0].startswith(_DIVISIONS):
        near = find_area(areas[0])
        if near is None or near.precision not in ("site", "settlement"):
            break
        areas = areas[1:]
    return areas


def is_drawn(area_id: str, find_area: FindArea | None) -> bool:
    """Whether an area is one of the desk's own sectors, which are not for others."""
    area = find_area(area_id) if find_area and not area_id.startswith(_DIVISIONS) else None
    return area is not None and area.is_drawn


def is_exact(place_id: str, find_area: FindArea) -> bool:
    """Whether an id leads to the point of a site or settlement; so may one of which nothing is known."""
    area = find_area(place_id)
    return area is None or area.precision in ("site", "settlement")


def coarsen_phrase(phrase: str, names: WithheldNames, role: str) -> str:
    """A noun phrase without the names in it: what else it says of somebody, or `role` where it says nothing else."""
    masked = names.mask(phrase)
    if masked == phrase:
        return phrase
    title = _find_title(phrase)
    kept = ""
    pieces = re.split(f"({re.escape(MASK)})", masked)
    for n, piece in enumerate(pieces):
        before = kept.split()
        # "pro-[name withheld] crowd" says no more without the name
        is_joined = kept.endswith("-") or "".join(pieces[n + 1 : n + 2]).startswith("-")
        if piece != MASK or is_joined or (before and before[-1].lower() in _OWNERS):
            kept += piece
    text = " ".join(kept.split())
    text = re.sub(r"\s+([,;.])", r"\1", text).strip(" ,;.-\u2013\u2014")
    words = [word.lower().rstrip(".") for word in WORD.findall(text)]
    while words and words[-1] in load_person_words().titles:
        text = text[: text.rstrip(" .").rfind(" ") + 1].strip(" ,;.")
        words.pop()
    empty = _FILLERS | load_person_words().titles.keys() | load_person_words().openers
    says = [word for word in words if word not in empty and not word.isdigit()]
    return text if any(len(word) > 1 for word in says) and not text.startswith(("'s", "\u2019s")) else title or role


def _find_title(phrase: str) -> str:
    titles = load_person_words().titles
    return next((titles[low] for word in WORD.findall(phrase) if (low := word.lower().rstrip(".")) in titles), "")


def _coarsen_party(party: Party, names: WithheldNames) -> Party:
    roles = load_person_words().roles
    role = roles.get(party.sector or "", roles[""])
    return replace(party, text=coarsen_phrase(party.text, names, role), span=None)


def _coarsen_link(link: Attribution, names: WithheldNames) -> Attribution:
    speaker = link.speaker and coarsen_phrase(link.speaker, names, load_person_words().speakers[link.kind])
    return replace(link, speaker=speaker, cue=link.cue and names.mask(link.cue), span=None)


def _coarsen_toll(toll: Toll, names: WithheldNames) -> Toll:
    return replace(toll, whom=toll.whom and coarsen_phrase(toll.whom, names, load_person_words().roles[""]))


def _mask_reason(reason: Reason, names: WithheldNames) -> Reason:
    if reason.rule == _RETRACTED:
        told = _TAKEN_BACK.match(reason.detail)
        return replace(reason, detail=told.group() if told else "taken back")
    if reason.rule == _GIVEN:
        return replace(reason, detail="by a person")
    return replace(reason, detail=names.mask(reason.detail))


def _mask_reasons(reasons: Sequence[Reason], names: WithheldNames) -> tuple[Reason, ...]:
    return tuple(_mask_reason(reason, names) for reason in reasons)
