"""What may be imported where, seen in fresh interpreters: the layer contracts cannot see what a library pulls in."""

from __future__ import annotations

import subprocess
import sys

WINDOW = ("PySide6", "shiboken6", "pyqtgraph", "superqt")


def run(code: str) -> str:
    """Return what `code` prints in an interpreter of its own."""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    return found.stdout


def loaded_after(imports: str, libraries: tuple[str, ...]) -> str:
    return run(
        f"{imports}\nimport sys\nprint(*sorted({{name.split('.')[0] for name in sys.modules}} & set({libraries!r})))"
    ).strip()


def test_settings_are_read_without_torch_or_a_window() -> None:
    """The window shows, and a manifest is read, before torch is there."""
    light = """
import importlib, pkgutil, studio
for info in pkgutil.walk_packages(studio.__path__, "studio."):
    _, _, place = info.name.partition(".")
    if place.startswith(("jobs", "data", "errors", "paths")) or place.endswith((".spec", ".settings")):
        importlib.import_module(info.name)
import studio.training, studio.dream, studio.lab, studio.cli, studio.project.recipe, studio.project.history
"""
    assert loaded_after(light, (*WINDOW, "torch")) == ""


def test_the_core_runs_where_qt_is_missing() -> None:
    """A GPU server trains from the command line, without PySide6."""
    run(
        f"""
import importlib, pkgutil, sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {WINDOW!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Missing())
import studio
for info in pkgutil.walk_packages(studio.__path__, "studio.", onerror=lambda name: None):
    if info.name.split(".")[1] not in ("ui", "session", "app"):
        importlib.import_module(info.name)
"""
    )


def test_the_window_is_built_before_torch_is_loaded() -> None:
    """torch takes seconds to import; the window does not wait for it."""
    assert loaded_after("import studio.app", ("torch",)) == ""
