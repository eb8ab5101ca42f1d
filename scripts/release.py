"""The release's checklist: every step in order, with what it found and how long it took, up to the first failure.

    python -m scripts.release                          all of it
    python -m scripts.release --skip-tests             without the tests, which is then said
    python -m scripts.release --only build --only sizes
    python -m scripts.release --list                   what the steps are
    python -m scripts.release --json                   one line of JSON a step

It publishes nothing, tags nothing and changes nothing but the folder of archives (dist/). docs/releasing.md.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from scripts import release_builds as builds
from scripts import release_checks as checks
from scripts import release_installs as installs
from scripts.release_run import Release, StepError, run

ROOT = Path(__file__).resolve().parent.parent
#: What a step that passed still wants a person to read.
_SHOUTED = re.compile(r"\b[A-Z]+(?: [A-Z]+)+\b")


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the checklist.

    carry_out  returns what was found, in a line or a few; raises StepError
    """

    name: str
    carry_out: Callable[[Release], str]

    @property
    def purpose(self) -> str:
        """What holds after it."""
        return (self.carry_out.__doc__ or "").partition("\n")[0].rstrip(".")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a step.

    state    "passed", "failed" or "left out"
    seconds  how long it took
    told     what was found
    mend     what to do where it failed, else empty
    """

    step: str
    state: str
    seconds: float
    told: str
    mend: str = ""


STEPS = (
    Step("tree", checks.check_tree),
    Step("version", checks.check_version),
    Step("notes", checks.check_notes),
    Step("style", checks.check_style),
    Step("types", checks.check_types),
    Step("web", checks.check_web),
    Step("tests", checks.check_tests),
    Step("docs", checks.check_docs),
    Step("translations", checks.check_translations),
    Step("locks", checks.check_locks),
    Step("licences", checks.check_licences),
    Step("build", builds.build),
    Step("again", builds.check_again),
    Step("sizes", builds.check_sizes),
    Step("contents", builds.check_contents),
    Step("metadata", builds.check_metadata),
    Step("wheels", installs.check_wheels),
    Step("installs", installs.check_installs),
    Step("bill", builds.write_materials),
    Step("sums", builds.write_sums),
)


def carry_out(step: Step, release: Release) -> Outcome:
    """Carry a step out; a failure is an outcome like another."""
    began = time.monotonic()
    try:
        told, state, mend = step.carry_out(release), "passed", ""
    except StepError as why:
        told, state, mend = why.why, "failed", why.mend
    return Outcome(step.name, state, round(time.monotonic() - began, 1), told, mend)


def choose_steps(only: Sequence[str]) -> list[Step]:
    """The steps asked for in the order of the checklist, or all; ValueError for a name that is none."""
    unknown = sorted(set(only) - {step.name for step in STEPS})
    if unknown:
        raise ValueError(f"step: {unknown[0]!r}: there is none; there are {', '.join(step.name for step in STEPS)}")
    return [step for step in STEPS if not only or step.name in only]


def run_steps(
    steps: Sequence[Step], release: Release, left_out: Sequence[str], tell: Callable[[Outcome], None]
) -> list[Outcome]:
    """Carry the steps out until one fails; `tell` hears of each as it ends."""
    outcomes: list[Outcome] = []
    for step in steps:
        if step.name in left_out:
            outcomes.append(Outcome(step.name, "left out", 0.0, "as asked"))
        else:
            outcomes.append(carry_out(step, release))
        tell(outcomes[-1])
        if outcomes[-1].state == "failed":
            break
    return outcomes


def show_outcome(outcome: Outcome) -> str:
    """An outcome for people."""
    lines = outcome.told.splitlines() or [""]
    text = f"{outcome.step:<13} {outcome.state:<8} {outcome.seconds:>7.1f} s  {lines[0]}"
    text += "".join(f"\n{'':<34}{line}" for line in lines[1:])
    return text + (f"\n{'':<34}WHAT TO DO: {outcome.mend}" if outcome.mend else "")


def sum_up(outcomes: Sequence[Outcome], steps: Sequence[Step]) -> str:
    """The last line: whether this is a release, and if not, why not."""
    seconds = sum(outcome.seconds for outcome in outcomes)
    if outcomes and outcomes[-1].state == "failed":
        return f"STOPPED at {outcomes[-1].step!r} after {seconds:.0f} s"
    missing = [outcome.step for outcome in outcomes if outcome.state == "left out"]
    missing += [step.name for step in STEPS if step not in steps]
    if missing:
        return f"passed in {seconds:.0f} s; NOT A RELEASE: left out {', '.join(missing)}"
    shouted = [outcome.step for outcome in outcomes if _SHOUTED.search(outcome.told)]
    return f"passed in {seconds:.0f} s" + (f"; read again what {', '.join(shouted)} said" if shouted else "")


def read_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m scripts.release", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", action="append", default=[], metavar="STEP", help="this step alone; may be repeated")
    parser.add_argument("--skip-tests", action="store_true", help="leave the tests out")
    parser.add_argument("--json", action="store_true", help="one line of JSON a step")
    parser.add_argument("--list", action="store_true", help="say what the steps are")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="where the archives go (dist/)")
    parser.add_argument(
        "--private", type=Path, action="append", default=[], help="a folder whose texts must not be in the archives"
    )
    parser.add_argument("--may-ship", action="append", default=[], help="a file in such a folder that may (a pattern)")
    parser.add_argument("--python", type=Path, action="append", default=[], help="an interpreter to install for")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """Run what the command line asks for; the exit status."""
    asked = read_arguments(arguments)
    if asked.list:
        print("\n".join(f"{step.name:<13} {step.purpose}" for step in STEPS))
        return 0
    try:
        steps = choose_steps(asked.only)
        epoch = int(run("git", "log", "-1", "--format=%ct", cwd=ROOT, mend="run it in a clone").strip())
    except (ValueError, StepError) as why:
        print(why, file=sys.stderr)
        return 2
    release = Release(
        ROOT, asked.out.resolve(), epoch, tuple(asked.private), tuple(asked.may_ship), tuple(asked.python)
    )
    left_out = ["tests"] if asked.skip_tests else []
    outcomes = run_steps(
        steps, release, left_out, lambda o: print(json.dumps(asdict(o)) if asked.json else show_outcome(o), flush=True)
    )
    is_passed = outcomes[-1].state != "failed"
    if asked.json:
        return 0 if is_passed else 1
    print(f"\n{sum_up(outcomes, steps)}")
    if is_passed and not asked.only:
        print(f"\nWhat to tell people about {release.version}:\n\n{checks.read_notes(release)}")
    return 0 if is_passed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
