"""The desk's addresses in one plain list, those without a parameter found at once.

FastAPI tries one route after the other, and routers within routers each anew: with some two hundred routes that took a
seventh of what the process had while reports came in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from fastapi.routing import APIRoute, APIRouter
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

#: Under which a request keeps the route that `Literal` found for it.
_FOUND = "tocsin.route"


class Literal(BaseRoute):
    """Stands before routes and finds those whose address holds no parameter, by that address.

    It finds only what may answer the request's method; whatever else is asked for is left to the routes themselves.
    """

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        self._held: dict[str, list[APIRoute]] = defaultdict(list)
        for route in routes:
            if isinstance(route, APIRoute) and "{" not in route.path:
                self._held[route.path].append(route)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """See `BaseRoute`."""
        for route in self._held.get(scope["path"], ()) if scope["type"] == "http" else ():
            match, found = route.matches(scope)
            if match is Match.FULL:
                return match, {**found, _FOUND: route}
        return Match.NONE, {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See `BaseRoute`."""
        await scope[_FOUND].handle(scope, receive, send)


def list_hidden(routers: Iterable[APIRouter]) -> Iterator[BaseRoute]:
    """The routes of routers in their order, which the API's reference does not tell of."""
    for router in routers:
        for route in router.routes:
            if isinstance(route, APIRoute):
                route.include_in_schema = False
            yield route
