"""Where filters answer in a picture, for one who looks: every layer, where each unit sees, and what cannot be seen."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from studio.data.imageset import ImageSet, Verdict
from studio.data.picture import write_png
from studio.data.spec import DatasetSpec, Preprocess
from studio.errors import Cancelled, DataError, DeviceError, SettingsError
from studio.models.build import build_model
from studio.models.noise import Noise
from studio.models.spec import ConvSpec, RbmSpec, Visible
from studio.project.maps import every_map, in_model_space, maps_in_file, maps_in_training, maps_of, maps_sheet
from studio.project.recipe import Recipe
from studio.project.trained import Trained

SHAPE = (1, 18, 20)
DEEP = ConvSpec(4, 5, 2, visible=Visible.BERNOULLI, deeper=("5x3/2",))


def trained_as(spec: ConvSpec | RbmSpec, **preprocess: object) -> Trained:
    seen = dataclasses.replace(Preprocess(height=18, width=20), **preprocess)  # type: ignore[arg-type]  # of a test
    model = build_model(spec, SHAPE)
    draws = Noise(1)
    for name, tensor in model.saved().items():
        if name.endswith("weights"):
            tensor.copy_(0.1 * draws.normal(tuple(tensor.shape)))
    return Trained(model, None, Recipe(preprocess=seen, model=spec), "cpu")


def pictures(count: int = 3) -> ImageSet:
    pixels = np.random.default_rng(1).integers(0, 256, (count, *SHAPE), np.uint8)
    names = tuple(f"face {number}.png" for number in range(count))
    return ImageSet(DatasetSpec(("faces",)), Preprocess(height=18, width=20), pixels, names)


@pytest.mark.parametrize("spec", [ConvSpec(4, 5, 2, visible=Visible.BERNOULLI), DEEP])
def test_every_layer_of_a_training_picture_is_as_the_command_line_has_it(spec: ConvSpec) -> None:
    trained, images = trained_as(spec), pictures()
    frame = maps_in_training(trained, images, 4)
    assert (frame.name, frame.index, frame.count) == ("face 1.png", 1, 3)
    picture = np.moveaxis(images.pixels[1], 0, 2) / np.float32(255)
    assert np.allclose(frame.picture, picture)
    assert len(frame.layers) == len(spec.layers)
    for number, layer in enumerate(frame.layers):
        assert np.allclose(layer.maps, maps_of(trained, picture, number), rtol=1e-3, atol=1e-6)
        assert not layer.maps.flags.writeable
        assert layer.layer == trained.model.layers()[number][0]


def test_a_picture_file_is_seen_as_the_model_takes_it(tmp_path: Path) -> None:
    write_png(tmp_path / "face.png", np.random.default_rng(2).random((36, 40, 1), np.float32))
    frame = maps_in_file(trained_as(DEEP), tmp_path / "face.png")
    assert (frame.name, frame.index, frame.count, frame.picture.shape) == ("face.png", -1, 0, (18, 20, 1))
    with pytest.raises(DataError, match=r"none\.png"):
        maps_in_file(trained_as(DEEP), tmp_path / "none.png")


def test_a_unit_answers_to_nothing_outside_the_square_it_is_said_to_see() -> None:
    trained, images = trained_as(ConvSpec(4, 5, 2, visible=Visible.BERNOULLI)), pictures()
    frame = maps_in_training(trained, images, 0)
    layer, row, column = frame.layers[0], 3, 5
    assert (layer.field, layer.stride) == (6, 2)
    other = np.array(1 - frame.picture)
    top, left = row * layer.stride, column * layer.stride
    inside = slice(top, top + layer.field), slice(left, left + layer.field)
    other[inside] = frame.picture[inside]
    again = every_map(trained, in_model_space(trained, other))[0]
    assert np.allclose(again[:, row, column], layer.maps[:, row, column], atol=1e-6)
    other[top, left] = 1 - frame.picture[top, left]
    assert not np.allclose(every_map(trained, in_model_space(trained, other))[0][:, row, column], again[:, row, column])
    deep = maps_in_training(trained_as(DEEP), images, 0).layers
    assert [(one.field, one.stride) for one in deep] == [(6, 2), (12, 4)]


def test_of_large_pictures_the_whole_is_seen() -> None:
    large = np.random.default_rng(3).integers(0, 256, (1, 30, 44), np.uint8)
    images = dataclasses.replace(
        pictures(),
        exemplars=(large,),
        known=(np.ones((30, 44), np.bool_),),
        bands=(0,),
        verdicts=(Verdict("broken.png", False, "truncated"), Verdict("wall.png", True)),
    )
    frame = maps_in_training(trained_as(DEEP, crops=True), images, 2)
    assert (frame.name, frame.index, frame.count) == ("wall.png", 0, 1)
    assert frame.picture.shape == (30, 44, 1)
    many = dataclasses.replace(images, exemplars=(large,) * 2, known=images.known * 2, bands=(0, 0))
    assert maps_in_training(trained_as(DEEP, crops=True), many, 1).name == "picture 2"


def test_what_no_screen_has_room_for_is_made_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    trained, images = trained_as(DEEP), pictures()
    whole = maps_in_training(trained, images, 0)
    assert whole.reduction == 1
    monkeypatch.setattr("studio.project.maps.LARGEST_SHOWN", 7)
    monkeypatch.setattr("studio.project.maps.MOST_SHOWN", 4 * 3 * 3)
    small = maps_in_training(trained, images, 0)
    assert (small.reduction, small.picture.shape) == (3, (6, 7, 1))
    assert np.isclose(small.picture[5, 0], whole.picture[15:18, :3].mean())
    assert np.isclose(small.picture[0, 6, 0], whole.picture[:3, [18, 19, 19]].mean()), "its border is repeated"
    first, coarse = whole.layers[0], small.layers[0]
    assert (first.maps.shape, coarse.maps.shape) == ((4, 8, 8), (4, 3, 3))
    assert np.array_equal(coarse.maps[:, 2, 2], first.maps[:, 6:, 6:].max(axis=(1, 2)))
    assert (coarse.field, coarse.stride) == (first.field + 2 * first.stride, 3 * first.stride)
    assert np.array_equal(coarse.most, first.maps.max(axis=(1, 2)))
    assert np.allclose(coarse.mean, first.maps.mean(axis=(1, 2)))


def test_what_cannot_be_seen_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no maps"):
        maps_in_training(trained_as(RbmSpec(6)), pictures(), 0)
    with pytest.raises(SettingsError, match="no maps"):
        maps_in_file(trained_as(RbmSpec(6)), tmp_path / "any.png")
    with pytest.raises(DataError, match="not the model's"):
        maps_in_training(trained_as(DEEP), None, 0)
    smaller = dataclasses.replace(pictures(), pixels=pictures().pixels[:, :, 2:])
    with pytest.raises(DataError, match="not the model's"):
        maps_in_training(trained_as(DEEP), smaller, 0)
    write_png(tmp_path / "wall.png", np.zeros((60, 80, 1), np.float32))
    with pytest.raises(DeviceError, match="80 x 60 px"):
        maps_in_file(trained_as(DEEP, crops=True), tmp_path / "wall.png", memory=100_000)


def test_looking_ends_when_nobody_wants_it_any_more() -> None:
    answers = iter([False, False, False, True])
    with pytest.raises(Cancelled):
        maps_in_training(trained_as(DEEP), pictures(), 0, cancelled=lambda: next(answers))
    assert next(answers, None) is None, "asked between the layers"


def test_looking_leaves_the_dream_and_the_model_alone() -> None:
    trained = trained_as(DEEP)
    before = {name: tensor.clone() for name, tensor in trained.model.saved().items()}
    state = torch.get_rng_state()
    maps_in_training(trained, pictures(), 0)
    assert torch.equal(state, torch.get_rng_state())
    assert all(torch.equal(before[name], tensor) for name, tensor in trained.model.saved().items())


def test_the_strongest_answer_of_all_filters_is_white() -> None:
    maps = np.array([[[0.0, 0.1]], [[0.2, 0.4]]], np.float32)
    assert maps_sheet(maps)[..., 0] == pytest.approx(maps / 0.4)
    assert not maps_sheet(0 * maps).any()
