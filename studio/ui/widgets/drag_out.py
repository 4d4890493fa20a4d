"""A picture file dragged out of the window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDrag, QImage, QPixmap
from PySide6.QtWidgets import QWidget


def drag_out(source: QWidget, path: Path, picture: QImage) -> None:
    """Drag a file, shown by a picture under the cursor, until it is dropped somewhere."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    drag = QDrag(source)
    drag.setMimeData(data)
    drag.setPixmap(QPixmap.fromImage(picture))
    drag.exec(Qt.DropAction.CopyAction)
