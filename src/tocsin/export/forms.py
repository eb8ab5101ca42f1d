"""The forms in which things leave the desk: what each is called, what kind of file it is and what may take it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from tocsin.errors import StoreError

_TABLES = {
    "csv": ("CSV", "text/csv; charset=utf-8"),
    "jsonl": ("JSON Lines", "application/jsonl; charset=utf-8"),
    "parquet": ("Parquet", "application/vnd.apache.parquet"),
}
_SHAPES = {"acled": "ACLED's columns", "ged": "UCDP GED's columns", "polecat": "POLECAT's columns"}


@dataclass(frozen=True, slots=True)
class Form:
    """One form of export.

    name        as asked for: "csv", "acled.parquet"
    title       in words
    media_type  of the file, as HTTP has it; suffix the end of its name
    shape       whose columns: "own" or one of another project
    writing     how its rows are written: "csv", "jsonl", "parquet", or the name itself for what is no table
    """

    name: str
    title: str
    media_type: str
    suffix: str
    shape: str
    writing: str

    @property
    def is_binary(self) -> bool:
        """Whether it is bytes and no text."""
        return self.writing == "parquet"


def _list_tables(shape: str) -> list[Form]:
    """The three ways to write a table; of another project's columns, the bare name is the CSV."""
    forms = []
    for writing, (title, media_type) in _TABLES.items():
        if shape == "own":
            forms.append(Form(writing, title, media_type, writing, shape, writing))
        else:
            name = shape if writing == "csv" else f"{shape}.{writing}"
            forms.append(Form(name, f"{title} in {_SHAPES[shape]}", media_type, f"{shape}.{writing}", shape, writing))
    return forms


_OTHERS = (
    Form("geojson", "GeoJSON", "application/geo+json", "geojson", "own", "geojson"),
    Form("kml", "KML", "application/vnd.google-earth.kml+xml", "kml", "own", "kml"),
    Form("stix", "a STIX 2.1 bundle", "application/stix+json;version=2.1", "stix.json", "stix", "stix"),
    Form("gdelt", "GDELT's event table", "text/tab-separated-values; charset=utf-8", "gdelt.tsv", "gdelt", "gdelt"),
)
ALL_FORMS: dict[str, Form] = {
    form.name: form for form in (*_list_tables("own"), *(f for s in _SHAPES for f in _list_tables(s)), *_OTHERS)
}

_PLAIN = ("csv", "jsonl", "parquet")
#: What may be exported, and in which forms.
FORMS: dict[str, tuple[str, ...]] = {
    "incidents": (
        *_PLAIN, "geojson", "kml", "acled", "acled.jsonl", "acled.parquet", "ged", "ged.jsonl", "ged.parquet",
        "gdelt", "stix",
    ),
    "claims": (*_PLAIN, "geojson", "polecat", "polecat.jsonl", "polecat.parquet"),
    "articles": _PLAIN,
    "tensions": _PLAIN,
    "alerts": _PLAIN,
}  # fmt: skip


def find_form_of_file(what: str, name: str) -> str:
    """The form that the name of a file says ("march.acled.csv"), of what is exported; "csv" where it has no ending.

    Raises StoreError for an ending that no form has: a file must not be called what it is not.
    """
    forms = FORMS.get(what, ())
    ends = {f".{ALL_FORMS[form].suffix}": form for form in forms}
    found = max((end for end in ends if name.lower().endswith(end)), key=len, default=None)
    if found is None and forms and PurePath(name).suffix:
        raise StoreError("export file", name[:80], f"must end in one of {', '.join(ends)}, or give --format")
    return ends[found] if found else "csv"
