"""The command `tocsin bench`: what the desk answers to a benchmark's records, for a scorer to compare."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tocsin.cli.options import Home
from tocsin.settings import load_settings


def bench(
    task: Annotated[
        str,
        typer.Argument(
            help="types, attribution, factuality, places, resolution, event-place, claims, copies, stories, coref, "
            "incidents, forecast, detect-deaths or detect-incidents."
        ),
    ],
    gold: Annotated[Path, typer.Option(help="Records to answer: JSONL or CSV, gzipped or not.")],
    predictions: Annotated[Path, typer.Option(help="Where to write one answer a line.")],
    texts: Annotated[Path | None, typer.Option(help="Articles that the records are of (coref): JSONL.")] = None,
    home: Home = None,
) -> None:
    """Answer a benchmark's records; a scorer compares the answers with gold."""
    from tocsin.cli import show
    from tocsin.predicting.answers import answer_records, read_records

    records = read_records(gold, task, texts)
    answers = answer_records(records, task, load_settings(home=home))
    show.write_answers(answers, len(records), predictions)
