"""The recipe in a picture, held against the model and the dream at hand."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from studio.data.still import STILLS, read_still_text
from studio.dream.settings import DreamSettings
from studio.project.hashing import model_hash
from studio.project.picture_recipe import KEY, PictureRecipe, from_text


@dataclass(frozen=True, slots=True)
class RecipeFound:
    """A recipe read from a picture file; `ours` says whether the model at hand drew it."""

    path: Path
    made: PictureRecipe
    ours: bool

    @property
    def restores(self) -> bool:
        """Whether seed and model alone lead to the same picture."""
        return self.ours and self.made.alone


@dataclass(frozen=True, slots=True)
class Difference:
    """One setting of the dream that is another in the picture: the name of its field, its value now and then."""

    name: str
    now: Any
    then: Any


def find_recipe(path: Path, weights: Mapping[str, NDArray[Any]]) -> RecipeFound | None:
    """Return the recipe that a picture file carries, None where it carries none.

    Raises
    ------
    DataError, ProjectError
        Where the file cannot be read, or its recipe is damaged, hostile or of a newer version.
    """
    if path.suffix.lower() not in STILLS:
        return None
    text = read_still_text(path)
    if KEY not in text:
        return None
    made = from_text(text)
    return RecipeFound(path, made, bool(weights) and made.model_hash == model_hash(weights))


def differences(now: DreamSettings, made: PictureRecipe) -> tuple[Difference, ...]:
    """Return what would change of the dream's settings."""
    names = [field.name for field in dataclasses.fields(now)]
    return tuple(
        Difference(name, getattr(now, name), getattr(made.dream, name))
        for name in names
        if getattr(now, name) != getattr(made.dream, name)
    )
