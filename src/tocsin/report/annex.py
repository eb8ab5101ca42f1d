"""The annex: the articles that the sentences of a report stand on, numbered in order of first need."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import quote as urlquote

from tocsin.records import Article
from tocsin.report.picture import Picture
from tocsin.report.sentences import AnnexRow, Report, Section, Sentence
from tocsin.report.wording import cut_short, isolate, map_characters

LONGEST_TITLE, LONGEST_ADDRESS = 110, 600


def build_annex(sections: Iterable[Section], picture: Picture, *, is_public: bool) -> tuple[AnnexRow, ...]:
    """A row for the article of each claim that is told, and for each article that is cited itself.

    A sentence that cites several claims of one speaker tells the first of them; the others stand at the desk.
    """
    claims = {c.id: c for telling in picture.tellings.values() for v in telling.versions for c in v.claims}
    held: dict[str, list[str]] = {}
    for sentence in (s for section in sections for block in section.blocks for s in block.everything if s.is_shown):
        for claim_id in _list_told(sentence):
            if claim_id in claims:
                held.setdefault(claims[claim_id].article_id, []).append(claim_id)
        for article_id in (id_ for id_ in sentence.cites if id_ in picture.articles):
            held.setdefault(article_id, [])
    known = [(id_, ids) for id_, ids in held.items() if id_ in picture.articles]
    return tuple(
        _make_row(number, picture.articles[id_], tuple(dict.fromkeys(ids)), picture, is_public)
        for number, (id_, ids) in enumerate(known, 1)
    )


def renew_annex(report: Report, picture: Picture) -> Report:
    """The report with the annex that its sentences now need: after edits."""
    return replace(report, annex=build_annex(report.sections, picture, is_public=report.is_public))


def _list_told(sentence: Sentence) -> tuple[str, ...]:
    if sentence.id.endswith("/more") or "/differ/" in sentence.id:
        return ()
    return sentence.claim_ids if sentence.state == "added" else sentence.claim_ids[:1]


def _make_row(number: int, article: Article, claim_ids: tuple[str, ...], picture: Picture, is_public: bool) -> AnnexRow:
    outlet = picture.outlets.get(article.outlet_id) if article.outlet_id else None
    letter = outlet.reliability if outlet else "F"
    name = isolate(cut_short(article.outlet_name or "an unnamed outlet", 60))
    return AnnexRow(
        number,
        article.id,
        f"{name} ({letter})",
        None if is_public or not article.title else isolate(cut_short(article.title, LONGEST_TITLE)),
        article.published_at,
        clean_address(article.url),
        claim_ids,
    )


def clean_address(address: str | None) -> str | None:
    """An address that may become a link: http or https, everything but visible ASCII percent-encoded; else None."""
    if not address or not address.startswith(("http://", "https://")) or len(address) > LONGEST_ADDRESS:
        return None
    return urlquote(map_characters(address).strip(), safe="!#$%&()*+,/:;=?@[]~")
