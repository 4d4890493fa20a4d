"""Curves as files."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint
from PySide6.QtGui import QImage, QPalette
from PySide6.QtWidgets import QWidget

from studio.atomic import write_atomically
from studio.project.history import RunRecord

COLUMNS = ("run", "metric", "step", "value")
SHARPNESS = 2


def write_csv(runs: Sequence[RunRecord], path: Path) -> None:
    """Write every point of every curve, one a row; raises ProjectError when it cannot be written."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for run in runs:
        for metric in run.curves.names():
            curve = run.curves.get(metric)
            if curve is not None:
                points = zip(curve.steps.tolist(), curve.values.tolist(), strict=True)
                writer.writerows((run.number, metric, step, repr(value)) for step, value in points)
    write_atomically(path, text.getvalue().encode("utf-8"))


def write_png(widget: QWidget, path: Path) -> None:
    """Write `widget` as it is drawn, twice as sharp; raises ProjectError when it cannot be written."""
    image = QImage(widget.size() * SHARPNESS, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(SHARPNESS)
    image.fill(widget.palette().color(QPalette.ColorRole.Window))
    widget.render(image, QPoint())
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs want bytes, Qt takes the name of the format
    buffer.close()
    write_atomically(path, bytes(data.data()))
