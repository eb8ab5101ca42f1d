"""From an act that the encoder found to a claim in the codebook's fields, with a reason for every decision."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import cast

import numpy as np

from tocsin.reading.carrying import date_claim
from tocsin.reading.citing import complete_citing
from tocsin.reading.coding import code_party, speaker_kind
from tocsin.reading.dating import DateOptions, choose_date, list_dates
from tocsin.reading.decoding import Act
from tocsin.reading.hearsay import find_hearsay
from tocsin.reading.joined import split_parties
from tocsin.reading.joint_speakers import join_speakers
from tocsin.reading.labels import load_heads
from tocsin.reading.marked_speakers import find_marked_speaker
from tocsin.reading.modality_rules import settle_modality
from tocsin.reading.outputs import Outputs
from tocsin.reading.own_acts import find_own_act
from tocsin.reading.own_outlet import drop_outlet
from tocsin.reading.readiness import settle_readiness
from tocsin.reading.rules import apply_rules, draft_act
from tocsin.reading.scene import Scene, Setting
from tocsin.reading.segments import Segment
from tocsin.reading.toll_shares import Clause
from tocsin.reading.tolling import read_tolls
from tocsin.records import (
    Attribution,
    Claim,
    Evidence,
    Party,
    PlaceMention,
    Reason,
    Span,
    SpeakerKind,
    claim_id,
)

_QUOTES = "\"'\u201c\u201d\u2018\u2019\u00ab\u00bb\u201e"
_EDGES = _QUOTES + " \t\r\n,;:.\u2013\u2014-([*"
_ENDS = _QUOTES + " \t\r\n,;:\u2013\u2014-([*"
#: Where rockets were fired from stands no farther behind the act.
_NEAR = 120
_FROM = re.compile(r"\s(?:[a-z]+\s){0,2}(?:from|out of|inside|within)\s(?:the\s)?")
#: Behind a dash between spaces something else begins: "kill nine \u2013 army".
_DASH = re.compile(r"\s+[-\u2013\u2014]\s")
#: With these in his words a speaker can be the one it was done to.
_MYSELF = re.compile(r"\b(?:me|us|my|our|myself|ourselves)\b", re.I)
_SAYING = re.compile(r"\s(?:said|says|told|added|wrote|reported|announced)\b")
#: From this probability on the head decides what kind of speaker somebody is.
_SURE_KIND = 0.5
#: A phrase of more characters than this names no party.
LONGEST_PARTY = 240


def compose_claim(act: Act, scene: Scene) -> tuple[Claim, DateOptions]:
    """The claim of one act, and what it can be dated by. Offsets are code points into the article's text."""
    outputs, setting = scene.outputs, scene.setting
    window, text = outputs.window, setting.text
    trigger = Span(int(window.starts[act.word]), int(window.ends[act.word]))
    evidence = _cut_evidence(act, outputs, text)
    actor, recipient = (
        _make_parties(act.fillers[role], act.fillers["place"], scene) for role in ("actor", "recipient")
    )
    # a town that nobody's words make a party is where it happened, and not whom it was done to
    recipient = [(p, by) for p, by in recipient if p.sector is not None or p.span not in scene.places]
    actor = [(p, by) for p, by in actor if not _is_origin(p, trigger, setting)]
    head = draft_act(act)
    draft = apply_rules(settle_modality(settle_readiness(head, trigger, text), trigger, text))
    told = _make_chain(act, outputs, setting)
    marked = () if told else _find_marked(trigger, setting)
    heard = () if told or marked else find_hearsay(evidence)
    chain = told or marked or heard
    recipient = [(p, by) for p, by in recipient if not _is_told_by(p, chain, trigger, evidence)]
    if (own := find_own_act(chain, trigger, setting, is_told=bool(actor))) is not None:
        actor = [(own, "who speaks")]
    reasons = [
        Reason("head-trigger", f"{trigger.cut(text)!r} names {act.type.name}", round(act.type.score, 3)),
        *(
            Reason("marked-speaker", f"{link.speaker!r} stands alone behind a dash or before a colon")
            for link in marked
        ),
        *(Reason("hearsay", f"{link.cue!r} tells it of nobody in particular") for link in heard),
        *_tell_choices(act),
        *draft.reasons,
    ]
    background = act.background.name == "background"
    # what a report that is called untrue counts is its toll all the same
    clause = Clause(replace(draft, modality=head.modality), evidence, [p for p, _ in actor], [p for p, _ in recipient])
    tolls, read = read_tolls(act, scene, clause)
    reasons += read
    reasons += [Reason("party-code", f"{p.text!r}: {by}") for p, by in (*actor, *recipient) if by]
    claim = Claim(
        id=claim_id(setting.article_id, draft.type, trigger.start),
        article_id=setting.article_id,
        type=draft.type,
        evidence=evidence,
        mode=draft.mode,
        actor=tuple(p for p, _ in actor),
        recipient=tuple(p for p, _ in recipient),
        modality=draft.modality,
        certainty="hedged" if act.certainty.name == "hedged" else "asserted",
        background=background,
        attribution=chain,
        mentions=_make_mentions(act.fillers["place"], outputs, text),
        tolls=tuple(tolls),
        trigger=trigger,
        score=round(act.type.score, 4),
        reader=setting.version,
        reasons=tuple(reasons),
    )
    dates = list_dates(act, scene, draft, evidence.span, background=background)
    when, why = choose_date(dates.options, dates.none)
    return date_claim(claim, when, why, setting.published), replace(dates, alone=when)


def _tell_choices(act: Act) -> list[Reason]:
    told = [Reason(f"head-{name}", choice.name, round(choice.score, 3)) for name, choice in (
        ("mode", act.mode), ("modality", act.modality), ("certainty", act.certainty), ("background", act.background),
    )]  # fmt: skip
    for role, found in act.fillers.items():
        if found and role != "evidence":
            told.append(Reason(f"arc-{role.replace('_', '-')}", "", round(min(s.score for s in found), 3)))
    return told


def cut_span(segment: Segment, outputs: Outputs, text: str) -> Span | None:
    """The characters of a segment without quotation marks and commas at its ends; None where nothing is left."""
    window = outputs.window
    start, end = int(window.starts[segment.first]), int(window.ends[segment.stop - 1])
    while start < end and (text[start] in _EDGES or text[start].isspace() or _is_picture(text[start])):
        start += 1
    while end > start and (text[end - 1] in _ENDS or text[end - 1].isspace() or _is_picture(text[end - 1])):
        end -= 1
    if text[start:end].count("(") > text[start:end].count(")") and text[end : end + 1] == ")":
        end += 1
    return Span(start, end) if start < end else None


def _is_picture(letter: str) -> bool:
    """Whether a letter is an emoji, or one of the marks that go with it."""
    return unicodedata.category(letter) in ("So", "Sk", "Cf", "Mn", "Me", "Cn")


def _cut_evidence(act: Act, outputs: Outputs, text: str) -> Evidence:
    """The passage that holds the trigger; its whole sentence where the arcs give none."""
    window = outputs.window
    around = [s for s in act.fillers["evidence"] if s.first <= act.word < s.stop]
    same = np.flatnonzero(window.sentences == window.sentences[act.word])
    first, last = int(same[0]), int(same[-1])
    if around:
        first, last = around[0].first, around[0].stop - 1
    span = cut_span(Segment(first, last + 1, 1.0), outputs, text)
    if span is None:
        span = Span(int(window.starts[act.word]), int(window.ends[act.word]))
    # a trigger of marks alone is trimmed away with the marks
    start = min(span.start, int(window.starts[act.word]))
    return Evidence.cut_from(text, start, max(span.end, int(window.ends[act.word])))


def _make_parties(found: Sequence[Segment], places: Sequence[Segment], scene: Scene) -> list[tuple[Party, str]]:
    """The parties with the words that decided their codes."""
    outputs, setting = scene.outputs, scene.setting
    made: list[tuple[Party, str]] = []
    for segment in found:
        span = cut_span(_cut_place(segment, places, outputs, setting.text), outputs, setting.text)
        if span is None or span.end - span.start > LONGEST_PARTY:
            continue
        if (dash := _DASH.search(setting.text, span.start + 1, span.end)) is not None:
            span = Span(span.start, dash.start())
        for part in split_parties(span, setting):
            words = part.cut(setting.text)
            if any(words == p.text for p, _ in made):
                continue
            code = code_party(words, setting.context, setting.lexicon, at=part.start)
            made.append((Party(words, code.country, code.sector, part), code.by))
    return made


def _is_origin(party: Party, trigger: Span, setting: Setting) -> bool:
    """Whether a land is told as where it came from: "rockets fired from Lebanon"."""
    span = party.span
    if span is None or not trigger.end <= span.start <= trigger.end + _NEAR or party.text not in setting.lexicon.lands:
        return False
    return _FROM.fullmatch(setting.text, trigger.end, span.start) is not None


def _cut_place(party: Segment, places: Sequence[Segment], outputs: Outputs, text: str) -> Segment:
    """A party without the "near Orle" at its end that says where the act happened."""
    window = outputs.window
    for place in places:
        before = place.first - 1
        if party.first < before and place.stop == party.stop:
            word = text[window.starts[before] : window.ends[before]].lower()
            if word in ("near", "outside"):
                return Segment(party.first, before, party.score)
    return party


def _make_mentions(found: Sequence[Segment], outputs: Outputs, text: str) -> tuple[PlaceMention, ...]:
    spans = (cut_span(s, outputs, text) for s in sorted(found, key=lambda s: -s.score))
    return tuple(PlaceMention(span.cut(text), span) for span in spans if span is not None)


def _make_chain(act: Act, outputs: Outputs, setting: Setting) -> tuple[Attribution, ...]:
    links: list[Attribution] = []
    for speaker_role, cue_role in (("speaker", "cue"), ("inner_speaker", "inner_cue"))[: int(act.links.name)]:
        speaker = _best(act.fillers[speaker_role], act.word)
        cue = _best(act.fillers[cue_role], act.word)
        if speaker is None and cue is None:
            continue
        span = cut_span(speaker, outputs, setting.text) if speaker else None
        span = join_speakers(_cut_saying(span, setting.text), setting) if span else None
        words = span.cut(setting.text) if span else None
        cue_span = cut_span(cue, outputs, setting.text) if cue else None
        said = cue_span.cut(setting.text) if cue_span else None
        kind: SpeakerKind = "unspecified"
        if words is not None and speaker is not None:
            kind = _choose_kind(words, speaker, outputs, setting)
        if words is None and (said is None or (links and links[0].speaker)):
            # a verb of saying without a second speaker is the first one's
            links[:1] = [replace(link, cue=link.cue or said) for link in links[:1]]
            continue
        if links and links[0].speaker == words:
            continue
        links.append(Attribution(words, kind, said, span or cue_span))
    return drop_outlet(complete_citing(links, setting), setting)


def _cut_saying(span: Span, text: str) -> Span:
    """The words of a speaker without the verb of saying that the arc took along: "a resident said by telephone"."""
    found = _SAYING.search(text, span.start + 1, span.end)
    return Span(span.start, found.start()) if found else span


def _find_marked(trigger: Span, setting: Setting) -> tuple[Attribution, ...]:
    """The speaker whom a dash or colon names, where no word does."""
    span = find_marked_speaker(setting.text, trigger, setting.lexicon)
    if span is None:
        return ()
    words = span.cut(setting.text)
    code = code_party(words, setting.context, setting.lexicon)
    return (Attribution(words, speaker_kind(words, code), None, span),)


def _choose_kind(words: str, speaker: Segment, outputs: Outputs, setting: Setting) -> SpeakerKind:
    chances = outputs.chances("kind", speaker.first, speaker.stop).mean(0)
    best = int(chances.argmax())
    code = code_party(words, setting.context, setting.lexicon)
    told = speaker_kind(words, code)
    # a body that the table knows by name is no newsroom, however it sounds
    is_known = told == "organisation" and code.country in ("IGO", "NGO")
    name = cast(SpeakerKind, load_heads()["kind"].classes[best])
    return told if chances[best] < _SURE_KIND or (is_known and name == "media") else name


def _is_told_by(party: Party, chain: Sequence[Attribution], trigger: Span, evidence: Evidence) -> bool:
    """Whether a party only says it, behind the words: "guards burned the mill", said the miller."""
    speakers = (link.span for link in chain if link.speaker and link.span and link.span.start >= trigger.end)
    is_speaker = party.span is not None and any(party.span.overlaps(span) for span in speakers)
    return is_speaker and _MYSELF.search(evidence.text) is None


def _best(found: Iterable[Segment], word: int) -> Segment | None:
    """The surest segment, the nearer one where two are as sure."""
    return max(found, key=lambda s: (round(s.score, 1), -min(abs(s.first - word), abs(s.stop - word))), default=None)
