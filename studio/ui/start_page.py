"""Where to begin when nothing is at hand: projects that come with the studio, and those of lately."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from studio.errors import ProjectError
from studio.project.sample_projects import sample_projects
from studio.ui.widgets.buttons import button
from studio.ui.widgets.flow import FlowLayout
from studio.ui.widgets.heading import Heading
from studio.ui.widgets.labels import dim_label
from studio.ui.widgets.sample_card import SampleCard

MOST_RECENT = 5
GAP = 12


class StartPage(QScrollArea):
    """`sample_chosen` carries a SampleProject, `recent_chosen` the path of a project."""

    sample_chosen = Signal(object)
    recent_chosen = Signal(object)

    def __init__(self, recent: Sequence[Path], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Where to begin")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        content = QWidget()
        column = self._column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        self.cards: list[SampleCard] = []
        row = FlowLayout(gap=GAP, line_gap=GAP)
        column.addWidget(Heading("Open a sample"))
        column.addLayout(row)
        try:
            self.cards = [SampleCard(sample) for sample in sample_projects()]
        except ProjectError as error:
            column.addWidget(dim_label(f"{error.message} {error.hint}", wrap=True, role="error"))
        for card in self.cards:
            card.chosen.connect(self.sample_chosen)
            row.addWidget(card)
        self._lately = Heading("Open again")
        self._recent = QVBoxLayout()
        self._recent.setSpacing(4)
        column.addWidget(self._lately)
        column.addLayout(self._recent)
        column.addStretch(1)
        self.setWidget(content)
        self.set_recent(recent)

    def set_recent(self, recent: Sequence[Path]) -> None:
        """List projects of lately."""
        while (item := self._recent.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        before: QWidget | None = self.cards[-1] if self.cards else None
        for path in recent[:MOST_RECENT]:
            made = button(path.stem, str(path), role="link")
            made.setProperty("path", str(path))
            made.clicked.connect(self._choose)
            self._recent.addWidget(made)
            if before is not None:
                self.setTabOrder(before, made)  # else it would come behind all of the window
            before = made
        self._lately.setVisible(bool(recent))

    def _choose(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.recent_chosen.emit(Path(str(sender.property("path"))))

    def sizeHint(self) -> QSize:
        """Return the size in which all of it is in sight, the cards side by side."""
        wide = sum(card.width() for card in self.cards) + GAP * len(self.cards)
        return QSize(wide, self._column.totalHeightForWidth(wide))
