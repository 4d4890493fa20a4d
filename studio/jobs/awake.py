"""Telling the time that work took from the time the machine slept in the midst of it."""

from __future__ import annotations

LONGEST = 60.0  # seconds that a piece of work may take before a sleep is supposed
SUDDEN = 10.0  # times as long as the piece before: whatever is slow by itself grows less at once


class Awake:
    """Looks at how long one kind of work takes, piece by piece.

    Some systems let a steady clock run on while the machine is suspended or the process stopped, and rates, shares and
    limits of time would count hours in which nobody did anything.
    """

    def __init__(self) -> None:
        self._before = 0.0

    def took(self, seconds: float) -> float:
        """Return the seconds that a piece took, those of the piece before it where the machine must have slept."""
        slept = seconds > max(LONGEST, SUDDEN * self._before)
        believed = self._before if slept else max(0.0, seconds)
        self._before = max(0.0, seconds)
        return believed
