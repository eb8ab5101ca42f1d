"""The built styles, scripts and map: which hashed file stands behind which name."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from tocsin.errors import KnowledgeError

STATIC = Path(__file__).parent / "static"
MANIFEST = "manifest.json"
_TYPES = {".tiles": "application/octet-stream", ".mjs": "text/javascript"}


class Assets:
    """Names of built files to their addresses; empty where the web part has not been built."""

    def __init__(self, folder: Path = STATIC) -> None:
        self.folder = folder
        self._paths = _read_manifest(folder / MANIFEST)

    @property
    def is_built(self) -> bool:
        """Whether there is anything to serve."""
        return bool(self._paths)

    def address(self, name: str) -> str | None:
        """The address of the file that `name` stands for, or None where it was not built."""
        path = self._paths.get(name)
        return f"/static/{path}" if path else None

    def read(self, name: str) -> str | None:
        """The text of the file that `name` stands for, or None where it was not built."""
        path = self._paths.get(name)
        return (self.folder / path).read_text("utf-8") if path else None


def _read_manifest(path: Path) -> Mapping[str, str]:
    try:
        paths = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as why:
        raise KnowledgeError("web manifest", path, f"cannot be read ({why}); build the web part again") from why
    if not isinstance(paths, dict) or not all(isinstance(v, str) for v in paths.values()):
        raise KnowledgeError("web manifest", path, "must be one object of names and paths")
    return paths


class BuiltFiles(StaticFiles):
    """The built files: those with a hash in their name may be kept for ever."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, check_dir=False)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """One file, with its type and how long it may be kept."""
        response = await super().get_response(path, scope)
        suffix = Path(path).suffix
        if suffix in _TYPES:
            response.headers["content-type"] = _TYPES[suffix]
        if response.status_code in (200, 206, 304):
            lasting = path.replace("\\", "/").startswith("assets/")
            response.headers["cache-control"] = "public, max-age=31536000, immutable" if lasting else "no-cache"
            if lasting and isinstance(response, FileResponse) and _may_be_packed(response, Headers(scope=scope)):
                return await run_in_threadpool(_pack_response, response)
        return response


def _may_be_packed(response: FileResponse, asked: Headers) -> bool:
    is_whole = response.status_code == 200 and "range" not in asked
    return is_whole and "gzip" in asked.get("accept-encoding", "")


def _pack_response(response: FileResponse) -> Response:
    headers = {name: value for name, value in response.headers.items() if name != "content-length"}
    headers |= {"content-encoding": "gzip", "vary": "Accept-Encoding"}
    return Response(_pack(os.fspath(response.path)), headers=headers)


@lru_cache(maxsize=64)
def _pack(path: str) -> bytes:
    """A file packed, once for all who ask: its name changes with what is in it, and packing the map takes a while."""
    return gzip.compress(Path(path).read_bytes(), 9, mtime=0)
