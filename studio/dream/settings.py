"""How a dream is played."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from studio.errors import SettingsError

LARGEST_SIDE = 8192


class Show(StrEnum):
    """MEAN shows P(v=1|h), calm; SAMPLE shows the drawn state, which flickers."""

    MEAN = "mean"
    SAMPLE = "sample"


class Start(StrEnum):
    """ALONG draws where chains stand that were swapped along the history of the training, see `Trajectory`."""

    NOISE = "noise"
    DATA = "data"
    PICTURE = "picture"
    ALONG = "along"


class Seamless(StrEnum):
    """Along which sides the picture meets itself, for models of any size; OWN is as the model learned."""

    OWN = "own"
    BOTH = "both"
    X = "x"
    Y = "y"
    NONE = "none"

    def wrap(self, own: tuple[bool, bool]) -> tuple[bool, bool]:
        """Whether bottom meets top, and right meets left, for a model whose `own` canvas is so."""
        if self is Seamless.OWN:
            return own
        return self in (Seamless.BOTH, Seamless.Y), self in (Seamless.BOTH, Seamless.X)


class Blend(StrEnum):
    """How a model's textures lie on the canvas: everywhere as `lean` says, or by a map from first to last."""

    NONE = "none"
    ACROSS = "across"
    DOWN = "down"
    CENTRE = "centre"
    PICTURE = "picture"


@dataclass(frozen=True, slots=True)
class DreamSettings:
    """`chains` pictures side by side; `seed` fixes the whole dream, so the same seed draws the same pictures.

    `width` and `height` are the canvas of models that dream at any size; 0 is the
    model's own, as OWN of `seamless` is.
    `lean` is a place along the textures of models that know several, 0.5 halfway
    between the first and the second; `blend` lays them out on the canvas
    instead. In `blend_picture` black is the first texture and white the last.
    `roll` moves the pooling grid of convolutional models at random before each
    sweep, for looking: such a chain is no longer exact. `drive` is how far the
    temperature wanders by itself, 0 not at all. `coarse` lets a dream
    that begins from noise begin small, where its model knows one scale alone.
    """

    chains: int = 1
    temperature: float = 1.0
    sweeps_per_frame: int = 1
    show: Show = Show.MEAN
    smooth: float = 0.0
    seed: int = 0
    width: int = 0
    height: int = 0
    seamless: Seamless = Seamless.OWN
    lean: float = 0.0
    blend: Blend = Blend.NONE
    blend_picture: str = ""
    roll: bool = False
    drive: float = 0.0
    coarse: bool = False

    def __post_init__(self) -> None:
        for name, kind in (("show", Show), ("seamless", Seamless), ("blend", Blend)):
            value = getattr(self, name)
            try:
                object.__setattr__(self, name, kind(value))
            except ValueError:
                raise SettingsError(f"{name} cannot be {value!r}.", f"Choose one of {', '.join(kind)}.") from None
        for value, far in ((self.width, "wide"), (self.height, "high")):
            if not 0 <= value <= LARGEST_SIDE:
                raise SettingsError(f"A canvas cannot be {value} px {far}.", f"Choose 1 to {LARGEST_SIDE} px.")
        for name, low, high in DREAM_LIMITS:
            value = getattr(self, name)
            if not low <= value <= high:
                raise SettingsError(f"{name} cannot be {value}.", f"Choose {low:g} to {high:g}.")
        if self.blend is Blend.PICTURE and not self.blend_picture:
            raise SettingsError("A blend by a picture has no picture yet.", "Choose a grey picture.")


DREAM_LIMITS: tuple[tuple[str, float, float], ...] = (
    ("chains", 1, 400),
    ("temperature", 0.05, 5),
    ("sweeps_per_frame", 1, 1000),
    ("smooth", 0, 0.99),
    ("drive", 0, 1),
    ("seed", 0, 2**63 - 1),
    ("lean", 0, 15),
)
