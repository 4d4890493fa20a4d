"""Numbers that are counted in double precision, on a device that has none."""

from __future__ import annotations

from typing import Any, cast

import torch

from studio.models.doubles import doubled


class Apple:
    """Numbers on a device that knows single precision alone."""

    device = torch.device("mps")

    def double(self) -> torch.Tensor:
        raise TypeError("Cannot convert a MPS Tensor to float64 dtype as the MPS framework doesn't support float64.")

    def cpu(self) -> torch.Tensor:
        return torch.tensor([1.5, 2.5])


def test_they_are_taken_to_the_host() -> None:
    found = doubled(cast(Any, Apple()))
    assert torch.equal(found, torch.tensor([1.5, 2.5], dtype=torch.float64))
    assert doubled(torch.ones(2)).dtype is torch.float64
