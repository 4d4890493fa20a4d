"""Pictures placed and lit otherwise: as far as asked, never further, and not at all where nothing is asked."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from torch import Tensor

from studio.models.autoencoder import Autoencoder
from studio.models.code_spec import CodeSpec, Corruption, Loss
from studio.models.noise import Noise
from studio.training.code_rule import Denoising, counted
from studio.training.corruption import zoomed
from studio.training.variation import anew, varied

SIDE = 33
SPEC = CodeSpec(widths=(4, 5), code=6, hidden=0, code_noise=0, corruption=Corruption.BLOCKS, level=1.0)


def spot() -> Tensor:
    """A soft spot in the middle of a grey picture."""
    line = torch.linspace(-1, 1, SIDE)
    return (0.3 + 0.4 * torch.exp(-((line[:, None] ** 2 + line[None] ** 2) / 0.05))).expand(200, 2, SIDE, SIDE)


def away(pictures: Tensor) -> Tensor:
    """How far the brightest pixel is from the middle, down and across: (n, 2), in halves of a side."""
    brightest = pictures[:, 0].flatten(1).argmax(1)
    return torch.stack([brightest // SIDE, brightest % SIDE], 1) / (SIDE // 2) - 1


def test_nothing_asked_is_nothing_done() -> None:
    pictures = spot()
    assert varied(pictures, 0.0, Noise(0)) is pictures
    spec = dataclasses.replace(SPEC, zoom=0.2)
    assert torch.equal(anew(pictures, spec, Noise(1)), zoomed(pictures, 0.2, Noise(1)))


def test_pictures_move_no_further_than_asked_and_all_differently() -> None:
    shifts = away(varied(spot(), 0.5, Noise(0)))
    pixel = 2 / SIDE
    assert pixel <= float(shifts.abs().amax()) <= 0.06 / 0.9 + pixel
    assert all(float(side) < 0 < float(other) for side, other in zip(shifts.amin(0), shifts.amax(0), strict=True))
    made = varied(spot(), 0.5, Noise(0))
    assert made.shape == spot().shape
    assert len({float(one) for one in made.std((1, 2, 3))}) == 200


def test_light_changes_a_grey_picture_from_side_to_side_alone() -> None:
    made = varied(torch.full((300, 1, SIDE, SIDE), 0.5), 1.0, Noise(0))
    assert float(made.min()) >= 0
    assert float(made.max()) <= 1
    assert float(made.diff(dim=2).abs().max()) < 1e-6
    middle, border = made[:, 0, 0, SIDE // 2], made[:, 0, 0, -1]
    assert float(middle.max()) == pytest.approx(0.7, abs=0.01)
    assert float(middle.min()) == pytest.approx(0.3, abs=0.01)
    assert float((border - middle).abs().max()) == pytest.approx(0.2, abs=0.01)


def test_the_same_noise_varies_alike() -> None:
    assert torch.equal(varied(spot(), 0.5, Noise(3)), varied(spot(), 0.5, Noise(3)))


@pytest.mark.parametrize("loss", list(Loss))
def test_what_is_known_counts_as_little_as_asked(loss: Loss) -> None:
    spec = dataclasses.replace(SPEC, known_weight=0.25, loss=loss)
    model = Autoencoder(spec, (1, 8, 8))
    model.initialise(Noise(0))
    pictures, codes = Noise(1).uniform((3, 1, 8, 8)), Noise(2).normal((3, 6))
    known = torch.zeros(3, 1, 8, 8)
    known[..., 4:] = 1
    weights = counted(known, spec)
    assert weights is not None
    made = model.decode(codes)
    each = (made - pictures) ** 2
    if loss is Loss.CROSS_ENTROPY:
        each = -pictures * torch.log(made) - (1 - pictures) * torch.log(1 - made)
    wanted = (each[..., :4].mean() + 0.25 * each[..., 4:].mean()) / 1.25
    assert float(model.error(codes, pictures, weights)) == pytest.approx(float(wanted), rel=1e-4)
    assert counted(known, SPEC) is counted(None, spec) is None
    rule = Denoising(model, Noise(4))
    assert float(rule.loss(pictures)) > 0


@pytest.mark.parametrize("loss", list(Loss))
def test_a_batch_of_which_nothing_is_covered_teaches_nothing_where_the_known_does_not_count(loss: Loss) -> None:
    spec = dataclasses.replace(SPEC, known_weight=0.0, loss=loss)
    model = Autoencoder(spec, (1, 8, 8))
    model.initialise(Noise(0))
    weights = counted(torch.ones(3, 1, 8, 8), spec)
    assert float(model.error(Noise(2).normal((3, 6)), Noise(1).uniform((3, 1, 8, 8)), weights)) == 0
