"""Filling a store from picture files and from stacks, whole or in patches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from studio.data.cost import bytes_of, check_size
from studio.data.decode import finish, open_picture, reduce_early
from studio.data.fit import cut, fitted, to_image
from studio.data.imageset import ImageSet, Verdict
from studio.data.pool import ByteBudget, Watch, in_order
from studio.data.reading import UnreadableError
from studio.data.sources import Found, PictureFile
from studio.data.spec import Colour, DatasetSpec, Preprocess
from studio.data.stack import Stack
from studio.data.store import Room, Store, in_memory

Pixels = NDArray[np.uint8]
Indices = NDArray[np.int64]
LEFT_OUT = "left out by hand"


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """One picture file to decode; with patches, the slots they go to, which are set aside, and the seed."""

    file: PictureFile
    slots: Indices
    aside: NDArray[np.bool_] | None = None
    seed: tuple[int, ...] = ()


class Decoder:
    """Turns a task into pixels on any thread, or into the reason why not."""

    def __init__(self, preprocess: Preprocess) -> None:
        self._preprocess = preprocess
        self._budget = ByteBudget()

    def __call__(self, task: Task) -> Pixels | str:
        wanted = self._preprocess
        try:
            with open_picture(task.file.path) as image:
                width, height = image.size
                if wanted.patches:
                    least = round(width * wanted.patch_scale), round(height * wanted.patch_scale)
                else:
                    least = (2 * max(wanted.width, wanted.height),) * 2
                reduce_early(image, least, wanted.colour)
                check_size(image, (width, height), wanted.colour)
                with self._budget.hold(bytes_of(image, (width, height), wanted.colour)):
                    scale = wanted.patch_scale * max(width, height) / max(image.size)
                    upright = finish(image, wanted.colour, wanted.background)
                    if task.aside is not None:
                        return cut(upright, wanted, scale, task.aside, np.random.default_rng(task.seed))
                    return fitted(upright, wanted)[None]
        except UnreadableError as error:
            return str(error)
        except MemoryError:
            return "there is not enough memory to decode it"


def collect_pictures(
    found: Found, spec: DatasetSpec, preprocess: Preprocess, watch: Watch, room: Room = in_memory
) -> ImageSet:
    """Return every picture whole; a stack that names a tail has it held out."""
    stacks, files = included(found, spec)
    total = len(files) + sum(stack.count for stack in stacks)
    store = Store(total, preprocess, room)
    store.verdicts += verdicts_before(found, spec)
    watch.expect(total)
    start = 0
    held = np.zeros(0, np.int64)
    for stack in stacks:
        for block, rows, names in kept_rows(stack, spec.excluded):
            labels = None if stack.labels is None else stack.labels[rows]
            slots = slice(start + rows[0], start + rows[0] + len(rows)) if contiguous(rows) else np.add(rows, start)
            store.put(slots, block_pixels(block, preprocess), names, labels)
            watch.add(len(rows))
        tail = stack.tail if preprocess.held_out > 0 else 0
        held = np.concatenate([held, np.arange(start + stack.count - tail, start + stack.count)])
        start += stack.count
        store.verdicts.append(Verdict(stack.name, True))
    run([Task(item, np.array([start + index])) for index, item in enumerate(files)], store, preprocess, watch)
    return store.finish(spec, preprocess, held)


def collect_patches(
    found: Found, spec: DatasetSpec, preprocess: Preprocess, held: Indices, watch: Watch, room: Room = in_memory
) -> ImageSet:
    """Return random patches, as many from each picture; what broken pictures owe is cut from the good ones."""
    stacks, files = included(found, spec)
    store = Store(preprocess.patches, preprocess, room)
    store.verdicts += verdicts_before(found, spec)
    aside = np.zeros(preprocess.patches, bool)
    aside[held] = True
    rows = sum(stack.count for stack in stacks)
    watch.expect(rows + len(files))
    attempt = 0
    while len(missing := store.empty_slots()) and (files or rows):
        bounds = np.linspace(0, len(missing), rows + len(files) + 1).round().astype(np.int64)
        shares = [missing[first:last] for first, last in pairwise(bounds)]
        start = 0
        for stack in stacks:
            cut_stack(stack, shares[start : start + stack.count], aside, attempt, store, spec, preprocess, watch)
            start += stack.count
        tasks = [
            Task(item, slots, aside[slots], (preprocess.seed, 3, attempt, index))
            for index, (item, slots) in enumerate(zip(files, shares[rows:], strict=True))
        ]
        broken = run(tasks, store, preprocess, watch)
        if not broken and attempt > 0:
            break
        files = [item for item in files if item.name not in broken]
        attempt += 1
    store.verdicts += [Verdict(stack.name, True) for stack in stacks]
    return store.finish(spec, preprocess, held)


def included(found: Found, spec: DatasetSpec) -> tuple[list[Stack], list[PictureFile]]:
    """Return what is not left out by its name."""
    excluded = frozenset(spec.excluded)
    stacks = [stack for stack in found.stacks if stack.name not in excluded]
    return stacks, [item for item in found.files if item.name not in excluded]


def verdicts_before(found: Found, spec: DatasetSpec) -> list[Verdict]:
    """Return the verdicts known before anything is decoded."""
    return [*found.verdicts, *(Verdict(name, False, LEFT_OUT) for name in spec.excluded)]


def run(tasks: list[Task], store: Store, preprocess: Preprocess, watch: Watch) -> set[str]:
    """Decode files into their slots and return the names of the broken ones; a file is judged once."""
    broken: set[str] = set()
    judged = {verdict.name for verdict in store.verdicts}
    for task, result in zip(tasks, in_order(Decoder(preprocess), tasks, watch), strict=True):
        watch.add()
        if isinstance(result, str):
            broken.add(task.file.name)
        else:
            store.put(task.slots, result, [task.file.name] * len(result))
        if task.file.name not in judged:
            store.verdicts.append(
                Verdict(task.file.name, not isinstance(result, str), result if isinstance(result, str) else "")
            )
    return broken


def kept_rows(stack: Stack, excluded: Sequence[str]) -> Iterator[tuple[Pixels, list[int], list[str]]]:
    """Yield a stack's pictures (k, H, W, C) with their rows and names, without those left out."""
    left_out = frozenset(excluded)
    start = 0
    for block in stack.blocks():
        rows = list(range(start, start + len(block)))
        start += len(block)
        if left_out:
            rows = [row for row in rows if stack.row_name(row) not in left_out]
            block = block[np.array(rows, np.int64) - (start - len(block))]
        if rows:
            yield block, rows, [stack.row_name(row) for row in rows]


def contiguous(rows: list[int]) -> bool:
    return rows[-1] - rows[0] + 1 == len(rows)


def block_pixels(block: Pixels, preprocess: Preprocess) -> Pixels:
    """Return (k, H, W, C) pictures as (k, C, H, W) of the asked size and colour, all at once where they fit."""
    fits = block.shape[1:3] == (preprocess.height, preprocess.width)
    if fits and (block.shape[3] == 1 or (block.shape[3] == 3 and preprocess.colour is Colour.RGB)):
        pixels = block.transpose(0, 3, 1, 2)
        return 255 - pixels if preprocess.invert else pixels
    images = (to_image(picture, preprocess.colour, preprocess.background) for picture in block)
    return np.stack([fitted(image, preprocess) for image in images])


def cut_stack(
    stack: Stack,
    shares: list[Indices],
    aside: NDArray[np.bool_],
    attempt: int,
    store: Store,
    spec: DatasetSpec,
    preprocess: Preprocess,
    watch: Watch,
) -> None:
    """Cut the patches that fall to each picture of a stack."""
    rng = np.random.default_rng([preprocess.seed, 2, attempt])
    for block, rows, names in kept_rows(stack, spec.excluded):
        for picture, row, name in zip(block, rows, names, strict=True):
            slots = shares[row]
            if len(slots):
                image = to_image(picture, preprocess.colour, preprocess.background)
                patches = cut(image, preprocess, preprocess.patch_scale, aside[slots], rng)
                store.put(slots, patches, [name] * len(slots))
        watch.add(len(rows))
