"""Large pictures kept whole, and a few crops of them to look at."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from studio.data.collect import included, kept_rows, verdicts_before
from studio.data.decode import FORMATS
from studio.data.exemplar import ExemplarReader, from_array, scaled_size
from studio.data.imageset import ImageSet, Verdict
from studio.data.memory import free_bytes
from studio.data.places import Places
from studio.data.pool import Watch, in_order
from studio.data.reading import UnreadableError, open_regular
from studio.data.sources import Found, PictureFile
from studio.data.spec import DatasetSpec, Preprocess
from studio.data.stack import Stack
from studio.errors import DataError

Pixels = NDArray[np.uint8]
Known = NDArray[np.bool_]

LARGEST_BYTES = 4 << 30
PREVIEWS = 256
PREVIEW_BYTES = 64 << 20
FEWEST_PREVIEWS = 16


class Exemplars:
    """The large pictures as they come in, with their names and what became of each source."""

    def __init__(self) -> None:
        self.pixels: list[Pixels] = []
        self.known: list[Known] = []
        self.names: list[str] = []
        self.verdicts: list[Verdict] = []

    def add(self, name: str, result: tuple[Pixels, Known] | str) -> None:
        if not isinstance(result, str):
            self.pixels.append(result[0])
            self.known.append(result[1])
            self.names.append(name)


def collect_crops(found: Found, spec: DatasetSpec, preprocess: Preprocess, watch: Watch) -> ImageSet:
    """Return the pictures large, with preview crops as pixels; raises DataError where they exceed the memory."""
    stacks, files = included(found, spec)
    refuse_too_much(estimated_bytes(stacks, files, preprocess, watch.check))
    watch.expect(sum(stack.count for stack in stacks) + len(files))
    kept = Exemplars()
    kept.verdicts += verdicts_before(found, spec)
    for stack in stacks:
        add_stack(stack, spec, preprocess, kept, watch)
    for file, result in zip(files, in_order(ExemplarReader(preprocess), files, watch), strict=True):
        watch.add()
        kept.add(file.name, result)
        reason = result if isinstance(result, str) else ""
        kept.verdicts.append(Verdict(file.name, not reason, reason))
    bands = tuple(band(known.shape, preprocess) for known in kept.known)
    images = ImageSet(
        spec,
        preprocess,
        np.zeros((0, *preprocess.shape), np.uint8),
        (),
        verdicts=tuple(kept.verdicts),
        exemplars=tuple(kept.pixels),
        known=tuple(kept.known),
        bands=bands,
    )
    return with_previews(images, kept.names)


def add_stack(stack: Stack, spec: DatasetSpec, preprocess: Preprocess, kept: Exemplars, watch: Watch) -> None:
    """Add each picture of a stack; it is refused as a whole when none can be used, with the first reason."""
    reasons = []
    used = False
    for block, rows, names in kept_rows(stack, spec.excluded):
        for picture, name in zip(block, names, strict=True):
            try:
                kept.add(name, from_array(picture, preprocess))
                used = True
            except UnreadableError as error:
                reasons.append(str(error))
        watch.add(len(rows))
    kept.verdicts.append(Verdict(stack.name, used, "" if used or not reasons else reasons[0]))


def estimated_bytes(
    stacks: list[Stack], files: list[PictureFile], preprocess: Preprocess, check: Callable[[], None]
) -> int:
    """Return how much memory the pictures will take, from their sizes alone."""
    sizes = [(stack.width, stack.height) for stack in stacks for _ in range(stack.count)]
    for file in files:
        check()
        try:
            with open_regular(file.path) as opened:
                sizes.append(Image.open(opened, formats=FORMATS).size)
        except Exception:  # a hostile file makes Pillow raise nearly anything; reading it gives the verdict
            continue
    scaled = [scaled_size(size, preprocess.patch_scale) for size in sizes]
    return preprocess.channels * sum(width * height for width, height in scaled)


def refuse_too_much(size: int) -> None:
    """Raise DataError when pictures of so many bytes do not fit, with room for as much again."""
    free = free_bytes()
    if size > LARGEST_BYTES or (free is not None and 2 * size > free):
        room = "" if free is None else f", and {free / 1e9:,.1f} GB are free"
        raise DataError(
            f"At this scale the pictures take {size / 1e9:,.1f} GB of memory{room}.",
            "Lower the scale (patch_scale), or choose fewer pictures.",
        )


def band(shape: tuple[int, ...], preprocess: Preprocess) -> int:
    """Return how many pixels at the end of the longer side are held out, none where a crop would not fit twice.

    A square counts as tall, so that half of it held out is its lower half.
    """
    height, width = shape
    long, side = (width, preprocess.width) if width > height else (height, preprocess.height)
    if preprocess.held_out == 0:
        return 0
    wanted = max(side, round(long * preprocess.held_out))
    return wanted if long - wanted >= side else 0


def with_previews(images: ImageSet, names: list[str]) -> ImageSet:
    """Return the set with random crops as its pixels, from each exemplar by its area; the held-out ones come last."""
    preprocess = images.preprocess
    rng = np.random.default_rng([preprocess.seed, 4])
    crop_bytes = int(np.prod(preprocess.shape))
    count = max(FEWEST_PREVIEWS, min(PREVIEWS, PREVIEW_BYTES // crop_bytes))
    exemplars = range(len(images.exemplars))
    held = round(count * preprocess.held_out) if preprocess.held_out else 0
    learned, learned_from = crops_of([images.learned(index) for index in exemplars], count - held, preprocess, rng)
    unseen, unseen_from = crops_of([images.unseen(index) for index in exemplars], held, preprocess, rng)
    return ImageSet(
        images.spec,
        preprocess,
        np.concatenate([learned, unseen]),
        tuple(names[index] for index in [*learned_from, *unseen_from]),
        verdicts=images.verdicts,
        held_out=np.arange(len(learned), len(learned) + len(unseen), dtype=np.int64),
        exemplars=images.exemplars,
        known=images.known,
        bands=images.bands,
        origins=np.array([*learned_from, *unseen_from], np.int64),
    )


def crops_of(
    parts: list[tuple[Pixels, Known]], count: int, preprocess: Preprocess, rng: np.random.Generator
) -> tuple[Pixels, list[int]]:
    """Return `count` random crops of parts of pictures, in order, and which part each is from; none if none fits."""
    every = [Places(known, preprocess.height, preprocess.width) for _, known in parts]
    areas = np.array([places.area if places.count else 0 for places in every], np.float64)
    if areas.sum() == 0:
        return np.zeros((0, *preprocess.shape), np.uint8), []
    chosen = np.sort(rng.choice(len(parts), count, p=areas / areas.sum()))
    crops = np.empty((count, *preprocess.shape), np.uint8)
    for place, index in enumerate(chosen.tolist()):
        (top,), (left,) = every[index].at(rng.random(1))
        crops[place] = parts[index][0][:, top : top + preprocess.height, left : left + preprocess.width]
    return crops, chosen.tolist()
