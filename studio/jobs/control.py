"""Asker to worker: stop, pause, step, what is wanted, live settings."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from studio.errors import Cancelled


@dataclass(frozen=True, slots=True)
class LiveSettings:
    """What may change while a run goes on; None leaves the recipe's own schedule in force."""

    learning_rate: float | None = None
    momentum: float | None = None
    sparsity_cost: float | None = None


class RunControl:
    """A thread-safe, one-way door from the asker to a run.

    Setters, not toggles: two quick clicks cannot cross.
    """

    def __init__(self, wanted: frozenset[str] = frozenset()) -> None:
        self._condition = threading.Condition()
        self._stop = False
        self._keep = True
        self._paused = False
        self._steps_allowed = 0
        self._wanted = wanted
        self._live = LiveSettings()

    def stop(self, *, keep: bool = True) -> None:
        """Ask the run to end after the current step, keeping or discarding what it learned."""
        with self._condition:
            self._stop = True
            self._keep = keep
            self._condition.notify_all()

    @property
    def stopping(self) -> bool:
        return self._stop

    @property
    def keep(self) -> bool:
        return self._keep

    def set_paused(self, paused: bool) -> None:
        with self._condition:
            self._paused = paused
            self._steps_allowed = 0
            self._condition.notify_all()

    @property
    def paused(self) -> bool:
        return self._paused and self._steps_allowed == 0

    @property
    def pausing(self) -> bool:
        """Whether the run stands still, or will once its allowed steps are taken."""
        return self._paused

    def allow_steps(self, count: int) -> None:
        """Let a paused run take `count` more steps, then pause again."""
        with self._condition:
            self._paused = True
            self._steps_allowed += count
            self._condition.notify_all()

    def set_wanted(self, kind: str, wanted: bool) -> None:
        """Say whether anybody looks at frames of this kind."""
        with self._condition:
            self._wanted = self._wanted | {kind} if wanted else self._wanted - {kind}

    def wants(self, kind: str) -> bool:
        return kind in self._wanted

    def set_live(self, live: LiveSettings) -> None:
        with self._condition:
            self._live = live

    @property
    def live(self) -> LiveSettings:
        return self._live

    def checkpoint(self, while_paused: Callable[[], float] | None = None) -> None:
        """Called by the worker once a step: blocks while paused, raises Cancelled when stopped.

        `while_paused` is served during the pause (the dream goes on) and returns
        how many seconds may pass until it wants to be called again.
        """
        while True:
            with self._condition:
                if self._stop:
                    raise Cancelled
                if not self._paused:
                    return
                if self._steps_allowed > 0:
                    self._steps_allowed -= 1
                    return
                if while_paused is None:
                    self._condition.wait()
                    continue
            pause = while_paused()
            with self._condition:
                if self._paused and not self._stop and self._steps_allowed == 0 and pause > 0:
                    self._condition.wait(pause)

    def wake(self) -> None:
        """Wake a paused worker so that it serves `while_paused` now."""
        with self._condition:
            self._condition.notify_all()
