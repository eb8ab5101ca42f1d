"""Answers to the benchmark of coreference. All texts are invented: EXERCISE."""

from __future__ import annotations

from typing import Any

import pytest

from tocsin.errors import IntakeError
from tocsin.predicting.coref import add_texts, answer_coref
from tocsin.settings import Settings

ARTICLES = [
    {"id": "a", "text": "Rebels shelled Orle on Sunday . The shelling killed two ."},
    {"id": "b", "text": "Orle was shelled on Sunday , it said ."},
]


def mention(id_: str, doc: str, *tok: Any, sent: int = 0, lemma: str = "shell", pos: str = "VERB") -> dict[str, Any]:
    return {"id": id_, "doc": doc, "sent": sent, "tok": list(tok), "lemma": lemma, "pos": pos}


def test_each_mention_gets_its_act_in_order() -> None:
    records = add_texts(
        [
            mention("1", "a", 1),
            mention("2", "a", 7, sent=1, lemma="shelling", pos="NOUN"),
            mention("3", "b", 2),
            mention("4", "b", 6, lemma="-PRON-", pos="PRON"),
            mention("5", "b", 7, lemma="say"),
        ],
        ARTICLES,
    )
    answers = list(answer_coref(records, Settings()))
    assert [a["id"] for a in answers] == ["1", "2", "3", "4", "5"]
    acts = {a["id"]: a["cluster"] for a in answers}
    assert acts["1"] == acts["3"] == "1"
    assert acts["2"] != acts["4"]


def test_a_mention_of_an_article_without_text_is_named() -> None:
    with pytest.raises(IntakeError, match=r"line 2.*'c'"):
        add_texts([mention("1", "a", 1), mention("2", "c", 1)], ARTICLES)


@pytest.mark.parametrize("tok", [(), (99,), (-1,), ("1",), (1, 99)])
def test_words_that_the_article_does_not_have_are_named(tok: tuple[Any, ...]) -> None:
    records = add_texts([mention("1", "a", 1), mention("2", "a", *tok)], ARTICLES)
    with pytest.raises(IntakeError, match=r"line 2.*tok"):
        list(answer_coref(records, Settings()))


@pytest.mark.parametrize("article", [{"id": "a"}, {"text": "Orle burned ."}, {"id": "a", "text": None}])
def test_an_article_without_id_or_text_is_named(article: dict[str, Any]) -> None:
    with pytest.raises(IntakeError, match=r"line 2.*lacks id or text"):
        add_texts([], [ARTICLES[0], article])


def test_a_mention_without_its_sentence_is_named() -> None:
    records = add_texts([mention("1", "a", 1), {**mention("2", "a", 1), "sent": None}], ARTICLES)
    with pytest.raises(IntakeError, match=r"line 2.*sent = None"):
        list(answer_coref(records, Settings()))
