"""Which words tell of one act. All texts are invented: EXERCISE."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.incidents import coreference
from tocsin.incidents.coreference import (
    Mention,
    Setting,
    Telling,
    find_same_acts,
    iterate_stories,
    link_average,
    measure_parts,
    score_mentions,
)
from tocsin.knowledge.coreference import OTHER_PARTS, SHARED_PARTS, load_coreference

TABLE = load_coreference()
ARTICLES = {
    "a": "Gunmen killed mayor Tal Orrin in Teske on Sunday , police said . The killing shocked Teske .",
    "b": "Mayor Tal Orrin of Teske was murdered on Sunday . Residents of Teske marched after the murder .",
    "c": "A quake shook the Lorn valley at dawn . The quake destroyed houses , officials said .",
    "d": "The Lorn valley earthquake destroyed houses at dawn . Officials counted the damage of the quake .",
}
LEMMAS = {
    "killed": "kill", "killing": "killing", "murdered": "murder", "murder": "murder", "said": "say", "marched": "march",
    "quake": "quake", "earthquake": "earthquake", "destroyed": "destroy", "shocked": "shock", "damage": "damage",
}  # fmt: skip


def cut(texts: Mapping[str, str] = ARTICLES) -> dict[str, list[str]]:
    return {id_: text.split() for id_, text in texts.items()}


def find_mentions(articles: Mapping[str, Sequence[str]]) -> list[Mention]:
    found = []
    for id_, words in articles.items():
        for place, word in enumerate(words):
            if word in LEMMAS:
                sentence = sum(w == "." for w in words[:place])
                found.append(
                    Mention(f"{id_}:{word}{words[:place].count(word) or ''}", id_, (place,), sentence, LEMMAS[word])
                )
    return found


def read_acts(articles: Mapping[str, Sequence[str]]) -> set[frozenset[str]]:
    acts = find_same_acts(find_mentions(articles), articles, TABLE)
    return {frozenset(m for m in acts if acts[m] == first) for first in acts.values()}


def prepare(articles: Mapping[str, Sequence[str]], mentions: Sequence[Mention]) -> tuple[list[Setting], Telling]:
    (found,) = iterate_stories(mentions, articles, TABLE)
    return found, Telling(found)


def test_one_act_in_other_words_is_one_and_two_stories_stay_two() -> None:
    acts = read_acts(cut())
    quake = next(act for act in acts if "c:quake" in act)
    assert {"c:quake1", "d:earthquake", "d:quake"} <= quake
    assert not any({m[0] for m in act} & {"a", "b"} and {m[0] for m in act} & {"c", "d"} for act in acts)
    killing = next(act for act in acts if "b:murdered" in act)
    assert "b:murder" in killing
    assert not any("said" in m or "marched" in m for m in killing | quake)


def test_a_pair_scores_by_the_table_of_its_kind() -> None:
    articles = cut()
    settings_, telling = prepare(
        {n: articles[n] for n in "ab"}, [m for m in find_mentions(articles) if m.article_id in "ab"]
    )
    by_word = {s.mention.id: s for s in settings_}
    same = measure_parts(by_word["b:murdered"], by_word["b:murder"], telling)
    other = measure_parts(by_word["a:killed"], by_word["b:murdered"], telling)
    assert tuple(same) == SHARED_PARTS
    assert tuple(other) == SHARED_PARTS + OTHER_PARTS
    assert other["kin"] == 1.0
    assert other["near-words"] > 0
    kin = score_mentions(by_word["a:killed"], by_word["b:murdered"], telling, TABLE)
    assert kin > score_mentions(by_word["a:said"], by_word["b:murdered"], telling, TABLE)


def test_the_shares_of_a_story_are_of_its_articles_and_sentences() -> None:
    articles = {"a": ["fire", "and", "blaze", ".", "fire"], "b": ["fire", ".", "smoke"]}
    places = {"a": (0, 2, 4), "b": (0, 2)}
    mentions = [
        Mention(f"{n}{i}", n, (i,), 0 if i < 3 and n == "a" else i // 2, articles[n][i])
        for n in "ab"
        for i in places[n]
    ]
    settings_ = [Setting(m, m.lemma, frozenset(), 1.0, {}, frozenset()) for m in mentions]
    telling = Telling(settings_)
    assert (telling.share("fire"), telling.share("blaze"), telling.share("smoke")) == (1.0, 0.5, 0.5)
    assert telling.side_by_side("fire", "blaze") == 1.0
    assert telling.side_by_side("blaze", "smoke") == 0.0


def test_two_pronouns_are_no_same_word() -> None:
    articles = {"a": ["It", "burned", ".", "It", "was", "repaired", "."]}
    mentions = [Mention(str(i), "a", (i,), i // 3, "it", is_pronoun=True) for i in (0, 3)]
    settings_, telling = prepare(articles, mentions)
    assert measure_parts(*settings_, telling)["pronoun"] == 1.0


def test_nothing_gives_nothing_and_one_stands_alone() -> None:
    assert find_same_acts([], {}, TABLE) == {}
    alone = Mention("m", "a", (0,), 0, "kill")
    assert find_same_acts([alone], {"a": ["killed"]}, TABLE) == {"m": "m"}
    with pytest.raises(KeyError):
        find_same_acts([alone], {}, TABLE)
    with pytest.raises(IndexError):
        find_same_acts([Mention("m", "a", (5,), 0, "kill")], {"a": ["killed"]}, TABLE)


def test_large_stories_are_compared_in_stretches() -> None:
    articles = {"a": ["murder"] * 12}
    mentions = [Mention(str(i), "a", (i,), i, "murder") for i in range(12)]
    with patch.object(coreference, "MOST_COMPARED", 5):
        acts = find_same_acts(mentions, articles, TABLE)
    assert {int(first) // 5 for first in acts.values()} == {0, 1, 2}


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1_000), st.integers(1, 12))
def test_every_mention_gets_the_first_of_its_act_whatever_the_order(seed: int, count: int) -> None:
    articles = cut()
    mentions = find_mentions(articles)
    random.Random(seed).shuffle(mentions)
    mentions = mentions[:count]
    acts = find_same_acts(mentions, articles, TABLE)
    at = {m.id: i for i, m in enumerate(mentions)}
    assert acts.keys() == at.keys()
    assert all(acts[first] == first and at[first] <= at[name] for name, first in acts.items())
    again = find_same_acts(sorted(mentions, key=lambda m: m.id), articles, TABLE)
    assert {frozenset(m for m in acts if acts[m] == f) for f in acts} == {
        frozenset(m for m in again if again[m] == f) for f in again
    }


def test_average_linkage_joins_down_to_the_limit() -> None:
    apart = np.array([0.1, 0.8, 0.8, 0.8, 0.8, 0.2])  # pairs 01 02 03 12 13 23
    assert sorted(link_average(apart, 4, 0.5)) == [[0, 1], [2, 3]]
    assert sorted(link_average(apart, 4, 0.8)) == [[0, 1, 2, 3]]
    assert list(link_average(np.array([]), 1, 0.5)) == [[0]]
    assert list(link_average(np.array([]), 0, 0.5)) == []
