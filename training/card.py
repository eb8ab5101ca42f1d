"""The model card: ``python -m training.card RUN`` writes it beside the model file from what was run and measured.

Figures come from `benchmarks/results/accuracy.json` (this model) and, where it is there, `accuracy-open.json` (the
model that learnt only from our own data): measure first with ``python -m benchmarks.accuracy``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from tocsin.reading.encoder import MODEL_PATH
from tocsin.reading.labels import labels_digest

CARD = MODEL_PATH.with_name("card.md")
RESULTS = Path(__file__).resolve().parents[1] / "benchmarks" / "results"
#: What is told of the run behind the bundled model; its weights themselves are not kept.
SHIPPED = Path(__file__).with_name("shipped.json")
#: Where each corpus comes from and under which licence it stands.
ORIGINS = {
    "articles": ("whole invented articles of training/data, every claim coded", "this project, Apache-2.0"),
    "crops": ("some paragraphs of the same", "this project, Apache-2.0"),
    "passages": ("invented passages of one to four sentences, every claim coded", "this project, Apache-2.0"),
    "plain": ("passages made by chance of plain wordings, parties, towns and days", "this project, Apache-2.0"),
    "names": ("240 of the articles, names of places and peoples marked", "this project, Apache-2.0"),
    "standing": ("invented sentences, standing of each act marked", "this project, Apache-2.0"),
    "plv": ("training sentences of Zero-Shot-PLOVER: type and parties", "no licence given; texts of publishers"),
    "cameo": ("sentences with CAMEO parties from ConfliBERT's repository", "GPL-3.0 repository; texts of publishers"),
    "ngec": ("headline templates of NGEC", "no licence given"),
    "sayings": ("PolNeAR's training articles: who says what", "no licence given; texts of US newspapers"),
    "uds": ("UDS-IH2's development part: factuality of web text", "research corpus; texts of their authors"),
    "meantime": ("MEANTIME's training part: factuality of Wikinews", "CC BY 4.0 as recalled"),
    "places": ("half of event_location: where an act happened", "MIT repository; texts of Gigaword"),
    "trnews": ("TR-News: toponyms", "GPL-3.0 repository; texts of publishers"),
    "lgl_dev": ("half of LGL: toponyms", "GPL-3.0 repository; texts of US local newspapers"),
}


def main() -> int:
    """Write the card of one run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    options = parser.parse_args()
    run = json.loads((options.run / "run.json").read_text("utf-8"))
    CARD.write_text(write_card(run, _load("accuracy"), _load("accuracy-open")), "utf-8")
    SHIPPED.write_text(json.dumps(run, indent=1) + "\n", "utf-8")
    sys.stdout.write(f"{CARD}\n")
    return 0


def write_card(run: dict[str, Any], shipped: dict[str, Any], open_: dict[str, Any]) -> str:
    """The card's text."""
    steps, run = _tell_runs(run), _add_start(run)
    digest = sha256(MODEL_PATH.read_bytes()).hexdigest()
    rows = "\n".join(
        f"| {name} | {ORIGINS[name][0]} | {c['windows']:,} | {c['passes']:g} | {ORIGINS[name][1]} |"
        for name, c in run["corpora"].items()
    )
    return f"""# The encoder's card

Made by `training/card.py`; do not edit. What the model does and how it is trained: `docs/encoder.md`.

- **File** `encoder.onnx`, {MODEL_PATH.stat().st_size / 1e6:.1f} MB, int8 by channel, SHA-256 `{digest}`
- **Labels** digest `{labels_digest()}`; a file with another one is refused
- **Begins from** all-MiniLM-L6-v2 (22 million parameters, Apache-2.0), which begins from MiniLM-L6-H384-uncased (MIT)
- **Trained** on {_tell_device(run)} in {run["seconds"] / 60:.0f} minutes{steps}:
  {run["word_pieces"]:,} word pieces, {run["batches"]:,} batches, seed {run["seed"]}, highest rate {run["rate"]}

## Learnt from

| corpus | what | windows | passes | origin and licence |
|---|---|---|---|---|
{rows}

Never learnt from: FactBank and UW (LDC text), the sets below that measure it, sentences of `plv` and `cameo` that share
a fifth of their four-word runs with a sentence of the PLOVER gold standard (taken for edited copies), and the articles
of `training/data` named in `training/held.txt`, on which thresholds were chosen. How tolls are weighed and dates are
carried on was chosen on articles of `training/data` that an earlier run had not seen.

The file also holds a table of the words beside acts (`training/wording.py`), learnt from the triggers of
`training/data` without the articles of `held.txt`. How far it counts beside the network, eighteen numbers, was fitted
on the articles of `held.txt`, which it has not learnt. The parties of an act are weighed by a table outside the file
(`knowledge/party_weights.toml`), its places and dates, and which lone claims are faint, by others (`act_places.toml`,
`date_weights.toml`, `merge_weights.toml`). These were fitted with the network before this one, on articles which that
one had not learnt, those of `held.txt` among them for all but the parties, and kept.

## Measured

Developers' halves of public benchmarks and 44 whole articles written for the purpose, scored by one scorer; 95 %
intervals by resampling records. *Open* is the model that learnt only from this project's own data as
it stood when that model was made; attributions outside claims are nowhere in it, hence 0 for them.
{_tell_sets(shipped)}

{_write_figures(shipped, open_)}

## Per type and per class

{_write_classes(shipped)}

## What it is not

It reads English news. It is uncased. It was taught by invented articles coded by single annotators, so its idea of a
claim is the codebook's as those annotators understood it. It finds what is *said*; nothing it gives is a fact about the
world. Rare modes have few examples; see the classes above before relying on one.
"""


def _tell_device(run: dict[str, Any]) -> str:
    device = run.get("device", "cpu")
    return f"{run['threads']} CPU threads" if device == "cpu" else str(device)


def _list_steps(run: dict[str, Any]) -> list[dict[str, Any]]:
    """A run and all that it began from, the first of them first."""
    steps = [run]
    while "start" in steps[0]:
        steps.insert(0, steps[0]["start"])
    return steps


def _tell_runs(run: dict[str, Any]) -> str:
    first, *later = _list_steps(run)
    count = first.get("runs", 1)
    told = f"{count} runs from the same first weights, averaged" if count > 1 else "one run"
    for step in later:
        told += f", and one of {step['seconds'] / 60:.0f} minutes at {step['rate']} from there"
        if "share" in step:
            told += f", averaged with what it began from, {step['share']:g} to {1 - step['share']:g}"
    return f" ({told})"


def _add_start(run: dict[str, Any]) -> dict[str, Any]:
    """The run with all the work that it began from."""
    steps = _list_steps(run)
    return {**join_told(steps), "rate": steps[0]["rate"]} if len(steps) > 1 else run


def join_told(told: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What is told of several runs as of one: sums of the work, and of each corpus the most windows and all passes."""
    corpora: dict[str, dict[str, Any]] = {}
    for run in told:
        for name, row in run["corpora"].items():
            before = corpora.get(name, {"windows": 0, "passes": 0.0})
            corpora[name] = {
                **row,
                "windows": max(before["windows"], row["windows"]),
                "passes": before["passes"] + row["passes"],
            }
    work = {key: sum(run[key] for run in told) for key in ("batches", "word_pieces", "seconds")}
    return {**told[0], **work, "runs": len(told), "corpora": corpora}


def _tell_sets(shipped: dict[str, Any]) -> str:
    return "Records: " + ", ".join(f"{name} {row['records']:,}" for name, row in shipped.items()) + "."


def _write_figures(shipped: dict[str, Any], open_: dict[str, Any]) -> str:
    lines = ["| benchmark | figure | shipped | 95 % | open | aim |", "|---|---|---|---|---|---|"]
    for name, row in shipped.items():
        for figure, told in row.items():
            if not isinstance(told, dict) or "value" not in told:
                continue
            low, high = told.get("interval", (None, None))
            other = open_.get(name, {}).get(figure, {}).get("value")
            lines.append(
                f"| {name} | {figure.replace('_', ' ')} | {_number(told['value'])} | "
                f"{_number(low)} to {_number(high)} | {_number(other)} | {_number(told.get('aim'))} |"
            )
    return "\n".join(lines)


def _write_classes(shipped: dict[str, Any]) -> str:
    parts = []
    for name, row in shipped.items():
        if "per_type" in row:
            told = " · ".join(f"{k} {_number(v)}" for k, v in row["per_type"].items())
            parts.append(f"**{name}**: {told}")
    return "\n\n".join(parts)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}".replace("0.", ".", 1) if 0 < value < 1 else f"{value:g}"


def _load(name: str) -> dict[str, Any]:
    path = RESULTS / f"{name}.json"
    figures: dict[str, Any] = json.loads(path.read_text("utf-8"))["figures"] if path.exists() else {}
    return figures


if __name__ == "__main__":
    sys.exit(main())
