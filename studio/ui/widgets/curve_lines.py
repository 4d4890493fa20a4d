"""From the curves of runs to lines on a plot."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from PySide6.QtGui import QColor

from studio.project.history import Curve, RunRecord
from studio.ui.widgets.curve_math import Floats, Smoothed, calm, logarithmic, span, thin
from studio.ui.widgets.curve_style import CurveStyle

EARLIER = 5  # runs before the current one that can still be told apart


@dataclass(frozen=True, slots=True)
class Figure:
    """What one plot shows: metrics with a word for each, and the level they should reach, if any."""

    key: str
    title: str
    metrics: tuple[tuple[str, str], ...]
    tip: str
    second: bool = False  # drawn in the second colour, where it is alone
    target: Callable[[RunRecord], float | None] | None = None
    slow: str = ""  # what to say until the first figure comes, where that takes its time


@dataclass(frozen=True, slots=True)
class CurveOptions:
    """`smoothing` is the weight of the past, 0 to below 1."""

    smoothing: float = 0.0
    log: bool = False
    earlier: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One line to draw."""

    x: Floats
    y: Floats
    colour: QColor


@dataclass(frozen=True, slots=True, eq=False)
class Named:
    """A curve that the header tells the value of, in the colour of its name."""

    name: str
    colour: QColor
    curve: Curve


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """Lines back to front, in logarithms when `log`; without `y_range` there is nothing to draw.

    `current` are the curves of the latest run, `earlier` those of the runs before it.
    """

    lines: Mapping[Hashable, Line] = field(default_factory=dict)
    current: tuple[Named, ...] = ()
    earlier: tuple[Named, ...] = ()
    x_range: tuple[float, float] = (0.0, 1.0)
    y_range: tuple[float, float] | None = None
    log: bool = False
    target: float | None = None


class LineMaker:
    """Makes the Drawing of a Figure, and keeps what it has smoothed of growing curves."""

    def __init__(self, figure: Figure) -> None:
        self._figure = figure
        self._smoothed: dict[tuple[int, str], Smoothed] = {}

    def draw(self, runs: Sequence[RunRecord], options: CurveOptions, style: CurveStyle) -> Drawing:
        """Return what to draw; the last of `runs` is the current one."""
        numbers = {run.number for run in runs}
        self._smoothed = {key: kept for key, kept in self._smoothed.items() if key[0] in numbers}
        if not runs:
            return Drawing()
        before = runs[:-1][-EARLIER:] if options.earlier else []
        earlier = self._earlier(before, style)
        lines: dict[Hashable, Line] = {}
        for old, named in earlier:
            values = self._smooth(old.number, self._figure.metrics[0][0], named.curve, options)
            lines[old.number, "earlier"] = line(named.curve, values, named.colour)
        extent = [calm(item.y) for item in lines.values()]
        behind: dict[Hashable, Line] = {}
        front: dict[Hashable, Line] = {}
        current: list[Named] = []
        run, alone = runs[-1], len(self._figure.metrics) == 1
        for place, (metric, word) in enumerate(self._figure.metrics):
            curve = run.curves.get(metric)
            if curve is None or not len(curve):
                continue
            second = self._figure.second if alone else place > 0
            values = self._smooth(run.number, metric, curve, options)
            if options.smoothing:
                behind[run.number, metric, "raw"] = line(curve, curve.values, style.faint(second))
            front[run.number, metric, "curve"] = line(curve, values, style.curve(second))
            name = word or (f"run {run.number}" if earlier else "")
            current.append(Named(name, style.text(second), curve))
            extent += [calm(curve.values), values[-1:]]
        drawing = Drawing({**lines, **behind, **front}, tuple(current), tuple(named for _, named in earlier))
        return self._ranged(drawing, extent, run, options)

    def _earlier(self, before: Sequence[RunRecord], style: CurveStyle) -> list[tuple[RunRecord, Named]]:
        found = []
        for place, run in enumerate(before):
            curve = run.curves.get(self._figure.metrics[0][0])
            if curve is not None and len(curve):
                colour = style.earlier(len(before) - 1 - place)
                found.append((run, Named(f"run {run.number}", colour, curve)))
        return found

    def _ranged(self, drawing: Drawing, extent: list[Floats], run: RunRecord, options: CurveOptions) -> Drawing:
        log = options.log and any(bool(np.any(part > 0)) for part in extent)
        y_range = span([logarithmic(part) if log else part for part in extent])
        if y_range is None:
            return replace(drawing, lines={})
        target = self._figure.target(run) if self._figure.target is not None else None
        if target is not None:
            target = float(np.log10(target)) if log else target
            y_range = span([np.array([*y_range, target])], pad=0.02) or y_range
        lines = drawing.lines
        if log:
            lines = {key: replace(item, y=logarithmic(item.y)) for key, item in lines.items()}
        last = max(float(item.x[-1]) for item in lines.values())
        return replace(drawing, lines=lines, x_range=(0.0, max(1.0, last)), y_range=y_range, log=log, target=target)

    def _smooth(self, number: int, metric: str, curve: Curve, options: CurveOptions) -> Floats:
        if not options.smoothing:
            return curve.values
        kept = self._smoothed.get((number, metric))
        if kept is None or kept.curve is not curve or kept.strength != options.smoothing:
            kept = self._smoothed[number, metric] = Smoothed(curve, options.smoothing)
        return kept.values()


def line(curve: Curve, values: Floats, colour: QColor) -> Line:
    """Return a line of its own points, few enough to draw."""
    x, y = thin(curve.steps.astype(np.float64), values.copy())
    return Line(x, y, colour)
