"""Percents and shares as people type them: 20 %, 20 and 0.2 where percents are shown, 0.2 and 20 % where shares are."""

from __future__ import annotations

from dataclasses import dataclass

from studio.errors import SettingsError
from studio.ui import numbers

SIGN = "%"


@dataclass(frozen=True, slots=True)
class Scale:
    """What a field shows: numbers from `low` to `high`, in a unit, with so many decimals; None for as many as tell."""

    low: float
    high: float
    unit: str = ""
    decimals: int | None = 2

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high

    def read(self, text: str) -> float | None:
        """Return the number that was typed as the field shows it, None for nonsense.

        Raises SettingsError where it may mean two things, or is a percent of nothing.
        """
        value = numbers.parse(text)
        if value is None:
            return None
        signed = SIGN in text
        if self.unit == SIGN:
            return value if signed or not 0 < abs(value) < 1 else self._share(value, text.strip())
        if not signed:
            return value
        if self.unit or self.decimals == 0 or self.high > 1:
            raise SettingsError(f"{text.strip()} is a percent, and this is none.", "Type the number alone.")
        return value / 100

    def _share(self, value: float, text: str) -> float:
        """Return a bare number below one in percent; where none are shown below one, it can but be a share."""
        whole = round(100 * value, 8)
        as_percent, as_share = bool(self.decimals) and self.holds(value), self.holds(whole)
        if as_percent == as_share:
            raise SettingsError(f"{text} may mean {text} % or {whole:g} %.", "Type it with its sign.")
        return value if as_percent else whole
