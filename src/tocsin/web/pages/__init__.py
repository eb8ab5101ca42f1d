"""The pages, one module for each screen."""

from fastapi import APIRouter

from tocsin.web.pages import about, alerts, articles, front, incidents, maps, outlets, places, taking

router = APIRouter()
for _module in (front, taking, articles, incidents, maps, places, alerts, outlets, about):
    router.include_router(_module.router)

__all__ = ["router"]
