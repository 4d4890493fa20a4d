"""A sheet of equal cells on a canvas: hover, select, walk with the arrow keys."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPalette,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QScrollBar, QWidget

from studio.ui.images import Picture, columns_for, tile, to_bytes
from studio.ui.widgets.canvas import SURROUND, Canvas
from studio.ui.widgets.sheet_marks import CellMark, draw_mark
from studio.ui.widgets.sheet_viewport import SheetViewport

STEPS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End)
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class SheetView(Canvas):
    """Shows (n, H, W, C) pictures as one sheet, composed once per set and never per paint.

    Fitted cells are at least `least` widget pixels wide; a sheet that is higher
    than the widget then is scrolled by wheel, bar or arrow keys. Cells are counted
    in the order they were given. `cell_hovered` tells -1 beside the cells.
    """

    cell_hovered = Signal(int)
    cell_selected = Signal(int)
    cell_clicked = Signal(int)
    cell_activated = Signal(int)  # Enter
    cell_double_clicked = Signal(int)
    cell_added = Signal(int)  # clicked with Ctrl held
    cell_menu_asked = Signal(int, QPoint)  # where on the screen

    def __init__(
        self, parent: QWidget | None = None, *, margin: int = 6, gap: int | None = None, least: float = 0.0
    ) -> None:
        super().__init__(parent, margin=margin, embedded=True)
        self.view: SheetViewport = SheetViewport(margin)
        self._least = least
        self.bar = QScrollBar(Qt.Orientation.Vertical, self)
        self.bar.setAccessibleName("Scroll the sheet")
        self.bar.setToolTip("More cells are above or below")
        self.bar.hide()
        self.bar.valueChanged.connect(self._scrolled)
        self._cells: NDArray[np.uint8] = np.zeros((0, 1, 1, 1), np.uint8)
        self._gap_wanted = gap
        self._columns = 1
        self._selected = -1
        self._hovered = -1
        self._marks: Mapping[int, CellMark] = {}
        self.hovered.connect(self._hover)
        self.setAccessibleName("Sheet")

    @property
    def count(self) -> int:
        return len(self._cells)

    @property
    def columns(self) -> int:
        return self._columns

    @property
    def selected(self) -> int:
        return self._selected

    def set_cells(self, pictures: Picture) -> None:
        """Show (n, H, W, C) pictures in 0..1 or uint8, first to last."""
        if not np.size(pictures):
            self._cells = np.zeros((0, 1, 1, 1), np.uint8)
            self._selected = self._hovered = -1
            self.set_picture(None)
            self._place_bar()
            return
        self._cells = to_bytes(pictures, self._cells)
        if self._selected >= self.count:
            self.select(-1)
        self._columns = self._best_columns()
        self._compose()

    def select(self, cell: int) -> None:
        """Mark one cell, -1 for none."""
        cell = cell if 0 <= cell < self.count else -1
        if cell != self._selected:
            self._selected = cell
            self.cell_selected.emit(cell)
            self.update()

    def set_marks(self, marks: Mapping[int, CellMark]) -> None:
        """Mark cells as they are mixed; all others have no mark."""
        if marks != self._marks:
            self._marks = marks
            self.update()

    def mark(self, cell: int) -> CellMark:
        return self._marks.get(cell, CellMark())

    def cell_at(self, position: QPointF) -> int:
        """Return the cell under a widget position, -1 beside them."""
        pixel = self.view.pixel_at(position) if self.count else None
        return self._cell_of(pixel)

    def area_of_cell(self, cell: int) -> QRectF:
        """Return where a cell lies in the widget."""
        _, height, width, _ = self._cells.shape
        row, column = divmod(cell, self._columns)
        gap = self._gap()
        return self.view.area_of(QRect(column * (width + gap), row * (height + gap), width, height))

    def _gap(self) -> int:
        side = max(self._cells.shape[1:3])
        # two pixels from where one is lost between the pixels of the cells
        return max(1 if side < 10 else 2, side // 14) if self._gap_wanted is None else self._gap_wanted

    def _best_columns(self) -> int:
        _, height, width, _ = self._cells.shape
        gap = self._gap()
        room_width, room_height = self.width() - 2 * self.view.margin, self.height() - 2 * self.view.margin
        columns = columns_for(self.count, width + gap, height + gap, room_width, room_height)
        least, ratio = self._least_zoom(), self.devicePixelRatioF()
        rows = -(-self.count // columns)
        whole = min(room_width / (columns * (width + gap) - gap), room_height / (rows * (height + gap) - gap)) * ratio
        if whole >= least:
            self.view.least = 0.0
            return columns
        self.view.least = least
        room_width -= self.bar.sizeHint().width()
        return min(self.count, max(1, int((room_width * ratio / least + gap) / (width + gap))))

    def _least_zoom(self) -> float:
        """Return the zoom of the smallest readable cells; enlarged pixels are all equally large."""
        zoom = self._least * self.devicePixelRatioF() / min(self._cells.shape[1:3])
        return zoom if zoom <= 1 else float(math.ceil(zoom))

    def _compose(self) -> None:
        self.set_picture(tile(self._cells, self._columns, self._gap(), SURROUND.red()))
        if self.view.fitting:
            self.fit()

    def _place_bar(self) -> None:
        overflow = math.ceil(self.view.overflow) if self.count else 0
        wide = self.bar.sizeHint().width()
        self.bar.setGeometry(self.width() - wide, 0, wide, self.height())
        self.bar.blockSignals(True)
        self.bar.setRange(0, overflow)
        self.bar.setPageStep(self.height())
        self.bar.setSingleStep(max(8, self.height() // 8))
        self.bar.setValue(round(self.view.scroll))
        self.bar.blockSignals(False)
        self.bar.setVisible(overflow > 0)

    def _scrolled(self, value: int) -> None:
        self.view.scroll_to(value)
        self.update()

    def fit(self) -> None:
        super().fit()
        self._place_bar()

    def set_zoom(self, zoom: float, at: QPointF | None = None) -> None:
        super().set_zoom(zoom, at)
        self._place_bar()

    def pan(self, by: QPointF) -> None:
        super().pan(by)
        self._place_bar()

    def _cell_of(self, pixel: tuple[int, int] | None) -> int:
        if pixel is None or not self.count:
            return -1
        _, height, width, _ = self._cells.shape
        gap = self._gap()
        (column, x), (row, y) = divmod(pixel[0], width + gap), divmod(pixel[1], height + gap)
        cell = row * self._columns + column
        return cell if x < width and y < height and cell < self.count else -1

    def _hover(self, pixel: tuple[int, int] | None) -> None:
        cell = self._cell_of(pixel)
        if cell != self._hovered:
            self._hovered = cell
            self.cell_hovered.emit(cell)
            self.update()

    def _show_selected(self) -> None:
        area, room = self.area_of_cell(self._selected), QRectF(self.rect())
        if room.contains(area):
            return
        if self.view.fitting:
            by = min(0.0, area.top() - self.view.margin) + max(0.0, area.bottom() + self.view.margin - room.bottom())
            self.bar.setValue(round(self.bar.value() + by))
            return
        x = max(0.0, -area.left()) - max(0.0, area.right() - room.right())
        y = max(0.0, -area.top()) - max(0.0, area.bottom() - room.bottom())
        self.pan(QPointF(x, y))

    def _frame(self, painter: QPainter, cell: int, colour: QColor, width: float) -> None:
        painter.setPen(QPen(colour, width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self.area_of_cell(cell).adjusted(-width / 2, -width / 2, width / 2, width / 2))

    def draw_over(self, painter: QPainter) -> None:
        accent = self.palette().color(QPalette.ColorRole.Accent)
        for cell, mark in self._marks.items():
            if cell < self.count:
                draw_mark(painter, self.area_of_cell(cell), mark, accent)
        if 0 <= self._hovered < self.count:
            self._frame(painter, self._hovered, QColor(255, 255, 255, 150), 1)
        if 0 <= self._selected < self.count:
            self._frame(painter, self._selected, accent, 2)

    def takes(self, event: QKeyEvent) -> bool:
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
        return super().takes(event) or (plain and event.key() in (*STEPS, *ENTER))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if self.count and self.takes(event) and key in STEPS:
            last, row = self.count - 1, self._columns
            at = max(self._selected, 0)
            moves = dict(zip(STEPS, (at - 1, at + 1, at - row, at + row, 0, last), strict=True))
            target = moves[Qt.Key(key)] if self._selected >= 0 or key == Qt.Key.Key_End else 0
            if 0 <= target <= last:
                self.select(target)
                self._show_selected()
        elif key in ENTER and self._selected >= 0:
            self.cell_activated.emit(self._selected)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and not self.dragging:
            cell = self.cell_at(event.position())
            if cell >= 0 and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.cell_added.emit(cell)
            elif cell >= 0:
                self.select(cell)
                self.cell_clicked.emit(cell)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_mouse = event.reason() is QContextMenuEvent.Reason.Mouse
        cell = self.cell_at(QPointF(event.pos())) if by_mouse else self._selected
        if cell >= 0:
            at = event.globalPos() if by_mouse else self.mapToGlobal(self.area_of_cell(cell).center().toPoint())
            self.cell_menu_asked.emit(cell, at)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and cell >= 0:
            self.cell_double_clicked.emit(cell)

    def resizeEvent(self, event: QResizeEvent) -> None:
        # The base class fits on resize; new columns first, or a tall sheet would be fitted into a wide room.
        if self.count and self.view.fitting:
            columns = self._best_columns()
            if columns != self._columns:
                self._columns = columns
                self._compose()
        super().resizeEvent(event)
        self._place_bar()

    def wheelEvent(self, event: QWheelEvent) -> None:
        held = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        before = self.bar.value()
        if self.bar.maximum() and self.view.fitting and not held:
            self.bar.setValue(before - round(event.angleDelta().y() / 2))
            # at either end the column goes on scrolling
            event.setAccepted(self.bar.value() != before)
            return
        super().wheelEvent(event)
