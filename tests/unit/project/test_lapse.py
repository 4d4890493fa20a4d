"""The time-lapse: which steps are kept, in how much memory and time, and what a project makes of it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from studio.errors import ProjectError, SettingsError
from studio.jobs.control import RunControl
from studio.jobs.feed import Feed
from studio.models.altered import Altered
from studio.models.build import weights_of
from studio.paths import resources
from studio.project import container
from studio.project.altering import OtherProjects, altered
from studio.project.archive import read_project, write_project
from studio.project.hashing import model_hash
from studio.project.job import keep, prepare
from studio.project.lapse import EMPTY, MEMORY, MOST, Lapse, fitting, from_arrays, to_arrays
from studio.project.lapse_film import film_frames
from studio.project.lapse_look import look_at
from studio.project.lapse_recorder import KIND, Recorder
from studio.project.trained import open_trained
from studio.training.run import run
from tests.unit.cli.small_projects import CODES, codes_project, conv_project, rbm_project, texture_project
from tests.unit.project.small_runs import pictures, recipe


def long(count: int) -> Lapse:
    """A time-lapse of a run of so many steps, looked at after each."""
    lapse = EMPTY
    for step in range(count + 1):
        if step >= lapse.due:
            lapse = lapse.added(step, {"weights": np.full(3, step, np.float32)})
    return lapse


def test_steps_lie_ever_further_apart() -> None:
    lapse = long(2000)
    assert lapse.steps[:6] == (0, 1, 2, 3, 4, 5)
    gaps = np.diff(lapse.steps)
    assert (gaps[1:] >= gaps[:-1]).all()
    assert lapse.at(100 if 100 in lapse.steps else lapse.steps[10])["weights"].dtype == np.float32


def test_a_long_run_keeps_few_with_the_first_and_the_last() -> None:
    lapse = EMPTY
    step = 0
    while step < 10**7:
        lapse = lapse.added(step, {"weights": np.zeros(2, np.float32)})
        step = lapse.due
    assert len(lapse.steps) == MOST
    assert lapse.steps[0] == 0
    assert lapse.steps[-1] > 10**6
    assert list(lapse.steps) == sorted(set(lapse.steps))


def test_large_models_keep_fewer_and_the_largest_none() -> None:
    assert fitting(1000) == MOST
    assert fitting(MEMORY // 5) == 5
    assert fitting(MEMORY) < 2


def test_it_comes_back_from_a_project(tmp_path: Path) -> None:
    lapse = long(300)
    path = texture_project(tmp_path / "wall.harmonium")
    write_project(path, dataclasses.replace(read_project(path), lapse=to_arrays(lapse)))
    back = from_arrays(read_project(path).lapse)
    assert back.steps == lapse.steps
    assert all(np.array_equal(back.at(step)["weights"], lapse.at(step)["weights"]) for step in lapse.steps)


@pytest.mark.parametrize(
    "steps",
    [
        np.array([3, 2]),
        np.array([1.0]),
        np.array([[1]]),
        np.array([-1, 2]),
        np.arange(MOST + 1),
        np.array([], np.int64),
    ],
)
def test_what_does_not_hold_together_is_none(steps: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> None:
    assert from_arrays({"steps": steps, "0.weights": np.zeros(3, np.float16)}) is EMPTY
    assert from_arrays({}) is EMPTY


def test_projects_of_format_2_open_without_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_project(resources() / "models" / "first.harmonium").lapse == {}
    path = texture_project(tmp_path / "wall.harmonium")
    project = read_project(path)
    with monkeypatch.context() as then:
        then.setattr(container, "FORMAT", 2)
        write_project(path, project)
    back = read_project(path)
    assert back.lapse == {}
    assert model_hash(back.weights) == model_hash(project.weights)


class Clock:
    """Each look at it takes a second."""

    def __init__(self, each: float = 1.0) -> None:
        self.now, self.each = 0.0, each

    def __call__(self) -> float:
        self.now += self.each
        return self.now


def test_recording_changes_nothing_that_is_learned() -> None:
    wanted = recipe(training={"steps": 60})
    hashes = []
    for recording in (False, True):
        prepared = prepare(wanted, pictures(wanted), "cpu")
        feed = Feed()
        recorder = Recorder(prepared, feed, clock=Clock(0.0)) if recording else None

        def between(recorder: Recorder | None = recorder) -> float:
            if recorder is not None:
                recorder.look()
            return 0.0

        run(prepared.plan, RunControl(), feed, between)
        hashes.append(model_hash(weights_of(prepared.trained.model)))
        if recorder is not None:
            lapse = recorder.finish()
            assert lapse.steps[0] == 0
            assert lapse.steps[-1] == 60
            assert feed.take()[KIND] == lapse.steps
            project = keep(prepared.trained, prepared, lapse=lapse)
            assert from_arrays(project.lapse).steps == lapse.steps
            again = prepare(wanted, pictures(wanted), "cpu", project)
            assert Recorder(again, feed, lapse).step == 60  # the steps of both runs are counted on
    assert hashes[0] == hashes[1]


def test_recording_takes_a_small_share_of_the_time() -> None:
    wanted = recipe(training={"steps": 500})
    prepared = prepare(wanted, pictures(wanted), "cpu")
    clock = Clock()  # so that keeping a step takes a second, and each look another
    recorder = Recorder(prepared, Feed(), clock=clock)

    def between() -> float:
        recorder.look()
        return 0.0

    run(prepared.plan, RunControl(), Feed(), between)
    assert len(recorder.lapse.steps) > 1
    assert len(recorder.lapse.steps) - 1 <= 0.01 * clock.now + 1


def test_recording_goes_on_after_a_night() -> None:
    wanted = recipe(training={"steps": 500})
    prepared = prepare(wanted, pictures(wanted), "cpu")
    clock = Clock(1e-5)
    recorder = Recorder(prepared, Feed(), clock=clock)
    began, real = len(recorder.lapse.steps), recorder._keep

    def keep_slowly() -> None:
        real()
        if len(recorder.lapse.steps) == began + 2:
            clock.now += 8 * 3600

    recorder._keep = keep_slowly  # type: ignore[method-assign]  # the machine sleeps within it

    def between() -> float:
        recorder.look()
        return 0.0

    run(prepared.plan, RunControl(), Feed(), between)
    assert len(recorder.lapse.steps) > began + 10


@pytest.mark.parametrize("family", [texture_project, rbm_project, conv_project])
def test_a_step_is_looked_at_and_played(family: object, tmp_path: Path) -> None:
    assert callable(family)
    trained = open_trained(read_project(family(tmp_path / "a.harmonium")), "cpu")
    before = model_hash(weights_of(trained.model))
    then = {name: 0.5 * array for name, array in weights_of(trained.model).items()}
    lapse = Lapse().added(0, then).added(7, weights_of(trained.model))
    first, last, again = (look_at(trained, lapse, step) for step in (0, 7, 0))
    assert first.dream is not None
    assert again.dream is not None
    assert np.array_equal(first.dream, again.dream)
    assert not np.array_equal(first.dream, last.dream if last.dream is not None else first.dream)
    assert film_frames([first, last]).shape[0] == 2
    played = altered(trained, Altered(step=0), OtherProjects().open, lapse).trained.model
    half = played.saved()
    assert all(torch.allclose(half[name], torch.from_numpy(then[name]), rtol=1e-3, atol=1e-3) for name in then)
    assert model_hash(weights_of(trained.model)) == before
    with pytest.raises(SettingsError, match="not in the time-lapse"):
        altered(trained, Altered(step=5), OtherProjects().open, lapse)
    with pytest.raises(ProjectError, match="does not belong"):
        look_at(trained, Lapse((1,), ({"other": np.zeros(2, np.float16)},)), 1)


def test_an_autoencoder_that_does_not_dream_shows_its_filters(tmp_path: Path) -> None:
    spec = dataclasses.replace(CODES, beta=0.0)
    project = read_project(codes_project(tmp_path / "art.harmonium", recipe().data, spec))
    trained = open_trained(project, "cpu")
    picture = look_at(trained, Lapse().added(3, project.weights), 3)
    assert picture.dream is None
    assert film_frames([picture]).shape[3] == 3
