"""Intervals of weights over codes, drawn as pictures: as far as the decoder carries them."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from studio.data.sheet import grid
from studio.jobs.stepwise import finished
from studio.lab.confidence import Confidence
from studio.models.code_spec import CodeSpec, Network, Output
from studio.models.kinds import Visible
from studio.models.latent_rbm import LatentRbm
from studio.models.noise import Noise
from studio.models.rbm import Rbm
from studio.project.code_confidence import decoded_maps, slopes_at_mean

SHAPE = (1, 4, 5)


def linear(codes: Visible = Visible.GAUSSIAN) -> tuple[LatentRbm, Rbm]:
    """A model whose decoder is one product, so that slopes are known."""
    spec = CodeSpec(network=Network.DENSE, widths=(), code=20, hidden=3, output=Output.LINEAR, codes=codes)
    model = LatentRbm(spec, SHAPE)
    model.initialise(Noise(0))
    assert model.rbm is not None
    model.rbm.weights.copy_(Noise(1).normal((20, 3)) * torch.tensor([1.0, 3.0, 2.0]))
    return model, model.rbm


@pytest.mark.parametrize("codes", list(Visible))
def test_slopes_are_those_of_the_decoder(codes: Visible) -> None:
    model, rbm = linear(codes)
    rbm.visible_bias.copy_(Noise(2).normal((20,)))
    found = torch.cat([slopes_at_mean(model, rbm, slice(first, first + 10)) for first in (0, 10)])
    steep = torch.ones(20) if rbm.gaussian else torch.sigmoid(rbm.visible_bias) * torch.sigmoid(-rbm.visible_bias)
    wanted = model.autoencoder.from_code.weight.t() * steep[:, None]
    assert torch.allclose(found.flatten(1), wanted, rtol=1e-2, atol=1e-5)


def test_a_map_is_the_root_of_summed_squares_and_the_strongest_comes_first() -> None:
    model, rbm = linear()
    widths = np.random.default_rng(0).random((20, 3)).astype(np.float32)
    widths[4, 1] = np.nan  # counts as the widest
    sheet = finished(decoded_maps(model, rbm, Confidence(widths, 1.0, 1.0)))
    assert sheet is not None
    half = np.nan_to_num(widths, nan=float(np.nanmax(widths)))[:, [1, 2, 0]] / 2
    slopes = model.autoencoder.from_code.weight.numpy()
    off = np.sqrt(half.T**2 @ slopes.T**2).reshape(3, 4, 5)
    wanted = grid(np.clip(off / np.percentile(off, 98), 0, 1)[..., None].astype(np.float32))
    assert np.allclose(sheet.pixels, wanted, atol=1e-3)
    assert not sheet.pixels.flags.writeable


def test_where_nothing_is_known_nothing_is_drawn() -> None:
    model, rbm = linear()
    unknown = np.full((20, 3), np.nan, np.float32)
    assert finished(decoded_maps(model, rbm, Confidence(unknown, 1.0, 0.0))) is None
