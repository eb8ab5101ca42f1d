"""`tocsin silences`: one planned, shown, dropped, as a person and a script meet it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from tests.cli.test_feeds import run
from tocsin.errors import RecordError

WHY = ("--why", "EXERCISE: a [red]drill[/]")


def test_one_is_made_listed_and_ended(tmp_path: Path) -> None:
    assert run(tmp_path, "silences", "list") == "Nothing is muted.\n"
    meant = ("--rule", "deadly-*", "--set", "peacekeeping", "--at-most", "priority", "--by", "Anna")
    told = run(tmp_path, "silences", "add", *WHY, "--hours", "4", *meant)
    assert "in-force  deadly-* of set peacekeeping at every place up to PRIORITY" in told
    assert "Anna: EXERCISE: a [red]drill[/]" in told
    (row,) = map(json.loads, run(tmp_path, "silences", "list", "--json").splitlines())
    assert (row["rule"], row["rule_set"], row["state"]) == ("deadly-*", "peacekeeping", "in-force")
    assert json.loads(run(tmp_path, "silences", "end", row["id"], "--json"))["state"] == "over"
    assert run(tmp_path, "silences", "list") == "Nothing is muted.\n"
    assert "over  deadly-*" in run(tmp_path, "silences", "list", "--all")


def test_one_is_planned_in_any_time_zone(tmp_path: Path) -> None:
    begin = (datetime.now(UTC) + timedelta(days=3)).replace(microsecond=0)
    here = begin.astimezone(timezone(timedelta(hours=5, minutes=30))).isoformat()
    made = json.loads(run(tmp_path, "silences", "add", *WHY, "--begins", here, "--hours", "2", "--json"))
    assert datetime.fromisoformat(made["starts_at"]) == begin
    assert datetime.fromisoformat(made["ends_at"]) == begin + timedelta(hours=2)
    assert (made["state"], made["made_by"]) == ("planned", "the command line")


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ((), "either --until or --hours"),
        (("--hours", "1", "--until", "2031-03-09"), "either --until or --hours"),
        (("--until", "tomorrow"), "must be a time as"),
        (("--hours", "1", "--at-most", "LOUD"), "must be one of ROUTINE, PRIORITY"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, given: tuple[str, ...], why: str) -> None:
    with pytest.raises(RecordError, match=why):
        run(tmp_path, "silences", "add", *WHY, *given)
