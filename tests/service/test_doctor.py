"""What the doctor says of the settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tocsin.service.doctor import examine
from tocsin.settings import Settings


def test_a_setting_with_a_slip_of_the_pen_is_named(
    tmp_path: Path, lend_gazetteer: Callable[[Path], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOCSIN_READER_THREAD", "2")
    monkeypatch.setenv("TOCSIN_READER_THREADS", "1")
    home = lend_gazetteer(tmp_path / "home")
    (found,) = [f for f in examine(Settings(home=home)) if f.what == "settings"]
    assert (found.state, found.remedy) == ("missing", "write TOCSIN_READER_THREADS")
    assert "TOCSIN_READER_THREAD is no setting" in found.found
