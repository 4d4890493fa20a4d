"""Persistent contrastive divergence for the convolutional RBM: what it learns this way it can dream."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.models.chain import Controls, Size
from studio.models.conv_grid import Wrap, to_picture
from studio.models.conv_instrument import NOWHERE
from studio.models.conv_rbm import ConvRbm
from studio.models.field_noise import FieldNoise
from studio.models.noise import Noise
from studio.models.pooling import detection_, drawn_
from studio.models.spec import ConvSpec, Shape
from studio.training.ranks import ALONE, Ranks
from studio.training.rules import Parts
from studio.training.settings import RENEW_EVERY, TrainSettings
from studio.training.shares import spread_evenly
from studio.training.terms import Dense, Term

ON_TORUS = Controls(wrap=(True, True))
BORDERED = Controls(wrap=NOWHERE)


class ConvPersistent:
    """PCD (Tieleman 2008) for a `ConvRbm`, statistics divided by their number of places.

        dW = (<h v>_data - <h v>_model) / s,    db = <h>_data - <h>_model,    dc = (<v>_data - <v>_model) / s2

    Crops count where filters fit into them, chains at every place of the tori
    they live on. Chains of `whole` pictures live on canvases of a picture's own
    size whose sides do not meet: what is framed alike has borders, and is no
    material. An update counts the chains where they stand, then moves them
    on with what it computed there: one pass up serves both. The deviation s
    stays at the spec's. Rates are in units of s: I moves as far as it would in
    a machine whose filters see v/s.
    """

    ranks: Ranks = ALONE

    def __init__(self, model: ConvRbm, settings: TrainSettings, noise: Noise, whole: bool = False) -> None:
        self.model = model
        self.noise = noise
        self.sizes, self.controls = homes(model.spec, model.shape, whole)
        counts = spread_evenly(settings.chains, len(self.sizes))
        self.chains = [self._begun(count, size) for count, size in zip(counts, self.sizes, strict=True) if count]
        self.updates = 0

    def _begun(self, count: int, size: Size) -> Tensor:
        """Return chains that begin from noise."""
        return self.model.fitted(self.model.start(count, size, self.noise), self.controls).visible

    def terms(self, batch: Tensor, settings: TrainSettings) -> Mapping[str, Term]:
        """Return the ascent direction of each parameter for crops (batch, C, H, W)."""
        self._count(batch)
        return self._measured(batch, settings)

    def recordable(self, _settings: TrainSettings) -> Parts | None:
        """Return both parts of `terms`."""
        return Parts(self._measured, self._count, self.model.workspace) if self.ranks.alone else None

    def _measured(self, batch: Tensor, settings: TrainSettings) -> Mapping[str, Term]:
        whole = self.model.whole(batch)
        data, places = counted(self.model, whole, NOWHERE)
        visible = whole.mean((0, 2, 3))
        model, there = torch.zeros_like(data), 0
        pixels = sum(chain[:, 0].numel() for chain in self.chains)
        for place, chain in enumerate(self.chains):
            visible -= self.ranks.own(chain).mean((0, 2, 3)) * (chain[:, 0].numel() / pixels)
            total, count = self._move(place)
            model += total
            there += count
            for _ in range(settings.gibbs_steps - 1):
                self._move(place)
        difference, visible = self.ranks.mean([(data / places).sub_(model / there), visible])
        bias = difference[:, -1].view(-1, self.model.hidden).sum(0)
        return {
            "weights": Dense(self.model.geometry.gathered(difference[:, :-1]).div_(self.model.deviation)),
            "hidden_bias": Dense(bias),
            "visible_bias": Dense(visible.mul_(self.model.gain)),
        }

    def _count(self, _batch: Tensor) -> None:
        """Count the update, and begin a chain anew where it is time."""
        self.updates += 1
        self._renew()

    def _renew(self) -> None:
        """Let one chain in turn begin anew from noise, every few updates."""
        turn, late = divmod(self.updates, RENEW_EVERY)
        if late:
            return
        rows = [(place, row) for place, chain in enumerate(self.chains) for row in range(len(chain))]
        place, row = rows[turn % len(rows)]
        self.chains[place][row] = self._begun(1, self.sizes[place])[0]

    def _move(self, place: int) -> tuple[Tensor, int]:
        """Take one Gibbs sweep of some chains; returns what was counted before."""
        model, chain = self.model, self.ranks.own(self.chains[place])
        field = self.ranks.field(self.noise, len(self.chains[place]))
        size, wrap = (chain.shape[2], chain.shape[3]), self.controls.wrap
        planes = model.geometry.empty(size, len(chain), wrap, chain)
        total, count = counted(model, chain, wrap, field, planes)
        mean = model.mean_of(to_picture(planes, size, wrap))
        drawn = model.drawn(mean, chain, self.controls, field)
        self.chains[place].copy_(self.ranks.gathered(drawn, self.chains[place]))
        return total, count

    def rate_of(self, name: str) -> float:
        """Return this parameter's learning rate as a share of the run's."""
        deviation = self.model.deviation
        return {"weights": deviation, "hidden_bias": deviation**2}.get(name, 1.0)

    def constrain(self) -> None:
        """Every filter and bias is allowed."""

    def state(self) -> dict[str, NDArray[Any]]:
        chains = {f"chains{place}": chain.cpu().numpy().copy() for place, chain in enumerate(self.chains)}
        return {**chains, "updates": np.array(self.updates)}

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Continue from a state; chains of another number or size are left as they are."""
        self.updates = int(state.get("updates", self.updates))
        for place, chain in enumerate(self.chains):
            saved = state.get(f"chains{place}")
            if saved is not None and saved.shape == tuple(chain.shape):
                chain.copy_(torch.from_numpy(np.array(saved)))


def homes(spec: ConvSpec, shape: Shape, whole: bool) -> tuple[tuple[Size, ...], Controls]:
    """Return the sizes of the canvases that kept chains live on, and which sides of them meet."""
    return (((shape[1], shape[2]),), BORDERED) if whole else (spec.torus_sizes(shape), ON_TORUS)


def counted(
    model: ConvRbm, v: Tensor, wrap: Wrap, field: FieldNoise | None = None, planes: Tensor | None = None
) -> tuple[Tensor, int]:
    """Return sums of P(h|v) times patches, and the places of a filter; draws h into the planes where there are any.

    The sums are of spread weights: (B B K, span span C + 1), the last column of P(h|v) alone.
    """
    downward = model.geometry.downward(model.weights)
    total = torch.zeros(downward.shape[1], downward.shape[0] + 1, device=v.device)
    places = 0
    for strip in model.inputs(v, wrap):
        hidden = detection_(strip.cutter.total)
        places += hidden.shape[0] * hidden.shape[2]
        total.addmm_(hidden.view(len(total), -1), strip.cutter.patches.t())
        if field is not None and planes is not None:
            drawn = drawn_(hidden, field.uniform(tuple(hidden.shape[1:]), strip.index + 1))
            model.add_mean(strip, drawn, downward, planes)
    return total, places
