"""From a dataset spec to an ImageSet: find, decode on several threads, fit, split."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.data.collect import collect_patches, collect_pictures
from studio.data.collect_crops import collect_crops
from studio.data.cost import SMALLER, TOO_SMALL
from studio.data.decode import NOT_READ
from studio.data.exemplar import CLEAR, FLAT, TOO_LARGE
from studio.data.freed import given_back
from studio.data.held_out import held_out, split
from studio.data.imageset import ImageSet, Verdict
from studio.data.pool import Watch
from studio.data.shelf import Shelf
from studio.data.sources import TESTING, Found, find
from studio.data.spec import DatasetSpec, Preprocess
from studio.data.store import Room, in_memory
from studio.errors import DataError, NothingReadError

PATCH_HINT = "Add more pictures, cut patches out of it, or choose a texture preset."
FORMATS_HINT = "PNG, JPEG, WebP, GIF, BMP, TIFF, PGM and PPM are read, and IDX, .npy and .npz arrays."
BROKEN = ("truncated", "damaged", "is empty")  # in reasons of files that were not copied whole
BROKEN_HINT = "Copy it anew from where it came from, or choose another file."
SMALLER_HINT = "Or choose another picture."
EMPTY_HINT = "Choose pictures with something to see in them."
SCALE_HINT = "Choose a smaller scale (patch_scale)."
CROP_HINT = "Choose other pictures, smaller crops, or a larger scale (patch_scale)."


@given_back()
def load(
    spec: DatasetSpec,
    preprocess: Preprocess,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    shelf: Shelf = Shelf(),  # noqa: B008  # frozen
    *,
    to_learn: bool = True,
) -> ImageSet:
    """Read the pictures a spec names, brought to what the preprocess asks for.

    Parameters
    ----------
    spec, preprocess
        Which pictures, and their size, colour, fit, patches and held-out share.
    progress
        Called with (pictures read, pictures in all) on the calling thread.
    cancelled
        Asked between pictures; Cancelled is raised once it is true.
    shelf
        Where pictures are kept that do not fit in memory; says when that is.
    to_learn
        Whether they are learned from, which takes two that differ, or only looked at.

    Raises
    ------
    DataError
        When nothing can be learned from what is there, or looked at; the hint names the remedy.
    Cancelled
        When the asker gave up.
    """
    watch = Watch(progress, cancelled)
    require_paths(spec)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of odd metadata; what matters becomes a verdict
        found = find(spec, watch.check)
        require_something(spec, found)
        if preprocess.crops or not shelf.wants(count_of(found, preprocess) * int(np.prod(preprocess.shape))):
            return collected(found, spec, preprocess, watch, in_memory, to_learn)
        read = partial(collected, found, spec, preprocess, watch, to_learn=to_learn)
        return shelf.store(spec, preprocess, found.sources, read, watch.check)


def count_of(found: Found, preprocess: Preprocess) -> int:
    """Return how many pictures there will be, were all of them read."""
    return preprocess.patches or len(found.files) + sum(stack.count for stack in found.stacks)


def collected(
    found: Found, spec: DatasetSpec, preprocess: Preprocess, watch: Watch, room: Room, to_learn: bool
) -> ImageSet:
    """Read what was found into that room, and hold some out."""
    if preprocess.crops:
        images = collect_crops(found, spec, preprocess, watch)
    elif preprocess.patches:
        held = split(preprocess.patches, preprocess)
        images = collect_patches(found, spec, preprocess, held, watch, room)
    else:
        images = collect_pictures(found, spec, preprocess, watch, room)
    require_pictures(images, to_learn)
    if preprocess.patches or preprocess.crops or len(images.held_out):
        return images
    return replace(images, held_out=held_out(images, found))


def load_test(spec: DatasetSpec, preprocess: Preprocess) -> ImageSet:
    """Read the pictures a source keeps for the final figure (MNIST's test digits), in order, none held out."""
    watch = Watch(None, None)
    require_paths(spec)
    found = find(spec)
    if not found.tests:
        raise DataError(
            f"{described(spec)} has no test pictures.", "A folder with MNIST's four files has them; others do not."
        )
    images = collect_pictures(Found(stacks=found.tests), spec, replace(preprocess, patches=0, crops=False), watch)
    return replace(images, held_out=np.zeros(0, np.int64))


def require_paths(spec: DatasetSpec) -> None:
    if not spec.paths:
        raise DataError("No pictures are chosen.", "Drop a folder of pictures, or choose a bundled set.")


def require_something(spec: DatasetSpec, found: Found) -> None:
    """Refuse a spec that names nothing to read."""
    if found.files or found.stacks:
        return
    if len(found.missing) == len(spec.paths):
        raise DataError(f"{described(spec)} does not exist.", "Look where it went, or choose other pictures.")
    problems = [verdict for verdict in found.verdicts if not verdict.used]
    if problems:
        raise DataError(
            f"Nothing in {described(spec)} can be read: {problems[0].name}: {problems[0].reason}.",
            "Choose another folder or file.",
        )
    raise DataError(f"{described(spec)} is empty.", "Choose a folder with pictures in it.")


def require_pictures(images: ImageSet, to_learn: bool) -> None:
    """Refuse to read no picture at all, and to learn from too few, or from pictures that are all the same."""
    where = described(images.spec)
    if len(images) == 0:
        skipped = images.skipped
        if images.spec.excluded:
            raise DataError(f"All pictures of {where} are left out or cannot be read.", "Include some of them again.")
        name, reason = telling(skipped)
        hint = remedy(reason, images.preprocess)
        hopeless = all(of_the_file(verdict.reason) for verdict in skipped)
        kind = NothingReadError if hopeless else DataError
        if [Path(path).name for path in images.spec.paths] == [name]:
            raise kind(f"{where} cannot be learned from: {reason}.", hint)
        first = f": {name}: {reason}" if skipped else ""
        raise kind(f"Nothing in {where} can be learned from{first}.", hint)
    if not to_learn:
        return
    if len(images) == 1 and not (images.preprocess.patches or images.preprocess.crops):
        raise DataError(f"{where} holds one picture only, too few to learn from whole.", PATCH_HINT)
    if len(images) > 1 and all_same(images.pixels):
        cut = images.preprocess.patches or images.preprocess.crops
        what = "patches cut from" if cut else "pictures of"
        raise DataError(f"All {len(images):,} {what} {where} are identical.", "Choose pictures that differ.")


def telling(skipped: Sequence[Verdict]) -> tuple[str, str]:
    """Return name and reason of the file that tells most: one that is a picture, whose reason most others share."""
    pictures = [verdict for verdict in skipped if verdict.reason not in (TESTING, NOT_READ)] or skipped
    if not pictures:
        return "", ""
    often = Counter(verdict.reason for verdict in pictures).most_common(1)[0][0]
    return next((verdict.name, verdict.reason) for verdict in pictures if verdict.reason == often)


def of_the_file(reason: str) -> bool:
    """Whether no other preparation helps where a picture cannot be used for that reason."""
    return reason in (TESTING, NOT_READ) or SMALLER in reason or any(word in reason for word in BROKEN)


def remedy(reason: str, preprocess: Preprocess) -> str:
    """Return what helps where a picture cannot be used for that reason."""
    if reason.startswith(TOO_SMALL):
        return f"Choose pictures of at least {preprocess.width} x {preprocess.height} px."
    if reason in (FLAT, CLEAR):
        return EMPTY_HINT
    if reason.endswith(TOO_LARGE):
        return SCALE_HINT
    if any(word in reason for word in BROKEN):
        return BROKEN_HINT
    if SMALLER in reason:
        return SMALLER_HINT
    return CROP_HINT if preprocess.crops and "crop" in reason else FORMATS_HINT


def all_same(pixels: NDArray[np.uint8]) -> bool:
    """Tell whether every picture equals the first, looking at a few at a time."""
    return all(bool((pixels[start : start + 256] == pixels[0]).all()) for start in range(0, len(pixels), 256))


def described(spec: DatasetSpec) -> str:
    """Return a few words for the source: its path, or the first and how many more."""
    more = len(spec.paths) - 1
    return spec.paths[0] + (f" and {more} more" if more else "")
