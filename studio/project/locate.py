"""Finding pictures that moved since a project was saved."""

from __future__ import annotations

import dataclasses
import os
import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path, PurePath, PureWindowsPath

from studio.data.spec import PICTURE_SUFFIXES, SAMPLE_PREFIX, DatasetSpec, named_as_array

MOST_ENTRIES = 20_000
DEEPEST = 6
WINDOWS = re.compile(r"[A-Za-z]:[\\/]|\\\\")


def missing(spec: DatasetSpec) -> tuple[str, ...]:
    """Return the paths of `spec` at which nothing is found any more."""
    return tuple(path for path in spec.paths if not path.startswith(SAMPLE_PREFIX) and not present(Path(path)))


def absolute(spec: DatasetSpec) -> DatasetSpec:
    """Return `spec` with every path made absolute, as a project stores it."""
    paths = tuple(path if path.startswith(SAMPLE_PREFIX) else str(Path(path).absolute()) for path in spec.paths)
    return dataclasses.replace(spec, paths=paths)


def same_files(one: DatasetSpec, other: DatasetSpec) -> bool:
    """Tell whether both name the same files and folders, however their paths are written."""
    return real_paths(one) == real_paths(other)


def real_paths(spec: DatasetSpec) -> set[str]:
    """Return each path without links and steps up."""
    return {path if path.startswith(SAMPLE_PREFIX) else os.path.realpath(path) for path in spec.paths}


def beside(spec: DatasetSpec, project: Path) -> DatasetSpec:
    """Return `spec` with lost paths taken from where they lie relative to the project file, if they moved with it."""
    return replaced(spec, {path: found_below(path, project.absolute().parent) for path in missing(spec)})


def file_beside(path: str, project: Path | None) -> str:
    """Return the path of one file; where it is lost, that at which it lies relative to the project file, if any."""
    if not path or project is None or present(Path(path)):
        return path
    return str(found_below(path, project.absolute().parent) or path)


def relocate(spec: DatasetSpec, folder: Path) -> DatasetSpec:
    """Return `spec` with lost paths replaced by files or folders of the same name in or under `folder`.

    Names that are not found there keep their old path, but for a single lost
    folder: it has been renamed to `folder` where that holds pictures. The search
    goes a few folders deep, nearest first, and does not follow links.
    """
    lost = missing(spec)
    found = {path: found_below(path, folder) for path in lost}
    wanted = {name_of(path) for path in lost if found[path] is None}
    if wanted:
        nearest: dict[str, Path] = {}
        for entry in entries(folder):
            if entry.name in wanted:
                nearest.setdefault(entry.name, entry)
        found = {path: place or nearest.get(name_of(path)) for path, place in found.items()}
    if len(lost) == 1 and found[lost[0]] is None and not PurePath(name_of(lost[0])).suffix and holds_pictures(folder):
        found = {lost[0]: folder}
    return replaced(spec, found)


def holds_pictures(folder: Path) -> bool:
    """Tell by their names whether there are pictures or arrays in or under a folder."""
    pictures = (*PICTURE_SUFFIXES, ".gz")
    return any(entry.suffix.lower() in pictures or named_as_array(entry.name) for entry in entries(folder))


def replaced(spec: DatasetSpec, found: dict[str, Path | None]) -> DatasetSpec:
    paths = tuple(str((found.get(path) or Path(path)).absolute()) if found.get(path) else path for path in spec.paths)
    return dataclasses.replace(spec, paths=paths)


def found_below(path: str, folder: Path) -> Path | None:
    """Return the place under `folder` with the longest tail of `path`, or `folder` itself where it has its name."""
    parts = parts_of(path)
    for start in range(len(parts)):
        place = folder.joinpath(*parts[start:])
        if present(place):
            return place
    return folder if parts and folder.name == parts[-1] and present(folder) else None


def parts_of(path: str) -> tuple[str, ...]:
    """Return the names in a path of this system or of Windows, without drive, root or steps up."""
    pure = PureWindowsPath(path) if WINDOWS.match(path) else PurePath(path)
    return tuple(part for part in pure.parts if part not in (pure.anchor, ".", ".."))


def name_of(path: str) -> str:
    parts = parts_of(path)
    return parts[-1] if parts else ""


def entries(folder: Path) -> Iterator[Path]:
    """Walk files and folders nearest first, in order of names, up to a bound; closed folders are passed by."""
    queue = deque([(folder, 0)])
    seen = 0
    while queue:
        place, depth = queue.popleft()
        try:
            children = sorted(place.iterdir())
        except OSError:
            continue
        for child in children:
            seen += 1
            if seen > MOST_ENTRIES:
                return
            yield child
            if depth < DEEPEST and not child.is_symlink() and child.is_dir():
                queue.append((child, depth + 1))


def present(path: Path) -> bool:
    """Tell whether something is at `path`; a name no file system takes, or a folder closed to us, counts as nothing."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
