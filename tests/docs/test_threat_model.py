"""The threat model says what the code does: limits as they are, and tests that exist."""

from __future__ import annotations

import importlib
import re
from dataclasses import fields
from pathlib import Path

import pytest

from tocsin.settings import Settings

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "threat-model.md").read_text("utf-8")
LIMITS = re.findall(r"^\| `([a-z_]+)` \| ([0-9.]+) \|", TEXT, re.MULTILINE)
CONSTANTS = re.findall(r"^\| `(tocsin\.[\w.]+)\.([A-Z_]+)` \| ([0-9]+) \|", TEXT, re.MULTILINE)


def test_every_limit_stands_with_its_default() -> None:
    assert len(LIMITS) > 15
    for name, value in LIMITS:
        assert str(getattr(Settings(), name)) == value, name


def test_every_setting_that_bounds_what_comes_in_is_there() -> None:
    bounding = {
        field.name
        for field in fields(Settings)
        if re.match(r"(max|unpack|archive|document|upload|rate|fetch)_", field.name) and field.type != "bool"
    }
    assert bounding - {name for name, _ in LIMITS} <= {"fetch_private"}


@pytest.mark.parametrize(("module", "name", "value"), CONSTANTS)
def test_every_fixed_limit_is_as_it_says(module: str, name: str, value: str) -> None:
    assert str(getattr(importlib.import_module(module), name)) == value


def test_every_test_that_it_names_exists() -> None:
    named = set(re.findall(r"`(tests/[\w/.]+)`", TEXT))
    assert len(named) > 10
    for path in named:
        assert (ROOT / path).exists(), path
