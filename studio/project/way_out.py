"""What helps where a device failed in the middle of a run."""

from __future__ import annotations

from studio.errors import DeviceError, OutOfMemoryError
from studio.jobs.advice import Advice
from studio.training.settings import TrainSettings

CPU = "cpu"


def way_out(error: DeviceError, settings: TrainSettings, device: str) -> Advice | None:
    """Return a smaller batch where memory was short, else the CPU where something else computed."""
    if isinstance(error, OutOfMemoryError) and settings.batch > 1:
        half = settings.batch // 2
        return Advice(error.message, f"Train with batches of {half}, and continue?", {"training.batch": half})
    if device != CPU:
        return Advice(error.message, "Compute on the CPU, and continue?", device=CPU)
    return None
