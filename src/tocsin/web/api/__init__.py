"""The REST API: the same things as the pages, with the same filters."""

from fastapi import APIRouter

from tocsin.web.api import inbox, lists, posts, reference, reports, searching, singles, streets, tables
from tocsin.web.api.shapes import Problem

router = APIRouter(
    prefix="/api",
    responses={
        404: {"model": Problem, "description": "no record has this identifier"},
        422: {"model": Problem, "description": "a value that cannot be; the answer names it and what is allowed"},
    },
)
# Tables stand first: "incidents.csv" must not be read as an identifier.
for _module in (tables, lists, inbox, searching, singles, streets, reports, posts):
    router.include_router(_module.router)
router.include_router(reference.router, include_in_schema=False)

__all__ = ["router"]
