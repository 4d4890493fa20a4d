"""Pictures that do not fit in memory: brought to size once, kept on disk, and mapped from there."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.data.arrays import BAD_HEADER
from studio.data.imageset import ImageSet, Verdict
from studio.data.memory import free_bytes
from studio.data.spec import APPLIED_LATER, DatasetSpec, Preprocess
from studio.data.store import Room, refusal
from studio.errors import DataError
from studio.paths import stores

SHARE = 0.5  # of the memory that can be had: larger sets are read from disk
PIXELS, REST, LABELS, HELD = "pixels.npy", "store.json", "labels.npy", "held.npy"
FORM = 1  # in the names of stores
ELSEWHERE = "Choose another folder with --store, a smaller size or fewer pictures."
CHANGED = "The pictures have changed since their store on disk was built, so it was built anew"
DAMAGED = "The store of these pictures on disk was damaged, so it was built anew"


@dataclass(frozen=True, slots=True)
class Shelf:
    """The folder where stores are kept, the user's own cache without one; `always` keeps small sets there, too."""

    folder: Path | None = None
    always: bool = False

    def wants(self, size: int) -> bool:
        """Tell whether pictures of so many bytes are to be read from disk."""
        if self.always:
            return True
        free = free_bytes()
        return free is not None and size > SHARE * free

    def store(
        self,
        spec: DatasetSpec,
        preprocess: Preprocess,
        sources: Iterable[Path],
        read: Callable[[Room], ImageSet],
        check: Callable[[], None],
    ) -> ImageSet:
        """Return the pictures from their store, which `read` fills where it is missing, damaged or older than they are.

        `check` is called now and then and may raise to give up, which leaves nothing behind.
        """
        place = self.folder if self.folder is not None else stores()
        folder = place / key_of(spec, preprocess)
        mark = fingerprint(sources, check)
        kept = opened(folder, spec, preprocess, mark)
        if isinstance(kept, ImageSet):
            return kept
        fault = kept if folder.exists() else ""
        try:
            place.mkdir(parents=True, exist_ok=True)
            part = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=place))
        except OSError as error:
            raise DataError(f"No store can be built in {place}: {error.strerror}.", ELSEWHERE) from None
        try:
            build(part, read, mark)
            shutil.rmtree(folder, ignore_errors=True)
            with contextlib.suppress(OSError):  # another process has just built the same
                part.rename(folder)
            built = opened(folder, spec, preprocess, mark)
        except OSError as error:
            raise DataError(f"The store in {place} cannot be written: {error.strerror}.", ELSEWHERE) from None
        finally:
            shutil.rmtree(part, ignore_errors=True)
        if isinstance(built, str):
            raise DataError(f"The store in {place} cannot be read back.", ELSEWHERE)
        return replace(built, note=f"{fault}: {size_of(built)}.") if fault else built


def key_of(spec: DatasetSpec, preprocess: Preprocess) -> str:
    """Return the name of the store of these pictures, read like this; what each batch does to them does not count."""
    plain = Preprocess()
    alike = replace(preprocess, **{name: getattr(plain, name) for name in APPLIED_LATER})
    return hashlib.sha256(repr((FORM, spec, alike)).encode()).hexdigest()[:24]


def fingerprint(sources: Iterable[Path], check: Callable[[], None]) -> str:
    """Return what changes when a file comes, goes, grows, shrinks or is written again."""
    found = hashlib.sha256()
    for path in sources:
        check()
        try:
            state = path.stat()
            found.update(repr((str(path.absolute()), state.st_size, state.st_mtime_ns)).encode())
        except OSError:
            found.update(repr((str(path), "unreadable")).encode())
    return found.hexdigest()


def build(part: Path, read: Callable[[Room], ImageSet], mark: str) -> None:
    """Fill a folder with what `read` brings; what marks the store as whole is written last."""

    def room(count: int, preprocess: Preprocess) -> NDArray[np.uint8]:
        return on_disk(part / PIXELS, (count, *preprocess.shape))

    images = read(room)
    if images.labels is not None:
        np.save(part / LABELS, images.labels, allow_pickle=False)
    np.save(part / HELD, images.held_out, allow_pickle=False)
    rest = {
        "mark": mark,
        "names": images.names,
        "verdicts": [(item.name, item.used, item.reason) for item in images.verdicts],
    }
    (part / REST).write_text(json.dumps(rest), "utf-8")


def on_disk(path: Path, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Return an array whose numbers lie in a new file, whose place on the disk is taken at once.

    A disk that is full later would end the program, not raise.
    """
    size = int(np.prod(shape, dtype=np.int64))
    free = shutil.disk_usage(path.parent).free
    if size > free:
        raise DataError(
            f"A store of these pictures takes {size / 1e9:,.1f} GB, and {free / 1e9:,.1f} GB are free in "
            f"{path.parent.parent}.",
            ELSEWHERE,
        )
    mapped = np.lib.format.open_memmap(path, mode="w+", dtype=np.uint8, shape=shape)
    if hasattr(os, "posix_fallocate"):
        with path.open("r+b") as file:
            try:
                os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
            except OSError:
                raise refusal(shape[0], size) from None
    return np.asarray(mapped)


def opened(folder: Path, spec: DatasetSpec, preprocess: Preprocess, mark: str) -> ImageSet | str:
    """Return the pictures of a store, or why it cannot be used: it is damaged or not there, or its sources changed."""
    try:
        rest: dict[str, Any] = json.loads((folder / REST).read_text("utf-8"))
        if rest["mark"] != mark:
            return CHANGED
        names = tuple(rest["names"])
        pixels = np.asarray(np.load(folder / PIXELS, mmap_mode="r", allow_pickle=False))[: len(names)]
        labels = np.load(folder / LABELS, allow_pickle=False) if (folder / LABELS).exists() else None
        held = np.load(folder / HELD, allow_pickle=False)
        verdicts = tuple(Verdict(*item) for item in rest["verdicts"])
    except BAD_HEADER:
        return DAMAGED
    if pixels.dtype != np.uint8 or pixels.shape != (len(names), *preprocess.shape):
        return DAMAGED
    images = ImageSet(spec, preprocess, pixels, names, labels, verdicts, held)
    return replace(images, note=f"The pictures are read from a store on disk: {size_of(images)}.")


def size_of(images: ImageSet) -> str:
    return f"{images.pixels.nbytes / 1e9:,.2f} GB"
