"""Pictures of several textures in one batch: which texture each is of, and how much it counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import one_hot


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """`labels` (batch,) names the texture of each picture, `weights` (batch,) how much it counts: 1 where
    all are alike.

    All textures count alike, however many tiles of each there are.
    """

    labels: Tensor
    weights: Tensor
    textures: int

    def part(self, own: Callable[[Tensor], Tensor]) -> Shares:
        """Return the shares of some of the pictures, as they count among all."""
        return Shares(own(self.labels), own(self.weights), self.textures)

    def by_texture(self, values: Tensor) -> Tensor:
        """Return the weighted sums of values (..., batch) for each texture: (textures, ...)."""
        own = one_hot(self.labels, self.textures).to(values.dtype) * self.weights[:, None]
        return (values @ own).movedim(-1, 0)


def shares_of(labels: Sequence[Tensor], tiles: Sequence[int], textures: int) -> list[Shares]:
    """Return the shares of groups of pictures; a picture of a group has so many tiles."""
    counts = torch.stack(
        [torch.bincount(own, minlength=textures) * count for own, count in zip(labels, tiles, strict=True)]
    ).sum(0)
    weights = counts.sum().float() / (textures * counts).float()  # of whole numbers below 2^24: rounded once
    return [Shares(own, weights[own], textures) for own in labels]


def dealt(count: int, textures: int, first: int = 0) -> Tensor:
    """Return the textures of `count` pictures that are dealt out in turn, beginning at number `first`: (count,)."""
    return torch.arange(first, first + count) % textures


def spread_evenly(count: int, among: int) -> list[int]:
    """Return how many of `count` things each of some groups has, the first ones more where they are uneven."""
    return [count // among + (place < count % among) for place in range(among)]
