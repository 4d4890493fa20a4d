"""The part of the session that is shown in a gallery: pictures one after the other, which visitors cover."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from studio.dream.place import Hold
from studio.dream.strokes import Point, Stroke
from studio.jobs.status import PlayerState
from studio.session.composing import OnCanvas, turned
from studio.session.painting import Painting
from studio.session.undo import Document


class Exhibiting(Painting):
    """What visitors do is not remembered for undo, and is gone when the gallery closes."""

    _before: tuple[Document, PlayerState] | None = None

    @property
    def exhibiting(self) -> bool:
        return self._before is not None

    def _on_canvas(self) -> OnCanvas:
        if self._before is None:
            return super()._on_canvas()
        document = self._before[0]
        return OnCanvas(document.hold, document.strokes, turned(document.own or document.dream, document.dream))

    def begin_exhibiting(self) -> None:
        """Keep what is on the canvas until the gallery closes."""
        if self.has_model and self._before is None:
            self._before = self.document, self.player
            self._own = self.own_dream
            self._send_marks()

    def exhibit(self, index: int) -> None:
        """Put one of the pictures at hand on the canvas, all of it held, and play."""
        if self._before is not None:
            one = dataclasses.replace(self.dream, chains=1)
            self._hold_with(Hold(whole=True, index=index), one)
            self.play()

    def cover(self, stroke: Stroke) -> None:
        """Begin a visitor's stroke."""
        if self._before is not None:
            self._put((stroke,))  # the last alone: a day of them would only be carried along

    def cover_on(self, points: Sequence[Point]) -> None:
        """Lead a visitor's stroke on."""
        if self._before is not None:
            self._lead_on(points, self.cover)

    def end_exhibiting(self) -> None:
        """Bring back what was on the canvas before."""
        before, self._before = self._before, None
        if before is None:
            return
        document, player = before
        self._send_marks()
        self._own = document.own
        self._hold_with(document.hold, document.dream)
        if document.strokes:
            self._repaint(document.strokes)
        if player is PlayerState.PAUSED:
            self.pause_dream()
