"""Independent colours: measured right, undone right, saved, and told from other kinds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from studio.data.colour import ColourTransform
from studio.data.imageset import ImageSet
from studio.data.scaling import fit_transform, transform_from_arrays
from studio.data.spec import Colour, DatasetSpec, Preprocess, Scaling
from studio.data.transform import Transform
from studio.errors import DataError


def photograph(height: int = 50, width: int = 70, channels: int = 3) -> NDArray[np.uint8]:
    rng = np.random.default_rng(4)
    mix = np.array([[40.0, 8, 2], [38, 1, -3], [30, -12, 4]])[:channels]
    values = np.einsum("ck,khw->chw", mix, rng.normal(size=(3, height, width))) + 120
    return np.asarray(values.clip(0, 255), np.uint8)


def units(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.divide(picture, 255, dtype=np.float32)


def images(*pictures: NDArray[np.uint8], scaling: Scaling = Scaling.DECORRELATE, band: int = 0) -> ImageSet:
    colour = Colour.RGB if len(pictures[0]) == 3 else Colour.GREY
    preprocess = Preprocess(height=8, width=8, colour=colour, crops=True, scaling=scaling)
    pixels = np.stack([picture[:, :8, :8] for picture in pictures])
    known = tuple(np.ones(picture.shape[1:], bool) for picture in pictures)
    bands = (band,) * len(pictures)
    names = ("",) * len(pictures)
    return ImageSet(DatasetSpec(), preprocess, pixels, names, exemplars=pictures, known=known, bands=bands)


@pytest.mark.parametrize("channels", [1, 3])
def test_channels_come_out_independent_with_unit_deviation(channels: int) -> None:
    picture = photograph(channels=channels)
    values = ColourTransform.fit(images(picture)).apply(units(picture)).reshape(channels, -1)
    assert np.allclose(values.mean(axis=1), 0, atol=1e-4)
    assert np.allclose(np.cov(values), np.eye(channels), atol=1e-3)


def test_only_what_is_known_and_learned_from_counts() -> None:
    picture = photograph()
    whole = ColourTransform.fit(images(picture[:, :, :50].copy()))
    spoilt = picture.copy()
    spoilt[:, :, 50:] = 0
    banded = ColourTransform.fit(images(spoilt, band=20))
    assert np.allclose(banded.matrix, whole.matrix)
    source = images(spoilt)
    known = np.ones((50, 70), bool)
    known[:, 50:] = False
    object.__setattr__(source, "known", (known,))
    assert np.allclose(ColourTransform.fit(source).matrix, whole.matrix)


@given(st.integers(1, 20), st.integers(1, 20), st.sampled_from([1, 3]))
def test_invert_undoes_apply_at_any_size(height: int, width: int, channels: int) -> None:
    transform = ColourTransform.fit(images(photograph(channels=channels)))
    values = np.random.default_rng(0).random((2, channels, height, width)).astype(np.float32)
    kept = values.copy()
    assert np.allclose(transform.invert(transform.apply(values)), values, atol=1e-4)
    assert np.array_equal(values, kept)
    assert transform.invert(np.full((channels, height, width), 99, np.float32)).max() <= 1


def test_a_grey_picture_in_colour_does_not_raise_noise_to_colours() -> None:
    grey = np.repeat(photograph(channels=1), 3, axis=0)
    values = ColourTransform.fit(images(grey)).apply(units(grey))
    assert values[0].std() == pytest.approx(1, abs=1e-3)
    assert np.abs(values[1:]).max() < 0.01


@pytest.mark.parametrize("scaling", [Scaling.STANDARDISE, Scaling.DECORRELATE, Scaling.WHITEN])
def test_saved_arrays_say_which_kind_they_are(scaling: Scaling) -> None:
    transform = fit_transform(images(photograph(), scaling=scaling))
    assert transform is not None
    again = transform_from_arrays(transform.arrays())
    assert type(again) is type(transform)
    values = units(photograph())
    assert np.array_equal(again.apply(values), transform.apply(values))


def test_no_scaling_saves_nothing_and_old_arrays_are_still_read() -> None:
    assert fit_transform(images(photograph(), scaling=Scaling.NONE)) is None
    assert transform_from_arrays({}) is None
    old = {"mean": np.zeros((1, 28, 28), np.float32), "deviation": np.ones(1, np.float32)}
    assert isinstance(transform_from_arrays(old), Transform)


@pytest.mark.parametrize("scaling", [Scaling.DECORRELATE, Scaling.WHITEN])
def test_damaged_arrays_are_refused(scaling: Scaling) -> None:
    transform = fit_transform(images(photograph(), scaling=scaling))
    assert transform is not None
    arrays = transform.arrays()
    for name in arrays:
        for damage in (arrays[name] * np.float32(np.nan), arrays[name][:0], np.zeros((2, 2, 2, 2), np.float32)):
            with pytest.raises(DataError, match="saved scaling"):
                transform_from_arrays({**arrays, name: damage})
    with pytest.raises(DataError, match="saved scaling"):
        transform_from_arrays({**arrays, "inverse": -arrays["inverse"]})
    with pytest.raises(DataError, match="incomplete"):
        transform_from_arrays({"mean": arrays["mean"], "matrix": arrays["matrix"]})


def test_crops_standardise_by_channel_whatever_their_size() -> None:
    transform = fit_transform(images(photograph(), scaling=Scaling.STANDARDISE))
    assert isinstance(transform, Transform)
    values = transform.apply(units(photograph()))
    assert np.allclose(values.mean(axis=(1, 2)), 0, atol=1e-3)
    assert np.square(values).mean() == pytest.approx(1, abs=1e-2)


def test_no_pictures_at_all_are_mixed_without_complaint() -> None:
    transform = fit_transform(images(photograph()))
    assert transform is not None
    nothing = np.zeros((0, 3, 9, 8), np.float32)
    assert transform.apply(nothing).shape == nothing.shape
    assert transform.invert(nothing).shape == nothing.shape
