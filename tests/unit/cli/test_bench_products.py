"""The products of a step alone: the five of CD-1, and the time they take."""

from __future__ import annotations

import pytest
import torch

from studio.cli.bench_products import step_of_cd1, timed
from studio.models.rbm import Rbm
from studio.models.spec import RbmSpec


def test_the_products_of_a_step_are_the_five_that_a_picture_costs() -> None:
    """Up, down, up, and data and model of the gradient in one; of ones and a constant matrix the last is known."""
    spec = RbmSpec(hidden=3)
    model = Rbm(spec, (1, 2, 2))
    model.weights.fill_(0.5)
    job, gigaflops = step_of_cd1(model, 5)
    # Up 4 x .5 = 2, down 3 x 2 x .5 = 3, up 4 x 3 x .5 = 6; the gradient 5 (1 x 2) + 5 (3 x 6).
    assert torch.equal(job(), torch.full((4, 3), 100.0))
    assert gigaflops == pytest.approx(5 * spec.flops_per_picture((1, 2, 2), 1) / 1e9)
    assert timed(job, gigaflops, 0.001)() > 0
