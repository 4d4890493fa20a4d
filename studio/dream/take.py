"""How frames of a dream are taken, and which part of a picture is opaque; nothing here needs torch."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from studio.errors import DeviceError, SettingsError

Bits = Literal[8, 16]

FRAMES = 48
MOST_FRAMES = 10_000
MOST_EVERY = 10_000
SHARE = 0.5  # of the free memory that frames may take
LARGEST = 4 << 30  # bytes, where the free memory is unknown


class Alpha(StrEnum):
    """What of a picture is opaque: everything, what was dreamt, or what was held."""

    NONE = "none"
    DREAMT = "dreamt"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Take:
    """`frames` frames `every` sweeps apart; a `loop` is closed by so many more, which fade into the first ones."""

    frames: int = FRAMES
    every: int = 1
    loop: bool = False
    bits: Bits = 8

    def __post_init__(self) -> None:
        for name, low, high in (("frames", 2, MOST_FRAMES), ("every", 1, MOST_EVERY)):
            value = getattr(self, name)
            if not low <= value <= high:
                raise SettingsError(f"{name} cannot be {value}.", f"Choose {low} to {high:,}.")

    @property
    def fade(self) -> int:
        """How many frames more are recorded to close the loop: a quarter, 12 at most."""
        return min(12, max(1, self.frames // 4)) if self.loop else 0

    @property
    def recorded(self) -> int:
        return self.frames + self.fade

    @property
    def sweeps(self) -> int:
        return (self.recorded - 1) * self.every

    def bytes(self, width: int, height: int, channels: int) -> int:
        """How many bytes the frames take while they are held."""
        return self.recorded * width * height * channels * self.bits // 8


def check_take(take: Take, width: int, height: int, channels: int, memory: int | None) -> None:
    """Raise DeviceError when the frames would take more than half of the free memory, None being unknown."""
    needed = take.bytes(width, height, channels)
    most = LARGEST if memory is None else round(SHARE * memory)
    if needed > most:
        raise DeviceError(
            f"{take.recorded:,} frames of {width} x {height} px need {amount(needed)} of memory, "
            f"and {amount(most)} may be taken.",
            "Take fewer frames, 8 bits, or a smaller canvas.",
        )


def amount(count: int) -> str:
    """Return bytes as people say them: 49 kB, 640.0 MB, 1.2 GB."""
    if count < 1e6:
        return f"{count / 1e3:.0f} kB"
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:,.1f} MB"
