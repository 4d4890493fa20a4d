"""Draw the icons of the desktop from their SVGs: run it after changing one. `.venv/bin/python packaging/icons.py`"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QRectF
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

DESKTOP = Path(__file__).resolve().parent.parent / "resources" / "desktop"
ICONS = {"studio.harmonium.Harmonium": "apps", "application-x-harmonium": "mimetypes"}
SIZES = (16, 24, 32, 48, 64, 128, 256, 512)


def draw(source: Path, size: int) -> QImage:
    """Return the picture of an SVG on a transparent square."""
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    QSvgRenderer(str(source)).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return image


def main() -> int:
    application = QGuiApplication(sys.argv)
    for name in ICONS:
        for size in SIZES:
            draw(DESKTOP / f"{name}.svg", size).save(str(DESKTOP / "icons" / f"{name}-{size}.png"))
    application.quit()
    return 0


if __name__ == "__main__":
    sys.exit(main())
