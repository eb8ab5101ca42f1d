"""Signing in through an organisation's own accounts: OpenID Connect, authorization code with PKCE.

The browser keeps one random word in a cookie of its own; state, nonce and verifier are made of it. So an answer of the
issuer is good only in the browser that asked, and nothing is kept here but the states that were used.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from tocsin.errors import SettingError, TocsinError
from tocsin.records.account import Role, parse_role, reaches
from tocsin.settings import Secret, Settings, read_secret
from tocsin.web.auth.issuing import OidcError, ask_issuer, check_door

BACK_PATH = "/sign-in/oidc/back"
ATTEMPT_COOKIE = "tocsin_oidc"
#: How long a person may take at the issuer.
ATTEMPT_TIME = timedelta(minutes=10)
SCOPE = "openid profile email"
#: How long what the issuer says of itself is believed without asking again.
FRESH = timedelta(hours=1)
#: So far the issuer's clock may differ from ours.
LEEWAY_SECONDS = 60
#: An issuer that could not be read is not asked again for so long: who waits for it keeps a thread from the readers.
RETRY = timedelta(seconds=10)
MOST_USED, MOST_GROUPS = 10_000, 500
#: Signatures with the issuer's own key; never "none", and never one that the client secret could make.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class Client:
    """What the issuer knows the desk by, and how its claims become roles.

    role_claim    the claim that says the role; None: roles are given on the desk
    roles         value of that claim to role
    default_role  the role of who has no other; None: he must be invited
    """

    issuer: str
    client_id: str
    secret: Secret | None
    role_claim: str | None
    roles: Mapping[str, Role]
    default_role: Role | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way to the issuer and back, made of the browser's random word."""

    word: str

    @property
    def state(self) -> str:
        """Comes back with the answer."""
        return self._make("state")

    @property
    def nonce(self) -> str:
        """Stands in the signed token."""
        return self._make("nonce")

    @property
    def verifier(self) -> str:
        """Shows that who redeems the code is who asked for it."""
        return self._make("verifier")

    def _make(self, what: str) -> str:
        digest = hashlib.sha256(f"{what}\x1f{self.word}".encode()).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the issuer vouches for. `role` is what its claim says, where a claim says it, else None."""

    subject: str
    name: str
    shown_name: str | None
    role: Role | None


def load_client(settings: Settings) -> Client | None:
    """The client of the settings, or None where none is set up; raises SettingError where it is set up by half."""
    if settings.oidc_issuer is None:
        return None
    if not settings.oidc_client_id:
        raise SettingError("setting oidc_client_id", "", "must be given with oidc_issuer")
    secret = settings.oidc_client_secret
    if secret is None and settings.oidc_client_secret_file is not None:
        secret = read_secret("oidc_client_secret_file", path=settings.oidc_client_secret_file)
    roles = dict(_parse_roles(settings.oidc_roles or ""))
    if bool(roles) != bool(settings.oidc_role_claim):
        raise SettingError(
            "setting oidc_roles", settings.oidc_roles or "", "goes with oidc_role_claim: give both or none"
        )
    default = None if settings.oidc_default_role == "invited" else parse_role(settings.oidc_default_role)
    return Client(settings.oidc_issuer, settings.oidc_client_id, secret, settings.oidc_role_claim, roles, default)


def _parse_roles(given: str) -> Iterator[tuple[str, Role]]:
    for part in filter(None, (part.strip() for part in given.split(","))):
        value, _, role = part.rpartition("=")
        if not value.strip():
            raise SettingError("setting oidc_roles", part, "must be VALUE=ROLE, parted by commas")
        try:
            yield value.strip(), parse_role(role.strip())
        except TocsinError as why:
            raise SettingError("setting oidc_roles", part, why.why) from why


class Issuer:
    """One issuer: where its doors are, and whether a token is its own. Safe to use from many threads."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._lock = Lock()
        self._metadata: dict[str, Any] = {}
        self._keys: Any = None
        self._fetched_at: datetime | None = None
        self._failed: tuple[datetime, str] | None = None
        self._used: OrderedDict[str, datetime] = OrderedDict()

    def begin(self, back: str, attempt: Attempt, now: datetime) -> str:
        """The address at the issuer that a browser is sent to; `back` is where it comes back."""
        self._refresh(now)
        from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        address: str = prepare_grant_uri(
            self._metadata["authorization_endpoint"],
            client_id=self.client.client_id,
            response_type="code",
            redirect_uri=back,
            scope=SCOPE,
            state=attempt.state,
            nonce=attempt.nonce,
            code_challenge=create_s256_code_challenge(attempt.verifier),
            code_challenge_method="S256",
        )
        return address

    def finish(self, back: str, attempt: Attempt, answer: Mapping[str, str], now: datetime) -> Person:
        """Whom the issuer's answer vouches for; raises OidcError for any that is not wholly in order."""
        if not secrets.compare_digest(answer.get("state", "").encode(), attempt.state.encode()):
            raise OidcError("sign-in", "state", "is not the one that this browser began with; begin anew")
        self._use_up(attempt.state, now)
        if answer.get("error"):
            raise OidcError("sign-in", self.client.issuer, "your organisation did not sign you in; begin anew")
        if answer.get("iss", self.client.issuer) != self.client.issuer:
            raise OidcError("sign-in", "iss", "the answer comes from another issuer")
        self._refresh(now)
        given = self._redeem(back, attempt, answer.get("code", ""))
        claims = self._read_token(given, attempt, now)
        return self._make_person(claims)

    def _use_up(self, state: str, now: datetime) -> None:
        with self._lock:
            while self._used and (
                len(self._used) >= MOST_USED or next(iter(self._used.values())) <= now - ATTEMPT_TIME
            ):
                self._used.popitem(last=False)
            if state in self._used:
                raise OidcError("sign-in", "state", "was used already; begin anew")
            self._used[state] = now

    def _redeem(self, back: str, attempt: Attempt, code: str) -> Mapping[str, Any]:
        """What the issuer gives for a code."""
        if not code:
            raise OidcError("sign-in", "code", "is missing in the issuer's answer; begin anew")
        from authlib.oauth2.auth import ClientAuth
        from authlib.oauth2.rfc6749.parameters import prepare_token_request

        secret = self.client.secret.reveal() if self.client.secret else None
        body = prepare_token_request("authorization_code", redirect_uri=back, code=code, code_verifier=attempt.verifier)
        headers = {"accept": "application/json", "content-type": "application/x-www-form-urlencoded"}
        prove = ClientAuth(self.client.client_id, secret, self._choose_proof(secret))
        address, headers, body = prove.prepare("POST", self._metadata["token_endpoint"], headers, body)
        try:
            given = ask_issuer("POST", address, headers=headers, content=body)
        except OidcError as why:
            raise OidcError("sign-in", self.client.issuer, f"does not redeem the code: {why.why}") from None
        if not isinstance(given.get("id_token"), str):
            raise OidcError("sign-in", self.client.issuer, "gave no id token: the client must be allowed openid")
        return given

    def _choose_proof(self, secret: str | None) -> str:
        """How the desk shows that it is the client."""
        if secret is None:
            return "none"
        offered = self._metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        return "client_secret_basic" if "client_secret_basic" in offered else "client_secret_post"

    def _read_token(self, given: Mapping[str, Any], attempt: Attempt, now: datetime) -> Mapping[str, Any]:
        """The claims of a token that the issuer signed, for us, now, for this attempt."""
        from authlib.common.errors import AuthlibBaseError
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import JoseError

        def decode() -> jwt.Token:
            return jwt.decode(given["id_token"], self._keys, algorithms=list(ALGORITHMS))

        try:
            try:
                token = decode()
            except (JoseError, ValueError):
                self._refresh(now, force=True)  # the issuer may have changed its keys since
                token = decode()
            claims = CodeIDToken(
                token.claims,
                token.header,
                {
                    "iss": {"essential": True, "value": self.client.issuer},
                    "aud": {"essential": True, "value": self.client.client_id},
                    "sub": {"essential": True},
                },
                {
                    "nonce": attempt.nonce,
                    "client_id": self.client.client_id,
                    "access_token": given.get("access_token"),
                },
            )
            claims.validate(now=int(now.timestamp()), leeway=LEEWAY_SECONDS)
            told: Mapping[str, Any] = dict(claims)
        except (JoseError, AuthlibBaseError, ValueError, TypeError, KeyError) as why:
            raise OidcError("id token", self.client.issuer, f"is refused: {_tell_refusal(why)}") from None
        return told

    def _make_person(self, claims: Mapping[str, Any]) -> Person:
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= 255:
            raise OidcError("id token", "sub", "must be a text of 255 characters or fewer")
        names = [claims.get(key) for key in ("preferred_username", "email", "name")]
        name = next((n for n in names if isinstance(n, str) and n.strip()), subject)
        shown = claims.get("name")
        role = find_role(self.client, claims)
        return Person(f"{self.client.issuer}#{subject}", name, shown if isinstance(shown, str) else None, role)

    # --- what the issuer says of itself
    def _refresh(self, now: datetime, *, force: bool = False) -> None:
        with self._lock:
            is_fresh = self._fetched_at is not None and now - self._fetched_at < FRESH
            if is_fresh and not force:
                return
            if self._failed is not None and now - self._failed[0] < RETRY:
                raise OidcError("issuer", self.client.issuer, self._failed[1])
            try:
                self._fetch(now)
            except OidcError as why:
                self._failed = now, why.why
                raise
            self._failed = None

    def _fetch(self, now: datetime) -> None:
        """Ask the issuer, and believe all of its answer or nothing."""
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        metadata = ask_issuer("GET", self.client.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if metadata.get("issuer") != self.client.issuer:
            raise OidcError("issuer", self.client.issuer, "calls itself by another name; oidc_issuer must be the same")
        for name in _ENDPOINTS:
            check_door(name, metadata.get(name))
        try:
            keys = KeySet.import_key_set(ask_issuer("GET", metadata["jwks_uri"]))  # type: ignore[arg-type]  # checked by it
        except (JoseError, ValueError, TypeError, KeyError) as why:
            raise OidcError("issuer", self.client.issuer, "publishes no keys that can be read") from why
        self._metadata, self._keys, self._fetched_at = metadata, keys, now


def find_role(client: Client, claims: Mapping[str, Any]) -> Role | None:
    """The highest role that the role claim says, or None."""
    if client.role_claim is None:
        return None
    said = claims.get(client.role_claim)
    values = said if isinstance(said, list) else [said]
    found: Role | None = None
    for value in values[:MOST_GROUPS]:
        role = client.roles.get(value) if isinstance(value, str) else None
        if role is not None and (found is None or reaches(role, found)):
            found = role
    return found


def _tell_refusal(why: Exception) -> str:
    """What is wrong with a token, in words that show nothing of it."""
    claim = getattr(why, "claim_name", None) or getattr(why, "claim", None)
    return f"{type(why).__name__}{f' {claim}' if isinstance(claim, str) else ''}"
