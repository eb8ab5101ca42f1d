"""A world gazetteer on generated rows: seconds to build, size, peak memory, and how long a lookup takes.

GeoNames' own table cannot be had without the network, so a table of its form is made up: 19 columns, numbers that rise,
names of the lengths and scripts seen there, one to a few alternate names for half the places, kinds and populations in
like proportions. ``python -m benchmarks.gazetteer --rows 13500000`` needs 6 GB in the temporary folder (TMPDIR).
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.timing import write_result


def _split(words: str) -> tuple[str, ...]:
    return tuple(words.split())


#: Shares of kinds in the world's table, rounded: waters, land and buildings are more than half.
KINDS = (
    ("P", "PPL", 34), ("P", "PPLL", 3), ("P", "PPLA3", 2), ("H", "STM", 12), ("H", "LK", 5), ("H", "SPNG", 2),
    ("T", "MT", 7), ("T", "HLL", 5), ("T", "ISL", 2), ("S", "HTL", 4), ("S", "SCH", 5), ("S", "CH", 4), ("S", "FRM", 5),
    ("S", "BDG", 2), ("L", "LCTY", 3), ("L", "PRK", 1), ("A", "ADM4", 2), ("A", "ADM3", 1), ("V", "FRST", 1),
)  # fmt: skip
COUNTRIES = _split("US CN IN ID NO MX RU PK IR TR DE FR BR ML UA RS XK NG SD CD ET SY IQ AF CO PE")
ONSETS = _split("b d f g h k l m n p r s t v z br dr gr kh sh st tr ny")
VOWELS = _split("a e i o u aa ei ou")
ENDS = ("", "", "", "n", "r", "s", "vo", "grad", "abad", "pur", "ville", "ia", "ic", "ow")
MARKED = str.maketrans("aeioucsz", "āéıöüčšž")  # on the stem of one name in four
WORDS = _split(
    "Upper Lower North South East West New Old Saint Mount River Creek Lake Bridge School Church Hotel Camp Hill "
    "Valley San Santa El La Al Bir Wadi Jabal Rio Cerro Monte Gora Reka Selo Kampung Desa Nagar Tepe Köy Dere"
)
SCRIPTS = ("абвгдежзиклмнопрстуфхц", "ابتثجحدرزسشطعفقكلمنهوي", "中山河北南西东江海城州县镇村水", "कखगघचजटडतदनपबमरलवसह")


class Maker:
    """Makes up lines of the table; the same ones for the same number of rows."""

    def __init__(self) -> None:
        self.random = random.Random(7)
        self.stems = [self._stem() for _ in range(400_000)]
        self.kinds = [(feature_class, code) for feature_class, code, share in KINDS for _ in range(share)]
        self.asked: list[str] = []

    def _stem(self) -> str:
        choice = self.random.choice
        syllables = self.random.choices((1, 2, 3), (2, 5, 3))[0]
        stem = "".join(choice(ONSETS) + choice(VOWELS) for _ in range(syllables)) + choice(ENDS)
        return (stem if self.random.random() < 0.75 else stem.translate(MARKED)).capitalize()

    def name(self) -> str:
        """One to four words; the words beside the stem return as they do on maps."""
        draw = self.random.random()
        stem = self.stems[int(len(self.stems) * self.random.random() ** 1.6)]
        if draw < 0.45:
            return stem
        if draw < 0.8:
            return f"{self.random.choice(WORDS)} {stem}"
        if draw < 0.95:
            return f"{stem} {self.random.choice(WORDS)} {self.random.choice(WORDS)}"
        return f"{self.random.choice(WORDS)} {self.random.choice(WORDS)}"  # New Hotel: thousands of these

    def others(self, name: str) -> str:
        """Half have none; the others one to eight, the first of them a way to write the name."""
        draw = self.random.random()
        if draw < 0.5:
            return ""
        names = [make_ascii(name)]
        for _ in range(1 if draw < 0.8 else 2 if draw < 0.92 else 7):
            script = self.random.random()
            if script < 0.6:
                names.append(self.name())
            else:
                letters = self.random.choice(SCRIPTS)
                names.append("".join(self.random.choices(letters, k=self.random.randint(3, 9))))
        return ",".join(names)

    def lines(self, rows: int) -> Iterator[str]:
        """The table, its numbers rising with gaps."""
        number = 0
        for at in range(rows):
            number += 1 if at % 7 else 2
            name = self.name()
            feature_class, code = self.random.choice(self.kinds)
            people = int(10 ** self.random.uniform(2, 5.5)) if feature_class == "P" and at % 10 == 0 else 0
            country = COUNTRIES[at % len(COUNTRIES)]
            lat, lon = self.random.uniform(-60, 75), self.random.uniform(-180, 180)
            first = f"{at % 40:02}"
            if self.random.random() < 0.001:
                self.asked.append(name)
            yield (
                f"{number}\t{name}\t{make_ascii(name)}\t{self.others(name)}\t{lat:.5f}\t{lon:.5f}"
                f"\t{feature_class}\t{code}\t{country}\t\t{first}\t{first}{at % 90:02}\t\t\t{people}\t\t{at % 3000}"
                "\tEurope/Belgrade\t2019-03-04\n"
            )


def make_ascii(name: str) -> str:
    """The name as the third column has it."""
    return name if name.isascii() else unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()


def make_table(folder: Path, rows: int) -> tuple[Path, list[str]]:
    """allCountries.zip with that many rows, and names to ask for, as often as they occur."""
    maker = Maker()
    path = folder / "allCountries.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed,
        packed.open("allCountries.txt", "w", force_zip64=True) as file,
    ):
        batch: list[str] = []
        for line in maker.lines(rows):
            batch.append(line)
            if len(batch) == 10_000:
                file.write("".join(batch).encode())
                batch = []
        file.write("".join(batch).encode())
    return path, maker.asked


def build_and_tell(folder: Path) -> None:
    """In a process of its own, so that its memory is its own: build, and print seconds and peak."""
    from tocsin.places.profiles import build_profile, find_files

    start = time.perf_counter()
    stages: dict[str, float] = {}

    def step(what: str, *_: int | None) -> None:
        stages.setdefault(what, round(time.perf_counter() - start, 1))

    build_profile(folder / "gazetteer.sqlite", find_files([folder / "allCountries.zip"]), step=step)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": round(seconds, 1), "cpu_seconds": round(time.process_time(), 1),
                      "peak_megabytes": round(peak), "stages_begin_at": stages}))  # fmt: skip


def time_lookups(path: Path, asked: list[str], most: int = 20_000) -> dict[str, Any]:
    """Milliseconds of exact lookups past every cache of ours, by name drawn as often as it occurs, and of none."""
    from tocsin.places import Gazetteer
    from tocsin.places.folding import fold_name

    gazetteer = Gazetteer(path)
    random.Random(1).shuffle(asked)
    asked = asked[:most]
    names = asked + [name[::-1] for name in asked[: len(asked) // 4]]
    gazetteer.find("warm up")
    seconds, cpu, found = [], [], 0
    for name in names:
        start, begun = time.perf_counter(), time.thread_time()
        rows = gazetteer._find_folded(fold_name(name))
        cpu.append(time.thread_time() - begun)
        seconds.append(time.perf_counter() - start)
        found += bool(rows)
    seconds.sort()
    cpu.sort()
    searches = []
    for words in ("old brid", "north camp", "hotel", *asked[:20]):
        start = time.perf_counter()
        gazetteer.search(words)
        searches.append(time.perf_counter() - start)
    gazetteer.close()
    return {
        "lookups": len(names),
        "found": found,
        "median_ms": round(1000 * seconds[len(seconds) // 2], 4),
        "p99_ms": round(1000 * seconds[int(len(seconds) * 0.99)], 4),
        "p99_cpu_ms": round(1000 * cpu[int(len(cpu) * 0.99)], 4),
        "slowest_ms": round(1000 * seconds[-1], 2),
        "search_median_ms": round(1000 * sorted(searches)[len(searches) // 2], 1),
        "search_slowest_ms": round(1000 * max(searches), 1),
    }


def main() -> None:
    """Measure and write benchmarks/results/gazetteer.json."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path, help="folder for the table and the gazetteer, kept afterwards")
    parser.add_argument("--build", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.build:
        build_and_tell(given.build)
        return
    with tempfile.TemporaryDirectory() as made:
        folder = given.keep or Path(made)
        start = time.perf_counter()
        table, asked = make_table(folder, given.rows)
        print(f"made {given.rows:,} rows in {time.perf_counter() - start:.0f} s", file=sys.stderr)
        command = [sys.executable, "-m", "benchmarks.gazetteer", "--build", str(folder)]
        built = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        path = folder / "gazetteer.sqlite"
        figures = {
            "rows": given.rows,
            "table_megabytes_zipped": round(table.stat().st_size / 1e6),
            **built,
            "rows_per_second": round(given.rows / built["seconds"]),
            "gazetteer_megabytes": round(path.stat().st_size / 1e6),
            **time_lookups(path, asked),
        }
    write_result("gazetteer", figures)


if __name__ == "__main__":
    main()
