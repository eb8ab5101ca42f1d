"""What GeoNames' kinds of places are in our words: `knowledge/places_features.toml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import get_args

from tocsin.errors import KnowledgeError
from tocsin.knowledge.files import load_toml
from tocsin.records import PlacePrecision

Kind = tuple[PlacePrecision, str]
"""How precise such a place is, and what it is in a word."""

_NAME = "places_features.toml"
_PRECISIONS = get_args(PlacePrecision)


class FeatureTable:
    """Kinds by GeoNames' feature class and code; a code that is not listed is what its class is."""

    def __init__(self, version: str, classes: dict[str, Kind], codes: dict[str, Kind]) -> None:
        self.version = version
        self._classes, self._codes = classes, codes
        self._met: dict[tuple[str, str], Kind] = {}

    def kind(self, feature_class: str, code: str) -> Kind:
        """The kind of a place by columns 7 and 8 of a dump ("S", "BDG")."""
        found = self._met.get((feature_class, code))
        if found is None:
            by_class = self._classes.get(feature_class, self._classes[""])
            found = self._met[feature_class, code] = self._codes.get(f"{feature_class}.{code}", by_class)
        return found


@cache
def load_features(path: Path | None = None) -> FeatureTable:
    """The bundled table or a user's own; raises KnowledgeError where a kind is malformed or a code comes twice."""
    table = load_toml(_NAME, path)
    which = str(path or _NAME)
    classes = {name: _check(which, name, kind) for name, kind in dict(table.get("class", {})).items()}
    if "" not in classes:
        raise KnowledgeError("knowledge file", which, 'must say under [class] what a place without a class is ("")')
    codes: dict[str, Kind] = {}
    for entry in table.get("kind", []):
        kind = _check(which, str(entry.get("codes")), [entry.get("precision"), entry.get("feature")])
        for code in entry["codes"]:
            if code in codes:
                raise KnowledgeError("knowledge file", which, f"has the code {code} twice")
            codes[code] = kind
    return FeatureTable(str(table.get("version", "")), classes, codes)


def _check(which: str, name: str, kind: object) -> Kind:
    match kind:
        case [str(precision), str(feature)] if precision in _PRECISIONS and feature:
            return precision, feature  # type: ignore[return-value]  # checked against the literal
    why = f"must give {name!r} a precision ({', '.join(_PRECISIONS)}) and a feature"
    raise KnowledgeError("knowledge file", which, why)
