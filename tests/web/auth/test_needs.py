"""Every route says what it needs, and no role gets further than that."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.web.auth.conftest import OWN, House
from tocsin.records.account import ACTS, ROLES, Role, reaches
from tocsin.web.auth.needs import find_need, is_program, list_needs

_PARAMETER = re.compile(r"\{[^}]+\}")


def list_routes(routes: Any) -> Iterator[tuple[str, str]]:
    """Method and path of every route."""
    for route in routes:
        yield from ((method, route.path) for method in getattr(route, "methods", None) or () if method != "HEAD")


def fill_in(path: str) -> str:
    return _PARAMETER.sub("x", path)


def test_every_route_says_what_it_needs_and_none_is_invented(house: House) -> None:
    app: Any = house.client().app
    routes = set(list_routes(app.routes))
    assert len(routes) > 100, "the walk finds the routes"
    missing = routes - set(list_needs())
    assert not missing, f"put into web/auth/needs.py what these need: {sorted(missing)}"
    # other parts of the desk may answer whether it lives
    gone = set(list_needs()) - routes - {("GET", "/health"), ("GET", "/ready")}
    assert not gone, f"web/auth/needs.py names routes that are not there: {sorted(gone)}"


def test_a_path_is_found_under_its_own_row() -> None:
    for (method, path), need in list_needs().items():
        assert find_need(method, fill_in(path)) == need, path
    assert find_need("HEAD", "/alerts") == "read"
    assert find_need("GET", "/static/app.css") == "open"
    for method, path in (("GET", "/statics"), ("POST", "/alerts"), ("GET", "/alerts/x/y"), ("GET", "/sign-in/x")):
        assert find_need(method, path) is None, path


@pytest.mark.parametrize("role", [None, *ROLES])
def test_each_route_asked_by_each_role(house: House, role: Role | None) -> None:
    client = house.client()
    for (method, template), need in list_needs().items():
        house.sign_in(client, role)  # sign-out is among the routes
        path = fill_in(template)
        answer = client.request(method, path, headers=OWN if method == "POST" else {})
        what = f"{role}: {method} {path}: {answer.status_code}"
        if need == "open":
            assert "needs the role" not in answer.text, what
            assert not answer.headers.get("location", "").startswith("/sign-in?next="), what
        elif role is None:
            assert answer.status_code == (401 if is_program(path) else 303), what
        else:
            needed = ACTS.get(need, "viewer")  # type: ignore[call-overload]
            assert ("needs the role" in answer.text) == (not reaches(role, needed)), what
            if not reaches(role, needed):
                assert answer.status_code == 403, what
                assert needed in answer.text, what


def test_a_role_that_is_too_low_changes_nothing(house: House) -> None:
    client = house.client("viewer")
    assert client.post("/api/feeds", json={"address": "https://new.example/rss"}).status_code == 403
    assert house.desk.store.feeds() == []
    house.sign_in(client, "editor")
    assert client.post("/api/feeds", json={"address": "https://new.example/rss"}).status_code == 201


@pytest.mark.parametrize(
    ("switch", "status"), [("precise=1", 403), ("precise=true", 403), ("precise=0", 200), ("", 200)]
)
def test_names_and_exact_points_are_given_to_editors(house: House, switch: str, status: int) -> None:
    client = house.client("analyst")
    answer = client.get(f"/api/articles.csv?{switch}&precise=")
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["why"].startswith("needs the role editor")
        house.sign_in(client, "editor")
        assert client.get(f"/api/articles.csv?{switch}").status_code == 200


def test_a_route_that_nobody_declared_is_there_for_admins_alone(house: House) -> None:
    client = house.client("editor")
    app: Any = client.app
    app.add_api_route("/forgotten", lambda: "here", methods=["GET"])
    assert client.get("/forgotten").status_code == 404
    house.sign_in(client, "admin")
    assert client.get("/forgotten").status_code == 200
