"""The studio as those who measure it are given it; the application itself is composed above the window."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from studio.licences import frozen
from studio.session.autosave import FOLDER_KEY
from studio.session.crash_log import REPORTS_KEY
from studio.session.session import Session
from studio.ui.main_window import MainWindow

SIZE = (1440, 900)


class Opened(Protocol):
    """Application, session and window."""

    application: QApplication
    session: Session
    window: MainWindow

    def show(self, project: Path | None = None) -> None: ...

    def execute(self) -> int: ...


Opener = Callable[[Sequence[str], QSettings], Opened]


def open_fresh(opener: Opener, folder: TemporaryDirectory[str]) -> Opened:
    """Return the studio as on its first start, with settings of its own in `folder`, not yet shown."""
    settings = QSettings(str(Path(folder.name) / "settings.ini"), QSettings.Format.IniFormat)
    settings.setValue(FOLDER_KEY, str(Path(folder.name) / "recovery"))
    settings.setValue(REPORTS_KEY, str(Path(folder.name) / "reports"))
    opened = opener((), settings)
    opened.window.resize(*SIZE)
    return opened


def studio_command() -> tuple[str, ...]:
    """Return what starts the studio in another process; the bundle has no interpreter but is the studio itself."""
    return (sys.executable,) if frozen() else (sys.executable, "-m", "studio")
