"""Leads what is painted on the canvas to the session, and what is held there back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMessageBox, QWidget

from studio.dream.holes import Hole
from studio.dream.strokes import SMALLEST, Brush, Form, PackedMask, Point, Seen, Stroke
from studio.jobs.fill_frames import PaintFrame
from studio.jobs.frames import DreamFrame
from studio.session.notices import Level, Notice
from studio.ui.conditions import NOTHING_PAINTED, any_size
from studio.ui.widgets.allow import allow
from studio.ui.widgets.paint_bar import PaintBar
from studio.ui.widgets.paint_canvas import PaintCanvas
from studio.ui.widgets.paint_tool import PaintTool
from studio.ui.widgets.save_file import ask_to_save

if TYPE_CHECKING:
    from studio.session.session import Session

NO_FILTER = Notice(Level.WARNING, "No filter is chosen to stamp with.", "Click one of the filters first.")
SHOWN_SMALLER = Notice(
    Level.WARNING,
    "A dream that is shown smaller than it is cannot be kept as it is seen.",
    "Keep parts of one of up to 2048 x 2048 px, or hold a colour.",
)
BRUSH_SHARE = 8  # of a new canvas that its brush is wide
MASKS = "Mask pictures (*.png *.jpg *.jpeg *.webp *.bmp *.tif *.tiff *.pgm)"


class Painter(QObject):
    """Bar, canvas and session as one: painting is on while the bar is open."""

    def __init__(self, session: Session, canvas: PaintCanvas, bar: PaintBar, panel: QWidget) -> None:
        super().__init__(panel)
        self._session, self._canvas, self._bar, self._panel = session, canvas, bar, panel
        self._frame: DreamFrame | None = None
        self._variant = 0
        self._blocks = 0
        self._unit = -1
        bar.edited.connect(self._take_tool)
        bar.named_asked.connect(self._paint_named)
        bar.blocks_asked.connect(self._paint_blocks)
        bar.text_asked.connect(self._ask_text)
        bar.all_asked.connect(self._paint_all)
        bar.load_asked.connect(self._load)
        bar.save_asked.connect(self._save)
        bar.clear_asked.connect(session.clear_strokes)
        bar.rim_toggled.connect(canvas.set_rim_shown)
        canvas.begun.connect(self._begin)
        canvas.led_on.connect(self._lead_on)
        canvas.picked.connect(self._pick)
        session.frame_arrived.connect(self._arrive)
        session.mask_read.connect(self._take_mask)
        session.model_changed.connect(self._forget)
        session.strokes_changed.connect(self._follow_strokes)
        self._opened = False
        self._follow_strokes()
        self._show_bar()

    @property
    def open(self) -> bool:
        return not self._bar.isHidden()

    @property
    def single(self) -> bool:
        """Whether one picture is looked at even where several chains run: it is painted on, or they fill one hole."""
        hold = self._session.hold
        return self.open or bool(self._session.strokes) or (hold is not None and hold.framed)

    def set_open(self, opened: bool) -> None:
        """Paint, or look only; there is nothing to paint on without a model."""
        self._opened = opened
        self._show_bar()

    def _show_bar(self) -> None:
        shown = self._opened and self._session.has_model
        self._bar.setVisible(shown)
        self._canvas.set_tool(self._bar.tool if shown else None)

    def _follow_strokes(self, _strokes: object = None) -> None:
        allow(self._bar.clear, "" if self._session.strokes else NOTHING_PAINTED)

    def hold_tool(self, changes: Mapping[str, object]) -> None:
        """Take a form or the eraser in hand; the one that is in hand already is put away."""
        tool = self._bar.tool
        if self.open and all(getattr(tool, name) == value for name, value in changes.items()):
            self.set_open(False)
            return
        self.set_open(True)
        self._bar.tell(**changes)

    def resize_brush(self, steps: int) -> None:
        if self.open:
            self._bar.tell(size=self._bar.tool.resized(steps))

    def swap(self) -> None:
        """Turn the brush round: it erases, or paints again."""
        if self.open:
            self._bar.tell(erasing=not self._bar.tool.erasing, form=Form.LINE)

    def pick(self) -> None:
        """Let the next press on the canvas pick a colour to hold."""
        self.set_open(True)
        self._canvas.set_picking(True)

    def note(self, frame: DreamFrame, variant: int) -> None:
        """Know what is seen, and which of several chains."""
        before = self._frame.canvas if self._frame is not None else (0, 0)
        self._frame, self._variant = frame, variant
        self._canvas.set_reduction(frame.reduction)
        if frame.canvas != before and all(frame.canvas):
            self._bar.tell(size=max(SMALLEST, round(min(frame.canvas) / BRUSH_SHARE)))

    @property
    def _brush(self) -> Brush:
        tool = self._bar.tool
        return Brush.ERASER if tool.erasing else tool.brush

    def _take_tool(self, tool: PaintTool) -> None:
        self._canvas.set_tool(tool if self.open else None)

    def _begin(self, points: tuple[Point, ...]) -> None:
        wrap = self._wrap
        self._paint(self._bar.tool.stroke(self._inside(points, wrap), wrap))

    def _lead_on(self, points: tuple[Point, ...]) -> None:
        if self._brush is not Brush.FILTER or self._unit >= 0:  # nothing was begun without a filter
            self._session.extend_stroke(points)

    @property
    def _wrap(self) -> tuple[bool, bool]:
        """Along which axes the canvas meets itself."""
        session = self._session
        framed = session.hold is not None and session.hold.framed
        return (False, False) if framed or not any_size(session.family) else session.wrap

    def _inside(self, points: tuple[Point, ...], wrap: tuple[bool, bool]) -> tuple[Point, ...]:
        """Bring a stroke that begins beside the picture onto it, where the picture meets itself."""
        wide, high = self._frame.canvas if self._frame is not None else (0, 0)
        across = (points[0][0] // wide) * wide if wide and wrap[1] else 0
        down = (points[0][1] // high) * high if high and wrap[0] else 0
        return tuple((x - across, y - down, pressure) for x, y, pressure in points) if across or down else points

    def choose_filter(self, unit: int, side: int) -> None:
        """Know which filter is chosen, of all layers, and how large it is; -1 for none."""
        self._unit = unit
        if unit >= 0 and self._bar.tool.brush is Brush.FILTER:
            self._bar.tell(size=float(max(SMALLEST, side)))

    def _paint(self, stroke: Stroke) -> None:
        if stroke.brush is Brush.FILTER:
            if self._unit < 0:
                self._session.notify(NO_FILTER)
                return
            stroke = replace(stroke, unit=self._unit)
        if stroke.brush is Brush.PICTURE:
            stroke = self._with_seen(stroke)
        self._session.begin_stroke(stroke)

    def _with_seen(self, stroke: Stroke) -> Stroke:
        """Let a stroke hold what is seen; where there is a picture below, that is held instead."""
        frame, hold = self._frame, self._session.hold
        if hold is not None and hold.framed:
            return stroke  # all of the canvas has a picture below
        if frame is None or not len(frame.pictures):
            return stroke
        if frame.reduction > 1:
            if hold is None:
                self._session.notify(SHOWN_SMALLER)
            return stroke
        seen = frame.pictures[min(self._variant, len(frame.pictures) - 1)]
        return replace(stroke, seen=Seen(seen))

    def _paint_named(self, hole: Hole) -> None:
        self._paint(Stroke(Brush.HOLE, Form.NAMED, words=str(hole)))

    def _paint_all(self) -> None:
        self._paint(Stroke(Brush.HOLE, Form.ALL))

    def _paint_blocks(self) -> None:
        self._blocks += 1
        self._paint(Stroke(Brush.HOLE, Form.BLOCKS, seed=self._blocks))

    def _ask_text(self) -> None:
        dialog = QInputDialog(self._panel)
        dialog.setWindowTitle("A hole in the form of a text")
        dialog.setLabelText("Text")
        dialog.textValueSelected.connect(self._paint_text)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _paint_text(self, words: str) -> None:
        if words.strip():
            self._paint(Stroke(Brush.HOLE, Form.TEXT, words=words[:200]))

    def _load(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self._panel, "Load a mask, white where the hole is", "", MASKS)
        if path:
            self._session.load_mask(Path(path))

    def _save(self) -> None:
        path = ask_to_save(self._panel, "Save the hole as a mask", "mask.png", "PNG picture (*.png)")
        if path is not None:
            self._session.save_mask(path)

    def _take_mask(self, mask: PackedMask) -> None:
        """Paint a mask that was read; one of another size is scaled if that is wanted."""
        canvas = self._frame.canvas if self._frame is not None else (0, 0)
        stroke = Stroke(Brush.HOLE, Form.MASK, mask=mask)
        if (mask.width, mask.height) == canvas or not all(canvas):
            self._paint(stroke)
            return
        buttons = QMessageBox.StandardButton
        question = QMessageBox(self._panel)
        question.setWindowTitle("A mask of another size")
        question.setText(
            f"The mask is {mask.width} x {mask.height} px, the canvas {canvas[0]} x {canvas[1]} px. Scale the mask?"
        )
        question.setStandardButtons(buttons.Yes | buttons.Cancel)
        question.button(buttons.Yes).setText("Scale")
        question.finished.connect(lambda answer: self._paint(stroke) if answer == buttons.Yes else None)
        question.finished.connect(question.deleteLater)
        question.open()

    def _pick(self, x: int, y: int) -> None:
        frame = self._frame
        if frame is None:
            return
        pictures = frame.pictures if frame.levels is None else frame.levels / np.float32(255)
        shown = pictures[min(self._variant, len(pictures) - 1)]
        if y < shown.shape[0] and x < shown.shape[1]:
            pixel = [float(value) for value in np.clip(shown[y, x], 0, 1)]
            colour = (pixel[0], pixel[0], pixel[0]) if len(pixel) < 3 else (pixel[0], pixel[1], pixel[2])
            self._bar.tell(colour=colour, brush=Brush.COLOUR, erasing=False)

    def _arrive(self, kind: str, frame: object) -> None:
        if kind == "paint" and isinstance(frame, PaintFrame):
            side = self._frame.reduction if self._frame is not None else 1
            self._canvas.set_hole(None if frame.known is None else frame.known[::side, ::side])

    def _forget(self, _model: object) -> None:
        self._canvas.set_hole(None)
        self._show_bar()
