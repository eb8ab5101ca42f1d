"""Timing with medians, and writing figures to `benchmarks/results/`."""

from __future__ import annotations

import json
import platform
import statistics
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tocsin

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds of several runs."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The figure to quote."""
        return statistics.median(self.seconds)

    @property
    def p95(self) -> float:
        """The slowest run but one in twenty."""
        return sorted(self.seconds)[max(0, -(-len(self.seconds) * 95 // 100) - 1)]


def write_result(name: str, figures: dict[str, Any]) -> None:
    """Print the figures and keep them beside the version and machine they were made with."""
    record = {
        "benchmark": name,
        "tocsin": tocsin.__version__,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "figures": figures,
    }
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps(record, indent=2)
    (RESULTS / f"{name}.json").write_text(text + "\n", "utf-8")
    print(text)


def read_figures(name: str) -> dict[str, Any]:
    """The figures that a benchmark wrote last; none where it never did."""
    path = RESULTS / f"{name}.json"
    figures: dict[str, Any] = json.loads(path.read_text("utf-8"))["figures"] if path.is_file() else {}
    return figures
