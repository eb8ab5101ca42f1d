"""How long the map takes until everything is drawn, in a browser, at 10,000 incidents.

Chromium without a graphics card opens `/map` anew, nothing kept from before, and the clock runs from the start of the
navigation until the map says that it is ready: everything that it was given is on the screen. The browser's own window
stands before the clock begins, as that of a person does; what it costs to open one is none of the page's time. "Words"
is when the page with its counts and its list is first seen, "bytes" what all answers weigh as sent. The store is that
of `benchmarks.pages`; `--home` uses one that is filled already. Needs Chromium and playwright.
"""

from __future__ import annotations

import os
import shutil
import time
from typing import TYPE_CHECKING, Any

from benchmarks.pages import measure_filled, serving
from benchmarks.timing import Timing, write_result
from tocsin.desk import Desk

if TYPE_CHECKING:
    from playwright.sync_api import Browser

RUNS = 9
#: Seconds in which a new window of the browser comes to rest.
REST = 1.0
PATHS = {"whole": "/map", "seven days": "/map?last=7d", "front": "/"}
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
VIEWPORT = {"width": 1280, "height": 800}
#: Notes the moments before any script of the page runs; `performance.now()` counts from the start of the navigation.
WATCH = """
new MutationObserver(() => {
  const map = document.querySelector('#map');
  if (map?.dataset.mapReady !== undefined) window.readyAt ??= performance.now();
}).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-map-ready'] });
"""
MEASURE = """() => ({
  ready: window.readyAt,
  words: performance.getEntriesByName('first-contentful-paint')[0]?.startTime,
  data: performance.getEntriesByType('resource').find((one) => one.name.includes('/api/map'))?.responseEnd,
  bytes: performance.getEntriesByType('resource').reduce((sum, one) => sum + one.encodedBodySize, 0),
})"""


def main() -> None:
    """Measure and write benchmarks/results/drawing.json."""
    measure_filled(__doc__, _measure)


def _measure(desk: Desk) -> None:
    from playwright.sync_api import sync_playwright

    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    load = os.getloadavg()[0]
    with serving(desk) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        shown = {name: _open_often(browser, base + path) for name, path in PATHS.items()}
        browser.close()
    write_result("drawing", {"runs": RUNS, "load_average": round(load, 1), "milliseconds": shown})


def _open_often(browser: Browser, address: str) -> dict[str, Any]:
    _open(browser, address)  # the server's first answer, which is not counted
    runs = [_open(browser, address) for _ in range(RUNS)]
    ready = Timing(tuple(run["ready"] for run in runs))
    return {
        "median": round(ready.median),
        "p95": round(ready.p95),
        "words there": round(Timing(tuple(run["words"] for run in runs)).median),
        "map data there": round(Timing(tuple(run["data"] for run in runs)).median),
        "bytes": runs[0]["bytes"],
    }


def _open(browser: Browser, address: str) -> dict[str, float]:
    context = browser.new_context(viewport=VIEWPORT)  # type: ignore[arg-type]
    try:
        page = context.new_page()
        page.add_init_script(WATCH)
        page.goto("about:blank")
        time.sleep(REST)
        page.goto(address)
        page.locator("#map[data-map-ready]").wait_for(timeout=60_000)
        measured: dict[str, float] = page.evaluate(MEASURE)
        return measured
    finally:
        context.close()


if __name__ == "__main__":
    main()
