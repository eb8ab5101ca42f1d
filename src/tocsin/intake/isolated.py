"""The process that reads one hostile document and dies: started by `apart`, never imported by the desk.

It takes a line of JSON and the document's bytes on its standard input, and answers with one JSON object: what it
found, or why not. Before it looks at the first byte it has imported what it needs, is limited, and where the system
allows is sealed (see `confinement`).
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from tocsin.errors import IntakeError
from tocsin.intake.confinement import limit_resources, seal
from tocsin.intake.extracts import Bounds, Extract

Reader = Callable[[bytes, str, Bounds], Extract]


def main() -> None:
    """Read one document from standard input."""
    asked = json.loads(sys.stdin.buffer.readline())
    limit_resources(asked["seconds"], asked["memory"])
    # Modules are found and codecs looked up now: nothing can be opened later.
    read = load_reader(asked["kind"])
    for codec in ("utf-8", "utf-16-le", "cp437", "latin-1", "ascii"):
        "".encode(codec)
    body = sys.stdin.buffer.read()
    is_sealed = seal()
    answer = {"is_sealed": is_sealed} | read_safely(
        read, body, asked["name"], Bounds(**asked["bounds"]), asked["memory"]
    )
    sys.stdout.buffer.write(json.dumps(answer).encode("ascii"))
    sys.stdout.buffer.flush()
    # No clearing up: a library that a document has broken might not survive it.
    os._exit(0)


def load_reader(kind: str) -> Reader:
    """The reader of a kind, with its library loaded."""
    if kind == "pdf":
        import pypdfium2  # type: ignore[import-untyped]  # noqa: F401
        from pypdfium2 import raw  # noqa: F401

        from tocsin.intake.pdf import read_pdf

        return read_pdf
    if kind == "docx":
        from lxml import etree  # noqa: F401

        from tocsin.intake.docx import read_docx

        return read_docx
    if kind == "feed":
        from tocsin.intake.xmlfeeds import read_feed, warm_up

        warm_up()
        return read_feed
    import pyarrow.compute  # type: ignore[import-untyped]
    import pyarrow.parquet  # type: ignore[import-untyped]  # noqa: F401

    from tocsin.intake.parquet import read_parquet

    return read_parquet


def read_safely(read: Reader, body: bytes, name: str, bounds: Bounds, memory: int) -> dict[str, Any]:
    """What a document gave or why it gave nothing, as JSON."""
    try:
        return asdict(read(body, name, bounds))
    except IntakeError as why:
        return {"refused": why.why}
    except MemoryError:
        gc.collect()
        return {"refused": f"needs more than {memory:,} bytes of memory to be read: see document_memory_bytes"}
    except RecursionError:
        return {"refused": "nests too deeply to be read"}
    except Exception as why:  # noqa: BLE001 - a third party's reader meets whatever a stranger wrote
        return {"refused": f"cannot be read ({type(why).__name__})"}
