"""The release's checklist: what archives may hold, which licences may be where, and the bill of materials."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import tarfile
import tomllib
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripts.build_web import is_built
from scripts.release import STEPS, Outcome, Step, choose_steps, run_steps, show_outcome, sum_up
from scripts.release_builds import compare_archives, copy_tree
from scripts.release_checks import check_tree, check_version, read_changes
from scripts.release_contents import (
    IN_SOURCES,
    IN_WHEEL,
    NEEDED_IN_WHEEL,
    RUN,
    check_names,
    check_texts,
    find_private,
    open_archive,
    read_private,
)
from scripts.release_installs import find_pythons, write_requirements
from scripts.release_licences import (
    PAGE,
    LicenceError,
    Part,
    find_licence,
    is_allowed,
    list_extras,
    list_parts,
    list_refused,
    load_decisions,
    name_licence,
    read_lock,
    write_page,
)
from scripts.release_run import Release, StepError, list_faults, run
from scripts.sbom import BillError, digest_file, make_bill, make_component, write_bill

ROOT = Path(__file__).parent.parent
DAY = datetime(2026, 12, 1, tzinfo=UTC)
DECISIONS = load_decisions()
WORDS = st.lists(st.text("abcdefghijklmnop", min_size=1, max_size=6), min_size=RUN, max_size=40)


@pytest.fixture(scope="module")
def parts() -> list[Part]:
    if not is_built(ROOT):
        pytest.skip("the web part is not built: make web")
    return list_parts()


# --- what archives may hold


def list_tracked() -> list[str]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("not a clone")
    return [name for name in done.stdout.split("\0") if name]


def test_all_files_of_the_package_may_be_in_a_wheel() -> None:
    names = [name.removeprefix("src/") for name in list_tracked() if name.startswith("src/")]
    assert names
    assert check_names(names, IN_WHEEL, ()) == []


def test_all_files_that_the_source_archive_takes_may_be_in_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    taken = tuple(entry.strip("/") for entry in project["tool"]["hatch"]["build"]["targets"]["sdist"]["include"])
    names = [name for name in list_tracked() if name.split("/")[0] in taken]
    assert len(names) > 500
    assert check_names(names, IN_SOURCES, ()) == []


@pytest.mark.parametrize(
    "name",
    [
        "tocsin/.env",
        "tocsin/web/static/assets/map-1.js.map",
        "tocsin/__pycache__/desk.cpython-311.pyc",
        "tocsin/knowledge/__pycache__/x.toml",
        "tocsin/desk.sqlite",
        "tocsin/knowledge/server.pem",
        "tocsin/../../etc/x.py",
        "tests/test_release.py",
        "node_modules/a/index.js",
        "tocsin/reading/model/other.onnx",
    ],
)
def test_other_names_may_not(name: str) -> None:
    assert check_names([name], IN_WHEEL, ()) == [f"{name}: may not be in it"]


def test_what_a_wheel_needs_is_missed() -> None:
    missing = check_names(["tocsin/desk/desk.py"], IN_WHEEL, NEEDED_IN_WHEEL)
    assert "tocsin/web/static/LICENSES.txt: is not in it" in missing
    assert len(missing) == len(NEEDED_IN_WHEEL)


def test_keys_tokens_and_folders_of_the_machine_are_seen_and_not_repeated() -> None:
    key = b"-----BEGIN " + b"PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQ"
    token = b"password = '" + b"ghp_" + b"a1" * 18 + b"'"
    found = check_texts({"a": key, "b": token, "c": b"from /home/me/tocsin/x.py", "d": b"quiet"}, ["/home/me/tocsin/"])
    assert [line.split(":")[0] for line in found] == ["a", "b", "c"]
    assert not any("MII" in line or "ghp" in line for line in found)


@given(WORDS, WORDS, WORDS)
def test_a_private_run_is_found_wherever_it_is_put(before: list[str], private: list[str], after: list[str]) -> None:
    shipped = "\n".join(['x = """', ", ".join(before), *(word.upper() for word in private), *after])
    found = find_private({"a.py": shipped.encode()}, [" ".join(private)])
    assert len(found) == 1
    assert found[0].startswith("a.py: shares ")


def test_shorter_runs_and_binaries_are_left_alone() -> None:
    words = "one two three four five six seven eight nine ten eleven"
    assert find_private({"a.md": f"{words} twelve".encode()}, [f"{words} thirteen"]) == []
    text = f"{words} twelve"
    assert find_private({"a.onnx": b"\0" + text.encode()}, [text]) == []


def test_private_texts_are_read_in_every_form(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    with gzip.open(tmp_path / "deep/a.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write(json.dumps({"text": "first\nsecond", "claims": [{"of": ["third"]}], "n": 1}) + "\n")
    (tmp_path / "b.csv").write_text("name,of,column\nfourth,1\n", "utf-8")
    (tmp_path / "may.txt").write_text("passed on\n", "utf-8")
    (tmp_path / "c.txt").write_bytes(b"fifth \xff\n")
    read = {text.strip() for text in read_private(tmp_path, ["m*.txt"])}
    assert read == {"first\nsecond", "third", "fourth,1", "fifth"}


def write_tar(path: Path, files: dict[str, bytes], *, link: str = "") -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(f"tocsin-1/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
        if link:
            member = tarfile.TarInfo(f"tocsin-1/{link}")
            member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
            archive.addfile(member)
    return path


def test_archives_open_to_names_without_their_folder(tmp_path: Path) -> None:
    path = write_tar(tmp_path / "a.tar.gz", {"docs/a.md": b"text"}, link="docs/b.md")
    files = open_archive(path)
    assert files == {"docs/a.md": b"text", "docs/b.md (not a plain file)": b""}
    assert check_names(files, IN_SOURCES, ()) == ["docs/b.md (not a plain file): may not be in it"]
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as wheel:
        wheel.writestr("tocsin/desk/desk.py", "x")
    assert open_archive(tmp_path / "a.whl") == {"tocsin/desk/desk.py": b"x"}


def test_builds_that_differ_say_where(tmp_path: Path) -> None:
    def write(name: str, files: dict[str, str], day: int = 1) -> Path:
        with zipfile.ZipFile(tmp_path / name, "w") as wheel:
            for inner, text in files.items():
                wheel.writestr(zipfile.ZipInfo(inner, (2026, 1, day, 0, 0, 0)), text)
        return tmp_path / name

    first = write("a.whl", {"x.py": "1", "y.py": "2"})
    assert compare_archives(first, write("b.whl", {"x.py": "1", "y.py": "2"})) == []
    assert compare_archives(first, write("c.whl", {"x.py": "1", "z.py": "2"})) == [
        "a.whl: y.py differs between two builds",
        "a.whl: z.py differs between two builds",
    ]
    assert "other times" in compare_archives(first, write("d.whl", {"x.py": "1", "y.py": "2"}, day=2))[0]


# --- licences


@pytest.mark.parametrize(
    ("expression", "is_fine"),
    [
        ("MIT", True),
        ("MIT OR GPL-3.0-only", True),
        ("MIT AND GPL-3.0-only", False),
        ("(MIT OR Apache-2.0) AND BSD-3-Clause", True),
        ("GPL-2.0-only OR LGPL-2.1-or-later", True),
        ("AGPL-3.0-only", False),
        ("GPL-3.0-or-later WITH GCC-exception-3.1", False),
        ("Proprietary", False),
        ("", False),
        ("MIT AND", False),
    ],
)
def test_which_expressions_are_allowed_beside(expression: str, is_fine: bool) -> None:
    assert is_allowed(expression, DECISIONS.allowed["beside"]) is is_fine


def test_weak_copyleft_is_not_copied_in() -> None:
    beside = Part("python", "postgres", "psycopg", "3", "LGPL-3.0-only")
    assert list_refused([beside], DECISIONS) == []
    assert list_refused([replace(beside, kind="npm", group="inside")], DECISIONS) == [
        "psycopg: 'LGPL-3.0-only' is not allowed for what is inside"
    ]


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ([None, "MIT License"], "MIT"),
        (["Apache-2.0 OR BSD-2-Clause", "MIT"], "Apache-2.0 OR BSD-2-Clause"),
        (["(MIT OR Apache-2.0)"], "MIT OR Apache-2.0"),
        (["BSD"], None),
        (["BSD License", None, ""], None),
        (["Copyright (c) 2001 " + "x" * 300], None),
    ],
)
def test_words_mean_a_licence_or_nothing(words: list[str | None], named: str | None) -> None:
    assert name_licence(words, DECISIONS.spoken) == named


def test_an_unknown_package_is_no_guess() -> None:
    with pytest.raises(LicenceError, match="'no-such-package': not installed here"):
        find_licence("no-such-package", DECISIONS)


def test_every_decision_is_needed_and_allowed() -> None:
    locked = {pin.name for lock in ("runtime", "dev") for pin in read_lock(ROOT / f"locks/{lock}.txt")}
    assert set(DECISIONS.decided) <= locked
    for name, decision in DECISIONS.decided.items():
        assert is_allowed(decision["licence"], DECISIONS.allowed["beside"]), name
        assert decision["why"]


def test_a_lock_is_read_whole() -> None:
    text = (ROOT / "locks/runtime.txt").read_text("utf-8")
    pins = read_lock(ROOT / "locks/runtime.txt")
    assert len(pins) == sum(line[:1].isalnum() for line in text.splitlines())
    assert sum(len(pin.hashes) for pin in pins) == text.count("--hash=sha256:")
    (windows,) = [pin for pin in pins if pin.name == "colorama"]
    assert windows.marker == "sys_platform == 'win32'"


def test_extras_bring_what_they_need() -> None:
    extras = list_extras()
    assert {"dask", "distributed", "tornado"} <= extras["archive"]
    assert {"psycopg", "psycopg-binary"} <= extras["postgres"]


def test_all_parts_are_allowed_and_the_page_is_up_to_date(parts: list[Part]) -> None:
    assert list_refused(parts, DECISIONS) == []
    assert (ROOT / PAGE).read_text("utf-8") == write_page(parts), "python -m scripts.release_licences"


def test_parts_hold_the_web_part_the_model_and_the_extras(parts: list[Part]) -> None:
    names = {(part.group, part.name) for part in parts}
    inside = {
        "maplibre-gl",
        "pmtiles",
        "htmx.org",
        "world-atlas",
        "earcut",
        "encoder.onnx",
        "Natural Earth",
        "PLOVER 2.0",
    }
    assert {("inside", name) for name in inside} <= names
    assert {("beside", "numpy"), ("archive", "dask"), ("postgres", "psycopg")} <= names
    assert not {name for _, name in names} & {"vite", "vitest", "typescript", "pytest", "mypy"}


def test_terms_of_what_is_built_in_travel_with_it(parts: list[Part]) -> None:
    terms = (ROOT / "src/tocsin/web/static/LICENSES.txt").read_text("utf-8")
    for part in parts:
        if part.kind == "npm":
            assert f"\n{part.name} {part.version} (" in terms
    for holder in (
        "MapLibre contributors",
        "Mapbox",
        "Protomaps LLC",
        "Michael Bostock",
        "Zero-Clause BSD",
        "Gary Court",
    ):
        assert holder in terms
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert PAGE in project["license-files"]


def test_licences_of_knowledge_are_among_those_for_data() -> None:
    listed = tomllib.loads((ROOT / "src/tocsin/knowledge/SOURCES.toml").read_text("utf-8"))["file"]
    for file in listed:
        for clause in file["licence"].split(";"):
            said = clause.rpartition(": ")[2].partition(" (")[0].strip()
            assert is_allowed(DECISIONS.spoken.get(said, said), DECISIONS.allowed["data"]), file


# --- bill of materials


def test_the_bill_is_valid_complete_and_always_the_same(parts: list[Part]) -> None:
    text = write_bill(make_bill(parts, made_at=DAY))
    assert text == write_bill(make_bill(list(reversed(parts)), made_at=DAY))
    bill = json.loads(text)
    assert bill["specVersion"] == "1.6"
    assert len(bill["components"]) == len(parts)
    assert all(component["licenses"] for component in bill["components"])
    (model,) = [c for c in bill["components"] if c["type"] == "machine-learning-model"]
    assert model["hashes"][0]["content"] == digest_file(ROOT / "src/tocsin/reading/model/encoder.onnx")
    assert len(model["pedigree"]["ancestors"]) == 2
    (point,) = [c for c in bill["components"] if c["name"] == "@mapbox/point-geometry"]
    assert point["purl"].startswith("pkg:npm/%40mapbox/point-geometry@")
    assert point["hashes"][0]["alg"] == "SHA-512"
    (psycopg,) = [c for c in bill["components"] if c["name"] == "psycopg"]
    assert psycopg["scope"] == "optional"


def test_the_bill_says_who_needs_whom(parts: list[Part]) -> None:
    bill = json.loads(write_bill(make_bill(parts, made_at=DAY)))
    needs = {entry["ref"]: set(entry.get("dependsOn", ())) for entry in bill["dependencies"]}
    head = needs[bill["metadata"]["component"]["bom-ref"]]
    assert {"model:encoder.onnx", "data:GeoNames"} <= head
    assert any(ref.startswith("python:fastapi@") for ref in head)
    assert not any(ref.startswith("python:psycopg@") for ref in head)
    (fastapi,) = [ref for ref in needs if ref.startswith("python:fastapi@")]
    assert any(ref.startswith("python:pydantic@") for ref in needs[fastapi])


def test_the_bill_refuses_what_the_lock_does_not_hold() -> None:
    with pytest.raises(BillError, match="the lock says otherwise"):
        make_component(Part("npm", "inside", "pmtiles", "0.0.1", "BSD-3-Clause"), ROOT)


def test_the_bill_refuses_a_model_that_its_card_does_not_know(tmp_path: Path) -> None:
    folder = tmp_path / "src/tocsin/reading/model"
    folder.mkdir(parents=True)
    (folder / "encoder.onnx").write_bytes(b"another")
    (folder / "card.md").write_text(f"SHA-256 `{'0' * 64}`", "utf-8")
    with pytest.raises(BillError, match="its card says otherwise"):
        make_component(Part("model", "inside", "encoder.onnx", "", "Apache-2.0", "tocsin/reading/model/"), tmp_path)


# --- versions and the tree


def make_clone(folder: Path, *, version: str = "0.2.0", changes: str = "## Unreleased\n- New.\n") -> Release:
    folder.mkdir(exist_ok=True)
    (folder / "pyproject.toml").write_text(f'[project]\nname = "tocsin"\nversion = "{version}"\n', "utf-8")
    (folder / "CHANGELOG.md").write_text(f"# Changes\n\n{changes}", "utf-8")
    author = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    for command in (("init", "-q"), ("add", "-A"), (*author, "commit", "-qm", "first")):
        run("git", *command, cwd=folder, mend="")
    return Release(folder, folder / "dist", 0)


def test_a_changed_tree_is_no_release(tmp_path: Path) -> None:
    release = make_clone(tmp_path)
    assert check_tree(release).startswith("clean at ")
    (tmp_path / "new.txt").write_text("x", "utf-8")
    with pytest.raises(StepError, match=r"\?\? new.txt"):
        check_tree(release)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ("## Unreleased\n- New.\n\n## 0.1.0 (2026-11-01)\n- Old.\n", "A REHEARSAL"),
        ("## 0.2.0 (2026-12-01)\n- New.\n\n## 0.1.0\n- Old.\n", "0.2.0 is new"),
    ],
)
def test_a_new_version_is_one(tmp_path: Path, changes: str, told: str) -> None:
    assert told in check_version(make_clone(tmp_path, changes=changes))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ("## Unreleased\n- New.\n\n## 0.2.0\n- Old.\n", "stands below newer changes"),
        ("## 0.3.0\n- New.\n", "its newest section is '0.3.0'"),
        ("Nothing.\n", "has no section"),
    ],
)
def test_an_old_version_is_not(tmp_path: Path, changes: str, why: str) -> None:
    with pytest.raises(StepError, match=why):
        check_version(make_clone(tmp_path, changes=changes))


def test_a_tagged_version_is_not_new(tmp_path: Path) -> None:
    release = make_clone(tmp_path)
    run("git", "tag", "v0.2.0", cwd=tmp_path, mend="")
    with pytest.raises(StepError, match="a tag bears it already"):
        check_version(release)


def test_changes_are_read_by_version() -> None:
    assert read_changes("# Changes\n\n## 0.2.0 (2026-12-01)\n- B\n\n## [0.1.0]\n- A\n### x\n") == [
        ("0.2.0", "- B"),
        ("0.1.0", "- A\n### x"),
    ]


def test_a_copy_holds_what_git_holds(tmp_path: Path) -> None:
    release = make_clone(tmp_path / "clone")
    (release.root / "left-lying.txt").write_text("x", "utf-8")
    copied = copy_tree(release, tmp_path / "copy")
    assert {path.name for path in copied.rglob("*")} == {"pyproject.toml", "CHANGELOG.md"}


# --- the checklist itself


def fail(_: Release) -> str:
    """Never holds."""
    raise StepError("it is broken\nin two ways", "mend it")


def test_the_checklist_stops_at_the_first_failure(tmp_path: Path) -> None:
    release = Release(ROOT, tmp_path, 0)
    steps = [Step("first", lambda _: "fine"), Step("tests", fail), Step("third", fail), Step("last", lambda _: "fine")]
    told: list[Outcome] = []
    outcomes = run_steps(steps, release, ["tests"], told.append)
    assert [(o.step, o.state) for o in outcomes] == [("first", "passed"), ("tests", "left out"), ("third", "failed")]
    assert told == outcomes
    assert sum_up(outcomes, steps).startswith("STOPPED at 'third'")
    shown = show_outcome(outcomes[-1]).splitlines()
    assert [line.strip() for line in shown[1:]] == ["in two ways", "WHAT TO DO: mend it"]


def test_what_was_left_out_is_said() -> None:
    passed = [Outcome(step.name, "passed", 1.0, "fine") for step in STEPS]
    assert sum_up(passed, STEPS) == f"passed in {len(STEPS)} s"
    without = [replace(o, state="left out") if o.step == "tests" else o for o in passed]
    assert "NOT A RELEASE: left out tests" in sum_up(without, STEPS)
    assert "NOT A RELEASE" in sum_up(passed[:1], STEPS[:1])
    loud = [replace(o, told="NOT RUN ON PYTHON 3.14") if o.step == "installs" else o for o in passed]
    assert "read again what installs said" in sum_up(loud, STEPS)


def test_steps_are_chosen_in_their_order() -> None:
    assert [step.name for step in choose_steps(["sizes", "build"])] == ["build", "sizes"]
    assert len(choose_steps([])) == len(STEPS)
    with pytest.raises(ValueError, match="step: 'publish': there is none"):
        choose_steps(["publish"])


def test_every_step_says_what_holds_after_it() -> None:
    assert all(step.purpose for step in STEPS)
    assert len({step.name for step in STEPS}) == len(STEPS)


def test_a_command_that_fails_says_so(tmp_path: Path) -> None:
    with pytest.raises(StepError, match="left with status 3") as caught:
        run("sh", "-c", "echo said; exit 3", cwd=tmp_path, mend="look")
    assert "said" in caught.value.why
    with pytest.raises(StepError, match="no such program"):
        run("no-such-program", cwd=tmp_path, mend="look")
    with pytest.raises(StepError, match="was not done within"):
        run("sleep", "5", cwd=tmp_path, mend="look", timeout=0.1)


def test_many_faults_are_cut_short() -> None:
    list_faults([], "nothing")
    with pytest.raises(StepError, match="and 15 more"):
        list_faults([f"fault {n}" for n in range(40)], "look")


def test_archives_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(StepError, match="is not there"):
        Release(ROOT, tmp_path, 0).find_archives()


def test_requirements_can_be_read_back(tmp_path: Path) -> None:
    part = Part("python", "beside", "a-b", "1.0", "MIT", marker="sys_platform == 'win32'", hashes=("0" * 64, "1" * 64))
    lines = list(write_requirements([part, replace(part, name="c", marker=""), replace(part, kind="npm")]))
    (tmp_path / "lock.txt").write_text("".join(lines), "utf-8")
    first, second = read_lock(tmp_path / "lock.txt")
    assert (first.name, first.marker, second.marker) == ("a-b", "sys_platform == 'win32'", "")
    assert first.hashes == part.hashes


def test_this_python_is_found_and_a_broken_one_is_not(tmp_path: Path) -> None:
    import sys

    broken = tmp_path / "python3.13"
    broken.write_text("#!/bin/sh\nexit 1\n", "utf-8")
    broken.chmod(0o755)
    found = find_pythons([broken, Path(sys.executable)])
    assert found[f"{sys.version_info.major}.{sys.version_info.minor}"] == Path(sys.executable)
    assert broken not in found.values()
