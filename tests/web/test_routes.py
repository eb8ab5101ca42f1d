"""Addresses without a parameter are found at once, and by the same handlers as one after the other."""

from __future__ import annotations

from typing import Any

from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Match
from starlette.testclient import TestClient

from tocsin.web.app import _assemble_routes
from tocsin.web.routes import Literal


def find(routes: tuple[BaseRoute, ...], method: str, path: str) -> tuple[Match, Any]:
    """What answers first, as the router looks for it."""
    scope = {"type": "http", "method": method, "path": path, "root_path": "", "headers": [], "query_string": b""}
    for route in routes:
        match, found = route.matches(dict(scope))
        if match is Match.FULL:
            return match, found["endpoint"]
    return Match.NONE, None


def test_each_literal_address_is_answered_as_one_after_the_other() -> None:
    literal, *rest = _assemble_routes()
    assert isinstance(literal, Literal)
    written = [route for route in rest if isinstance(route, APIRoute) and "{" not in route.path]
    assert len(written) > 60
    for route in written:
        for method in route.methods:
            assert find((literal,), method, route.path) == find(tuple(rest), method, route.path), route.path


def test_what_it_does_not_know_is_left_to_the_others() -> None:
    literal = _assemble_routes()[0]
    for method, path in (("GET", "/incidents/inc_x"), ("DELETE", "/incidents"), ("GET", "/incidents/"), ("GET", "/-")):
        assert find((literal,), method, path) == (Match.NONE, None), path
    assert literal.matches({"type": "lifespan", "path": "/"}) == (Match.NONE, {})


def test_refusals_are_as_ever(client: TestClient) -> None:
    answer = client.request("DELETE", "/api/incidents")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
    assert client.get("/incidents/", follow_redirects=False).headers["location"].endswith("/incidents")
    assert client.get("/api/nowhere").status_code == 404
    # the same address, another method: a parameter answers where the literal one does not
    assert client.post("/filters/new", headers={"origin": "http://localhost:8765"}).status_code in (403, 404)
