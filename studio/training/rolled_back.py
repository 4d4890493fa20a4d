"""A run that ran away and was brought back: how it is told of. No torch here: the window tells it."""

from __future__ import annotations

METRIC = "rolled_back"  # the rate it learns by from then on, once a run
ENDED = "rolled_back_at_the_end"  # likewise, of one that did not go on: the rate it had learned by
LOWERED = 0.2
WHAT_NEXT = "Should it run away again, the run ends with what it has; then start it with a lower rate."
AT_THE_END = "Continue with a lower rate."


def rolled_back_words(step: int, rate: float) -> str:
    """Return that a run was brought back and goes on, as a sentence."""
    return f"Training ran away near step {step:,}: the last good weights are back, and it learns at {rate:.2g} now."


def ended_words(step: int) -> str:
    """Return that a run was brought back at its end, as a sentence."""
    return f"Training ran away near its end, by step {step:,}: it ended with the last good weights."
