"""A further convolutional layer learned in the whole network, so that what it adds is what those below leave out."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.models.cdbn import LAYER_BLOCKS, Cdbn
from studio.models.chain import Controls, Size
from studio.models.conv_canvas import ConvState
from studio.models.conv_grid import Wrap
from studio.models.conv_instrument import NOWHERE, Hiddens
from studio.models.conv_rbm import ConvRbm, pooled_maps
from studio.models.field_noise import FieldNoise
from studio.models.noise import Noise
from studio.models.pooling import sample_
from studio.training.conv_persistent import counted, homes
from studio.training.rules import Parts
from studio.training.settings import RENEW_EVERY, TrainSettings
from studio.training.shares import spread_evenly
from studio.training.terms import Dense, Term

ALTERNATIONS = 3  # draws of layers given their neighbours, after which hiddens of a crop are counted


class ConvJoint:
    """PCD for the highest layer of a `Cdbn`, the layers below it standing still.

    Chains are those of the whole network, E_1(v, h_1) + ... + E_L(p_{L-1}, h_L),
    and crops are given its posterior, drawn by block Gibbs from an upward pass
    (Salakhutdinov & Hinton, AISTATS 2009, with draws in place of mean field):

        dW = <h p>_data - <h p>_model,    db = <h>_data - <h>_model,    dc = <p>_data - <p>_model,

    each counted from the mean of data and model (Montavon & Mueller 2012).
    A layer that begins at nothing so leaves the dream as it was, and learns only
    what the layers below get wrong by themselves. Rates are in units of s2:
    inputs move as those of a machine without gain.
    """

    def __init__(self, model: Cdbn, settings: TrainSettings, noise: Noise, whole: bool = False) -> None:
        self.model = model
        self.layer: ConvRbm = model.each[-1]
        self.noise = noise
        sizes, self.controls = homes(model.spec, model.shape, whole)
        counts = spread_evenly(settings.chains, len(sizes))
        self.chains = [self._begun(count, size) for count, size in zip(counts, sizes, strict=True) if count]
        self.updates = 0

    def _begun(self, count: int, size: Size) -> ConvState:
        """Return chains that begin from noise."""
        return self.model.fitted(self.model.start(count, size, self.noise), self.controls)

    def terms(self, batch: Tensor, settings: TrainSettings) -> Mapping[str, Term]:
        """Return the ascent direction of the layer's parameters for crops (batch, C, H, W)."""
        self._count(batch)
        return self._measured(batch, settings)

    def recordable(self, _settings: TrainSettings) -> Parts | None:
        """Return both parts of `terms`, once all chains have hiddens."""
        if not all(chain.hiddens for chain in self.chains):
            return None
        return Parts(self._measured, self._count, self.model.workspace)

    def _measured(self, batch: Tensor, settings: TrainSettings) -> Mapping[str, Term]:
        seen = posterior(self.model, self.model.whole(batch), self.noise)
        data, places = counted(self.layer, seen, NOWHERE)
        visible = seen.mean((0, 2, 3))
        model, there, units = torch.zeros_like(data), 0, 0
        dreamt = torch.zeros_like(visible)
        for place in range(len(self.chains)):
            for _ in range(settings.gibbs_steps):
                below = self._move(place)
            total, count = counted(self.layer, below, self.controls.wrap)
            model += total
            there += count
            dreamt += below.sum((0, 2, 3))
            units += below[:, 0].numel()
        dreamt /= units
        difference = (data / places).sub_(model / there)
        firing = (data[:, -1] / places + model[:, -1] / there).view(-1, self.layer.hidden).sum(0) / 2
        return self._centred(
            self.layer.geometry.gathered(difference[:, :-1]),
            difference[:, -1].view(-1, self.layer.hidden).sum(0),
            visible - dreamt,
            firing,
            (visible + dreamt) / 2,
        )

    def _centred(
        self, weights: Tensor, hidden: Tensor, visible: Tensor, firing: Tensor, seen: Tensor
    ) -> dict[str, Term]:
        """The direction of the machine whose units are counted from their means, in parameters of this one.

        Without it the weights of a filter move together wherever the layers below
        fire a little more or less than in pictures, and with hundreds of taps
        that alone silences it.
        """
        weights -= hidden.view(-1, 1, 1, 1) * seen.view(-1, 1, 1) + firing.view(-1, 1, 1, 1) * visible.view(-1, 1, 1)
        taps = weights.sum((2, 3))
        return {
            "weights": Dense(weights),
            "hidden_bias": Dense(hidden - taps @ seen),
            "visible_bias": Dense(visible - firing @ taps),
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
        rows = [(place, row) for place, chain in enumerate(self.chains) for row in range(len(chain.visible))]
        place, row = rows[turn % len(rows)]
        chain = self.chains[place]
        fresh = self._begun(1, chain.size).visible
        chain.visible[row] = fresh[0]
        field = FieldNoise.of_sweep(self.noise)
        hiddens = self.model.drawn_upwards(fresh, self.model.controls_of(self.controls), field)
        for number, h in enumerate(chain.hiddens):
            h[row] = hiddens[number][0]

    def _move(self, place: int) -> Tensor:
        """Take one Gibbs sweep of some chains; returns what the layer saw in it."""
        chain = self.chains[place]
        field = FieldNoise.of_sweep(self.noise)
        own = self.model.controls_of(self.controls)
        mean, below, hiddens = self.model.climbed(chain.visible, chain.hiddens, own, field)
        visible = self.model.each[0].drawn(mean, chain.visible, own[0], field)
        self._put(place, visible, hiddens)
        return below

    def _put(self, place: int, visible: Tensor, hiddens: Hiddens) -> None:
        """Let some chains stand here from now on; in the memory they have, where they have hiddens already."""
        chain = self.chains[place]
        if len(chain.hiddens) != len(hiddens):
            self.chains[place] = dataclasses.replace(chain, visible=visible, mean=visible, hiddens=hiddens)
            return
        for there, new in zip((chain.visible, *chain.hiddens), (visible, *hiddens), strict=True):
            there.copy_(new)

    def rate_of(self, _name: str) -> float:
        """Return this parameter's learning rate as a share of the run's."""
        return self.layer.deviation**2

    def constrain(self) -> None:
        """Every filter and bias is allowed."""

    def state(self) -> dict[str, NDArray[Any]]:
        found = {"updates": np.array(self.updates)}
        for place, chain in enumerate(self.chains):
            found[f"chains{place}"] = chain.visible.cpu().numpy().copy()
            for number, h in enumerate(chain.hiddens):
                found[f"hiddens{place}.{number}"] = h.cpu().numpy().astype(np.bool_)
        return found

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Continue from a state; chains of another number or size are left as they are."""
        self.updates = int(state.get("updates", self.updates))
        for place, chain in enumerate(self.chains):
            saved = state.get(f"chains{place}")
            if saved is None or saved.shape != tuple(chain.visible.shape):
                continue
            names = [name for name in sorted(state) if name.startswith(f"hiddens{place}.")]
            visible, *hiddens = (
                torch.from_numpy(np.array(part, np.float32)).to(chain.visible)
                for part in (saved, *map(state.get, names))
            )
            self._put(place, visible, tuple(hiddens))


def posterior(model: Cdbn, v: Tensor, noise: Noise, wrap: Wrap = NOWHERE, rounds: int = ALTERNATIONS) -> Tensor:
    """Draw what the highest layer sees given v, all hiddens by block Gibbs from an upward pass: (n, K below, H, W)."""
    first, *further = model.each
    alone = Controls(wrap=wrap)
    inputs = by_block(first.hidden_input(v, wrap), first.block)  # v stands still, and so do they
    hiddens: list[Tensor] = []
    for draw in range(rounds):
        field = FieldNoise.of_sweep(noise)
        total = inputs + model.top_down(1, hiddens[0], wrap) if draw else inputs.clone()
        below = sample_(total, field.uniform(tuple(total.shape[1:]), 0)).sum(0)
        for number, layer in enumerate(further[: len(further) - (draw == rounds - 1)], 1):
            above = model.top_down(number + 1, hiddens[number], wrap) if draw and layer is not further[-1] else None
            h = layer.maps(below, alone, field, above, number * LAYER_BLOCKS)
            hiddens[number - 1 : number] = [h]
            below = pooled_maps(h, layer.block) if layer is not further[-1] else below
    return below


def by_block(maps: Tensor, block: int) -> Tensor:
    """Return maps (n, K, H', W') with the units of a block first: (B B, n, K, H'/B, W'/B)."""
    apart: Tensor = torch.unflatten(torch.unflatten(maps, 3, (-1, block)), 2, (-1, block))
    return apart.permute(3, 5, 0, 1, 2, 4).flatten(0, 1).contiguous()
