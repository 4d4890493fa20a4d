"""Double precision, which Apple's GPUs do not have."""

from __future__ import annotations

from torch import Tensor


def doubled(values: Tensor) -> Tensor:
    """Return values in double precision, on the host where their device has none."""
    return values.cpu().double() if values.device.type == "mps" else values.double()
