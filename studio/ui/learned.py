"""What a model has learned, in pages: its filters, its codes where it has some, and how it fills holes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QTabWidget, QWidget

from studio.models.spec import Family

if TYPE_CHECKING:
    from studio.session.session import Session


class LearnedPages(QTabWidget):
    """Filters and the filling of holes, with the page of codes between them while the model is an autoencoder."""

    def __init__(
        self, session: Session, filters: QWidget, codes: QWidget, fill: QWidget, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._fill = fill
        self._codes = codes
        codes.setParent(self)
        codes.hide()
        self.setDocumentMode(True)
        self.tabBar().setDrawBase(False)
        self.setAccessibleName("What the model has learned")
        self.addTab(filters, "Filters")
        self.setTabToolTip(self.addTab(fill, "Fill"), "What the model makes of a hole in a picture")
        self._follow(session.family)
        session.model_changed.connect(self._follow)

    def _follow(self, model: object) -> None:
        place = self.indexOf(self._codes)
        if model == Family.CODES and place < 0:
            self.setTabToolTip(
                self.insertTab(1, self._codes, "Codes"), "A map of the pictures' codes, to walk among them"
            )
        elif model != Family.CODES and place >= 0:
            looked_at = self.currentWidget() is self._codes
            self.removeTab(place)
            if looked_at:
                self.setCurrentIndex(0)

    def leave_fill(self) -> None:
        """Turn back to the filters from the page that fills holes."""
        if self.currentWidget() is self._fill:
            self.setCurrentIndex(0)

    def show_fill(self) -> None:
        """Turn to the page that fills holes."""
        self.setCurrentWidget(self._fill)
