"""Maps as pixels: how bright, and where on the picture."""

from __future__ import annotations

import numpy as np

from studio.jobs.frames import LayerMaps
from studio.ui.widgets.map_pixels import DARK, lit, map_bytes, smaller, white_of


def layer(maps: np.ndarray[tuple[int, ...], np.dtype[np.float32]], field: int = 6, stride: int = 2) -> LayerMaps:
    return LayerMaps("maps", maps, field, stride)


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


def test_the_middle_of_what_a_unit_sees_is_lit() -> None:
    maps = np.zeros((1, 8, 9), np.float32)
    maps[0, 3, 5] = 0.7
    light = lit(np.ones((20, 22, 1), np.float32), 1, layer(maps), 0, 0.7)[..., 0]
    row, column = divmod(int(light.argmax()), 22)
    assert (row, column) in [(8, 12), (8, 13), (9, 12), (9, 13)]
    assert np.isclose(light[0, 0], DARK)
    whole = lit(np.ones((20, 22, 3), np.float32), 1, layer(np.ones((1, 8, 9), np.float32)), 0, 1.0)
    assert np.allclose(whole, 1)


def test_a_large_picture_is_lit_at_the_same_place() -> None:
    picture, block = smaller(np.ones((400, 440, 3), np.float32), 100)
    assert block == 4
    assert picture.shape == (100, 110, 3)
    maps = np.zeros((1, 198, 218), np.float32)
    maps[0, 100:102, 50:52] = 1.0
    light = lit(picture, block, layer(maps), 0, 1.0)[..., 0]
    row, column = divmod(int(light.argmax()), 110)
    assert abs(row - 204 // 4) <= 1
    assert abs(column - 104 // 4) <= 1


def test_small_pictures_stay_as_they_are() -> None:
    picture = np.random.default_rng(1).random((48, 2, 1), np.float32)
    assert smaller(picture, 224) == (picture, 1)
    assert smaller(picture, 16)[1] == 1, "thinner than a block"
