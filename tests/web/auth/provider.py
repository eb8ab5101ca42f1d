"""A small OpenID provider on loopback: discovery, keys, authorization, tokens signed with a key of its own."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID, CLIENT_SECRET = "tocsin-desk", "hush-hush"


def make_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": secrets.token_hex(4), "use": "sig"}, auto_kid=False)


@dataclass
class Provider:
    """What it answers; tests change it.

    who      claims of whoever is signed in there
    tamper   changes the claims of a token before it is signed
    sign     makes the token out of header and claims; None: with the published key
    now      its clock, in seconds since the epoch
    """

    address: str
    who: dict[str, Any] = field(
        default_factory=lambda: {"sub": "42", "preferred_username": "mirela", "name": "Mirela V."}
    )
    tamper: Callable[[dict[str, Any]], None] = lambda _claims: None
    sign: Callable[[dict[str, Any]], str] | None = None
    now: Callable[[], float] = time.time
    issuer: str = ""
    key: RSAKey = field(default_factory=make_key)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    metadata_change: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer or self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/jwks",
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        } | self.metadata_change

    def consent(self, address: str) -> str:
        """What the authorization page does once its person has agreed: the address that the browser is sent back to."""
        pieces = urlsplit(address)
        asked = {name: values[0] for name, values in parse_qs(pieces.query).items()}
        assert f"{pieces.scheme}://{pieces.netloc}{pieces.path}" == f"{self.address}/authorize"
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT_ID
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def redeem(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        expected = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        asked = self.codes.pop(form.get("code", ""), None)
        if authorization != f"Basic {expected}" or asked is None:
            return 400, {"error": "invalid_grant"}
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if challenge != asked["code_challenge"] or form.get("redirect_uri") != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        now = int(self.now())
        claims = {
            "iss": self.issuer or self.address, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": asked["nonce"],
        } | self.who  # fmt: skip
        self.tamper(claims)
        token = self.sign(claims) if self.sign else self.sign_with(self.key, claims)
        return 200, {"access_token": secrets.token_urlsafe(8), "token_type": "Bearer", "id_token": token}

    def sign_with(self, key: RSAKey, claims: dict[str, Any], **header: str) -> str:
        return jwt.encode({"alg": "RS256", "kid": str(key.kid)} | header, claims, key)


@contextmanager
def run_provider() -> Iterator[Provider]:
    """Serve one for as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            provider.asked.append(self.path)
            answers = {
                "/.well-known/openid-configuration": provider.metadata,
                "/jwks": lambda: {"keys": [provider.key.as_dict(private=False)]},
            }
            make = answers.get(self.path)
            self.reply(200, make()) if make else self.reply(404, {})

        def do_POST(self) -> None:
            provider.asked.append(self.path)
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self.reply(*provider.redeem(form, self.headers.get("authorization", "")))

        def reply(self, status: int, told: dict[str, Any]) -> None:
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider = Provider(f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
