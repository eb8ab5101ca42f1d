"""What runs beside the pages: the feed watch, whose troubles are shown, and the loading of the reader."""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from tocsin.desk import Desk
from tocsin.desk.taken import Taken
from tocsin.errors import TocsinError
from tocsin.service.delivering import PATIENCE_SECONDS as LAST_DELIVERY_SECONDS
from tocsin.service.delivering import Courier
from tocsin.service.watching import Watcher
from tocsin.web.rendering import load_templates

log = logging.getLogger("tocsin.web")
#: How long a round in hand may take to end when the desk is shut.
PATIENCE_SECONDS = 10.0


class ShownWatcher(Watcher):
    """A watch that remembers how its last round went, for the outlets page and the health report."""

    def __init__(self, desk: Desk, tick_seconds: float = 60.0) -> None:
        super().__init__(desk, tick_seconds=tick_seconds)
        self._clock = desk.clock
        self.round_at: datetime | None = None
        self.problem: str | None = None

    def run_once(self) -> Taken:
        """One round; what stops it is kept in words."""
        try:
            taken = super().run_once()
        except TocsinError as why:
            self.problem = str(why)
            raise
        except Exception:
            self.problem = "a defect of the desk; its log says more"
            raise
        else:
            self.problem = None
            return taken
        finally:
            self.round_at = self._clock.now()


def _warm_up(app: FastAPI) -> None:
    """Load the reader and the gazetteer, so that the first pasted report does not wait for them; the pages first."""
    load_templates(app.state.templates)
    try:
        app.state.desk.knowledge()
    except TocsinError as why:
        log.warning("the reader could not be loaded beforehand: %s", why)
    except Exception:  # the desk must come up and say what is wrong when it is first needed
        log.exception("the reader could not be loaded beforehand")
    _settle_memory()


def _settle_memory() -> None:
    """Take what a desk holds for good out of the collector's rounds.

    The map of 10,000 incidents makes so many objects that the collector goes through everything every few requests:
    programs, tables and knowledge, which stay anyway, made that a tenth of a second each time.
    """
    gc.collect()
    gc.freeze()


@asynccontextmanager
async def run_beside(app: FastAPI) -> AsyncIterator[None]:
    """The application's life: start what runs beside it, stop it gracefully."""
    if app.state.is_warmed:
        _settle_memory()
        threading.Thread(target=_warm_up, args=(app,), name="tocsin-warm-up", daemon=True).start()
    watcher: ShownWatcher | None = app.state.watcher
    courier: Courier | None = app.state.courier
    if courier:
        app.state.desk.on_notices = courier.wake
        courier.start()
    if watcher:
        watcher.start()
    try:
        yield
    finally:
        if app.state.is_warmed:
            gc.unfreeze()  # whoever runs several desks in one process may want their memory back
        if watcher:
            await run_in_threadpool(watcher.stop, PATIENCE_SECONDS)
        if courier:
            await run_in_threadpool(courier.stop, LAST_DELIVERY_SECONDS)
