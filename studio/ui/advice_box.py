"""What is wrong with a run in plain words, and the remedy to apply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.jobs.advice import Advice
from studio.ui.widgets.buttons import button
from studio.ui.widgets.labels import dim_label

if TYPE_CHECKING:
    from studio.session.session import Session


class AdviceBox(QFrame):
    """Hidden until there is something to say."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._advice: Advice | None = None
        self.setProperty("role", "advice")
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.question = dim_label("", wrap=True)
        self.apply = button("Apply", "Make this change now; undo takes it back", role="link")
        low = QHBoxLayout()
        low.addWidget(self.question, 1)
        low.addWidget(self.apply)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 8, 10)
        column.setSpacing(4)
        column.addWidget(self.text)
        column.addLayout(low)
        session.advice_changed.connect(self._follow)
        self.apply.clicked.connect(self._take)
        self.hide()

    def _follow(self, advice: Advice | None) -> None:
        self._advice = advice
        self.setVisible(advice is not None)
        if advice is not None:
            self.text.setText(advice.text)
            self.question.setText(advice.question)
            self.question.setVisible(bool(advice.question))
            self.apply.setVisible(bool(advice.change or advice.device))
            self.setAccessibleName(f"Advice: {advice.text} {advice.question}".strip())

    def _take(self) -> None:
        if self._advice is not None:
            self._session.take_advice(self._advice)
