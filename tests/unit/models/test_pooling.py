"""Probabilistic max-pooling against every state of a block written out, far from zero, and as it is drawn."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from studio.models.field_noise import FieldNoise
from studio.models.pooling import detection_, log_partition, off_input, sample_
from tests.unit.models.enumeration import chi_square

INPUTS = torch.tensor([[0.3, -60.0, 200.0, -300.0], [1.2, -61.0, 199.0, -301.0], [-2.0, -70.0, 150.0, -310.0]])


def by_enumeration(total: Tensor) -> Tensor:
    """Return the probabilities of "none" and of each unit, in double precision: (units + 1, ...)."""
    weights = torch.cat((torch.zeros(1, *total.shape[1:]), total)).double()
    return torch.softmax(weights, 0)


def test_detection_is_that_of_the_states_written_out() -> None:
    states = by_enumeration(INPUTS)
    detection = detection_(INPUTS.clone())
    assert torch.allclose(detection.double(), states[1:], atol=1e-6)
    assert torch.allclose(detection.sum(0).double() + states[0], torch.ones(4).double(), atol=1e-6)
    assert bool(detection.isfinite().all())


@pytest.mark.parametrize("units", [1, 4, 9])
def test_a_block_of_one_unit_is_a_sigmoid_and_larger_ones_sum_to_one(units: int) -> None:
    total = torch.randn(units, 50, generator=torch.Generator().manual_seed(1)) * 4
    detection = detection_(total.clone())
    none = torch.exp(-log_partition(total))
    assert torch.allclose(detection.sum(0) + none, torch.ones(50), atol=1e-5)
    if units == 1:
        assert torch.allclose(detection, torch.sigmoid(total), atol=1e-6)


def test_log_partition_is_that_of_the_states_written_out() -> None:
    weights = torch.cat((torch.zeros(1, 4), INPUTS)).double()
    assert torch.allclose(log_partition(INPUTS).double(), torch.logsumexp(weights, 0), atol=1e-5)


def test_draws_follow_the_probabilities_and_exclude_each_other() -> None:
    total = torch.tensor([[0.3, -3.0], [1.2, -2.0], [-2.0, -9.0]])
    count = 200_000
    drawn = sample_(total[:, :, None].expand(-1, -1, count).clone(), FieldNoise(5, "cpu").uniform((2, count), 0))
    assert set(drawn.flatten().tolist()) == {0.0, 1.0}
    assert float(drawn.sum(0).max()) == 1
    for block, states in enumerate(by_enumeration(total).t()):
        hits = drawn[:, block].sum(1).double()
        counts = torch.cat((count - hits.sum()[None], hits))
        assert chi_square(counts, states) < 16.3, "beyond the 99.9th percentile of three degrees of freedom"


def test_draws_far_from_zero_are_certain() -> None:
    uniform = torch.tensor([2**-24, 0.5, 1 - 2**-24])
    assert torch.equal(sample_(torch.tensor([[500.0], [-500.0]]).expand(2, 3).clone(), uniform)[0], torch.ones(3))
    assert not sample_(torch.full((2, 3), -500.0), uniform).any()
    assert not sample_(torch.full((2, 3), torch.nan), uniform).any()


def test_a_held_block_is_on_and_a_free_one_is_as_it_was() -> None:
    total = torch.tensor([[0.3, -400.0], [1.2, -401.0]])
    held = detection_(total.clone(), off_input(total, torch.ones(2)))
    assert torch.allclose(held, torch.softmax(total, 0), atol=1e-6)
    free = detection_(total.clone(), off_input(total, torch.zeros(2)))
    assert torch.allclose(free, detection_(total.clone()), atol=1e-6)
    half = detection_(total.clone(), off_input(total, torch.full((2,), 0.9)))
    assert torch.allclose(half.sum(0), torch.tensor([0.9, 0.9]), atol=1e-5)
    uniform = torch.full((2,), 1 - 2**-24)
    drawn = sample_(total.clone(), uniform, off_input(total, torch.ones(2)))
    assert torch.equal(drawn.sum(0), torch.ones(2))
