"""The documentation says what the code does: generated pages, links, commands and settings named in it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_generated_pages_are_what_the_code_says() -> None:
    made = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "make_docs.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stdout + made.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```|`[^`]*`", "", page.read_text("utf-8"), flags=re.DOTALL)
    links = [link.split("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text)]
    broken = [link for link in links if link and "://" not in link and not (page.parent / link).exists()]
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_commands_named_exist(page: Path) -> None:
    from typer.main import get_command

    from tocsin.cli.commands import app

    commands = set(get_command(app).commands)  # type: ignore[attr-defined]
    code = re.findall(r"```.*?```|`[^`\n]*`", page.read_text("utf-8"), flags=re.DOTALL)
    named = {name for part in code for name in re.findall(r"(?:^|[`$\n ])tocsin ([a-z]+)", part)}
    assert named <= commands


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_make_targets_named_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), flags=re.MULTILINE))
    named = set(re.findall(r"`make ([a-z-]+)", page.read_text("utf-8")))
    assert named <= targets


def test_library_example_in_the_readme_runs() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    examples = re.findall(r"```python\n(.*?)```", readme, flags=re.DOTALL)
    assert len(examples) == 1
    made = subprocess.run([sys.executable, "-c", examples[0]], capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    shown = re.search(r"```text\n(.*?)```", readme, flags=re.DOTALL)
    assert shown
    assert made.stdout.strip() == shown.group(1).strip()
