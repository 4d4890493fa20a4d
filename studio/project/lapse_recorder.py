"""Records the time-lapse of a run, between its steps and in a bounded share of its time."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch

from studio.jobs.awake import Awake
from studio.jobs.feed import Feed
from studio.models.build import Model, weights_of
from studio.project.lapse import EMPTY, Lapse, fitting
from studio.project.prepared import Prepared

SHARE = 0.01  # of the time of a run
GRACE = 0.02  # seconds at the beginning, when most happens
KIND = "lapse"  # of the frame that tells the steps


class Recorder:
    """Copies the weights of what learns when a step is due; draws no random number, and so changes nothing.

    A run that goes on adds to the time-lapse `before` it.
    """

    def __init__(
        self,
        prepared: Prepared,
        feed: Feed,
        before: Lapse = EMPTY,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._model: Model = prepared.trained.model
        self._trainers = [stage.trainer for stage in prepared.plan.stages]
        self._feed, self._clock = feed, clock
        self._first = before.steps[-1] if before.steps else 0
        self._taken = sum(trainer.steps for trainer in self._trainers)
        self._most = fitting(sum(2 * tensor.numel() for tensor in self._model.saved().values()))
        self._began = clock()
        self._spent = 0.0
        self._awake = Awake()
        self.lapse = before
        self.look()

    @property
    def step(self) -> int:
        """Steps taken, with those of the runs before."""
        return self._first + sum(trainer.steps for trainer in self._trainers) - self._taken

    def look(self) -> None:
        """Keep this step if it is due and there is time."""
        if self.step < self.lapse.due or self._most < 2:
            return
        now = self._clock()
        if self._spent <= GRACE + SHARE * (now - self._began):
            self._keep()
            self._spent += self._awake.took(self._clock() - now)

    def served(self, serve: Callable[[], float]) -> Callable[[], float]:
        """Return what happens between steps: a look, then what is served."""

        def between() -> float:
            self.look()
            return serve()

        return between

    def finish(self) -> Lapse:
        """Keep the last step, and return all."""
        if self._most >= 2:
            self._keep()
        return self.lapse

    @torch.no_grad()
    def _keep(self) -> None:
        self.lapse = self.lapse.added(self.step, weights_of(self._model), self._most)
        self._feed.put(KIND, self.lapse.steps)
