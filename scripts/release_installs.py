"""Steps of the release that install the wheel into empty environments and run it there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from scripts.release_licences import Part, list_parts
from scripts.release_run import Release, StepError, list_faults, run

#: The Pythons that the wheel is for.
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
#: The systems for which every dependency must have a wheel, as uv names them.
SYSTEMS = ("x86_64-manylinux_2_28", "aarch64-manylinux_2_28", "aarch64-apple-darwin", "x86_64-pc-windows-msvc")
#: What a Python must be able to load to be of use; some that people build lack one of these.
_NEEDED = "import ssl, sqlite3, ctypes, bz2, lzma, sys; print('%d.%d' % sys.version_info[:2])"
#: An address where nobody listens: whatever asks the network in spite of everything, fails at once.
_NOWHERE = "http://127.0.0.1:9"
#: The oldest macOS that we name.
_MACOS = {"MACOSX_DEPLOYMENT_TARGET": "14.0"}
_START_SECONDS = 180.0
_PAGES = ("/", "/incidents", "/about", "/static/LICENSES.txt")


def check_wheels(release: Release) -> str:
    """Every dependency has a wheel for every Python and system that we name, extras too; nothing is downloaded."""
    faults = []
    with tempfile.TemporaryDirectory(prefix="tocsin-wheels-") as folder:
        wanted = Path(folder) / "wanted.txt"
        wanted.write_text("".join(write_requirements(list_parts(release.root))), "utf-8")
        for python in PYTHONS:
            for system in SYSTEMS:
                try:
                    run(
                        sys.executable, "-m", "uv", "pip", "install", "--dry-run", "--quiet", "--no-deps",
                        "--require-hashes", "--only-binary", ":all:", "--target", Path(folder) / "none",
                        "--python-version", python, "--python-platform", system, "--requirement", wanted,
                        cwd=release.root, environ=_MACOS, mend="", timeout=300,
                    )  # fmt: skip
                except StepError as why:
                    faults.append(f"Python {python} on {system}: {why.why}")
    list_faults(faults, "lock a version that has the wheel, or say that this Python or system is not supported")
    return f"wheels for Python {', '.join(PYTHONS)} on {len(SYSTEMS)} systems, extras included"


def write_requirements(parts: Iterable[Part]) -> Iterator[str]:
    """The Python packages among the parts as entries of a requirements file, with markers and digests."""
    for part in parts:
        if part.kind == "python":
            marker = f" ; {part.marker}" if part.marker else ""
            digests = "".join(f" \\\n    --hash=sha256:{digest}" for digest in part.hashes)
            yield f"{part.name}=={part.version}{marker}{digests}\n"


def find_pythons(named: Iterable[Path] = ()) -> dict[str, Path]:
    """The interpreters of this machine that the wheel is for and that are whole: "3.12" to its program.

    Looked for where their installers put them: on the path, with pyenv, with uv. Those named come first.
    """
    homes = [Path.home() / ".pyenv/versions", Path.home() / ".local/share/uv/python"]
    places = [*named, *(Path(path) for name in PYTHONS if (path := shutil.which(f"python{name}")))]
    places += sorted(program for home in homes for program in home.glob("*/bin/python3.[0-9][0-9]"))
    found: dict[str, Path] = {}
    for place in places:
        version = _ask_version(place)
        if version in PYTHONS:
            found.setdefault(version, place)
    return dict(sorted(found.items()))


def _ask_version(path: Path) -> str | None:
    try:
        done = subprocess.run(
            [str(path), "-I", "-c", _NEEDED], capture_output=True, text=True, timeout=60, check=True
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def check_installs(release: Release) -> str:
    """Into an empty environment of each Python found: the wheel and what it needs; then the exercise and the desk."""
    wheel, _ = release.find_archives()
    found = find_pythons(release.pythons)
    if not found:
        raise StepError(f"none of Python {', '.join(PYTHONS)} is here", "install one, or name it with --python")
    told = []
    for version, path in found.items():
        with tempfile.TemporaryDirectory(prefix=f"tocsin-install-{version}-") as folder:
            told.append(f"Python {version}: {_try_wheel(release, wheel, path, Path(folder))}")
    absent = [version for version in PYTHONS if version not in found]
    if absent:
        told.append(f"NOT RUN ON PYTHON {' AND '.join(absent)}: none is here (only that wheels exist was checked)")
    return "\n".join(told)


def _try_wheel(release: Release, wheel: Path, python: Path, folder: Path) -> str:
    home = folder / "environment"
    uv = (sys.executable, "-m", "uv")
    began = time.monotonic()
    mend = f"uv venv --python {python}, install the wheel there by hand and see"
    run(*uv, "venv", "--quiet", "--python", python, home, cwd=folder, mend=mend)
    inner = home / ("Scripts" if os.name == "nt" else "bin")
    run(
        *uv, "pip", "install", "--quiet", "--only-binary", ":all:", "--python", inner / "python",
        "--constraint", release.root / "locks/runtime.txt", wheel,
        cwd=folder, mend=mend,
    )  # fmt: skip
    run(*uv, "pip", "check", "--python", inner / "python", cwd=folder, mend=mend)
    installed = time.monotonic() - began
    # Nothing of the machine's own settings, and no network: a fresh user without a connection.
    environ = {
        "HOME": str(folder), "TOCSIN_HOME": str(folder / "desk"), "PYTHONWARNINGS": "default",
        "HTTP_PROXY": _NOWHERE, "HTTPS_PROXY": _NOWHERE, "NO_PROXY": "127.0.0.1",
    }  # fmt: skip
    mend = "run the command in an environment that holds the wheel alone"
    run(inner / "tocsin", "--help", cwd=folder, environ=environ, mend=mend)
    figures = json.loads(
        run(inner / "tocsin", "exercise", "--measure", "--json", cwd=folder, environ=environ, mend=mend)
    )
    if not figures.get("alarm_in_time") or figures.get("found", 0) < 0.5:
        raise StepError(f"the exercise is not read as it should be: {figures}", "tocsin exercise --measure")
    run(inner / "tocsin", "doctor", cwd=folder, environ=environ, mend="tocsin doctor says what is broken")
    with _serving(inner / "tocsin", folder, environ) as address:
        sizes = [_fetch(address + page) for page in _PAGES]
    size = sum(path.stat().st_size for path in home.rglob("*") if path.is_file() and not path.is_symlink())
    return (
        f"installed in {installed:.0f} s ({size / 1e6:.0f} MB), exercise {figures['found']:.0%} found, alarm in time,"
        f" {len(sizes)} pages served"
    )


@contextmanager
def _serving(program: Path, folder: Path, environ: Mapping[str, str]) -> Iterator[str]:
    """The desk, started with its exercise on a free port; its address without the last slash."""
    log = folder / "served.txt"
    with log.open("wb") as said:
        server = subprocess.Popen(
            [str(program), "serve", "--no-watch", "--port", "0"],
            cwd=folder, env={**os.environ, **environ, "COLUMNS": "200"}, stdout=said, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        yield _wait_for_address(server, log)
    finally:
        server.terminate()
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_for_address(server: subprocess.Popen[bytes], log: Path) -> str:
    ends = time.monotonic() + _START_SECONDS
    while time.monotonic() < ends:
        text = log.read_text("utf-8", errors="replace")
        found = re.search(r"(http://127\.0\.0\.1:\d+)/", text)
        if found and _is_ready(found[1]):
            return found[1]
        if server.poll() is not None:
            break
        time.sleep(0.2)
    raise StepError(f"tocsin serve: did not answer\n{log.read_text('utf-8', errors='replace')[-1500:]}", "tocsin serve")


def _is_ready(address: str) -> bool:
    try:
        return bool(_fetch(f"{address}/health"))
    except (OSError, StepError):
        return False


def _fetch(address: str) -> int:
    """Size of a page in bytes; StepError where it is empty or not there."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(address, timeout=30) as response:
            size = len(response.read())
    except OSError as why:
        raise StepError(f"{address}: {why}", "tocsin serve, and open it") from why
    if not size:
        raise StepError(f"{address}: is empty", "tocsin serve, and open it")
    return size
