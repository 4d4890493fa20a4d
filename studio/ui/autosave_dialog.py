"""How often unsaved work is copied, and up to which size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from studio.session.autosave import LARGEST, LONGEST, AutosaveSettings
from studio.ui.widgets.buttons import button
from studio.ui.widgets.heading import Heading
from studio.ui.widgets.labels import dim_label
from studio.ui.widgets.slider import LabelledSlider

if TYPE_CHECKING:
    from studio.session.session import Session

WIDTH = 380
SMALLEST = 10  # megabytes
WORDS = (
    "A copy is written beside the project where it has a file, else in a folder of the studio's own. Saving takes the "
    "copy away; after a crash the next start offers it. Copying takes at most a fiftieth of the time of training, so "
    "very large projects are copied less often than asked for."
)


class AutosaveDialog(QDialog):
    """Asks for the interval and the largest size; what is set is in force at once."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setWindowTitle("Autosave")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        usual, now = AutosaveSettings(), session.autosave.settings
        self.check = QCheckBox("Copy unsaved work")
        self.check.setAccessibleName("Copy unsaved work")
        self.check.setToolTip("Write copies while there is something unsaved")
        self.check.setChecked(now.minutes > 0)
        self.minutes = LabelledSlider(
            "Every",
            1,
            LONGEST,
            max(1.0, now.minutes or usual.minutes),
            default=usual.minutes,
            unit="min",
            whole=True,
            tip="A crash takes at most what was done since the last copy.",
        )
        self.largest = LabelledSlider(
            "Largest project",
            SMALLEST,
            LARGEST,
            max(float(SMALLEST), now.megabytes),
            default=usual.megabytes,
            unit="MB",
            log=True,
            whole=True,
            tip="What is larger is not copied by itself, which is said once.",
        )
        self.close_button = button("Close", "These settings are in force", role="accent")
        self.close_button.setDefault(True)
        self._lay_out()
        self.check.toggled.connect(self._set)
        self.minutes.edited.connect(self._set)
        self.largest.edited.connect(self._set)
        self.close_button.clicked.connect(self.accept)
        self._enable()

    def _lay_out(self) -> None:
        words = dim_label(WORDS, wrap=True)
        words.setFixedWidth(WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(14)
        column.addWidget(Heading("Autosave"))
        column.addWidget(self.check)
        column.addWidget(self.minutes)
        column.addWidget(self.largest)
        column.addWidget(words)
        low = QHBoxLayout()
        low.addStretch(1)
        low.addWidget(self.close_button)
        column.addLayout(low)
        column.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)

    def _enable(self) -> None:
        for part in (self.minutes, self.largest):
            part.setEnabled(self.check.isChecked())

    def _set(self, _changed: object = None) -> None:
        self._enable()
        minutes = min(LONGEST, max(1, round(self.minutes.value()))) if self.check.isChecked() else 0
        size = min(LARGEST, max(SMALLEST, round(self.largest.value())))
        self._session.set_autosave(AutosaveSettings(minutes, size))
