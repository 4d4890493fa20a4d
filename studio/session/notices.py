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
