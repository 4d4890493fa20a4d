"""Greedy learning of a further layer: the layers below are frozen, and show each batch as their pooled maps."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from numpy.typing import NDArray
from torch import Tensor

from studio.training.recorded_terms import Recordable
from studio.training.rules import LearningRule, Parts
from studio.training.settings import TrainSettings
from studio.training.terms import Term


class Above:
    """A rule for pictures that are first brought up through the layers below, batch by batch: nothing is stored."""

    def __init__(self, rule: LearningRule, upwards: Callable[[Tensor], Tensor]) -> None:
        self.rule = rule
        self.upwards = upwards

    def terms(self, batch: Tensor, settings: TrainSettings) -> Mapping[str, Term]:
        """Return the ascent direction of each parameter of the layer for pictures (batch, C, H, W)."""
        return self.rule.terms(self.upwards(batch), settings)

    def recordable(self, settings: TrainSettings) -> Parts | None:
        """Return the parts of the rule, pictures brought up on the device; the host sees how many they are."""
        parts = self.rule.recordable(settings) if isinstance(self.rule, Recordable) else None
        if parts is None:
            return None
        device = parts.device
        return dataclasses.replace(parts, device=lambda batch, own: device(self.upwards(batch), own))

    def rate_of(self, name: str) -> float:
        """Return this parameter's learning rate as a share of the run's."""
        return self.rule.rate_of(name)

    def constrain(self) -> None:
        self.rule.constrain()

    def state(self) -> dict[str, NDArray[Any]]:
        return self.rule.state()

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Continue from a state."""
        self.rule.restore(state)
