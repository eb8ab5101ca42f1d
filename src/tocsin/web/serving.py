"""Running the web desk."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType
from typing import TYPE_CHECKING, Any

from tocsin.desk import Desk
from tocsin.desk.accounts import check_accounts_setting, make_first_link, show_setup_address
from tocsin.errors import SettingError
from tocsin.service.delivering import Courier
from tocsin.service.stopping import Stop
from tocsin.settings import Settings

if TYPE_CHECKING:
    import uvicorn

#: Longest time that a request in hand has when the desk stops.
_REQUEST_SECONDS = 10.0
#: A connection that nothing is asked on stays open so long: longer than a proxy in front of the desk keeps its own (60
#: seconds with nginx), which would else send a request into one that is just being closed, and answer 502.
_KEEP_ALIVE_SECONDS = 75
#: Whose word on whom they ask for is always believed: whoever is on this machine.
_OWN = ("127.0.0.1", "::1")
#: Connections that may wait to be accepted.
BACKLOG = 256


def run_server(
    desk: Desk,
    settings: Settings,
    listener: socket.socket,
    *,
    with_watch: bool,
    courier: Courier | None,
    announce: Callable[[str], None],
    announce_setup: Callable[[str], None] | None = None,
) -> None:
    """Serve the desk on what `open_listener` gave until interrupted; `announce` is told the address.

    courier         sends notices meanwhile; None: nothing is sent
    announce_setup  told the address that sets up the first account, where one is needed and there is none. It is shown
                    here once and kept nowhere
    """
    from tocsin.web import make_app

    port = listener.getsockname()[1]
    shown = f"[{settings.host}]" if ":" in settings.host else settings.host
    announce(f"http://{shown}:{port}/")
    if announce_setup is not None and (secret := make_first_link(desk.store, settings, desk.clock.now())) is not None:
        # whoever listens to the whole network cannot be asked under that address
        here = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else shown  # noqa: S104 - compared, not listened on
        announce_setup(show_setup_address(secret, settings, f"http://{here}:{port}"))
    _make_server(make_app(desk, watch=with_watch, courier=courier), settings).run(sockets=[listener])


def open_served_desk(settings: Settings) -> Desk:
    """The desk for `run_server`: with a process beside this one that works for it, unless the setting says no."""
    from tocsin.desk.opening import make_desk
    from tocsin.service.allocating import settle_allocator
    from tocsin.service.apart import make_desk_apart

    settle_allocator()
    return make_desk_apart(settings) if settings.worker else make_desk(settings)


@contextmanager
def answering_vital(desk: Desk, settings: Settings) -> Iterator[int | None]:
    """Answer /health, /ready and /metrics on the setting health_port while the block lasts; the port, None for none.

    What is opened so runs for months.
    """
    from tocsin.service.allocating import settle_allocator

    settle_allocator()
    if not settings.health_port:
        yield None
        return
    from tocsin.service.meters import Meters
    from tocsin.web.vital import make_vital_app

    meters = Meters(desk.store, desk.clock)
    desk.observer = meters
    with open_listener(replace(settings, port=settings.health_port)) as listener:
        server = _make_server(make_vital_app(desk, meters), settings)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="tocsin-vital", daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(_REQUEST_SECONDS)


def _make_server(app: Any, settings: Settings) -> uvicorn.Server:
    import uvicorn

    from tocsin.web.patience import make_protocol

    class Server(uvicorn.Server):
        """Ends as `Stop` says: uvicorn itself would kill the process by the signal before the desk is closed."""

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            """See `uvicorn.Server`."""
            stop(sig, frame)

    def ask() -> None:
        app.state.is_stopping = True
        server.should_exit = True

    stop = Stop(ask, settings.stop_seconds)
    patience = int(max(1, min(_REQUEST_SECONDS, settings.stop_seconds / 2)))
    server = Server(
        uvicorn.Config(
            app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=patience,
            backlog=BACKLOG, timeout_keep_alive=_KEEP_ALIVE_SECONDS,
            http=make_protocol(settings.request_timeout_seconds), forwarded_allow_ips=[*_OWN, *settings.proxies],
        )
    )  # fmt: skip
    return server


def open_listener(settings: Settings) -> socket.socket:
    """A socket that holds the desk's port; raises SettingError where it cannot be had, before anything long is done."""
    check_accounts_setting(settings)
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # handed on to each connection: a visitor whose line was cut says no goodbye, and would be held for ever
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    try:
        listener.bind((settings.host, settings.port))
        # Two sockets may be bound to one port as long as neither listens.
        listener.listen()
    except (OSError, OverflowError) as why:
        listener.close()
        raise SettingError(
            "address",
            f"{settings.host}:{settings.port}",
            f"cannot be listened on ({getattr(why, 'strerror', None) or why}); give another --port",
        ) from why
    return listener
