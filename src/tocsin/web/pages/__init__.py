"""The pages, one module for each screen."""

from fastapi import APIRouter

from tocsin.web.pages import (
    about,
    alerts,
    articles,
    front,
    incidents,
    maps,
    outlets,
    places,
    reports,
    syndication,
    taking,
)

router = APIRouter()
# syndication first: "/alerts/{id}" would take its ".cap" for part of the id
for _module in (syndication, front, taking, articles, incidents, maps, places, alerts, reports, outlets, about):
    router.include_router(_module.router)

__all__ = ["router"]
