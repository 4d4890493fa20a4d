"""How pictures are damaged while a model learns to mend them."""

from __future__ import annotations

import pytest
import torch

from studio.models.code_spec import Corruption
from studio.models.noise import Noise
from studio.training.corruption import blocks, corrupted, zoomed


def test_masking_puts_a_share_of_the_pixels_out() -> None:
    pictures = torch.full((50, 3, 20, 20), 0.7)
    shown, known = corrupted(pictures, Corruption.MASKING, 0.25, Noise(0))
    assert known is None
    assert bool(((shown == 0) | (shown == 0.7)).all())
    assert float((shown == 0).float().mean()) == pytest.approx(0.25, abs=0.01)
    assert torch.equal(shown[:, 0], shown[:, 2])


def test_salt_and_pepper_are_equally_many() -> None:
    shown, _ = corrupted(torch.full((50, 1, 20, 20), 0.5), Corruption.SALT_PEPPER, 0.4, Noise(0))
    for value in (0, 1):
        assert float((shown == value).float().mean()) == pytest.approx(0.2, abs=0.01)


def test_gaussian_noise_has_the_deviation_asked_for() -> None:
    shown, _ = corrupted(torch.zeros(50, 1, 20, 20), Corruption.GAUSSIAN, 0.3, Noise(0))
    assert float(shown.std()) == pytest.approx(0.3, abs=0.01)


def test_blocks_cover_halves_and_rectangles() -> None:
    masks = blocks(400, 16, 16, 1.0, Noise(0))
    assert masks.shape == (400, 1, 16, 16)
    shares = 1 - masks.mean((1, 2, 3))
    assert bool((shares > 0).all())
    assert 0.4 < float((shares == 0.5).float().mean()) < 0.65
    left = torch.ones(16, 16)
    left[:, :8] = 0
    for side in range(4):
        assert any(torch.equal(mask[0], torch.rot90(left, side)) for mask in masks)
    assert float((blocks(400, 16, 16, 0.5, Noise(1)).mean((1, 2, 3)) < 1).float().mean()) == pytest.approx(0.5, abs=0.1)


def test_no_corruption_is_the_picture_itself() -> None:
    pictures = torch.rand(2, 1, 4, 4, generator=torch.Generator().manual_seed(0))
    for kind, level in ((Corruption.NONE, 0.5), (Corruption.BLOCKS, 0.0)):
        shown, known = corrupted(pictures, kind, level, Noise(0))
        assert shown is pictures
        assert known is None


def test_zoomed_parts_lie_within_the_picture_and_keep_its_slope() -> None:
    ramp = torch.linspace(0, 1, 32).expand(20, 1, 32, 32)
    parts = zoomed(ramp, 0.5, Noise(0))
    assert parts.shape == ramp.shape
    slopes = parts[:, 0, 16].diff()[:, 10:20].mean(1) * 31
    assert bool((slopes > 0.49).all())
    assert bool((slopes < 1.01).all())
    assert float(slopes.max() - slopes.min()) > 0.2
    assert zoomed(ramp, 0.0, Noise(0)) is ramp
