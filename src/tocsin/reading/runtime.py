"""ONNX Runtime, which computes the encoder: loaded so that it tells nobody of it."""

from __future__ import annotations

import os
from types import ModuleType

#: Looked at before ONNX Runtime does anything else. Without it, its official builds keep an identifier of the machine
#: in the user's cache and report to their makers, over the network, each time a model is opened.
SILENCE = "ORT_DISABLE_TELEMETRY"


def load_runtime() -> ModuleType:
    """The module onnxruntime, with its reporting turned off for this process and those it starts."""
    os.environ[SILENCE] = "1"
    import onnxruntime

    # where a program that uses this library had loaded it before, its own switch is what is left
    onnxruntime.disable_telemetry_events()
    return onnxruntime  # type: ignore[no-any-return] # it has no types
