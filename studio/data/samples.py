"""The bundled picture sets: textures, photographs and faces that come with scikit-image, and drawn ones."""

from __future__ import annotations

import importlib.util
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.data.arrays import array_stack
from studio.data.glyphs import draw_glyphs
from studio.data.spec import Binarise, Colour, Preprocess
from studio.data.stack import Stack
from studio.errors import DataError

FACES = 100
BAR_SIDE = 8


@dataclass(frozen=True, slots=True)
class Sample:
    """A bundled set; `suggested` is a preprocess that suits it."""

    name: str
    title: str
    line: str
    files: tuple[str, ...] = ()
    suggested: Preprocess = field(default_factory=Preprocess)


PATCHES = Preprocess(height=24, width=24, patches=10_000)

SAMPLES: tuple[Sample, ...] = (
    Sample("glyphs", "Glyphs", "About 4,000 digits and capital letters, drawn a little differently each time."),
    Sample(
        "bricks",
        "Bricks",
        "One photograph of a brick wall, cut into patches.",
        ("brick.png",),
        replace(PATCHES, patch_scale=0.5),
    ),
    Sample("grass", "Grass", "One photograph of a lawn, cut into patches.", ("grass.png",), PATCHES),
    Sample("gravel", "Gravel", "One photograph of gravel, cut into patches.", ("gravel.png",), PATCHES),
    Sample(
        "photographs",
        "Photographs",
        "Seven photographs, from a cat to a galaxy field, cut into colour patches.",
        (
            "astronaut.png",
            "camera.png",
            "chelsea.png",
            "coffee.png",
            "hubble_deep_field.jpg",
            "motorcycle_left.png",
            "rocket.jpg",
        ),
        Preprocess(height=16, width=16, colour=Colour.RGB, patches=20_000, patch_scale=0.5),
    ),
    Sample(
        "faces",
        "Faces",
        "A hundred small grey faces, 25 x 25.",
        ("lfw_subset.npy",),
        Preprocess(height=25, width=25),
    ),
    Sample(
        "bars",
        "Bars and stripes",
        "Every picture of whole columns or whole rows, 8 x 8: the smallest test of a model.",
        (),
        Preprocess(height=BAR_SIDE, width=BAR_SIDE, binarise=Binarise.THRESHOLD),
    ),
)


def find_sample(name: str) -> Sample:
    """Return the bundled set of that name, or raise DataError with the names there are."""
    for sample in SAMPLES:
        if sample.name == name:
            return sample
    names = ", ".join(sample.name for sample in SAMPLES)
    raise DataError(f"There is no bundled set called {name!r}.", f"Choose one of {names}.")


def picture_files(sample: Sample) -> list[Path]:
    """Return the picture files of a set that is made of files."""
    return [bundled(name) for name in sample.files if not name.endswith(".npy")]


def sample_stack(sample: Sample) -> Stack | None:
    """Return the pictures of a set that is an array or is drawn, None for one made of picture files."""
    if sample.name == "faces":
        return first(array_stack(bundled(sample.files[0]), "faces"), FACES)
    if sample.name == "glyphs":
        return drawn(*draw_glyphs(), name="glyphs")
    if sample.name == "bars":
        return drawn(*draw_bars(BAR_SIDE), name="bars")
    return None


def bundled(name: str) -> Path:
    """Return the path of a picture that scikit-image brings along, without importing it."""
    found = importlib.util.find_spec("skimage")
    if found is None or found.origin is None or not (path := Path(found.origin).parent / "data" / name).is_file():
        raise DataError(f"The bundled picture {name} is missing.", "Install Harmonium Studio again.")
    return path


def first(stack: Stack, count: int) -> Stack:
    """Return a stack of the first pictures only."""

    def blocks() -> Iterator[NDArray[np.uint8]]:
        left = count
        for block in stack.blocks():
            if left <= 0:
                return
            yield block[:left]
            left -= len(block)

    return Stack(stack.name, min(count, stack.count), stack.height, stack.width, stack.channels, blocks)


def drawn(pictures: NDArray[np.uint8], labels: NDArray[np.int64], name: str) -> Stack:
    """Return (n, H, W) pictures as a stack."""
    count, height, width = pictures.shape
    return Stack(name, count, height, width, 1, lambda: iter((pictures[..., None],)), labels)


def draw_bars(side: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return every bars-and-stripes picture once, (n, side, side) of 0 and 255, labels 0 for bars and 1 for stripes."""
    codes = np.array(list(itertools.product((0, 255), repeat=side)), np.uint8)
    bars = np.repeat(codes[:, None, :], side, axis=1)
    stripes = bars.transpose(0, 2, 1)[1:-1]  # the empty and the full picture are both, and counted once
    pictures = np.ascontiguousarray(np.concatenate([bars, stripes]))
    return pictures, np.repeat(np.arange(2, dtype=np.int64), (len(bars), len(stripes)))
