"""Which pictures, and what the model sees of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from studio.errors import SettingsError

LARGEST_SIDE = 1024
SAMPLE_PREFIX = "sample:"
PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".pgm", ".ppm")
APPLIED_LATER = ("flips", "binarise", "threshold", "scaling")  # of a Preprocess: to each batch, not while reading


def named_as_array(name: str) -> bool:
    """Tell by its name whether a file, unpacked, holds many pictures: `.npy`, `.npz`, IDX."""
    name = name.lower()
    return name.endswith((".npy", ".npz", ".idx")) or "ubyte" in name


class Colour(StrEnum):
    GREY = "grey"
    RGB = "rgb"

    @property
    def channels(self) -> int:
        return 1 if self is Colour.GREY else 3


class Fit(StrEnum):
    """How a picture of another shape is brought to size."""

    CROP = "crop"
    PAD = "pad"
    STRETCH = "stretch"


class Flips(StrEnum):
    """Random mirroring of each training picture, drawn anew each time it is used."""

    NONE = "none"
    HORIZONTAL = "horizontal"
    VERTICAL = "vertical"
    BOTH = "both"


class Binarise(StrEnum):
    """NONE keeps grey levels (as probabilities for Bernoulli visibles)."""

    NONE = "none"
    THRESHOLD = "threshold"
    STOCHASTIC = "stochastic"


class Scaling(StrEnum):
    """From 0..1 to what Gaussian visibles want.

    STANDARDISE removes each pixel's mean and divides by one deviation;
    DECORRELATE removes the mean colour and makes the colours independent, each
    of unit deviation, at any size; WHITEN also flattens the spectrum and evens
    out the contrast, which leaves edges.
    """

    NONE = "none"
    STANDARDISE = "standardise"
    DECORRELATE = "decorrelate"
    WHITEN = "whiten"


class HeldBy(StrEnum):
    """What decides whether a whole picture is held out: its name or, in older projects, its place among so many."""

    NAME = "name"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class DatasetSpec:
    """Where the pictures come from: folders and files, or one `sample:NAME`; `excluded` are names left out by hand."""

    paths: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "paths", tuple(self.paths))
        object.__setattr__(self, "excluded", tuple(self.excluded))

    @property
    def sample(self) -> str | None:
        """Name of the bundled set, or None."""
        if len(self.paths) == 1 and self.paths[0].startswith(SAMPLE_PREFIX):
            return self.paths[0].removeprefix(SAMPLE_PREFIX)
        return None


@dataclass(frozen=True, slots=True)
class Preprocess:
    """From a decoded picture to the numbers a model sees.

    `patches` > 0 cuts that many random patches of height x width from the
    pictures, after scaling them by `patch_scale`; 0 uses whole pictures.
    With `crops` the pictures are kept large, at `patch_scale` of their size,
    freed from lighting slower than `flatten` pixels (0 keeps it), and height x
    width is what is cut from them anew for each batch.
    """

    height: int = 28
    width: int = 28
    colour: Colour = Colour.GREY
    fit: Fit = Fit.CROP
    patches: int = 0
    patch_scale: float = 1.0
    flips: Flips = Flips.NONE
    invert: bool = False
    binarise: Binarise = Binarise.NONE
    threshold: float = 0.5
    scaling: Scaling = Scaling.NONE
    background: str = "#000000"
    held_out: float = 0.1
    seed: int = 0
    crops: bool = False
    quarter_turns: bool = False
    flatten: float = 0.0
    held_by: HeldBy = HeldBy.NAME

    def __post_init__(self) -> None:
        for name, kind in (
            ("colour", Colour),
            ("fit", Fit),
            ("flips", Flips),
            ("binarise", Binarise),
            ("scaling", Scaling),
            ("held_by", HeldBy),
        ):
            value = getattr(self, name)
            try:
                object.__setattr__(self, name, kind(value))
            except ValueError:
                words = ", ".join(kind)
                raise SettingsError(f"{name} cannot be {value!r}.", f"Choose one of {words}.") from None
        for name in ("height", "width"):
            value = getattr(self, name)
            if not 2 <= value <= LARGEST_SIDE:
                raise SettingsError(
                    f"A picture {name} of {value} px cannot be used.", f"Choose 2 to {LARGEST_SIDE} px."
                )
        if not 0 <= self.patches <= 1_000_000:
            raise SettingsError(f"{self.patches} patches cannot be cut.", "Choose 0 (whole pictures) to 1,000,000.")
        if not 0.01 <= self.patch_scale <= 4:
            raise SettingsError(f"A patch scale of {self.patch_scale} cannot be used.", "Choose 0.01 to 4.")
        if not 0 <= self.held_out <= 0.5:
            raise SettingsError(f"A held-out share of {self.held_out} cannot be used.", "Choose 0 to 0.5.")
        if self.seed < 0:
            raise SettingsError(f"A seed of {self.seed} cannot be used.", "Choose 0 or more.")
        if not 0 < self.threshold < 1:
            raise SettingsError(f"A threshold of {self.threshold} cannot be used.", "Choose between 0 and 1.")
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", self.background):
            raise SettingsError(f"{self.background!r} is not a colour.", "Write it as #rrggbb.")
        if self.scaling is not Scaling.NONE and self.binarise is not Binarise.NONE:
            raise SettingsError(
                "Pictures cannot be both binarised and standardised.", "Set binarise or scaling to none."
            )
        if self.crops and self.patches:
            raise SettingsError("Pictures cannot be cut both into patches and into crops.", "Set patches to 0.")
        if self.quarter_turns and self.height != self.width:
            raise SettingsError(
                f"A picture of {self.width} x {self.height} px cannot be turned by a quarter.",
                "Make it square, or leave out quarter turns (quarter_turns).",
            )
        if self.flatten and not 2 <= self.flatten <= LARGEST_SIDE:
            raise SettingsError(
                f"Lighting of {self.flatten} px cannot be removed.", f"Choose 0 (keep it) or 2 to {LARGEST_SIDE} px."
            )

    @property
    def channels(self) -> int:
        return self.colour.channels

    @property
    def shape(self) -> tuple[int, int, int]:
        """(channels, height, width) of what the model sees."""
        return self.channels, self.height, self.width
