"""What the lab found of a model: figures, what each of them means, and what follows, in words."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class Tone(StrEnum):
    """How a verdict sounds; of a broken model, figures that suppose a fitted one mean nothing."""

    PLAIN = "plain"
    GOOD = "good"
    BAD = "bad"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """A measured value; `key` is its name on the command line, `meaning` what it says in words."""

    key: str
    name: str
    value: float
    unit: str
    meaning: str

    @property
    def words(self) -> str:
        return f"{number(self.value)} {self.unit}".rstrip()


@dataclass(frozen=True, slots=True, eq=False)
class Histograms:
    """How many pictures of each kind lie between two `edges` (bins + 1,): `counts` (kinds, bins), and their means.

    Of what lies beyond the edges `beyond` says in words.
    """

    names: tuple[str, ...]
    edges: NDArray[np.float64]
    counts: NDArray[np.int64]
    means: tuple[float, ...]
    beyond: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """Small pictures side by side, (H, W, C) in 0..1, and what they show."""

    pixels: NDArray[np.float32]
    words: str


@dataclass(frozen=True, slots=True, eq=False)
class Section:
    """One question, the answer in words, and the figures behind it."""

    title: str
    verdict: str
    tone: Tone = Tone.PLAIN
    findings: tuple[Finding, ...] = ()
    drawing: Histograms | Sheet | None = None


@dataclass(frozen=True, slots=True)
class Outline:
    """What is going to be measured, in order; `subject` is the model in words."""

    subject: str
    titles: tuple[str, ...]


def number(value: float) -> str:
    """Return a value in at most four telling digits."""
    if math.isnan(value):
        return "unknown"
    if math.isinf(value):
        return "infinite" if value > 0 else "minus infinite"
    if float(value).is_integer() and abs(value) < 1e9:
        return f"{int(value):,}"
    return f"{value:,.0f}" if 1e4 <= abs(value) < 1e9 else f"{value:.4g}"


def as_text(subject: str, sections: Iterable[Section]) -> str:
    """Return all figures and words as plain text."""
    lines = [subject]
    for section in sections:
        lines += ["", section.title, section.verdict]
        lines += [f"  {one.name}: {one.words} ({one.key}). {one.meaning}" for one in section.findings]
    return "\n".join(lines) + "\n"
