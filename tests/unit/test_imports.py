"""What may be imported where, seen in fresh interpreters: the layer contracts cannot see what a library pulls in."""

from __future__ import annotations

import json
import pkgutil
import subprocess
import sys

import studio

WINDOW = ("PySide6", "shiboken6", "pyqtgraph", "superqt")
MODULES = [info.name for info in pkgutil.walk_packages(studio.__path__, "studio.")]
LIGHT = ("studio.jobs.", "studio.data.", "studio.errors", "studio.paths")
DEVICE = "studio.jobs.device"  # asks torch which devices there are; device_info is what the window reads

# Imports the named modules one after another and prints those after which a forbidden library was there.
LOADED = """
import importlib, json, sys
modules, libraries = json.loads(sys.argv[1])
guilty = {}
for module in modules:
    importlib.import_module(module)
    for library in libraries:
        if library in sys.modules:
            guilty.setdefault(library, module)
print(json.dumps(guilty))
"""

# Imports the named modules where the named libraries are not installed.
MISSING = """
import importlib, json, sys
modules, libraries = json.loads(sys.argv[1])

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in libraries:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Missing())
for module in modules:
    importlib.import_module(module)
"""


def run(code: str, modules: list[str], libraries: tuple[str, ...]) -> str:
    """Return what `code` prints in an interpreter of its own."""
    command = [sys.executable, "-c", code, json.dumps([modules, libraries])]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    return found.stdout


def first_importers(modules: list[str], libraries: tuple[str, ...]) -> dict[str, str]:
    """Return, by library, the module that was the first to load it."""
    guilty: dict[str, str] = json.loads(run(LOADED, modules, libraries))
    return guilty


def test_settings_are_read_without_torch_or_a_window() -> None:
    """The window shows, and a manifest is read, before torch is there."""
    specs = [
        name for name in MODULES if (name.startswith(LIGHT) or name.endswith((".spec", ".settings"))) and name != DEVICE
    ]
    rooms = ["studio.training", "studio.dream", "studio.lab", "studio.cli", "studio.models", "studio.project"]
    kept = ["studio.project.recipe", "studio.project.history", "studio.project.archive", "studio.project.presets"]
    assert first_importers([*specs, *rooms, *kept], (*WINDOW, "torch")) == {}


def test_the_core_runs_where_qt_is_missing() -> None:
    """A GPU server trains from the command line, without PySide6."""
    core = [name for name in MODULES if name.split(".")[1] not in ("ui", "session", "app")]
    run(MISSING, core, WINDOW)


def test_the_window_is_built_before_torch_is_loaded() -> None:
    """torch takes seconds to import; the window does not wait for it."""
    assert first_importers(["studio.app"], ("torch",)) == {}
