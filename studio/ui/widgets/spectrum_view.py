"""The power of the picture and of the dream, by wavelength."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedLayout, QVBoxLayout, QWidget

from studio.jobs.frames import SpectrumFrame
from studio.ui.widgets.curve_lines import Drawing, Line
from studio.ui.widgets.curve_math import span
from studio.ui.widgets.curve_style import CurveStyle
from studio.ui.widgets.labels import dim_label

if TYPE_CHECKING:
    from studio.ui.widgets.curve_plot import CurvePlot

NAMED = (64, 32, 16, 8, 4, 2)  # wavelengths in pixels
WAITING = "The spectra appear here while the model learns."
TIP = (
    "How strong waves of each length are in the picture and in the dream, as the model sees both: "
    "long waves on the left, two pixels on the right. Where the lines part, the dream is too smooth or too rough."
)


class SpectrumView(QWidget):
    """Draws the two spectra of a frame one over the other; `watched` tells whether anybody sees them."""

    watched = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frame: SpectrumFrame | None = None
        self._plot: CurvePlot | None = None
        title = QLabel("Spectrum")
        title.setProperty("role", "heading")
        self.names = dim_label("")
        self.names.setTextFormat(Qt.TextFormat.RichText)
        self.empty = dim_label(WAITING, wrap=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(self.names)
        self._pages = QStackedLayout()
        self._pages.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addLayout(self._pages, 1)
        self.setMinimumSize(120, 80)
        self.setToolTip(TIP)
        self.setAccessibleName("Spectrum of picture and dream")

    @property
    def drawing(self) -> Drawing:
        """What is drawn: waves by their frequency in octaves."""
        frame = self._frame
        if frame is None:
            return Drawing()
        style = CurveStyle.of(self.palette())
        octaves = -np.log2(frame.wavelengths.astype(np.float64))
        picture, dream = frame.picture.astype(np.float64), frame.dream.astype(np.float64)
        return Drawing(
            {"picture": Line(octaves, picture, style.second), "dream": Line(octaves, dream, style.first)},
            x_range=(float(octaves[0]), float(octaves[-1])),
            y_range=span([picture, dream]),
        )

    def show_frame(self, frame: SpectrumFrame | None) -> None:
        """Draw these spectra, now or when they are seen; None says that there are none."""
        self._frame = frame
        if self.isVisible():
            self._draw()

    def _draw(self) -> None:
        drawing, frame = self.drawing, self._frame
        if frame is None or drawing.y_range is None:
            self.names.setText("")
            self._pages.setCurrentWidget(self.empty)
            return
        style = CurveStyle.of(self.palette())
        plot = self._ensure_plot(style)
        plot.draw(drawing)
        self._pages.setCurrentWidget(plot)
        names = (("picture", style.second_text), ("dream", style.first_text))
        words = [f'<span style="color:{colour.name()}">{name}</span>' for name, colour in names]
        longest, shortest = (f"{length:.0f}" for length in frame.wavelengths[[0, -1]])
        self.names.setText("&nbsp; ".join([*words, f"waves of {longest} to {shortest} px"]))

    def _ensure_plot(self, style: CurveStyle) -> CurvePlot:
        if self._plot is None:
            # pyqtgraph takes long to import, which the first window need not wait for.
            from studio.ui.widgets.curve_plot import CurvePlot

            self._plot = CurvePlot()
            self._plot.set_style(style)
            self._plot.set_ticks([(-float(np.log2(length)), str(length)) for length in NAMED])
            self._pages.addWidget(self._plot)
        return self._plot

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.watched.emit(True)
        self._draw()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.watched.emit(False)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._plot is not None:
            self._plot.set_style(CurveStyle.of(self.palette()))
            self._draw()
