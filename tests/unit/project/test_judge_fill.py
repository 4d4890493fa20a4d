"""Half of a picture hidden and filled: what is said of a model that knows its pictures, and of one that does not."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from studio.data.imageset import ImageSet
from studio.data.spec import Colour, DatasetSpec, Preprocess
from studio.jobs.evaluation import Sheet, Tone
from studio.jobs.stepwise import finished
from studio.lab.filled import Closeness
from studio.models.rbm import Rbm
from studio.models.spec import RbmSpec
from studio.project import judge_fill
from studio.project.archive import read_project
from studio.project.judge_fill import FILLS, judged_fills
from studio.project.judge_texture import FILTERS
from studio.project.recipe import Recipe
from studio.project.trained import Trained, open_trained
from studio.project.verdicts import of_fills
from tests.unit.cli import small_projects
from tests.unit.project.test_evaluate import sections, values

SIDE = 8


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge_fill, "SWEEPS", 30)


def halves(held_out: bool = True) -> ImageSet:
    """Pictures that are light or dark all over, the last few of them held out."""
    light = np.arange(20) % 2
    pixels = np.broadcast_to((light * 255).astype(np.uint8)[:, None, None, None], (20, 1, SIDE, SIDE)).copy()
    names = tuple(f"picture {number}" for number in range(20))
    prepared = Preprocess(height=SIDE, width=SIDE, colour=Colour.GREY)
    kept = np.arange(14, 20) if held_out else np.arange(0)
    return ImageSet(DatasetSpec(("here",)), prepared, pixels, names, held_out=kept)


def knowing(images: ImageSet, weight: float) -> Trained:
    """An RBM whose one hidden unit says whether a picture is light; with no weight it knows nothing."""
    recipe = Recipe(data=images.spec, preprocess=images.preprocess, model=RbmSpec(hidden=1))
    model = Rbm(RbmSpec(hidden=1), recipe.preprocess.shape)
    model.weights.fill_(weight)
    model.visible_bias.fill_(-weight / 2)
    model.hidden_bias.fill_(-weight * SIDE * SIDE / 2)
    return Trained(model, None, recipe, "cpu")


def test_the_mean_it_stands_beside_is_that_of_the_pictures_whatever_the_model_keeps_of_it() -> None:
    images = halves()
    pixels = images.pixels.copy()
    pixels[:, :, : SIDE // 2] = 51  # every picture alike above
    images = dataclasses.replace(images, pixels=pixels)
    trained = knowing(images, 0.0)
    assert isinstance(trained.model, Rbm)
    trained.model.start_mean.fill_(0.9)
    truth = pixels[images.held_out] / 255
    mean = pixels[images.training()].mean(0) / 255
    errors = np.square(truth - mean)[..., : SIDE // 2].mean((1, 2, 3))
    expected = float(np.median(-10 * np.log10(errors)))
    assert values(finished(judged_fills(trained, images)))["fill.psnr_mean"] == pytest.approx(expected, abs=1e-3)


def test_a_model_that_knows_its_pictures_brings_the_hidden_half_back() -> None:
    images = halves()
    section = finished(judged_fills(knowing(images, 8.0), images))
    found = values(section)
    assert found["fill.psnr"] > 30
    assert found["fill.psnr"] > found["fill.psnr_mean"] + 20
    assert "from the truth" in section.verdict
    assert "held out" not in section.verdict
    assert isinstance(section.drawing, Sheet)
    assert section.drawing.pixels.shape == (3 * SIDE, 6 * SIDE, 1)
    shown, dreamt, truth = np.split(section.drawing.pixels, 3)
    assert np.allclose(dreamt, truth, atol=0.05)
    assert np.allclose(shown[:, : SIDE // 2], 0.5)
    assert np.array_equal(shown[:, SIDE // 2 : SIDE], truth[:, SIDE // 2 : SIDE])


def test_one_that_knows_nothing_is_called_so() -> None:
    images = halves(held_out=False)
    section = finished(judged_fills(knowing(images, 0.0), images))
    assert section.tone is Tone.BAD
    assert "no nearer than the mean picture" in section.verdict
    assert section.verdict.endswith("which makes it easier.")


def test_it_goes_step_by_step_so_that_the_dream_plays_on() -> None:
    images = halves()
    steps = list(judged_fills(knowing(images, 8.0), images))
    assert len(steps) == 6 * 30
    assert steps == sorted(steps)
    assert steps[-1][0] < steps[-1][1]


def test_the_words_follow_the_figures() -> None:
    near, middle, far = (Closeness(psnr, 0.5) for psnr in (20.0, 15.0, 10.0))
    assert of_fills(near, middle, far)[1] is Tone.GOOD
    words, tone = of_fills(middle, near, far)
    assert tone is Tone.PLAIN
    assert words.endswith("one upward pass is nearer.")
    assert of_fills(far, near, middle)[1] is Tone.BAD


def test_convolutional_models_of_whole_pictures_are_asked(tmp_path: Path) -> None:
    trained = open_trained(read_project(small_projects.conv_project(tmp_path / "edges.harmonium")), "cpu")
    recipe = dataclasses.replace(trained.recipe, data=DatasetSpec(("here",)))
    grey = np.random.default_rng(0).integers(0, 256, (9, 1, 18, 20), np.uint8)
    names = tuple(f"picture {number}" for number in range(9))
    images = ImageSet(recipe.data, recipe.preprocess, grey, names, held_out=np.arange(7, 9))
    found = sections(dataclasses.replace(trained, recipe=recipe), images)
    assert list(found) == [FILTERS, FILLS]
    assert values(found[FILLS])["fill.psnr_one_pass"] > 0
    assert sections(trained, None)[FILLS].verdict.startswith("Left out.")
    cut = dataclasses.replace(recipe, preprocess=dataclasses.replace(recipe.preprocess, crops=True))
    assert list(sections(dataclasses.replace(trained, recipe=cut), None)) == [FILTERS]
