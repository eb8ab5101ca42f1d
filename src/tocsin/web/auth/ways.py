"""Where people are led after they have signed in."""

from __future__ import annotations

from urllib.parse import urlsplit

LONGEST_WAY = 2000
#: Pages that would lead in a circle, or out again.
CIRCLES = ("/sign-in", "/sign-out", "/set-up")


def clean_way(given: str | None, circles: tuple[str, ...] = CIRCLES) -> str:
    """A path of this desk, or "/" for anything that might lead elsewhere, or to one of `circles`."""
    way = given or "/"
    # a backslash is a slash to browsers; control characters are taken out by them
    if (
        len(way) > LONGEST_WAY
        or not way.startswith("/")
        or way.startswith("//")
        or "\\" in way
        or not way.isprintable()
    ):
        return "/"
    try:
        pieces = urlsplit(way)
    except ValueError:
        return "/"
    if pieces.scheme or pieces.netloc or pieces.path.startswith("//") or pieces.path.startswith(circles):
        return "/"
    return way
