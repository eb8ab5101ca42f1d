"""The desk's gazetteer: which files it is built from, where they come from, what lies on top, and what is missing."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tocsin.errors import KnowledgeError
from tocsin.settings import Settings

if TYPE_CHECKING:
    from tocsin.intake.downloading import Downloader
    from tocsin.places import Gazetteer, GazetteerRow
    from tocsin.places.layers import Layer

PROFILES = ("bundled", "country", "world")
Step = Callable[[str, int, int | None], None]
"""Told of progress: what is being done, how much of it, and of how much (None where nobody knows)."""

#: What the bundled profile does not hold, and the way to it.
_BUNDLED_LACKS = {
    "what": "villages, hills, rivers, bridges",
    "lost": "of towns only those of 500 people and more are held, of sites only those of the overlay",
    "remedy": "tocsin gazetteer build --country XX --download",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a gazetteer is to be built from.

    profile    bundled, country or world; None: what the files and countries say
    given      GeoNames' files, or folders of them
    countries  ISO 3166-1 codes, alpha-2 or alpha-3
    downloads  whether to fetch what is not given
    """

    profile: str | None = None
    given: tuple[Path, ...] = ()
    countries: tuple[str, ...] = ()
    downloads: bool = False


def build_gazetteer(
    settings: Settings,
    home: Path,
    wish: Wish,
    step: Step = lambda *_: None,
    *,
    downloader: Downloader | None = None,
) -> None:
    """Build what is wished for; the desk uses it from its next start on. The one before stays until it is whole.

    Raises KnowledgeError (or FetchError) where the wish contradicts itself, files are missing or bad, or there is no
    room.
    """
    from tocsin.places.gazetteer import BUILT_NAME, build_bundled
    from tocsin.places.profiles import build_profile, find_files, name_input

    profile, countries = _settle(wish)
    if profile == "bundled":
        build_bundled(home, step)
        with suppress(FileNotFoundError):
            (home / BUILT_NAME).unlink()
        return
    given = list(wish.given)
    if wish.downloads:
        given += _download(settings, home, profile, countries, given, step, downloader)
    elif not given:
        given = [_kept_folder(home)]
    files = find_files(given)
    if profile == "world" and not files.is_world:
        which = ", ".join(path.name for path in files.tables)
        raise KnowledgeError("profile", "world", f"needs allCountries.zip; there is {which}: give --profile country")
    if profile == "country" and files.is_world and not countries and len(files.tables) == 1:
        raise KnowledgeError("profile", "country", "needs --country XX, since the table given holds all countries")
    versions = {name_input(path): _tell_version(path) for path in files.list_all()}
    build_profile(home / BUILT_NAME, files, countries=countries, versions=versions, step=step)


def _settle(wish: Wish) -> tuple[str, tuple[str, ...]]:
    """The profile and the alpha-2 codes; raises KnowledgeError where they contradict one another."""
    from tocsin.places.bundled import load_alpha3

    alpha3 = load_alpha3()
    alpha2 = {three: two for two, three in alpha3.items()}
    countries = []
    for code in wish.countries:
        two = alpha2.get(code.upper(), code.upper())
        if two not in alpha3:
            raise KnowledgeError("country", code, "must be an ISO 3166-1 code, such as XK or XKX")
        countries.append(two)
    profile = wish.profile
    if profile is None:
        if countries or wish.given:
            profile = "country" if countries or not _holds_world(wish.given) else "world"
        elif wish.downloads:
            raise KnowledgeError("download", "nothing", "say what to download: --country XX, or --profile world")
        else:
            profile = "bundled"
    if profile not in PROFILES:
        raise KnowledgeError("profile", profile, f"must be one of {', '.join(PROFILES)}")
    if profile == "bundled" and (wish.given or countries or wish.downloads):
        raise KnowledgeError("profile", "bundled", "needs no files, countries or downloads: it comes with Tocsin")
    if profile == "world" and countries:
        raise KnowledgeError("profile", "world", "takes all countries; leave --country out, or say --profile country")
    if profile == "country" and wish.downloads and not countries:
        raise KnowledgeError("profile", "country", "needs --country XX to know what to download")
    return profile, tuple(dict.fromkeys(countries))


def _holds_world(given: Sequence[Path]) -> bool:
    from tocsin.places.profiles import find_files

    return find_files(given).is_world


def _kept_folder(home: Path) -> Path:
    """Where earlier downloads lie."""
    folder = home / "geonames"
    if not folder.is_dir():
        why = "are not given: name them with --from FOLDER, or say --download"
        raise KnowledgeError("dumps", "GeoNames' files", why)
    return folder


def _download(
    settings: Settings,
    home: Path,
    profile: str,
    countries: Sequence[str],
    given: Sequence[Path],
    step: Step,
    downloader: Downloader | None,
) -> list[Path]:
    """Fetch what is not given; a zip file that is damaged is not kept."""
    from tocsin.intake.downloading import Downloader
    from tocsin.places.dumps import check_zip

    asking = downloader or Downloader(settings)
    got = []
    for name in _list_wanted(profile, countries, given):
        target = home / "geonames" / name
        address = f"{settings.gazetteer_address.rstrip('/')}/{name}"
        asking.download(address, target, lambda done, total, name=name: step(f"downloading {name}", done, total))  # type: ignore[misc]
        if target.suffix == ".zip":
            step(f"checking {name}", 0, None)
            try:
                check_zip(target)
            except KnowledgeError:
                target.unlink(missing_ok=True)
                raise
        got.append(target)
    return got


def _list_wanted(profile: str, countries: Sequence[str], given: Sequence[Path]) -> list[str]:
    """Names below the address of GeoNames' export, tables first."""
    tables = ["allCountries.zip"] if profile == "world" else [f"{code}.zip" for code in countries]
    names = ["alternateNamesV2.zip"] if profile == "world" else [f"alternatenames/{code}.zip" for code in countries]
    shared = ["admin1CodesASCII.txt", "admin2Codes.txt", "countryInfo.txt", "hierarchy.zip"]
    there = {path.stem for folder in given for path in (folder.iterdir() if folder.is_dir() else (folder,))}
    return [name for name in (*tables, *shared, *names) if "/" in name or Path(name).stem not in there]


def _tell_version(path: Path) -> dict[str, Any]:
    from tocsin.intake.downloading import read_version

    noted = {name: value for name, value in asdict(read_version(path)).items() if value and name != "bytes"}
    return noted or {"file_of": datetime.fromtimestamp(path.stat().st_mtime, UTC).strftime("%Y-%m-%d")}


# --- what lies on top


def find_layers(settings: Settings, home: Path) -> tuple[Path, ...]:
    """The mission's own layers: those named in the settings, then those in the desk's folder."""
    from tocsin.places.layers import list_layers

    return tuple(dict.fromkeys((*settings.place_layers, *list_layers(home / "places"))))


def load_own_places(settings: Settings, home: Path) -> tuple[GazetteerRow, ...]:
    """The places of all layers; raises KnowledgeError naming the layer that cannot be used."""
    from tocsin.places.layers import load_layers

    return tuple(row for layer in load_layers(find_layers(settings, home)) for row in layer.rows)


def load_own_shapes(paths: Sequence[Path]) -> tuple[dict[str, Any], ...]:
    """The areas of layers that have a shape, as GeoJSON features; raises KnowledgeError as `load_own_places` does."""
    from tocsin.places.layers import load_layers

    return tuple(
        {
            "type": "Feature",
            "id": row.id,
            "geometry": layer.shapes[row.id],
            "properties": {
                "id": row.id,
                "name": row.name,
                "kind": row.precision,
                "country": row.country,
                "isMission": True,
            },
        }
        for layer in load_layers(paths)
        for row in layer.rows
        if row.id in layer.shapes
    )


def check_layer(settings: Settings, home: Path, path: Path) -> Layer:
    """One layer as it would lie beside the others, with every warning; raises KnowledgeError if it cannot be used."""
    from tocsin.places import open_gazetteer
    from tocsin.places.layers import load_layers, warn_of_parents

    others = [p for p in find_layers(settings, home) if p.name != path.name and p.resolve() != path.resolve()]
    layers = load_layers([*others, path])
    gazetteer = open_gazetteer(home, policy=settings.naming_policy)
    try:
        own = layers[-1]
        orphans = [
            told for at, told in warn_of_parents(layers, lambda id_: gazetteer.row(id_) is not None) if at == path
        ]
    finally:
        gazetteer.close()
    return dataclasses.replace(own, warnings=(*own.warnings, *orphans))


def add_layer(settings: Settings, home: Path, path: Path, *, replace: bool = False) -> tuple[Path, Layer]:
    """Check a layer and copy it into the desk's folder; gives where it lies now.

    Raises KnowledgeError where it cannot be used, or one of its name is there and `replace` is not said.
    """
    layer = check_layer(settings, home, path)
    target = home / "places" / path.name
    if target.exists() and not replace:
        raise KnowledgeError("places layer", target, "is there already: say --replace, or give the file another name")
    part = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, part)
        part.replace(target)
    except OSError as why:
        raise KnowledgeError("places layer", target, f"cannot be written ({why.strerror or why})") from why
    finally:
        part.unlink(missing_ok=True)
    return target, layer


# --- what there is


def open_desk_gazetteer(settings: Settings, home: Path) -> Gazetteer:
    """The desk's gazetteer with the mission's own places on top."""
    from tocsin.places import open_gazetteer

    return open_gazetteer(home, extra=load_own_places(settings, home), policy=settings.naming_policy)


def describe_gazetteer(settings: Settings, home: Path) -> dict[str, Any]:
    """All that `tocsin gazetteer status` tells; raises KnowledgeError where the file or a layer cannot be read."""
    from tocsin.places.bundled import describe_inputs
    from tocsin.places.layers import load_layers

    layers = load_layers(find_layers(settings, home))
    gazetteer = open_desk_gazetteer(settings, home)
    try:
        status, held = gazetteer.status(), gazetteer.contents()
    finally:
        gazetteer.close()
    lacks = [_BUNDLED_LACKS] if status["profile"] == "bundled" else []
    lacks += [
        {"what": name, "lost": lost, "remedy": f"build again with {name} among --from, or with --download"}
        for name, lost in held.get("missing", {}).items()
    ]
    if not held.get("has_search"):
        remedy = "use a Python whose SQLite has FTS5, then build again"
        lacks.append({"what": "full-text search", "lost": "gazetteer find knows whole names only", "remedy": remedy})
    if changed := [name for name, told in describe_inputs().items() if held["inputs"].get(name) != told]:
        lacks.append({"what": f"the newest {', '.join(changed)}", "lost": "what was changed there since it was built",
                      "remedy": "build again"})  # fmt: skip
    return {
        **status,
        "counts": held.get("counts", {}),
        "profile_countries": held.get("profile_countries", []),
        "faults": held.get("faults", {"count": 0, "first": []}),
        "layers": [{"path": str(layer.path), "places": len(layer.rows), "warnings": list(layer.warnings)}
                   for layer in layers],
        "missing": lacks,
    }  # fmt: skip
