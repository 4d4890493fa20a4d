"""What the session tells the window in words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from studio.errors import StudioError


class Level(Enum):
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence for the banner, and what to do."""

    level: Level
    message: str
    hint: str = ""

    @classmethod
    def of(cls, error: StudioError) -> Notice:
        return cls(Level.ERROR, error.message, error.hint)


class Concern(Enum):
    """What a warning is about that does not stand for ever: it is over once this is in order."""

    START = "a run that cannot begin"
    RUN = "a run that failed"
    DROPPED = "pictures that were not taken"
    PICTURES = "pictures that cannot be learned from"
    FILES = "a file that cannot be written"


@dataclass(frozen=True, slots=True)
class ProjectInfo:
    """The open project: where it is kept, and whether it has unsaved changes."""

    path: Path | None = None
    dirty: bool = False

    @property
    def title(self) -> str:
        return self.path.name if self.path else "Untitled"


@dataclass(frozen=True, slots=True)
class LoadProgress:
    """Pictures read so far."""

    done: int
    total: int
