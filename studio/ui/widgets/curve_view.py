"""One figure of a run as it goes: title, latest values, curves, crosshair."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from studio.project.history import RunRecord
from studio.ui.widgets.curve_lines import CurveOptions, Drawing, Figure, LineMaker
from studio.ui.widgets.curve_math import value_near, worded
from studio.ui.widgets.curve_style import CurveStyle
from studio.ui.widgets.labels import ElidedLabel, dim_label

if TYPE_CHECKING:
    from studio.ui.widgets.curve_plot import CurvePlot

REDRAW = 90  # ms: eleven times a second, drawing costs more than measuring
WAITING = "Curves appear here while the model learns."
NEVER = "Not measured for this model."
TOO_SHORT = "The run was too short for this to be measured."
GAP = 8
VALUE_WIDTH = 90  # about what a word and a figure take in the header


class CurveView(QWidget):
    """Draws a Figure of the runs that `runs` returns, at most eleven times a second and only while seen.

    `going` says whether the last of them goes on.
    """

    def __init__(
        self,
        figure: Figure,
        runs: Callable[[], Sequence[RunRecord]],
        going: Callable[[], bool],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.figure = figure
        self._runs = runs
        self._going = going
        self._options = CurveOptions()
        self._maker = LineMaker(figure)
        self._drawing = Drawing()
        self._pointed: float | None = None
        self._dirty = True
        self._plot: CurvePlot | None = None
        self.draws = 0
        self._title = ElidedLabel(1, Qt.TextElideMode.ElideRight)
        self._title.setText(figure.title)
        self._title.setProperty("role", "heading")
        self.values = dim_label("")
        self.values.setTextFormat(Qt.TextFormat.RichText)
        self.values.setMinimumWidth(1)
        self.values.hide()  # until there are any, the title has the room
        self.empty = dim_label(WAITING, wrap=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        head = QHBoxLayout()
        head.setSpacing(GAP)
        head.addWidget(self._title, 1)
        head.addWidget(self.values)
        self._pages = QStackedLayout()
        self._pages.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addLayout(self._pages, 1)
        self.setMinimumSize(120, 80)
        self.setToolTip(figure.tip)
        self.setAccessibleName(figure.title)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._redraw)

    def set_options(self, options: CurveOptions) -> None:
        if options != self._options:
            self._options = options
            self.changed()

    def changed(self) -> None:
        """Draw soon, or when shown again."""
        self._dirty = True
        if self.isVisible() and not self._timer.isActive():
            self._timer.start(REDRAW)

    @property
    def has_data(self) -> bool:
        return self._pages.currentIndex() == 1

    def _redraw(self) -> None:
        if not self._dirty or not self.isVisible():
            return
        self._dirty = False
        self.draws += 1
        style = CurveStyle.of(self.palette())
        self._drawing = self._maker.draw(list(self._runs()), self._options, style)
        if self._drawing.y_range is None:
            self.empty.setText(self._why_empty())
            self._pages.setCurrentIndex(0)
        else:
            plot = self._ensure_plot(style)
            plot.draw(self._drawing)
            plot.set_cross(self._pointed)
            self._pages.setCurrentIndex(1)
        self._tell()

    def _why_empty(self) -> str:
        if not self._runs() or not is_measured(self._runs()[-1]):
            return WAITING
        late = self.figure.slow if self._going() else TOO_SHORT
        return late if self.figure.slow else NEVER

    def _ensure_plot(self, style: CurveStyle) -> CurvePlot:
        if self._plot is None:
            # pyqtgraph takes long to import, which the first window need not wait for.
            from studio.ui.widgets.curve_plot import CurvePlot

            self._plot = CurvePlot()
            self._plot.set_style(style)
            self._plot.pointed.connect(self._point)
            self._pages.addWidget(self._plot)
        return self._plot

    def _point(self, step: float | None) -> None:
        self._pointed = step
        if self._plot is not None:
            self._plot.set_cross(step)
        self._tell()

    def _tell(self) -> None:
        """Write the values under the crosshair, or the latest ones; earlier runs where there is room."""
        room = (self.width() - self._title.sizeHint().width()) // VALUE_WIDTH - len(self._drawing.current)
        earlier = self._drawing.earlier[-room:] if room > 0 else ()
        told = (*earlier, *self._drawing.current)
        told_of, at = list[tuple[str, str, str]](), None
        for named in told:
            value: float | None = float(named.curve.values[-1])
            if self._pointed is not None:
                near = value_near(named.curve.steps.astype(np.float64), named.curve.values, self._pointed)
                at, value = near if near is not None else (at, None)
            told_of.append((named.name, named.colour.name(), worded(value)))
        before = [f"step {at}"] if at is not None else []
        plain = "  ".join([*before, *(f"{name} {value}".strip() for name, _, value in told_of)])
        whole = self._title.sizeHint().width() + 2 * GAP + self.fontMetrics().horizontalAdvance(plain) <= self.width()
        words = [coloured(name, colour, value, whole) for name, colour, value in told_of]
        self.values.setText("&nbsp; ".join([*before, *words]))
        self.values.setVisible(bool(told_of))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._dirty:
            self._timer.start(0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.has_data:
            self._tell()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            if self._plot is not None:
                self._plot.set_style(CurveStyle.of(self.palette()))
            self.changed()


def coloured(name: str, colour: str, value: str, whole: bool) -> str:
    """Return a curve's name in its colour and its value; where there is no room for both, the value in the colour."""
    if not name:
        return value
    in_colour = f'<span style="color:{colour}">{name if whole else value}</span>'
    return f"{in_colour} {value}" if whole else in_colour


def is_measured(run: RunRecord) -> bool:
    """Whether figures of a run have come twice, so that what has not come by then will not."""
    curves = (run.curves.get(name) for name in run.curves.names())
    return any(curve is not None and len(curve) > 1 for curve in curves)
