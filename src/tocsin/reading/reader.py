"""The default reader: one small encoder finds acts and who fills their roles, plain rules make claims of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tocsin.knowledge.parties import PartyLexicon, PartyName, make_party_lexicon
from tocsin.reading.carrying import carry_dates
from tocsin.reading.coding import read_context
from tocsin.reading.composing import compose_claim
from tocsin.reading.count import Count
from tocsin.reading.counting import find_counts
from tocsin.reading.dates import find_dates
from tocsin.reading.dating import DateOptions
from tocsin.reading.decoding import find_acts
from tocsin.reading.denying import carry_denials
from tocsin.reading.encoder import Encoder
from tocsin.reading.faint_speakers import name_speakers
from tocsin.reading.flashes import add_uncounted, is_flash, settle_flash
from tocsin.reading.language import require_english
from tocsin.reading.merging import merge_retold
from tocsin.reading.naming import find_names
from tocsin.reading.pointing import point_at_places
from tocsin.reading.quoting import carry_speakers
from tocsin.reading.roadblocks import add_roadblocks
from tocsin.reading.scene import Setting, make_scene
from tocsin.reading.weighing_parties import weigh_parties
from tocsin.records import Article, Claim, Findings, PlaceMention


@dataclass(frozen=True, slots=True)
class ReaderWords:
    """What the reader knows beside its model."""

    parties: PartyLexicon


@dataclass(frozen=True, slots=True)
class ActsRead:
    """The claims of an article, each act told once, in order.

    dates    what each claim can be dated by, by its id
    names    the names of places
    pointed  what the reader points at as each claim's place, by its id
    """

    claims: Sequence[Claim]
    dates: Mapping[str, DateOptions]
    names: tuple[PlaceMention, ...]
    pointed: Mapping[str, tuple[PlaceMention, ...]]


class EncoderReader:
    """Reads English news with the bundled model. Safe to share between threads."""

    def __init__(self, encoder: Encoder, words: ReaderWords) -> None:
        self._encoder, self._words = encoder, words

    @property
    def version(self) -> str:
        """Name and version of the model, stored on every claim."""
        return self._encoder.model.name

    def read_article(self, article: Article) -> Findings:
        """All claims and place names of an article, in order; raises ReadingError for a text that is not English."""
        if not article.text.strip():
            return Findings(names=())
        told = self.read_acts(article)
        claims = carry_dates(told.claims, article.text, told.dates, _day_of(article))
        return Findings(tuple(claims), told.names, told.pointed)

    def read_acts(self, article: Article) -> ActsRead:
        """The claims with what each can be dated by, before the date of one is carried to the next; raises likewise."""
        text = article.text
        require_english(article, self._encoder.knows)
        gate = self._encoder.model.gate
        windows = [window for window in self._encoder.cut(text) if gate.opens(window)]
        names: list[PlaceMention] = []
        claims: list[Claim] = []
        dates: dict[str, DateOptions] = {}
        pointed: dict[str, tuple[PlaceMention, ...]] = {}
        setting: Setting | None = None
        counts = find_counts(text) if windows else ()
        # the numbers of a window are let go before the next one's come: a book has hundreds
        for outputs in self._encoder.answer(windows):
            found = tuple(find_names(outputs, text))
            names += found
            acts = find_acts(outputs)
            if is_flash(len(windows), outputs):
                acts = settle_flash(acts, outputs, text, counts)
            else:
                acts = add_uncounted(acts, outputs, text, counts, _title_end(article))
            acts = add_roadblocks(acts, outputs, text)
            if not acts:
                continue
            setting = setting or make_setting(article, self._words, self.version, counts)
            scene = make_scene(outputs, setting, acts, found)
            for act in name_speakers(weigh_parties(acts, outputs, text), outputs, text):
                claim, dates_of = compose_claim(act, scene)
                claims.append(claim)
                dates[claim.id], pointed[claim.id] = dates_of, point_at_places(act, outputs, text)
        claims = carry_speakers(carry_denials(claims, text), text)
        return ActsRead(merge_retold(claims, _title_end(article)), dates, tuple(names), pointed)


def make_setting(article: Article, words: ReaderWords, version: str, counts: Sequence[Count] | None = None) -> Setting:
    """What holds for the whole article: its dates, its counts and the countries and groups it is about.

    counts  what the article counts, where that is known already
    """
    published = _day_of(article)
    return Setting(
        article.id, article.text, published, words.parties, read_context(article.text, words.parties),
        find_dates(article.text, published), find_counts(article.text) if counts is None else counts, version,
        article.outlet_name,
    )  # fmt: skip


def make_words(extra_parties: Sequence[PartyName] = ()) -> ReaderWords:
    """The bundled tables with a user's own names laid over them."""
    return ReaderWords(make_party_lexicon(extra_parties))


def _day_of(article: Article) -> date | None:
    """The day of publication (UTC), or None where the page does not say."""
    return article.published_at.date() if article.published_at is not None else None


def _title_end(article: Article) -> int:
    title = (article.title or "").strip()
    return len(title) if title and article.text.startswith(title) else 0
