"""Which part of a picture is filled, and what the model is shown of the rest."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from studio.data.fit import upright
from studio.data.occluded import lit, read_mask
from studio.dream.holes import Hole, checked, named, of_known
from studio.errors import SettingsError
from studio.project.behind import behind
from studio.project.taking import is_large, taken

if TYPE_CHECKING:
    from studio.project.trained import Trained

Values = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """A picture with a hole (H, W); pictures are (H, W, C) in 0..1.

    `covered` holds in the hole what is `behind` it, `mean` the mean of what was
    learned, `truth` the whole picture where it is known. `name` is the hole in
    words, `held` its name or the file name of its mask.
    """

    covered: Values
    hole: NDArray[np.bool_]
    mean: Values
    truth: Values | None
    name: str
    held: str


def subject_of(path: Path, wanted: str | None, trained: Trained, default: Hole = Hole.LEFT) -> Subject:
    """Return a picture file with the hole that was asked for; without one what is transparent, else `default`.

    In a material all that is transparent is unknown, whichever hole is asked
    for; whole pictures lie on their background then, as in training.

    Raises
    ------
    DataError, SettingsError
        When picture or mask cannot be used, or the hole is nothing or everything.
    """
    preprocess = trained.recipe.preprocess
    large = is_large(trained.model, preprocess)
    picture = taken(path, trained.model, preprocess, transparency=wanted in (None, Hole.ALPHA) or large)
    wanted = wanted or (default if picture.known.all() else Hole.ALPHA)
    size = picture.known.shape[0], picture.known.shape[1]
    if wanted == Hole.ALPHA:
        name, hole = "what is transparent", of_known(picture.known)
    elif wanted in list(Hole):
        name, hole = words(Hole(wanted)), named(Hole(wanted), size)
    elif not Path(wanted).exists():
        raise SettingsError(
            f"There is no hole called {wanted!r}, and no mask picture of that name.",
            f"Choose one of {', '.join(Hole)}, or a picture that is white where the hole is.",
        )
    else:
        name, hole = f"the white of {Path(wanted).name}", read_mask(Path(wanted), picture, preprocess, large)
    hole = checked(hole | ~picture.known)
    pixels = lit(picture, ~hole, preprocess) if large else picture.pixels
    whole = upright(pixels)
    mean = trained.mean_picture(size)
    return Subject(
        covered=np.where(hole[..., None], behind(trained, whole, hole), whole),
        hole=hole,
        mean=mean,
        truth=whole if picture.known.all() else None,
        name=name,
        held=Path(wanted).name,
    )


def words(hole: Hole) -> str:
    return "the centre" if hole is Hole.CENTRE else f"the {hole} half"
