"""How a hole is filled. No torch here: the command line reads this before torch is loaded."""

from __future__ import annotations

from dataclasses import dataclass

from studio.dream.blending import Blend
from studio.dream.settings import DreamSettings
from studio.errors import SettingsError

SWEEPS = 500
MOST_SWEEPS = 10**9


@dataclass(frozen=True, slots=True)
class FillSettings:
    """`chains` independent fillings of `sweeps` Gibbs sweeps each; the first is the filling, all of them its spread.

    `lean` is a place along the textures of a model that knows several, as in a dream.
    """

    sweeps: int = SWEEPS
    chains: int = 1
    seed: int = 0
    temperature: float = 1.0
    blend: Blend = Blend.HARD
    lean: float = 0.0

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "blend", Blend(self.blend))
        except ValueError:
            raise SettingsError(f"blend cannot be {self.blend!r}.", f"Choose one of {', '.join(Blend)}.") from None
        if not 1 <= self.sweeps <= MOST_SWEEPS:
            raise SettingsError(f"sweeps cannot be {self.sweeps}.", f"Choose 1 to {MOST_SWEEPS:,}.")
        self.dream(1, 1)  # holds the others to the limits of dreams

    def dream(self, height: int, width: int) -> DreamSettings:
        """Return the same as a dream's settings."""
        return DreamSettings(self.chains, self.temperature, seed=self.seed, height=height, width=width, lean=self.lean)
