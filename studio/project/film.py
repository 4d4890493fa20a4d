"""A recorded dream as a film whose files carry its recipe."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from studio.data.frames import FRAMES_A_SECOND, Film
from studio.data.picture import NO_TEXT
from studio.data.png import Levels
from studio.dream.take import Take
from studio.project.picture_recipe import PictureRecipe, to_text


def film_of(
    frames: Levels, take: Take, made: PictureRecipe, per_second: float = FRAMES_A_SECOND, across: int = 0
) -> Film:
    """Return a film of frames (n, H, W, C) that began where `made` leads to.

    Each numbered file leads to its own frame, but for those that were mixed to close a loop.
    """

    def texts(number: int) -> Mapping[str, str]:
        if number < take.fade:
            return NO_TEXT
        return to_text(dataclasses.replace(made, sweeps=made.sweeps + number * take.every))

    return Film(frames, per_second, across, to_text(made), texts)
