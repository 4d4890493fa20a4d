"""The part of the session that paints on the canvas: holes, what is held, masks."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path

from studio.dream.blending import Blend
from studio.dream.coverage import touched
from studio.dream.place import Hold
from studio.dream.strokes import MOST_POINTS, Form, Point, Stroke
from studio.session.answers import ToMask
from studio.session.dreaming import Dreaming
from studio.session.notices import Notice
from studio.session.worker import Reply

PAINT = "Painting"
FILLING = "Looking at the hole"
MASK = "Saving the mask"


class Painting(Dreaming):
    """Every stroke can be undone, and acts at the next sweep."""

    _under_way: Stroke | None = None  # the line that may be led on; undo ends it
    _hole_asked = False  # at the hole: a sweep may take longer than one waits before looking again
    _blend = Blend.HARD  # of the latest look
    _hole_refused = ""  # what was said of the latest look that failed

    def hold_whole(self, picture: str = "", index: int = -1) -> None:
        """Put a picture on the canvas, all of it held, to be painted on: a file, or one of those at hand."""
        if self.has_model:
            hold = Hold(picture, whole=True, index=index)
            self._take_hold(hold, self.dream, "the picture that is filled", several=True)

    def begin_stroke(self, stroke: Stroke) -> None:
        """Paint a new stroke; more of it may follow."""
        if not self.has_model:
            return
        self._remember(label_of(stroke), alone=True)
        self._put((*self.strokes, stroke))

    def extend_stroke(self, points: Sequence[Point]) -> None:
        """Lead the line under way on through these points."""
        self._lead_on(points, self.begin_stroke)

    def _put(self, strokes: tuple[Stroke, ...]) -> None:
        """Paint the last of these strokes, a new one, and let it be led on if it is a line."""
        stroke = strokes[-1]
        self._pack(strokes[:-1])
        self._set_strokes(strokes)
        self._under_way = stroke if stroke.form is Form.LINE else None
        self._compute.ask(PAINT, lambda workshop: workshop.paint(stroke, begins=True))

    def _lead_on(self, points: Sequence[Point], begin: Callable[[Stroke], None]) -> None:
        if not self.strokes or not points or self.strokes[-1] is not self._under_way:
            return
        last = self.strokes[-1]
        start = last.points[-1]
        if len(last.points) + len(points) > MOST_POINTS:
            again = None if last.seen is None else last.seen.again()  # this part holds other pixels of it
            begin(dataclasses.replace(last, points=(start, *points), seen=again))
            return
        longer = dataclasses.replace(last, points=(*last.points, *points))
        self._set_strokes((*self.strokes[:-1], longer))
        self._under_way = longer
        # A hand may be faster than the canvas: what has not been painted yet is then painted at once.
        self._compute.ask_more(
            PAINT,
            tuple(points),
            lambda workshop, more: workshop.paint(dataclasses.replace(last, points=(start, *more)), begins=False),
        )

    def _pack(self, strokes: Sequence[Stroke]) -> None:
        """Let finished strokes keep no more of what was seen than they hold: many of them would fill the memory."""
        if strokes and strokes[-1].seen is not None and strokes[-1].seen.packed is None:
            last, seen = strokes[-1], strokes[-1].seen
            size = seen.shape[0], seen.shape[1]
            self.files.write(PAINT, lambda: seen.pack(touched(last, size).whole(size)))

    def clear_strokes(self) -> None:
        """Take back all that was painted."""
        if self.strokes:
            self._remember("clearing the canvas", alone=True)
            self._repaint(())

    def look_at_filling(self, blend: Blend | None = None) -> None:
        """Ask what is made of the hole, its edge as it was asked for last where that is not said.

        A frame of kind `fill` follows where something is held.
        """
        self._blend = blend = self._blend if blend is None else blend
        if self.has_model and not self._hole_asked:
            self._hole_asked = True
            self._compute.ask(FILLING, lambda workshop: workshop.filling(blend))

    def save_mask(self, path: Path) -> None:
        """Save the hole as a grey PNG, white where the hole is."""
        self._compute.ask(MASK, lambda workshop: workshop.mask_now(path))

    def load_mask(self, path: Path) -> None:
        """Read a mask; mask_read follows."""
        self.files.read_mask(path)

    def _take_painting(self, reply: Reply) -> None:
        """Hand on what came back of painting; what could not be painted is taken back."""
        if reply.task == FILLING:
            self._take_filling(reply)
        elif isinstance(reply.value, ToMask):
            self.files.write_mask(reply.value)
        elif reply.error is not None and reply.task == PAINT:
            self._set_strokes(())
            self._compute.ask(PAINT, lambda workshop: workshop.repaint(()))
            self.notify(Notice.of(reply.error))
        elif reply.error is not None:
            self.notify(Notice.of(reply.error))

    def _take_filling(self, reply: Reply) -> None:
        """Hand on what is made of the hole, or why that cannot be told, which is said once."""
        self._hole_asked = False
        refused = "" if reply.error is None else reply.error.message
        if reply.error is not None and refused != self._hole_refused:
            self.notify(Notice.of(reply.error))
        self._hole_refused = refused
        if reply.value is not None and self.has_model:
            self.frame_arrived.emit("fill", reply.value)


def label_of(stroke: Stroke) -> str:
    """Return what undo calls a stroke."""
    if stroke.form in (Form.LINE, Form.LASSO, Form.RECTANGLE, Form.ELLIPSE):
        return f"a stroke ({stroke.brush})"
    if stroke.form is Form.MASK:
        return "the mask"
    return f"a hole ({stroke.words or stroke.form})"
