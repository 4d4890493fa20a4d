"""Block means: one step of a pyramid, and Gaussian draws given them."""

from __future__ import annotations

import torch

from studio.models.blocks import block_means, spread, wholly_known, with_means
from studio.models.noise import Noise


def test_means_and_spread_are_adjoint() -> None:
    noise = Noise(0)
    picture, means = noise.normal((2, 3, 6, 8)), noise.normal((2, 3, 3, 4))
    assert torch.allclose((block_means(picture) * means).sum(), (picture * spread(means)).sum() / 4, atol=1e-5)


def test_the_means_are_taken_on_and_nothing_else_changes() -> None:
    noise = Noise(1)
    picture, means = noise.normal((2, 3, 6, 8)), noise.normal((2, 3, 3, 4))
    moved = with_means(picture, means)
    assert torch.allclose(block_means(moved), means, atol=1e-6)
    detail = picture - spread(block_means(picture))
    assert torch.allclose(moved - spread(block_means(moved)), detail, atol=1e-6)


def test_a_draw_given_its_block_mean_has_the_conditional_covariance() -> None:
    """N(0, I) given its mean m in a block of four: mean m, covariance I - 1/4 (by the formulas for Gaussians)."""
    draws = with_means(Noise(2).normal((40_000, 1, 2, 2)), torch.full((40_000, 1, 1, 1), 0.7)).flatten(1)
    assert torch.allclose(draws.mean(0), torch.full((4,), 0.7), atol=0.02)
    assert torch.allclose(torch.cov(draws.t()), torch.eye(4) - 0.25, atol=0.02)


def test_a_block_is_known_where_all_of_it_is() -> None:
    mask = torch.ones(1, 1, 4, 4, dtype=torch.bool)
    mask[0, 0, 0, 0] = False
    assert wholly_known(mask).tolist() == [[[[False, True], [True, True]]]]
