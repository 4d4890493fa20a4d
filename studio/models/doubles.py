"""Double precision, which Apple's GPUs do not have."""

from __future__ import annotations

import torch
from torch import Tensor

SINGLE = frozenset({"mps"})  # kinds of devices that know single precision alone


def doubled(values: Tensor) -> Tensor:
    """Return values in double precision, on the host where their device has none."""
    return values.to(home_of_doubles(values.device)).double()


def home_of_doubles(device: torch.device) -> torch.device:
    """Return the device itself, or the host where it has no double precision."""
    return torch.device("cpu") if device.type in SINGLE else device
