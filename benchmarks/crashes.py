"""A desk that is killed, five hundred times: ``python -m benchmarks.crashes [--kills 500] [--database …]``.

A real desk (HTTP on loopback, a feed, a webhook's receiver, a mail server) is under load: reports by API and feed,
corrections, merges, retractions and acknowledgements. At random moments it is killed (SIGKILL, with its children) and
started again; clients come again where they were not answered. In the end everything that was acknowledged must be
there once, and all that follows from it must be what an undisturbed desk comes to. See docs/crash-safety.md.

After the kills, other troubles: a full disk, a read-only disk, a locked database, a clock that jumps, a network that is
gone (``--troubles`` alone for those, ``--no-troubles`` for none).
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.crashing.checks import describe, list_faults, sum_counts
from benchmarks.crashing.desks import launching
from benchmarks.crashing.killing import MEAN_LIFE, Killed, kill_desk, tell_times
from benchmarks.timing import RESULTS, write_result


def build_gazetteer(folder: Path) -> Path:
    """The gazetteer, built once for all desks."""
    from tocsin.desk.opening import load_knowledge
    from tocsin.settings import Settings

    folder.mkdir(exist_ok=True)
    load_knowledge(Settings(), folder)
    return folder


def run_kills(folder: Path, gazetteer: Path, options: argparse.Namespace) -> dict[str, Any]:
    """All the kills, over as many desks as it takes; their figures."""
    everything: list[Killed] = []
    found, answers, refusals = [], Counter[str](), Counter[str]()
    with launching() as launcher:
        left, number = options.kills, 0
        began = time.monotonic()
        while left > 0 and time.monotonic() - began < options.minutes * 60:
            number += 1
            kills = min(left, options.per_desk)
            done, one, clients, _ = kill_desk(
                folder / f"desk-{number}", launcher, gazetteer, kills=kills, seed=options.seed + number,
                database=options.database, mean_life=options.life,
                say=lambda told, number=number: _say(f"desk {number}: {told}"),
            )  # fmt: skip
            _say(f"desk {number}: {done.kills} kills in {done.seconds:.0f} s; {describe(one)}")
            everything.append(done)
            found.append(one)
            answers.update(clients.told.answers)
            refusals.update(clients.told.refusals)
            left -= kills
            if one.faults:
                _say("\n".join(one.faults[:40]))
                if options.stop_at_faults:
                    break
    phases: Counter[str] = sum((d.phases for d in everything), Counter())
    return {
        "seed": options.seed, "desks": len(everything), "kills": sum(d.kills for d in everything),
        "kills_by_phase": dict(phases.most_common()), "counts": sum_counts(found),
        "lost": sum(len(w) for f in found for w in f.lost.values()),
        "doubled": sum(len(w) for f in found for w in f.doubled.values()),
        "differing_from_undisturbed": sum(len(f.differing) for f in found),
        "unsound": sum(len(f.unsound) for f in found), "faults": list(list_faults(found))[:20],
        "ready_seconds": tell_times([s for d in everything for s in d.ready]),
        "ready_seconds_with_all_imports": tell_times([s for d in everything for s in d.ready_plain]),
        "backups_whole": sum(d.backups_made for d in everything),
        "backups_killed": sum(d.backups_killed for d in everything),
        "exit_status_of_last_stop": sorted({d.exit_status for d in everything}, key=str),
        "answers_to_clients": dict(answers.most_common()), "refusals": dict(refusals.most_common(12)),
        "seconds": round(sum(d.seconds for d in everything)),
    }  # fmt: skip


def _read_kept() -> dict[str, Any]:
    """The figures kept before: kills and troubles may be run apart."""
    path = RESULTS / "crashes.json"
    kept: dict[str, Any] = json.loads(path.read_text("utf-8"))["figures"] if path.exists() else {}
    return kept


def _say(told: str) -> None:
    sys.stderr.write(told + "\n")
    sys.stderr.flush()


def main() -> int:
    """Kill, trouble, print and keep the figures; 1 where anything was lost, doubled or otherwise wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--per-desk", type=int, default=100, help="kills of one desk before it is checked")
    parser.add_argument("--minutes", type=float, default=60.0, help="no other desk is begun after so long")
    parser.add_argument("--life", type=float, default=MEAN_LIFE, help="mean seconds from ready to the kill")
    parser.add_argument("--seed", type=int, default=20260302)
    parser.add_argument("--database", help="address of an empty PostgreSQL database; one desk then has all kills")
    parser.add_argument("--folder", type=Path, help="where to work, and leave everything; else a temporary folder")
    parser.add_argument("--troubles", choices=["too", "only", "none"], default="too")
    parser.add_argument("--stop-at-faults", action="store_true")
    parser.add_argument("--not-kept", action="store_true", help="do not write benchmarks/results")
    options = parser.parse_args()
    if options.database:
        options.per_desk = options.kills
    logging.basicConfig(level=logging.ERROR)
    with tempfile.TemporaryDirectory() as made:
        folder = options.folder or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        gazetteer = build_gazetteer(folder / "gazetteer")
        figures: dict[str, Any] = {}
        if options.troubles != "only":
            figures["kills"] = run_kills(folder, gazetteer, options)
        if options.troubles != "none":
            from benchmarks.crashing.troubles import run_troubles

            figures["troubles"] = run_troubles(folder, gazetteer, say=_say)
    faults = [*figures.get("kills", {}).get("faults", ())]
    faults += [f for one in figures.get("troubles", {}).values() for f in one.get("faults", ())]
    if options.not_kept:
        sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    else:
        write_result("crashes", (_read_kept() if options.troubles != "too" else {}) | figures)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
