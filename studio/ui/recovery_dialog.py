"""What earlier sessions left unsaved, to be opened, saved or discarded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLabel, QLayout, QScrollArea, QVBoxLayout, QWidget

from studio.project.recovery import Rescue
from studio.ui.widgets.buttons import button
from studio.ui.widgets.heading import Heading
from studio.ui.widgets.labels import dim_label
from studio.ui.widgets.pictures import PictureGrid

SIDE = 96
ROW = 116
WIDTH = 680
HEIGHT = 420
SHOWN = 2  # thumbnails: the dream, the filters
WORDS = "The studio ended before this was saved. What you decide on leaves the list; the rest is offered again."


class RescueRow(QFrame):
    """One copy: pictures, what it is, and what may be done with it."""

    open_asked = Signal(object)  # Rescue
    save_asked = Signal(object)
    discard_asked = Signal(object)

    def __init__(self, rescue: Rescue, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rescue = rescue
        self.setAccessibleName(f"{rescue.found.title}, {when(rescue.found.saved)}")
        self.setFixedHeight(ROW)
        self.pictures = PictureGrid(SHOWN)
        self.pictures.setFixedSize(SHOWN * SIDE + 3, SIDE)
        self.pictures.setAccessibleName(f"Dream and filters of {rescue.found.title}")
        images = [QImage.fromData(data) for data in rescue.thumbnails[:SHOWN]]
        self.pictures.set_images([image for image in images if not image.isNull()], ("The dream", "The filters"))
        self.title = QLabel(rescue.found.title)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.time = dim_label(f"Copied {when(rescue.found.saved)}")
        self.words = dim_label(rescue.words, wrap=True)
        self.open = button("Open", "Open it as it was, still unsaved")
        self.save = button("Save as...", "Save it as a project of its own, without opening it")
        self.discard = button("Discard", "Delete this copy", role="quiet")
        self.open.setEnabled(rescue.whole)
        self._sure = False
        self._lay_out()
        self.open.clicked.connect(self._open)
        self.save.clicked.connect(self._save)
        self.discard.clicked.connect(self._discard)

    def _lay_out(self) -> None:
        acts = QHBoxLayout()
        acts.setSpacing(8)
        for part in (self.open, self.save, self.discard):
            acts.addWidget(part)
        acts.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(4)
        for label in (self.title, self.time, self.words):
            column.addWidget(label)
        column.addStretch(1)
        column.addLayout(acts)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 8, 0, 8)
        row.setSpacing(16)
        row.addWidget(self.pictures)
        row.addLayout(column, 1)

    def _open(self) -> None:
        self.open_asked.emit(self.rescue)

    def _save(self) -> None:
        self.save_asked.emit(self.rescue)

    def _discard(self) -> None:
        """Ask once more on the button itself: nothing brings a copy back."""
        if self._sure:
            self.discard_asked.emit(self.rescue)
            return
        self._sure = True
        self.discard.setText("Really discard")
        self.discard.setAccessibleName("Really discard")
        self.discard.setToolTip("Press again to delete this copy; nothing brings it back")


class RecoveryDialog(QDialog):
    """A row for each copy; closing it leaves them for the next start."""

    open_asked = Signal(object)  # Rescue
    save_asked = Signal(object)
    discard_asked = Signal(object)

    def __init__(self, rescues: Sequence[Rescue], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Unsaved work")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.rows = [RescueRow(rescue) for rescue in rescues]
        self.later = button("Decide later", "Offer the rest again at the next start")
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        for row in self.rows:
            self._column.addWidget(row)
            row.open_asked.connect(self._open)
            row.save_asked.connect(self.save_asked)
            row.discard_asked.connect(self._discard)
        self._column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        area.setFixedSize(WIDTH, min(HEIGHT, len(self.rows) * (ROW + 4)))
        heading = Heading("Unsaved work was found")
        low = QHBoxLayout()
        low.addStretch(1)
        low.addWidget(self.later)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        column.addWidget(heading)
        column.addWidget(dim_label(WORDS, wrap=True))
        column.addWidget(area)
        column.addLayout(low)
        column.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        self.later.clicked.connect(self.reject)

    def remove(self, rescue: Rescue) -> None:
        """Take a row away; the last one takes the dialog with it."""
        for row in [row for row in self.rows if row.rescue is rescue]:
            self.rows.remove(row)
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        if not self.rows:
            self.accept()

    def _open(self, rescue: Rescue) -> None:
        self.accept()
        self.open_asked.emit(rescue)

    def _discard(self, rescue: Rescue) -> None:
        self.discard_asked.emit(rescue)
        self.remove(rescue)


def when(saved: str, now: datetime | None = None) -> str:
    """Return a local ISO time as today at 14:05, or 3 March at 14:05."""
    try:
        moment = datetime.fromisoformat(saved)
    except ValueError:
        return "at an unknown time"
    today = (now or datetime.now()).date()
    day = "today" if moment.date() == today else f"on {moment.day} {moment:%B %Y}"
    return f"{day} at {moment:%H:%M}"
