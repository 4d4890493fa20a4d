"""The first usable picture, whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.data.first import first_exemplar
from studio.data.spec import DatasetSpec, Preprocess
from studio.errors import DataError

SEEN = Preprocess(height=16, width=16, crops=True, patch_scale=0.25, flatten=8)


def test_it_is_as_large_as_its_file_whatever_the_scale(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (90, 120), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "b.png")
    (tmp_path / "a.png").write_bytes(b"broken")
    assert np.array_equal(first_exemplar(DatasetSpec((str(tmp_path),)), SEEN)[0][0], pixels)


def test_a_bundled_set_has_one() -> None:
    assert min(first_exemplar(DatasetSpec(("sample:bricks",)), SEEN)[0].shape[1:]) >= 128


def test_left_out_pictures_are_passed_by_and_none_is_an_error(tmp_path: Path) -> None:
    for name, side in (("a.png", 40), ("b.png", 50)):
        noise = np.random.default_rng(side).integers(0, 255, (side, side), np.uint8)
        Image.fromarray(noise).save(tmp_path / name)
    folder = DatasetSpec((str(tmp_path),), excluded=("a.png",))
    assert first_exemplar(folder, SEEN)[0].shape == (1, 50, 50)
    with pytest.raises(DataError, match="structure"):
        first_exemplar(DatasetSpec((str(tmp_path),), excluded=("a.png", "b.png")), SEEN)
