"""The pages, one module for each screen."""

from tocsin.web.pages import (
    about,
    actors,
    alerts,
    articles,
    correcting,
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
    starter,
    syndication,
    taking,
)

# syndication first: "/alerts/{id}" would take its ".cap" for part of the id; "/reports/add" before "/reports/{id}"
_PAGES = (
    syndication, filter_feeds, front, searching, inbox, saved_filters, keys, taking, correcting, articles, incidents,
    grading, maps, places, actors, alerts, silences, report_incidents, report_cited, reports, report_edits,
    report_mails, forecasts, starter, outlets, marking, about, language,
)  # fmt: skip
routers = tuple(_module.router for _module in _PAGES)

__all__ = ["routers"]
