"""Pictures between numpy and Qt."""

from __future__ import annotations

import numpy as np
import pytest

from studio.ui.images import columns_for, from_qimage, tile, to_bytes, to_qimage


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("width", [1, 5, 8])
def test_bytes_survive_the_way_through_qt(channels: int, width: int) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (7, width, channels), dtype=np.uint8)
    if channels == 4:
        picture[..., 3] = 255
    back = from_qimage(to_qimage(picture))
    expected = np.repeat(picture, 3, axis=2) if channels == 1 else picture[..., :3]
    np.testing.assert_array_equal(back[..., :3], expected)


def test_the_image_does_not_look_into_the_array() -> None:
    picture = np.zeros((4, 4, 3), np.uint8)
    image = to_qimage(picture)
    picture[:] = 255
    assert image.pixelColor(2, 2).red() == 0


def test_floats_are_rounded_and_clipped_and_nan_is_mid_grey() -> None:
    values = np.array([[-1.0, 0.0, 0.5, 1.0, 7.0, np.nan, np.inf, -np.inf]], np.float32)
    assert to_bytes(values)[0, :, 0].tolist() == [0, 0, 128, 255, 255, 128, 255, 0]


def test_a_buffer_of_the_right_shape_is_refilled() -> None:
    first = to_bytes(np.zeros((3, 4, 3), np.float32))
    assert to_bytes(np.ones((3, 4, 3), np.float32), first) is first
    assert first.min() == 255
    assert to_bytes(np.ones((3, 5, 3), np.float32), first) is not first


def test_nothing_gives_a_null_image_and_nonsense_an_error() -> None:
    assert to_qimage(np.zeros((0, 0, 3), np.uint8)).isNull()
    with pytest.raises(ValueError, match="channels"):
        to_bytes(np.zeros((4, 4, 7), np.float32))


@pytest.mark.parametrize("count", [1, 4, 5, 7])
def test_tiles_lie_row_by_row_with_gaps(count: int) -> None:
    cells = np.arange(1, count + 1, dtype=np.uint8)[:, None, None, None] * np.ones((1, 2, 3, 1), np.uint8)
    sheet = tile(cells, 3, 1, 99)
    assert sheet.shape == (-(-count // 3) * 3 - 1, 11, 1)
    for index in range(count):
        row, column = divmod(index, 3)
        assert (sheet[row * 3 : row * 3 + 2, column * 4 : column * 4 + 3] == index + 1).all()
    assert (sheet[:, 3] == 99).all()


def test_columns_follow_the_room() -> None:
    assert columns_for(100, 10, 10, 500, 500) == 10
    assert columns_for(100, 10, 10, 2000, 500) == 20
    assert columns_for(3, 10, 10, 10_000, 10) == 3
    assert columns_for(1, 10, 10, 0, 0) == 1
