"""What a look at a model shows, against doing it by hand."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
import pytest
import torch

from studio.dream.settings import DreamSettings
from studio.errors import DataError, SettingsError
from studio.models.rbm import Rbm
from studio.project.job import prepare
from studio.project.looks import (
    BINS,
    EXCITING,
    filter_detail,
    filter_frame,
    filter_sheet,
    seen_by,
    spread,
    start_pictures,
)
from studio.project.trained import Trained
from tests.unit.project.small_runs import pictures, recipe, trained


@pytest.fixture(autouse=True)
def torch_threads() -> Iterator[None]:
    """A run sets the number of torch's threads for the whole process."""
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def model() -> Trained:
    return trained(recipe(training={"steps": 60, "learning_rate": 0.5}))[0].trained


def test_spread_takes_first_last_and_evenly_between() -> None:
    indices = np.arange(100, 200)
    assert spread(indices, 100) is indices
    assert spread(indices, 4).tolist() == [100, 133, 166, 199]
    assert spread(indices[:0], 4).tolist() == []


def test_a_filter_is_shown_with_the_pictures_that_excite_it_most(model: Trained) -> None:
    images = pictures(recipe())
    rows = torch.from_numpy(images.pixels[images.training()] / np.float32(255)).flatten(1)
    assert isinstance(model.model, Rbm)
    for index in range(6):
        detail = filter_detail(model, images, index)
        activity = model.model.hidden_given_visible(rows)[:, index].numpy()
        order = np.argsort(-activity, kind="stable")[:EXCITING]
        assert np.allclose(detail.activations, activity[order], atol=1e-6)
        assert (np.diff(detail.activations) <= 0).all()
        shown = np.moveaxis(images.pixels[images.training()[order]], 1, 3) / 255
        assert np.allclose(detail.exciting, shown, atol=1e-6)
        assert detail.mean_activity == pytest.approx(float(activity.mean()), abs=1e-6)
        assert detail.histogram.sum() == len(activity)
        assert len(detail.histogram) == BINS
        assert np.array_equal(detail.histogram, np.histogram(activity, BINS, (0, 1))[0])
        assert np.array_equal(detail.weights[..., 0].ravel(), model.model.weights[:, index].numpy())


@pytest.mark.parametrize("index", [-1, 6, 10**9])
def test_a_filter_that_is_not_there_is_said_so(model: Trained, index: int) -> None:
    with pytest.raises(SettingsError, match=str(index)) as caught:
        filter_detail(model, pictures(recipe()), index)
    assert "0 to 5" in caught.value.hint


def test_without_its_pictures_a_filter_is_still_shown(model: Trained) -> None:
    own = pictures(recipe())
    wider = dataclasses.replace(own, pixels=np.repeat(own.pixels, 2, axis=3))
    for images in (None, wider):
        detail = filter_detail(model, images, 2)
        assert detail.weights.shape == (4, 5, 1)
        assert len(detail.exciting) == len(detail.activations) == 0
        assert detail.histogram.sum() == 0


def test_chains_start_from_one_picture_or_from_one_each(model: Trained) -> None:
    images = pictures(recipe())
    settings = DreamSettings(chains=5, seed=3)
    one = start_pictures(model, images, settings, 4)
    assert np.allclose(one.numpy(), images.pixels[4:5] / 255, atol=1e-6)
    assert torch.equal(start_pictures(model, images, settings, 10**6), start_pictures(model, images, settings, 29))
    drawn = start_pictures(model, images, settings, -1)
    assert drawn.shape == (5, 1, 4, 5)
    assert torch.equal(drawn, start_pictures(model, images, settings, -1))
    assert not torch.equal(drawn, start_pictures(model, images, DreamSettings(chains=5, seed=4), -1))
    known = {picture.tobytes() for picture in images.pixels[images.training()]}
    assert {np.rint(picture.numpy() * 255).astype(np.uint8).tobytes() for picture in drawn} <= known


def test_chains_never_start_from_pictures_of_another_size(model: Trained) -> None:
    images = pictures(recipe())
    wider = dataclasses.replace(images, pixels=np.repeat(images.pixels, 2, axis=3))
    with pytest.raises(DataError):
        start_pictures(model, wider, DreamSettings(), 0)


def test_what_is_looked_at_is_neither_flipped_nor_drawn() -> None:
    wanted = recipe(flips="both", binarise="stochastic")
    images = pictures(wanted)
    made = prepare(wanted, images, "cpu").trained
    first, second = (seen_by(made, images, np.arange(30)) for _ in range(2))
    assert torch.equal(first, second)
    assert np.allclose(first.numpy(), images.pixels / 255, atol=1e-6)


def test_gaussian_models_see_scaled_pictures_and_show_them_as_they_were() -> None:
    wanted = recipe(gaussian=True)
    images = pictures(wanted)
    made = prepare(wanted, images, "cpu").trained
    seen = seen_by(made, images, images.training())
    assert torch.allclose(seen.mean(0), torch.zeros(1, 4, 5), atol=1e-4)
    assert float(seen.std()) == pytest.approx(1, abs=0.02)
    shown = made.to_pictures(seen)
    whole = (images.pixels[images.training()] / 255).astype(np.float32)
    assert np.allclose(np.moveaxis(shown, 3, 1), whole, atol=1e-5)
    assert torch.allclose(made.to_model(whole), seen, atol=1e-5)


def test_filters_are_shown_with_their_activity(model: Trained) -> None:
    rows = torch.rand(50, 20, generator=torch.Generator().manual_seed(0))
    frame = filter_frame(model, rows, 9)
    assert isinstance(model.model, Rbm)
    assert (frame.layer, frame.step) == ("hidden", 9)
    assert np.allclose(frame.activity, model.model.hidden_given_visible(rows).mean(0).numpy(), atol=1e-6)
    sheet = filter_sheet(model)
    assert sheet.ndim == 3
    assert float(sheet.min()) >= 0
    assert float(sheet.max()) <= 1
