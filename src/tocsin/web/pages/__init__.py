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
    grading,
    inbox,
    incidents,
    keys,
    language,
    maps,
    marking,
    outlets,
    places,
    report_cited,
    report_edits,
    report_incidents,
    report_mails,
    reports,
    saved_filters,
    searching,
    silences,
    syndication,
    taking,
)

router = APIRouter()
# syndication first: "/alerts/{id}" would take its ".cap" for part of the id; "/reports/add" before "/reports/{id}"
_PAGES = (
    syndication, filter_feeds, front, searching, inbox, saved_filters, keys, taking, articles, incidents, grading, maps,
    places, actors, alerts, silences, report_incidents, report_cited, reports, report_edits, report_mails, forecasts,
    outlets, marking, about, language,
)  # fmt: skip
for _module in _PAGES:
    router.include_router(_module.router)

__all__ = ["router"]
