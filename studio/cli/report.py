"""What the command line prints: tables, figures, and one JSON object last."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TextIO


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value; `reference` is what it is held against and `ratio` how it compares, where there is one."""

    value: float
    unit: str
    reference: float | None = None
    ratio: float | None = None


def print_figures(figures: Mapping[str, Figure], as_json: bool, stream: TextIO | None = None) -> None:
    """Print a table for people, or one JSON object of figures by key."""
    if as_json:
        print_json(
            {
                key: {"value": item.value, "unit": item.unit, "reference": item.reference, "ratio": item.ratio}
                for key, item in figures.items()
            },
            stream,
        )
        return
    rows = [
        (key, short(item.value), item.unit, short(item.reference), short(item.ratio)) for key, item in figures.items()
    ]
    print(table(rows, ("figure", "value", "unit", "reference", "ratio")), file=stream or sys.stdout)


def print_json(value: Any, stream: TextIO | None = None) -> None:
    """Print one JSON object on one line; numbers that JSON does not know become null."""
    print(json.dumps(finite(value), allow_nan=False), file=stream or sys.stdout, flush=True)


def finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return value


def table(rows: Sequence[Sequence[object]], header: Sequence[str] = ()) -> str:
    """Return rows as aligned columns; a column of numbers alone is set right."""
    cells = [[printable(str(cell)) for cell in row] for row in rows]
    titles = [list(header)] if header else []
    widths = [max(map(len, column)) for column in zip(*titles, *cells, strict=True)]
    numeric = [all(is_number(cell) for cell in column if cell) for column in zip(*cells, strict=True)]
    lines = []
    for line in [*titles, *cells]:
        parts = [
            cell.rjust(width) if number else cell.ljust(width)
            for cell, width, number in zip(line, widths, numeric or [False] * len(widths), strict=True)
        ]
        lines.append("  ".join(parts).rstrip())
    if titles:
        lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def printable(text: str) -> str:
    """Return text without the control characters by which a file could command the terminal."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text)


def is_number(cell: str) -> bool:
    try:
        float(cell.replace(",", ""))
    except ValueError:
        return False
    return True


def short(value: float | None) -> str:
    """Return a number in at most four telling digits, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, int) or (float(value).is_integer() and abs(value) < 1e9):
        return f"{int(value):,}"
    return f"{value:,.0f}" if 1e4 <= abs(value) < 1e9 else f"{value:.4g}"
