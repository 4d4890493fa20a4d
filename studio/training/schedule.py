"""How the learning rate falls over a run, and how long a run is."""

from __future__ import annotations

from studio.training.settings import Decay, TrainSettings

HOLD = 0.5  # the rate stands still for this share of the plan: a timed run measures its speed meanwhile
INVERSE_PICTURES = 10_000  # after so many an inverse rate is half of what it was


def learning_rate(settings: TrainSettings, step: int, planned_steps: int) -> float:
    """Return the rate at `step`; a linear one is held for the first half of the plan, then falls to 0 at its end."""
    if settings.decay is Decay.INVERSE:
        return settings.learning_rate / (1 + step * settings.batch / INVERSE_PICTURES)
    if settings.decay is Decay.CONSTANT or planned_steps <= 0:
        return settings.learning_rate
    left = 1 - step / planned_steps
    return settings.learning_rate * min(1.0, max(0.0, left / (1 - HOLD)))


def total_steps(settings: TrainSettings, training_pictures: int) -> int | None:
    """Return the steps a run takes, or None where its length is given in seconds."""
    if settings.steps:
        return settings.steps
    if settings.seconds:
        return None
    return max(1, round(settings.epochs * steps_per_epoch(settings, training_pictures)))


def steps_per_epoch(settings: TrainSettings, training_pictures: int) -> float:
    """Return how many batches hold each training picture once."""
    return training_pictures / settings.batch
