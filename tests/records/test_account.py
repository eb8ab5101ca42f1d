"""Roles, names and what an account is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.errors import RecordError
from tocsin.records import from_json, to_json
from tocsin.records.account import (
    ACTS,
    LONGEST_NAME,
    ROLES,
    Account,
    ApiToken,
    clean_account_name,
    clean_shown_name,
    fold_account_name,
    lower_role,
    may_do,
    parse_role,
    reaches,
)

NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)
ANNA = Account("acc_a", "anna", "editor", NOW)


def test_each_role_may_do_what_the_lower_ones_may_and_more() -> None:
    allowed = [{act for act in ACTS if may_do(role, act)} for role in ROLES]
    assert all(lower < higher for lower, higher in pairwise(allowed))
    assert allowed[0] == {"read"}
    assert allowed[-1] == set(ACTS)


@pytest.mark.parametrize(
    ("role", "may", "may_not"),
    [
        ("viewer", {"read"}, {"judge", "take-in", "draft", "acknowledge"}),
        ("analyst", {"judge", "acknowledge", "draft"}, {"merge", "grade", "mute", "feeds", "precise", "send"}),
        ("editor", {"merge", "retract", "grade", "mute", "precise"}, {"accounts", "exercise", "settings"}),
    ],
)
def test_the_table_says_what_the_issue_asks_for(role: str, may: set[str], may_not: set[str]) -> None:
    assert all(may_do(parse_role(role), act) for act in may)  # type: ignore[arg-type]
    assert not any(may_do(parse_role(role), act) for act in may_not)  # type: ignore[arg-type]


@given(st.sampled_from(ROLES), st.sampled_from(ROLES))
def test_the_lower_of_two_roles_is_reached_by_both(one: str, other: str) -> None:
    low = lower_role(one, other)  # type: ignore[arg-type]
    assert low in (one, other)
    assert reaches(one, low)  # type: ignore[arg-type]
    assert reaches(other, low)  # type: ignore[arg-type]


@pytest.mark.parametrize("given_", ["Admin", "", "root", None])
def test_another_role_is_refused_by_name(given_: str | None) -> None:
    with pytest.raises(RecordError, match="must be one of viewer, analyst, editor, admin"):
        parse_role(given_)


@pytest.mark.parametrize(
    ("given_", "name"), [("  Anna  B. ", "Anna B."), ("a@orle.example", "a@orle.example"), ("\uff3aoë", "Zoë")]
)
def test_names_are_cleaned(given_: str, name: str) -> None:
    assert clean_account_name(given_) == name


@pytest.mark.parametrize(
    "given_", ["", " ", "x" * 61, "a\nb\x00", "<b>", "person:anna", "-anna", "‮anna", "desk", "DESK"]
)
def test_what_is_no_name_is_refused(given_: str) -> None:
    with pytest.raises(RecordError, match="account name"):
        clean_account_name(given_)


@given(st.text(max_size=80))
def test_a_clean_name_stays_as_it_is_and_fits(text: str) -> None:
    try:
        name = clean_account_name(text)
    except RecordError:
        return
    assert clean_account_name(name) == name
    assert len(name) <= LONGEST_NAME
    assert fold_account_name(fold_account_name(name)) == fold_account_name(name)


def test_names_differ_by_more_than_capitals() -> None:
    assert fold_account_name("ANNA") == fold_account_name("anna")
    assert fold_account_name("Straße") == fold_account_name("STRASSE")


def test_a_name_in_full_is_one_line() -> None:
    assert clean_shown_name("  Anna \n B. ") == "Anna B."
    assert clean_shown_name("  ") is None
    with pytest.raises(RecordError, match="80 printable"):
        clean_shown_name("x" * 81)


def test_an_account_is_ready_once_it_is_set_up_and_while_it_is_not_disabled() -> None:
    assert not ANNA.is_ready
    assert replace(ANNA, has_password=True).is_ready
    assert replace(ANNA, subject="https://id.example#1").is_ready
    assert not replace(ANNA, has_password=True, disabled_at=NOW).is_ready


def test_a_token_ends() -> None:
    token = ApiToken("tok_a", "acc_a", "export", "viewer", NOW, NOW + timedelta(days=1))
    assert token.holds_at(NOW)
    assert not token.holds_at(NOW + timedelta(days=1))
    assert not replace(token, revoked_at=NOW).holds_at(NOW)


def test_an_account_comes_back_from_json() -> None:
    assert from_json(Account, to_json(ANNA)) == ANNA
