"""What the model sees in a picture: the maps of a layer, and where in the picture each filter answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QElapsedTimer, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QHideEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from studio.jobs.frames import LayerMaps, MapsFrame
from studio.jobs.status import RunState
from studio.models.spec import Family
from studio.ui.picture_file import dropped_picture
from studio.ui.widgets.buttons import button
from studio.ui.widgets.empty import EmptyState
from studio.ui.widgets.filter_detail import named, share
from studio.ui.widgets.labels import dim_label
from studio.ui.widgets.map_dialog import MapDialog
from studio.ui.widgets.map_pixels import lit, map_bytes, smaller, white_of
from studio.ui.widgets.picture_chooser import SIDE, PictureChooser
from studio.ui.widgets.sheet_view import SheetView

if TYPE_CHECKING:
    from studio.session.session import Session

READABLE = 18  # widget pixels of a map on the sheet, at least
PAUSE = 1000  # ms between two looks while the model learns
WORK = 10  # times as long as a look took is left to learning before the next


class MapsBox(QWidget):
    """Looks at one picture while it is shown; `filter_chosen` tells a filter counted over all layers."""

    filter_chosen = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._frame: MapsFrame | None = None
        self._small, self._block = np.zeros((0, 0, 1), np.float32), 1
        self._wanted = self._known = "", 0  # a file or, without one, a training picture: asked for, and in sight
        self._stale = False  # another model is at hand than the one whose maps are in sight
        self._layer, self._hovered, self._white = 0, -1, 0.0
        self._dialog: MapDialog | None = None
        self.chooser = PictureChooser()
        self.sheet = SheetView(least=READABLE)
        self.sheet.setAccessibleName("Maps")
        self.sheet.setMinimumHeight(220)
        self.words = dim_label("", wrap=True)
        # as with the filters: what is pointed at stays where it is
        self.words.setFixedHeight(2 * self.words.fontMetrics().lineSpacing())
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.open_button = button("Choose a picture...", "Look at a picture file")
        self.empty = EmptyState("Drop a picture here to see where each filter answers.", [self.open_button])
        self.empty.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._took = QElapsedTimer()
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.empty)
        column.addWidget(self.chooser)
        column.addWidget(self.sheet, 1)
        column.addWidget(self.words)
        column.addStretch()
        self.setAcceptDrops(True)
        self._connect()
        self._show()

    def _connect(self) -> None:
        session = self._session
        session.maps_seen.connect(self._seen)
        session.model_changed.connect(self._follow_model)
        session.dataset_changed.connect(self._follow_set)
        session.status_changed.connect(self._follow_status)
        session.progressed.connect(self._follow_steps)
        self._again.timeout.connect(self._glance)
        self.chooser.stepped.connect(self._step)
        self.chooser.chosen.connect(self.look_at)
        self.open_button.clicked.connect(self.chooser.ask)
        self.sheet.cell_hovered.connect(self._hover)
        self.sheet.cell_selected.connect(self._select)
        self.sheet.cell_clicked.connect(self._choose)
        self.sheet.cell_activated.connect(self._choose)
        self.sheet.cell_double_clicked.connect(self._enlarge)

    def look_at(self, path: str) -> None:
        """Look at a picture file."""
        self._ask(path, 0)

    def set_layer(self, layer: int) -> None:
        """Show the maps of this layer, or of the last there is."""
        if layer != self._layer:
            self._layer = layer
            self.sheet.select(-1)
            self._show()

    def describe(self, cell: int) -> str:
        """Return how strongly a filter of the layer in sight answers in the picture, in words."""
        shown = self._shown
        if shown is None or not 0 <= cell < len(shown.maps):
            return ""
        most, mean = share(float(shown.most[cell])), share(float(shown.mean[cell]))
        return f"{self._name(cell)}: {most} at most, {mean} on average"

    @property
    def _place(self) -> int:
        """Which layer of the frame is in sight."""
        return min(self._layer, len(self._frame.layers) - 1) if self._frame is not None else 0

    @property
    def _shown(self) -> LayerMaps | None:
        return self._frame.layers[self._place] if self._frame is not None else None

    def _name(self, cell: int) -> str:
        several = self._frame is not None and len(self._frame.layers) > 1
        return named(cell, self._shown.layer if several and self._shown is not None else "")

    def _ask(self, picture: str, index: int, quietly: bool = False) -> None:
        self._wanted = picture, index
        self._took.start()
        if not quietly:
            self.chooser.show_waiting()
        self._session.see(picture, index, quietly)

    @property
    def _has_picture(self) -> bool:
        return bool(self._wanted[0]) or self._session.dataset is not None

    def _glance(self) -> None:
        """Look at the same picture anew, if there is one and somebody would see it."""
        if self.isVisible() and self._has_picture:
            self._ask(*self._wanted, quietly=True)

    def _step(self, by: int) -> None:
        frame = self._frame
        picture, index = self._wanted
        self._ask("", 0 if picture or frame is None else index + by)

    def _seen(self, frame: MapsFrame | None) -> None:
        if frame is None:
            self._wanted = self._known
            if self._stale:
                self._clear()
            self._show_name()
            return
        self._frame, self._stale = frame, False
        picture, index = self._wanted
        if not frame.count:
            self._known = self._wanted
        elif picture or index % frame.count != frame.index:
            self._known = "", frame.index  # another is on its way
        else:
            self._wanted = self._known = "", frame.index
        self._small, block = smaller(frame.picture, 2 * SIDE)
        self._block = block * frame.reduction
        self._show()
        if self._session.status.state is RunState.TRAINING and self.isVisible():
            self._again.start(max(PAUSE, WORK * self._took.elapsed()))

    def _show(self) -> None:
        frame, shown = self._frame, self._shown
        present = frame is not None
        for part in (self.chooser, self.sheet, self.words):
            part.setVisible(present)
        self.empty.setVisible(not present)
        if frame is None or shown is None:
            return
        self._show_name()
        self._white = white_of(shown.maps)
        self.sheet.set_cells(map_bytes(shown.maps, self._white))
        self._tell()

    def _show_name(self) -> None:
        frame = self._frame
        if frame is not None:
            self.chooser.show_name(frame.name, frame.index, frame.count)
            others = self._session.dataset is not None if not frame.count else frame.count > 1
            self.chooser.offer_steps(others)

    def _hover(self, cell: int) -> None:
        self._hovered = cell
        self._tell()

    def _tell(self) -> None:
        shown = self._shown
        if shown is None:
            return
        cell = self._hovered if 0 <= self._hovered < len(shown.maps) else self.sheet.selected
        self.words.setText(self.describe(cell) or "Point at a map to see where its filter answers.")
        known = 0 <= cell < len(shown.maps)
        self.chooser.set_picture(lit(self._small, self._block, shown, cell, self._white) if known else self._small)
        if self._dialog is not None:
            self._fill(self._dialog)

    def _select(self, _cell: int) -> None:
        self._tell()

    def _choose(self, cell: int) -> None:
        if self._frame is not None:
            below = sum(len(layer.maps) for layer in self._frame.layers[: self._place])
            self.filter_chosen.emit(below + cell)

    def _enlarge(self, cell: int) -> None:
        if self._dialog is None:
            self._dialog = MapDialog(self)
            self._dialog.finished.connect(self._forget_dialog)
        self.sheet.select(cell)
        self._fill(self._dialog)
        self._dialog.show()
        self._dialog.raise_()

    def _fill(self, dialog: MapDialog) -> None:
        cell = self.sheet.selected
        if self._frame is not None and cell >= 0:
            dialog.show_map(self._frame, self._place, cell, self._name(cell), self.describe(cell))

    def _forget_dialog(self) -> None:
        self._dialog = None

    def _clear(self) -> None:
        self._again.stop()
        self._frame = None
        self.sheet.select(-1)
        if self._dialog is not None:
            self._dialog.close()
        self._show()

    def _follow_model(self, model: object) -> None:
        self._stale = True
        if model == Family.CONVOLUTIONAL and self._has_picture:
            self._glance()
        else:
            self._clear()

    def _follow_set(self, _images: object) -> None:
        if not self._wanted[0]:
            self._glance()

    def _follow_steps(self, _progress: object) -> None:
        # between two steps that are taken by hand there is time
        if self._session.status.state is RunState.PAUSED:
            self._glance()

    def _follow_status(self, _status: object) -> None:
        if self._session.status.state in (RunState.TRAINING, RunState.IDLE):
            self._glance()
        else:
            self._again.stop()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._glance()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._again.stop()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        # whatever is no picture is the window's to take
        if dropped_picture(event):
            event.acceptProposedAction()
            self.sheet.set_marked(True)
        else:
            event.ignore()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        super().dragLeaveEvent(event)
        self.sheet.set_marked(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self.sheet.set_marked(False)
        path = dropped_picture(event)
        if path:
            event.acceptProposedAction()
            self.look_at(path)
        else:
            event.ignore()
