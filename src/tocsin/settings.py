"""Every setting: name, type, default, help. The environment is read here and nowhere else.

Each field of `Settings` may be given in the environment as TOCSIN_<FIELD IN CAPITALS>. The help stands
beside the type; `list_settings` gives the table that docs/settings.md repeats (a test compares them).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any, get_args, get_type_hints

from tocsin.errors import SettingError


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings with their defaults; `load_settings` overlays the environment."""

    home: Annotated[Path | None, "folder of the desk's files; the default is the platform's user data folder"] = None
    database: Annotated[str | None, "SQLAlchemy address of the database; the default is desk.sqlite in home"] = None
    host: Annotated[str, "address the desk listens on; leave it on loopback"] = "127.0.0.1"
    port: Annotated[int, "port the desk listens on"] = 8765
    reader_threads: Annotated[int, "threads the reader may use"] = 1
    max_text_chars: Annotated[int, "longest article text that is read; a longer one is refused by name"] = 1_500_000
    max_file_bytes: Annotated[int, "largest file that is opened"] = 64_000_000
    upload_max_bytes: Annotated[int, "largest body that the web desk accepts"] = 20_000_000
    fetch_max_bytes: Annotated[int, "most bytes taken from one address"] = 10_000_000
    fetch_timeout_seconds: Annotated[float, "longest wait for one address"] = 20.0
    fetch_private: Annotated[bool, "allow private and loopback addresses to be fetched (for tests on one machine)"] = (
        False
    )
    poll_minutes: Annotated[int, "minutes between two fetches of a feed, at least 15"] = 15
    feed_max_entries: Annotated[int, "newest entries taken from one fetch of a feed"] = 200
    naming_policy: Annotated[str, "names of disputed places: un, local or as-reported"] = "un"
    tlp: Annotated[str, "Traffic Light Protocol marking put on exports that carry no other"] = "TLP:AMBER"


def list_settings() -> list[tuple[str, str, Any, str]]:
    """Name, type, default and help of every setting, in order."""
    hints = get_type_hints(Settings, include_extras=True)
    table = []
    for f in fields(Settings):
        kind, help_ = get_args(hints[f.name])
        table.append((f.name, getattr(kind, "__name__", str(kind)), f.default, help_))
    return table


CHOICES = {
    "naming_policy": ("un", "local", "as-reported"),
    "tlp": ("TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"),
}
LEAST = {"poll_minutes": 15, "port": 0, "reader_threads": 1, "feed_max_entries": 1}


def load_settings(environ: Mapping[str, str] | None = None, **given: Any) -> Settings:
    """Defaults, overlaid by the environment, overlaid by `given` (None there means: not given)."""
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    for f in fields(Settings):
        raw = environ.get(f"TOCSIN_{f.name.upper()}")
        if given.get(f.name) is not None:
            values[f.name] = given[f.name]
        elif raw:
            values[f.name] = _convert(f.name, f.default, raw)
    for name, value in values.items():
        _check(name, value)
    return Settings(**values)


def _convert(name: str, default: Any, raw: str) -> Any:
    kind = type(default)
    try:
        if kind is bool:
            return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[raw.lower()]
        if kind in (int, float):
            return kind(raw)
        return Path(raw).expanduser() if name == "home" else raw
    except (KeyError, ValueError) as why:
        raise SettingError(f"setting TOCSIN_{name.upper()}", raw, f"must be of type {kind.__name__}") from why


def _check(name: str, value: Any) -> None:
    if name in CHOICES and value not in CHOICES[name]:
        raise SettingError(f"setting {name}", value, f"must be one of {', '.join(CHOICES[name])}")
    if name in LEAST and value < LEAST[name]:
        raise SettingError(f"setting {name}", value, f"must be at least {LEAST[name]}")
