"""Records that stay decoded: the same ones, and no more of them than the memory for them holds."""

from __future__ import annotations

import gc
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from tocsin.errors import RecordError
from tocsin.records import Grade, Incident, Outlet, Reason, to_json
from tocsin.store.decoding import LARGEST_SHARE, Decoded

MOST = 300_000
OUTLETS = [to_json(Outlet(f"out_{n}", f"EXERCISE Outlet {n}")) for n in range(200)]


def tell_incident(claims: int) -> str:
    """An invented incident that so many reports tell of, as it is kept."""
    reason = Reason("nothing-to-judge-by", "one origin, from an outlet nobody has reviewed: not judged, not bad")
    ids = tuple(f"clm_{n:016}" for n in range(claims))
    grades = tuple(Grade(id_, 6, reason) for id_ in ids)
    began = datetime(2026, 1, 1, tzinfo=UTC)
    return to_json(Incident("inc_exercise", "PROTEST", ids, began, grades=grades, is_exercise=True))


def test_an_incident_that_grows_with_each_report_does_not_fill_the_memory() -> None:
    """Each report makes a new text of it, longer than the one before: a bound on their number would hold any size."""
    decoded = Decoded(MOST)
    gc.collect()
    tracemalloc.start()
    try:
        for claims in range(1, 100):
            decoded.decode(Incident, tell_incident(claims))
        gc.collect()
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert MOST / 2 < decoded.held_bytes <= MOST
    assert held < 1.2 * MOST, "the estimate is about what they take"
    assert 1 < len(decoded) < 40


def test_what_is_asked_for_again_is_not_decoded_again() -> None:
    decoded = Decoded(MOST)
    first = [decoded.decode(Outlet, text) for text in OUTLETS]
    # a text that is as long and equal is the same record
    assert all(decoded.decode(Outlet, "".join(list(text))) is was for text, was in zip(OUTLETS, first, strict=True))


def test_what_was_not_asked_for_the_longest_goes() -> None:
    decoded = Decoded(8_000)
    kept = decoded.decode(Outlet, OUTLETS[0])
    for text in OUTLETS[1:]:
        decoded.decode(Outlet, text)
        assert decoded.decode(Outlet, OUTLETS[0]) is kept
    assert decoded.held_bytes <= 8_000
    assert len(decoded) < len(OUTLETS)


def test_one_record_does_not_drive_all_others_out() -> None:
    text = tell_incident(100)
    decoded = Decoded(int(3 * len(text)))
    kept = decoded.decode(Outlet, OUTLETS[0])
    assert decoded.decode(Incident, text) == decoded.decode(Incident, text)
    assert len(decoded) == 1
    assert decoded.held_bytes < LARGEST_SHARE * 3 * len(text)
    assert decoded.decode(Outlet, OUTLETS[0]) is kept


def test_what_is_no_record_is_refused_each_time() -> None:
    decoded = Decoded(MOST)
    for _ in range(2):
        with pytest.raises(RecordError):
            decoded.decode(Outlet, "{}")
    assert len(decoded) == 0


def test_many_threads_count_each_record_once() -> None:
    decoded = Decoded(MOST)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda text: decoded.decode(Outlet, text), OUTLETS * 20))
    alone = Decoded(MOST)
    for text in OUTLETS:
        alone.decode(Outlet, text)
    assert len(decoded) == len(alone)
    assert decoded.held_bytes == pytest.approx(alone.held_bytes)
