"""Directions a parameter may move in: dense tensors, or products never multiplied out."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True, eq=False)
class Dense:
    """A direction given in full."""

    value: Tensor

    def add_to(self, target: Tensor, keep: float, scale: float) -> None:
        """target <- keep target + scale direction."""
        if keep != 1:
            target.mul_(keep)
        target.add_(self.value, alpha=scale)

    def norm(self) -> Tensor:
        norm: Tensor = torch.linalg.vector_norm(self.value)
        return norm


@dataclass(frozen=True, slots=True, eq=False)
class Product:
    """The direction share left' right, shapes (rows, n) and (rows, m): one matrix product straight into its target."""

    left: Tensor
    right: Tensor
    share: float = 1.0

    def add_to(self, target: Tensor, keep: float, scale: float) -> None:
        """target <- keep target + scale share left' right."""
        target.addmm_(self.left.t(), self.right, beta=keep, alpha=scale * self.share)

    def norm(self) -> Tensor:
        """Frobenius norm, from the rows' inner products: tr((LL')(RR'))."""
        inner = (self.left @ self.left.t() * (self.right @ self.right.t())).sum()
        return inner.clamp_min(0).sqrt() * self.share


Term = Dense | Product
