"""A run that was saved in its midst, opened again and gone on with equals one that nobody cut short, to the bit."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from studio.data.imageset import ImageSet
from studio.data.load import load
from studio.data.spec import DatasetSpec, Preprocess, Scaling
from studio.errors import StudioError
from studio.jobs.control import RunControl
from studio.jobs.feed import Feed
from studio.jobs.status import Outcome
from studio.models.spec import CodeSpec, ConvSpec, ModelSpec, RbmSpec, TiledSpec, Visible
from studio.project.archive import Project, read_project, write_project
from studio.project.cut_short import cut_short
from studio.project.job import keep, prepare
from studio.project.recipe import Recipe
from studio.project.resume import resumed
from studio.training.run import RunResult, run
from studio.training.settings import Optimiser, Rule, TrainSettings

GREY = Preprocess(height=16, width=16, held_out=0.2)
CROPS = dataclasses.replace(GREY, crops=True, scaling=Scaling.DECORRELATE, height=19, width=19)
STEPS = 12
LEARNING = TrainSettings(batch=4, chains=4, steps=STEPS, learning_rate=0.02, momentum=0.5, threads=1, seed=3)
DEEP = ConvSpec(filters=3, side=5, visible=Visible.BERNOULLI, deeper=("3x3/2",))
CODES = CodeSpec(widths=(4,), code=4, hidden=3, zoom=0.2, rbm_share=0.5)
FAMILIES: dict[str, tuple[ModelSpec, TrainSettings, Preprocess]] = {
    "rbm": (RbmSpec(5), LEARNING, GREY),
    "rbm by epochs": (RbmSpec(5), dataclasses.replace(LEARNING, steps=0, epochs=3.0), GREY),
    "gaussian rbm": (
        RbmSpec(5, Visible.GAUSSIAN, learn_deviation=True),
        dataclasses.replace(LEARNING, optimiser=Optimiser.ADAM, learning_rate=0.001),
        dataclasses.replace(GREY, scaling=Scaling.STANDARDISE),
    ),
    "texture": (TiledSpec(tile=5, filters=3), dataclasses.replace(LEARNING, learning_rate=0.002), CROPS),
    "cdbn": (DEEP, dataclasses.replace(LEARNING, rule=Rule.CD), GREY),
    "codes": (CODES, dataclasses.replace(LEARNING, rule=Rule.CD, optimiser=Optimiser.ADAM), GREY),
}


@pytest.fixture(autouse=True)
def torch_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def pictures(wanted: Recipe, count: int = 20) -> ImageSet:
    if wanted.preprocess.crops:
        return load(DatasetSpec(("sample:bricks",)), dataclasses.replace(wanted.preprocess, patch_scale=0.25))
    coarse = np.random.default_rng(2).integers(0, 256, (count, 1, 8, 8), np.uint8)
    pixels = np.ascontiguousarray(coarse.repeat(2, axis=2).repeat(2, axis=3))
    names = tuple(map(str, range(count)))
    return ImageSet(DatasetSpec(("here",)), wanted.preprocess, pixels, names, held_out=np.arange(count - 4, count))


def recipe_of(family: str) -> Recipe:
    model, training, preprocess = FAMILIES[family]
    return Recipe(DatasetSpec(("here",)), preprocess, model, training)


def whole(wanted: Recipe) -> Project:
    prepared = prepare(wanted, pictures(wanted), "cpu")
    result = run(prepared.plan, RunControl(), Feed())
    return keep(prepared.trained, prepared, result.settings)


def finished(wanted: Recipe) -> RunResult:
    return run(prepare(wanted, pictures(wanted), "cpu").plan, RunControl(), Feed())


def kept_at(wanted: Recipe, step: int) -> Project:
    """Return what a copy holds that is made after so many steps of all stages; the run itself is thrown away."""
    prepared, control, copies = prepare(wanted, pictures(wanted), "cpu"), RunControl(), list[Project]()

    def copy() -> float:
        if prepared.plan.steps == step:
            copies.append(keep(prepared.trained, prepared))
            control.stop()
        return 0.0

    run(prepared.plan, control, Feed(), copy)
    return copies[0]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("step", [1, 5, 9, 11])
def test_saved_opened_and_gone_on_with(family: str, step: int, tmp_path: Path) -> None:
    wanted = recipe_of(family)
    write_project(tmp_path / "a.harmonium", kept_at(wanted, step))
    torch.manual_seed(step)  # another process has other global draws
    found = read_project(tmp_path / "a.harmonium")
    assert cut_short(found, wanted)
    prepared = resumed(found, pictures(wanted), "cpu")
    assert prepared.plan.steps + sum(done.steps for done in prepared.plan.done) == step
    result = run(prepared.plan, RunControl(), Feed())
    once, other = keep(prepared.trained, prepared, result.settings), whole(wanted)
    assert result.outcome is Outcome.COMPLETED
    assert result.steps == STEPS
    assert result.epochs == pytest.approx(finished(wanted).epochs)
    assert once.recipe == other.recipe
    assert not cut_short(once)
    for part in ("weights", "state", "transform"):
        ours, theirs = getattr(once, part), getattr(other, part)
        assert set(ours) == set(theirs)
        for name in theirs:
            assert ours[name].tobytes() == theirs[name].tobytes(), (part, name)


def test_what_is_no_run_in_its_midst_is_not_gone_on_with() -> None:
    wanted = recipe_of("rbm")
    assert not cut_short(None)
    assert not cut_short(Project(wanted))
    assert not cut_short(whole(wanted))
    midst = kept_at(wanted, 5)
    assert not cut_short(midst, dataclasses.replace(wanted, training=dataclasses.replace(LEARNING, batch=5)))
    assert not cut_short(dataclasses.replace(midst, meta={**midst.meta, "unfinished": "yes"}))


def test_other_pictures_and_damage_are_sentences() -> None:
    wanted = recipe_of("cdbn")
    midst = kept_at(wanted, 9)
    with pytest.raises(StudioError):
        resumed(midst, pictures(wanted, 23), "cpu")
    for name in midst.state:
        for instead in (None, np.zeros(3), np.full((2, 2), np.nan), np.array(77), np.zeros((9, 9, 9, 9), np.uint8)):
            state = {key: value for key, value in midst.state.items() if key != name}
            if instead is not None:
                state[name] = instead
            with contextlib.suppress(StudioError):
                resumed(dataclasses.replace(midst, state=state), pictures(wanted), "cpu")
    for meta in ({}, {**midst.meta, "steps": "many"}, {**midst.meta, "planned_steps": None}):
        with pytest.raises(StudioError):
            resumed(dataclasses.replace(midst, meta=meta), pictures(wanted), "cpu")
