"""Arguments that several verbs share, and what they mean."""

from __future__ import annotations

import argparse
import dataclasses
import difflib
import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from studio.atomic import check_writable
from studio.data.samples import SAMPLES
from studio.data.shelf import Shelf
from studio.data.spec import SAMPLE_PREFIX, DatasetSpec
from studio.errors import DataError, ProjectError, SettingsError
from studio.paths import stores
from studio.project.archive import Project, read_project
from studio.project.locate import beside
from studio.project.recipe import Recipe
from studio.project.texture_crops import with_crops
from studio.project.unheard import require_heard

LARGEST_SEED = 2**63 - 1

Number = TypeVar("Number", int, float)


def add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object, last, instead of text for people")


def add_seed(parser: argparse.ArgumentParser, default: int | None = None) -> None:
    parser.add_argument(
        "--seed", type=seed, default=default, metavar="S", help="fixes every draw: the same seed gives the same result"
    )


def add_device(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--device", default="auto", metavar="NAME", help="auto, cpu, cuda, cuda:N or mps (default: auto)"
    )


def add_data(parser: argparse.ArgumentParser, required: bool = False) -> None:
    parser.add_argument(
        "--data",
        nargs="+",
        required=required,
        metavar="PATH",
        help="folders, pictures, .npy, .npz or IDX files to learn from, or sample:NAME for a bundled set "
        "(see `samples`)",
    )


def add_store(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--store",
        nargs="?",
        type=Path,
        const=stores(),
        metavar="DIR",
        help="read the pictures from a store on disk, in your cache or in DIR; without it, where they would take more "
        "than half of the memory that is free",
    )


def shelf(store: Path | None) -> Shelf:
    """Return what --store says."""
    return Shelf() if store is None else Shelf(store, always=True)


def add_settings(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--set",
        dest="settings",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="change one setting of the recipe, for example model.hidden=200; may be given again",
    )


def add_project(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help="a project, *.harmonium")


def trained_project(path: Path) -> Project:
    """Return the project in a file; raises ProjectError when it holds no trained model."""
    project = project_at(path)
    if not project.weights:
        raise ProjectError(f"{path.name} holds no trained model.", "Train it first: `harmonium train`.")
    return project


def project_at(path: Path) -> Project:
    """Return the project in a file, with its pictures where they are now if they moved together with it."""
    project = read_project(path)
    recipe = dataclasses.replace(project.recipe, data=beside(project.recipe.data, path))
    return dataclasses.replace(project, recipe=recipe)


def seed(text: str) -> int:
    """Return a seed from typed text."""
    words = f"is not a seed: give a whole number from 0 to {LARGEST_SEED}"
    return typed(text, int, lambda value: 0 <= value <= LARGEST_SEED, words)


def count(text: str) -> int:
    """Return a whole number of at least one from typed text."""
    return typed(text, int, lambda value: value >= 1, "is not a count: give a whole number of 1 or more")


def minutes(text: str) -> float:
    """Return a time of 0 or more minutes from typed text."""
    return typed(text, float, lambda value: 0 <= value < math.inf, "is no time: give a number of minutes, 0 or more")


def seconds(text: str) -> float:
    """Return a length of time from typed text; in a recipe 0 is none, and another length would count."""
    return typed(text, float, lambda value: 0 < value < math.inf, "is not a length of time: give seconds above 0")


def typed(text: str, kind: Callable[[str], Number], fits: Callable[[Number], bool], words: str) -> Number:
    """Return the number that was typed, or what is wrong with it as argparse wants to hear it."""
    try:
        value = kind(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} {words}") from None
    if not fits(value):
        raise argparse.ArgumentTypeError(f"{text!r} {words}")
    return value


def require_apart(written: Iterable[Path], read: Iterable[Path]) -> None:
    """Raise SettingsError where a picture that is read would be written over."""
    there = [path for path in written if path.exists()]
    for picture in read if there else ():
        if picture.is_file() and any(path.samefile(picture) for path in there):
            raise SettingsError(
                f"{picture.name} is read here, and would be written over.", "Give -o another name, or another folder."
            )


def size(text: str) -> tuple[int, int]:
    """Return (across, down) from typed text such as 512x256."""
    across, _, down = text.lower().partition("x")
    if not (across.isdecimal() and down.isdecimal() and int(across) > 0 and int(down) > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is not a size: write it as 512x256")
    return int(across), int(down)


def dataset(paths: Sequence[str]) -> DatasetSpec:
    """Return which pictures `--data` names, absolute; raises DataError for one that is not there."""
    sampled = [path for path in paths if path.startswith(SAMPLE_PREFIX)]
    if sampled and len(paths) > 1:
        raise DataError("A bundled set cannot be mixed with other pictures.", f"Give {sampled[0]} alone.")
    return DatasetSpec(tuple(known_sample(path) if path in sampled else existing(path) for path in paths))


def known_sample(path: str) -> str:
    names = [sample.name for sample in SAMPLES]
    name = path.removeprefix(SAMPLE_PREFIX)
    if name not in names:
        close = difflib.get_close_matches(name, names, n=1)
        guess = f"Did you mean {SAMPLE_PREFIX}{close[0]}? " if close else ""
        raise DataError(f"There is no bundled set called {name!r}.", f"{guess}Bundled sets: {', '.join(names)}.")
    return path


def existing(text: str, hint: str = "Check the path, or try a bundled set such as sample:glyphs.") -> str:
    """Return the absolute path of what is there; raises DataError with a hint on what else could be given."""
    path = Path(text).expanduser()
    if not path.exists():
        raise DataError(f"There is no file or folder {text}.", hint)
    return str(path.absolute())


def with_settings(recipe: Recipe, pairs: Sequence[str]) -> Recipe:
    """Return `recipe` with all KEY=VALUE of `--set` applied together, of one setting the last.

    Crops that nobody set follow the tiles and levels of a texture model.
    """
    given, changes = set(), []
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise SettingsError(f"--set cannot read {pair!r}.", "Write it as KEY=VALUE, for example model.hidden=200.")
        changes.append((key.strip(), value.strip()))
        given.add(key.strip().rpartition(".")[2])
    recipe = recipe.changed_together(changes)
    return recipe if given & {"height", "width"} else with_crops(recipe)


def require_used(recipe: Recipe, pairs: Sequence[str]) -> None:
    """Raise SettingsError of a KEY=VALUE of `--set` that nothing of the recipe, all options taken, would look at."""
    require_heard(recipe, (pair.partition("=")[0].strip() for pair in pairs))


def output(text: str | Path, suffixes: Sequence[str]) -> Path:
    """Return where to write, before any work is done; raises ProjectError when nothing could be written there."""
    path = Path(text).expanduser()
    if path.suffix.lower() not in suffixes:
        raise ProjectError(f"{path.name} should end in {' or '.join(suffixes)}.", "Give the file another name.")
    check_writable(path)
    return path
