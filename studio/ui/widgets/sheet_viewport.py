"""Where a sheet of cells lies: whole where its cells stay readable, else as wide as the widget, and scrolled."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF

from studio.ui.widgets.viewport import Viewport


class SheetViewport(Viewport):
    """`least` is the zoom below which a fitted sheet does not go; what does not fit then is scrolled to."""

    def __init__(self, margin: int = 6) -> None:
        super().__init__(margin)
        self.least = 0.0
        self._scroll = 0.0

    @property
    def overflow(self) -> float:
        """Widget pixels of the fitted sheet that are out of sight."""
        if not self.fitting or self.size.isEmpty():
            return 0.0
        return max(0.0, math.ceil(self.target().height() + 2 * self.margin - self.room.height()))

    @property
    def scroll(self) -> float:
        return self._scroll

    def fit(self) -> None:
        super().fit()
        if self.size.isEmpty() or self.zoom >= self.least:
            self._scroll = 0.0
            return
        self.zoom = self.least
        self.scroll_to(self._scroll)

    def scroll_to(self, scroll: float) -> None:
        """Put the fitted sheet so that `scroll` widget pixels of it are above the upper edge."""
        self._scroll = min(max(0.0, scroll), self.overflow)
        left = max(0.0, (self.room.width() - self.target().width()) / 2)
        self.origin = QPointF(left, self.margin - self._scroll)
