"""How a way through a code space is walked."""

from __future__ import annotations

from dataclasses import dataclass

from studio.errors import SettingsError

FRAMES = 60
MOST_FRAMES = 10_000


@dataclass(frozen=True, slots=True)
class Walk:
    """A path of `frames` codes in all; after the last of a `loop` comes the first again.

    Codes that are drawn from N(0, 1) lie near a sphere, where a `spherical`
    path stays; others are joined by straight lines.
    """

    frames: int = FRAMES
    loop: bool = False
    spherical: bool = False

    def __post_init__(self) -> None:
        if not 2 <= self.frames <= MOST_FRAMES:
            raise SettingsError(f"frames cannot be {self.frames}.", f"Choose 2 to {MOST_FRAMES:,}.")
