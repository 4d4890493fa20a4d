"""Chains that are kept from run to run, and for how long they were moved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from studio.project.archive import Project
from studio.training.rules import ContrastiveDivergence
from studio.training.trainer import Trainer, under

UPDATES = "rule.updates"  # of a trainer's state, where its rule counts for how long its chains were moved
MOVED = "updates"  # the same among a project's plain values


def take_up(trainer: Trainer, previous: Project) -> None:
    """Give a trainer's rule what that of another run kept, and note how old its chains are."""
    state, rule = under(previous.state, "rule."), trainer.rule
    rule.restore(state)
    if isinstance(rule, ContrastiveDivergence) and rule.goes_on_with(state):
        trainer.earlier_steps = moved(previous.meta)


def moved(meta: Mapping[str, Any]) -> int:
    """Return for how many steps chains were moved, in the latest run and in those that it went on from."""
    counts = [meta.get(name, 0) for name in ("steps", "earlier_steps")]
    return sum(count for count in counts if isinstance(count, int))


def with_age(state: Mapping[str, Any], meta: Mapping[str, Any]) -> dict[str, Any]:
    """Return a trainer's plain values with the age of its chains in steps, where that is not that of the run."""
    if UPDATES in state:
        return {**meta, MOVED: int(state[UPDATES])}
    return {**meta, MOVED: moved(meta)} if "earlier_steps" in meta else dict(meta)
