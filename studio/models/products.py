"""Matrix products in bfloat16, where a processor has units for them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

UNITS = "amx_bf16"  # vector instructions for bfloat16 (avx512_bf16) were slower than float32


def has_units(device: torch.device | str) -> bool:
    """Return whether this device is a processor that multiplies bfloat16 in units of its own."""
    if torch.device(device).type != "cpu" or not torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]  # torch has no types here
        return False
    if not hasattr(torch.cpu, "get_capabilities"):  # an older torch does not tell
        return False
    return bool(torch.cpu.get_capabilities().get(UNITS, False))


@contextmanager
def products(fast: bool) -> Iterator[None]:
    """Round the factors of float32 matrix products to bfloat16 within, or do not; what held before holds after.

    Sums stay in float32, and convolutions as they are. The choice is torch's and
    the whole process's: for the one thread that multiplies.
    """
    switch = torch.backends.mkldnn.matmul  # type: ignore[attr-defined]  # made at run time
    before = switch.fp32_precision
    switch.fp32_precision = "bf16" if fast else "none"
    try:
        yield
    finally:
        switch.fp32_precision = before


def no_units_words(device: torch.device | str) -> str:
    """Return what is said of a fast run on a device that has nothing to be faster with."""
    return (
        f"{torch.device(device).type.upper()} has no bfloat16 units (AMX) here, so fast precision is computed in full."
    )
