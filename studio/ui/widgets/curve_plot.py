"""The plot itself: pyqtgraph, dressed plainly. Imported only once curves are looked at."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.ui.widgets.curve_lines import Drawing
from studio.ui.widgets.curve_style import CurveStyle

TICK_SIZE = 0.8  # of the text around the plot
AXIS_WIDTH = 4.6  # times the size of the figures on it
DOT = 4
LOW = 96  # below this height the step axis goes, and the curves keep the room


class CurvePlot(QWidget):
    """Draws lines; `pointed` tells the step under the cursor, None when it has left."""

    pointed = Signal(object)  # float | None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: dict[Hashable, Any] = {}
        self._plot = pg.PlotWidget(parent=self, enableMenu=False)
        self._item = self._plot.getPlotItem()
        # It makes its menu without a parent, a window of its own that nothing would ever take down.
        self._item.ctrlMenu.setParent(self, self._item.ctrlMenu.windowFlags())
        self._item.hideButtons()
        self._item.setMouseEnabled(x=False, y=False)
        self._item.disableAutoRange()
        self._item.setContentsMargins(0, 2, 2, 0)
        self._cross = pg.InfiniteLine(angle=90, movable=False)
        self._target = pg.InfiniteLine(angle=0, movable=False)
        for line in (self._cross, self._target):
            line.hide()
            self._item.addItem(line, ignoreBounds=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._plot)
        self._plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot.scene().sigMouseMoved.connect(self._point)
        self._plot.viewport().installEventFilter(self)

    def set_style(self, style: CurveStyle) -> None:
        self._plot.setBackground(style.ground)
        font = QFont(self.font())
        size = round(TICK_SIZE * self.fontInfo().pixelSize())
        font.setPixelSize(size)
        for name in ("left", "bottom"):
            axis = self._item.getAxis(name)
            axis.setStyle(tickLength=0, tickFont=font, tickTextOffset=4, autoReduceTextSpace=False, maxTickLevel=0)
            axis.setTextPen(style.words)
            axis.setPen(None)
            axis.setTickPen(style.line)
            axis.enableAutoSIPrefix(False)
        self._item.getAxis("left").setWidth(round(AXIS_WIDTH * size))
        self._item.getAxis("left").setGrid(255)
        self._cross.setPen(style.words)
        self._target.setPen(pg.mkPen(style.words, style=Qt.PenStyle.DashLine))

    def draw(self, drawing: Drawing) -> None:
        """Draw the lines, the last in front."""
        lines = drawing.lines
        for key in [key for key in self._items if key not in lines]:
            self._item.removeItem(self._items.pop(key))
        for depth, (key, line) in enumerate(lines.items()):
            item = self._items.get(key)
            if item is None:
                item = pg.PlotDataItem(connect="finite", skipFiniteCheck=False, antialias=True)
                item.setClipToView(True)
                item.setDownsampling(auto=True, method="peak")
                self._items[key] = item
                self._item.addItem(item, ignoreBounds=True)
            item.setZValue(1 + depth)  # the grid is the axes', at .5
            item.setPen(pg.mkPen(line.colour, width=1))
            alone = len(line.x) == 1  # of one point there is no line
            item.setSymbol("o" if alone else None)
            item.setSymbolBrush(line.colour)
            item.setSymbolPen(line.colour)
            item.setSymbolSize(DOT)
            item.setData(line.x, line.y)
        self._item.getAxis("left").setLogMode(x=False, y=drawing.log)
        self._item.setRange(xRange=drawing.x_range, yRange=drawing.y_range, padding=0)
        self._target.setVisible(drawing.target is not None)
        if drawing.target is not None:
            self._target.setValue(drawing.target)

    def set_ticks(self, ticks: list[tuple[float, str]]) -> None:
        """Name these places of the lower axis, and no others."""
        self._item.getAxis("bottom").setTicks([ticks])

    def set_cross(self, step: float | None) -> None:
        """Draw the upright line at a step, or none."""
        self._cross.setVisible(step is not None)
        if step is not None:
            self._cross.setValue(step)

    def _point(self, position: Any) -> None:
        box = self._item.getViewBox()
        inside = box.sceneBoundingRect().contains(position)
        self.pointed.emit(float(box.mapSceneToView(position).x()) if inside else None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self.pointed.emit(None)
        elif event.type() == QEvent.Type.Resize:
            self._item.showAxis("bottom", self.height() >= LOW)
        return super().eventFilter(watched, event)
