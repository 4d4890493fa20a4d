"""Shuffled batches of exactly what the model sees, resumable to the bit."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from studio.data.imageset import ImageSet
from studio.data.once import MOST_BYTES, Once, bytes_of
from studio.data.spec import Binarise, Flips, Preprocess
from studio.data.transform import PictureTransform
from studio.data.whitening import Whitening
from studio.errors import DataError

Pixels = NDArray[np.uint8]
Values = NDArray[np.float32]
Pictures = TypeVar("Pictures", Pixels, Values)

WORD = (1 << 64) - 1
MISPLACED = "The saved place in the pictures does not fit these pictures."
MISPLACED_HINT = "Start a new run, or choose the pictures the model was trained on."


class Batches:
    """Batches of a fixed size over endlessly reshuffled epochs; the last pictures of one epoch begin with the next.

    `state()` and `restore()` carry the order, the place in it and the
    generator, so that a resumed run sees the same numbers. Pictures are whitened
    once, where there is room to keep them, and mirrored and turned afterwards.
    """

    def __init__(
        self,
        images: ImageSet,
        indices: NDArray[np.int64],
        batch: int,
        seed: int,
        transform: PictureTransform | None = None,
    ) -> None:
        if len(indices) == 0:
            raise DataError("There are no pictures to train on.", "Lower the held-out share or include more pictures.")
        self._images = images
        self._indices = np.asarray(indices, np.int64)
        self._batch = batch
        self._transform = transform
        self._once: Once | None = None
        if isinstance(transform, Whitening) and images.preprocess.binarise is Binarise.NONE:
            self._once = Once(images, transform) if bytes_of(images) <= MOST_BYTES else None
        self._rng = np.random.default_rng(seed)
        self._order = self._rng.permutation(len(indices))
        self._place = 0
        self._epochs = 0

    @property
    def epoch(self) -> float:
        """How often every picture was given out so far."""
        return self._epochs + self._place / len(self._order)

    @property
    def steps_per_epoch(self) -> float:
        return len(self._order) / self._batch

    def next(self) -> Values:
        """Return the next (batch, C, H, W) float32, fresh and writeable."""
        chosen = self._take()
        if self._once is not None:
            return self._varied(self._once.take(chosen))
        pixels = self._varied(self._images.pixels.take(chosen, axis=0))
        return as_seen(pixels, self._images.preprocess, self._transform, self._rng)

    def _varied(self, pictures: Pictures) -> Pictures:
        """Mirror and turn pictures at random, in place."""
        flip(pictures, self._images.preprocess.flips, self._rng)
        if self._images.preprocess.quarter_turns:
            turn(pictures, self._rng)
        return pictures

    def state(self) -> dict[str, Any]:
        """Return everything `restore` needs, as arrays and whole numbers."""
        return {
            "order": self._order.copy(),
            "place": self._place,
            "epochs": self._epochs,
            "generator": saved_generator(self._rng),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Continue from a state; raises DataError when it belongs to other pictures."""
        order = np.asarray(state.get("order", ()), np.int64)
        sound = np.array_equal(np.sort(order), np.arange(len(self._order)))
        if not sound or not 0 <= int(state["place"]) <= len(order):
            raise DataError(MISPLACED, MISPLACED_HINT)
        restore_generator(self._rng, state["generator"])
        self._order = order.copy()
        self._place = int(state["place"])
        self._epochs = int(state["epochs"])

    def _take(self) -> NDArray[np.int64]:
        """Return the next indices into the image set."""
        stop = self._place + self._batch
        if stop <= len(self._order):
            rows = self._order[self._place : stop]
            self._place = stop
            return self._indices[rows]
        parts = [self._order[self._place :]]
        missing = self._batch - len(parts[0])
        while missing:
            self._epochs += 1
            self._order = self._rng.permutation(len(self._order))
            parts.append(self._order[:missing])
            self._place = len(parts[-1])
            missing -= self._place
        return self._indices[np.concatenate(parts)]


def saved_generator(rng: np.random.Generator) -> NDArray[np.uint64]:
    """Return the state of a PCG64 generator as six words."""
    inner = rng.bit_generator.state
    words = [inner["state"]["state"], inner["state"]["inc"]]
    halves = [half for word in words for half in (word >> 64, word & WORD)]
    return np.array([*halves, inner["has_uint32"], inner["uinteger"]], np.uint64)


def restore_generator(rng: np.random.Generator, saved: NDArray[np.uint64]) -> None:
    """Put a generator where a saved one was; raises DataError for anything else."""
    words = [int(word) for word in saved]
    if len(words) != 6:
        raise DataError(MISPLACED, MISPLACED_HINT)
    rng.bit_generator.state = {
        "bit_generator": "PCG64",
        "state": {"state": words[0] << 64 | words[1], "inc": words[2] << 64 | words[3]},
        "has_uint32": words[4],
        "uinteger": words[5],
    }


def flip(pixels: Pixels | Values, flips: Flips, rng: np.random.Generator) -> None:
    """Mirror each of (n, C, H, W) pictures with probability one half, in place."""
    if flips in (Flips.HORIZONTAL, Flips.BOTH):
        chosen = rng.random(len(pixels)) < 0.5
        pixels[chosen] = pixels[chosen][..., ::-1]
    if flips in (Flips.VERTICAL, Flips.BOTH):
        chosen = rng.random(len(pixels)) < 0.5
        pixels[chosen] = pixels[chosen][..., ::-1, :]


def turn(pixels: Pixels | Values, rng: np.random.Generator) -> None:
    """Turn each of (n, C, H, H) pictures by a random number of quarters, in place."""
    turns = rng.integers(0, 4, len(pixels))
    for count in (1, 2, 3):
        chosen = turns == count
        pixels[chosen] = np.rot90(pixels[chosen], count, (2, 3))


def as_seen(
    pixels: Pixels, preprocess: Preprocess, transform: PictureTransform | None, rng: np.random.Generator
) -> Values:
    """Return (n, C, H, W) uint8 pixels as the float32 values a model sees, without flips and turns.

    Binarised by threshold or, drawn from `rng`, with the grey level as
    probability; then transformed where there is a transform.
    """
    if preprocess.binarise is Binarise.THRESHOLD:
        values = (pixels >= np.uint8(np.ceil(preprocess.threshold * 255))).astype(np.float32)
    elif preprocess.binarise is Binarise.STOCHASTIC:
        values = (sixteen_bits(pixels.shape, rng) < np.multiply(pixels, 257, dtype=np.uint16)).astype(np.float32)
    else:
        values = np.multiply(pixels, np.float32(1 / 255), dtype=np.float32)
    return values if transform is None else transform.apply(values, out=values)


def sixteen_bits(shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.uint16]:
    """Return random 16-bit numbers, four to each 64-bit draw: five times faster than floats, and fine enough."""
    count = math.prod(shape)
    words = rng.integers(0, WORD, -(-count // 4), np.uint64, endpoint=True)
    return words.view(np.uint16)[:count].reshape(shape)
