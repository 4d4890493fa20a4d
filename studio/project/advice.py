"""What a run's curves say in plain words, and the change that would help."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.jobs.advice import Advice
from studio.models.code_spec import AUTOENCODER
from studio.project.history import Curves
from studio.training.settings import TrainSettings

FEWEST_POINTS = 8
MANY_DEAD = 0.3
RISING = 1.3
OVERFITTED = 1.25


def advise(curves: Curves, settings: TrainSettings, stage: str = "", before: int = 0) -> Advice | None:
    """Return the one remark that matters most now, or None when all goes well.

    It is about this `stage` of the run, whose curves go on where those of others end, after so many steps.
    """
    errors = since(curves, "reconstruction_error", before)
    if len(errors) < FEWEST_POINTS:
        return None
    lowest, last = float(np.min(errors)), float(np.mean(errors[-3:]))
    if not np.isfinite(last) or last > RISING * max(lowest, 1e-9):
        return Advice(
            "The reconstruction error is rising again.",
            "Lower the learning rate?",
            {"training.learning_rate": settings.learning_rate / 3},
        )
    dead = curves.last("dead_units") or 0.0
    if dead > MANY_DEAD:
        codes = stage == AUTOENCODER
        share = f"{dead:.0%} of the hidden units never fire."
        if codes:
            share = f"{dead:.0%} of the numbers of a code are the same for all pictures."
        if settings.sparsity_cost > 0:
            return Advice(share, "Lower the sparsity cost?", {"training.sparsity_cost": settings.sparsity_cost / 3})
        return Advice(share, f"{'A shorter code' if codes else 'Fewer hidden units'} would learn the same, faster.")
    held_out = since(curves, "reconstruction_error_held_out", before)
    if len(held_out) >= FEWEST_POINTS:
        ratio = float(np.mean(held_out[-3:])) / max(last, 1e-9)
        if ratio > OVERFITTED:
            return Advice(
                "It knows its own pictures much better than unseen ones.",
                "Raise the weight decay for the next run?",
                {"training.weight_decay": min(1.0, max(1e-3, settings.weight_decay * 3))},
            )
    return None


def since(curves: Curves, name: str, before: int) -> NDArray[np.float64]:
    """Return what was measured after so many steps; all of it where there were none before."""
    curve = curves.get(name)
    if curve is None:
        return np.zeros(0)
    return curve.values[curve.steps > before] if before else curve.values
