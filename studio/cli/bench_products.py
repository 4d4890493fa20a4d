"""The products of an update alone, in its own shapes: the share of the machine's rate they reach bounds its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    from studio.models.rbm import Rbm

Job = Callable[[], "Tensor"]


def timed(job: Job, gigaflops: float, seconds: float) -> Callable[[], float]:
    """Return what times a job of so many billions of operations over and over for a while, in GFLOP/s.

    A job returns what it wrote last: to read a number of it is to wait for the device.
    """
    import torch

    @torch.no_grad()
    def once() -> float:
        float(job().flatten()[0])
        began, times = time.perf_counter(), 0
        while time.perf_counter() - began < seconds:
            found = job()
            times += 1
        float(found.flatten()[0])
        return gigaflops * times / (time.perf_counter() - began)

    return once


def step_of_cd1(model: Rbm, batch: int) -> tuple[Job, float]:
    """Return a job of the products of a CD-1 step, and its billions of operations: up, down, up and the gradient.

    Rows of data and model are stacked, so that those of the gradient, the fourth and the fifth, are a single one.
    """
    import torch

    weights, gradient = model.weights, torch.zeros_like(model.weights)
    rows = weights.new_ones(2 * batch, len(weights))
    hidden = weights.new_ones(2 * batch, weights.shape[1])

    def job() -> Tensor:
        torch.mm(rows[:batch], weights, out=hidden[:batch])
        torch.mm(hidden[:batch], weights.t(), out=rows[batch:])
        torch.mm(rows[batch:], weights, out=hidden[batch:])
        return torch.mm(rows.t(), hidden, out=gradient)

    return job, 5 * 2e-9 * batch * weights.numel()
