"""Maps as pixels: how bright, and where on the picture."""

from __future__ import annotations

import numpy as np

from studio.jobs.frames import LayerMaps
from studio.ui.widgets.map_pixels import DARK, lit, map_bytes, smaller, white_of


def layer(maps: np.ndarray[tuple[int, ...], np.dtype[np.float32]], field: int = 6, stride: int = 2) -> LayerMaps:
    none = np.zeros(len(maps), np.float32)
    return LayerMaps("maps", maps, none, none, field, stride)


def test_one_answer_at_the_border_does_not_dim_all_others() -> None:
    maps = np.full((1, 20, 20), 0.25, np.float32)
    maps[0, 0, 0] = 1.0
    assert white_of(maps) == 0.25
    assert (map_bytes(maps, white_of(maps)) == 255).all()
    single = np.zeros((1, 20, 20), np.float32)
    single[0, 3, 3] = 0.5
    assert white_of(single) == 0.5, "where it is the only one it is white"
    quarter = map_bytes(np.array([[[0.25, 1.0]]], np.float32), 1.0)
    assert quarter[0, 0, :, 0].tolist() == [128, 255]


def test_no_answers_and_no_numbers_are_black() -> None:
    for value in (0.0, np.nan):
        maps = np.full((2, 3, 4), value, np.float32)
        assert map_bytes(maps, white_of(maps)).tolist() == np.zeros((2, 3, 4, 1)).tolist()
        dark = lit(np.ones((12, 14, 1), np.float32), 1, layer(maps), 0, white_of(maps))
        assert np.allclose(dark, DARK)
    assert white_of(np.zeros((0, 3, 4), np.float32)) == 0.0


def test_a_unit_lights_what_it_sees_and_nothing_else() -> None:
    maps = np.zeros((1, 8, 9), np.float32)
    maps[0, 3, 5] = 0.7
    light = lit(np.ones((20, 22, 1), np.float32), 1, layer(maps), 0, 0.7)[..., 0]
    seen = np.zeros((20, 22), np.bool_)
    seen[6:12, 10:16] = True
    assert np.allclose(light[~seen], DARK)
    assert (light[seen] > DARK + 0.01).all()
    assert np.allclose(light[8:10, 12:14], 1)
    maps[0, 3, 6] = 0.175  # half as bright
    both = lit(np.ones((20, 22, 1), np.float32), 1, layer(maps), 0, 0.7)[..., 0]
    assert (both >= light - 1e-6).all()
    assert np.isclose(both[8, 15], DARK + 0.5 * (1 - DARK)), "the stronger of the two"
    whole = lit(np.ones((20, 22, 3), np.float32), 1, layer(np.ones((1, 8, 9), np.float32)), 0, 1.0)
    assert np.allclose(whole[3:-3, 3:-3], 1)


def test_a_large_picture_is_lit_at_the_same_place() -> None:
    picture, block = smaller(np.ones((400, 440, 3), np.float32), 100)
    assert block == 4
    assert picture.shape == (100, 110, 3)
    maps = np.zeros((1, 48, 53), np.float32)
    maps[0, 20, 10] = 1.0  # sees 24 pixels from 160, 80 on
    light = lit(picture, block, layer(maps, 24, 8), 0, 1.0)[..., 0]
    bright = np.argwhere(light > DARK + 0.01)
    assert bright.min(axis=0).tolist() == [40, 20]
    assert bright.max(axis=0).tolist() == [45, 25]


def test_small_pictures_stay_as_they_are() -> None:
    picture = np.random.default_rng(1).random((48, 2, 1), np.float32)
    assert smaller(picture, 224) == (picture, 1)
    assert smaller(picture, 16)[1] == 1, "thinner than a block"
