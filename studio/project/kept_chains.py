"""Chains that are kept from run to run, and for how long they were moved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from studio.project.archive import Project
from studio.project.horizon import MOVED, moved
from studio.training.rules import ContrastiveDivergence
from studio.training.trainer import Trainer, under

UPDATES = "rule.updates"  # of a trainer's state


def take_up(trainer: Trainer, previous: Project) -> None:
    """Give a trainer's rule what that of another run kept, and note how old its chains are."""
    state, rule = under(previous.state, "rule."), trainer.rule
    rule.restore(state)
    if isinstance(rule, ContrastiveDivergence) and rule.goes_on_with(state):
        trainer.earlier_steps = moved(previous.meta)


def with_age(state: Mapping[str, Any], meta: dict[str, Any]) -> dict[str, Any]:
    """Return a trainer's plain values with the age of its chains in steps, where its rule counts that."""
    return {**meta, MOVED: int(state[UPDATES])} if UPDATES in state else meta
