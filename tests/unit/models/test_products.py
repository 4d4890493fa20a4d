"""Fast products: where they are, what they round, and that they leave nothing behind."""

from __future__ import annotations

import pytest
import torch

from studio.models.products import has_units, no_units_words, products


def force(monkeypatch: pytest.MonkeyPatch, **units: bool) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: units)


def test_units_are_those_of_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    force(monkeypatch, amx_bf16=True)
    assert has_units("cpu") is torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]  # as in the module
    assert not has_units("cuda:0")
    force(monkeypatch, amx_bf16=False, avx512_bf16=True)
    assert not has_units("cpu")
    assert no_units_words("cpu").startswith("CPU has no bfloat16 units")


def test_factors_are_rounded_and_sums_are_not() -> None:
    generator = torch.Generator().manual_seed(1)
    a, b = (torch.rand(64, 64, generator=generator) for _ in range(2))
    with products(fast=True):
        found = a @ b
        with products(fast=False):
            assert torch.equal(a @ b, a @ b)
            inner = a @ b
    assert torch.equal(inner, a @ b)
    if has_units("cpu"):
        wanted = (a.bfloat16().double() @ b.bfloat16().double()).float()
        assert torch.allclose(found, wanted, rtol=1e-6)
        assert not torch.allclose(found, inner, rtol=1e-6)


def test_whatever_held_before_holds_after() -> None:
    a = torch.rand(64, 64, generator=torch.Generator().manual_seed(1))
    before = a @ a
    with pytest.raises(ZeroDivisionError), products(fast=True):
        raise ZeroDivisionError
    assert torch.equal(a @ a, before)
