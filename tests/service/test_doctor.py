"""What the doctor says of the settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tocsin.knowledge.rules import load_alert_rules
from tocsin.service.doctor import _tell_rules, examine
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


def test_rules_that_are_all_meant_for_others_are_named(tmp_path: Path) -> None:
    found = _tell_rules((), Settings(home=tmp_path, rule_sets=("ngo-security",)))
    assert (found.state, found.found) == ("broken", "none is meant for ngo-security: the desk never rings")
    assert _tell_rules(load_alert_rules(), Settings(home=tmp_path)).state == "ok"
