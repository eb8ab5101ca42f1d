"""The REST API: the same things as the pages, with the same filters."""

from starlette.routing import BaseRoute

from tocsin.web.api import corrections, inbox, lists, posts, reference, reports, searching, singles, streets, tables
from tocsin.web.routes import list_hidden

# Tables stand first: "incidents.csv" must not be read as an identifier.
_ROUTERS = [
    module.router for module in (tables, lists, inbox, searching, singles, streets, reports, corrections, posts)
]
routes: tuple[BaseRoute, ...] = (
    *(route for router in _ROUTERS for route in router.routes),
    *list_hidden([reference.router]),
)

__all__ = ["routes"]
