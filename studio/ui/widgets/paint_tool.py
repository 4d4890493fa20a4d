"""What a hand holds over the canvas."""

from __future__ import annotations

from dataclasses import dataclass

from studio.dream.strokes import LARGEST, SMALLEST, Brush, Colour, Form, Point, Stroke

STEP = 1.25  # between two sizes


@dataclass(frozen=True, slots=True)
class PaintTool:
    """A form that a brush is led in; erasing, it brings back what was there."""

    form: Form = Form.LINE
    brush: Brush = Brush.HOLE
    erasing: bool = False
    size: float = 32.0
    hardness: float = 1.0
    colour: Colour = (0.8, 0.5, 0.2)

    def resized(self, steps: int) -> float:
        """Return the size that many steps larger, or smaller."""
        return min(max(round(self.size * STEP**steps, 1), SMALLEST), LARGEST)

    def stroke(self, points: tuple[Point, ...], wrap: tuple[bool, bool] = (False, False)) -> Stroke:
        """Return the stroke that begins at these points, on a canvas whose borders meet where `wrap` says."""
        brush = Brush.ERASER if self.erasing else self.brush
        return Stroke(brush, self.form, points, self.size, self.hardness, self.colour, wrap=wrap)
