from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.work import count_calls
from tocsin.incidents import OriginIndex, find_origins
from tocsin.incidents.shingles import TripleHasher, find_shared, sample_triples
from tocsin.records import Article

START = datetime(2026, 3, 1, tzinfo=UTC)
VOCABULARY = [
    f"{a}{b}{c}" for a in "bdfgklmnprst" for b in ("a", "ei", "o", "u") for c in ("l", "ran", "tis", "mek", "")
]


def write_text(seed: int, words: int = 300) -> str:
    return " ".join(random.Random(seed).choices(VOCABULARY, k=words))


def publish(id_: str, text: str, minutes: int | None = 0) -> Article:
    at = None if minutes is None else START + timedelta(minutes=minutes)
    return Article(id_, text, START, published_at=at)


def test_exact_near_and_trimmed_copies_share_the_earliest_article() -> None:
    text = write_text(1)
    words = text.split()
    edited = " ".join(w if n % 17 else "changed" for n, w in enumerate(words))
    quarter = " ".join(words[:75])
    articles = [
        publish("late", text, 30),
        publish("first", text, 1),
        publish("edited", "Updated: " + edited, 20),
        publish("quarter", quarter, 10),
        publish("other", write_text(2), 0),
    ]
    origins = find_origins(articles)
    assert origins == {"late": "first", "first": "first", "edited": "first", "quarter": "first", "other": "other"}


def test_a_cut_that_is_published_first_is_the_origin() -> None:
    words = write_text(3).split()
    origins = find_origins([publish("whole", " ".join(words), 9), publish("cut", " ".join(words[:80]), 2)])
    assert origins == {"whole": "cut", "cut": "cut"}


def test_case_layout_and_punctuation_make_no_new_origin() -> None:
    text = write_text(4)
    shouted = "\n\n".join(text.upper().split()) + " !!!"
    assert set(find_origins([publish("a", text), publish("b", shouted, 5)]).values()) == {"a"}


def test_two_reports_joined_in_a_bulletin_are_not_chained() -> None:
    one, two = write_text(5), write_text(6)
    origins = find_origins([publish("one", one, 0), publish("bulletin", one + " " + two, 5), publish("two", two, 9)])
    assert origins["one"] == "one"
    assert origins["bulletin"] == "one"
    assert origins["two"] == "two"


def test_another_cut_of_a_longer_copy_is_found_through_that_copy() -> None:
    words = write_text(7, 400).split()
    origins = find_origins(
        [
            publish("flash", " ".join(words[:100]), 0),
            publish("full", " ".join(words), 5),
            publish("tail", " ".join(words[300:]), 9),
        ]
    )
    assert set(origins.values()) == {"flash"}


def test_reports_of_one_happening_in_other_words_stay_apart() -> None:
    one = "Police in Teske said on Monday that three men had been held after stones were thrown at a patrol. " * 2
    two = (
        "Officers detained three people in the town of Teske, a spokesman told reporters, when a patrol was stoned. "
        * 2
    )
    assert len(set(find_origins([publish("a", one), publish("b", two)]).values())) == 2


def test_texts_without_words_and_one_word_texts_have_answers() -> None:
    articles = [publish("a", ""), publish("b", "... !!"), publish("c", "curfew"), publish("d", "Curfew.", 5)]
    assert find_origins(articles) == {"a": "a", "b": "b", "c": "c", "d": "c"}
    assert find_origins([]) == {}


def test_without_a_publication_time_the_identifier_decides() -> None:
    text = write_text(8)
    assert set(find_origins([publish("b", text, None), publish("a", text, None)]).values()) == {"a"}


def test_a_thousand_copies_of_one_text_are_one_origin_and_cheap() -> None:
    text = write_text(9, 200)
    articles = [publish(f"a{n:05d}", f"{n} {text} {n % 7}", n) for n in range(1000)]
    assert set(find_origins(articles).values()) == {"a00000"}
    half, whole = (count_calls(lambda some=some: find_origins(some)) for some in (articles[:500], articles))
    assert whole < 2.5 * half, "twice as many are twice the work; a search through all would be four times"


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_the_order_of_the_articles_does_not_matter(data: st.DataObject) -> None:
    articles = []
    for n in range(data.draw(st.integers(1, 8))):
        words = write_text(data.draw(st.integers(0, 2)), 60).split()
        start = data.draw(st.integers(0, 40))
        articles.append(publish(f"a{n}", " ".join(words[start : start + 30]), data.draw(st.integers(0, 3))))
    shuffled = data.draw(st.permutations(articles))
    origins = find_origins(articles)
    assert find_origins(shuffled) == origins
    by_id = {a.id: a for a in articles}
    for article, origin in origins.items():
        assert origins[origin] == origin
        assert (by_id[origin].shown_at, origin) <= (by_id[article].shown_at, article)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_one_by_one_and_all_at_once_come_to_the_same(data: st.DataObject) -> None:
    articles = []
    for n in range(data.draw(st.integers(1, 12))):
        words = write_text(data.draw(st.integers(0, 3)), 80).split()
        start, length = data.draw(st.integers(0, 40)), data.draw(st.integers(5, 60))
        articles.append(publish(f"a{n}", " ".join(words[start : start + length]), data.draw(st.integers(0, 9))))
    whole, stream, told = OriginIndex(), OriginIndex(), {}
    whole.add(articles)
    for article in articles:
        for changed in stream.add([article]):
            told[changed] = stream.find_origin(changed)
    assert told == {a.id: whole.find_origin(a.id) for a in articles}


def test_a_better_origin_that_comes_later_takes_a_text_over() -> None:
    one, two = write_text(11, 300).split(), write_text(12, 300).split()
    joined = " ".join([*one[:200], *two[:80]])
    articles = [
        publish("two", " ".join(two[:80]), 0),
        publish("joined", joined, 1),
        publish("one", " ".join(one), 2),
        publish("one-again", " ".join(one[100:]), 3),
    ]
    assert find_origins(articles) == {"two": "two", "joined": "joined", "one": "joined", "one-again": "joined"}


def test_reordered_and_reworded_copies_are_found() -> None:
    sentences = [" ".join(write_text(20 + n, 15).split()) + "." for n in range(20)]
    shuffled = random.Random(1).sample(sentences, 17)
    reworded = " ".join(
        w if random.Random(n).random() > 0.2 else "new" for n, w in enumerate(" ".join(sentences).split())
    )
    articles = [publish("a", " ".join(sentences)), publish("b", " ".join(shuffled), 1), publish("c", reworded, 2)]
    assert set(find_origins(articles).values()) == {"a"}


def test_what_is_over_is_forgotten_and_what_goes_on_is_kept() -> None:
    over, running = write_text(30), write_text(31)
    index = OriginIndex()
    day = 24 * 60
    index.add([publish("over", over, 0), publish("running", running, 0), publish("copy", running, day)])
    index.add([publish("now", running + " more", 20 * day)])
    index.forget(START + timedelta(days=14))
    assert "over" not in index
    assert "copy" not in index
    assert index.find_origin("now") == "running"
    index.add([publish("again", over, 20 * day), publish("late", running, 21 * day)])
    assert (index.find_origin("again"), index.find_origin("late")) == ("again", "running")
    assert len(index) == 4


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=200))
def test_any_text_holds_its_own_triples(text: str) -> None:
    triples = TripleHasher().hash_triples(text)
    assert find_shared(triples.distinct, triples.distinct).all()
    assert set(sample_triples(triples.distinct, 8, 8)) <= set(triples.distinct)
