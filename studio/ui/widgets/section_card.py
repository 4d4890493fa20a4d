"""One question about a model: its answer in words, the figures behind it, and what is drawn of them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from studio.jobs.evaluation import Finding, Histograms, Section, Sheet, Tone
from studio.ui.widgets.canvas import Canvas
from studio.ui.widgets.free_energy_plot import FreeEnergyPlot
from studio.ui.widgets.heading import Heading, Line
from studio.ui.widgets.labels import dim_label

WAITS, GOES_ON = "waits", "being measured"
MARKS = {Tone.GOOD: "good", Tone.BAD: "look here", Tone.BROKEN: "look here", Tone.PLAIN: ""}
SHEET_SIDE = 300


class SectionCard(QWidget):
    """Says that it waits until it is given its section."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = title
        self.heading = Heading(title)
        self.heading.set_note(WAITS)
        self.verdict = QLabel()
        self.verdict.setTextFormat(Qt.TextFormat.PlainText)
        self.verdict.setWordWrap(True)
        self.verdict.setMinimumWidth(1)
        self.verdict.setAccessibleName(f"{title}: verdict")
        self.verdict.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.verdict.hide()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 8, 0)
        self._column.setSpacing(8)
        self._column.addWidget(self.heading)
        self._column.addWidget(self.verdict)

    def begin(self) -> None:
        """Say that it is being measured."""
        self.heading.set_note(GOES_ON)

    def give_up(self) -> None:
        """Say that it was not measured, unless it was."""
        if self.verdict.isHidden():
            self.heading.set_note("not measured")

    def show_section(self, section: Section) -> None:
        """Show the answer and its figures."""
        self.heading.set_note(MARKS[section.tone])
        if section.tone in (Tone.BAD, Tone.BROKEN):
            self.verdict.setProperty("role", "error")
            self.verdict.style().polish(self.verdict)  # it was drawn before, as plain words
        self.verdict.setText(section.verdict)
        self.verdict.show()
        if section.findings:
            self._column.addLayout(figures(section.findings))
        if isinstance(section.drawing, Histograms):
            self._column.addWidget(FreeEnergyPlot(section.drawing))
            if section.drawing.beyond:
                self._column.addWidget(dim_label(section.drawing.beyond, wrap=True, role="small"))
        elif isinstance(section.drawing, Sheet):
            self._show_sheet(section.drawing)
        self._column.addWidget(Line())

    def _show_sheet(self, sheet: Sheet) -> None:
        canvas = Canvas()
        canvas.setFixedHeight(SHEET_SIDE)
        canvas.setAccessibleName(f"{self.title}: maps")
        canvas.setToolTip(sheet.words)
        canvas.set_picture(sheet.pixels)
        self._column.addWidget(canvas)
        self._column.addWidget(dim_label(sheet.words, wrap=True, role="small"))


def figures(findings: tuple[Finding, ...]) -> QGridLayout:
    """Return a table: name, value, and what it means."""
    table = QGridLayout()
    table.setHorizontalSpacing(16)
    table.setVerticalSpacing(4)
    table.setColumnStretch(2, 1)
    top = Qt.AlignmentFlag.AlignTop
    for row, one in enumerate(findings):
        value = QLabel(one.words)
        value.setTextFormat(Qt.TextFormat.PlainText)
        value.setAccessibleName(one.name)
        value.setAccessibleDescription(one.meaning)
        value.setToolTip(f"{one.meaning} On the command line: {one.key}")
        table.addWidget(dim_label(one.name), row, 0, top)
        table.addWidget(value, row, 1, top | Qt.AlignmentFlag.AlignRight)
        table.addWidget(dim_label(one.meaning, wrap=True, role="small"), row, 2, top)
    return table
