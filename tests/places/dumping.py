"""GeoNames' tables made small: lines of the right form, zipped or not."""

from __future__ import annotations

import zipfile
from pathlib import Path

XK = Path(__file__).parent / "geonames" / "XK.txt"


def make_line(number: int, name: str, **given: object) -> str:
    """One line of the main table, 19 columns."""
    cells = {
        "ascii": name, "names": "", "lat": "10.5", "lon": "20.25", "class": "P", "code": "PPL", "country": "XK",
        "cc2": "", "admin1": "30", "admin2": "", "admin3": "", "admin4": "", "people": "0", "height": "", "dem": "100",
        "zone": "Europe/Belgrade", "changed": "2020-01-01",
    }  # fmt: skip
    cells |= {key: str(value) for key, value in given.items()}
    return "\t".join((str(number), name, *cells.values()))


def write_table(path: Path, *lines: str, end: str = "\n") -> Path:
    """A table as text, or in a zip file, by the path's suffix."""
    content = "\n".join(lines) + (end if lines else "")
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr(f"{path.stem}.txt", content)
    else:
        path.write_text(content, "utf-8")
    return path
