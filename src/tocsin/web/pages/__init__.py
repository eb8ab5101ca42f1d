"""The pages, one module for each screen."""

from fastapi import APIRouter

from tocsin.web.pages import (
    about,
    actors,
    alerts,
    articles,
    filter_feeds,
    forecasts,
    front,
    inbox,
    incidents,
    keys,
    language,
    maps,
    outlets,
    places,
    report_edits,
    reports,
    saved_filters,
    searching,
    syndication,
    taking,
)

router = APIRouter()
# syndication first: "/alerts/{id}" would take its ".cap" for part of the id
_PAGES = (
    syndication, filter_feeds, front, searching, inbox, saved_filters, keys, taking, articles, incidents, maps, places,
    actors, alerts, reports, report_edits, forecasts, outlets, about, language,
)  # fmt: skip
for _module in _PAGES:
    router.include_router(_module.router)

__all__ = ["router"]
