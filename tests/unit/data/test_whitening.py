"""Whitening: a flat spectrum, even contrast, and a way back that looks like the picture."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from studio.data.blur import blurred
from studio.data.imageset import ImageSet
from studio.data.spec import Colour, DatasetSpec, Preprocess, Scaling
from studio.data.spectrum import filtered, response, unfiltered
from studio.data.whitening import Whitening

Values = NDArray[np.float32]
SHAPE = np.array([0.4, 4, 8, 0.01], np.float32)


def natural(channels: int = 1, side: int = 160, seed: int = 0) -> NDArray[np.uint8]:
    """A picture with the 1/f spectrum of photographs, its channels mixed like theirs."""
    rho = np.maximum(np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None]), 1 / side)
    noise = np.fft.rfft2(np.random.default_rng(seed).normal(size=(channels, side, side)))
    planes = np.fft.irfft2(noise / rho, (side, side))
    planes *= 30 / planes.std()
    if channels == 3:
        planes = np.einsum("ck,khw->chw", [[1, 0.3, 0.1], [1, 0, -0.2], [0.9, -0.4, 0.1]], planes)
    return np.asarray((planes + 120).clip(0, 255), np.uint8)


def units(picture: NDArray[np.uint8]) -> Values:
    return np.divide(picture, 255, dtype=np.float32)


def images(*pictures: NDArray[np.uint8]) -> ImageSet:
    colour = Colour.RGB if len(pictures[0]) == 3 else Colour.GREY
    preprocess = Preprocess(height=40, width=40, colour=colour, crops=True, scaling=Scaling.WHITEN)
    known = tuple(np.ones(picture.shape[1:], bool) for picture in pictures)
    pixels = np.stack([picture[:, :40, :40] for picture in pictures])
    names, bands = ("",) * len(pictures), (0,) * len(pictures)
    return ImageSet(DatasetSpec(), preprocess, pixels, names, exemplars=pictures, known=known, bands=bands)


def likeness(first: Values, second: Values) -> float:
    return float(np.corrcoef(first.ravel(), second.ravel())[0, 1])


@pytest.mark.parametrize("channels", [1, 3])
def test_the_way_back_restores_shape_mean_and_contrast(channels: int) -> None:
    source = natural(channels)
    whitening = Whitening.fit(images(source))
    picture = units(source)
    kept = picture.copy()
    values = whitening.apply(picture)
    again = whitening.invert(values)
    assert np.array_equal(picture, kept)
    assert values.dtype == again.dtype == np.float32
    assert np.allclose(values.std(axis=(1, 2)), 0.32, atol=0.02)
    assert likeness(blurred(again, 2), blurred(picture, 2)) > 0.9
    assert likeness(again, picture) > 0.9
    assert np.allclose(again.mean(axis=(1, 2)), picture.mean(axis=(1, 2)), atol=0.02)
    assert np.allclose(again.std(axis=(1, 2)), picture.std(axis=(1, 2)), rtol=0.15)


def test_the_spectrum_of_photographs_comes_out_flat() -> None:
    values = Whitening.fit(images(natural())).apply(units(natural()))[0]
    power = np.square(np.abs(np.fft.rfft2(values)))
    rho = np.hypot(np.fft.fftfreq(160)[:, None], np.fft.rfftfreq(160)[None])
    low, high = (power[(rho > at) & (rho < at + 0.05)].mean() for at in (0.05, 0.2))
    assert 0.7 < low / high < 1.5


def test_contrast_is_evened_out() -> None:
    source = natural().astype(np.float32)
    source[:, :, :80] = 120 + (source[:, :, :80] - 120) * 0.5
    picture = source / np.float32(255)
    values = Whitening.fit(images(source.astype(np.uint8))).apply(picture)
    before = picture[0, :, 100:].std() / picture[0, :, :60].std()
    after = values[0, :, 100:].std() / values[0, :, :60].std()
    assert after < 1 + 0.7 * (before - 1)


def test_a_part_is_whitened_like_the_whole_away_from_its_border() -> None:
    source = units(natural())
    whitening = Whitening.fit(images(natural()))
    whole, part = whitening.apply(source.copy()), whitening.apply(source[:, 20:140, 30:150].copy())
    inner = whole[0, 60:100, 70:110] - part[0, 40:80, 40:80]
    assert np.abs(inner).max() < 0.05 * whole.std()


def test_the_way_back_is_seamless_and_moves_with_the_picture() -> None:
    whitening = Whitening.fit(images(natural()))
    dream = np.random.default_rng(1).normal(0, 0.1, (2, 1, 33, 50)).astype(np.float32)
    rolled = whitening.invert(np.roll(dream, (7, 11), (2, 3)))
    assert np.allclose(np.roll(whitening.invert(dream), (7, 11), (2, 3)), rolled, atol=1e-5)


def test_where_sides_do_not_meet_nothing_comes_over_from_the_other_one() -> None:
    whitening = Whitening.fit(images(natural()))
    dream = np.random.default_rng(1).normal(0, 0.1, (1, 48, 700)).astype(np.float32)
    other = dream.copy()
    other[..., -4:] += 2
    for wrap, comes_over in (((True, True), True), ((True, False), False), ((False, False), False)):
        apart = np.abs(whitening.invert(dream, wrap) - whitening.invert(other, wrap))
        near, far = apart[..., :8].mean(), apart[..., -8:].mean()
        assert (near > 0.3 * far) == comes_over, (wrap, near, far)


def test_whole_pictures_come_back_nearer_where_their_sides_do_not_meet() -> None:
    faces = [natural(side=48, seed=seed)[:, :, :40] for seed in range(6)]
    whitening = Whitening.fit(images(*faces))
    values = [whitening.apply(units(face)) for face in faces]
    errors = [
        sum(
            np.square(whitening.invert(one, wrap) - units(face)).mean() for one, face in zip(values, faces, strict=True)
        )
        for wrap in ((True, True), (False, False))
    ]
    assert errors[1] < 0.9 * errors[0]


def test_the_filter_peaks_where_olshausens_does_and_is_undone_below_it() -> None:
    gains = response(1, 1000, SHAPE)[0]
    assert np.argmax(gains) / 1000 == pytest.approx(0.4 / 4**0.25, abs=2e-3)
    wave = np.tile(np.sin(2 * np.pi * np.arange(96) / 12), (96, 1)).astype(np.float32)
    strength = response(96, 96, SHAPE)[0, 8]
    assert np.allclose(unfiltered(wave * strength, SHAPE), wave, atol=0.03)
    assert np.allclose(filtered(wave, SHAPE)[:, 36:60], wave[:, 36:60] * strength, atol=0.02)


@pytest.mark.parametrize("deviation", [0.8, 3.0, 60.0])
def test_a_blur_keeps_the_mean_and_spreads_a_point_as_a_gaussian(deviation: float) -> None:
    point = np.zeros((1, 41, 61), np.float32)
    point[0, 20, 30] = 1
    seen = blurred(point, deviation)
    assert float(seen.sum()) == pytest.approx(1, abs=1e-3)
    if deviation == 3.0:
        squares = (np.arange(61) - 30) ** 2 + (np.arange(41)[:, None] - 20) ** 2
        expected = np.exp(-squares / (2 * deviation**2)) / (2 * np.pi * deviation**2)
        assert np.allclose(seen[0], expected, atol=1e-4)
    assert np.allclose(blurred(np.full((30, 20), 0.7, np.float32), deviation), 0.7, atol=1e-5)


def test_pictures_of_no_exemplar_are_whitened_too() -> None:
    pixels = np.stack([natural(side=40, seed=seed) for seed in range(6)])
    preprocess = Preprocess(height=40, width=40, scaling=Scaling.WHITEN)
    whitening = Whitening.fit(ImageSet(DatasetSpec(), preprocess, pixels, ("",) * 6))
    assert whitening.apply(units(pixels)).std() == pytest.approx(0.32, abs=0.02)


def test_a_colour_that_is_only_rounding_stays_nothing_and_comes_back_as_the_mean() -> None:
    grey = np.repeat(natural(), 3, axis=0)
    whitening = Whitening.fit(images(grey))
    values = whitening.apply(units(grey))
    assert values[0].std() == pytest.approx(0.32, abs=0.02)
    assert np.all(values[1:] == 0)
    dream = np.random.default_rng(1).normal(0, 0.3, (3, 64, 64)).astype(np.float32)
    shown = whitening.invert(dream)
    assert np.abs(shown - shown[:1]).max() < 1e-3, "what was grey is dreamt grey"
    again = Whitening.from_arrays(whitening.arrays())
    assert np.array_equal(again.apply(units(grey)), values)


def test_a_channel_of_one_colour_in_each_picture_is_not_blown_up() -> None:
    first, second = natural(3, seed=1), natural(3, seed=2)
    first[2], second[2] = 40, 200
    pictures = [units(first), units(second)]
    whitening = Whitening.fit(images(first, second))
    one = [whitening.apply(picture) for picture in pictures]
    assert max(float(np.abs(values).max()) for values in one) < 20
    strange = units(natural(3, seed=3))
    assert float(whitening.apply(strange).std()) < 1, "another picture may vary where those learned did not"


def test_faint_colours_above_a_grey_level_are_whitened_as_before() -> None:
    faint = np.asarray(120 + (natural(3).astype(np.float32) - 120) * 0.2, np.uint8)
    values = Whitening.fit(images(faint)).apply(units(faint))
    assert np.allclose(values.std(axis=(1, 2)), 0.32, atol=0.02)
