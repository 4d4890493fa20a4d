"""The live judge: never changes what is learned, judges dreams from noise, says once when it looks done."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from studio.data.imageset import ImageSet
from studio.data.load import load
from studio.data.spec import DatasetSpec, Preprocess, Scaling
from studio.jobs.control import RunControl
from studio.jobs.feed import Feed, Point
from studio.lab.matching import SIDE
from studio.lab.similarity import Similarity
from studio.lab.texture import tss
from studio.models.spec import TiledSpec
from studio.project.job import keep, prepare
from studio.project.looks_done import LEAST_SECONDS, LOOKS_DONE
from studio.project.prepared import Prepared
from studio.project.recipe import Recipe
from studio.project.texture_judge import (
    ANEW,
    FIRST,
    RIPE,
    SWEEPS,
    SWEEPS_A_LOOK,
    TextureJudge,
    amid,
    judge_of,
    judged_by,
)
from studio.training.plan import Plan
from studio.training.run import run
from studio.training.settings import Optimiser, TrainSettings
from tests.unit.training.small import Clock

TRAINING = TrainSettings(batch=4, chains=3, learning_rate=0.005, steps=40, optimiser=Optimiser.ADAM)
PREPROCESS = Preprocess(height=19, width=19, crops=True, held_out=0.0, scaling=Scaling.DECORRELATE)


@pytest.fixture(autouse=True)
def torch_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    rng = np.random.default_rng(0)
    waves = np.sin(np.arange(90) * 2 * np.pi / 6)[:, None] * np.ones(70)
    path = tmp_path / "waves.png"
    Image.fromarray((128 + 60 * waves + rng.normal(0, 8, waves.shape)).clip(0, 255).astype(np.uint8)).save(path)
    return Recipe(DatasetSpec((str(path),)), PREPROCESS, TiledSpec(tile=5, filters=4), TRAINING)


def prepared(recipe: Recipe) -> Prepared:
    return prepare(recipe, load(recipe.data, recipe.preprocess), "cpu")


def held_out(recipe: Recipe, share: float) -> ImageSet:
    return load(recipe.data, dataclasses.replace(recipe.preprocess, held_out=share))


class Told(Similarity):
    """Says what it is told to, in place of a measurement."""

    def __init__(self, values: list[float]) -> None:
        self.values = values
        self.shapes: list[tuple[int, ...]] = []

    def of(self, samples: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> float:
        self.shapes.append(samples.shape)
        return self.values.pop(0)


def looks(judge: TextureJudge, count: int, seconds: float = 60.0) -> list[list[Point]]:
    """Return the points of so many looks, whatever turns they take."""
    found: list[list[Point]] = []
    while len(found) < count:
        points = judge.turn(7, seconds)
        if points:
            found.append(points)
    return found


def test_looking_never_changes_what_is_learned(recipe: Recipe) -> None:
    weights = []
    for judged in (True, False):
        made = prepared(recipe)
        (stage,) = made.plan.stages
        assert stage.judge is not None
        if not judged:
            made = dataclasses.replace(made, plan=Plan((dataclasses.replace(stage, judge=None),), "cpu", 1))
        feed = Feed()
        result = run(made.plan, RunControl(), feed, None, Clock(1.0))
        assert any(name == "texture_similarity" for name, _, _ in feed.drain()) is judged
        weights.append(keep(made.trained, made, result.settings))
    with_judge, without = weights
    for name, array in with_judge.weights.items():
        assert array.tobytes() == without.weights[name].tobytes()
    for name, state in with_judge.state.items():
        assert state.tobytes() == without.state[name].tobytes()


def test_the_figure_is_that_of_the_lab(recipe: Recipe) -> None:
    made = prepared(recipe)
    texture = judged_by(made.images)
    assert texture is not None
    judge = judge_of(made.trained, made.images)
    assert judge is not None
    ((name, step, value),) = looks(judge, 1)[0]
    assert (name, step) == ("texture_similarity", 7)
    dream = made.trained.to_pictures(judge._judged.mean())
    assert dream.shape == (1, 130, 130, 1)  # the multiple of the tile next to what was asked for
    assert value * Similarity(texture).ceiling == pytest.approx(tss(dream, texture, patches=100).mean, abs=1e-4)


def test_a_dream_is_judged_once_it_is_ripe_and_gives_way_before_it_is_old(recipe: Recipe) -> None:
    made = prepared(recipe)
    judge = TextureJudge(made.trained, Told([0.5] * 60))
    ages, dreams = [], []
    for _ in range(250):
        judged, younger = judge._judged, judge._younger
        before = judged.sweeps, younger.sweeps
        if judge.turn(0, 0.0):
            ages.append(before[0])
            dreams.append(judged)
        else:
            assert 0 < judged.sweeps + younger.sweeps - sum(before) <= SWEEPS
    later = list(range(RIPE + SWEEPS_A_LOOK, ANEW + 1, SWEEPS_A_LOOK))
    first = list(range(FIRST, ANEW + 1, SWEEPS_A_LOOK))
    assert ages[: len(first) + 2 * len(later)] == [*first, *later, *later]
    turns = [dreams[0], dreams[len(first)], dreams[len(first) + len(later)]]
    assert turns[0] is turns[2] is not turns[1]


def test_it_looks_done_once_after_two_looks_in_a_row_and_some_seconds(recipe: Recipe) -> None:
    made = prepared(recipe)
    judge = TextureJudge(made.trained, Told([LOOKS_DONE, 0.9, LOOKS_DONE, LOOKS_DONE + 0.01, 1.0, 0.9, 1.0, 1.0]))
    done = [[point for point in points if point[0] == "looks_done"] for points in looks(judge, 8, 41.5)]
    assert done == [[], [], [], [("looks_done", 7, 41.5)], [], [], [], []]


def test_it_never_looks_done_in_the_first_seconds(recipe: Recipe) -> None:
    made = prepared(recipe)
    judge = TextureJudge(made.trained, Told([1.0] * 5))
    assert all(len(points) == 1 for points in looks(judge, 4, LEAST_SECONDS - 0.1))
    assert looks(judge, 1, LEAST_SECONDS)[0][1][0] == "looks_done"


def test_the_unseen_part_judges_or_else_the_other_half(recipe: Recipe) -> None:
    kept = held_out(recipe, 0.4)
    texture = judged_by(kept)
    assert texture is not None
    assert np.array_equal(np.rint(texture.judging[..., 0] * 255), kept.unseen(0)[0][0])
    assert np.array_equal(np.rint(texture.learning[..., 0] * 255), kept.learned(0)[0][0])
    whole = held_out(recipe, 0.0)
    texture = judged_by(whole)
    assert texture is not None
    both = np.concatenate([texture.learning, texture.judging])[..., 0]
    assert np.array_equal(np.rint(both * 255), whole.exemplars[0][0])


def test_pictures_that_cannot_judge_have_no_judge(recipe: Recipe) -> None:
    images = held_out(recipe, 0.0)
    small = dataclasses.replace(
        images, exemplars=(images.exemplars[0][:, : 2 * SIDE - 1, : 2 * SIDE - 1],), known=(KNOWN,)
    )
    clear = dataclasses.replace(images, known=(np.zeros_like(images.known[0]),))
    flat = images.exemplars[0].copy()
    flat[:, 45:] = 90
    for unfit in (small, clear, dataclasses.replace(images, exemplars=(flat,))):
        assert judged_by(unfit) is None
    two = dataclasses.replace(
        images, exemplars=(flat, images.exemplars[0][:, :60]), known=(images.known[0], KNOWN_WIDE), bands=(0, 0)
    )
    assert judged_by(two) is not None
    assert judged_by(two, materials=2) is None  # what is dreamt then is of the first


KNOWN = np.ones((2 * SIDE - 1, 2 * SIDE - 1), np.bool_)
KNOWN_WIDE = np.ones((60, 70), np.bool_)


@pytest.mark.parametrize(
    ("shape", "wanted"),
    [((1, 300, 500), (200, 200)), ((1, 87, 640), (87, 459)), ((3, 640, 87), (459, 87)), ((1, 50, 60), (50, 60))],
)
def test_the_middle_of_a_large_part_is_enough(shape: tuple[int, ...], wanted: tuple[int, int]) -> None:
    pixels = np.arange(np.prod(shape), dtype=np.int64).reshape(shape).astype(np.uint8)
    cut = amid(pixels, 200 * 200)
    assert cut.shape == (shape[0], *wanted)
    top, left = (shape[1] - wanted[0]) // 2, (shape[2] - wanted[1]) // 2
    assert np.array_equal(cut, pixels[:, top : top + wanted[0], left : left + wanted[1]])
