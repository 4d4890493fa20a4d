"""What the model has learned: a live sheet of filters, and one of them at a closer look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QElapsedTimer, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QLabel, QStackedWidget, QVBoxLayout, QWidget

from studio.jobs.frames import FilterDetail, FilterFrame
from studio.models.spec import Family
from studio.ui import conditions
from studio.ui.alter_box import AlterBox
from studio.ui.maps_box import MapsBox
from studio.ui.mixer_box import MixerBox
from studio.ui.widgets.allow import allow
from studio.ui.widgets.buttons import button
from studio.ui.widgets.choice import Choice
from studio.ui.widgets.empty import EmptyState
from studio.ui.widgets.filter_detail import FilterDetailView, named, share
from studio.ui.widgets.filter_pixels import filter_bytes
from studio.ui.widgets.flow import FlowLayout
from studio.ui.widgets.labels import dim_label
from studio.ui.widgets.save_file import ask_to_save
from studio.ui.widgets.sheet_view import SheetView

if TYPE_CHECKING:
    from studio.session.session import Session

ORDERS = (("index", "in order"), ("norm", "by norm"), ("activity", "by use"))
GREYS = (("grey", "grey"), ("diverging", "diverging"))
COLOURS = (("rgb", "colour"), *GREYS)
PAUSE = 120  # ms between two sheets: filters change slowly, and the curves want their time too
READABLE = 18  # widget pixels of a filter on the sheet, at least
TITLE = "Filters"
RESORT = 2000  # ms: cells that change places many times a second cannot be followed


class FiltersPanel(QWidget):
    """Filters of a layer in a sheet; a click tells what excites one of them."""

    filter_chosen = Signal(int, int)  # number over all layers, -1 for none, and its longer side in pixels

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._frame: FilterFrame | None = None
        self._waiting = False
        self._order: NDArray[np.intp] = np.zeros(0, np.intp)
        self._sorted = QElapsedTimer()
        self._also: set[int] = set()  # chosen beside that one
        self._chosen = -1  # a filter's own number over all layers, wherever the order puts it
        self._layer = 0  # the one asked for, which may not be there yet
        self._dialog: FilterDialog | None = None
        self._coloured = False
        self.sheet = SheetView(least=READABLE)
        self.sheet.setAccessibleName("Filters")
        self.sheet.setMinimumHeight(220)
        self.layer = Choice((), name="Layer", tip="Whose filters are shown; those of deeper layers are drawn in pixels")
        self.layer.hide()
        self.order = Choice(ORDERS, name="Order of the filters")
        self.colour = Choice(GREYS, name="Colours of the filters")
        self.see = button("See maps", "What the model sees in a picture: where each filter answers", role="link")
        self.see.setCheckable(True)
        self.see.hide()
        self.export_button = button("Export", "Save the sheet of filters as PNG", role="link")
        self.words = dim_label("", wrap=True)
        # Two lines always: a sheet that jumps while one points at it is no sheet.
        self.words.setFixedHeight(2 * self.words.fontMetrics().lineSpacing())
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.maps = MapsBox(session)
        self.maps.hide()
        self.mixer = MixerBox(session)
        self.alter = AlterBox(session)
        self.detail = FilterDetailView()
        self.detail.hide()
        self.empty = EmptyState("Filters form here while the model learns.")
        self._pages = QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self.sheet)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._lay_out()
        self._connect()
        self._follow_model(session.family if session.has_model else None)

    def _lay_out(self) -> None:
        self._title = QLabel(TITLE)
        self._title.setProperty("role", "heading")
        head = FlowLayout(gap=2, line_gap=0)
        head.addWidget(self._title)
        head.push()
        head.addWidget(self.layer)
        head.addWidget(self.order)
        head.addWidget(self.colour)
        head.addWidget(self.export_button)
        head.addWidget(self.see)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._pages, 1)
        column.addWidget(self.words)
        column.addWidget(self.maps, 1)
        column.addWidget(self.mixer)
        column.addWidget(self.alter)
        column.addWidget(self.detail)
        self.setMinimumWidth(200)

    def _connect(self) -> None:
        self._session.frame_arrived.connect(self._arrive)
        self._session.filter_inspected.connect(self._inspected)
        self._session.model_changed.connect(self._follow_model)
        self.sheet.cell_hovered.connect(self._tell)
        self.sheet.cell_selected.connect(self._select)
        self.sheet.cell_clicked.connect(self._inspect)
        self.sheet.cell_activated.connect(self._inspect)
        self.sheet.cell_double_clicked.connect(self._enlarge)
        self.sheet.cell_added.connect(self._add)
        self.sheet.cell_menu_asked.connect(self._open_menu)
        self._session.mixer_changed.connect(self._follow_mixer)
        self.mixer.group_chosen.connect(self._choose_units)
        self.layer.chosen.connect(self._choose_layer)
        self.order.chosen.connect(self._resort)
        self.colour.chosen.connect(self._recolour)
        self.export_button.clicked.connect(self.export)
        self.see.toggled.connect(self._show_maps)
        self.maps.filter_chosen.connect(self._choose_filter)
        self._pause.timeout.connect(self._catch_up)

    def export(self) -> None:
        """Ask for a file and save the sheet in it."""
        path = ask_to_save(self, "Export the filters", "filters.png", "PNG picture (*.png)")
        if path is not None:
            self._session.export_filters(path)

    def describe(self, index: int) -> str:
        """Return what is known of filter `index`, counted from the first layer on, in a sentence."""
        if index < 0:
            return ""
        number = index
        for frame in self._layers:
            if index < len(frame.filters):
                name = named(index, frame.layer if len(self._layers) > 1 else "")
                activity, norm = float(frame.activity[index]), float(frame.norms[index])
                mixed = self.mixer.words(number)
                return f"{name}, fires for {share(activity)} of {self._seen_in}, norm {norm:.1f}{mixed}"
            index -= len(frame.filters)
        return ""

    @property
    def _seen_in(self) -> str:
        """What a filter fires for: whole pictures, or places in them."""
        return "places" if conditions.any_size(self._session.family) else "pictures"

    @property
    def _layers(self) -> tuple[FilterFrame, ...]:
        return () if self._frame is None else (self._frame, *self._frame.deeper)

    @property
    def _shown(self) -> FilterFrame | None:
        """The frame of the layer asked for, or of the last one there is."""
        return self._layers[min(self._layer, len(self._layers) - 1)] if self._layers else None

    @property
    def _below(self) -> int:
        """How many filters the layers below the shown one have."""
        return sum(len(frame.filters) for frame in self._layers[: self._layer][: len(self._layers) - 1])

    def _arrive(self, kind: str, frame: object) -> None:
        if kind != "filters" or not isinstance(frame, FilterFrame):
            return
        self._frame = frame
        self._waiting = True
        self.mixer.set_filters(self._layers, self._layer)
        if self.isVisible() and not self._pause.isActive():
            self._catch_up()

    def _catch_up(self) -> None:
        if self._waiting and self.isVisible():
            self._draw()
            self._pause.start()

    def _draw(self) -> None:
        self._offer_layers()
        frame = self._shown
        self._waiting = False
        if frame is None or not frame.filters.size:
            self.sheet.set_cells(np.zeros((0, 1, 1, 1), np.float32))
            self._pages.setCurrentWidget(self.empty)
            return
        self._offer_colours(frame.filters.shape[3] == 3)
        if len(self._order) != len(frame.filters) or self._sorted.hasExpired(RESORT):
            self._sort()
        self.sheet.set_cells(filter_bytes(frame.filters, self.colour.key())[self._order])
        self._pages.setCurrentWidget(self.sheet)
        self._mark()
        self._tell()

    def _offer_colours(self, coloured: bool) -> None:
        if coloured != self._coloured:
            self._coloured = coloured
            self.colour.set_options(COLOURS if coloured else GREYS)
            self.colour.set_key("rgb" if coloured else "grey")

    def _offer_layers(self) -> None:
        layers = self._layers
        self.layer.setVisible(len(layers) > 1)
        if len(layers) > 1:
            self.layer.set_options([(str(place), frame.layer) for place, frame in enumerate(layers)])
            self.layer.set_key(str(min(self._layer, len(layers) - 1)))

    def _choose_layer(self, key: str) -> None:
        self._layer = int(key)
        self.maps.set_layer(self._layer)
        self.mixer.set_filters(self._layers, self._layer)
        self._choose_units(())
        self.detail.hide()
        self._sort()
        self._draw()

    def _sort(self) -> None:
        frame = self._shown
        if frame is None:
            return
        count = len(frame.filters)
        keys = {"norm": frame.norms, "activity": frame.activity}
        key = keys.get(self.order.key())
        self._order = np.arange(count) if key is None else np.argsort(-key, kind="stable")
        self._sorted.start()

    def _mark(self) -> None:
        place = np.flatnonzero(self._order + self._below == self._chosen)
        self.sheet.blockSignals(True)
        self.sheet.select(int(place[0]) if len(place) else -1)
        self.sheet.blockSignals(False)
        self._mark_cells()

    def _mark_cells(self) -> None:
        """Mark the cells as their filters are mixed."""
        self.sheet.set_marks(self.mixer.marks((self._order + self._below).tolist()))

    def _follow_mixer(self, _mixer: object) -> None:
        self._mark_cells()
        self._tell()

    def _choose_units(self, units: tuple[int, ...]) -> None:
        """Choose these filters, counted over all layers, and no others; the first is the one at hand."""
        self._chosen, self._also = (units[0], set(units[1:])) if units else (-1, set())
        self._mark()
        self._tell_chosen()

    def _add(self, cell: int) -> None:
        """Choose one more filter, or one less."""
        number = self._number(cell)
        units = [unit for unit in (self._chosen, *sorted(self._also)) if unit >= 0]
        self._choose_units(tuple(unit for unit in units if unit != number) if number in units else (*units, number))

    def _open_menu(self, cell: int, at: QPoint) -> None:
        self.mixer.open_menu(self._number(cell), at)

    def _tell_chosen(self) -> None:
        """Let the mixer turn what is chosen."""
        units = tuple(unit for unit in (self._chosen, *sorted(self._also)) if unit >= 0)
        name = self.describe(self._chosen).split(", fires")[0] if len(units) == 1 else f"{len(units)} filters"
        self.mixer.set_chosen(units, name)
        frame = self._shown
        self.filter_chosen.emit(self._chosen, 0 if frame is None else max(frame.filters.shape[1:3]))
        self.alter.set_chosen(units)
        self._mark_cells()
        self._tell()

    def _resort(self) -> None:
        self._sort()
        self._draw()

    def _recolour(self, mode: str) -> None:
        self._draw()
        self.detail.set_mode(mode)
        if self._dialog is not None:
            self._dialog.view.set_mode(mode)

    def _select(self, cell: int) -> None:
        self._choose_units((self._number(cell),) if cell >= 0 else ())

    def _inspect(self, cell: int) -> None:
        if 0 <= cell < len(self._order):
            self._choose_units((self._number(cell),))
            self._session.inspect_filter(self._number(cell))

    def _choose_filter(self, number: int) -> None:
        """Take a filter that was chosen by its map."""
        self._choose_units((number,))
        self._session.inspect_filter(number)

    def _show_maps(self, shown: bool) -> None:
        """Show what the layer sees in a picture in place of its filters."""
        for part in (self._pages, self.words, self.order, self.colour, self.export_button):
            part.setVisible(not shown)
        self.maps.setVisible(shown)
        self._title.setText("Maps" if shown else TITLE)
        self.see.setText("See filters" if shown else "See maps")
        self.see.setAccessibleName(self.see.text())

    def _number(self, cell: int) -> int:
        """Return the number over all layers of the filter in a cell, or -1."""
        return self._below + int(self._order[cell]) if 0 <= cell < len(self._order) else -1

    def _enlarge(self, cell: int) -> None:
        self._inspect(cell)
        if self._dialog is None:
            self._dialog = FilterDialog(self)
            self._dialog.finished.connect(self._forget_dialog)
            if self.detail.detail is not None:
                self._dialog.show_detail(
                    self.detail.detail, self.colour.key(), self._name(self.detail.detail), self._seen_in
                )
        self._dialog.show()
        self._dialog.raise_()

    def _forget_dialog(self) -> None:
        self._dialog = None

    def _inspected(self, detail: FilterDetail) -> None:
        self.detail.set_detail(detail, self.colour.key(), self._seen_in)
        self.detail.show()
        if self._dialog is not None:
            self._dialog.show_detail(detail, self.colour.key(), self._name(detail), self._seen_in)

    def _name(self, detail: FilterDetail) -> str:
        below = 0
        for frame in self._layers:
            if frame.layer == detail.layer and len(self._layers) > 1:
                return named(detail.index - below, detail.layer)
            below += len(frame.filters)
        return named(detail.index, "")

    def _follow_model(self, model: object) -> None:
        self.detail.hide()
        self._choose_units(())
        self.see.setVisible(model == Family.CONVOLUTIONAL)
        if model != Family.CONVOLUTIONAL:
            self.see.setChecked(False)
        if not model:
            self._layer = 0
            self.maps.set_layer(0)
            self._frame = None
            self._draw()
        self._mark()
        self._tell()

    def _tell(self, hovered: int = -1) -> None:
        index = self._number(hovered) if 0 <= hovered < len(self._order) else self._chosen
        has = self._shown is not None and self._shown.filters.size > 0
        self.words.setText(self.describe(index) or ("Click a filter to see what excites it." if has else ""))
        allow(self.export_button, "" if has else "There are no filters yet: press Start, or open a project.")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._session.set_wanted("filters", True)
        self._catch_up()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._pause.stop()
        self._session.set_wanted("filters", False)


class FilterDialog(QDialog):
    """The closer look in a window of its own."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Filter")
        self.view = FilterDetailView(side=280)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.addWidget(self.view)
        self.resize(760, 520)

    def show_detail(self, detail: FilterDetail, mode: str, name: str, what: str) -> None:
        self.setWindowTitle(name)
        self.view.set_detail(detail, mode, what)
