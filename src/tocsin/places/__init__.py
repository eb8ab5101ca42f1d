"""Places: claims to located claims, with candidates from a gazetteer and a reason for each choice."""

from tocsin.places.gazetteer import Gazetteer, open_gazetteer
from tocsin.places.location import locate_claims
from tocsin.places.mentions import find_mentions
from tocsin.places.naming import footnotes
from tocsin.places.rows import GazetteerRow, load_places_csv

__all__ = [
    "Gazetteer", "GazetteerRow", "find_mentions", "footnotes", "load_places_csv", "locate_claims", "open_gazetteer",
]  # fmt: skip
