"""One filter at a closer look."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.jobs.frames import FilterDetail
from studio.ui.widgets.canvas import Canvas
from studio.ui.widgets.filter_pixels import filter_bytes
from studio.ui.widgets.histogram import Histogram
from studio.ui.widgets.labels import dim_label
from studio.ui.widgets.picture_strip import PictureStrip


class FilterDetailView(QWidget):
    """The filter large, how often it fires, and the pictures that excite it most with how strongly they do."""

    def __init__(self, side: int = 96, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._detail: FilterDetail | None = None
        self.picture = SquareCanvas(side)
        self.picture.setAccessibleName("Filter, large")
        self.histogram = Histogram()
        self.exciting = PictureStrip(side=side * 3 // 8, largest=side, name="Pictures that excite it most")
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self.picture)
        top.addWidget(self.histogram, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(dim_label("Excited most by", role="small"))
        column.addWidget(self.exciting)

    @property
    def detail(self) -> FilterDetail | None:
        return self._detail

    def set_detail(self, detail: FilterDetail, mode: str, what: str = "pictures") -> None:
        """Show `detail`, the filter itself in colour mode `mode`; `what` is counted."""
        self._detail = detail
        self.set_mode(mode)
        self.histogram.set_counts(detail.histogram, detail.mean_activity, what)
        captions = [share(float(value)) for value in detail.activations]
        self.exciting.set_pictures([detail.exciting], captions)

    def set_mode(self, mode: str) -> None:
        if self._detail is not None and self._detail.weights.size:
            self.picture.set_picture(filter_bytes(self._detail.weights[np.newaxis], mode)[0])


class SquareCanvas(Canvas):
    """A canvas of fixed size."""

    def __init__(self, side: int, parent: QWidget | None = None) -> None:
        super().__init__(parent, margin=2, embedded=True)
        self._side = side
        self.setFixedSize(side, side)

    def sizeHint(self) -> QSize:
        return QSize(self._side, self._side)


def share(value: float) -> str:
    """Return a share of one as people say it: 4 %, 0.3 %."""
    if not math.isfinite(value):
        return "no number"
    percent = 100 * value
    return f"{percent:.1f} %" if 0.05 <= percent < 1 else f"{percent:.0f} %"


def named(index: int, layer: str) -> str:
    """Return the name of a filter, which is one of a layer where there are several."""
    return f"Filter {index} of {layer}" if layer else f"Filter {index}"
