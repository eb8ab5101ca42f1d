"""What all routers of the API have in common."""

from fastapi import APIRouter

from tocsin.web.api.shapes import Problem


def make_router(*tags: str) -> APIRouter:
    """A router whose addresses begin with /api, and that says how it refuses."""
    return APIRouter(
        prefix="/api",
        tags=[*tags],
        responses={
            404: {"model": Problem, "description": "no record has this identifier"},
            422: {"model": Problem, "description": "a value that cannot be; the answer names it and what is allowed"},
        },
    )
