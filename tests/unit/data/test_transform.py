"""Standardising: measured right, undone right, saved and read."""

from __future__ import annotations

import numpy as np
import pytest

from studio.data.imageset import ImageSet
from studio.data.spec import Colour, DatasetSpec, Flips, Preprocess
from studio.data.transform import Transform, fit
from studio.errors import DataError


def images(**changes: object) -> ImageSet:
    preprocess = Preprocess(height=6, width=5, colour=Colour.RGB, **changes)  # type: ignore[arg-type]  # any setting
    pixels = np.random.default_rng(1).integers(0, 256, (50, 3, 6, 5), np.uint8)
    return ImageSet(DatasetSpec(("here",)), preprocess, pixels, ("",) * 50)


def test_mean_of_each_pixel_and_one_deviation() -> None:
    source, chosen = images(), np.arange(0, 50, 2)
    values = source.pixels[chosen] / 255.0
    transform = fit(source, chosen)
    assert np.allclose(transform.mean, values.mean(axis=0), atol=1e-6)
    assert float(transform.deviation[0]) == pytest.approx(float((values - values.mean(axis=0)).std()), rel=1e-5)


def test_patches_have_one_mean_a_channel() -> None:
    source = images(patches=50)
    transform = fit(source, np.arange(50))
    expected = (source.pixels / 255.0).mean(axis=(0, 2, 3))
    assert np.allclose(transform.mean, expected[:, None, None], atol=1e-6)
    assert transform.mean.shape == (3, 6, 5)


def test_flips_make_the_mean_symmetric() -> None:
    mean = fit(images(flips=Flips.BOTH), np.arange(50)).mean
    assert np.allclose(mean, mean[..., ::-1])
    assert np.allclose(mean, mean[:, ::-1])


def test_invert_undoes_apply_and_clips() -> None:
    source = images()
    transform = fit(source, np.arange(50))
    values = (source.pixels / np.float32(255)).astype(np.float32)
    assert np.allclose(transform.invert(transform.apply(values)), values, atol=1e-5)
    assert transform.invert(np.full((1, 3, 6, 5), 99, np.float32)).max() == 1


def test_pictures_of_another_size_lie_about_the_mean_colour() -> None:
    transform = fit(images(), np.arange(50))
    larger = np.zeros((1, 3, 9, 11), np.float32)
    shown = transform.invert(larger)
    assert np.allclose(shown, transform.mean.mean((1, 2))[None, :, None, None])
    assert np.allclose(transform.apply(shown), larger, atol=1e-6)


def test_a_constant_picture_does_not_divide_by_zero() -> None:
    flat = ImageSet(DatasetSpec(("a",)), Preprocess(), np.full((3, 1, 28, 28), 9, np.uint8), ("", "", ""))
    assert np.isfinite(fit(flat, np.arange(3)).apply(np.zeros((1, 1, 28, 28), np.float32))).all()


def test_saved_arrays_come_back_and_damage_is_refused() -> None:
    transform = fit(images(), np.arange(50))
    again = Transform.from_arrays(transform.arrays())
    assert np.array_equal(again.mean, transform.mean)
    for arrays in (
        {},
        {"mean": transform.mean},
        {"mean": transform.mean[0], "deviation": transform.deviation},
        {"mean": transform.mean, "deviation": np.zeros(1, np.float32)},
        {"mean": transform.mean * np.float32(np.nan), "deviation": transform.deviation},
    ):
        with pytest.raises(DataError, match="saved scaling"):
            Transform.from_arrays(arrays)
