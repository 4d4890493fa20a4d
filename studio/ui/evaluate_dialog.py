"""What the lab can tell of the model at hand, measured while the dream and the window go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QProgressBar, QScrollArea, QVBoxLayout, QWidget

from studio.jobs.evaluation import Outline, Section, as_text
from studio.session.notices import Level, Notice
from studio.ui import conditions
from studio.ui.widgets.allow import allow
from studio.ui.widgets.buttons import button
from studio.ui.widgets.labels import dim_label
from studio.ui.widgets.section_card import SectionCard

if TYPE_CHECKING:
    from studio.session.session import Session

ALTERED = "The model is judged as it was learned, without what is done to it on the canvas."
GOES_ON = "The run goes on: the model is judged as it was when this began."
AGAIN = "Measure again"


class EvaluateDialog(QDialog):
    """Begins to measure as it opens; each answer is shown as soon as it is known."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Evaluate")
        self.cards: list[SectionCard] = []
        self._sections: list[Section] = []
        self._subject = ""
        self.subject = dim_label("", wrap=True)
        self.note = dim_label("", wrap=True, role="small")
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setToolTip("How much is measured")
        self.bar.setAccessibleName("Progress of the evaluation")
        self.run_button = button("Cancel", "Measure no further; what is known stays", role="small")
        self.copy_button = button("Copy as text", "Copy all figures and words to the clipboard", role="small")
        self.close_button = button("Close", "Back to the window; what is not measured yet is given up", role="small")
        self._lay_out()
        session.evaluation_found.connect(self._take)
        session.evaluation_progressed.connect(self._progress)
        session.evaluation_ended.connect(self._ended)
        session.model_changed.connect(self._forget)
        self.run_button.clicked.connect(self._run_or_cancel)
        self.copy_button.clicked.connect(self.copy)
        self.close_button.clicked.connect(self.close)
        self.resize(640, 720)
        self.measure()

    def _lay_out(self) -> None:
        inner = QWidget()
        self._answers = QVBoxLayout(inner)
        self._answers.setContentsMargins(0, 0, 0, 0)
        self._answers.setSpacing(14)
        self._answers.addStretch(1)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(inner)
        self.area.setAccessibleName("What was found")
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.bar, 1)
        head.addWidget(self.run_button)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.copy_button)
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(10)
        column.addWidget(self.subject)
        column.addWidget(self.note)
        column.addLayout(head)
        column.addWidget(self.area, 1)
        column.addLayout(foot)

    def measure(self) -> None:
        """Measure the model as it is now."""
        self._clear()
        session = self._session
        words = [
            text for text, told in ((ALTERED, not session.altered.neutral), (GOES_ON, session.status.busy)) if told
        ]
        self.note.setText(" ".join(words))
        self.note.setVisible(bool(words))
        session.evaluate()
        self._enable()

    def copy(self) -> None:
        """Put what is known on the clipboard."""
        QGuiApplication.clipboard().setText(as_text(self._subject, self._sections))
        self._session.notify(Notice(Level.INFO, "The figures are on the clipboard."))

    def _run_or_cancel(self) -> None:
        if self._session.evaluating:
            self._session.cancel_evaluation()
        else:
            self.measure()

    def _clear(self) -> None:
        for card in self.cards:
            self._answers.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.cards, self._sections = [], []
        self._subject = ""
        self.subject.setText("The model is being looked at.")
        self.bar.setValue(0)

    def _take(self, found: Outline | Section) -> None:
        if isinstance(found, Outline):
            self._clear()
            self._subject = found.subject
            self.subject.setText(found.subject)
            for title in found.titles:
                card = SectionCard(title)
                self._answers.insertWidget(len(self.cards), card)
                self.cards.append(card)
        else:
            self._sections.append(found)
            card = next(one for one in self.cards if one.title == found.title)
            card.show_section(found)
        if len(self._sections) < len(self.cards):
            self.cards[len(self._sections)].begin()
        self._enable()

    def _progress(self, done: int, total: int) -> None:
        self.bar.setValue(round(1000 * done / total) if total else 0)

    def _ended(self) -> None:
        if self.cards and len(self._sections) == len(self.cards):
            self.bar.setValue(1000)
        for card in self.cards:
            card.give_up()
        if not self.cards:
            self.subject.setText("Nothing was measured.")
        self._enable()

    def _forget(self, _model: object) -> None:
        """Another model is at hand: what is shown is that of the one before."""
        if self._subject:
            self.note.setText("These are the figures of the model before.")
            self.note.show()
        self._enable()

    def _enable(self) -> None:
        going = self._session.evaluating
        self.run_button.setText("Cancel" if going else AGAIN)
        self.run_button.setAccessibleName(self.run_button.text())
        reason = "" if going else conditions.model_reason(self._session)
        tip = "Measure no further; what is known stays" if going else "Measure the model as it is now"
        self.run_button.setToolTip(reason or tip)
        self.run_button.setEnabled(not reason)
        allow(self.copy_button, "" if self._sections else "Nothing is measured yet.")

    def done(self, result: int) -> None:
        self._session.cancel_evaluation()
        super().done(result)


def open_evaluation(session: Session, window: QWidget) -> EvaluateDialog:
    """Show the figures of the model, in the dialog that is open already if there is one."""
    found = next((made for made in window.findChildren(EvaluateDialog) if made.isVisible()), None)
    dialog = found or EvaluateDialog(session, window)
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
    return dialog
