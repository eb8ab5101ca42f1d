"""One build at a time."""

from __future__ import annotations

import multiprocessing
import threading
import time
from pathlib import Path

from tocsin.places.turn import building_turn


def build(folder: Path) -> None:
    """What a desk and its worker do: look, take the turn, look again, build."""
    with building_turn(folder):
        if not (folder / "built").exists():
            time.sleep(0.3)
            (folder / "built").touch()
            with (folder / "builds").open("a") as file:
                file.write("built\n")


def test_of_processes_that_begin_together_one_builds(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    builders = [context.Process(target=build, args=(tmp_path,)) for _ in range(2)]
    for each in builders:
        each.start()
    build(tmp_path)
    for each in builders:
        each.join(60)
    assert [each.exitcode for each in builders] == [0, 0]
    assert (tmp_path / "builds").read_text() == "built\n"


def test_a_turn_that_does_not_come_is_done_without(tmp_path: Path) -> None:
    done = []

    def build_impatiently() -> None:
        with building_turn(tmp_path, patience_seconds=1):
            done.append(True)

    with building_turn(tmp_path):
        other = threading.Thread(target=build_impatiently)
        other.start()
        other.join(30)
    assert done == [True]


def test_a_folder_that_cannot_be_made_is_told_by_the_build(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with building_turn(tmp_path / "file" / "folder"):
        pass
