"""Accounts, sessions, tokens, set-up links and the log of sign-ins, as they are kept."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from tests.store.worlds import START, make_readings, run_flow
from tocsin.errors import RecordError, StoreError, UnknownIdError
from tocsin.ports import Store
from tocsin.records import digest_text
from tocsin.records.account import Account, ApiToken, Session, SetupLink, SignIn
from tocsin.store import access as kept
from tocsin.store.sql_store import SqlStore

IDLE = timedelta(hours=1)
ANNA = Account("acc_anna", "Anna", "admin", START, "Anna B.")
BEN = Account("acc_ben", "ben", "analyst", START + timedelta(days=1))
DIGEST = digest_text("a secret")


def add(store: Store, account: Account, *, password: str | None = "kept") -> Account:
    store.add_account(account)
    if password is not None:
        store.set_password(account.id, password)
    return store.account(account.id)


def make_session(account: Account, name: str = "one") -> Session:
    return Session(f"ses_{name}", account.id, START, START, START + timedelta(days=7), "password", "192.0.2.0/24")


def test_an_account_comes_back_as_it_was_kept(store: Store, reopen: Callable[[], Store]) -> None:
    assert not store.has_accounts()
    store.add_account(BEN)
    store.add_account(ANNA)
    assert store.has_accounts()
    assert reopen().accounts() == [ANNA, BEN]
    assert store.account_named("ANNA") == ANNA
    assert store.account(BEN.id) == BEN
    for ask in (
        lambda: store.account("acc_x"),
        lambda: store.account_named("carl"),
        lambda: store.set_role("acc_x", "viewer"),
    ):
        with pytest.raises(UnknownIdError):
            ask()
    assert store.check() == []


def test_a_name_is_there_once_whatever_its_capitals(store: Store) -> None:
    store.add_account(ANNA)
    with pytest.raises(RecordError, match="account name: 'ANNA': is taken"):
        store.add_account(replace(BEN, name="ANNA"))
    assert store.accounts() == [ANNA]


def test_a_password_is_kept_apart_and_ends_sessions(store: Store) -> None:
    add(store, ANNA, password=None)
    store.add_session(make_session(ANNA), DIGEST)
    assert store.password_of(ANNA.id) is None
    store.set_password(ANNA.id, "kept", ends_sessions=False)
    assert len(store.sessions()) == 1
    store.set_password(ANNA.id, "other")
    assert store.password_of(ANNA.id) == "other"
    assert store.sessions() == []
    assert store.account(ANNA.id) == replace(ANNA, has_password=True)


def test_a_session_lasts_while_it_is_used_and_no_longer_than_it_may(store: Store) -> None:
    anna = add(store, ANNA)
    session = make_session(anna)
    store.add_session(session, DIGEST)
    assert store.find_session(DIGEST, START, IDLE) == (session, anna)
    assert store.find_session(digest_text("another"), START, IDLE) is None
    assert store.find_session(DIGEST, START + IDLE, IDLE) is None
    at = START + timedelta(minutes=50)
    store.mark_session(session, at)
    later = replace(session, seen_at=at)
    assert store.find_session(DIGEST, START + IDLE, IDLE) == (later, anna)
    store.mark_session(later, at + timedelta(seconds=59))  # not every request is a write
    assert store.sessions(anna.id) == [later]
    end = session.expires_at
    store.mark_session(later, end - timedelta(minutes=1))
    assert store.find_session(DIGEST, end - timedelta(seconds=1), IDLE) is not None
    assert store.find_session(DIGEST, end, IDLE) is None


def test_a_session_ends_when_somebody_says_so(store: Store) -> None:
    anna, ben = add(store, ANNA), add(store, BEN)
    store.add_session(make_session(anna), DIGEST)
    store.add_session(make_session(anna, "two"), digest_text("2"))
    store.add_session(make_session(ben, "bens"), digest_text("3"))
    store.end_session(DIGEST)
    store.end_session(DIGEST)
    assert [s.id for s in store.sessions(anna.id)] == ["ses_two"]
    assert store.end_sessions(anna.id) == 1
    assert [s.id for s in store.sessions()] == ["ses_bens"]


def test_a_change_of_role_ends_sessions_and_the_same_role_does_not(store: Store) -> None:
    add(store, ANNA)
    ben = add(store, BEN)
    store.add_session(make_session(ben), DIGEST)
    assert store.set_role(ben.id, "analyst") == ben
    assert len(store.sessions()) == 1
    assert store.set_role(ben.id, "viewer").role == "viewer"
    assert store.sessions() == []


def test_a_disabled_account_comes_in_by_no_way(store: Store) -> None:
    add(store, ANNA)
    ben = add(store, BEN)
    store.add_session(make_session(ben), DIGEST)
    store.add_token(ApiToken("tok_b", ben.id, "export", "viewer", START, START + timedelta(days=9)), digest_text("t"))
    store.add_setup_link(SetupLink(ben.id, "anna", START, START + timedelta(days=9)), digest_text("link"))
    assert store.disable_account(ben.id, START).disabled_at == START
    assert store.disable_account(ben.id, START + IDLE).disabled_at == START
    assert store.find_session(DIGEST, START, IDLE) is None
    assert store.find_token(digest_text("t"), START) is None
    with pytest.raises(RecordError, match="set-up link"):
        store.setup_link(digest_text("link"), START)
    assert store.enable_account(ben.id) == ben
    assert store.find_session(DIGEST, START, IDLE) is None
    assert store.find_token(digest_text("t"), START) is not None


@pytest.mark.parametrize(
    "leave", [lambda s: s.disable_account(ANNA.id, START), lambda s: s.set_role(ANNA.id, "editor")]
)
def test_the_last_admin_who_can_sign_in_stays_one(store: Store, leave: Callable[[Store], Account]) -> None:
    add(store, ANNA)
    add(store, replace(BEN, role="admin"), password=None)  # invited, not set up
    with pytest.raises(RecordError, match="account: 'Anna': is the last admin who can sign in"):
        leave(store)
    assert store.account(ANNA.id).role == "admin"
    store.set_password(BEN.id, "kept")
    leave(store)
    assert not (store.account(ANNA.id).role == "admin" and store.account(ANNA.id).is_ready)


def test_two_admins_who_leave_at_once_do_not_both(store: Store) -> None:
    add(store, ANNA)
    add(store, replace(BEN, role="admin"))

    def leave(account_id: str) -> bool:
        try:
            store.disable_account(account_id, START)
        except RecordError:
            return False
        return True

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(leave, [ANNA.id, BEN.id])) == [False, True]


def test_a_set_up_link_works_once(store: Store) -> None:
    add(store, ANNA, password=None)
    link = SetupLink(ANNA.id, "the command line", START, START + timedelta(hours=72))
    store.add_setup_link(link, DIGEST)
    assert store.setup_link(DIGEST, START) == link
    assert store.use_setup_link(DIGEST, START, password="kept").has_password
    for at in (START, START + timedelta(days=9)):
        with pytest.raises(RecordError, match="is used, too old, or not of this desk"):
            store.use_setup_link(DIGEST, at, password="other")
    assert store.password_of(ANNA.id) == "kept"


def test_a_link_that_is_too_old_or_replaced_is_good_for_nothing(store: Store) -> None:
    add(store, ANNA, password=None)
    store.add_setup_link(SetupLink(ANNA.id, "x", START, START + timedelta(hours=1)), DIGEST)
    with pytest.raises(RecordError, match="too old"):
        store.use_setup_link(DIGEST, START + timedelta(hours=1), password="kept")
    store.add_setup_link(SetupLink(ANNA.id, "x", START, START + timedelta(hours=1)), digest_text("new"))
    with pytest.raises(RecordError, match="set-up link"):
        store.setup_link(DIGEST, START)
    assert not store.account(ANNA.id).has_password


def test_the_first_account_is_made_by_one_link_and_then_no_other(store: Store) -> None:
    link = SetupLink(None, "the command line", START, START + timedelta(hours=72))
    store.add_setup_link(link, digest_text("old"))
    store.add_setup_link(link, DIGEST)
    with pytest.raises(RecordError, match="set-up link"):
        store.setup_link(digest_text("old"), START)
    made = store.use_setup_link(DIGEST, START, first=ANNA, password="kept")
    assert made == replace(ANNA, has_password=True)
    with pytest.raises(RecordError, match="there are accounts already"):
        store.add_setup_link(link, digest_text("another"))


def test_a_first_link_is_void_where_an_account_came_meanwhile(store: Store) -> None:
    store.add_setup_link(SetupLink(None, "x", START, START + timedelta(hours=72)), DIGEST)
    store.add_account(BEN)
    with pytest.raises(RecordError, match="set-up link"):
        store.use_setup_link(DIGEST, START, first=ANNA, password="kept")
    assert store.accounts() == [BEN]


def test_of_many_who_open_one_link_one_gets_in(store: Store) -> None:
    store.add_setup_link(SetupLink(None, "x", START, START + timedelta(hours=72)), DIGEST)

    def use(number: int) -> bool:
        try:
            store.use_setup_link(
                DIGEST, START, first=replace(ANNA, id=f"acc_{number}", name=f"n{number}"), password="k"
            )
        except RecordError:
            return False
        return True

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(use, range(4))) == 1
    assert len(store.accounts()) == 1


def test_an_organisations_account_belongs_to_one_here(store: Store) -> None:
    subject = "https://id.example#" + "7" * 200
    add(store, replace(ANNA, subject=subject))
    assert store.account_of_subject(subject) == store.account(ANNA.id)
    assert store.account_of_subject("https://id.example#8") is None
    store.add_account(BEN)
    store.add_setup_link(SetupLink(BEN.id, "x", START, START + timedelta(hours=1)), DIGEST)
    with pytest.raises(RecordError, match="belongs to another one here") as caught:
        store.use_setup_link(DIGEST, START, subject=subject)
    assert "777" not in str(caught.value)
    assert store.setup_link(DIGEST, START).account_id == BEN.id, "what failed used nothing up"
    assert store.use_setup_link(DIGEST, START, subject="https://id.example#8").is_ready


def test_tokens_are_found_by_their_digest_while_they_hold(store: Store) -> None:
    anna = add(store, ANNA)
    token = ApiToken("tok_a", anna.id, "export", "analyst", START, START + timedelta(days=1))
    store.add_token(token, DIGEST)
    assert store.find_token(DIGEST, START) == (token, anna)
    assert store.find_token(digest_text("x"), START) is None
    assert store.find_token(DIGEST, START + timedelta(days=1)) is None
    store.mark_token(token, START)
    used = replace(token, used_at=START)
    store.mark_token(used, START + timedelta(seconds=59))
    assert store.tokens(anna.id) == store.tokens() == [used]
    with pytest.raises(UnknownIdError):
        store.revoke_token("acc_other", token.id, START)
    store.revoke_token(anna.id, token.id, START)
    store.revoke_token(anna.id, token.id, START + IDLE)
    assert store.find_token(DIGEST, START) is None
    assert store.tokens() == [replace(used, revoked_at=START)]


def test_the_log_is_append_only_but_for_what_is_old(store: Store) -> None:
    old = SignIn(START, "anna", "password", "192.0.2.0/24", "in")
    new = SignIn(START + timedelta(days=10), "<b>", "oidc", "this machine", "refused")
    store.add_sign_in(old)
    store.add_sign_in(new)
    assert store.sign_ins() == [new, old]
    assert store.sign_ins(1) == [new]
    assert isinstance(store, SqlStore)
    with pytest.raises(StoreError, match="append-only"), store._connections.writing() as connection:
        connection.execute(text("UPDATE sign_ins SET name = 'nobody'"))
    store.drop_old_access(new.at, IDLE, log_days=9)
    assert store.sign_ins() == [new]


def test_the_log_is_bounded(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_SIGN_INS", 5)
    monkeypatch.setattr(kept, "LOG_STEP", 4)
    for number in range(12):
        store.add_sign_in(SignIn(START, f"name {number}", "password", "192.0.2.0/24", "wrong"))
    assert [line.name for line in store.sign_ins()] == [f"name {number}" for number in range(11, 6, -1)]


def test_what_has_ended_is_forgotten(store: Store) -> None:
    anna = add(store, ANNA)
    store.add_session(make_session(anna), DIGEST)
    store.add_session(replace(make_session(anna, "busy"), seen_at=START + timedelta(days=2)), digest_text("2"))
    store.add_setup_link(SetupLink(anna.id, "x", START, START + timedelta(hours=1)), digest_text("3"))
    store.drop_old_access(START + timedelta(days=2), IDLE, log_days=9)
    assert [s.id for s in store.sessions()] == ["ses_busy"]
    store.drop_old_access(START + timedelta(days=7), timedelta(days=30), log_days=9)
    assert store.sessions() == []


def test_no_secret_is_in_the_database(store: Store) -> None:
    """What the store is handed are digests; this holds the columns to it."""
    assert isinstance(store, SqlStore)
    anna = add(store, ANNA)
    store.add_session(make_session(anna), DIGEST)
    with store._connections.reading() as connection:
        rows = [
            tuple(r)
            for t in ("sessions", "api_tokens", "setup_links")
            for r in connection.execute(text(f"SELECT * FROM {t}"))
        ]
    assert any(DIGEST in row for row in rows)
    assert not any("a secret" in str(row) for row in rows)


def test_the_history_of_an_alert_says_who_spoke(store: Store) -> None:
    assert isinstance(store, SqlStore)
    run_flow(store, make_readings(3))
    alert = store.alerts()[0]
    store.set_alert_state(alert.id, "acknowledged", "seen", START, who="anna")
    with store._connections.reading() as connection:
        query = text("SELECT made_by, person FROM alert_history WHERE alert_id = :id ORDER BY seq")
        rows = [tuple(row) for row in connection.execute(query, {"id": alert.id})]
    assert rows[-1] == ("person", "anna")
    assert rows[0] == ("desk", None)
