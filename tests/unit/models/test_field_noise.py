"""Noise that belongs to places: fair, its own in each block, and the same whenever it is asked for."""

from __future__ import annotations

import pytest
import torch

from studio.models.field_noise import FieldNoise
from studio.models.noise import Noise


def test_bits_fire_as_often_as_asked_and_never_at_the_ends() -> None:
    field = FieldNoise(1, "cpu")
    for probability in (0.001, 0.3, 0.77):
        drawn = field.bernoulli(torch.full((400_000,), probability), 0)
        assert float(drawn.mean()) == pytest.approx(probability, abs=4 * (probability / 400_000) ** 0.5)
    assert not field.bernoulli(torch.zeros(200_000), 1).any()
    assert field.bernoulli(torch.ones(200_000), 2).all()
    assert not field.bernoulli(torch.full((100_000,), torch.nan), 3).any()


def test_normals_have_the_moments_of_normals() -> None:
    drawn = FieldNoise(2, "cpu").normal((1_000, 1_000), 0).double()
    assert float(drawn.mean()) == pytest.approx(0, abs=0.004)
    assert float(drawn.var()) == pytest.approx(1, abs=0.006)
    assert float((drawn**4).mean()) == pytest.approx(3, abs=0.05)


def test_a_block_has_its_own_numbers_whatever_was_drawn_before() -> None:
    noise = Noise(9)
    field, other = FieldNoise.of_sweep(noise), FieldNoise.of_sweep(noise)
    first = field.normal((50,), 4)
    assert not torch.equal(first, field.normal((50,), 5))
    assert torch.equal(first, field.normal((50,), 4))
    assert not torch.equal(first, other.normal((50,), 4))
    assert FieldNoise.of_sweep(Noise(9)).key == field.key
