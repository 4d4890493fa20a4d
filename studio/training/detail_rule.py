"""Persistent contrastive divergence for what a picture has beyond the means of its 2 x 2 blocks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.models.blocks import block_means, with_means
from studio.models.noise import Noise
from studio.models.spec import DETAIL_PART
from studio.models.tiled_rbm import TiledRbm
from studio.models.tiles import TileGrid, to_picture, to_planes
from studio.training.precision import is_fast
from studio.training.ranks import ALONE, Ranks
from studio.training.rules import Parts
from studio.training.settings import TrainSettings
from studio.training.shares import Shares, shares_of
from studio.training.terms import Term
from studio.training.tiled_rule import Labels, Statistics, constrain, directions, rate_of, swept


class DetailPersistent:
    """PCD for one level of a `TiledPyramid`, given real block means.

    Each chain is given the block means of a crop and its border, and holds
    both; after as many updates as there are chains it begins anew from noise
    within those of another. A crop is no torus: tiles that cross the line where
    a chain meets itself are not counted, and the border is as wide as they
    reach, so that nothing which is free feels them. The model so learns
    p(x_k | block means of x_k), the outermost pixels given as well. With
    several textures a chain is of the texture of its crop, and stays so.
    """

    ranks: Ranks = ALONE

    def __init__(
        self, model: TiledRbm, side: int, settings: TrainSettings, noise: Noise, labels: Labels | None = None
    ) -> None:
        self.model = model
        self.side = side
        self.noise = noise
        self.labels = labels
        self.rounded = is_fast(settings, noise)  # the tiles
        self.count = max(1, settings.batch // DETAIL_PART, model.textures)
        empty = torch.zeros(self.count, model.channels, side, side, device=noise.device)
        self.chains = empty  # pictures (chains, C, side, side), all zero until the first crops come
        self.given = block_means(empty)
        self.border = border(side, model.tile).to(noise.device)
        self.means = [to_planes(empty, model.tile)]  # of the visibles at the last sweep, to look at
        self.textures = torch.zeros(self.count, dtype=torch.int64, device=noise.device)  # of each chain
        self.updates = 0

    def terms(self, batch: Tensor, settings: TrainSettings) -> Mapping[str, Term]:
        """Return the ascent direction of each parameter for crops (batch, C, H, W) of this level."""
        crops, labels = self._within(batch), self._labels()
        self._renew(crops, labels)
        return self._counted(crops, labels, settings)

    def recordable(self, _settings: TrainSettings) -> Parts | None:
        """Return both parts of `terms`, unless labels come from the host."""
        if self.model.textures > 1 or not self.ranks.alone:
            return None
        return Parts(
            lambda batch, settings: self._counted(self._within(batch), None, settings),
            lambda batch: self._renew(self._within(batch), None),
            self.model.workspace,
        )

    def _within(self, batch: Tensor) -> Tensor:
        """The part of crops that chains are as large as."""
        return batch[:, :, : self.side, : self.side]

    def _counted(self, batch: Tensor, labels: Tensor | None, settings: TrainSettings) -> Mapping[str, Term]:
        up, down = self.model.upward_weights(self.rounded), self.model.downward_weights()
        of_chains, of_crops = Statistics(self.model), Statistics(self.model)
        if labels is not None:
            of_chains, of_crops = (
                Statistics(self.model, self._shares(part)) for part in (self.textures, labels[: self.count])
            )
        self._count_and_move(of_chains, settings.gibbs_steps, (up, down))
        self._count_crops(batch[: self.count], of_crops, up)
        found = directions(self.model, [of_chains, of_crops], self.ranks)
        # Block means are given, so that the mean colour has nothing to learn.
        del found["visible_bias"]
        return found

    def _labels(self) -> Tensor | None:
        """Return the textures of the latest crops (batch,), None where there is but one."""
        if self.model.textures == 1 or self.labels is None:
            return None
        return torch.from_numpy(np.array(self.labels(), np.int64)).to(self.noise.device)

    def _shares(self, labels: Tensor) -> Shares:
        """Return how much pictures of these textures count."""
        return shares_of([labels], [1], self.model.textures)[0].part(self.ranks.own)

    def _renew(self, batch: Tensor, labels: Tensor | None) -> None:
        """Let a chain in turn, at first all, begin anew from noise that has the block means of a crop."""
        if self.updates == 0:
            rows = picked = torch.arange(self.count)
            if labels is not None:
                self.textures.copy_(labels[: self.count])
        else:
            turn, row = divmod(self.updates, self.count)
            rows, picked = torch.tensor([row]), self._alike(batch, labels, row, turn)
        crops = batch[picked]
        means = block_means(crops)
        fresh = with_means(self.noise.normal(tuple(crops.shape)), means)
        self.chains[rows], self.given[rows] = torch.where(self.border, crops, fresh), means
        self.updates += 1

    def _alike(self, batch: Tensor, labels: Tensor | None, row: int, turn: int) -> Tensor:
        """Return the number of a crop of a chain's texture, another one each turn: (1,)."""
        if labels is None:
            return torch.tensor([turn % len(batch)])
        alike = torch.nonzero(labels == self.textures[row]).flatten()
        return alike[turn % len(alike)][None]

    def _count_crops(self, crops: Tensor, total: Statistics, weights: Tensor) -> None:
        total.whole = len(self.ranks.own(crops)) / len(crops)
        crops = self.ranks.own(crops)
        cutter = self.model.within(crops, self.rounded)
        total.share = total.whole / cutter.grid.cells
        for part in range(len(cutter.parts)):
            total.count(cutter, part, self.model.probabilities(cutter, part, weights, biases=total.biases))
        if self.model.spec.learn_deviation:
            total.add_slope(*self.model.reconstructed(crops, total.labels))

    def _count_and_move(self, total: Statistics, sweeps: int, weights: tuple[Tensor, Tensor]) -> None:
        """Take some Gibbs sweeps of the chains, counting them before the first."""
        model, chains, given = self.model, self.ranks.own(self.chains), self.ranks.own(self.given)
        held = chains  # of which the border never changes
        canvas = to_planes(chains, model.tile)
        grid = model.grid_of(canvas)
        total.share = -1 / ((grid.rows - 1) * (grid.columns - 1) * self.count)
        total.whole = -len(chains) / self.count
        for step in range(sweeps):
            field = self.ranks.field(self.noise, self.count)
            mean, drawn = swept(model, canvas, field, weights, total, inside if step == 0 else None)
            if step == 0 and model.spec.learn_deviation:
                total.add_slope(*(part[:, :, :, 1:-1, 1:-1] for part in (canvas, mean)))
            chains = torch.where(self.border, held, with_means(to_picture(drawn), given))
            canvas = to_planes(chains, model.tile)
        self.chains.copy_(self.ranks.gathered(chains, self.chains))
        self.means = [to_planes(torch.where(self.border, held, with_means(to_picture(mean), given)), model.tile)]

    def rate_of(self, name: str) -> float:
        """Return this parameter's learning rate as a share of the run's."""
        return rate_of(self.model, name)

    def constrain(self) -> None:
        constrain(self.model)

    def state(self) -> dict[str, NDArray[Any]]:
        return {
            "chains": self.chains.cpu().numpy().copy(),
            "given": self.given.cpu().numpy().copy(),
            "textures": self.textures.cpu().numpy().copy(),
            "updates": np.array(self.updates),
        }

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Continue from a state; chains of another number or size are left as they are."""
        kept = [state.get(name) for name in ("chains", "given", "textures")]
        found = [torch.from_numpy(np.array(part)).to(self.chains.device) for part in kept if part is not None]
        if [part.shape for part in found] != [self.chains.shape, self.given.shape, self.textures.shape]:
            return
        for there, saved in zip((self.chains, self.given, self.textures), found, strict=True):
            there.copy_(saved)
        self.updates = int(state.get("updates", self.updates))


def border(side: int, tile: int) -> Tensor:
    """Return which pixels of a chain are held: (side, side) booleans.

    Tiles that cross the line reach tile - 1 pixels to either side of it; whole blocks are held, and at least the
    middle two tiles of a small crop are free.
    """
    width = min(tile - tile % 2, max(0, side - 2 * tile) // 4 * 2)
    held = torch.ones(side, side, dtype=torch.bool)
    held[width : side - width, width : side - width] = False
    return held


def inside(grid: TileGrid, hidden: Tensor) -> Tensor:
    """Return hiddens (offsets, filters, cells) with 0 at the tiles that may cross the line where a torus meets itself.

    A tile at any offset but the first does in the last row and column; so all of these are left out.
    """
    kept = torch.unflatten(hidden.clone(), 2, (grid.rows, grid.columns, grid.batch))
    kept[:, :, -1] = 0
    kept[:, :, :, -1] = 0
    return kept.flatten(2)
