"""Noise: honest coins, exact at the ends, the same again from the same seed or state."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from studio.models.noise import Noise

MANY = 1_000_000


def share(probability: float, count: int = MANY) -> float:
    return float(Noise(1).bernoulli(torch.full((count,), probability)).double().mean())


@pytest.mark.parametrize("probability", [0.001, 0.1, 0.25, 0.5, 0.731, 0.999])
def test_a_coin_falls_as_often_as_it_should(probability: float) -> None:
    spread = (probability * (1 - probability) / MANY) ** 0.5
    assert abs(share(probability) - probability) < 5 * spread + 2**-17


def test_zero_never_and_one_always() -> None:
    assert share(0.0) == 0
    assert share(1.0) == 1


def test_probabilities_are_rounded_to_sixteen_bits() -> None:
    assert share(0.4 / 65536, 4 * MANY) == 0
    assert share(1 - 0.4 / 65536, 4 * MANY) == 1
    once = 4 * MANY / 65536  # 0.7 / 65536 rounds up to 1 / 65536
    assert abs(share(0.7 / 65536, 4 * MANY) * 4 * MANY - once) < 2 * once**0.5


def test_what_is_not_a_number_never_fires() -> None:
    assert not Noise(0).bernoulli(torch.full((100,), torch.nan)).any()


def test_draws_are_independent_of_each_other() -> None:
    drawn = Noise(2).bernoulli(torch.full((4, MANY // 4), 0.5)) - 0.5
    among = drawn @ drawn.t() / (0.25 * drawn.shape[1])
    along = [float((drawn[0, :-lag] * drawn[0, lag:]).mean() / 0.25) for lag in range(1, 9)]
    assert torch.allclose(among, torch.eye(4), atol=0.01)
    assert max(map(abs, along)) < 0.01


@given(st.lists(st.integers(1, 5), min_size=1, max_size=3), st.sampled_from([torch.float32, torch.float64]))
def test_shape_and_type_are_kept_and_the_probabilities_too(shape: list[int], dtype: torch.dtype) -> None:
    probability = torch.full(tuple(shape), 0.3, dtype=dtype)
    drawn = Noise(3).bernoulli(probability)
    assert drawn.shape == probability.shape
    assert drawn.dtype == dtype
    assert set(drawn.flatten().tolist()) <= {0.0, 1.0}
    assert torch.equal(probability, torch.full_like(probability, 0.3))


DRAWS: list[Callable[[Noise], Tensor]] = [
    lambda noise: noise.bernoulli(torch.full((7, 3), 0.5)),
    lambda noise: noise.normal((5, 3)),
    lambda noise: noise.uniform((5,)),
    lambda noise: noise.integers(1000, (9,)),
]


@pytest.mark.parametrize("draw", DRAWS, ids=["bernoulli", "normal", "uniform", "integers"])
def test_same_seed_same_bits_other_seed_others(draw: Callable[[Noise], Tensor]) -> None:
    assert torch.equal(draw(Noise(5)), draw(Noise(5)))
    assert not torch.equal(draw(Noise(5)), draw(Noise(6)))


def test_a_state_continues_to_the_bit_and_is_not_changed_by_what_follows() -> None:
    noise, other = Noise(7), Noise(8)
    for draw in DRAWS:
        draw(noise)
    state = noise.state()
    expected = [draw(noise) for draw in DRAWS]
    other.restore(state)
    assert all(torch.equal(draw(other), wanted) for draw, wanted in zip(DRAWS, expected, strict=True))
    noise.restore(state)
    assert all(torch.equal(draw(noise), wanted) for draw, wanted in zip(DRAWS, expected, strict=True))


def test_normals_and_uniforms_have_their_moments() -> None:
    noise = Noise(9)
    normal, uniform = noise.normal((MANY,)).double(), noise.uniform((MANY,)).double()
    assert abs(float(normal.mean())) < 0.005
    assert abs(float(normal.var()) - 1) < 0.01
    assert abs(float(uniform.mean()) - 0.5) < 0.002
    assert float(uniform.min()) >= 0
    assert float(uniform.max()) < 1
