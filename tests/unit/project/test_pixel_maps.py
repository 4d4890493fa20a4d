"""Maps as large as the picture: beside answers worked out pixel by pixel, at borders and round the torus."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from studio.dream.begin import begin
from studio.dream.settings import DreamSettings, Seamless
from studio.errors import DeviceError, SettingsError
from studio.jobs.stepwise import finished
from studio.models.cdbn import Cdbn
from studio.models.chain import GibbsChain
from studio.models.tiled_rbm import TiledRbm
from studio.project.archive import read_project
from studio.project.pixel_maps import check_map_room, filter_maps, height_map, id_map
from studio.project.trained import Trained, open_trained
from tests.unit.cli.small_projects import conv_project, rbm_project, texture_project


def playing(path: Path, settings: DreamSettings) -> tuple[GibbsChain, Trained]:
    trained = open_trained(read_project(path), "cpu")
    chain = begin(trained.model, settings, "cpu")
    chain.step(2)
    return chain, trained


def test_heights_are_the_luminance() -> None:
    picture = np.array([[[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]]], np.float32)
    assert height_map(picture)[0] == pytest.approx([0.2126, 0.7152, 0.0722, 1])
    grey = np.array([[[0.3], [0.7]]], np.float32)
    assert np.array_equal(height_map(grey), grey[..., 0])


@pytest.mark.parametrize("seamless", [Seamless.BOTH, Seamless.NONE])
def test_a_texture_pixel_has_the_answer_of_its_tile(tmp_path: Path, seamless: Seamless) -> None:
    path = texture_project(tmp_path / "a.harmonium")
    chain, trained = playing(path, DreamSettings(width=16, height=12, seamless=seamless))
    model, maps = trained.model, [one.probability for one in filter_maps(chain, trained)]
    assert isinstance(model, TiledRbm)
    assert len(maps) == model.hidden
    assert {one.shape for one in maps} == {(12, 16)}
    picture, n = chain.mean()[0], model.tile
    weights = model.upward_weights()
    for offset, filter_, row, column in ((0, 0, 5, 9), (1, 2, 6, 11), (3, 1, 8, 8)):
        dy, dx = model.offsets[offset]
        top, left = (row - dy) // n * n + dy, (column - dx) // n * n + dx
        tile = picture[:, top : top + n, left : left + n].permute(1, 2, 0).flatten()
        total = weights[offset, filter_] @ tile + model.hidden_bias[0, offset, filter_]
        wanted = float(torch.sigmoid(total))
        assert maps[offset * model.spec.filters + filter_][row, column] == pytest.approx(wanted, abs=1e-5)


def test_certain_filters_are_told_apart_by_their_input(tmp_path: Path) -> None:
    chain, trained = playing(texture_project(tmp_path / "a.harmonium"), DreamSettings(width=16, height=12))
    assert isinstance(trained.model, TiledRbm)
    trained.model.hidden_bias += 100
    answers = list(filter_maps(chain, trained))
    assert all((one.probability == 1).all() for one in answers)
    ids = finished(id_map((one.strength for one in answers), len(answers)))
    assert np.array_equal(ids, np.stack([one.strength for one in answers]).argmax(0))
    assert len(np.unique(ids)) > 2


def test_a_texture_goes_round_the_torus(tmp_path: Path) -> None:
    chain, trained = playing(texture_project(tmp_path / "a.harmonium"), DreamSettings(width=16, height=12))
    maps = [one.probability for one in filter_maps(chain, trained)]
    assert isinstance(trained.model, TiledRbm)
    last = maps[3 * trained.model.spec.filters]  # tiles moved by 3 px both ways
    assert last[0, 0] == last[-1, -1] == last[2, 2]
    assert last[0, 0] != last[3, 3]


@pytest.mark.parametrize("seamless", [Seamless.BOTH, Seamless.NONE])
def test_a_convolutional_pixel_has_the_unit_centred_on_it(tmp_path: Path, seamless: Seamless) -> None:
    path = conv_project(tmp_path / "a.harmonium")
    chain, trained = playing(path, DreamSettings(width=24, height=24, seamless=seamless))
    maps = np.stack([one.probability for one in filter_maps(chain, trained)])
    assert isinstance(trained.model, Cdbn)
    layer = trained.model.each[0]
    assert maps.shape == (4, 24, 24)
    wrap = seamless.wrap((True, True))
    canvas = trained.model.canvas((24, 24), wrap)
    units = layer.hidden_given_visible(canvas.laid(chain.mean()), wrap)[0].numpy()
    assert layer.side == 5
    assert np.allclose(maps[:, 6:16, 6:16], units[:, 4:14, 4:14], atol=1e-6)
    if seamless is Seamless.BOTH:
        assert np.allclose(maps[:, 0, 0], units[:, -2, -2], atol=1e-6)
    else:
        assert np.allclose(maps[:, 0, 0], units[:, 0, 0], atol=1e-6)


def test_ids_are_the_numbers_of_the_strongest() -> None:
    maps = np.random.default_rng(0).random((5, 6, 7), np.float32)
    told: list[tuple[int, int]] = []
    found = finished(id_map(iter(maps), 5), lambda done, total: told.append((done, total)))
    assert found.dtype == np.uint16
    assert np.array_equal(found, maps.argmax(0))
    assert told == [(number, 5) for number in range(1, 6)]


def test_models_without_places_are_refused(tmp_path: Path) -> None:
    chain, trained = playing(rbm_project(tmp_path / "a.harmonium"), DreamSettings())
    with pytest.raises(SettingsError, match="its filters see whole pictures"):
        next(filter_maps(chain, trained))
    several, other = playing(texture_project(tmp_path / "b.harmonium"), DreamSettings(chains=2, width=16, height=16))
    with pytest.raises(SettingsError, match="those of one chain"):
        next(filter_maps(several, other))


@pytest.mark.parametrize("project", [texture_project, conv_project])
def test_maps_that_do_not_fit_into_memory_are_refused(project: Callable[[Path], Path], tmp_path: Path) -> None:
    chain, trained = playing(project(tmp_path / "a.harmonium"), DreamSettings(width=64, height=64))
    check_map_room(chain, trained, None)
    check_map_room(chain, trained, 1 << 30)
    with pytest.raises(DeviceError, match="The maps of 64 x 64 px need") as caught:
        check_map_room(chain, trained, 1000)
    assert "smaller canvas" in caught.value.hint
