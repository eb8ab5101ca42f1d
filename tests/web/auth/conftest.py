"""A desk at which everybody must sign in, with one account of each role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copyfile

import pytest
from argon2 import PasswordHasher
from starlette.testclient import TestClient

from tests.empty_databases import put_database
from tests.web.worlds import NOW, NoNetwork, World, fill, no_knowledge
from tocsin.desk import Desk
from tocsin.desk.accounts import make_account, make_session
from tocsin.records import digest_text
from tocsin.records.account import ROLES, Account, Role
from tocsin.settings import Settings
from tocsin.store import open_store
from tocsin.web import make_app
from tocsin.web.auth.passwords import Passwords
from tocsin.web.auth.seats import PLAIN_COOKIE

PASSWORD = "a lantern in the harbour"
#: Weaker than the desk's own, so that a test takes no second for each; the accounts' are outdated on purpose.
OUTDATED = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
QUICK = PasswordHasher(time_cost=2, memory_cost=64, parallelism=1)
OWN = {"origin": "http://testserver", "sec-fetch-site": "same-origin"}


@dataclass(slots=True)
class MovingClock:
    """Stands still until a test moves it."""

    moment: datetime = NOW

    def now(self) -> datetime:
        return self.moment

    def move(self, **by: float) -> None:
        self.moment += timedelta(**by)


@dataclass(slots=True)
class House:
    """A desk, its clock, and who lives there: an account of each role, called as the role is ("viewer")."""

    desk: Desk
    clock: MovingClock
    people: dict[Role, Account] = field(default_factory=dict)

    def move_in(self) -> None:
        for role in ROLES:
            account = make_account(role, role, NOW, shown_name=f"{role} of Orle")
            self.desk.store.add_account(account)
            self.desk.store.set_password(account.id, OUTDATED.hash(PASSWORD))
            self.people[role] = self.desk.store.account(account.id)

    def client(self, role: Role | None = None, base: str = "http://testserver") -> TestClient:
        """A browser of its own on an application of its own, signed in where a role is given."""
        app = make_app(self.desk, hosts=["testserver"], warm_up=False)
        app.state.auth = replace(app.state.auth, passwords=Passwords(QUICK))
        return self.sign_in(TestClient(app, base, follow_redirects=False, raise_server_exceptions=False), role)

    def sign_in(self, client: TestClient, role: Role | None) -> TestClient:
        client.cookies.clear()
        if role is not None:
            session, secret = make_session(self.people[role], self.clock.now(), self.desk.settings, "password", "here")
            self.desk.store.add_session(session, digest_text(secret))
            client.cookies.set(PLAIN_COOKIE, secret)
        return client


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with its tables and nothing in them: copied faster than it is made."""
    path = tmp_path_factory.mktemp("bare") / "desk.sqlite"
    open_store(path).close()
    return path


@pytest.fixture
def open_house(tmp_path: Path, bare: Path) -> Iterator[Callable[..., House]]:
    """Open a desk with settings of one's own; nobody lives there yet."""
    opened: list[Desk] = []

    def open_one(**given: object) -> House:
        clock = MovingClock()
        settings = Settings(home=tmp_path, **given)  # type: ignore[arg-type]
        copyfile(bare, tmp_path / "desk.sqlite")
        store = open_store(put_database(tmp_path / "desk.sqlite"))
        opened.append(Desk(store, no_knowledge, NoNetwork, settings=settings, clock=clock))  # type: ignore[arg-type]
        return House(opened[-1], clock)

    yield open_one
    for desk in opened:
        desk.close()


@pytest.fixture
def house(open_house: Callable[..., House]) -> House:
    """Everybody must sign in, and all four live there."""
    made = open_house(accounts="required")
    made.move_in()
    return made


@pytest.fixture
def world(house: House) -> World:
    """The hand-made world, in the house."""
    return fill(house.desk)
