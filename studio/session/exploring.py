"""The part of the session that looks at codes: a map of them, pictures of points, ways and mixtures of kept ones."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QSettings

from studio.dream.walk import Walk
from studio.jobs.code_frames import CodeMap, CodePicture, CodePoint, CodeWish
from studio.session.answers import CodeWalk
from studio.session.core import SessionCore
from studio.session.worker import Reply

MAP = "Mapping the codes"
SHOW = "Looking at a code"
WALK = "Exporting the walk"


class Exploring(SessionCore):
    """Of several wishes only the latest is served: a hand that drags is faster than a model that decodes."""

    def __init__(self, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(settings, parent)
        self._decoding = False
        self._code_wish: CodeWish | None = None

    def map_codes(self) -> None:
        """Ask for the codes of the pictures at hand; codes_mapped follows."""
        if self.has_model:
            self._compute.ask(MAP, lambda workshop: workshop.map_codes())

    def show_code(self, wish: CodeWish) -> None:
        """Ask for the picture of a code; code_shown follows, unless another is asked for meanwhile."""
        if not self.has_model:
            return
        if self._decoding:
            self._code_wish = wish
            return
        self._decoding = True
        self._compute.ask(SHOW, lambda workshop: workshop.show_code(wish))

    def keep_codes(self, points: tuple[CodePoint, ...], label: str) -> None:
        """Keep these points of the map, for ways and mixtures; `label` says what was changed."""
        if points != self.kept_codes and self.has_model:
            self._remember(label, alone=True)
            self._set_kept_codes(points)

    def export_walk(self, path: Path, points: tuple[CodePoint, ...], walk: Walk) -> None:
        """Save the pictures on the way through points, in a kind of file that the name tells."""
        self.work_changed.emit(WALK)
        self._compute.ask(WALK, lambda workshop: workshop.walk_codes(path, points, walk))

    def export_code(self, path: Path, wish: CodeWish) -> None:
        """Save the picture of a code."""
        self.work_changed.emit(WALK)
        self._compute.ask(WALK, lambda workshop: workshop.take_code(path, wish))

    def _take_codes(self, reply: Reply) -> None:
        """Hand on what was answered about codes, also that it failed."""
        if reply.task == SHOW:
            self._decoding = False
            wish, self._code_wish = self._code_wish, None
            if wish is not None and reply.error is None:
                self.show_code(wish)
        elif reply.task == WALK and reply.error is not None:
            self.work_changed.emit("")
        match reply.value:
            case CodeMap() as found:
                self.codes_mapped.emit(found)
            case CodePicture() as picture:
                self.code_shown.emit(picture)
            case CodeWalk() as walk:
                self.files.export_walk(walk)
