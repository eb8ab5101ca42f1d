"""Places: claims to located claims, with candidates from a gazetteer and a reason for each choice."""

from tocsin.places.gazetteer import Gazetteer, open_gazetteer
from tocsin.places.location import locate_claims
from tocsin.places.mentions import find_mentions
from tocsin.places.naming import footnotes
from tocsin.places.resolution import Resolution, resolve_mentions
from tocsin.places.rows import GazetteerRow, load_places_csv
from tocsin.places.scanning import iterate_peoples

__all__ = [
    "Gazetteer", "GazetteerRow", "Resolution", "find_mentions", "footnotes", "iterate_peoples", "load_places_csv",
    "locate_claims", "open_gazetteer", "resolve_mentions",
]  # fmt: skip
