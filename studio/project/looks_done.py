"""When a texture looks done: as like the picture as the picture is like itself, but for a little."""

from __future__ import annotations

LOOKS_DONE = 0.97  # of the real texture's similarity: the last 3 % are not seen without a comparison
LEAST_SECONDS = 5.0  # of training: what is known sooner was known before
LOOKS_IN_A_ROW = 2
METRIC = "looks_done"  # seconds of training, once a run

WHAT_NEXT = "Stop and keep, or let it train on."


def looks_done_words(seconds: float) -> str:
    """Return after how long a texture looked done, as a sentence."""
    minutes, rest = divmod(round(seconds), 60)
    return (
        f"Looks done after {minutes}:{rest:02}: "
        f"as similar to the picture as the picture is to itself, to {100 * (1 - LOOKS_DONE):.0f} %."
    )
