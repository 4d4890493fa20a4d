"""The smallest scale that leaves a crop, beside holes and what is held out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.data.load import load
from studio.data.room import has_room, least_scale
from studio.data.spec import Colour, DatasetSpec, Preprocess

SEEN = Preprocess(height=48, width=48, colour=Colour.RGB, crops=True, held_out=0.1)


def test_without_a_hole_the_shorter_side_decides() -> None:
    scale = least_scale(np.ones((100, 300), np.bool_), SEEN)
    assert round(100 * scale) == 48
    assert round(100 * (scale - 0.006)) < 48


@pytest.mark.parametrize("turned", [False, True])
def test_beside_a_hole_there_is_a_crop_to_learn_from_at_this_scale_and_not_much_below(
    turned: bool, tmp_path: Path
) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (220, 260, 4), np.uint8)
    pixels[..., 3] = 255
    pixels[70:160, 80:200, 3] = 0
    if turned:
        pixels = np.ascontiguousarray(pixels.transpose(1, 0, 2))
    Image.fromarray(pixels).save(tmp_path / "hole.png")
    known = pixels[..., 3] > 0
    scale = least_scale(known, SEEN)
    assert 0.5 < scale < 1
    assert not has_room(known, SEEN, scale - 0.01)
    seen = replace(SEEN, patch_scale=scale)
    assert len(load(DatasetSpec((str(tmp_path),)), seen).training())


def test_where_nothing_fits_it_is_the_whole() -> None:
    assert least_scale(np.ones((40, 40), np.bool_), SEEN) == 1
