"""What a run is doing, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class RunState(Enum):
    """IDLE -> PREPARING -> TRAINING <-> PAUSED -> STOPPING -> IDLE."""

    IDLE = "idle"
    PREPARING = "preparing"
    TRAINING = "training"
    PAUSED = "paused"
    STOPPING = "stopping"


class Outcome(Enum):
    """How the last run ended."""

    COMPLETED = "completed"
    STOPPED = "stopped"
    FAILED = "failed"


class PlayerState(Enum):
    """The dream plays in any run state."""

    EMPTY = "empty"
    PLAYING = "playing"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class RunStatus:
    """State of the run and, once it has ended, its outcome."""

    state: RunState = RunState.IDLE
    outcome: Outcome | None = None

    @property
    def busy(self) -> bool:
        return self.state is not RunState.IDLE

    @property
    def learning(self) -> bool:
        """Whether steps are being taken, or were and may go on."""
        return self.state in (RunState.TRAINING, RunState.PAUSED, RunState.STOPPING)


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a stage of a run stands, `before` which others took so many steps.

    `total_steps` is None while a timed run still measures its speed.
    """

    step: int
    total_steps: int | None
    epoch: float
    stage: str
    seconds: float
    seconds_left: float | None
    images_per_second: float
    learning_rate: float
    device: str
    before: int = 0

    @property
    def share(self) -> float:
        """How much of the run is behind it, 0 to 1; 0 while that is not known."""
        if self.total_steps:
            return min(1.0, self.step / self.total_steps)
        if self.seconds_left is None or self.seconds <= 0:
            return 0.0
        return self.seconds / (self.seconds + self.seconds_left)
