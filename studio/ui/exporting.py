"""Takes the dream away for the panel: asks what and where, copies it, and lets it be dragged out."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from studio.session.notices import Level, Notice
from studio.session.taking import Grabbed
from studio.ui import conditions
from studio.ui.batch_dialog import BatchDialog, BatchWish
from studio.ui.export_dialog import FILM, MAPS, SPRITES, ExportDialog, ExportWish
from studio.ui.images import to_qimage
from studio.ui.widgets.canvas_controls import Size
from studio.ui.widgets.drag_handle import DragHandle
from studio.ui.widgets.save_file import ask_to_save

if TYPE_CHECKING:
    from studio.session.session import Session

KINDS = {
    ".png": "PNG picture (*.png)",
    ".tif": "TIFF picture (*.tif *.tiff)",
    ".webp": "WebP picture (*.webp)",
    ".jpg": "JPEG picture (*.jpg *.jpeg)",
    ".gif": "GIF animation (*.gif)",
    ".apng": "PNG animation (*.apng)",
    ".mp4": "MP4 film (*.mp4)",
    "": "Name of a new folder (*)",
}


class Exporter(QObject):
    """Belongs to a panel; `size` tells how large the dream is, (width, height)."""

    def __init__(self, session: Session, handle: DragHandle, size: Callable[[], Size], panel: QWidget) -> None:
        super().__init__(panel)
        self._session, self._size, self._panel = session, size, panel
        session.picture_grabbed.connect(self._copied)
        session.drag_ready.connect(handle.set_file)
        handle.asked.connect(session.make_drag_file)

    def ask(self) -> None:
        """Ask what to take away, then where to."""
        session = self._session
        dialog = ExportDialog(
            self._size(),
            self._panel,
            tiles=conditions.any_size(session.family),
            held=session.hold is not None or bool(session.strokes),
            no_maps=conditions.maps_reason(session),
            channels=session.recipe.preprocess.channels,
            recipe=session.tells_recipes,
        )
        dialog.chosen.connect(self._export)
        dialog.open()

    def ask_batch(self) -> None:
        """Ask which dreams to have in a batch, then where to."""
        dialog = BatchDialog(self._session.dream, self._panel)
        dialog.chosen.connect(self._take_batch)
        dialog.open()

    def copy(self) -> None:
        """Put the dream as it stands on the clipboard."""
        self._session.grab_picture()

    def _export(self, wish: ExportWish) -> None:
        path = ask_to_save(self._panel, "Export the dream", f"dream{wish.suffix}", KINDS[wish.suffix])
        if path is None:
            return
        self._session.tell_recipes(wish.recipe)
        if wish.kind in (FILM, SPRITES):
            self._session.take_film(path, wish.take, wish.per_second, wish.across)
        elif wish.kind == MAPS:
            self._session.take_maps(path, wish.maps)
        else:
            self._session.export_dream(path, wish.bits, wish.copies, wish.alpha)

    def _take_batch(self, wish: BatchWish) -> None:
        name, kind = (f"sheet{wish.suffix}", KINDS[wish.suffix]) if wish.sheet else ("dreams", KINDS[""])
        path = ask_to_save(self._panel, "Dream a batch", name, kind)
        if path is not None:
            self._session.take_batch(path, wish.batch, tuple(map(Path, wish.models)), wish.bits, wish.suffix)

    def _copied(self, grabbed: Grabbed) -> None:
        QGuiApplication.clipboard().setImage(to_qimage(grabbed.pixels))
        self._session.notify(Notice(Level.INFO, "The picture is on the clipboard."))


def sheet_size(count: int, width: int, height: int) -> Size:
    """Return width and height of so many pictures side by side with lines between them, as they are saved."""
    across = math.ceil(math.sqrt(count))
    return across * (width + 1) + 1, -(-count // across) * (height + 1) + 1
