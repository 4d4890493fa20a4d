"""How the studio crashed, to be read and copied; it leaves the machine by no other way."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from studio.ui.widgets.buttons import button
from studio.ui.widgets.heading import Heading
from studio.ui.widgets.labels import dim_label

SIZE = (680, 420)
CRASHED = "The studio crashed last time"
PRESENT = "Report"
WORDS = (
    "The report holds versions, devices and the log. Paths and the names of pictures are taken out, and nothing is "
    "sent: copy it into a message if you want to tell of it."
)


class CrashDialog(QDialog):
    """Shows a report; `report` is asked for again when it is copied, since devices are found late."""

    def __init__(self, title: str, report: Callable[[], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._report = report
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*SIZE)
        self.text = QPlainTextEdit(report())
        self.text.setReadOnly(True)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName("Report")
        self.text.setToolTip("What the report holds")
        self.copy = button("Copy report", "Put the report on the clipboard", role="accent")
        self.done_button = button("Close", "Close this report; a crash is shown once")
        low = QHBoxLayout()
        low.addStretch(1)
        low.addWidget(self.done_button)
        low.addWidget(self.copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        column.addWidget(Heading(title))
        column.addWidget(dim_label(WORDS, wrap=True))
        column.addWidget(self.text, 1)
        column.addLayout(low)
        self.copy.clicked.connect(self._copy)
        self.done_button.clicked.connect(self.accept)

    def _copy(self) -> None:
        self.text.setPlainText(self._report())
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self.copy.setText("Copied")
        self.copy.setAccessibleName("Copied")
