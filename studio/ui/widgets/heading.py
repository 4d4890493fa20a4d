"""Headings and lines: what stands in for group boxes."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from studio.ui.widgets.labels import dim_label


class Heading(QWidget):
    """A bold title, with a note or links at its right end."""

    def __init__(self, title: str, number: int | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = QLabel(title if number is None else f"{number}\u2002{title}")
        self._title.setProperty("role", "heading")
        self._note = dim_label("")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self._row.addWidget(self._title)
        self._row.addStretch(1)
        self._row.addWidget(self._note)
        self._note.hide()
        self.setAccessibleName(title)

    def set_note(self, text: str) -> None:
        self._note.setText(text)
        self._note.setVisible(bool(text))

    def note(self) -> str:
        return self._note.text()

    def add(self, widget: QWidget) -> None:
        """Put a widget at the right end."""
        self._row.addWidget(widget)


class Line(QFrame):
    """A hairline between two parts of a column."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "line")
        self.setFixedHeight(1)
