"""How passwords are kept."""

from __future__ import annotations

import threading

import pytest

from tests.web.auth.conftest import OUTDATED, PASSWORD, QUICK
from tocsin.errors import RecordError
from tocsin.web.auth import passwords
from tocsin.web.auth.passwords import BusyError, Passwords, check_new_password


def test_a_password_is_kept_by_argon2id_as_rfc_9106_advises() -> None:
    kept = Passwords().keep(PASSWORD)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert PASSWORD not in kept


def test_the_same_password_is_kept_otherwise_each_time_and_found() -> None:
    here = Passwords(QUICK)
    one, two = here.keep(PASSWORD), here.keep(PASSWORD)
    assert one != two
    assert here.check(one, PASSWORD)
    assert here.check(two, PASSWORD)
    assert not here.check(one, PASSWORD + " ")


@pytest.mark.parametrize("kept", [None, "", "not a hash", "$argon2id$v=19$broken"])
@pytest.mark.parametrize("given", [PASSWORD, "", "x" * 1_000_000, "\x00", "nobody has this password"])
def test_what_was_not_kept_is_never_right(kept: str | None, given: str) -> None:
    assert not Passwords(QUICK).check(kept, given)


def test_other_parameters_are_outdated() -> None:
    here = Passwords(QUICK)
    assert here.is_outdated(OUTDATED.hash(PASSWORD))
    assert not here.is_outdated(here.keep(PASSWORD))
    assert here.check(OUTDATED.hash(PASSWORD), PASSWORD)


def test_so_many_at_once_and_the_others_are_told_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "PATIENCE_SECONDS", 0.01)
    begun, go_on = threading.Barrier(passwords.MOST_AT_ONCE + 1), threading.Event()

    class Slow:
        def hash(self, _: str) -> str:
            begun.wait(10)
            go_on.wait(10)
            return "kept"

    here = Passwords(Slow())  # type: ignore[arg-type]
    crowd = [threading.Thread(target=here.keep, args=(PASSWORD,)) for _ in range(passwords.MOST_AT_ONCE)]
    for one in crowd:
        one.start()
    begun.wait(10)
    with pytest.raises(BusyError, match="too many others are"):
        here.keep(PASSWORD)
    go_on.set()
    for one in crowd:
        one.join(10)
    assert not any(one.is_alive() for one in crowd)


@pytest.mark.parametrize(
    "given", ["seven boats left at dawn", "p4$$w0rd-p4$$w0rd", "ü" * 8 + "abcdef", "x y z 1 2 3 4"]
)
def test_a_long_password_will_do(given: str) -> None:
    assert check_new_password(given, given, "anna") == given


@pytest.mark.parametrize("given", ["", "short", "anna anna anna anna qz", "aaaaaaaaaaaaaaaa", "x" * 201])
def test_a_poor_one_is_refused_and_not_shown(given: str) -> None:
    with pytest.raises(RecordError) as caught:
        check_new_password(given, given, "Anna")
    assert not given or given not in str(caught.value)
