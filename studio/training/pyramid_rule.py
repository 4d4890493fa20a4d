"""All levels of a pyramid learned side by side: the smallest by its own chains, the others given the next smaller."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from studio.models.noise import Noise
from studio.models.tiled_pyramid import TiledPyramid
from studio.training.detail_rule import DetailPersistent
from studio.training.ranks import Ranks
from studio.training.rules import LearningRule
from studio.training.settings import TrainSettings
from studio.training.terms import Term
from studio.training.tiled_rule import Labels, TiledPersistent

DETAILS_EVERY = 2  # updates: given its block means a picture is soon learned, its long structure is not


class PyramidPersistent:
    """The rules of the levels of a `TiledPyramid`; they know nothing of each other, so that none waits for another."""

    def __init__(
        self, model: TiledPyramid, settings: TrainSettings, noise: Noise, labels: Labels | None = None
    ) -> None:
        self.model = model
        self.rules: list[DetailPersistent | TiledPersistent] = [
            DetailPersistent(level, model.spec.detail_side(level.shape), settings, noise, labels)
            for level in model.each[:-1]
        ]
        self.rules.append(TiledPersistent(model.each[-1], settings, noise, labels))
        self.updates = 0

    @property
    def ranks(self) -> Ranks:
        return self.rules[-1].ranks

    @ranks.setter
    def ranks(self, ranks: Ranks) -> None:
        for rule in self.rules:
            rule.ranks = ranks

    @property
    def means(self) -> list[Tensor]:
        """The visibles' means of the largest level's chains, as planes, to look at."""
        return self.rules[0].means

    def terms(self, batch: Tensor, settings: TrainSettings) -> Mapping[str, Term]:
        """Return the ascent direction of each parameter for crops (batch, C, H, W)."""
        return {
            f"{own}{name}": term
            for own, rule, crops in self.dealt(batch)
            for name, term in rule.terms(crops, settings).items()
        }

    def dealt(self, batch: Tensor) -> Iterator[tuple[str, LearningRule, Tensor]]:
        """Yield the levels that learn from this batch: how their parameters' names begin, their rules, their crops."""
        late = self.updates % DETAILS_EVERY
        self.updates += 1
        for number, (rule, crops) in enumerate(zip(self.rules, self.model.pictures(batch), strict=True)):
            if not late or rule is self.rules[-1]:
                yield f"levels.{number}.", rule, crops

    def rate_of(self, name: str) -> float:
        """Return this parameter's learning rate as a share of the run's."""
        return self.rules[-1].rate_of(name.rpartition(".")[2])

    def constrain(self) -> None:
        for rule in self.rules:
            rule.constrain()

    def state(self) -> dict[str, NDArray[Any]]:
        each = {
            f"{number}.{name}": value for number, rule in enumerate(self.rules) for name, value in rule.state().items()
        }
        return {**each, "updates": np.array(self.updates)}

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Continue from a state; chains of another number or size are left as they are."""
        self.updates = int(state.get("updates", self.updates))
        for number, rule in enumerate(self.rules):
            own = f"{number}."
            rule.restore({name.removeprefix(own): np.asarray(v) for name, v in state.items() if name.startswith(own)})
