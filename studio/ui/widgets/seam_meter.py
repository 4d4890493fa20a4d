"""The seam of what is shown, measured now and then and told calmly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from studio.lab.seam import seam

PAUSE = 500  # ms between two measurements
ACROSS = 192  # lines are compared at so many places along them
DEEP = 256  # and so many lines from either end: a large picture has more than a moment allows to look at
CALM = 0.35  # weight of the newest measurement

Values = NDArray[np.float32]


class SeamMeter(QObject):
    """Takes every picture and measures the latest twice a second; `measured` carries the score, None without one."""

    measured = Signal(object)  # float | None

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._picture: Values | None = None
        self._axes: tuple[int, ...] = ()
        self._score: float | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE)
        self._timer.timeout.connect(self._measure)

    def look(self, picture: Values, wrap: tuple[bool, bool]) -> None:
        """Measure this picture (H, W, C), whose sides meet so, soon, unless a later one comes first."""
        axes = tuple(axis for axis, meets in enumerate(wrap) if meets)
        if axes != self._axes:
            self._axes, self._score = axes, None
        self._picture = picture
        if not self._timer.isActive():
            self._timer.start()

    def clear(self) -> None:
        """Forget what was measured."""
        self._timer.stop()
        self._picture, self._score = None, None
        self.measured.emit(None)

    def _measure(self) -> None:
        picture, self._picture = self._picture, None
        if picture is None:
            return
        score = worst(picture, self._axes)
        if score is not None and self._score is not None:
            score = self._score + CALM * (score - self._score)
        self._score = score
        self.measured.emit(score)


def worst(picture: Values, axes: tuple[int, ...]) -> float | None:
    """Return the seam score of these axes that is farthest from 1, None where there is nothing to measure."""
    if min(picture.shape[:2]) < 3:
        return None
    scores = [seam(thinned(picture, axis), axis).score for axis in axes]
    if not scores or not np.isfinite(scores).all():
        return None
    return max(scores, key=lambda score: abs(np.log(max(score, 1e-6))))


def thinned(picture: Values, axis: int) -> Values:
    """Return what a moment allows to look at: the lines near both ends, at some places along each."""
    lines = np.moveaxis(picture, axis, 0)
    lines = lines[:, :: max(1, lines.shape[1] // ACROSS)]
    if len(lines) > 2 * DEEP:
        # where the two ends touch lies one line that is none, among more than five hundred that are
        lines = np.concatenate([lines[:DEEP], lines[-DEEP:]])
    return np.moveaxis(lines, 0, axis)
