"""Pictures with missing parts and masks: brought to size alike, transparency told, sizes compared."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.data.exemplar import ExemplarReader
from studio.data.occluded import lit, read_mask, read_occluded
from studio.data.picture import read_picture
from studio.data.sources import PictureFile
from studio.data.spec import Colour, Fit, Preprocess
from studio.errors import DataError
from tests.unit.lab.textures import noise

LARGE = Preprocess(8, 8, Colour.RGB, crops=True)
WHOLE = Preprocess(12, 12, Colour.RGB)


def photograph(path: Path, size: tuple[int, int] = (40, 30), alpha: np.ndarray | None = None) -> Path:
    """Save noise of (width, height), with an alpha (H, W) in 0..255."""
    pixels = np.rint(noise(size[1], size[0], 3, 3) * 255).astype(np.uint8)
    if alpha is not None:
        pixels = np.dstack([pixels, alpha.astype(np.uint8)])
    Image.fromarray(pixels).save(path)
    return path


def erased(rows: slice, columns: slice, size: tuple[int, int] = (40, 30)) -> np.ndarray:
    alpha = np.full((size[1], size[0]), 255)
    alpha[rows, columns] = 0
    return alpha


@pytest.mark.parametrize("scale", [1.0, 0.5, 1.5])
def test_a_large_picture_is_what_a_texture_learns_of_it(tmp_path: Path, scale: float) -> None:
    preprocess = Preprocess(8, 8, Colour.RGB, crops=True, patch_scale=scale, invert=True)
    path = photograph(tmp_path / "a.png", alpha=erased(slice(0, 10), slice(0, 10)))
    learned = ExemplarReader(preprocess)(PictureFile("a.png", path))
    assert not isinstance(learned, str)
    found = read_occluded(path, preprocess, large=True)
    assert np.array_equal(found.pixels, learned[0])
    assert np.array_equal(found.known, learned[1])
    assert found.original == (40, 30)


@pytest.mark.parametrize("fit", list(Fit))
def test_a_fitted_picture_is_what_a_dream_starts_from(tmp_path: Path, fit: Fit) -> None:
    preprocess = Preprocess(12, 10, Colour.GREY, fit=fit, background="#204060")
    path = photograph(tmp_path / "a.png")
    found = read_occluded(path, preprocess, large=False)
    assert np.array_equal(found.pixels, np.rint(read_picture(path, preprocess) * 255))
    assert found.known.all()
    assert found.known.shape == (12, 10)


def test_transparency_is_told_or_laid_on_the_background(tmp_path: Path) -> None:
    path = photograph(tmp_path / "a.png", (24, 24), erased(slice(None), slice(12, None), (24, 24)))
    told = read_occluded(path, WHOLE, large=False)
    assert told.known[:, :5].all()
    assert not told.known[:, 6:].any()
    laid = read_occluded(path, WHOLE, large=False, transparency=False)
    assert laid.known.all()
    assert (laid.pixels[:, :, 8:] < 5).all()
    assert (told.pixels[:, :, 8:] > 50).all()


def test_what_is_hidden_behind_transparency_does_not_bleed(tmp_path: Path) -> None:
    alpha = erased(slice(None), slice(20, None))
    path = photograph(tmp_path / "a.png", alpha=alpha)
    pixels = np.asarray(Image.open(path)).copy()
    pixels[:, 20:, :3] = 255 - pixels[:, 20:, :3]
    Image.fromarray(pixels).save(tmp_path / "b.png")
    half = Preprocess(8, 8, Colour.RGB, crops=True, patch_scale=0.5)
    one, two = (read_occluded(tmp_path / f"{name}.png", half, large=True) for name in "ab")
    assert np.array_equal(one.pixels, two.pixels)


def test_a_mask_is_white_where_the_hole_is(tmp_path: Path) -> None:
    picture = read_occluded(photograph(tmp_path / "a.png"), LARGE, large=True)
    mask = np.zeros((30, 40), np.uint8)
    mask[5:10, 20:30] = 255
    mask[20, 20] = 100  # no white
    Image.fromarray(mask).save(tmp_path / "mask.png")
    hole = read_mask(tmp_path / "mask.png", picture, LARGE, large=True)
    assert np.array_equal(hole, mask == 255)


@pytest.mark.parametrize("fit", list(Fit))
def test_a_mask_goes_where_its_picture_goes(tmp_path: Path, fit: Fit) -> None:
    preprocess = Preprocess(20, 20, Colour.GREY, fit=fit, background="#ffffff")
    pixels = np.zeros((30, 60), np.uint8)
    pixels[10:20, 25:35] = 255
    Image.fromarray(pixels).save(tmp_path / "both.png")
    picture = read_occluded(tmp_path / "both.png", preprocess, large=False)
    hole = read_mask(tmp_path / "both.png", picture, preprocess, large=False)
    inner = picture.pixels[0] > 200
    if fit is Fit.PAD:
        inner[:5] = inner[-5:] = False  # what is padded is known, whatever colour it has
    assert inner.any()
    assert hole[inner].all(), "all that is white is hole"
    assert not hole[picture.pixels[0] == 0].any(), "nothing black is"


def test_a_turned_photograph_has_a_mask_as_it_is_seen(tmp_path: Path) -> None:
    image = Image.fromarray(np.rint(noise(30, 40, 1, 3) * 255).astype(np.uint8))
    exif = image.getexif()
    exif[0x0112] = 6
    image.save(tmp_path / "turned.jpg", exif=exif)
    picture = read_occluded(tmp_path / "turned.jpg", LARGE, large=True)
    assert picture.original == (30, 40)
    assert picture.pixels.shape == (3, 40, 30)
    Image.new("L", (30, 40), 255).save(tmp_path / "mask.png")
    assert read_mask(tmp_path / "mask.png", picture, LARGE, large=True).all()


def test_a_mask_of_another_size_is_refused_with_both_sizes(tmp_path: Path) -> None:
    picture = read_occluded(photograph(tmp_path / "a.png"), WHOLE, large=False)
    Image.new("L", (30, 40), 255).save(tmp_path / "mask.png")
    with pytest.raises(DataError, match=r"The mask is 30 x 40 px, the picture 40 x 30 px\."):
        read_mask(tmp_path / "mask.png", picture, WHOLE, large=False)


def test_what_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(photograph(tmp_path / "a.png").read_bytes()[:200])
    (tmp_path / "text.png").write_text("no picture")
    picture = read_occluded(tmp_path / "a.png", WHOLE, large=False)
    for name in ("broken.png", "text.png", "none.png"):
        with pytest.raises(DataError, match="cannot be used"):
            read_occluded(tmp_path / name, LARGE, large=True)
        with pytest.raises(DataError, match="cannot be used"):
            read_mask(tmp_path / name, picture, WHOLE, large=False)
    enormous = Preprocess(8, 8, Colour.RGB, crops=True, patch_scale=4.0)
    Image.new("L", (3000, 3000)).save(tmp_path / "large.png")
    with pytest.raises(DataError, match="megapixels"):
        read_occluded(tmp_path / "large.png", enormous, large=True)


def test_light_is_evened_as_in_training_and_what_is_hidden_has_no_say(tmp_path: Path) -> None:
    path = photograph(tmp_path / "a.png")
    even = Preprocess(8, 8, Colour.RGB, crops=True, flatten=6.0)
    picture = read_occluded(path, even, large=True)
    known = np.ones((30, 40), np.bool_)
    learned = ExemplarReader(even)(PictureFile("a.png", path))
    assert not isinstance(learned, str)
    assert np.array_equal(lit(picture, known, even), learned[0])
    assert np.array_equal(lit(picture, known, LARGE), picture.pixels)
    known[:, 20:] = False
    whole = np.array(picture.pixels)
    whole[:, :, 20:] = 255 - whole[:, :, 20:]
    other = type(picture)(whole, picture.known, picture.original)
    assert np.array_equal(lit(picture, known, even)[:, :, :20], lit(other, known, even)[:, :, :20])
