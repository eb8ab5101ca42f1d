"""Makes the docs' pictures anew, from the bundled exercise: python scripts/make_pictures.py [NAME...]

Needs Chromium and the tools for the checks (`make test` sets both up). Each picture is a window of 1200 pixels in the
light theme, under 250 kB: with Pillow it is drawn with 256 colours, without it stays as the browser wrote it. The name
"sitrep" stands for the pages of a situation report (`report_pictures.py`).
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.browser.conftest import CHROMIUM, FLAGS, open_in, serve  # noqa: E402

from scripts.report_pictures import draw_report  # noqa: E402
from tocsin.desk.opening import load_knowledge  # noqa: E402
from tocsin.pipeline import Knowledge  # noqa: E402
from tocsin.records import Filter  # noqa: E402
from tocsin.settings import Settings  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tocsin.desk import Desk

IMAGES = ROOT / "docs/images"
WIDTH, HEIGHT, MOST_BYTES = 1200, 860, 250_000
SITREP = "sitrep"


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture.

    path     of the screen, with {ids} of the exercise
    prepare  what is done on the page first
    height   of the window, pixels
    """

    path: str
    prepare: Callable[[Page], None] = lambda _: None
    height: int = HEIGHT


def open_folds(selector: str) -> Callable[[Page], None]:
    """Open what explains itself only when asked."""
    return lambda page: page.evaluate("one => document.querySelector(one)?.setAttribute('open', '')", selector)


def begin_shift(page: Page) -> None:
    """The inbox of somebody in a shift, with a row ticked."""
    page.locator("button[value=begin]").click()
    page.locator("[name=incident]").nth(1).check()
    page.locator("h1").hover()


def show_network(page: Page) -> None:
    """Who does what to whom, below the filters."""
    page.evaluate("document.querySelector('.network').scrollIntoView(false)")


PICTURES = {
    "first-screen": Picture("/"),
    "inbox": Picture("/inbox?within=7d", begin_shift, 960),
    "incident": Picture("/incidents/{incident}", open_folds(".claim-card .why"), 980),
    "article": Picture("/articles/{article}", open_folds(".claim-card .why")),
    "map": Picture("/map?last=7d", lambda page: page.locator("#map[data-map-ready]").wait_for(), 960),
    "alert": Picture("/alerts/{alert}"),
    "actors": Picture("/actors", show_network),
    "place": Picture("/places/{place}"),
}


def find_ids(desk: Desk) -> dict[str, str]:
    """What is shown: an incident that is told in many ways, an article of it, the gravest alert and its place."""
    disputed = [one for one in desk.store.incidents(Filter(limit=500)) if one.state == "disputed" and one.tolls]
    incident = max(disputed, key=lambda one: (len(one.outlets), len(one.claim_ids)))
    alert = next(one for one in desk.store.alerts() if one.state == "firing")
    article = desk.store.claim(incident.claim_ids[0]).article_id
    return {"incident": incident.id, "article": article, "alert": alert.id, "place": alert.place_id}


def shrink(png: bytes) -> bytes:
    """The same with 256 colours, where Pillow is installed and the result is smaller."""
    try:
        from PIL import Image
    except ImportError:
        return png
    small = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").quantize(256).save(small, "PNG", optimize=True)
    return min(png, small.getvalue(), key=len)


def main(names: list[str]) -> int:
    """Make the pictures of these names, or all; 1 where one is too large."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory(prefix="tocsin-pictures-") as folder, sync_playwright() as playwright:

        @cache
        def get_knowledge(is_exercise: bool = False) -> Knowledge:
            return load_knowledge(Settings(), Path(folder), is_exercise=is_exercise)

        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with open_in(Path(folder), get_knowledge) as desk:
            desk.load_exercise()
            ids = find_ids(desk)
            with serve(desk) as address:
                context = chromium.new_context(base_url=address, color_scheme="light", reduced_motion="reduce")
                screens = [name for name in names if name != SITREP] if names else list(PICTURES)
                sizes = [save(context.new_page(), name, ids) for name in screens]
            if not names or SITREP in names:
                sizes += [keep(name, png) for name, png in draw_report(desk)]
        chromium.close()
    return max(sizes) > MOST_BYTES


def save(page: Page, name: str, ids: dict[str, str]) -> int:
    """Make one picture; its size in bytes."""
    picture = PICTURES[name]
    page.set_viewport_size({"width": WIDTH, "height": picture.height})
    page.goto(picture.path.format(**ids), wait_until="networkidle")
    if page.locator("#map").count():
        page.locator("#map[data-map-ready]").wait_for()
    picture.prepare(page)
    page.wait_for_timeout(300)  # what is drawn by a script follows the layout
    size = keep(name, page.screenshot())
    page.close()
    return size


def keep(name: str, png: bytes) -> int:
    """Write a picture where the docs show it, made small; its size in bytes."""
    small = shrink(png)
    (IMAGES / f"{name}.png").write_bytes(small)
    print(f"{name}: {len(small) / 1000:.0f} kB" + (": TOO LARGE" if len(small) > MOST_BYTES else ""))
    return len(small)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
