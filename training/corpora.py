"""The corpora that the encoder learns from: our own, and those of the developers' folder where it is there."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha1
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from training.examples import (
    Example,
    crop_article,
    make_article_examples,
    make_name_examples,
    make_place_example,
    make_saying_examples,
    make_sentence_example,
    make_standing_example,
)
from training.markup import DATA, read_articles
from training.names import list_toponyms, read_own_names
from training.plain import make_passages

Record = dict[str, Any]
#: Files under `places/` whose toponyms are marked.
TOPONYM_SETS = ("trnews", "lgl_dev")
#: Passages made of plain wordings: each pattern some nine times, with other parties, towns and days.
PLAIN_PASSAGES = 2000
#: Passes over each corpus in a whole run.
PASSES: Mapping[str, float] = {
    "articles": 10, "crops": 4, "passages": 8, "plain": 4, "standing": 8, "uds": 3, "meantime": 1, "plv": 7, "cameo": 5,
    "ngec": 4, "sayings": 3.5, "places": 1, "names": 8, "trnews": 6, "lgl_dev": 6,
}  # fmt: skip
#: Names of CAMEO's five groups (`penta`): the types each may be.
_PENTA = (
    ("AGREE", "CONSULT", "SUPPORT", "REQUEST"), ("AGREE", "CONSULT", "SUPPORT", "CONCEDE"),
    ("COOPERATE", "AID", "RETREAT"), ("REQUEST", "ACCUSE", "REJECT", "THREATEN", "SANCTION", "COERCE"),
    ("PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT"),
)  # fmt: skip
_STANDINGS = {"h": "happened", "p": "probable_or_possible", "u": "uncertain", "n": "did_not_happen"}
_COUNTRIES = (
    "Kenya", "Poland", "Peru", "Vietnam", "Jordan", "Georgia", "Chile", "Nepal", "Ghana", "Norway", "Iran", "Cuba",
    "Japan", "Sudan", "Greece", "Qatar", "Mali", "Serbia", "Laos", "Egypt",
)  # fmt: skip
#: Two sentences that share as much of the shorter one's four-word runs are edited copies of one another.
TWIN_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Corpus:
    """Examples under one name; `is_open` where text and notes may be published."""

    name: str
    examples: tuple[Example, ...]
    is_open: bool


def load_own(tokenizer: Tokenizer, seed: int, *, left_out: Sequence[str] = ()) -> Iterator[Corpus]:
    """What lies in `training/data`: articles, their crops, passages, and the standing of words."""
    records = [r for r in read_own_articles() if r["id"] not in set(left_out)]
    articles = [r for r in records if "-pas-" not in r["id"]]
    passages = [r for r in records if "-pas-" in r["id"]]
    rng = random.Random(seed)
    crops = [crop_article(r, rng) for r in articles]
    plain = list(make_passages(PLAIN_PASSAGES, seed))
    for name, rows in (("articles", articles), ("crops", crops), ("passages", passages), ("plain", plain)):
        yield Corpus(name, tuple(e for r in rows for e in make_article_examples(r, tokenizer)), True)
    texts = {r["id"]: r["text"] for r in records}
    found = (make_name_examples(texts[id_], rows, tokenizer) for id_, rows in read_own_names(texts))
    yield Corpus("names", tuple(e for examples in found for e in examples), True)
    path = DATA / "own" / "standing.txt"
    if path.exists():
        made = (make_standing_example(*read_standing_line(x), tokenizer) for x in path.read_text("utf-8").splitlines())
        yield Corpus("standing", tuple(e for e in made if e is not None), True)


def read_own_articles() -> list[Record]:
    """All annotated articles and passages of `training/data`, in a fixed order."""
    with (DATA / "claims.jsonl").open(encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    for path in sorted((DATA / "own").glob("*.claims")):
        records += read_articles(path)
    return records


_MARK = re.compile(r"\[([^\[\]|]+)\|([hpun])\]")


def read_standing_line(line: str) -> tuple[str, list[tuple[int, int, str]]]:
    """A sentence with marks like ``[said|h]`` as plain text and (start, end, class) of each marked word."""
    text, rows, at = "", [], 0
    for m in _MARK.finditer(line):
        text += line[at : m.start()]
        rows.append((len(text), len(text) + len(m[1]), _STANDINGS[m[2]]))
        text += m[1]
        at = m.end()
    return text + line[at:], rows


def load_gold(folder: Path, tokenizer: Tokenizer, seed: int, *, without: Sequence[str] = ()) -> Iterator[Corpus]:
    """The developers' corpora that may be trained on, without the ids of `without` and without twins of plover_gsr."""
    tests = [r["text"] for r in read_lines(folder / "types/plover_gsr.jsonl")]
    out = set(without)
    for name, file in (("plv", "types/plv_train.jsonl"), ("cameo", "types/cameo_spans_train.jsonl")):
        rows = [r for r in read_lines(folder / file) if r["id"] not in out]
        rows = drop_twins(rows, tests)
        yield Corpus(name, tuple(e for r in rows if (e := make_type_example(r, tokenizer, name))), False)
    hints = _fill_templates(read_lines(folder / "types/ngec_headlines.jsonl"), random.Random(seed))
    yield Corpus("ngec", tuple(e for r in hints if (e := make_type_example(r, tokenizer, "ngec"))), False)
    rows = [r for r in read_lines(folder / "attribution/polnear_train.jsonl.gz") if r["doc_id"] not in out]
    yield Corpus("sayings", tuple(e for r in rows for e in make_saying_examples(r, tokenizer)), False)
    for name, file in (("uds", "factuality/uds_dev.jsonl.gz"), ("meantime", "factuality/meantime_train.jsonl.gz")):
        rows = read_lines(folder / file)
        read = read_uds_standing if name == "uds" else read_standing
        made = (make_standing_example(r["text"], read(r), tokenizer) for r in rows)
        yield Corpus(name, tuple(e for e in made if e is not None), False)
    rows = [r for r in read_lines(folder / "places/event_location_dev.jsonl.gz") if is_training_row(r["id"])]
    yield Corpus("places", tuple(e for r in rows if (e := make_place_example(r, tokenizer))), False)
    for name in TOPONYM_SETS:
        rows = [r for r in read_lines(folder / f"places/{name}.jsonl.gz") if r["doc_id"] not in out]
        found = (make_name_examples(r["text"], list_toponyms(r), tokenizer) for r in rows)
        yield Corpus(name, tuple(e for examples in found for e in examples), False)


def read_standing(record: Record) -> list[tuple[int, int, str]]:
    """(start, end, class) of each event of a record that says what happened."""
    return [(*e["span"], e["label"]) for e in record["events"]]


_NEGATIVE = re.compile(r"\b(?:not|no|never|without|nobody|none|nothing|fail\w*|refus\w*)\b|n't", re.IGNORECASE)
#: A negation word stands at most so many characters before the event that it denies.
_NEGATIVE_REACH = 40


def read_uds_standing(record: Record) -> list[tuple[int, int, str]]:
    """The same from UDS-IH2, whose "did not happen" is also what is wished, asked or to come.

    Only what follows a negation word is kept as such; the rest is `uncertain`, as in the codebook and in FactBank. Its
    middle class mixes things past and to come and is left out.
    """
    rows = []
    for start, end, label in read_standing(record):
        if label == "did_not_happen" and not _NEGATIVE.search(record["text"], max(0, start - _NEGATIVE_REACH), start):
            label = "uncertain"
        if label != "probable_or_possible":
            rows.append((start, end, label))
    return rows


def is_training_row(name: str) -> bool:
    """Half of a corpus by the digest of its ids: the other half stays for measuring."""
    return sha1(name.encode(), usedforsecurity=False).digest()[0] % 2 == 0


def read_lines(path: Path) -> list[Record]:
    """The records of a JSONL file, gzipped or not."""
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [json.loads(line) for line in text.decode("utf-8").split("\n") if line.strip()]


def four_grams(text: str) -> frozenset[tuple[str, ...]]:
    """The runs of four words of a text, in small letters."""
    words = re.findall(r"\w+", text.lower())
    return frozenset(tuple(words[i : i + 4]) for i in range(len(words) - 3))


def drop_twins(rows: Iterable[Record], tests: Iterable[str]) -> list[Record]:
    """The rows that are no edited copies of a test sentence (TWIN_SHARE)."""
    index: dict[tuple[str, ...], set[int]] = {}
    sizes: list[int] = []
    for i, text in enumerate(tests):
        grams = four_grams(text)
        sizes.append(len(grams))
        for gram in grams:
            index.setdefault(gram, set()).add(i)
    kept = []
    for row in rows:
        grams = four_grams(row["text"])
        shared: dict[int, int] = {}
        for gram in grams:
            for i in index.get(gram, ()):
                shared[i] = shared.get(i, 0) + 1
        if all(count <= TWIN_SHARE * min(len(grams), sizes[i]) for i, count in shared.items()):
            kept.append(row)
    return kept


def make_type_example(record: Record, tokenizer: Tokenizer, corpus: str) -> Example | None:
    """A sentence with one event; where only its CAMEO group is known, any type of the group may be it."""
    claim = record["claims"][0]
    type_ = claim["type"]
    if type_ == "YIELD":
        types: tuple[str, ...] = ("CONCEDE", "RETREAT")
    elif type_ is not None:
        types = (type_,)
    else:
        types = _PENTA[claim["penta"]]
    return make_sentence_example(record, types, tokenizer, corpus)


def _fill_templates(rows: Iterable[Record], rng: random.Random) -> list[Record]:
    """Headline templates with countries in their gaps; those with gaps of other kinds are left out."""
    filled = []
    for row in rows:
        names = rng.sample(_COUNTRIES, 4)
        text = row["text"]
        for i, name in enumerate(names, 1):
            text = text.replace(f"{{country_{i}}}", name).replace("{country}", name)
        text = text.replace("{city}", rng.choice(("Arusha", "Split", "Cusco", "Hue")))
        if "{" not in text:
            filled.append({**row, "text": text})
    return filled
