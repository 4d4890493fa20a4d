"""Asks where to save, and remembers the folder."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QFileDialog, QWidget

FOLDER_KEY = "export/folder"


def ask_to_save(parent: QWidget, title: str, name: str, kind: str) -> Path | None:
    """Return where `name` shall be saved, its ending added when left out, or None when cancelled.

    `kind` is a file dialog's filter, such as "PNG picture (*.png)".
    """
    settings = QSettings()
    folder = Path(str(settings.value(FOLDER_KEY, "")) or Path.home())
    start = folder if folder.is_dir() else Path.home()
    chosen, _ = QFileDialog.getSaveFileName(parent, title, str(start / name), kind)
    if not chosen:
        return None
    path = Path(chosen)
    if not path.suffix:
        path = path.with_suffix(Path(name).suffix)
    settings.setValue(FOLDER_KEY, str(path.parent))
    return path
