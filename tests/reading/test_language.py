"""Which texts are read, and which are said to be in another language."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from tests.reading.shares import hold_share
from tests.reading.test_cases import read_cases
from tocsin.errors import ReadingError
from tocsin.intake.language import detect_language
from tocsin.reading.encoder import Encoder
from tocsin.reading.language import require_english
from tocsin.records import Article, Claim

Read = Callable[..., tuple[Claim, ...]]
#: Least share of the short texts that are taken for what they are.
LEAST_LANGUAGES = 0.95


def is_read(text: str, language: str | None, encoder: Encoder) -> bool:
    try:
        require_english(Article("a", text, datetime(2026, 3, 20, tzinfo=UTC), language=language), encoder.knows)
    except ReadingError:
        return False
    return True


def test_short_texts(encoder: Encoder) -> None:
    def judge() -> Iterator[tuple[str, str | None]]:
        for case in read_cases("languages"):
            got = is_read(case["text"], detect_language(case["text"]), encoder)
            yield case["text"], None if got == case["read"] else f"{'read' if got else 'left unread'}"

    hold_share("languages", judge(), LEAST_LANGUAGES)


def test_no_short_text_in_another_language_gives_a_claim(read: Read) -> None:
    found = []
    for case in read_cases("languages"):
        if not case["read"]:
            with contextlib.suppress(ReadingError):
                found += read(case["text"], language=detect_language(case["text"]))
    assert found == []


@pytest.mark.parametrize("language", ["en", None, "es"])
def test_english_with_foreign_names_is_read_whatever_intake_took_it_for(encoder: Encoder, language: str | None) -> None:
    text = "Ejército de Liberación Nacional fighters ambushed soldiers near Tibú, Norte de Santander."
    assert is_read(text, language, encoder)
    assert is_read(text.upper()[:40], language, encoder)


def test_of_a_long_text_intake_decides(encoder: Encoder) -> None:
    text = "Fighters ambushed soldiers near the town and burned several trucks on the road. " * 6
    assert is_read(text, None, encoder)
    assert not is_read(text, "fr", encoder)


def test_another_language_is_refused_by_name(encoder: Encoder) -> None:
    text = "Policija je privela dvojicu muškaraca posle protesta na mostu. "
    for times in (1, 3, 9):
        with pytest.raises(ReadingError, match="'sr'"):
            require_english(Article("a", text * times, datetime(2026, 3, 2, tzinfo=UTC), language="sr"), encoder.knows)


@pytest.mark.parametrize(
    ("text", "language"), [("Mirno je.", "sr"), ("Police held two men. " * 9, "en"), ("a " * 200, None)]
)
def test_english_and_untold_texts_are_read(encoder: Encoder, text: str, language: str | None) -> None:
    assert is_read(text, language, encoder)


@pytest.mark.parametrize("text", ["", "1234567890", "...", "Die Polizei.", "AP"])
def test_a_text_without_plain_words_is_read(encoder: Encoder, text: str) -> None:
    assert is_read(text, None, encoder)
    assert is_read(text, "de", encoder)


def test_the_refusal_says_why(encoder: Encoder) -> None:
    article = Article("a", "Nepoznati napadači bacili su bombu na kuću.", datetime(2026, 3, 20, tzinfo=UTC))
    with pytest.raises(ReadingError, match="not English by its words; this reader reads English"):
        require_english(article, encoder.knows)


SERBIAN = "Policija je u nedelju privela dvojicu muškaraca posle protesta na mostu, saopštilo je ministarstvo. "


@pytest.mark.parametrize(
    ("text", "called"),
    [
        (SERBIAN, "sr/hr/bs"),
        (SERBIAN.upper(), "sr/hr/bs"),
        ("Полиција је у недељу привела двојицу мушкараца после протеста на мосту. ", "sr"),  # noqa: RUF001
        ("Policia tha se dy burra janë arrestuar në urë dhe një është plagosur. ", "sq"),
        ("Soldados del ejército mataron a tres personas en el pueblo, según el alcalde. ", "es"),
        ("警方周日逮捕了两名抗议者。", "zh"),
    ],
)
@pytest.mark.parametrize("times", [6, 60])
def test_a_long_text_whose_language_nobody_told_is_refused_by_its_words(
    encoder: Encoder, text: str, called: str, times: int
) -> None:
    article = Article("a", text * times, datetime(2026, 3, 20, tzinfo=UTC))
    with pytest.raises(ReadingError, match=f"looks like '{called}'"):
        require_english(article, encoder.knows)


def test_a_long_english_text_is_read_with_foreign_names_and_in_capitals(encoder: Encoder) -> None:
    text = "Fighters of the Ejército de Liberación Nacional ambushed soldiers near Tibú and burned several trucks. " * 6
    for written in (text, text.upper(), text.title()):
        assert is_read(written, None, encoder)


def test_another_script_is_never_english(encoder: Encoder) -> None:
    assert not is_read("警方周日逮捕了两名抗议者。", None, encoder)
    assert not is_read("Полиция", None, encoder)
