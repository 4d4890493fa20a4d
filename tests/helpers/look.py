"""A theme that leaves no trace on the application."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from studio.ui.theme import Theme
from tests.helpers.leaks import deliver_deletions


@contextmanager
def themed(application: QApplication, settings: QSettings) -> Iterator[Theme]:
    """Give a theme that is not dressed yet, and the application's own look back afterwards."""
    style, palette, font = application.style().name(), application.palette(), application.font()
    yield Theme(application, settings)
    deliver_deletions()  # a window that is on its way out would be styled anew, four times, with all that is in it
    application.setStyleSheet("")
    application.setStyle(style)
    application.setPalette(palette)
    application.setFont(font)
