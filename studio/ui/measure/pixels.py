"""What a widget really draws, and a finger that presses it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtWidgets import QWidget

from studio.ui.images import from_qimage

NEAR = 40  # antialiased lines are mixtures


def drawn(widget: QWidget) -> NDArray[np.uint8]:
    """Return the pixels of a widget as it draws itself, (H, W, 3)."""
    return from_qimage(widget.grab().toImage())[..., :3]


def uniform(pixels: NDArray[np.uint8]) -> bool:
    """Say whether all pixels are alike: nothing is drawn."""
    return not pixels.size or bool(np.all(pixels == pixels[:1, :1]))


def differ(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> bool:
    return one.shape != other.shape or not np.array_equal(one, other)


def count_near(pixels: NDArray[np.uint8], colour: QColor) -> int:
    """Return how many pixels have nearly this colour."""
    wanted = np.array([colour.red(), colour.green(), colour.blue()], np.int16)
    return int(np.all(np.abs(pixels.astype(np.int16) - wanted) < NEAR, axis=2).sum())


def click(widget: QWidget) -> None:
    """Press and release the left mouse button on the middle of a widget."""
    at = QPointF(widget.rect().center())
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    for kind, held in ((QEvent.Type.MouseButtonPress, left), (QEvent.Type.MouseButtonRelease, none)):
        event = QMouseEvent(kind, at, widget.mapToGlobal(at), left, held, Qt.KeyboardModifier.NoModifier)
        QCoreApplication.sendEvent(widget, event)
