"""The pages, one module for each screen."""

from fastapi import APIRouter

from tocsin.web.pages import (
    about,
    actors,
    alerts,
    articles,
    forecasts,
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
_PAGES = (
    syndication, front, taking, articles, incidents, maps, places, actors, alerts, reports, forecasts, outlets, about,
)  # fmt: skip
for _module in _PAGES:
    router.include_router(_module.router)

__all__ = ["router"]
