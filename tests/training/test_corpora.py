"""The corpora: what is loaded, what is left out, and that no copy of a test sentence is learnt."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from training.corpora import (
    _COUNTRIES,
    _PENTA,
    PASSES,
    PLAIN_PASSAGES,
    TWIN_SHARE,
    Corpus,
    _fill_templates,
    drop_twins,
    four_grams,
    is_training_row,
    load_gold,
    load_own,
    make_type_example,
    read_lines,
    read_own_articles,
    read_standing_line,
    read_uds_standing,
)
from training.markup import DATA

from tests.training.made import Record, know, quote, spell
from tocsin.knowledge.plover import load_ontology
from tocsin.reading.labels import STANDINGS

HELD = Path(__file__).parents[2] / "training" / "held.txt"
WORDS = [f"w{i}" for i in range(40)]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=20).map(" ".join)


def make_row(name: str, text: str, **claim: Any) -> Record:
    told = {"type": "PROTEST", "mode": None, "actor": None, "recipient": None, "penta": 4}
    return {"id": name, "text": text, "claims": [{**told, **claim}]}


# --- twins


def test_four_grams() -> None:
    assert four_grams("Police fired at dockers; police FIRED at Dockers.") == {
        ("police", "fired", "at", "dockers"), ("fired", "at", "dockers", "police"),
        ("at", "dockers", "police", "fired"), ("dockers", "police", "fired", "at"),
    }  # fmt: skip
    assert four_grams("Police fired at") == four_grams("") == frozenset()


def test_edited_copies_are_dropped() -> None:
    test = "The port of Senn was closed on Monday after dockers walked out over unpaid wages"
    rows = [
        make_row("same", test),
        make_row("edited", "Officials said the port of Senn was closed on Tuesday after dockers left"),
        make_row("marks", test.upper().replace(" ", ", ")),
        make_row("other", "The port of Ketter was open again on Sunday and ships came in from the sea"),
        make_row("short", "The port closed"),
    ]
    kept = drop_twins(rows, ["Nothing of the kind was ever written here", test])
    assert [r["id"] for r in kept] == ["other", "short"]
    assert drop_twins(rows, []) == rows


@pytest.mark.parametrize(("shared", "is_kept"), [(8, True), (9, False)])
def test_from_what_share_on_a_row_is_a_copy(shared: int, is_kept: bool) -> None:
    # 28 words hold 25 runs of four; the first `shared` words hold shared - 3 of them
    row = make_row("row", " ".join(WORDS[:28]))
    test = " ".join([*WORDS[:shared], *(f"else{i}" for i in range(30))])
    assert len(four_grams(row["text"]) & four_grams(test)) / 25 == pytest.approx(TWIN_SHARE + 0.04 * (shared - 8))
    assert bool(drop_twins([row], [test])) == is_kept


def test_a_short_sentence_within_a_long_one_is_a_copy() -> None:
    assert drop_twins([make_row("row", " ".join(WORDS[:28]))], [" ".join(WORDS[3:9])]) == []


def test_runs_shared_with_different_sentences_do_not_add_up() -> None:
    row = make_row("row", " ".join(WORDS[:28]))
    tests = [" ".join([*WORDS[i : i + 5], *(f"else{i}-{n}" for n in range(30))]) for i in range(0, 25, 5)]
    assert drop_twins([row], tests) == [row]
    assert drop_twins([row], [" / ".join(tests)]) == []


@given(rows=st.lists(TEXTS, max_size=8), tests=st.lists(TEXTS, max_size=8))
def test_what_is_kept_shares_little_with_every_test(rows: list[str], tests: list[str]) -> None:
    made = [make_row(str(i), text) for i, text in enumerate(rows)]
    kept = drop_twins(made, tests)
    for row in made:
        grams = four_grams(row["text"])
        rivals = [four_grams(t) for t in tests]
        assert (row in kept) == all(len(grams & r) <= TWIN_SHARE * min(len(grams), len(r)) for r in rivals)
    assert [r["id"] for r in kept] == sorted((r["id"] for r in kept), key=int)


# --- marks of standing


MARKED = st.lists(
    st.one_of(
        st.text(st.characters(exclude_characters="[]|\n"), max_size=8),
        st.tuples(
            st.text(st.characters(exclude_characters="[]|\n"), min_size=1, max_size=8), st.sampled_from("hpun")
        ),
    ),
    max_size=8,
)  # fmt: skip


@given(parts=MARKED)
def test_marks_of_standing_come_out_of_the_text(parts: list[str | tuple[str, str]]) -> None:
    written = "".join(p if isinstance(p, str) else f"[{p[0]}|{p[1]}]" for p in parts)
    text, rows = read_standing_line(written)
    assert text == "".join(p if isinstance(p, str) else p[0] for p in parts)
    assert [text[s:e] for s, e, _ in rows] == [p[0] for p in parts if not isinstance(p, str)]
    names = dict(zip("hpun", STANDINGS, strict=True))
    assert [name for _, _, name in rows] == [names[p[1]] for p in parts if not isinstance(p, str)]


def test_brackets_of_other_kinds_stay() -> None:
    assert read_standing_line("He [sic] said [x|z] it.") == ("He [sic] said [x|z] it.", [])


# --- headlines with gaps


def test_gaps_are_filled_with_countries_and_towns() -> None:
    told = [
        make_row("one", "{country_1} warns {country_2} and {country_2} warns {country_1} over {city}", type="THREATEN"),
        make_row("two", "{country} signs"),
        make_row("three", "{person} of {country_1} signs"),
        make_row("four", "Nobody signs"),
    ]
    before = json.dumps(told)
    one, two, four = _fill_templates(told, random.Random(3))
    assert [r["id"] for r in (one, two, four)] == ["one", "two", "four"]
    found = re.fullmatch(r"(\w+) warns (\w+) and \2 warns \1 over (\w+)", one["text"])
    assert found
    assert found[1] != found[2]
    assert {found[1], found[2], two["text"].split()[0]} <= set(_COUNTRIES)
    assert one["claims"] == told[0]["claims"]
    assert four["text"] == "Nobody signs"
    assert json.dumps(told) == before
    assert _fill_templates(told, random.Random(3)) == [one, two, four]
    assert len({_fill_templates(told, random.Random(i))[0]["text"] for i in range(20)}) > 10


def test_halves_of_a_corpus_are_fixed_and_about_equal() -> None:
    names = [f"row {i}" for i in range(2000)]
    chosen = [n for n in names if is_training_row(n)]
    assert 900 < len(chosen) < 1100
    # known digests of SHA-1: another rule would measure on what was learnt
    assert [is_training_row(n) for n in ("abc", "", "a", "The quick brown fox jumps over the lazy dog")] == [
        False, True, True, False,  # a9..., da..., 86..., 2f...
    ]  # fmt: skip


def test_lines_of_plain_and_packed_files(tmp_path: Path) -> None:
    # a line separator of Unicode ends no line of JSON
    rows = [{"text": "one\u2028two", "id": "ü"}, {"text": "three"}]
    text = "\n".join(json.dumps(r, ensure_ascii=False) for r in rows) + "\n\n"
    (tmp_path / "plain.jsonl").write_text(text, encoding="utf-8")
    (tmp_path / "packed.jsonl.gz").write_bytes(gzip.compress(text.encode()))
    assert read_lines(tmp_path / "plain.jsonl") == read_lines(tmp_path / "packed.jsonl.gz") == rows


# --- sentences of one event


@pytest.mark.parametrize(
    ("claim", "types"),
    [
        ({"type": "PROTEST"}, ("PROTEST",)),
        ({"type": "YIELD"}, ("CONCEDE", "RETREAT")),
        *(({"type": None, "penta": i}, types) for i, types in enumerate(_PENTA)),
    ],
)
def test_the_types_that_a_row_may_have(claim: Record, types: tuple[str, ...]) -> None:
    text = "Dockers marched."
    example = make_type_example(make_row("row", text, **claim), know(text), "plv")
    assert example is not None
    assert example.types == types
    assert set(types) <= set(load_ontology().types)


def test_a_mode_is_kept_only_where_the_type_is_certain() -> None:
    text = "Dockers marched."
    for type_, wanted in (("RETREAT", "RETREAT/resign"), ("YIELD", None)):
        example = make_type_example(make_row("row", text, type=type_, mode="resign"), know(text), "plv")
        assert example is not None
        assert example.mode == wanted


# --- our own


@pytest.fixture(scope="module")
def records() -> list[Record]:
    return read_own_articles()


def pick(records: list[Record]) -> tuple[list[Record], list[str]]:
    """Some articles and passages of every file, and the ids of all others."""
    articles, passages = ([r for r in records if ("-pas-" in r["id"]) == p] for p in (False, True))
    chosen = [*articles[::40], *passages[::40]]
    ids = {r["id"] for r in chosen}
    return chosen, [r["id"] for r in records if r["id"] not in ids]


def load_all(left_out: Sequence[str], seed: int = 1) -> dict[str, Corpus]:
    return {c.name: c for c in load_own(spell(), seed, left_out=left_out)}


def test_our_own_corpora_load_without_what_is_named(records: list[Record]) -> None:
    chosen, others = pick(records)
    corpora = load_all(others)
    assert list(corpora) == ["articles", "crops", "passages", "plain", "names", "standing"]
    assert all(c.is_open for c in corpora.values())
    assert set(corpora) <= set(PASSES)
    claims = {p: sum(len(r["claims"]) for r in chosen if ("-pas-" in r["id"]) == p) for p in (False, True)}
    assert sum(len(e.points) for e in corpora["articles"].examples) == claims[False] > 100
    assert sum(len(e.points) for e in corpora["passages"].examples) == claims[True] >= 8
    assert 0 < sum(len(e.points) for e in corpora["crops"].examples) < claims[False]
    lines = (DATA / "own" / "standing.txt").read_text("utf-8").splitlines()
    assert len(corpora["standing"].examples) == len(lines)
    assert all(e.is_whole for name in ("articles", "crops", "passages", "plain") for e in corpora[name].examples)
    assert len(corpora["plain"].examples) == PLAIN_PASSAGES
    # one article less
    fewer = load_all([*others, chosen[0]["id"]])
    assert len(fewer["articles"].examples) < len(corpora["articles"].examples)
    assert [e.points for e in fewer["passages"].examples] == [e.points for e in corpora["passages"].examples]


def test_crops_follow_the_seed(records: list[Record]) -> None:
    _, others = pick(records)
    first, again, other = (
        [e.window.pieces.tolist() for e in load_all(others, seed)["crops"].examples] for seed in (1, 1, 2)
    )
    assert first == again != other


def test_with_everything_left_out_no_article_is_learnt(records: list[Record]) -> None:
    corpora = load_all([r["id"] for r in records])
    assert [len(corpora[name].examples) for name in ("articles", "crops", "passages")] == [0, 0, 0]


def test_what_is_held_out_is_named_once() -> None:
    held = HELD.read_text("utf-8").split()
    assert len(held) == len(set(held))
    own = {r["id"] for r in read_own_articles() if "-pas-" not in r["id"]}
    # thresholds are chosen on whole articles; the other names are those of the developers' corpora
    assert len(own & set(held)) >= 20
    assert all(re.fullmatch(r"[\w.-]+", name) for name in held)


# --- the developers' folder, in small

LAW = "The parliament of Orle passed a law on the fishing of eels in the northern lakes"


def write_gold(folder: Path) -> Path:
    halves = [next(n for n in (f"row-{i}" for i in range(99)) if is_training_row(n) is half) for half in (True, False)]
    files: Mapping[str, list[Record]] = {
        "types/plover_gsr.jsonl": [make_row("gsr", f"{LAW}.")],
        "types/plv_train.jsonl": [
            make_row("plv-1", "Dockers marched in Senn.", actor=["Dockers"]),
            make_row("plv-2", f"In May {LAW.lower()}."),
            make_row("plv-3", "Nurses marched in Senn."),
            make_row("plv-4", ""),
        ],
        "types/cameo_spans_train.jsonl": [
            make_row("cameo-1", "Gunmen fired at a bus.", type=None, actor=["Gunmen"], recipient=["a bus"]),
            make_row("cameo-2", f"{LAW} again.", type=None),
        ],
        "types/ngec_headlines.jsonl": [
            make_row("ngec-1", "{country_1} warns {country_2}", type="THREATEN"),
            make_row("ngec-2", "{leader} warns {country_2}", type="THREATEN"),
        ],
        "attribution/polnear_train.jsonl.gz": [
            {"doc_id": name, "text": "Nurses say no.", "attributions": [
                {"source": [[0, 6]], "cue": [[7, 10]], "content": [[11, 13]]},
            ]} for name in ("told-1", "told-2")
        ],
        "factuality/uds_dev.jsonl.gz": [
            {"id": "uds-1", "text": "He came.", "events": [{"span": [3, 7], "label": "happened"}]},
            {"id": "uds-2", "text": "Rain.", "events": []},
        ],
        "factuality/meantime_train.jsonl.gz": [
            {"id": "mean-1", "text": "He may come.", "events": [{"span": [7, 11], "label": "uncertain"}]},
        ],
        "places/event_location_dev.jsonl.gz": [
            {"id": name, "text": f"He came to Senn {i}.", "verb": [[3, 7]], "location": [[11, 15]]}
            for i, name in enumerate(halves)
        ],
        "places/trnews.jsonl.gz": [
            {"doc_id": "tr-1", "text": "He came to Senn.", "toponyms": [{"start": 11, "end": 15, "name": "Senn"}]},
        ],
        "places/lgl_dev.jsonl.gz": [
            {"doc_id": "lgl-1", "text": "Rain in Orle.", "toponyms": [{"start": 8, "end": 12, "name": "Orle"}]},
        ],
    }  # fmt: skip
    for name, rows in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        body = "".join(json.dumps(row) + "\n" for row in rows).encode()
        path.write_bytes(gzip.compress(body) if path.suffix == ".gz" else body)
    return folder


def read_texts(corpus: Corpus) -> list[str]:
    """Texts as far as pieces of single letters tell them."""
    told = (spell().decode(e.window.pieces[1:-1].tolist()) for e in corpus.examples)
    return [re.sub(r" |##|\[UNK\]", "", text) for text in told]


def test_the_developers_corpora(tmp_path: Path) -> None:
    folder = write_gold(tmp_path)
    corpora = {c.name: c for c in load_gold(folder, spell(), 1, without=["plv-3", "told-2"])}
    assert set(corpora) == {"plv", "cameo", "ngec", "sayings", "uds", "meantime", "places", "trnews", "lgl_dev"}
    assert not any(c.is_open for c in corpora.values())
    assert set(corpora) <= set(PASSES)
    # plv-2 and cameo-2 are copies of a test sentence, plv-3 and told-2 are named, plv-4 is blank, "{leader}" is no gap
    assert {name: len(c.examples) for name, c in corpora.items()} == {
        "plv": 1, "cameo": 1, "ngec": 1, "sayings": 1, "uds": 1, "meantime": 1, "places": 1,
        "trnews": 1, "lgl_dev": 1,
    }  # fmt: skip
    assert read_texts(corpora["plv"]) == ["dockersmarchedinsenn"]
    assert read_texts(corpora["places"]) == ["hecametosenn0"]
    (plv,), (cameo,), (ngec,) = (corpora[name].examples for name in ("plv", "cameo", "ngec"))
    assert (plv.types, plv.single) == (("PROTEST",), {"actor": [(0, 1)]})
    assert (cameo.types, cameo.single) == (_PENTA[4], {"actor": [(0, 1)], "recipient": [(3, 5)]})
    assert (ngec.types, ngec.single) == (("THREATEN",), {})
    (said,) = corpora["sayings"].examples
    assert [(p.word, p.fillers["said_by"]) for p in said.sayings] == [(1, [(0, 1)])]
    assert [corpora[n].examples[0].words_are for n in ("uds", "meantime")] == [
        [("standing", 1, "happened")], [("standing", 2, "uncertain")],
    ]  # fmt: skip
    (place,) = corpora["places"].examples
    assert quote(place.window, "He came to Senn 0.", place.points[0].fillers["place"][0]) == "Senn"


def test_without_names_all_but_copies_is_learnt(tmp_path: Path) -> None:
    corpora = {c.name: c for c in load_gold(write_gold(tmp_path), spell(), 1)}
    assert [len(corpora[name].examples) for name in ("plv", "sayings")] == [2, 2]


def test_a_folder_that_lacks_a_corpus_is_no_folder(tmp_path: Path) -> None:
    write_gold(tmp_path)
    (tmp_path / "types/plover_gsr.jsonl").unlink()
    with pytest.raises(FileNotFoundError, match=r"plover_gsr\.jsonl"):
        list(load_gold(tmp_path, spell(), 1))


@pytest.mark.parametrize(
    ("text", "word", "label", "expected"),
    [
        ("He did not come.", "come", "did_not_happen", "did_not_happen"),
        ("She refused to sign.", "sign", "did_not_happen", "did_not_happen"),
        ("They don't march.", "march", "did_not_happen", "did_not_happen"),
        # what is asked, wished or to come is not denied
        ("Please call us.", "call", "did_not_happen", "uncertain"),
        ("Call us, not them.", "Call", "did_not_happen", "uncertain"),
        ("He came.", "came", "happened", "happened"),
        ("He may come.", "come", "uncertain", "uncertain"),
        ("He wanted to come.", "come", "probable_or_possible", None),
    ],
)
def test_uds_is_read_as_the_codebook_means_it(text: str, word: str, label: str, expected: str | None) -> None:
    at = text.index(word)
    record = {"text": text, "events": [{"span": [at, at + len(word)], "label": label}]}
    assert read_uds_standing(record) == ([(at, at + len(word), expected)] if expected else [])
