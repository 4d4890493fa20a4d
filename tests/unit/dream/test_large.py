"""Large dreams: the same pixels as a chain's own, with progress, cancel and a sentence when memory is short."""

from __future__ import annotations

import pytest
import torch

from studio.dream.begin import begin
from studio.dream.large import above_bytes, check_memory, check_shown, dream, memory_bytes
from studio.dream.settings import DreamSettings, Seamless
from studio.errors import Cancelled, DeviceError
from studio.models.build import build_model
from studio.models.noise import Noise
from studio.models.spec import ConvSpec, TiledSpec
from studio.models.tiled_rbm import TiledRbm

SETTINGS = DreamSettings(width=50, height=33, seed=4, seamless=Seamless.X)


@pytest.fixture
def model() -> TiledRbm:
    model = build_model(TiledSpec(tile=3, filters=4), (3, 9, 9))
    assert isinstance(model, TiledRbm)
    model.initialise(Noise(0), 0.3)
    return model


def test_it_is_the_dream_one_would_have_watched(model: TiledRbm) -> None:
    seen: list[tuple[int, int]] = []
    large = dream(model, 3, SETTINGS, "cpu", 3, lambda done, total: seen.append((done, total)))
    watched = begin(model, SETTINGS, "cpu")
    watched.step(3)
    assert torch.equal(large.mean(), watched.mean())
    assert large.mean().shape == (1, 3, 33, 50)
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_it_ends_when_it_is_cancelled(model: TiledRbm) -> None:
    seen: list[int] = []
    with pytest.raises(Cancelled):
        dream(model, 3, SETTINGS, "cpu", 100, lambda done, _: seen.append(done), lambda: len(seen) == 2)
    assert seen == [1, 2]


def test_it_says_so_before_it_runs_out_of_memory(model: TiledRbm) -> None:
    with pytest.raises(DeviceError, match="50 x 33 px"):
        dream(model, 3, SETTINGS, "cpu", 1, memory=1000)
    assert memory_bytes(1, (4096, 4096)) < 3e9
    assert memory_bytes(3, (4096, 4096)) < 3e9


def test_the_maps_of_several_layers_are_counted_before_anything_begins() -> None:
    model = build_model(ConvSpec(24, 10, 2, deeper=("100x10/2",)), (1, 70, 70))
    settings = DreamSettings(width=768, height=768)
    needed = memory_bytes(1, (768, 768), 1, 0, above_bytes(model, (768, 768), 1))
    assert 500e6 < needed < 700e6, "one process took 560 MB"
    with pytest.raises(DeviceError, match=r"768 x 768 px needs about 0\.6 GB"):
        dream(model, 1, settings, "cpu", 1, memory=400_000_000)
    bare = memory_bytes(1, (768, 768))
    with pytest.raises(DeviceError, match="768 x 768 px needs"):
        check_memory(model, 1, (768, 768), 1, memory=bare)
    check_shown(1, (768, 768), 1, memory=bare)  # one that was dreamt already can be taken away
    assert above_bytes(model, (768, 768), 4) > 2 * above_bytes(model, (768, 768), 1)
    assert above_bytes(build_model(ConvSpec(24, 10, 2), (1, 70, 70)), (768, 768), 1) == 0
