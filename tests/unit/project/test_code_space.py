"""The space of codes: its principal directions, points in it and the pictures they decode to."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from studio.data.imageset import ImageSet, Verdict
from studio.data.spec import Colour, DatasetSpec, Preprocess
from studio.dream.walk import Walk
from studio.jobs.code_frames import CodePoint, CodeWish
from studio.models.code_spec import CodeSpec
from studio.models.kinds import Visible
from studio.models.latent_rbm import LatentRbm
from studio.models.noise import Noise
from studio.project.code_space import CodeSpace, small, space_of
from studio.project.codes import decoded
from studio.project.recipe import Recipe
from studio.project.trained import Trained

SEEN = Preprocess(height=12, width=14, colour=Colour.RGB)
SPEC = CodeSpec(widths=(6, 8), code=8, hidden=0)


def images(count: int = 20) -> ImageSet:
    pixels = np.random.default_rng(0).integers(0, 255, (count, 3, 12, 14)).astype(np.uint8)
    names = tuple(f"{number}.png" for number in range(count))
    verdicts = tuple(Verdict(name, True) for name in names)
    return ImageSet(spec=DatasetSpec(("pictures",)), preprocess=SEEN, pixels=pixels, names=names, verdicts=verdicts)


def trained(spec: CodeSpec = SPEC) -> Trained:
    model = LatentRbm(spec, SEEN.shape)
    model.initialise(Noise(0))
    return Trained(model, None, Recipe(preprocess=SEEN, model=spec), "cpu")


@pytest.fixture
def space() -> CodeSpace:
    return space_of(trained(), images())[0]


def test_the_map_is_of_deviations_along_the_strongest_directions() -> None:
    space, found = space_of(trained(), images())
    assert found.points.shape == (20, 6)
    assert found.pictures.shape == (20, 12, 14, 3)
    assert np.allclose(found.points.mean(0), 0, atol=1e-4)
    assert np.allclose(found.points.std(0), 1, atol=1e-3)
    assert torch.allclose(space.directions @ space.directions.t(), torch.eye(6), atol=1e-5)
    spread = (space.codes - space.mean).var(0, correction=0).sum()
    assert space.deviations.tolist() == sorted(space.deviations.tolist(), reverse=True)
    assert float((space.deviations**2).sum()) <= float(spread) * 1.0001
    again = space_of(trained(), images())[1]
    assert np.array_equal(again.points, found.points)


def test_a_point_is_turned_back_into_the_code_that_lies_there(space: CodeSpace) -> None:
    code = space.code(CodePoint((1.5, -2.0, 0.5)))
    steps = (code - space.mean) @ space.directions.t() / space.deviations
    assert steps.tolist() == pytest.approx([1.5, -2, 0.5, 0, 0, 0], abs=1e-4)
    assert torch.equal(space.code(CodePoint()), space.mean)


def test_a_picture_of_the_map_is_there_whole(space: CodeSpace) -> None:
    own = tuple(space.steps()[7].tolist())
    assert torch.allclose(space.code(CodePoint(own, 7)), space.codes[7], atol=1e-4)
    assert not torch.allclose(space.code(CodePoint(own)), space.codes[7], atol=1e-4)
    shown = space.show(CodeWish((CodePoint(own, 7),)))
    assert np.allclose(shown.pixels, decoded(space.trained, space.codes[7:8])[0], atol=1e-4)
    assert not shown.pixels.flags.writeable
    assert torch.equal(space.code(CodePoint(own, 99)), space.code(CodePoint(own)))  # left over from a larger map


@pytest.mark.parametrize("beta", [0.0, 0.1])
def test_a_walk_goes_from_one_point_to_another(beta: float) -> None:
    space = space_of(trained(dataclasses.replace(SPEC, beta=beta)), images())[0]
    ends = CodePoint((1.0, 2.0)), CodePoint((-1.0, 0.0), 3)
    pictures = space.walk(ends, Walk(5))
    assert pictures.shape == (5, 12, 14, 3)
    for place, share in ((0, 0.0), (2, 0.5), (4, 1.0)):
        shown = space.show(CodeWish(ends, share)).pixels
        assert np.allclose(pictures[place], shown, atol=1e-5)
    assert np.allclose(pictures[0], space.show(CodeWish(ends[:1])).pixels, atol=1e-5)


def test_a_loop_leads_back_and_a_mixture_weighs(space: CodeSpace) -> None:
    points = CodePoint((1.0, 2.0)), CodePoint((-1.0, 0.0), 3), CodePoint((0.0, 1.0))
    first, last = (space.show(CodeWish((point,))).pixels for point in (points[0], points[2]))
    assert np.allclose(space.show(CodeWish(points, 1.0, loop=True)).pixels, first, atol=1e-5)
    assert np.allclose(space.show(CodeWish(points, 1.0)).pixels, last, atol=1e-5)
    assert np.allclose(space.show(CodeWish(points, 2 / 3, loop=True)).pixels, last, atol=1e-5)
    mixed = (3 * space.code(points[0]) + space.code(points[2])) / 4
    shown = space.show(CodeWish(points, weights=(3.0, 0.0, 1.0))).pixels
    assert np.allclose(shown, decoded(space.trained, mixed[None])[0], atol=1e-5)


def test_near_binary_codes_stay_within_their_bounds() -> None:
    space = space_of(trained(dataclasses.replace(SPEC, codes=Visible.BERNOULLI)), images())[0]
    code = space.code(CodePoint((50.0, -50.0)))
    assert float(code.min()) >= 0
    assert float(code.max()) <= 1


OTHERS = dataclasses.replace(images(), pixels=np.zeros((20, 1, 8, 8), np.uint8))


@pytest.mark.parametrize("at_hand", [None, images(2), OTHERS])
def test_without_pictures_of_the_model_the_map_is_empty_and_the_mean_is_shown(at_hand: ImageSet | None) -> None:
    space, found = space_of(trained(), at_hand)
    assert len(found.points) == len(found.pictures) == 0
    assert space.show(CodeWish((CodePoint((1.0, 2.0)),))).pixels.shape == (12, 14, 3)


def test_few_pictures_have_fewer_directions() -> None:
    assert space_of(trained(), images(4))[1].points.shape == (4, 3)


def test_thumbnails_are_means_of_blocks() -> None:
    pixels = np.zeros((1, 1, 64, 96), np.uint8)
    pixels[..., ::3] = 90
    made = small(pixels)
    assert made.shape == (1, 21, 32, 1)
    assert np.unique(made).tolist() == [30]
