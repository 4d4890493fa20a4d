"""The samples and the projects of lately, over the work at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from studio.ui.start_page import GAP, StartPage
from studio.ui.widgets.labels import dim_label

if TYPE_CHECKING:
    from studio.session.session import Session


class SamplesDialog(QDialog):
    """Closes with a choice; Esc leaves everything as it is."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Samples")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.page = StartPage(session.recent)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(GAP)
        column.addWidget(self.page, 1)
        column.addWidget(dim_label("A copy is opened; Save asks where to keep it.", wrap=True))
        self.page.sample_chosen.connect(self.accept)
        self.page.recent_chosen.connect(self.accept)
        self.resize(self.page.sizeHint() + QSize(44, 76))
        if self.page.cards:
            self.page.cards[0].setFocus()
