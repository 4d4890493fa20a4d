"""Pooled activations of all layers, a few pictures at a time."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.errors import SettingsError
from studio.lab import features as lab
from studio.models.build import build_model
from studio.models.noise import Noise
from studio.models.rbm import Rbm
from studio.models.spec import ConvSpec, RbmSpec, TiledSpec, Visible

PICTURES = torch.from_numpy(np.random.default_rng(0).random((7, 1, 12, 12), np.float32))
ALL = np.arange(7)


def read(chosen: NDArray[np.int64]) -> Tensor:
    return PICTURES[torch.from_numpy(chosen)]


def two_layers(pictures: Tensor) -> tuple[Tensor, ...]:
    return pictures[:, :, :5, :4], 2 * pictures[:, :, :2, :2]


def test_rows_hold_all_layers_whatever_the_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = lab.features(ALL, read, two_layers)
    told: list[int] = []
    monkeypatch.setattr(lab, "PIXELS_AT_ONCE", 3 * 144)
    parts = lab.features(ALL, read, two_layers, tell=lambda done, _total: told.append(done))
    assert told == [3, 6, 7]
    assert np.array_equal(whole, parts)
    assert whole.shape == (7, 20 + 4)
    assert whole[3, 20] == 2 * PICTURES[3, 0, 0, 0]


def test_strongest_answer_of_each_filter() -> None:
    first, second = lab.strongest(ALL, read, two_layers)
    assert first[:, 0] == pytest.approx(PICTURES[:, 0, :5, :4].amax((1, 2)).numpy())
    assert second.shape == (7, 1)


def test_maps_are_made_coarser_until_they_fit() -> None:
    layers = two_layers(PICTURES[:1])
    assert lab.factor_for(10, layers, 24 * 40) == 1
    assert lab.factor_for(10, layers, 24 * 40 - 1) == 2
    assert lab.factor_for(10, layers, 1) == 8
    coarse = lab.features(ALL, read, two_layers, 2)
    assert coarse.shape == (7, 3 * 2 + 1)
    assert coarse[0, 0] == pytest.approx(float(PICTURES[0, 0, :2, :2].mean()))


def test_maps_are_averaged_over_three_by_three_places_every_second_one_and_small_ones_stay() -> None:
    wide, small = lab.gathered(lambda pictures: (pictures[:, :, :5, :6], pictures[:, :, :4, :9]))(PICTURES)
    assert wide.shape == (7, 1, 2, 3)
    for (row, column), found in np.ndenumerate(wide[2, 0].numpy()):
        seen = PICTURES[2, 0, :5, :6][2 * row : 2 * row + 3, 2 * column : 2 * column + 3]
        assert found == pytest.approx(float(seen.mean()), rel=1e-5)
    assert torch.equal(small, PICTURES[:, :, :4, :9])


def test_a_convolutional_model_and_an_rbm_have_features() -> None:
    spec = ConvSpec(filters=3, side=5, block=2, visible=Visible.BERNOULLI)
    conv, rbm = build_model(spec, (1, 12, 12)), build_model(RbmSpec(hidden=4), (1, 12, 12))
    assert [tuple(layer.shape) for layer in lab.maps_of(conv)(PICTURES)] == [(7, 3, 4, 4)]
    assert isinstance(rbm, Rbm)
    rbm.weights.copy_(Noise(0).normal(tuple(rbm.weights.shape)))
    (hidden,) = lab.maps_of(rbm)(PICTURES)
    assert torch.equal(hidden[:, :, 0, 0], rbm.hidden_given_visible(PICTURES.flatten(1)))


def test_a_texture_model_has_none() -> None:
    with pytest.raises(SettingsError, match="no features to tell pictures by"):
        lab.maps_of(build_model(TiledSpec(tile=4, filters=2), (1, 12, 12)))
