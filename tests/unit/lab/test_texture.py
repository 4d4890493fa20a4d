"""TSS on textures whose likeness is known beforehand."""

from __future__ import annotations

import numpy as np
import pytest

from studio.errors import DataError
from studio.jobs.stepwise import finished
from studio.lab.exemplar import exemplar, halved
from studio.lab.texture import ceiling, comparing, contrast, floor, periodic_part, phase_randomised, tss
from tests.unit.lab.textures import noise, pebbles, weave


def test_halves_are_in_standard_units() -> None:
    picture = np.concatenate([0.5 * noise(60, 50, 1, 3), 0.2 + 0.3 * noise(60, 50, 2, 3)])
    texture = halved(picture)
    np.testing.assert_array_equal(texture.learning, picture[:60])
    np.testing.assert_array_equal(texture.judging, picture[60:])
    for part in (texture.learned, texture.judge):
        np.testing.assert_allclose(part.mean(axis=(0, 1)), 0, atol=1e-4)
        np.testing.assert_allclose(part.std(axis=(0, 1)), 1, atol=1e-3)
    np.testing.assert_allclose(np.cov(texture.learned.reshape(-1, 3).T), np.eye(3), atol=1e-3)
    np.testing.assert_allclose(texture.scale.spread(texture.scale.apply(picture)), picture, atol=1e-5)


def test_grey_in_three_channels_is_one_channel_and_brighter_is_more() -> None:
    grey = noise(60, 40)
    texture = halved(np.repeat(grey, 3, axis=2))
    assert texture.learned[..., 1:].std() < 0.01
    assert np.corrcoef(texture.learned[..., 0].ravel(), grey[:30].ravel())[0, 1] > 0.999


def test_one_colour_is_a_sentence() -> None:
    flat = np.full((40, 40, 3), 0.3, np.float32)
    for halves in ((flat, noise(40, 40, 1, 3)), (noise(40, 40, 1, 3), flat)):
        with pytest.raises(DataError, match="of one colour"):
            exemplar(*halves)


def test_the_same_material_reaches_the_ceiling_and_other_material_the_floor() -> None:
    texture = halved(weave(160, 120))
    best, worst = ceiling(texture, patches=200), floor(texture, patches=200)
    ours = tss(weave(200, 90)[None, 13:, 5:], texture, patches=200)
    other = tss(noise(80, 80)[None], texture, patches=200)
    assert best.mean > 0.95
    assert ours.mean == pytest.approx(best.mean, abs=0.01)
    assert other.mean < worst.mean < best.mean - 0.1
    assert best.count == 200
    assert 0 < worst.deviation < 0.2


def test_the_scale_of_the_learning_half_is_used() -> None:
    texture = halved(weave(160, 120))
    assert tss(1 - weave(80, 80)[None] * 0, texture, patches=50).mean < 0.9
    darker = exemplar(weave(80, 120) * 0.5, weave(80, 120))
    assert tss(weave(80, 120)[None] * 0.5, darker, patches=50).mean == pytest.approx(1, abs=1e-4)


def test_contrast_tells_what_similarity_does_not_see() -> None:
    texture = halved(weave(160, 120))
    learned, middle = texture.learning[None], texture.learning.mean()
    faint = middle + 0.4 * (learned - middle)
    assert tss(faint, texture, patches=50).mean == pytest.approx(tss(learned, texture, patches=50).mean, abs=1e-3)
    assert contrast(learned, texture) == pytest.approx(1, abs=1e-3)
    assert contrast(faint, texture) == pytest.approx(0.4, abs=1e-3)
    two = np.concatenate([faint, faint + 0.2])
    assert contrast(two, texture) == pytest.approx(0.4, abs=1e-3), "how bright they are is another matter"


def test_random_phases_keep_the_spectrum_and_nothing_else() -> None:
    picture = np.concatenate([weave(48, 64), pebbles(48, 64)], axis=2)
    made = phase_randomised(picture, np.random.default_rng(0))
    wanted = np.abs(np.fft.fft2(periodic_part(picture.astype(np.float64)), axes=(0, 1)))
    np.testing.assert_allclose(np.abs(np.fft.fft2(made, axes=(0, 1))), wanted, atol=1e-3)
    np.testing.assert_allclose(made.mean(axis=(0, 1)), picture.mean(axis=(0, 1)), atol=1e-5)
    assert abs(np.corrcoef(made[..., 1].ravel(), picture[..., 1].ravel())[0, 1]) < 0.5


def test_the_periodic_part_of_a_ramp_has_no_jump_and_of_a_torus_is_the_torus() -> None:
    ramp = np.broadcast_to(np.linspace(0, 1, 64)[:, None, None], (64, 48, 1))
    flat = periodic_part(ramp)
    assert np.abs(flat[0] - flat[-1]).max() < 0.05
    torus = np.sin(2 * np.pi * np.arange(64) / 16)[:, None, None] * np.ones((64, 48, 1))
    assert np.abs(periodic_part(torus) - torus).max() < 0.02 + 0.5 * np.abs(torus[0] - torus[-1]).max()


def test_comparing_step_by_step_is_similarity_ceiling_and_floor() -> None:
    picture = weave(80, 60)
    texture, told = halved(picture), list[float]()
    found = finished(comparing(picture[None], texture), lambda done, total: told.append(done / total))
    assert (found.ours, found.ceiling, found.floor) == (tss(picture[None], texture), ceiling(texture), floor(texture))
    assert told == sorted(told)
    assert told[-1] == 1


def test_a_part_that_judges_and_is_too_small_says_so() -> None:
    texture = exemplar(noise(40, 40, 1, 1), noise(12, 40, 2, 1))
    with pytest.raises(DataError, match="too few"):
        tss(noise(40, 40, 3, 1)[None], texture)
