"""One picture file, as a person drops or chooses it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from studio.data.spec import PICTURE_SUFFIXES


def dropped_picture(event: QDropEvent) -> str:
    """Return the one picture file that is dropped, or nothing."""
    urls = event.mimeData().urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return ""
    path = urls[0].toLocalFile()
    return path if Path(path).suffix.lower() in PICTURE_SUFFIXES else ""


def ask_for_picture(parent: QWidget, title: str, before: str = "") -> str:
    """Return the picture file that is chosen, or nothing."""
    kinds = " ".join(f"*{suffix}" for suffix in PICTURE_SUFFIXES)
    path, _ = QFileDialog.getOpenFileName(parent, title, before, f"Pictures ({kinds})")
    return path
