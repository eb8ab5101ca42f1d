"""Texts with ligatures, full-width letters and unseen signs, read as plain words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.reading.checking import check_evidence
from tocsin.errors import ReadingError
from tocsin.ports import Reader
from tocsin.reading.plain import keep_claims, make_plain, plain_article
from tocsin.records import Article, Claim, Span

PUBLISHED = datetime(2022, 7, 31, 21, 38, tzinfo=UTC)
ODD = (
    "\ufb01",
    "\ufb02",
    "\ufb03",
    "\u00ad",
    "\u200b",
    "\u200d",
    "\u2011",
    "\uff2f",
    "\uff13",
    "\U0001d40e",
    "\ufeff",
    "\U0001f525",
)


def read_plainly(reader: Reader, text: str) -> tuple[Claim, ...]:
    """As the pipeline does, without places."""
    article = Article("art-1", text, PUBLISHED, published_at=PUBLISHED, language="en")
    plain = make_plain(text)
    return keep_claims(reader.read_article(plain_article(article, plain)).claims, plain, text)


@pytest.mark.parametrize(
    ("kept", "plain"),
    [
        ("\ufb01ve o\ufb03cers", "five officers"),
        ("\uff2f\uff52\uff4c\uff45 \uff13\uff10", "Orle 30"),
        ("police\u00admen", "policemen"),
        ("kil\u200bled po\u200dlice", "killed police"),
        ("twenty\u2011two", "twenty-two"),
        ("\U0001d5d4\U0001d5fc\U0001d7ee", "Ao2"),
        ("police\U0001f6a8arrested \U0001f469\u200d\U0001f467\ufe0f 3", "police arrested   3"),
        # no plain words: these stay
        ("5\u00b2 \u00bd \u2460 \u2168 \u2026 \u00a0", "5\u00b2 \u00bd \u2460 \u2168 \u2026 \u00a0"),
        ("\u2776 \u275dso\u275e", "\u2776 \u275dso\u275e"),
        ("Zve\u010dan \u201cso\u201d", "Zve\u010dan \u201cso\u201d"),
        ("plain", "plain"),
        ("", ""),
        ("\u00ad", ""),
    ],
)
def test_plain_letters(kept: str, plain: str) -> None:
    assert make_plain(kept).text == plain


def test_passages_find_back() -> None:
    kept = "A \ufb01ght: po\u00adlice shot \ufb01ve."
    plain = make_plain(kept)
    for words, wanted in (("fight", "\ufb01ght"), ("police", "po\u00adlice"), ("five", "\ufb01ve"), ("shot", "shot")):
        at = plain.text.index(words)
        assert plain.to_kept(Span(at, at + len(words))).cut(kept) == wanted
    half = plain.text.index("ight")
    assert plain.to_kept(Span(half, half + 4)).cut(kept) == "\ufb01ght"
    assert plain.to_kept(Span(len(plain.text), len(plain.text))) == Span(len(kept), len(kept))


@given(st.text(alphabet=st.one_of(st.sampled_from("ab \n."), st.sampled_from(ODD)), max_size=40), st.data())
def test_any_passage_finds_back(kept: str, draw: st.DataObject) -> None:
    plain = make_plain(kept)
    start = draw.draw(st.integers(0, len(plain.text)))
    end = draw.draw(st.integers(start, len(plain.text)))
    found = plain.to_kept(Span(start, end))
    assert found.end <= len(kept)
    assert plain.text[start:end] in make_plain(found.cut(kept)).text
    if start < end:
        assert plain.to_kept(Span(0, len(plain.text))).contains(found)
    assert make_plain(plain.text).text == plain.text


ODDLY = "Gun\u00admen killed \ufb01ve police o\ufb03cers and twenty\u2011two civil\uff49ans near \uff2frle on Sunday."


def test_odd_letters_are_read_as_the_plain_words(reader: Reader) -> None:
    kept, plain = read_plainly(reader, ODDLY), read_plainly(reader, make_plain(ODDLY).text)
    check_evidence(ODDLY, kept)
    assert [(c.type, c.date, c.tolls) for c in kept] == [(c.type, c.date, c.tolls) for c in plain] != []
    (claim,) = kept
    assert claim.recipient[0].text.startswith("five police officers")
    assert claim.recipient[0].span is not None
    assert claim.recipient[0].span.cut(ODDLY).startswith("\ufb01ve police o\ufb03cers")
    assert [m.name for m in claim.mentions] == ["Orle"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    junk=st.lists(
        st.one_of(
            st.text(max_size=10),
            st.sampled_from(ODD),
            st.sampled_from(
                ["Rebels shel\u00adled the town of \uff2frle.", "The army con\ufb01rmed", "killing \uff13\u20115 men"]
            ),
        ),
        max_size=12,
    ),
    parted=st.booleans(),
)
def test_any_text_of_odd_letters_gives_sound_spans(reader: Reader, junk: list[str], parted: bool) -> None:
    text = (" " if parted else "").join(junk)
    try:
        claims = read_plainly(reader, text)
    except ReadingError:
        return
    check_evidence(text, claims)
