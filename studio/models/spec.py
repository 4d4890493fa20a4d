"""What to build, and what it will cost. No torch here: the window reads this before torch is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from studio.errors import SettingsError

Shape = tuple[int, int, int]  # channels, height, width

FLOAT_BYTES = 4


class Family(StrEnum):
    RBM = "rbm"


class Visible(StrEnum):
    BERNOULLI = "bernoulli"
    GAUSSIAN = "gaussian"


@dataclass(frozen=True, slots=True)
class RbmSpec:
    """A restricted Boltzmann machine: `hidden` Bernoulli units over `visible` units.

    `deviation` is the standard deviation Gaussian visibles start from, in units
    of the standardised pictures; it is learned when `learn_deviation` is set.
    """

    hidden: int = 500
    visible: Visible = Visible.BERNOULLI
    deviation: float = 0.6
    learn_deviation: bool = False

    family = Family.RBM

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "visible", Visible(self.visible))
        except ValueError:
            raise SettingsError(
                f"visible cannot be {self.visible!r}.", f"Choose one of {', '.join(Visible)}."
            ) from None
        if not 1 <= self.hidden <= 65_536:
            raise SettingsError(f"{self.hidden} hidden units cannot be built.", "Choose 1 to 65,536.")
        if not 0.05 <= self.deviation <= 2:
            raise SettingsError(f"A deviation of {self.deviation} cannot be used.", "Choose 0.05 to 2.")

    def parameter_count(self, shape: Shape) -> int:
        visible = shape[0] * shape[1] * shape[2]
        deviations = visible if self.visible is Visible.GAUSSIAN else 0
        return visible * self.hidden + visible + self.hidden + deviations

    def memory_bytes(self, shape: Shape, batch: int, chains: int) -> int:
        """Return bytes held while training: parameters, their gradient and velocity, and one step's activations."""
        visible = shape[0] * shape[1] * shape[2]
        rows = 4 * batch + 2 * chains
        return FLOAT_BYTES * (4 * self.parameter_count(shape) + rows * (visible + self.hidden))

    def flops_per_picture(self, shape: Shape, steps: int) -> int:
        """Return floating-point operations of one contrastive-divergence update, per picture.

        One product up, one down and one up per Gibbs sweep, two for the gradient.
        """
        visible = shape[0] * shape[1] * shape[2]
        return 2 * visible * self.hidden * (1 + 2 * steps + 2)


ModelSpec = RbmSpec
