"""Signing in through an organisation's accounts, against a provider of the tests' own."""

from __future__ import annotations

import base64
import hmac
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.web.auth.conftest import House
from tests.web.auth.provider import CLIENT_ID, CLIENT_SECRET, Provider, make_key, run_provider
from tests.web.auth.test_entering import enter, invite
from tests.web.checking import find_faults
from tocsin.desk.accounts import make_first_link
from tocsin.errors import SettingError
from tocsin.records.account import Role
from tocsin.settings import Secret, Settings, load_settings
from tocsin.web import make_app
from tocsin.web.auth.oidc import ATTEMPT_COOKIE, Attempt, load_client

BEGIN, BACK = "/sign-in/oidc", "/sign-in/oidc/back"


@pytest.fixture
def provider() -> Iterator[Provider]:
    with run_provider() as running:
        yield running


@pytest.fixture
def open_oidc(open_house: Callable[..., House], provider: Provider) -> Callable[..., House]:
    def open_one(**more: object) -> House:
        given = {
            "accounts": "required",
            "oidc_issuer": provider.address,
            "oidc_client_id": CLIENT_ID,
            "oidc_client_secret": Secret(CLIENT_SECRET),
        }
        house = open_house(**(given | more))
        house.move_in()
        provider.now = lambda: house.clock.now().timestamp()
        return house

    return open_one


@pytest.fixture
def welcoming(open_oidc: Callable[..., House]) -> House:
    """Whoever the organisation vouches for may come in, as a viewer."""
    return open_oidc(oidc_default_role="viewer")


def go(client: Any, provider: Provider, begin: str = BEGIN) -> Any:
    """The whole way: to the provider, consent, and back."""
    sent = client.get(begin)
    assert sent.status_code == 303, sent.text
    return client.get(provider.consent(sent.headers["location"]))


def test_whom_the_organisation_vouches_for_is_let_in(welcoming: House, provider: Provider) -> None:
    client = welcoming.client()
    assert "Sign in through your organisation" in client.get("/sign-in").text
    assert not list(find_faults(client.get("/sign-in").text))
    answer = go(client, provider, f"{BEGIN}?next=/alerts%3Fa%3D1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/alerts?a=1")
    assert client.get("/alerts").status_code == 200
    account = welcoming.desk.store.account_named("mirela")
    assert (account.role, account.shown_name, account.has_password) == ("viewer", "Mirela V.", False)
    assert account.subject == f"{provider.address}#42"
    line = welcoming.desk.store.sign_ins(1)[0]
    assert (line.name, line.way, line.outcome) == ("mirela", "oidc", "in")


def test_the_same_person_comes_back_as_the_same_account_under_any_name(welcoming: House, provider: Provider) -> None:
    go(welcoming.client(), provider)
    provider.who |= {"preferred_username": "mirela-v", "name": "M."}
    assert go(welcoming.client(), provider).status_code == 303
    assert [a.name for a in welcoming.desk.store.accounts() if a.subject] == ["mirela"]


def test_the_way_out_carries_no_secret_and_the_cookie_goes_nowhere_else(welcoming: House, provider: Provider) -> None:
    sent = welcoming.client().get(BEGIN)
    address, cookie = sent.headers["location"], sent.headers["set-cookie"]
    word = cookie.split("=", 1)[1].split("~")[0]
    assert word not in address
    assert Attempt(word).verifier not in address
    assert CLIENT_SECRET not in address
    lowered = cookie.lower()
    assert all(part in lowered for part in ("httponly", f"path={BACK}", "samesite=lax", "max-age=600"))
    assert len({Attempt(word).state, Attempt(word).nonce, Attempt(word).verifier, word}) == 4
    assert len(Attempt(word).verifier) == 43, "RFC 7636: 43 characters at least"


def refused(house: House, provider: Provider, why: str) -> None:
    client = house.client()
    answer = go(client, provider)
    assert answer.status_code == 403, answer.headers
    assert why in answer.text
    assert not list(find_faults(answer.text))
    assert house.desk.store.sessions() == []
    assert client.get("/alerts").status_code == 303
    assert not any(account.subject for account in house.desk.store.accounts())
    assert house.desk.store.sign_ins(1)[0].outcome == "refused"


TAMPERED: list[tuple[Callable[[dict[str, Any]], object], str]] = [
    (lambda c: c.update(nonce="another"), "nonce"),
    (lambda c: c.pop("nonce"), "nonce"),
    (lambda c: c.update(aud="another-desk"), "aud"),
    (lambda c: c.pop("aud"), "aud"),
    (lambda c: c.update(aud=[CLIENT_ID, "another-desk"]), "azp"),
    (lambda c: c.update(azp="another-desk"), "azp"),
    (lambda c: c.update(iss="https://id.evil.example"), "iss"),
    (lambda c: c.pop("iss"), "iss"),
    (lambda c: c.update(exp=c["iat"] - 61), "Expired"),
    (lambda c: c.pop("exp"), "exp"),
    (lambda c: c.update(exp="tomorrow"), "exp"),
    (lambda c: c.update(iat=c["iat"] + 3600), "iat"),
    (lambda c: c.update(nbf=c["iat"] + 3600), "nbf"),
    (lambda c: c.pop("sub"), "sub"),
    (lambda c: c.update(sub=7), "sub"),
    (lambda c: c.update(sub="x" * 256), "sub"),
    (lambda c: c.update(at_hash="bm90IGl0"), "at_hash"),
]


@pytest.mark.parametrize(("tamper", "why"), TAMPERED)
def test_a_token_that_is_not_wholly_in_order_lets_nobody_in(
    welcoming: House, provider: Provider, tamper: Callable[[dict[str, Any]], object], why: str
) -> None:
    provider.tamper = tamper  # type: ignore[assignment]
    refused(welcoming, provider, why)


def test_both_sides_clocks_may_differ_a_little(welcoming: House, provider: Provider) -> None:
    provider.tamper = lambda claims: claims.update(exp=claims["iat"] - 30)
    assert go(welcoming.client(), provider).status_code == 303


def encode(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


def make_unsigned(claims: dict[str, Any], **header: str) -> str:
    return ".".join(encode(json.dumps(part).encode()) for part in ({"alg": "none"} | header, claims)) + "."


def make_shared(claims: dict[str, Any], secret: bytes, **header: str) -> str:
    signed = make_unsigned(claims, alg="HS256", **header)[:-1]
    return f"{signed}.{encode(hmac.digest(secret, signed.encode(), 'sha256'))}"


def test_a_token_that_another_key_signed_lets_nobody_in(welcoming: House, provider: Provider) -> None:
    other = make_key()
    signers: list[Callable[[dict[str, Any]], str]] = [
        lambda claims: provider.sign_with(other, claims),
        lambda claims: provider.sign_with(other, claims, kid=str(provider.key.kid)),
        make_unsigned,
        # signed with what everybody knows: the client secret, and the public key as if it were one
        lambda claims: make_shared(claims, CLIENT_SECRET.encode()),
        lambda claims: make_shared(claims, provider.key.as_pem(private=False), kid=str(provider.key.kid)),
        lambda claims: provider.sign_with(provider.key, claims)[:-8] + "AAAAAAAA",
        lambda _claims: "no token",
        lambda _claims: "",
    ]
    for sign in signers:
        provider.sign = sign
        refused(welcoming, provider, "id token")


def test_new_keys_of_the_issuer_are_found(welcoming: House, provider: Provider) -> None:
    client = welcoming.client()
    go(client, provider)
    client.cookies.clear()
    provider.key = make_key()
    assert go(client, provider).status_code == 303
    assert provider.asked.count("/jwks") == 2


def test_an_answer_is_good_once_and_only_in_the_browser_that_asked(welcoming: House, provider: Provider) -> None:
    client = welcoming.client()
    sent = client.get(BEGIN)
    cookie = client.cookies[ATTEMPT_COOKIE]
    back = provider.consent(sent.headers["location"])
    other = welcoming.client()
    answer = other.get(back)
    assert answer.status_code == 403, "a browser that has not begun"
    assert "has not begun" in answer.text
    other.get(BEGIN)
    answer = other.get(back)
    assert answer.status_code == 403, "a browser that has begun another attempt"
    assert "state" in answer.text
    assert client.get(back).status_code == 303
    client.cookies.clear()
    assert client.get(back).status_code == 403, "the cookie is gone"
    client.cookies.set(ATTEMPT_COOKIE, cookie)
    replayed = client.get(back)
    assert replayed.status_code == 403
    assert "was used already" in replayed.text
    # even with a fresh code for the old state
    fresh = provider.consent(sent.headers["location"])
    assert "was used already" in client.get(fresh).text
    assert len(welcoming.desk.store.sessions()) == 1


def test_a_code_for_another_verifier_is_not_redeemed(welcoming: House, provider: Provider) -> None:
    """Who steals a code cannot use it in a browser of his own: the verifier is not the same."""
    thief = welcoming.client()
    sent = thief.get(BEGIN)
    own = dict(part.split("=", 1) for part in sent.headers["location"].split("?")[1].split("&"))
    stolen = provider.consent(welcoming.client().get(BEGIN).headers["location"])
    code = stolen.split("code=")[1].split("&")[0]
    answer = thief.get(f"{BACK}?code={code}&state={own['state']}")
    assert answer.status_code == 403
    assert "does not redeem the code" in answer.text


@pytest.mark.parametrize("query", ["", "?state=x", "?code=x", "?error=access_denied", "?code=x&state=%C3%A9"])
def test_a_made_up_answer_lets_nobody_in(welcoming: House, query: str) -> None:
    client = welcoming.client()
    client.get(BEGIN)
    assert client.get(BACK + query).status_code == 403
    assert welcoming.desk.store.sessions() == []


def test_who_did_not_agree_is_told_so(welcoming: House, provider: Provider) -> None:
    client = welcoming.client()
    state = provider.consent(client.get(BEGIN).headers["location"]).split("state=")[1]
    answer = client.get(f"{BACK}?error=access_denied&error_description=%3Cb%3E&state={state}")
    assert answer.status_code == 403
    assert "did not sign you in" in answer.text
    assert "<b>" not in answer.text


def test_an_answer_that_names_another_issuer_is_refused(welcoming: House, provider: Provider) -> None:
    client = welcoming.client()
    back = provider.consent(client.get(BEGIN).headers["location"])
    assert "another issuer" in client.get(f"{back}&iss=https%3A%2F%2Fid.evil.example").text


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"issuer": "https://id.evil.example"}, "calls itself by another name"),
        ({"token_endpoint": "http://id.evil.example/token"}, "must be an https address"),
        ({"jwks_uri": "file:///etc/passwd"}, "must be an https address"),
        ({"authorization_endpoint": None}, "must be an https address"),
        ({"jwks_uri": "http://127.0.0.1:1/jwks"}, "cannot be read"),
    ],
)
def test_an_issuer_that_is_not_in_order_is_not_asked(
    welcoming: House, provider: Provider, change: dict[str, Any], why: str
) -> None:
    provider.metadata_change = change
    answer = welcoming.client().get(BEGIN)
    assert answer.status_code == 403
    assert why in answer.text


# --- whom the desk takes, and as what


def test_an_issuer_that_does_not_answer_is_left_alone_for_a_while(welcoming: House, provider: Provider) -> None:
    """Each who waits for it would keep a thread from whoever reads."""
    client = welcoming.client()
    provider.metadata_change = {"jwks_uri": "http://127.0.0.1:1/jwks"}
    assert client.get(BEGIN).status_code == 403
    provider.metadata_change = {}
    assert "cannot be read" in client.get(BEGIN).text
    welcoming.clock.move(seconds=11)
    assert client.get(BEGIN).status_code == 303


def test_the_ways_to_the_issuer_are_limited_as_writing_is(open_oidc: Callable[..., House]) -> None:
    house = open_oidc(rate_writes_per_minute=2)
    app = make_app(house.desk, hosts=["testserver"], warm_up=False)
    client = TestClient(app, client=("192.0.2.7", 1), follow_redirects=False)
    made_up = {"cookie": f"{ATTEMPT_COOKIE}=x~"}
    codes = [client.get(f"{BACK}?state=x", headers=made_up).status_code for _ in range(4)]
    assert codes == [403, 403, 429, 429], "each keeps a line of the log, for a stranger"
    assert client.get(BEGIN).status_code == 429


def test_who_is_not_invited_stays_out(open_oidc: Callable[..., House], provider: Provider) -> None:
    house = open_oidc()
    refused(house, provider, "ask an admin of it for an invitation")


def test_an_invitation_is_taken_with_the_organisations_account(
    open_oidc: Callable[..., House], provider: Provider
) -> None:
    house = open_oidc()
    client, key = house.client(), invite(house, "besa", "editor")
    page = client.get(f"/set-up?key={key}").text
    assert f"/sign-in/oidc?key={key}" in page
    sent = client.get(f"{BEGIN}?key={key}")
    assert key not in sent.headers["location"]
    assert client.get(provider.consent(sent.headers["location"])).headers["location"] == "/"
    besa = house.desk.store.account_named("besa")
    assert (besa.role, besa.subject, besa.has_password) == ("editor", f"{provider.address}#42", False)
    assert go(house.client(), provider).status_code == 303, "from then on without a link"
    assert enter(house.client(), "besa", "").status_code == 401


def test_the_first_account_may_be_the_organisations(open_house: Callable[..., House], provider: Provider) -> None:
    house = open_house(
        host="0.0.0.0", oidc_issuer=provider.address, oidc_client_id=CLIENT_ID, oidc_client_secret=Secret(CLIENT_SECRET)
    )
    provider.now = lambda: house.clock.now().timestamp()
    key = make_first_link(house.desk.store, house.desk.settings, house.clock.now())
    client = house.client()
    assert go(client, provider, f"{BEGIN}?key={key}").status_code == 303
    assert client.get("/accounts").status_code == 200


def test_a_name_that_is_there_is_not_taken_over(welcoming: House, provider: Provider) -> None:
    """The issuer's names are not ours: only subject or invitation lead to an account that is there."""
    provider.who |= {"preferred_username": "admin", "email": "admin"}
    answer = go(welcoming.client(), provider)
    assert answer.status_code == 422
    assert "is taken" in answer.text
    assert welcoming.desk.store.account_named("admin").subject is None
    assert welcoming.desk.store.sessions() == []


def test_a_disabled_account_stays_out(welcoming: House, provider: Provider) -> None:
    go(welcoming.client(), provider)
    account = welcoming.desk.store.account_named("mirela")
    welcoming.desk.store.disable_account(account.id, welcoming.clock.now())
    answer = go(welcoming.client(), provider)
    assert answer.status_code == 403
    assert "is disabled" in answer.text


@pytest.mark.parametrize(
    ("groups", "role"),
    [(["staff", "watch"], "analyst"), (["watch", "chiefs"], "admin"), ("watch", "analyst"), (["staff"], None),
     (None, None), ({"watch": 1}, None), ([7, None, ["watch"]], None)],
)  # fmt: skip
def test_the_role_follows_the_claim(
    open_oidc: Callable[..., House], provider: Provider, groups: Any, role: Role | None
) -> None:
    house = open_oidc(oidc_role_claim="groups", oidc_roles="watch=analyst, chiefs=admin")
    provider.who["groups"] = groups
    if role is None:
        refused(house, provider, "ask an admin of it for an invitation")
    else:
        assert go(house.client(), provider).status_code == 303
        assert house.desk.store.account_named("mirela").role == role


def test_a_claim_that_changes_changes_the_role_and_one_that_goes_shuts_the_door(
    open_oidc: Callable[..., House], provider: Provider
) -> None:
    house = open_oidc(oidc_role_claim="groups", oidc_roles="watch=analyst,chiefs=editor")
    provider.who["groups"] = ["chiefs"]
    client = house.client()
    go(client, provider)
    provider.who["groups"] = ["watch"]
    go(house.client(), provider)
    assert house.desk.store.account_named("mirela").role == "analyst"
    assert client.get("/alerts").status_code == 303, "the session of the higher role has ended"
    provider.who["groups"] = []
    answer = go(house.client(), provider)
    assert answer.status_code == 403
    assert "has no role on this desk any more" in answer.text


def test_codes_and_secrets_are_in_no_log(
    welcoming: House, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    provider.tamper = lambda claims: claims.update(nonce="another")
    client = welcoming.client()
    with caplog.at_level(logging.DEBUG, "tocsin"):
        back = provider.consent(client.get(BEGIN).headers["location"])
        code = back.split("code=")[1].split("&")[0]
        answer = client.get(back)
    assert CLIENT_SECRET not in answer.text
    ours = "".join(r.getMessage() for r in caplog.records if r.name.startswith("tocsin"))
    for secret in (code, CLIENT_SECRET):
        assert secret not in ours


# --- settings


@pytest.mark.parametrize(
    ("environ", "why"),
    [
        ({"OIDC_ISSUER": "http://id.example.org"}, "must be an https address"),
        ({"OIDC_ISSUER": "id.example.org"}, "http or https address"),
        ({"OIDC_DEFAULT_ROLE": "root"}, "must be one of invited, viewer"),
        ({"ACCOUNTS": "no"}, "must be one of auto, required, off"),
        ({"SESSION_IDLE_MINUTES": "0"}, "must be at least 5"),
    ],
)
def test_wrong_settings_are_refused_by_name(environ: dict[str, str], why: str) -> None:
    with pytest.raises(SettingError, match=why):
        load_settings({f"TOCSIN_{name}": value for name, value in environ.items()})


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"oidc_client_id": None}, "oidc_client_id"),
        ({"oidc_role_claim": "groups"}, "give both or none"),
        ({"oidc_roles": "a=viewer"}, "give both or none"),
        ({"oidc_role_claim": "groups", "oidc_roles": "viewer"}, "VALUE=ROLE"),
        ({"oidc_role_claim": "groups", "oidc_roles": "a=root"}, "must be one of viewer"),
    ],
)
def test_what_is_set_up_by_half_is_refused(given: dict[str, Any], why: str) -> None:
    whole = {"oidc_issuer": "https://id.example.org", "oidc_client_id": "desk"}
    with pytest.raises(SettingError, match=why):
        load_client(Settings(**(whole | given)))


def test_the_client_secret_comes_from_a_file_too_and_is_never_shown(tmp_path: Any) -> None:
    file = tmp_path / "secret"
    file.write_text("hush-hush\n")
    environ = {"TOCSIN_OIDC_ISSUER": "https://id.example.org", "TOCSIN_OIDC_CLIENT_ID": "desk"}
    for more in ({"TOCSIN_OIDC_CLIENT_SECRET": "hush-hush"}, {"TOCSIN_OIDC_CLIENT_SECRET_FILE": str(file)}):
        settings = load_settings(environ | more)
        client = load_client(settings)
        assert client is not None
        assert client.secret == Secret("hush-hush")
        assert "hush" not in f"{settings} {client!r}"
    assert load_client(Settings()) is None
