"""Directions: a product that is never multiplied out does what the full matrix would."""

from __future__ import annotations

import pytest
import torch

from studio.training.terms import Dense, Product, Term


@pytest.mark.parametrize("keep", [0.0, 0.9, 1.0])
def test_product_adds_what_its_full_matrix_would(keep: float) -> None:
    generator = torch.Generator().manual_seed(0)
    left, right = torch.randn(7, 4, generator=generator), torch.randn(7, 3, generator=generator)
    start = torch.randn(4, 3, generator=generator)
    terms: tuple[Term, ...] = (Product(left, right), Dense(left.t() @ right))
    for term in terms:
        target = start.clone()
        term.add_to(target, keep, -0.3)
        assert torch.allclose(target, keep * start - 0.3 * left.t() @ right, atol=1e-6)


@pytest.mark.parametrize("rows", [1, 5, 40])
def test_norm_is_that_of_the_full_matrix(rows: int) -> None:
    generator = torch.Generator().manual_seed(rows)
    left, right = torch.randn(rows, 20, generator=generator), torch.randn(rows, 9, generator=generator)
    full = torch.linalg.vector_norm(left.t() @ right)
    assert float(Product(left, right).norm()) == pytest.approx(float(full), rel=1e-5)
    assert float(Dense(left.t() @ right).norm()) == pytest.approx(float(full), rel=1e-6)


def test_a_product_that_cancels_has_no_norm_instead_of_none() -> None:
    left = torch.tensor([[1.0, 2], [1, 2]])
    right = torch.tensor([[3.0], [-3]])
    assert float(Product(left, right).norm()) == 0


def test_directions_are_not_changed_by_use() -> None:
    left, right = torch.ones(2, 3), torch.ones(2, 4)
    Product(left, right).add_to(torch.zeros(3, 4), 0.5, 2.0)
    assert torch.equal(left, torch.ones(2, 3))
    assert torch.equal(right, torch.ones(2, 4))
