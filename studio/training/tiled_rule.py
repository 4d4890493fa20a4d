"""Persistent contrastive divergence for tiled models: crops against chains on tori of several sizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.models.field_noise import FieldNoise, fired
from studio.models.noise import Noise
from studio.models.tiled_rbm import TiledRbm
from studio.models.tiles import Cutter, from_torus, to_planes, torus
from studio.training.settings import TrainSettings
from studio.training.terms import Dense, Term

RENEW_EVERY = 8  # updates: a chain of 24 grows about 200 sweeps old
DEVIATION_RATE = 0.1  # as for any Gaussian visibles (Cho, Ilin & Raiko 2011)
LOG_VARIANCE_RANGE = (-4.605, 0.19)  # deviations within .1 and 1.1


class TiledPersistent:
    """PCD (Tieleman 2008) for a `TiledRbm`, statistics counted on whole tiles only and divided by their number.

        dU = <h (t/s)'>_data - <h (t/s)'>_model,    db = <h>_data - <h>_model,    dc = (<v>_data - <v>_model) / s^2

    Chains live on tori of the sizes that the spec names, each larger than a
    crop. An update counts them where they stand, then moves them on with what
    it computed there: one pass up serves both.
    """

    def __init__(self, model: TiledRbm, settings: TrainSettings, noise: Noise) -> None:
        self.model = model
        self.noise = noise
        n, sizes = model.tile, model.spec.torus_sizes(model.shape)
        counts = [settings.chains // len(sizes) + (place < settings.chains % len(sizes)) for place in range(len(sizes))]
        self.chains = [
            to_planes(noise.normal((count, model.channels, rows * n, columns * n)), n)
            for count, (rows, columns) in zip(counts, sizes, strict=True)
            if count
        ]
        self.updates = 0
        self.means = list(self.chains)  # of the visibles at the last sweep, to look at

    def terms(self, batch: Tensor, settings: TrainSettings) -> Mapping[str, Term]:
        """Return the ascent direction of each parameter for crops (batch, C, H, W)."""
        self._renew()
        up, down = self.model.upward_weights(), self.model.downward_weights()
        sums = [Statistics(self.model) for _ in range(1 + len(self.chains))]
        jobs = []
        for place in range(len(self.chains)):
            fields = [FieldNoise.of_sweep(self.noise) for _ in range(settings.gibbs_steps)]
            jobs.append(partial(self._count_and_move, place, sums[place], fields, (up, down)))
        jobs.append(partial(self._count_crops, batch, sums[-1], up))
        self.model.side_by_side(jobs)
        return directions(self.model, sums)

    def _renew(self) -> None:
        """Let one chain in turn begin anew from noise, every few updates.

        Chains that never do settle where the model is right, while a dream from
        noise passes through what no chain has unlearned: its first hundred
        sweeps have to be learned too.
        """
        self.updates += 1
        turn, late = divmod(self.updates, RENEW_EVERY)
        if late:
            return
        rows = [(canvas, row) for canvas in self.chains for row in range(canvas.shape[5])]
        canvas, row = rows[turn % len(rows)]
        canvas[..., row] = self.noise.normal(tuple(canvas.shape[:5]))

    def _count_crops(self, batch: Tensor, total: Statistics, weights: Tensor, worker: int) -> None:
        model = self.model
        cutter = model.within(batch, worker)
        for part in range(len(cutter.parts)):
            total.count(cutter, part, model.probabilities(cutter, part, weights))
        total.share = 1 / cutter.grid.cells
        height, width = cutter.grid.rows * model.tile, cutter.grid.columns * model.tile
        total.visible += batch[:, :, :height, :width].mean((0, 2, 3))
        if model.spec.learn_deviation:
            visible, mean = model.reconstructed(batch, worker)
            total.add_slope(visible, mean - model.visible_bias.view(1, 1, -1, 1, 1, 1), 1.0)

    def _count_and_move(
        self, place: int, total: Statistics, fields: Sequence[FieldNoise], weights: tuple[Tensor, Tensor], worker: int
    ) -> None:
        """Take a Gibbs sweep of some chains for each field of noise, counting them before the first."""
        model, canvas, (up, down) = self.model, self.chains[place], weights
        cutter = model.cutter(model.grid_of(canvas), worker)
        grid, bias = cutter.grid, model.visible_bias.view(1, 1, -1, 1, 1, 1)
        tiles = sum(model.grid_of(chains).cells for chains in self.chains)
        total.share = -1 / tiles
        for step, field in enumerate(fields):
            torus(grid, canvas, 0, cutter.planes)
            cutter.sums.zero_()
            levels = field.levels((*model.hidden_bias.shape, grid.cells), 0)
            for part, of in enumerate(cutter.parts):
                probability = model.probabilities(cutter, part, up)
                if step == 0:
                    total.count(cutter, part, probability)
                model.add_mean(cutter, part, down, fired(probability, levels[of], cutter.drawn(part)))
            mean = torch.empty_like(canvas)
            edge = from_torus(grid, cutter.sums, bias, mean)
            mean[:, :, :, 0] += edge
            if step == 0:
                total.visible += canvas.mean((0, 1, 3, 4, 5)) * (-grid.cells / tiles)
                if model.spec.learn_deviation:
                    total.add_slope(canvas, mean - bias, -grid.cells / tiles)
            fresh = field.normal(tuple(mean.shape), 1)
            canvas = torch.addcmul(mean, fresh, model.deviation.view(1, 1, -1, 1, 1, 1))
        self.chains[place], self.means[place] = canvas, mean

    def rate_of(self, name: str) -> float:
        """Return this parameter's learning rate as a share of the run's."""
        return DEVIATION_RATE if name == "log_variance" else 1.0

    def constrain(self) -> None:
        if self.model.spec.learn_deviation:
            self.model.log_variance.clamp_(*LOG_VARIANCE_RANGE)

    def state(self) -> dict[str, NDArray[Any]]:
        chains = {f"chains{place}": canvas.cpu().numpy().copy() for place, canvas in enumerate(self.chains)}
        return {**chains, "updates": np.array(self.updates)}

    def restore_from(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Continue from what a project keeps of a trainer."""
        self.restore({name.removeprefix("rule."): value for name, value in state.items() if name.startswith("rule.")})

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Continue from a state; chains of another number or size are left as they are."""
        self.updates = int(state.get("updates", self.updates))
        for place, canvas in enumerate(self.chains):
            saved = state.get(f"chains{place}")
            if saved is not None and saved.shape == tuple(canvas.shape):
                canvas.copy_(torch.from_numpy(np.array(saved)))


class Statistics:
    """Sums over data or over some chains, on their way to directions."""

    def __init__(self, model: TiledRbm) -> None:
        self.model = model
        self.share = 1.0  # of what was counted, in the direction
        self.products = torch.empty_like(model.weights.transpose(1, 2), memory_format=torch.contiguous_format)
        self.hidden = torch.empty_like(model.hidden_bias)
        self.visible = torch.zeros_like(model.visible_bias)
        self.variance = torch.zeros_like(model.log_variance)

    def count(self, cutter: Cutter, part: int, hidden: Tensor) -> None:
        """Keep what the tiles and hiddens of a part have in common; once for each part."""
        of = cutter.parts[part]
        # Tiles first: the other way round this product takes half as long again.
        torch.bmm(cutter.tiles(part), hidden.transpose(1, 2), out=self.products[of])
        torch.sum(hidden, 2, out=self.hidden[of])

    def add_slope(self, visible: Tensor, drawn: Tensor, share: float) -> None:
        """Add <1/2 ((v-c)^2 - v s Uh) / s^2>, what the log-variances follow; planes (n, n, C, ...)."""
        centre = self.model.visible_bias.view(1, 1, -1, *(1,) * (visible.dim() - 3))
        squares = ((visible - centre) ** 2 - visible * drawn).mean([0, 1, *range(3, visible.dim())])
        self.variance.add_(0.5 * squares / torch.exp(self.model.log_variance), alpha=share)


def directions(model: TiledRbm, parts: Sequence[Statistics]) -> dict[str, Term]:
    """Return the direction of each parameter from all statistics, summed always in the same order."""
    weights, hidden = torch.zeros_like(parts[0].products), torch.zeros_like(model.hidden_bias)
    for part in parts:
        weights.add_(part.products, alpha=part.share)
        hidden.add_(part.hidden, alpha=part.share)
    visible, variance = sum_of([part.visible for part in parts]), sum_of([part.variance for part in parts])
    terms: dict[str, Term] = {
        "weights": Dense(weights.transpose(1, 2) / model.per_pixel(model.deviation)),
        "hidden_bias": Dense(hidden),
        "visible_bias": Dense(visible / torch.exp(model.log_variance)),
    }
    if model.spec.learn_deviation:
        terms["log_variance"] = Dense(variance)
    return terms


def sum_of(tensors: Sequence[Tensor]) -> Tensor:
    return torch.stack(list(tensors)).sum(0)
