"""Persistent contrastive divergence for tiled models: crops against chains on tori of several sizes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.models.cutter import Cutter
from studio.models.field_noise import FieldNoise, fired
from studio.models.noise import Noise
from studio.models.tiled_rbm import TiledRbm
from studio.models.tiles import TileGrid, from_torus, rolled, to_planes, torus
from studio.training.precision import is_fast
from studio.training.ranks import ALONE, Ranks
from studio.training.rules import Parts
from studio.training.settings import RENEW_EVERY, ROLL_EVERY, TrainSettings
from studio.training.shares import Shares, dealt, shares_of, spread_evenly
from studio.training.terms import Dense, Term

DEVIATION_RATE = 0.1  # as for any Gaussian visibles (Cho, Ilin & Raiko 2011)
APART_RATE = 10.0  # of the biases that tell textures apart: slower, and a dream of one falls into another for long
LOG_VARIANCE_RANGE = (-4.605, 0.19)  # deviations within .1 and 1.1

Labels = Callable[[], NDArray[np.int64]]
Counted = Callable[[TileGrid, Tensor], Tensor]  # hiddens (offsets, filters, cells) -> those that count, the rest 0


class TiledPersistent:
    """PCD (Tieleman 2008) for a `TiledRbm`, statistics counted on whole tiles only and divided by their number.

    Those of a crop count as `window_of` says.

        dU = <h (t/s)'>_data - <h (t/s)'>_model,    db = <h>_data - <h>_model,    dc = (<v>_data - <v>_model) / s^2

    Chains live on tori of the sizes that the spec names, each larger than a
    crop. An update counts them where they stand, then moves them on with what
    it computed there: one pass up serves both.

    With several textures each crop and each chain is of one: `labels` tells
    those of the latest batch, chains are dealt out in turn. b and c of a
    texture follow its own crops and chains, U those of all textures alike.

    Several processes hold the same chains; each moves and counts its part.
    """

    ranks: Ranks = ALONE

    def __init__(self, model: TiledRbm, settings: TrainSettings, noise: Noise, labels: Labels | None = None) -> None:
        if model.textures > 1 and labels is None:
            raise ValueError("a model of several textures learns from labelled crops only")
        self.model = model
        self.noise = noise
        self.labels = labels
        self.rounded = is_fast(settings, noise)  # the tiles
        n, sizes = model.tile, model.spec.torus_sizes(model.shape)
        counts = spread_evenly(settings.chains, len(sizes))
        self.chains = [
            to_planes(noise.normal((count, model.channels, rows * n, columns * n)), n)
            for count, (rows, columns) in zip(counts, sizes, strict=True)
            if count
        ]
        # Of each chain its torus, and its number there.
        self._rows = [(place, row) for place, canvas in enumerate(self.chains) for row in range(canvas.shape[5])]
        self.shares: list[Shares | None] = [None] * len(self.chains)
        if model.textures > 1:
            self.shares = [*self._shares_of_chains()]
        self.updates = 0
        self.means = list(self.chains)  # of the visibles at the last sweep, to look at

    def _shares_of_chains(self) -> list[Shares]:
        textures, device = self.model.textures, self.noise.device
        counts = [canvas.shape[5] for canvas in self.chains]
        labels = [dealt(count, textures, sum(counts[:place])).to(device) for place, count in enumerate(counts)]
        return shares_of(labels, [canvas.shape[3] * canvas.shape[4] for canvas in self.chains], textures)

    def _shares_of_crops(self) -> Shares | None:
        if self.model.textures == 1 or self.labels is None:
            return None
        labels = torch.from_numpy(np.array(self.labels(), np.int64)).to(self.noise.device)
        return shares_of([labels], [1], self.model.textures)[0]

    def terms(self, batch: Tensor, settings: TrainSettings) -> Mapping[str, Term]:
        """Return the ascent direction of each parameter for crops (batch, C, H, W)."""
        self._advance()
        return self._measured(batch, settings)

    def recordable(self, _settings: TrainSettings) -> Parts | None:
        """Return both parts of `terms`, unless labels come from the host."""
        if self.model.textures > 1 or not self.ranks.alone:
            return None
        return Parts(self._measured, lambda _batch: self._advance(), self.model.workspace)

    def _measured(self, batch: Tensor, settings: TrainSettings) -> Mapping[str, Term]:
        up, down = self.model.upward_weights(self.rounded), self.model.downward_weights()
        every = (*self.shares, self._shares_of_crops())
        sums = [Statistics(self.model, None if shares is None else shares.part(self.ranks.own)) for shares in every]
        for place, chains in enumerate(self.chains):
            fields = [self.ranks.field(self.noise, chains.shape[5]) for _ in range(settings.gibbs_steps)]
            self._count_and_move(place, sums[place], fields, (up, down))
        self._count_crops(batch, sums[-1], up)
        return directions(self.model, sums, self.ranks)

    def _advance(self) -> None:
        self.updates += 1
        self._roll()
        self._renew()

    def _roll(self) -> None:
        """Let one chain in turn go on elsewhere on its torus, every other update.

        Lines settle where the tiles of some offset like them best, and a dream
        is the more of them the longer it lasts. A chain that is moved drifts
        back there, and so the model unlearns what it likes of one place only.
        """
        turn, late = divmod(self.updates, ROLL_EVERY)
        if late:
            return
        place, row = self._rows[turn % len(self._rows)]
        chain, n = self.chains[place][..., row : row + 1], self.model.tile
        chain.copy_(rolled(chain.contiguous(), divmod(self.noise.key() % (n * n), n)))

    def _renew(self) -> None:
        """Let one chain in turn begin anew from noise, every few updates.

        Chains that never do settle where the model is right, while a dream from
        noise passes through what no chain has unlearned: its first hundred
        sweeps have to be learned too. With several textures every other one
        takes over one half from a chain of another texture instead: a border,
        which runs the wrong way while the model likes one texture better
        where it should dream the other.
        """
        turn, late = divmod(self.updates, RENEW_EVERY)
        if late:
            return
        place, row = self._rows[turn % len(self._rows)]
        canvas, others = self.chains[place], self._others(place, row)
        if others and (turn + turn // len(self._rows)) % 2 == 0:  # each chain by turns, round after round
            half = canvas.shape[4] // 2
            canvas[:, :, :, :, :half, row] = canvas[:, :, :, :, :half, others[turn % len(others)]]
        else:
            canvas[..., row] = self.noise.normal(tuple(canvas.shape[:5]))

    def _others(self, place: int, row: int) -> list[int]:
        """Return the chains on the same torus that are of other textures."""
        shares = self.shares[place]
        return [] if shares is None else torch.nonzero(shares.labels != shares.labels[row]).flatten().tolist()

    def _count_crops(self, batch: Tensor, total: Statistics, weights: Tensor) -> None:
        model, crops = self.model, len(batch)
        batch = self.ranks.own(batch)
        cutter = model.within(batch, self.rounded)
        total.whole = len(batch) / crops
        total.share = total.whole / cutter.grid.cells
        for part, of in enumerate(cutter.parts):
            probability = model.probabilities(cutter, part, weights, biases=total.biases)
            total.count(cutter, part, probability.mul_(cutter.window[of]))
        total.add_visible(middle(batch, cutter.grid).permute(2, 3, 1, 0))
        if model.spec.learn_deviation:
            visible, mean = model.reconstructed(batch, total.labels)
            total.add_slope(visible, mean)

    def _count_and_move(
        self, place: int, total: Statistics, fields: Sequence[FieldNoise], weights: tuple[Tensor, Tensor]
    ) -> None:
        """Take a Gibbs sweep of some chains for each field of noise, counting them before the first."""
        model, canvas = self.model, self.ranks.own(self.chains[place], 5).contiguous()
        grid = model.grid_of(canvas)
        tiles = sum(model.grid_of(chains).cells for chains in self.chains)
        total.share, total.whole = -1 / tiles, -grid.cells / tiles
        for step, field in enumerate(fields):
            mean, fresh = swept(model, canvas, field, weights, total, whole if step == 0 else None)
            if step == 0:
                total.add_visible(canvas)
                if model.spec.learn_deviation:
                    total.add_slope(canvas, mean)
            canvas = fresh
        self.chains[place].copy_(self.ranks.gathered(canvas, self.chains[place], 5))
        self.means[place] = mean

    def rate_of(self, name: str) -> float:
        """Return this parameter's learning rate as a share of the run's."""
        return rate_of(self.model, name)

    def constrain(self) -> None:
        constrain(self.model)

    def state(self) -> dict[str, NDArray[Any]]:
        chains = {f"chains{place}": canvas.cpu().numpy().copy() for place, canvas in enumerate(self.chains)}
        return {**chains, "updates": np.array(self.updates)}

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Continue from a state; chains of another number or size are left as they are."""
        self.updates = int(state.get("updates", self.updates))
        for place, canvas in enumerate(self.chains):
            saved = state.get(f"chains{place}")
            if saved is not None and saved.shape == tuple(canvas.shape):
                canvas.copy_(torch.from_numpy(np.array(saved)))


def rate_of(model: TiledRbm, name: str) -> float:
    """Return a parameter's learning rate as a share of the run's."""
    if name == "hidden_bias" and model.textures > 1:
        return APART_RATE
    return DEVIATION_RATE if name == "log_variance" else 1.0


def constrain(model: TiledRbm) -> None:
    """Keep deviations that are learned within their range."""
    if model.spec.learn_deviation:
        model.log_variance.clamp_(*LOG_VARIANCE_RANGE)


def swept(
    model: TiledRbm,
    canvas: Tensor,
    field: FieldNoise,
    weights: tuple[Tensor, Tensor],
    total: Statistics,
    counted: Counted | None = None,
) -> tuple[Tensor, Tensor]:
    """Return mean and draw of chains after one Gibbs sweep; `counted` picks what of P(h|v) is counted on the way.

    Tiles are cut as the weights upwards are: rounded to bfloat16 or not.
    """
    up, down = weights
    cutter = model.cutter(model.grid_of(canvas), up.dtype is torch.bfloat16)
    grid = cutter.grid
    torus(grid, canvas, 0, cutter.planes)
    cutter.sums.zero_()
    levels = field.levels((*model.units, grid.cells), 0)
    for part, of in enumerate(cutter.parts):
        probability = model.probabilities(cutter, part, up, biases=total.biases)
        if counted is not None:
            total.count(cutter, part, counted(grid, probability))
        model.add_mean(cutter, part, down, fired(probability, levels[of], cutter.drawn(part)))
    mean = torch.empty_like(canvas)
    edge = from_torus(grid, cutter.sums, total.biases.visible_at(0, grid.rows), mean)
    mean[:, :, :, 0] += edge
    drawn = torch.addcmul(mean, field.normal(tuple(mean.shape), 1), model.deviation.view(1, 1, -1, 1, 1, 1))
    return mean, drawn


def middle(crops: Tensor, grid: TileGrid) -> Tensor:
    """Return as many pixels in the middle of crops (n, C, H, W) as the grid has whole tiles."""
    height, width = grid.rows * grid.tile, grid.columns * grid.tile
    top, left = (crops.shape[2] - height) // 2, (crops.shape[3] - width) // 2
    return crops[:, :, top : top + height, left : left + width]


def whole(_grid: TileGrid, hidden: Tensor) -> Tensor:
    """Return all hiddens: every tile of a torus counts."""
    return hidden


class Statistics:
    """Sums over data or over some chains, on their way to directions.

    `share` is what one tile counts in the direction, `whole` what all of these
    count together: 1 for data, -1 for all chains. With several textures each
    picture counts as its share says, and biases have sums of their own.
    """

    def __init__(self, model: TiledRbm, shares: Shares | None = None) -> None:
        self.model = model
        self.shares = shares
        self.labels = shares.labels if shares is not None else None
        self.biases = model.biases_of(self.labels)
        self.share = self.whole = 1.0
        self.products = torch.empty_like(model.weights.transpose(1, 2), memory_format=torch.contiguous_format)
        self.hidden = torch.empty_like(model.hidden_bias)
        self.visible = torch.zeros_like(model.visible_bias)
        self.variance = torch.zeros_like(model.log_variance)

    def count(self, cutter: Cutter, part: int, hidden: Tensor) -> None:
        """Keep what the tiles and hiddens of a part have in common; once for each part."""
        of, weighted = cutter.parts[part], hidden
        if self.shares is None:
            torch.sum(hidden, 2, out=self.hidden[0, of])
        else:
            every = torch.unflatten(hidden, 2, (-1, cutter.grid.batch))
            self.hidden[:, of] = self.shares.by_texture(every.sum(2))
            weighted = cutter.drawn(part)
            torch.mul(every, self.shares.weights, out=torch.unflatten(weighted, 2, (-1, cutter.grid.batch)))
        if cutter.rounded:
            weighted = cutter.factor(part).copy_(weighted)
            self.products[of] = torch.bmm(cutter.cut(part), weighted.transpose(1, 2))
            return
        # Tiles first: the other way round this product takes half as long again.
        torch.bmm(cutter.cut(part), weighted.transpose(1, 2), out=self.products[of])

    def add_visible(self, planes: Tensor) -> None:
        """Add <v> of planes (n, n, C, ..., batch)."""
        self.visible.add_(self._mean(planes, self.shares), alpha=self.whole)

    def add_slope(self, planes: Tensor, mean: Tensor) -> None:
        """Add <1/2 ((v-c)^2 - v s Uh) / s^2>, what the log-variances follow, of planes and their mean c + s Uh."""
        centre = self.biases.visible_at(0, planes.shape[3])
        squares = (planes - centre) ** 2 - planes * (mean - centre)
        slope = self._mean(squares, self.shares).sum(0)
        self.variance.add_(0.5 * slope / torch.exp(self.model.log_variance), alpha=self.whole)

    @staticmethod
    def _mean(planes: Tensor, shares: Shares | None) -> Tensor:
        """Return the mean of each texture's planes (n, n, C, ..., batch), as its pictures count: (textures, C)."""
        inner = [0, 1, *range(3, planes.dim())]
        if shares is None:
            return planes.mean(inner)[None]
        return shares.by_texture(planes.mean(inner[:-1])) / planes.shape[-1]


def directions(model: TiledRbm, parts: Sequence[Statistics], ranks: Ranks = ALONE) -> dict[str, Term]:
    """Return the direction of each parameter from the statistics of all processes, summed always in the same order."""
    weights, hidden = torch.zeros_like(parts[0].products), torch.zeros_like(model.hidden_bias)
    for part in parts:
        weights.add_(part.products, alpha=part.share)
        # A texture counts as one of several in what all share, and whole in what is its own.
        hidden.add_(part.hidden, alpha=part.share * model.textures)
    visible, variance = sum_of([part.visible for part in parts]), sum_of([part.variance for part in parts])
    weights, hidden, visible, variance = ranks.total([weights, hidden, visible, variance])
    terms: dict[str, Term] = {
        "weights": Dense(weights.transpose(1, 2) / model.per_pixel(model.deviation)),
        "hidden_bias": Dense(hidden),
        "visible_bias": Dense(visible * model.textures / torch.exp(model.log_variance)),
    }
    if model.spec.learn_deviation:
        terms["log_variance"] = Dense(variance)
    return terms


def sum_of(tensors: Sequence[Tensor]) -> Tensor:
    return torch.stack(list(tensors)).sum(0)
