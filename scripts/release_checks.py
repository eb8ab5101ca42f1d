"""Steps of the release that look at the tree as it stands: state, version, checks, pages, locks, licences."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from scripts.build_web import BuildError, build_web
from scripts.lock import FLAGS, LOCKS
from scripts.release_licences import PAGE, LicenceError, list_parts, list_refused, load_decisions, write_page
from scripts.release_run import Release, StepError, list_faults, run, run_python

#: Head of what will be in the next release, while it has no date.
UNRELEASED = "Unreleased"


def check_tree(release: Release) -> str:
    """Nothing is changed or new beside the last commit."""
    mend = "commit or put away what is listed; a release is one commit"
    changed = run("git", "status", "--porcelain", cwd=release.root, mend=mend).splitlines()
    list_faults(changed, mend)
    return "clean at " + run("git", "rev-parse", "--short", "HEAD", cwd=release.root, mend=mend).strip()


def check_version(release: Release) -> str:
    """The version was never released: no tag bears it, and in the list of changes it is the newest or not there."""
    version = release.version
    tags = run("git", "tag", "--list", cwd=release.root, mend="run it in a clone with its tags").split()
    if {version, f"v{version}"}.intersection(tags):
        raise StepError(f"{version}: a tag bears it already", "raise the version in pyproject.toml")
    heads = [head for head, _ in read_changes((release.root / "CHANGELOG.md").read_text("utf-8"))]
    if not heads:
        raise StepError("CHANGELOG.md: has no section", f"write one: ## {UNRELEASED}")
    if version in heads[1:]:
        raise StepError(
            f"CHANGELOG.md: {version} stands below newer changes",
            "raise the version in pyproject.toml: that one is out already",
        )
    if heads[0] == UNRELEASED:
        return f"{version}: A REHEARSAL: before tagging, name the newest changes {version!r} with the day"
    if heads[0] != version:
        raise StepError(
            f"CHANGELOG.md: its newest section is {heads[0]!r}, not {version!r}", "make the two the same version"
        )
    return f"{version} is new"


def read_changes(text: str) -> list[tuple[str, str]]:
    """The sections of the list of changes, newest first: the version (or "Unreleased") and what stands under it."""
    parts = re.split(r"^## +\[?([^\s\]]+)\]?.*$", text, flags=re.MULTILINE)
    return [(head, body.strip()) for head, body in zip(parts[1::2], parts[2::2], strict=True)]


def read_notes(release: Release) -> str:
    """What the newest section of the list of changes says; StepError where it says nothing."""
    sections = read_changes((release.root / "CHANGELOG.md").read_text("utf-8"))
    if not sections or not sections[0][1]:
        raise StepError("CHANGELOG.md: its newest section is empty", "write what people will notice")
    return sections[0][1]


def check_notes(release: Release) -> str:
    """There is something to tell people."""
    return f"{len(read_notes(release).splitlines())} lines; they are printed at the end"


def check_style(release: Release) -> str:
    """Ruff finds nothing."""
    run_python(release, "-m", "ruff", "check", ".", mend="make format, and mend by hand what is left")
    run_python(release, "-m", "ruff", "format", "--check", ".", mend="make format")
    return "ruff finds nothing"


def check_types(release: Release) -> str:
    """Mypy finds nothing."""
    return run_python(release, "-m", "mypy", mend="mend what is listed").strip().splitlines()[-1]


def check_web(release: Release) -> str:
    """The web part is built from the tree as it is."""
    try:
        return "built" if build_web(release.root) else "was up to date"
    except BuildError as why:
        raise StepError(str(why), "make web") from why


def check_tests(release: Release) -> str:
    """All tests of the web part and of the package pass."""
    run_python(release, "scripts/build_web.py", "--run", "test", "--silent", mend="make check-web", timeout=900)
    said = run_python(release, "-m", "pytest", "-q", mend="make test", timeout=7200)
    return said.strip().splitlines()[-1]


def check_docs(release: Release) -> str:
    """The pages that follow from the code are what the code says."""
    run_python(release, "scripts/make_docs.py", "--check", mend="make docs, read the difference, commit")
    return "generated pages are up to date"


def check_translations(release: Release) -> str:
    """Every string of the interface is translated."""
    mend = "python scripts/translations.py, translate what is empty in the .po files, run it again, commit"
    return run_python(release, "scripts/translations.py", "--check", mend=mend).strip()


def check_locks(release: Release) -> str:
    """What is locked is what pyproject.toml asks for: locking again, with the versions held, changes no line."""
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("UV_", "PIP_"))}
    stale = []
    with tempfile.TemporaryDirectory(prefix="tocsin-locks-") as folder:
        for name, made_of, shared in LOCKS:
            held, fresh = release.root / f"locks/{name}.txt", Path(folder) / f"{name}.txt"
            shutil.copyfile(held, fresh)
            constraints = [f"--constraint=locks/{other}.txt" for other in shared]
            done = subprocess.run(
                [sys.executable, "-m", "uv", "--no-config", "pip", "compile", *FLAGS, *made_of, *constraints,
                 f"--output-file={fresh}"],
                cwd=release.root, env=environ, capture_output=True, text=True, timeout=600, check=False,
            )  # fmt: skip
            if done.returncode:
                raise StepError(f"{held.name}: {done.stderr.strip()[-800:]}", "make lock")
            if fresh.read_bytes() != held.read_bytes():
                stale.append(f"locks/{held.name}: is not what its requirements ask for")
    list_faults(stale, "make lock, run the tests, commit")
    return f"{len(LOCKS)} locks hold"


def check_licences(release: Release) -> str:
    """Every licence is known and allowed, and the page that lists them is up to date."""
    try:
        parts = list_parts(release.root)
        list_faults(list_refused(parts, load_decisions()), "take it out, or read its terms and decide")
        page = write_page(parts, release.root)
    except LicenceError as why:
        raise StepError(str(why), "decide in scripts/release_licences.toml") from why
    path = release.root / PAGE
    if not path.is_file() or path.read_text("utf-8") != page:
        raise StepError(f"{PAGE}: is not up to date", "python -m scripts.release_licences, commit")
    return f"{len(parts)} parts, all allowed"
