"""Running the web desk."""

from __future__ import annotations

import socket
from collections.abc import Callable

from tocsin.desk import Desk
from tocsin.errors import SettingError
from tocsin.settings import Settings


def run_server(desk: Desk, settings: Settings, *, with_watch: bool, announce: Callable[[str], None]) -> None:
    """Serve the desk until interrupted; `announce` is told the address once the port is ours."""
    import uvicorn

    from tocsin.web import make_app

    listener = _listen(settings)
    port = listener.getsockname()[1]
    shown = f"[{settings.host}]" if ":" in settings.host else settings.host
    announce(f"http://{shown}:{port}/")
    config = uvicorn.Config(
        make_app(desk, watch=with_watch), log_level="warning", access_log=False, server_header=False
    )
    uvicorn.Server(config).run(sockets=[listener])


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as why:
        listener.close()
        raise SettingError(
            "address",
            f"{settings.host}:{settings.port}",
            f"cannot be listened on ({why.strerror}); give another --port",
        ) from why
    return listener
