"""What was held while the rest of a picture was dreamt: without that picture the recipe alone does not lead to it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath
from typing import Any

from studio.dream.blending import Blend
from studio.dream.holes import Hole
from studio.dream.settings import LARGEST_SIDE, DreamSettings, Show
from studio.errors import ProjectError


class Way(StrEnum):
    """A picture that grew, one whose hole was filled, one painted on, a tile that shares its border with another."""

    GROWN = "grown"
    FILLED = "filled"
    VARIANT = "variant"
    PAINTED = "painted"


@dataclass(frozen=True, slots=True)
class Held:
    """A picture whose pixels were held.

    `picture` is its file name and `digest` the SHA-256 of its file. It was grown
    from `left` and `top` on, or its `hole` was filled, which is a name or the
    file name of a mask, and blended.
    """

    way: Way
    picture: str
    digest: str = ""
    left: int = 0
    top: int = 0
    hole: str = ""
    blend: Blend = Blend.HARD


def held_values(held: Held) -> dict[str, Any]:
    """Return JSON values; of folders nothing is told."""
    return {
        "way": str(held.way),
        "picture": PurePath(held.picture).name,
        "digest": held.digest,
        "left": held.left,
        "top": held.top,
        "hole": PurePath(held.hole).name,
        "blend": str(held.blend),
    }


def read_held(value: object) -> Held:
    """Return what JSON values say; raises ProjectError where they do not hold together."""
    if not isinstance(value, Mapping) or value.get("way") not in list(Way) or value.get("blend") not in list(Blend):
        raise ProjectError("it does not say what was held.")
    digest, places = value.get("digest"), (value.get("left"), value.get("top"))
    if not is_file_name(value.get("picture")) or not is_file_name(value.get("hole")):
        raise ProjectError("it names a held picture that is no file name.")
    if not isinstance(digest, str) or not re.fullmatch(r"([0-9a-f]{64})?", digest):
        raise ProjectError("it does not say which picture was held.")
    if not all(type(place) is int and 0 <= place < LARGEST_SIDE for place in places):
        raise ProjectError("it holds a picture at a place that is none.")
    return Held(
        Way(value["way"]), value["picture"], digest, value["left"], value["top"], value["hole"], Blend(value["blend"])
    )


def held_words(held: Held, dream: DreamSettings, sweeps: int, project: str, output: str) -> list[str]:
    """Return the words of the command that fills the same hole; raises ProjectError for what has no command."""
    if held.way is Way.PAINTED:
        raise ProjectError("What was painted by hand has no command.", "Save the mask, and use it with harmonium fill.")
    if held.way is not Way.FILLED:
        raise ProjectError("A variant is drawn together with its first tile.", "Draw it with --variants again.")
    if dream.smooth or dream.drive or dream.show is not Show.MEAN:
        raise ProjectError(
            "A filling with Smooth, Wander or of samples has no command.", "Show the mean, with both at 0."
        )
    words = ["harmonium", "fill", project, guarded(held.picture), "-o", output]
    words += ["--hole", held.hole if held.hole in list(Hole) else guarded(held.hole)]
    words += ["--sweeps", str(sweeps), "--chains", str(dream.chains), "--seed", str(dream.seed)]
    words += ["--temperature", f"{dream.temperature!r}"]
    if held.blend is not Blend.HARD:
        words += ["--blend", str(held.blend)]
    return words


def grown_words(held: Held) -> list[str]:
    """Return what to add to the command of a dream that grows the same picture."""
    return ["--grow", guarded(held.picture), "--at", f"{held.left},{held.top}"]


def is_file_name(text: object) -> bool:
    return isinstance(text, str) and len(text) <= 255 and not re.search(r"[/\\\x00-\x1f]", text)


def guarded(path: str) -> str:
    """Return a path that no command line takes for an option."""
    return f"./{path}" if path.startswith("-") else path
