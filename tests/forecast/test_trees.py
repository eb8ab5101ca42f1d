"""What the trees need of the machine."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tocsin.errors import KnowledgeError
from tocsin.forecast.trees import ask_trees
from tocsin.service.doctor import examine
from tocsin.settings import Settings

BROKEN = 'raise OSError("libgomp.so.1: cannot open shared object file: No such file or directory")'


@pytest.fixture
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python that finds the package and not the system's library behind it."""
    (tmp_path / "lightgbm.py").write_text(BROKEN)
    for name in [name for name in sys.modules if name.split(".")[0] == "lightgbm"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(str(tmp_path))


def test_a_machine_without_openmp_is_told_what_to_install(bare_machine: None) -> None:
    rows = np.zeros((4, 2))
    with pytest.raises(KnowledgeError, match=r"lightgbm.*libgomp\.so\.1.*apt-get install libgomp1"):
        ask_trees(rows, np.array([True, False, True, False]), rows, 1)


def test_the_doctor_says_so_too(bare_machine: None, tmp_path: Path, lend_gazetteer: Callable[[Path], Path]) -> None:
    home = lend_gazetteer(tmp_path / "home")
    (found,) = [f for f in examine(Settings(home=home)) if f.what == "lightgbm"]
    assert found.state == "missing"
    assert "libgomp1" in (found.remedy or "")
