"""A picture that a dream grows from: its options, and how it is held."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from studio.dream.place import At, corner
from studio.dream.settings import DreamSettings, Start
from studio.errors import SettingsError
from studio.project.held import Held, Way
from studio.project.recipe import Recipe
from studio.project.taking import digest

if TYPE_CHECKING:
    from torch import Tensor

    from studio.dream.grow import Seed
    from studio.models.chain import GibbsChain
    from studio.project.trained import Trained


def add_grow(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--grow", metavar="PICTURE", help="hold this picture on the canvas and dream around it")
    parser.add_argument(
        "--at", metavar="PLACE", help="where it lies: centre (default), left, right, top, bottom or X,Y, its corner"
    )


def check_grow(arguments: argparse.Namespace, recipe: Recipe) -> None:
    """Raise SettingsError when what was asked for cannot go with growing a picture, or makes no sense without."""
    if arguments.grow is None:
        if arguments.at is not None:
            raise SettingsError("--at says where a picture is grown from, and there is none.", "Give --grow PICTURE.")
        return
    if not recipe.model.any_size:
        raise SettingsError(
            "This model dreams at one size only and cannot grow a picture.",
            "Use a texture model, or a convolutional one.",
        )
    if arguments.size is None:
        raise SettingsError("How large should the picture grow?", "Give --size WxH, larger than the picture.")
    if (arguments.grid or 1) > 1 or arguments.variants > 1 or arguments.start != Start.NOISE:
        raise SettingsError(
            "A picture grows on one canvas, from noise.", "Leave out --grid, --variants and --start, or --grow."
        )


@dataclass(frozen=True, slots=True, eq=False)
class Growing:
    """The picture in its place, and what the grown picture says of it."""

    seed: Seed
    seen: Tensor
    held: Held

    def hold(self, chain: GibbsChain) -> None:
        self.seed.hold(chain, self.seen)

    def put_back(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        return self.seed.put_back(pixels)


def growing(arguments: argparse.Namespace, trained: Trained, settings: DreamSettings) -> Growing | None:
    """Return the picture to grow, in its place, or None; raises SettingsError when it does not fit."""
    if arguments.grow is None:
        return None
    from studio.dream.begin import size_of
    from studio.dream.grow import Seed
    from studio.project.holding import grown

    path = Path(arguments.grow)
    picture = grown(path, At.CENTRE, trained)
    top, left = corner(arguments.at or At.CENTRE, picture.inner, size_of(trained.model, settings))
    seed = Seed(picture.picture, picture.known, top, left)
    return Growing(seed, picture.seen, Held(Way.GROWN, path.name, digest(path), left, top))
