"""Dreams in code space: known pixels exact, the same bits again, a sentence where nothing can be drawn."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from studio.errors import SettingsError
from studio.models.build import build_model, load_weights, weights_of
from studio.models.chain import GibbsChain
from studio.models.code_spec import CodeSpec, Corruption, Network
from studio.models.kinds import Visible
from studio.models.latent_rbm import LatentRbm, feathered
from studio.models.noise import Noise

SHAPE = (3, 8, 8)
SPEC = CodeSpec(widths=(4, 5), code=6, hidden=7)
SPECS = [
    SPEC,
    dataclasses.replace(SPEC, codes=Visible.BERNOULLI),
    dataclasses.replace(SPEC, hidden=0, beta=1.0),
    dataclasses.replace(SPEC, corruption=Corruption.BLOCKS),
    CodeSpec(network=Network.DENSE, widths=(9,), code=4, hidden=5),
]


def made(spec: CodeSpec = SPEC) -> LatentRbm:
    model = LatentRbm(spec, SHAPE)
    model.initialise(Noise(0))
    if model.rbm is not None:
        model.rbm.weights.copy_(Noise(1).normal(tuple(model.rbm.weights.shape)))
    return model


@pytest.mark.parametrize("spec", SPECS)
def test_the_same_seed_dreams_the_same_pictures(spec: CodeSpec) -> None:
    model = made(spec)
    shown = []
    for seed in (5, 5, 6):
        chain = GibbsChain(model, 3, Noise(seed))
        chain.step(4)
        shown.append(chain.sample())
    assert shown[0].shape == (3, *SHAPE)
    assert torch.equal(shown[0], shown[1])
    assert not torch.equal(shown[0], shown[2])


@pytest.mark.parametrize("spec", SPECS)
def test_known_pixels_stay_to_the_bit(spec: CodeSpec) -> None:
    chain = GibbsChain(made(spec), 2, Noise(5))
    known = Noise(8).uniform((1, *SHAPE))
    mask = torch.zeros(8, 8, dtype=torch.bool)
    mask[:, 3:] = True
    chain.clamp(known, mask)
    before = chain.mean()
    chain.step(3)
    for shown in (before, chain.mean(), chain.sample()):
        assert torch.equal(shown[:, :, mask], known.expand(2, -1, -1, -1)[:, :, mask])
    assert not torch.equal(before[:, :, ~mask], chain.mean()[:, :, ~mask])
    chain.clamp(None, None)
    assert not torch.equal(chain.mean()[:, :, mask], known.expand(2, -1, -1, -1)[:, :, mask])


def test_what_is_covered_changes_nothing_where_the_encoder_can_tell() -> None:
    model = made(SPECS[3])
    mask = torch.zeros(8, 8, dtype=torch.bool)
    mask[:, 4:] = True
    picture = Noise(8).uniform((1, *SHAPE))
    other = torch.where(mask, picture, 1 - picture)
    shown = []
    for known in (picture, other):
        chain = GibbsChain(model, 1, Noise(5))
        chain.clamp(known, mask)
        chain.step(2)
        shown.append(chain.mean())
    assert torch.equal(shown[0], shown[1])


def test_a_sweep_is_the_rbms_on_standardised_codes() -> None:
    model = made()
    model.fit_codes(Noise(3).normal((50, 6)) * 3 + 1)
    picture = Noise(4).uniform((1, *SHAPE))
    codes = (model.autoencoder.encode(picture) - model.code_mean) / model.code_deviation
    state = model.sweep(model.start(1, (8, 8), Noise(1), picture), GibbsChain(model, 1, Noise(0)).controls, Noise(9))
    assert model.rbm is not None
    wanted = model.rbm.sweep(
        dataclasses.replace(state, visible=codes, mean=codes), GibbsChain(model, 1, Noise(0)).controls, Noise(9)
    )
    assert torch.equal(state.visible, wanted.visible)
    assert torch.allclose(
        model.picture(state, "mean"),
        model.autoencoder.decode(wanted.mean * model.code_deviation + model.code_mean),
    )


def test_a_variational_one_draws_normal_codes() -> None:
    model = made(SPECS[2])
    chain = GibbsChain(model, 4000, Noise(2))
    chain.step(2)
    codes = chain.state().visible
    assert float(codes.mean()) == pytest.approx(0, abs=0.05)
    assert float(codes.std()) == pytest.approx(1, abs=0.05)


def test_an_autoencoder_alone_says_that_it_does_not_dream() -> None:
    with pytest.raises(SettingsError, match="does not dream"):
        GibbsChain(made(dataclasses.replace(SPEC, hidden=0)), 1, Noise(1))


def test_another_size_is_refused() -> None:
    with pytest.raises(SettingsError, match="8 x 8"):
        GibbsChain(made(), 1, Noise(1), size=(9, 8))


def test_filters_of_both_layers_are_pictures() -> None:
    model = made()
    assert model.layers() == (("encoder", 4), ("hidden", 7))
    assert model.hidden == 11
    assert model.filters(0).shape == (4, 3, 4, 4)
    assert model.filters(1).shape == (7, *SHAPE)
    assert model.owner(3) == (0, 3)
    assert model.owner(4) == (1, 0)
    pictures = Noise(2).uniform((5, *SHAPE))
    assert model.activity(pictures).shape == (11,)
    assert model.responses(pictures, 0).shape == (5, 16)
    assert model.responses(pictures, 10).shape == (5, 1)
    top, left, height, width = model.place(0, 15)
    assert (top + height, left + width) <= (8, 8)
    with pytest.raises(SettingsError, match="no layer 2"):
        model.filters(2)


def test_weights_come_back_with_the_means_over_batches() -> None:
    model = made()
    model.autoencoder.train()
    model.autoencoder.reconstruct(Noise(2).uniform((5, *SHAPE)))
    model.autoencoder.eval()
    weights = weights_of(model)
    assert all(array.dtype == np.float32 for array in weights.values())
    other = build_model(SPEC, SHAPE)
    load_weights(other, weights)
    assert isinstance(other, LatentRbm)
    picture = Noise(3).uniform((1, *SHAPE))
    assert torch.equal(other.decode(other.encode(picture)), model.decode(model.encode(picture)))


def test_the_seam_is_feathered() -> None:
    known = torch.full((1, 1, 48, 48), 0.8)
    mask = torch.zeros(48, 48, dtype=torch.bool)
    mask[:, :24] = True
    shown = feathered(torch.full((1, 1, 48, 48), 0.2), known, mask)[0, 0, 24]
    assert torch.equal(shown[:24], torch.full((24,), 0.8))
    assert float(shown[24]) == pytest.approx(0.8, abs=0.15)
    assert bool((shown[24:].diff() <= 1e-6).all())
    assert float(shown[-1]) == pytest.approx(0.2, abs=1e-4)
