"""Running the web desk."""

from __future__ import annotations

import socket
from collections.abc import Callable

from tocsin.delivering import Courier
from tocsin.desk import Desk
from tocsin.errors import SettingError
from tocsin.settings import Settings


def run_server(
    desk: Desk,
    settings: Settings,
    listener: socket.socket,
    *,
    with_watch: bool,
    courier: Courier | None,
    announce: Callable[[str], None],
) -> None:
    """Serve the desk on what `open_listener` gave until interrupted; `announce` is told the address.

    courier  sends notices meanwhile; None: nothing is sent
    """
    import uvicorn

    from tocsin.web import make_app

    port = listener.getsockname()[1]
    shown = f"[{settings.host}]" if ":" in settings.host else settings.host
    announce(f"http://{shown}:{port}/")
    config = uvicorn.Config(
        make_app(desk, watch=with_watch, courier=courier), log_level="warning", access_log=False, server_header=False
    )
    uvicorn.Server(config).run(sockets=[listener])


def open_listener(settings: Settings) -> socket.socket:
    """A socket that holds the desk's port; raises SettingError where it cannot be had, before anything long is done."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
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
