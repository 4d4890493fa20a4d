"""About the studio: its version, its licence, and those of everything it is made of."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from studio import __version__
from studio.licences import QT, notices
from studio.ui.icons import app_icon
from studio.ui.widgets.buttons import button
from studio.ui.widgets.heading import Heading
from studio.ui.widgets.labels import dim_label

WIDTH, HEIGHT = 860, 560
LIST_WIDTH = 240
ROW = 22
MARGIN = 20
ICON_SIDE = 64


class AboutDialog(QDialog):
    """A list of parts beside the licence of the chosen one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("About Harmonium Studio")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._notices = notices()
        self.parts = QListWidget()
        self.parts.setFixedWidth(LIST_WIDTH)
        self.parts.setAccessibleName("What the studio is made of")
        self.parts.setToolTip("Choose a part to read its licence")
        for notice in self._notices:
            item = QListWidgetItem(f"{notice.name} {notice.version}", self.parts)
            item.setSizeHint(QSize(0, ROW))
        self.words = dim_label("")
        self.words.setWordWrap(True)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName("Licence")
        self.text.setToolTip("The licence of the chosen part, in full")
        self.shut = button("Close", "Back to the studio")
        self.shut.clicked.connect(self.accept)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 16, MARGIN, 16)
        column.setSpacing(12)
        column.addLayout(self._head())
        qt = dim_label(QT)
        qt.setWordWrap(True)
        qt.setMinimumWidth(WIDTH - 2 * MARGIN)
        column.addWidget(qt)
        column.addLayout(self._body(), 1)
        foot = QHBoxLayout()
        foot.addWidget(dim_label("`harmonium licences -o licences.txt` saves all of them."))
        foot.addStretch(1)
        foot.addWidget(self.shut)
        column.addLayout(foot)
        self.resize(WIDTH, HEIGHT)
        self.parts.currentRowChanged.connect(self._show)
        self.parts.setCurrentRow(0)

    def _head(self) -> QHBoxLayout:
        picture = QLabel()
        picture.setPixmap(app_icon().pixmap(ICON_SIDE, ICON_SIDE))
        said = QLabel("Train energy-based models on your own pictures, and play them. Free software, MIT licence.")
        said.setWordWrap(True)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addStretch(1)
        words.addWidget(Heading(f"Harmonium Studio {__version__}"))
        words.addWidget(said)
        words.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(picture)
        row.addLayout(words, 1)
        return row

    def _body(self) -> QHBoxLayout:
        right = QVBoxLayout()
        right.addWidget(self.words)
        right.addWidget(self.text, 1)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.parts)
        row.addLayout(right, 1)
        return row

    def _show(self, row: int) -> None:
        notice = self._notices[row]
        self.words.setText(f"{notice.licence}  {notice.home}".strip())
        self.text.setPlainText(notice.text())
