"""How a dream is played."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from studio.errors import SettingsError


class Show(StrEnum):
    """MEAN shows P(v=1|h), calm; SAMPLE shows the drawn state, which flickers."""

    MEAN = "mean"
    SAMPLE = "sample"


class Start(StrEnum):
    NOISE = "noise"
    DATA = "data"
    PICTURE = "picture"


@dataclass(frozen=True, slots=True)
class DreamSettings:
    """`chains` pictures side by side; `seed` fixes the whole dream, so the same seed draws the same pictures."""

    chains: int = 1
    temperature: float = 1.0
    sweeps_per_frame: int = 1
    show: Show = Show.MEAN
    smooth: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "show", Show(self.show))
        except ValueError:
            raise SettingsError(f"show cannot be {self.show!r}.", "Choose mean or sample.") from None
        for name, low, high in DREAM_LIMITS:
            value = getattr(self, name)
            if not low <= value <= high:
                raise SettingsError(f"{name} cannot be {value}.", f"Choose {low:g} to {high:g}.")


DREAM_LIMITS: tuple[tuple[str, float, float], ...] = (
    ("chains", 1, 400),
    ("temperature", 0.05, 5),
    ("sweeps_per_frame", 1, 1000),
    ("smooth", 0, 0.99),
    ("seed", 0, 2**63 - 1),
)
