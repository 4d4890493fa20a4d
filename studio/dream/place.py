"""Where on a canvas a picture lies that is held there. No torch here: window and options ask."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from studio.dream.holes import Hole
from studio.errors import SettingsError

Size = tuple[int, int]  # height, width


class At(StrEnum):
    """Where on the canvas a picture lies: in the middle, or in the middle of one of its sides."""

    CENTRE = "centre"
    LEFT = "left"
    RIGHT = "right"
    TOP = "top"
    BOTTOM = "bottom"


def corner(at: str, inner: Size, canvas: Size) -> tuple[int, int]:
    """Return top and left of a picture on a canvas, from a name or from `X,Y`, its upper left corner.

    Raises
    ------
    SettingsError
        When this is no place, or the picture does not fit on the canvas there.
    """
    room = canvas[0] - inner[0], canvas[1] - inner[1]
    if min(room) < 0:
        raise SettingsError(
            f"A picture of {inner[1]} x {inner[0]} px does not fit on a canvas of {canvas[1]} x {canvas[0]} px.",
            "Choose a larger canvas.",
        )
    if at in list(At):
        top = {At.TOP: 0, At.BOTTOM: room[0]}.get(At(at), room[0] // 2)
        left = {At.LEFT: 0, At.RIGHT: room[1]}.get(At(at), room[1] // 2)
        return top, left
    match = re.fullmatch(r"(\d{1,6}),(\d{1,6})", at)
    if match is None:
        raise SettingsError(f"{at!r} is no place for a picture.", f"Choose {', '.join(At)} or X,Y, such as 40,0.")
    left, top = int(match[1]), int(match[2])
    if top > room[0] or left > room[1]:
        raise SettingsError(
            f"At {left},{top} a picture of {inner[1]} x {inner[0]} px reaches out of a canvas of "
            f"{canvas[1]} x {canvas[0]} px.",
            f"Choose at most {room[1]},{room[0]}.",
        )
    return top, left


@dataclass(frozen=True, slots=True)
class Hold:
    """What a dream holds: a picture file at a place on the canvas, or, with a hole, the exemplar all around it.

    The hole ALPHA is what is transparent of the exemplar. A `whole` picture is
    all of the canvas, to be painted on: a file or, where none is named, picture
    `index` of those at hand, of a material the exemplar.
    """

    picture: str = ""
    at: At = At.CENTRE
    hole: Hole | None = None
    whole: bool = False
    index: int = -1

    @property
    def framed(self) -> bool:
        """Whether what is held is the whole canvas, whose borders do not meet."""
        return self.whole or self.hole is not None
