"""What a dataset spec names on the disk: picture files and stacks of pictures, in a stable order."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from studio.data.arrays import NPY_MAGIC, ZIP_MAGIC, array_stack
from studio.data.idx import idx_stack, is_idx, read_header, read_labels, sniff_gzip
from studio.data.imageset import Verdict
from studio.data.reading import UnreadableError, read_start
from studio.data.samples import find_sample, picture_files, sample_stack
from studio.data.spec import SAMPLE_PREFIX, DatasetSpec, named_as_array
from studio.data.stack import Stack
from studio.errors import DataError

MNIST_TAIL = 5_000
MNIST_COUNT = 60_000
SYSTEM = "it belongs to the system and holds no pictures"
SYSTEM_FOLDERS = (Path("/proc"), Path("/sys")) if sys.platform.startswith("linux") else ()
TESTING = "kept for the final figure, never trained on"


@dataclass(frozen=True, slots=True)
class PictureFile:
    """One file that may hold a picture, and the name people see."""

    name: str
    path: Path


@dataclass(slots=True)
class Found:
    """Everything a spec names; `missing` are paths that are not there, `sources` all files met."""

    files: list[PictureFile] = field(default_factory=list)
    stacks: list[Stack] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    tests: list[Stack] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    sources: list[Path] = field(default_factory=list)


def find(spec: DatasetSpec, check: Callable[[], None] = lambda: None) -> Found:
    """Look up every path of the spec; `check` is called now and then and may raise to give up."""
    found = Found()
    seen: set[Path] = set()
    several = len(spec.paths) > 1
    for text in spec.paths:
        if text.startswith(SAMPLE_PREFIX):
            add_sample(text.removeprefix(SAMPLE_PREFIX), found)
            continue
        path = Path(text).expanduser()
        if of_the_system(path):
            found.verdicts.append(Verdict(text, False, SYSTEM))
            continue
        if path.is_dir():
            prefix = f"{path.name}/" if several else ""
            files = [PictureFile(prefix + file.relative_to(path).as_posix(), file) for file in walk(path, found, check)]
        elif path.exists():
            files = [PictureFile(path.name, path)]
        else:
            found.missing.append(text)
            found.verdicts.append(Verdict(text, False, "the file does not exist"))
            continue
        fresh = []
        for item in files:
            check()
            if is_new(item.path, seen):
                fresh.append(item)
        found.sources += [item.path for item in fresh]
        sort_out(fresh, found, alone=len(spec.paths) == 1 and path.is_file(), check=check)
    rename_twins(found)
    return found


def add_sample(name: str, found: Found) -> None:
    sample = find_sample(name)
    stack = sample_stack(sample)
    if stack is not None:
        found.stacks.append(stack)
    found.files += [PictureFile(path.name, path) for path in picture_files(sample)]


def walk(folder: Path, found: Found, check: Callable[[], None]) -> list[Path]:
    """Return the files below a folder in natural order; follows links, but into each folder once."""
    entered: set[Path] = set()
    files: list[Path] = []

    def refused(error: OSError) -> None:
        found.verdicts.append(Verdict(str(error.filename), False, "the folder cannot be read"))

    for place, folders, names in os.walk(folder, onerror=refused, followlinks=True):
        check()
        if of_the_system(Path(place)):
            found.verdicts.append(Verdict(place, False, SYSTEM))
            folders.clear()
            continue
        if not is_new(Path(place), entered):
            folders.clear()
            continue
        folders[:] = sorted((name for name in folders if not name.startswith(".")), key=natural)
        files += [Path(place) / name for name in names if not name.startswith(".")]

    def order(path: Path) -> tuple[list[list[tuple[int, int, str]]], tuple[str, ...]]:
        check()
        return [natural(part) for part in path.parts], path.parts

    return sorted(files, key=order)


def of_the_system(path: Path) -> bool:
    """Tell whether a path leads to what the system says of itself: nothing there is a picture, and reading may wait."""
    real = path.resolve()
    return any(real == folder or folder in real.parents for folder in SYSTEM_FOLDERS)


def natural(name: str) -> list[tuple[int, int, str]]:
    """Return a sort key that puts 2 before 10."""
    parts = re.split(r"([0-9]+)", name)
    return [(0, int(part), part) if part.isdecimal() else (1, 0, part.casefold()) for part in parts if part]


def is_new(path: Path, seen: set[Path]) -> bool:
    """Tell whether a file or folder was not met before, by another path or link."""
    key = path.resolve() if path.exists() else path
    if key in seen:
        return False
    seen.add(key)
    return True


def sort_out(files: list[PictureFile], found: Found, alone: bool, check: Callable[[], None]) -> None:
    """Tell picture files from arrays by their first bytes; a damaged array is a verdict unless it stands alone."""
    indexed: list[PictureFile] = []
    for item in files:
        check()
        try:
            start = read_start(item.path, 8)
        except UnreadableError as error:
            found.verdicts.append(Verdict(item.name, False, str(error)))
            continue
        packed = start[:2] == b"\x1f\x8b"
        if is_idx(start) or (packed and sniff_gzip(item.path)):
            indexed.append(item)
        elif start.startswith(NPY_MAGIC) or (start.startswith(ZIP_MAGIC) and item.path.suffix.lower() == ".npz"):

            def add(item: PictureFile = item) -> None:
                found.stacks.append(array_stack(item.path, item.name))

            guarded(item, found, alone, add)
        elif named_as_array(item.path.name):
            found.verdicts.append(Verdict(item.name, False, "the file is damaged or truncated"))
        else:
            found.files.append(item)
    add_idx(indexed, found, alone)


def guarded(item: PictureFile, found: Found, alone: bool, work: Callable[[], None]) -> None:
    """Run `work`; what is wrong with one file of several is a verdict, with the only one an error."""
    try:
        work()
    except DataError as error:
        if alone:
            raise
        found.verdicts.append(Verdict(item.name, False, error.message))


def add_idx(files: list[PictureFile], found: Found, alone: bool) -> None:
    """Pair IDX pictures with their labels; beside MNIST's training digits its test digits are set aside."""
    pictures: list[tuple[PictureFile, int]] = []
    labels: list[tuple[PictureFile, int]] = []
    for item in files:

        def sort(item: PictureFile = item) -> None:
            header = read_header(item.path, item.name)
            (labels if header.is_labels else pictures).append((item, header.shape[0]))

        guarded(item, found, alone, sort)
    if alone and pictures:
        labels += sibling_labels(pictures[0][0])
    folders_with_training = {item.path.parent for item, _ in pictures if item.path.name.startswith("train-images")}
    for item, count in pictures:

        def add(item: PictureFile = item, count: int = count) -> None:
            known = labels_of(item, count, labels)
            values = None if known is None else read_labels(known.path, known.name)
            if item.path.name.startswith("t10k-images") and item.path.parent in folders_with_training:
                found.tests.append(idx_stack(item.path, item.name, values))
                found.verdicts.append(Verdict(item.name, False, TESTING))
            else:
                digits = item.path.name.startswith("train-images") and count >= MNIST_COUNT
                found.stacks.append(idx_stack(item.path, item.name, values, MNIST_TAIL if digits else 0))

        guarded(item, found, alone, add)
    if labels and not pictures and alone:
        raise DataError(f"{labels[0][0].name} holds labels, not pictures.", "Choose the file of images beside it.")


def sibling_labels(item: PictureFile) -> Iterator[tuple[PictureFile, int]]:
    """Yield the label file that lies beside a lone file of pictures under the usual name."""
    path = item.path.with_name(item.path.name.replace("images", "labels").replace("idx3", "idx1"))
    if path != item.path and path.is_file():
        try:
            header = read_header(path, path.name)
        except DataError:
            return  # without sound labels the pictures are still good
        if header.is_labels:
            yield PictureFile(path.name, path), header.shape[0]


def labels_of(pictures: PictureFile, count: int, labels: list[tuple[PictureFile, int]]) -> PictureFile | None:
    """Return the label file that belongs to a file of pictures: as many, same folder, the nearest name."""
    fitting = [item for item, size in labels if size == count and item.path.parent == pictures.path.parent]
    wanted = pictures.path.name.replace("images", "labels").replace("idx3", "idx1")
    named = [item for item in fitting if item.path.name.removesuffix(".gz") == wanted.removesuffix(".gz")]
    if named:
        return named[0]
    return fitting[0] if len(fitting) == 1 else None


def rename_twins(found: Found) -> None:
    """Give files of one name from several places their whole path as name."""
    counts: dict[str, int] = {}
    for item in found.files:
        counts[item.name] = counts.get(item.name, 0) + 1
    found.files = [
        item if counts[item.name] == 1 else PictureFile(item.path.as_posix(), item.path) for item in found.files
    ]
