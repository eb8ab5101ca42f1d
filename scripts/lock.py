"""Writes locks/*.txt with uv: all versions with hashes, for Python 3.11 to 3.14 on every system, naming no host."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FLAGS = (
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--custom-compile-command=make lock",
    "--quiet",
)
#: Lock, what it is made of, and the locks whose versions it must share: all may be installed side by side.
LOCKS = (
    ("runtime", ("pyproject.toml",), ()),
    ("build", ("locks/build.in",), ("runtime",)),
    ("node", ("locks/node.in",), ()),
    ("schemas", ("locks/schemas.in", "--no-deps"), ()),
    ("dev", ("pyproject.toml", "--all-extras", "locks/build.in", "--group=dev"), ("runtime", "build")),
    ("postgres", ("locks/postgres.in", "--no-deps"), ("dev",)),
    ("bench", ("pyproject.toml", "--group=bench"), ("runtime", "build", "dev")),
)
#: What must never enter: gigabytes that nothing here needs.
BANNED = ("torch", "nvidia", "cuda", "triton", "tensorflow", "jax")


def main() -> int:
    """Make all locks anew; the exit status. With --upgrade versions move; without, only what must."""
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("UV_", "PIP_"))}
    for name, made_of, shared in LOCKS:
        constraints = [f"--constraint=locks/{other}.txt" for other in shared]
        out = f"--output-file=locks/{name}.txt"
        command = [sys.executable, "-m", "uv", "--no-config", "pip", "compile", *FLAGS, *made_of, *constraints, out]
        subprocess.run([*command, *sys.argv[1:]], cwd=ROOT, env=environ, check=True)
        check_lock(ROOT / "locks" / f"{name}.txt")
    strip_package_lock(ROOT / "web/package-lock.json")
    return 0


def check_lock(path: Path) -> None:
    """Refuse a lock that names a host or holds what is banned."""
    for line in path.read_text("utf-8").splitlines():
        name = line.split("==")[0]
        if "://" in line or line.startswith("--index") or any(word in name for word in BANNED if "==" in line):
            raise SystemExit(f"lock: {path.name!r}: must not hold {line!r}")


def strip_package_lock(path: Path) -> None:
    """Take the addresses for donations out of npm's lock; npm itself leaves the registry's out (web/.npmrc)."""
    lock = json.loads(path.read_text("utf-8"))
    for package in lock["packages"].values():
        package.pop("funding", None)
        package.pop("resolved", None)
    path.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
