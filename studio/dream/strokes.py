"""What a hand does to a canvas: strokes of a brush, drawn shapes, whole masks. No torch here: the window draws too."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from studio.dream.holes import Mask
from studio.errors import SettingsError

Point = tuple[float, float, float]  # x and y in canvas pixels, pressure in 0..1
Colour = tuple[float, float, float]  # red, green, blue in 0..1

SMALLEST, LARGEST = 1.0, 1024.0  # diameters in pixels
MOST_POINTS = 20_000
MOST_WORDS = 200


class Brush(StrEnum):
    """What happens to the pixels it touches.

    HOLE forgets them and dreams them anew. PICTURE holds them as they are in
    the picture or, without one, as they were seen. COLOUR holds them at a
    colour. NOISE shakes what is not held, FILTER lays the picture of a filter there. FREE lets go of them as they are.
    ERASER makes them what they were before anything was painted.
    """

    HOLE = "hole"
    PICTURE = "picture"
    COLOUR = "colour"
    NOISE = "noise"
    FILTER = "filter"
    FREE = "free"
    ERASER = "eraser"


class Form(StrEnum):
    """LINE follows its points; RECTANGLE and ELLIPSE span the first and the last; LASSO is closed.

    NAMED is a hole that has a name, BLOCKS are drawn by a seed, TEXT is a word, MASK is a picture of its own.
    """

    LINE = "line"
    RECTANGLE = "rectangle"
    ELLIPSE = "ellipse"
    LASSO = "lasso"
    ALL = "all"
    NAMED = "named"
    BLOCKS = "blocks"
    TEXT = "text"
    MASK = "mask"


@dataclass(frozen=True, slots=True)
class PackedMask:
    """A mask (height, width), packed, so that a history of many stays small and compares at once."""

    height: int
    width: int
    packed: bytes

    @classmethod
    def of(cls, mask: Mask) -> PackedMask:
        return cls(mask.shape[0], mask.shape[1], zlib.compress(np.packbits(mask).tobytes(), 1))

    def mask(self) -> Mask:
        bits = np.frombuffer(zlib.decompress(self.packed), np.uint8)
        return np.unpackbits(bits, count=self.height * self.width).reshape(self.height, self.width).astype(np.bool_)


class Seen:
    """The canvas as it was seen when a stroke began, 16 bits a channel: what is held where there is no picture.

    Packing takes longer than a hand notices: it is made of what was seen at
    once, and packed when the stroke is done, on whatever thread has time. Two
    are the same only if they are one.
    """

    def __init__(self, pixels: NDArray[np.float32]) -> None:
        """Look at pixels (H, W, C) in 0..1, which nobody writes into."""
        self.shape = pixels.shape
        self._kept: NDArray[np.float32] | bytes = pixels  # replaced at once, never changed: several threads read it

    @classmethod
    def of(cls, packed: bytes, shape: tuple[int, ...]) -> Seen:
        """Return what was packed once."""
        made = cls.__new__(cls)
        made.shape, made._kept = shape, packed
        return made

    @property
    def packed(self) -> bytes | None:
        """What is kept once it is packed."""
        kept = self._kept
        return kept if isinstance(kept, bytes) else None

    def again(self) -> Seen:
        """Return the same for another stroke, which touches other pixels; it may not be packed yet."""
        other = Seen.__new__(Seen)
        other.shape, other._kept = self.shape, self._kept
        return other

    def pack(self, mask: Mask) -> None:
        """Keep only these pixels (H, W), and let go of what was seen."""
        if not isinstance(self._kept, bytes):
            self._kept = zlib.compress((_levels(self._kept) * mask[..., None]).astype("<u2").tobytes(), 1)

    def pixels(self) -> NDArray[np.float32]:
        """Return what was seen (H, W, C); once packed, black wherever it was not wanted."""
        kept = self._kept
        levels = np.frombuffer(zlib.decompress(kept), "<u2") if isinstance(kept, bytes) else _levels(kept)
        return (levels.astype(np.float32) / np.float32(65535)).reshape(self.shape)


def _levels(pixels: NDArray[np.float32]) -> NDArray[np.uint16]:
    levels: NDArray[np.uint16] = np.rint(np.clip(pixels, 0, 1) * np.float32(65535)).astype(np.uint16)
    return levels


@dataclass(frozen=True, slots=True)
class Stroke:
    """One gesture: a brush, a form and where it went.

    `size` is the brush's diameter in pixels at full pressure. Below a
    `hardness` of 1 its edge is scattered in grains, which are always the same
    at the same pixels. `words` is a hole's name or a text, `seed` draws blocks,
    `unit` is the number of the filter that is laid down, of all layers.
    With `wrap` (from bottom to top, from right to left) what leaves the canvas
    on one side comes in on the other.
    """

    brush: Brush = Brush.HOLE
    form: Form = Form.LINE
    points: tuple[Point, ...] = ()
    size: float = 32.0
    hardness: float = 1.0
    colour: Colour = (0.0, 0.0, 0.0)
    words: str = ""
    seed: int = 0
    unit: int = -1
    mask: PackedMask | None = None
    seen: Seen | None = None
    wrap: tuple[bool, bool] = (False, False)

    def __post_init__(self) -> None:
        if not SMALLEST <= self.size <= LARGEST:
            raise SettingsError(f"A brush of {self.size:g} px cannot be used.", f"Choose {SMALLEST:g} to {LARGEST:g}.")
        if not 0 <= self.hardness <= 1:
            raise SettingsError(f"hardness cannot be {self.hardness}.", "Choose 0 to 1.")
        if len(self.points) > MOST_POINTS:
            raise SettingsError("This stroke is too long.", "Lift the brush now and then.")
        if len(self.words) > MOST_WORDS:
            raise SettingsError("This text is too long to be painted.", f"Write at most {MOST_WORDS} letters.")
