"""What to build, and what it will cost. No torch here: the window reads this before torch is loaded."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from studio.errors import SettingsError
from studio.models.code_spec import CodeSpec as CodeSpec
from studio.models.kinds import FLOAT_BYTES
from studio.models.kinds import Family as Family
from studio.models.kinds import Hidden as Hidden
from studio.models.kinds import Shape as Shape
from studio.models.kinds import Visible as Visible

CROP_TILES = {1: 7, 2: 5, 3: 4, 4: 3}  # whole tiles of a crop at the smallest level, by levels
DETAIL_TILES = 8  # along a side of the crops that the larger levels of a pyramid learn from
DETAIL_PART = 3  # one in so many crops is enough for them: given its block means a crop has little left to vary
MOST_TEXTURES = 16


@dataclass(frozen=True, slots=True)
class RbmSpec:
    """A restricted Boltzmann machine: `hidden` units of a kind over `visible` units.

    Rectified hidden units are for Gaussian visibles only. `deviation` is the
    standard deviation Gaussian visibles start from, in units of the standardised
    pictures; it is learned when `learn_deviation` is set.
    """

    hidden: int = 500
    visible: Visible = Visible.BERNOULLI
    deviation: float = 0.6
    learn_deviation: bool = False
    hidden_units: Hidden = Hidden.BERNOULLI

    family = Family.RBM
    dreams = True
    any_size = False

    def __post_init__(self) -> None:
        for name, kind in (("visible", Visible), ("hidden_units", Hidden)):
            value = getattr(self, name)
            try:
                object.__setattr__(self, name, kind(value))
            except ValueError:
                raise SettingsError(f"{name} cannot be {value!r}.", f"Choose one of {', '.join(kind)}.") from None
        if self.rectified and self.visible is not Visible.GAUSSIAN:
            raise SettingsError(
                "Rectified hidden units need Gaussian pixels.", "Set visible to gaussian, or hidden_units to bernoulli."
            )
        if not 1 <= self.hidden <= 65_536:
            raise SettingsError(f"{self.hidden} hidden units cannot be built.", "Choose 1 to 65,536.")
        if not 0.05 <= self.deviation <= 2:
            raise SettingsError(f"A deviation of {self.deviation} cannot be used.", "Choose 0.05 to 2.")

    @property
    def rectified(self) -> bool:
        return self.hidden_units is Hidden.RECTIFIED

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
    it is learned when `learn_deviation` is set. With more than one of `levels`
    there is such an RBM for the picture at half its size, at a quarter and so
    on, and each level is drawn given the next smaller one. With one of
    `textures` all pictures are the same material; with more, each picture is
    one of its own.
    """

    tile: int = 11
    offsets: Offsets = Offsets.DIAGONAL
    filters: int = 32
    deviation: float = 0.4
    learn_deviation: bool = False
    levels: int = 1
    textures: int = 1

    family = Family.TEXTURE
    dreams = True
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
        return self.levels * self.offset_count * self.filters

    @property
    def multiple(self) -> int:
        """Pixels that the sides of a canvas are multiples of, so that the tiles of every level fit."""
        return self.tile << (self.levels - 1)

    @property
    def crop_side(self) -> int:
        """Side in pixels of crops that suit it: some whole tiles at every offset, at the smallest level."""
        tiles = CROP_TILES.get(self.levels, min(CROP_TILES.values()))
        return ((tiles + 1) * self.tile - 1) << (self.levels - 1)

    @property
    def least_crop(self) -> int:
        """Least side of a crop: two tiles at every offset at the smallest level, which cover a tile between them."""
        return (3 * self.tile - 1) << (self.levels - 1)

    def suits(self, side: int) -> bool:
        """Whether crops of this side can be learned from: large enough, and halved without a rest."""
        return side >= self.least_crop and side % (1 << (self.levels - 1)) == 0

    def smallest(self, shape: Shape) -> Shape:
        """Return a crop's shape at the smallest level."""
        return shape[0], shape[1] >> (self.levels - 1), shape[2] >> (self.levels - 1)

    def parameter_count(self, shape: Shape) -> int:
        each = self.offset_count * self.filters * (shape[0] * self.tile**2 + self.textures)
        return self.levels * (each + (1 + self.textures) * shape[0])

    def torus_sizes(self, shape: Shape) -> tuple[tuple[int, int], ...]:
        """Return the sizes in tiles, each larger than a crop, of the tori that chains live on.

        Several, since a torus forbids most wavelengths and a model could let
        those run away that none of its chains can hold.
        """
        rows, columns = (-(-side // self.tile) for side in self.smallest(shape)[1:])
        return (rows + 2, columns + 2), (rows + 1, columns + 3), (rows + 3, columns + 1)

    def detail_side(self, shape: Shape) -> int:
        """Return the side in pixels of the crops that all levels but the smallest learn from, 0 where none fits."""
        tiles = min(DETAIL_TILES, min(shape[1:]) // self.tile // 2 * 2)
        return tiles * self.tile

    def memory_bytes(self, shape: Shape, batch: int, chains: int) -> int:
        """Return bytes held while training: parameters with gradient and two moments, and one step's tiles."""
        chain_pixels = max(height * width for height, width in self.torus_sizes(shape)) * self.tile**2
        crops = batch * shape[0] * shape[1] * shape[2]
        tori = -(-chains // 3) * shape[0] * chain_pixels
        details = (self.levels - 1) * (batch // DETAIL_PART) * shape[0] * self.detail_side(shape) ** 2
        tiles = max(crops >> 2 * (self.levels - 1), tori)
        return FLOAT_BYTES * (
            5 * self.parameter_count(shape) + 2 * self.offset_count * tiles + 3 * tori + 2 * crops + 6 * details
        )

    def flops_per_picture(self, shape: Shape, steps: int) -> int:
        """Return floating-point operations of one update with as many chains as crops, per crop.

        Up and the gradient for the crop; for the chain the gradient, and up and
        down per Gibbs sweep; the same for the details of each larger level.
        """
        per_tile = 2 * self.offset_count * self.filters * shape[0] * self.tile**2
        _, rows, columns = self.smallest(shape)
        crop = (rows // self.tile) * (columns // self.tile)
        sizes = self.torus_sizes(shape)
        torus = sum(height * width for height, width in sizes) / len(sizes)
        whole = self.detail_side(shape) // self.tile
        details = (self.levels - 1) * (2 * (whole - 1) ** 2 + 3 * whole**2) / DETAIL_PART
        return int(per_tile * (2 * crop + (1 + 2 * steps) * torus + details))


TILED_LIMITS: tuple[tuple[str, float, float], ...] = (
    ("tile", 2, 64),
    ("filters", 1, 4096),
    ("deviation", 0.05, 2),
    ("levels", 1, 5),
    ("textures", 1, MOST_TEXTURES),
)


CONV_LIMITS: tuple[tuple[str, float, float], ...] = (
    ("filters", 1, 4096),
    ("side", 1, 64),
    ("block", 1, 16),
    ("deviation", 0.02, 2),
    ("first_deviation", 0.02, 2),
)
MOST_LAYERS = 6
DEEP_DEVIATION = 0.2  # s of the layers whose pictures are pooled maps


@dataclass(frozen=True, slots=True)
class Layer:
    """A further convolutional layer over the pooled maps of the one below; written as `40x6/2`."""

    filters: int
    side: int
    block: int

    @classmethod
    def of(cls, text: str) -> Layer:
        """Return what 'FILTERSxSIDE/BLOCK' says; raises SettingsError on anything else."""
        found = re.fullmatch(r"\s*(\d{1,6})\s*x\s*(\d{1,6})\s*(?:/\s*(\d{1,6})\s*)?", text)
        if found is None:
            raise SettingsError(f"{text!r} is not a layer.", "Write 40x6/2 for 40 filters of 6 x 6, pooled by 2 x 2.")
        filters, side, block = (int(part or 1) for part in found.groups())
        return cls(filters, side, block)

    def __str__(self) -> str:
        return f"{self.filters}x{self.side}/{self.block}"


@dataclass(frozen=True, slots=True)
class ConvSpec:
    """A convolutional RBM: `filters` of `side` x `side` pixels shared by all places, pooled by blocks of `block`.

    `deviation` is s, whose square divides the energy; training lets it fall
    from `first_deviation` by 1 % with every hundred crops. With `deeper`
    layers, each over the pooled maps of the one below, it is a convolutional
    deep belief network; with `patches` those layers, where they learn by CD,
    begin as pieces of such maps in place of noise.
    """

    filters: int = 24
    side: int = 10
    block: int = 2
    visible: Visible = Visible.GAUSSIAN
    deviation: float = 0.1
    first_deviation: float = 0.2
    deeper: tuple[str, ...] = ()
    patches: bool = False

    family = Family.CONVOLUTIONAL
    dreams = True
    any_size = True

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "visible", Visible(self.visible))
        except ValueError:
            raise SettingsError(
                f"visible cannot be {self.visible!r}.", f"Choose one of {', '.join(Visible)}."
            ) from None
        for name, low, high in CONV_LIMITS:
            value = getattr(self, name)
            if not low <= value <= high:
                raise SettingsError(f"{name} cannot be {value}.", f"Choose {low:g} to {high:g}.")
        if self.first_deviation < self.deviation:
            raise SettingsError(
                f"The deviation cannot fall from {self.first_deviation} to {self.deviation}.",
                "Choose a first deviation (first_deviation) at least as large.",
            )
        if len(self.deeper) >= MOST_LAYERS:
            raise SettingsError(f"{len(self.deeper) + 1} layers cannot be built.", f"Choose at most {MOST_LAYERS}.")
        object.__setattr__(self, "deeper", tuple(str(Layer.of(text)) for text in self.deeper))
        for layer in self.layers[1:]:
            ConvSpec(layer.filters, layer.side, layer.block)

    @property
    def layers(self) -> tuple[Layer, ...]:
        """All layers, the one that sees pixels first."""
        return Layer(self.filters, self.side, self.block), *(Layer.of(text) for text in self.deeper)

    def with_layers(self, layers: Sequence[Layer]) -> ConvSpec:
        """Return the spec with these layers, of which there is at least one."""
        first, *rest = layers
        deeper = tuple(str(layer) for layer in rest)
        return dataclasses.replace(self, filters=first.filters, side=first.side, block=first.block, deeper=deeper)

    @property
    def stack(self) -> tuple[tuple[int, int], ...]:
        """Side and block of each layer."""
        return tuple((layer.side, layer.block) for layer in self.layers)

    def each(self, shape: Shape) -> tuple[tuple[ConvSpec, Shape], ...]:
        """Return every layer as a spec of its own, with the shape of what it sees of pictures of this shape."""
        found = [(dataclasses.replace(self, deeper=(), patches=False), shape)]
        for layer in self.layers[1:]:
            below, seen = found[-1]
            rows, columns = below.map_size(seen)
            shape = below.filters, rows // below.block, columns // below.block
            spec = ConvSpec(layer.filters, layer.side, layer.block, Visible.BERNOULLI, DEEP_DEVIATION, DEEP_DEVIATION)
            found.append((spec, shape))
        return tuple(found)

    @property
    def fields(self) -> tuple[int, ...]:
        """Side in pixels of what a filter of each layer sees."""
        found, stride, field = [], 1, 1
        for layer in self.layers:
            field += (layer.side - 1) * stride
            found.append(field)
            field += (layer.block - 1) * stride
            stride *= layer.block
        return tuple(found)

    @property
    def hidden(self) -> int:
        """Filters in all."""
        return sum(layer.filters for layer in self.layers)

    def padded_size(self, shape: Shape) -> tuple[int, int]:
        """Return height and width of a picture brought up to the next size whose maps are whole blocks."""
        rows, columns = self.map_size(shape)
        return rows + self.side - 1, columns + self.side - 1

    def map_size(self, shape: Shape) -> tuple[int, int]:
        """Return height and width of the detection maps of a picture, brought up to whole blocks."""
        rows, columns = (max(1, -(-(length - self.side + 1) // self.block)) * self.block for length in shape[1:])
        return rows, columns

    def torus_sizes(self, shape: Shape) -> tuple[tuple[int, int], ...]:
        """Return the sizes in pixels, each larger than a picture, of the tori that kept chains live on.

        Several, since a torus forbids most wavelengths.
        """
        sizes = ((1.25, 1.25), (1.125, 1.375), (1.375, 1.125))
        return tuple(
            (
                -(-round(shape[1] * down) // self.block) * self.block,
                -(-round(shape[2] * across) // self.block) * self.block,
            )
            for down, across in sizes
        )

    def parameter_count(self, shape: Shape) -> int:
        return sum(spec.filters * (seen[0] * spec.side**2 + 1) + seen[0] for spec, seen in self.each(shape))

    def memory_bytes(self, shape: Shape, batch: int, chains: int) -> int:
        """Return bytes held while training, by the layer that holds most: all parameters, and one step's maps.

        Layers below are worked through a batch at a time, and hold no more than the layer that learns.
        """
        parts = [spec.step_bytes(seen, batch, chains) for spec, seen in self.each(shape)]
        return max(parts) + FLOAT_BYTES * (self.parameter_count(shape))

    def step_bytes(self, shape: Shape, batch: int, chains: int) -> int:
        """Return bytes of one layer's step: parameters, gradient and velocity, a batch's patches and maps, chains."""
        rows, columns = self.map_size(shape)
        blocks = batch * rows * columns // self.block**2
        span = (self.side + self.block - 1) ** 2 * shape[0]
        per_block = 2 * span + 3 * self.filters * self.block**2
        pictures = (4 * batch + 6 * chains) * shape[0] * shape[1] * shape[2]
        return FLOAT_BYTES * (3 * self.parameter_count(shape) + blocks * per_block + pictures)

    def flops_per_picture(self, shape: Shape, steps: int) -> int:
        """Return floating-point operations of one contrastive-divergence update of the first layer, per picture.

        One convolution up, one down and one up per Gibbs sweep, two for the gradient.
        """
        rows, columns = self.map_size(shape)
        return 2 * self.filters * shape[0] * self.side**2 * rows * columns * (1 + 2 * steps + 2)


ModelSpec = RbmSpec | TiledSpec | ConvSpec | CodeSpec


def one_scale(spec: ModelSpec) -> bool:
    """Return whether a model dreams at any size by one scale alone, so that its canvas may begin small."""
    return spec.any_size and not (isinstance(spec, TiledSpec) and spec.levels > 1)
