"""The build hook: puts the built web part into the package, building it where it is missing or stale."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def _load_builder(root: str) -> ModuleType:
    # A build back end does not put the project's own folder on the path.
    spec = importlib.util.spec_from_file_location("tocsin_build_web", Path(root) / "scripts" / "build_web.py")
    if spec is None or spec.loader is None:
        raise ImportError("scripts/build_web.py cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


class WebBuildHook(BuildHookInterface[Any]):
    def dependencies(self) -> list[str]:
        builder = _load_builder(self.root)
        root = Path(self.root)
        return [] if builder.is_built(root) or builder.find_machine_node(root) else [builder.NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        builder = _load_builder(self.root)
        self.app.display_waiting("building the web part with npm, where it is not built yet")
        builder.build_web(Path(self.root), keep_modules=False)
