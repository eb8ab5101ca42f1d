"""Who says so: the chain of attribution of one act, outermost speaker first (codebook: field `attribution`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tocsin.knowledge.cues import Cues
from tocsin.reading import clauses as cl
from tocsin.reading.discourse import Discourse, Mentioned
from tocsin.reading.modality import beside_ancestors
from tocsin.records import Attribution, Span, SpeakerKind

if TYPE_CHECKING:
    from spacy.tokens import Token

_KIND_OF_SECTOR: dict[str, SpeakerKind] = {
    "GOV": "official", "LEG": "official", "JUD": "official", "SPY": "official",
    "MIL": "force", "COP": "force", "REB": "force", "UAF": "force", "CRM": "force",
    "IGO": "organisation", "NGO": "organisation", "PTY": "organisation", "BUS": "organisation", "MED": "media",
    "REL": "organisation", "EDU": "person", "CVL": "person", "PRO": "person", "ETH": "person",
}  # fmt: skip


#: Participles whose agent passes on what another said: he stands before him in the chain.
_CARRIERS = frozenset({"quoted", "carried", "cited"})


@dataclass(frozen=True, slots=True)
class Voice:
    """One speaker found in a sentence: the link, and the party behind it where there is one."""

    link: Attribution
    party: Mentioned | None


def find_voices(word: Token, verb: Token, cues: Cues, discourse: Discourse, offset: int) -> list[Voice]:
    """The chain for the act named by `word`, outermost first; the act's own actor is not yet left out."""
    voices = _reporting_verbs(word, cues, discourse, offset)
    inner = _prepositional(word, cues, discourse, offset)
    if inner and voices and inner[0].link.speaker == voices[-1].link.speaker:
        inner = inner[1:]
    carriers = [v for v in inner if v.link.cue in _CARRIERS]
    voices = carriers + voices + [v for v in inner if v not in carriers]
    if not voices and (hearsay := _hearsay(word, verb, offset)) is not None:
        voices = [Voice(hearsay, None)]
    return voices[:3]


def classify_speaker(phrase: str, mentioned: Mentioned | None, cues: Cues) -> SpeakerKind:
    """The kind of a speaker by the words of the phrase, then by the party's sector."""
    lower = phrase.lower()
    words = {w.strip(".,'\u2019s\"") for w in lower.split()} | set(lower.replace(",", " ").split())
    singular = {w.removesuffix("s") for w in words}
    if any(a in words or (" " in a and a in lower) for a in cues.phrases("kinds.anonymous")):
        return "anonymous"
    if any(w in words for w in cues.phrases("kinds.footage")):
        return "footage"
    sector = mentioned.party.sector if mentioned is not None else None
    if sector not in ("MIL", "COP", "GOV", "IGO", "NGO") and any(
        w in words or (" " in w and w in lower) for w in cues.phrases("kinds.media")
    ):
        return "media"
    if any(w in words for w in cues.phrases("kinds.witness")):
        return "witness"
    if sector is None or sector in ("UNK",):
        if any(w in words or w in singular for w in cues.phrases("kinds.document")):
            return "document"
        if any(w in words for w in cues.phrases("kinds.organisation")):
            return "organisation"
        return "person"
    return _KIND_OF_SECTOR.get(sector, "person")


def _reporting_verbs(word: Token, cues: Cues, discourse: Discourse, offset: int) -> list[Voice]:
    found: list[Voice] = []
    for child, ancestor in cl.iter_ancestors(word):
        if not cl.is_verbal(ancestor) or not cues.has("reporting.verbs", ancestor.lemma_.lower()):
            # "A said X, and B did Y": the second clause is not A's, unless it stands in a complement itself
            is_new_clause = child.dep_ == "conj" and any(c.dep_ == "nsubj" for c in child.children)
            if is_new_clause and ancestor.dep_ not in ("ccomp", "xcomp"):
                break
            continue
        if child.dep_ in ("ccomp", "parataxis", "xcomp", "dobj", "prep", "oprd") and not _is_parted(word, ancestor):
            found = _read_cue(ancestor, child, discourse, cues, offset) + found
        if child.dep_ in ("relcl",):
            break
    for token in word.sent:
        if found:
            break
        is_aside = token.dep_ == "parataxis" and cues.has("reporting.verbs", token.lemma_.lower())
        if is_aside and (token.head == word or token.head in {a for _, a in cl.iter_ancestors(word)}):
            found = _read_cue(token, word, discourse, cues, offset)
    return found


def _read_cue(cue: Token, child: Token, discourse: Discourse, cues: Cues, offset: int) -> list[Voice]:
    lemma = cue.lemma_.lower()
    if child.dep_ in ("dobj", "prep") and lemma not in ("deny", "announce", "report", "confirm", "claim", "describe"):
        return []
    if (
        child.dep_ == "xcomp"
        and not cl.is_passive(cue)
        and lemma not in ("deny", "claim", "report", "admit", "announce")
    ):
        return []
    if cl.is_passive(cue):
        agent = cl.find_agent(cue)
        if agent is not None:
            voice = _make_voice(agent, cue, discourse, cues, offset)
            return [voice] if voice else []
        if cues.has("hedges.passives", lemma) and child.dep_ in ("xcomp", "ccomp", "oprd"):
            return [Voice(Attribution(None, "unspecified", _cue_words(cue), _span(cue, offset)), None)]
        return []
    subject = cl.find_subject(cue)
    if subject is None or (subject.lower_ in ("we", "it") and lemma in ("hear", "understand", "learn", "seem")):
        return []
    voice = _make_voice(subject, cue, discourse, cues, offset)
    if voice is None:
        return []
    listener = next((c for c in cue.children if c.dep_ in ("dobj", "dative") and lemma in ("tell", "inform")), None)
    if listener is not None:
        heard_by = _make_voice(listener, cue, discourse, cues, offset)
        if heard_by is not None and heard_by.link.kind == "media" and not _is_outlet_voice(heard_by.link.speaker, cues):
            return [heard_by, voice]
    return [voice]


def _is_outlet_voice(speaker: str | None, cues: Cues) -> bool:
    lower = (speaker or "").lower()
    return cues.has("deixis.outlet_voice", lower) or lower.startswith(("reporter", "journalist", "a news conference"))


def _prepositional(word: Token, cues: Cues, discourse: Discourse, offset: int) -> list[Voice]:
    found: list[Voice] = []
    for token in word.sent:
        head: Token | None = None
        if token.lower_ == "according":
            to = next((c for c in token.children if c.dep_ == "prep" or c.lower_ == "to"), None)
            head = next((c for c in to.children if c.dep_ == "pobj"), None) if to is not None else None
        elif token.lower_ in ("citing", "quoting") and token.tag_ == "VBG":
            head = next((c for c in token.children if c.dep_ == "dobj"), None)
        elif token.lower_ in _CARRIERS and cl.find_agent(token) is not None:
            head = cl.find_agent(token)
        if head is not None and head != word and not _is_parted(word, token):
            voice = _make_voice(head, token, discourse, cues, offset)
            if voice is not None:
                found.append(voice)
    return found


def _is_parted(a: Token, b: Token) -> bool:
    """Whether a semicolon stands between two words: what is beyond it is said by somebody else."""
    first, last = sorted((a.i, b.i))
    return any(t.text == ";" for t in a.doc[first:last])


def _hearsay(word: Token, verb: Token, offset: int) -> Attribution | None:
    near = [t for t in cl.clause_tokens(verb) if abs(t.i - word.i) < 40] + beside_ancestors(verb)
    for t in near:
        if t.lower_ in ("reportedly", "allegedly", "apparently", "supposedly", "purportedly"):
            return Attribution(None, "unspecified", t.text, _span(t, offset))
    return None


def _make_voice(head: Token, cue: Token, discourse: Discourse, cues: Cues, offset: int) -> Voice | None:
    mentioned = discourse.mention(head, offset)
    if mentioned is None:
        return None
    party = mentioned.party
    if head.lower_ in ("it", "this", "that", "which", "who", "what"):
        mentioned_name: str | None = party.text if party.span is None else None
        if mentioned_name is None:
            return None
    kind = classify_speaker(party.text, mentioned, cues)
    return Voice(Attribution(party.text, kind, _cue_words(cue), party.span or _span(head, offset)), mentioned)


def _cue_words(cue: Token) -> str:
    if cue.lower_ == "according":
        return "according to"
    return cue.text


def _span(token: Token, offset: int) -> Span:
    return Span(offset + token.idx, offset + token.idx + len(token.text))
