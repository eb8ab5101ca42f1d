"""Waiting after failures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.web.auth.throttling import BY_ADDRESS, BY_NAME, FORGET, Pace, Throttle, find_network, find_place

NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)
PACE = Pace(free=2, longest=timedelta(seconds=10))


def fail(throttle: Throttle, times: int, key: str = "a", now: datetime = NOW) -> timedelta:
    for _ in range(times):
        throttle.add_failure(key, now)
    return throttle.find_wait(key, now)


@pytest.mark.parametrize(
    ("times", "seconds"), [(0, 0), (1, 0), (2, 0), (3, 1), (4, 2), (5, 4), (6, 8), (7, 10), (5000, 10)]
)
def test_the_wait_doubles_up_to_its_longest(times: int, seconds: int) -> None:
    assert fail(Throttle(PACE), times) == timedelta(seconds=seconds)


@given(st.integers(0, 60), st.sampled_from([BY_NAME, BY_ADDRESS, PACE]))
def test_one_failure_more_is_never_a_shorter_wait(times: int, pace: Pace) -> None:
    fewer, more = fail(Throttle(pace), times), fail(Throttle(pace), times + 1)
    assert fewer <= more <= pace.longest


def test_the_wait_runs_out_and_is_forgotten() -> None:
    throttle = Throttle(PACE)
    fail(throttle, 4)
    assert throttle.find_wait("a", NOW + timedelta(seconds=1)) == timedelta(seconds=1)
    assert throttle.find_wait("a", NOW + timedelta(seconds=2)) == timedelta(0)
    assert throttle.find_wait("b", NOW) == timedelta(0)
    assert fail(throttle, 1, now=NOW + FORGET) == timedelta(0), "an hour later it begins anew"


def test_the_right_password_clears_a_name_but_takes_one_back_of_an_address() -> None:
    throttle = Throttle(PACE)
    fail(throttle, 4)
    throttle.take_back("a")
    assert throttle.find_wait("a", NOW) == timedelta(seconds=1)
    throttle.forget("a")
    throttle.take_back("a")
    assert throttle.find_wait("a", NOW) == timedelta(0)
    assert len(throttle) == 0


def test_memory_is_bounded_and_the_last_to_fail_are_remembered() -> None:
    throttle = Throttle(PACE, most=100)
    for number in range(1000):
        fail(throttle, 4, f"key {number}")
    assert len(throttle) == 100
    assert throttle.find_wait("key 999", NOW)
    assert not throttle.find_wait("key 0", NOW)


@pytest.mark.parametrize(
    ("address", "network", "place"),
    [
        ("192.0.2.77", "192.0.2.77/32", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("::ffff:192.0.2.77", "192.0.2.77/32", "192.0.2.0/24"),
        ("127.0.0.1", "this machine", "this machine"),
        ("::1", "this machine", "this machine"),
        ("testclient", "unknown", "unknown"),
        (None, "unknown", "unknown"),
    ],
)
def test_addresses_are_told_coarsely(address: str | None, network: str, place: str) -> None:
    assert (find_network(address), find_place(address)) == (network, place)
