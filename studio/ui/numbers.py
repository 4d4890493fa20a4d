"""Numbers as people read and type them."""

from __future__ import annotations

import math
import re


def show(value: float, decimals: int | None = None, unit: str = "") -> str:
    """Return `value` with a fixed number of decimals, or with as many as tell small values apart."""
    if decimals is None:
        decimals = significant(value)
    text = f"{value:,.{decimals}f}".replace(",", " ") if abs(value) >= 10_000 else f"{value:.{decimals}f}"
    return f"{text} {unit}" if unit else text


def significant(value: float) -> int:
    """Return the decimals that show two significant figures of a value below one, and fewer above."""
    if value == 0 or not math.isfinite(value):
        return 2
    return min(8, max(0, 1 - math.floor(math.log10(abs(value))))) if abs(value) < 100 else 0


def parse(text: str) -> float | None:
    """Return the number somebody typed ("0,05", "5e-3", "10 %", "1 000"), or None."""
    plain = re.sub(r"[\s\u202f_]", "", text)
    if "," in plain and "." not in plain:
        plain = plain.replace(",", ".")
    match = re.match(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", plain.replace(",", ""))
    if match is None:
        return None
    value = float(match.group())
    return value if math.isfinite(value) else None


def duration(seconds: float) -> str:
    """Return a time in words: 40 s, 1 min 32 s, 2 h 5 min."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def size(count: float) -> str:
    """Return bytes as kB, MB or GB."""
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= scale:
            share = count / scale
            return f"{share:.1f} {unit}" if share < 10 else f"{share:.0f} {unit}"
    return f"{count:.0f} B"


def whole(count: float) -> str:
    """Return a count to its last digit: 1 234 567."""
    return f"{count:,.0f}".replace(",", " ")


def amount(count: float) -> str:
    """Return a count in short: 950, 23 400, 1.2 M."""
    if count >= 1e6:
        return f"{count / 1e6:.1f} M"
    return whole(count)
