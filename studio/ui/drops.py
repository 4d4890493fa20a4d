"""What is dropped on the window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData

PROJECT_SUFFIX = ".harmonium"


def dropped_paths(data: QMimeData) -> tuple[str, ...]:
    """Return the local files and folders that are dropped."""
    return tuple(url.toLocalFile() for url in data.urls() if url.isLocalFile())


def project_in(paths: tuple[str, ...]) -> Path | None:
    """Return the project among the paths, if there is one."""
    return next((Path(path) for path in paths if path.lower().endswith(PROJECT_SUFFIX)), None)
