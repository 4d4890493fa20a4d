"""What to build, and what it will cost. No torch here: the window reads this before torch is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from studio.errors import SettingsError

Shape = tuple[int, int, int]  # channels, height, width

FLOAT_BYTES = 4
MOST_TEXTURES = 16


class Family(StrEnum):
    RBM = "rbm"
    TEXTURE = "texture"


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
    any_size = False

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


class Offsets(StrEnum):
    """Where a tile may begin: at each place of its diagonal, or at every place."""

    DIAGONAL = "diagonal"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class TiledSpec:
    """A tiled-convolution RBM: `filters` of `tile` x `tile` pixels at each offset, laid side by side.

    `deviation` is that of the visibles, in units of the standardised pictures;
    it is learned when `learn_deviation` is set. With one of `textures` all
    pictures are the same material; with more, each picture is one of its own.
    """

    tile: int = 11
    offsets: Offsets = Offsets.DIAGONAL
    filters: int = 32
    deviation: float = 0.4
    learn_deviation: bool = False
    textures: int = 1

    family = Family.TEXTURE
    any_size = True

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "offsets", Offsets(self.offsets))
        except ValueError:
            raise SettingsError(
                f"offsets cannot be {self.offsets!r}.", f"Choose one of {', '.join(Offsets)}."
            ) from None
        for name, low, high in TILED_LIMITS:
            value = getattr(self, name)
            if not low <= value <= high:
                raise SettingsError(f"{name} cannot be {value}.", f"Choose {low:g} to {high:g}.")
        if self.offset_count * self.filters > 65_536:
            raise SettingsError(
                f"{self.offset_count * self.filters:,} filters cannot be built.",
                "Choose fewer filters or a smaller tile.",
            )

    @property
    def offset_count(self) -> int:
        return self.tile if self.offsets is Offsets.DIAGONAL else self.tile**2

    @property
    def hidden(self) -> int:
        """Filters in all."""
        return self.offset_count * self.filters

    def parameter_count(self, shape: Shape) -> int:
        return self.hidden * (shape[0] * self.tile**2 + self.textures) + (1 + self.textures) * shape[0]

    def torus_sizes(self, shape: Shape) -> tuple[tuple[int, int], ...]:
        """Return the sizes in tiles, each larger than a crop, of the tori that chains live on.

        Several, since a torus forbids most wavelengths and a model could let
        those run away that none of its chains can hold.
        """
        rows, columns = (-(-side // self.tile) for side in shape[1:])
        return (rows + 2, columns + 2), (rows + 1, columns + 3), (rows + 3, columns + 1)

    def memory_bytes(self, shape: Shape, batch: int, chains: int) -> int:
        """Return bytes held while training: parameters with gradient and two moments, and one step's tiles."""
        chain_pixels = max(height * width for height, width in self.torus_sizes(shape)) * self.tile**2
        crops = batch * shape[0] * shape[1] * shape[2]
        tori = -(-chains // 3) * shape[0] * chain_pixels
        return FLOAT_BYTES * (5 * self.parameter_count(shape) + 2 * self.offset_count * max(crops, tori) + 3 * tori)

    def flops_per_picture(self, shape: Shape, steps: int) -> int:
        """Return floating-point operations of one update with as many chains as crops, per crop.

        Up and the gradient for the crop; for the chain the gradient, and up and down per Gibbs sweep.
        """
        per_tile = 2 * self.hidden * shape[0] * self.tile**2
        crop = (shape[1] // self.tile) * (shape[2] // self.tile)
        sizes = self.torus_sizes(shape)
        torus = sum(height * width for height, width in sizes) / len(sizes)
        return int(per_tile * (2 * crop + (1 + 2 * steps) * torus))


TILED_LIMITS: tuple[tuple[str, float, float], ...] = (
    ("tile", 2, 64),
    ("filters", 1, 4096),
    ("deviation", 0.05, 2),
    ("textures", 1, MOST_TEXTURES),
)

ModelSpec = RbmSpec | TiledSpec
