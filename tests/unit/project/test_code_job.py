"""An autoencoder and the RBM over its codes, from pictures to project and back."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from studio.data.load import load
from studio.data.spec import Colour, DatasetSpec, Preprocess, Scaling
from studio.dream.fill import FillRequest, fill
from studio.dream.fill_settings import FillSettings
from studio.errors import SettingsError
from studio.jobs.control import RunControl
from studio.jobs.feed import Feed
from studio.jobs.frames import FilterFrame, ReconstructionFrame
from studio.models.code_spec import CodeSpec, Corruption, Network, Output, Units
from studio.models.latent_rbm import LatentRbm
from studio.project.archive import Project, read_project, write_project
from studio.project.job import keep, prepare
from studio.project.looks import filter_detail
from studio.project.prepared import Prepared
from studio.project.recipe import Recipe
from studio.project.trained import open_trained
from studio.training.run import run
from studio.training.settings import Optimiser, Rule, TrainSettings

SPEC = CodeSpec(widths=(6, 8), code=5, hidden=6, zoom=0.2, corruption=Corruption.BLOCKS, rbm_share=0.4)
TRAINING = TrainSettings(rule=Rule.CD, batch=4, steps=30, learning_rate=0.003, momentum=0.5, optimiser=Optimiser.ADAM)


@pytest.fixture(autouse=True)
def torch_threads() -> Iterator[None]:
    """A run sets the number of torch's threads for the whole process."""
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    rng = np.random.default_rng(0)
    folder = tmp_path / "bars"
    folder.mkdir()
    for number in range(12):
        pixels = np.full((12, 14, 3), 40)
        pixels[:, rng.integers(0, 10) :][:, :4] = rng.integers(100, 255, 3)
        Image.fromarray(pixels.astype(np.uint8)).save(folder / f"{number}.png")
    preprocess = Preprocess(height=12, width=14, colour=Colour.RGB, held_out=0.2)
    return Recipe(DatasetSpec((str(folder),)), preprocess, SPEC, TRAINING)


def trained(recipe: Recipe, previous: Project | None = None, feed: Feed | None = None) -> tuple[Prepared, Project]:
    prepared = prepare(recipe, load(recipe.data, recipe.preprocess), "cpu", previous)
    control = RunControl()
    for kind in ("filters", "reconstructions"):
        control.set_wanted(kind, feed is not None)
    result = run(prepared.plan, control, feed or Feed())
    return prepared, keep(prepared.trained, prepared, result.settings)


def test_both_parts_learn_one_after_the_other(recipe: Recipe) -> None:
    prepared, project = trained(recipe)
    assert [stage.trainer.steps for stage in prepared.plan.stages] == [18, 12]
    assert project.recipe.training.stage_steps == (18, 12)
    assert project.recipe.training.optimiser is Optimiser.ADAM
    assert project.recipe.training.learning_rate == TRAINING.learning_rate
    assert project.recipe.training.batch == TRAINING.batch
    model = prepared.trained.model
    assert isinstance(model, LatentRbm)
    assert model.rbm is not None
    assert float(model.rbm.weights.abs().sum()) > 0
    assert float(model.code_deviation.std()) > 0


def test_a_run_repeats_to_the_bit_and_its_project_fills_alike(recipe: Recipe, tmp_path: Path) -> None:
    prepared, first = trained(recipe)
    again = trained(first.recipe)[1]
    assert all(np.array_equal(first.weights[name], again.weights[name]) for name in first.weights)
    write_project(tmp_path / "bars.harmonium", first)
    opened = open_trained(read_project(tmp_path / "bars.harmonium"), "cpu")
    hole = np.zeros((12, 14), bool)
    hole[:, :7] = True
    picture = np.random.default_rng(0).random((12, 14, 3), np.float32)
    request = FillRequest(picture, hole, FillSettings(sweeps=3, chains=2))
    filled = [fill(one, request) for one in (prepared.trained, opened)]
    assert np.array_equal(filled[0].gibbs, filled[1].gibbs)
    assert np.array_equal(filled[0].one_pass, filled[1].one_pass)
    for shown in (filled[0].gibbs, filled[0].one_pass, filled[0].mean):
        assert np.array_equal(shown[~hole], picture[~hole])


def test_one_can_watch_it_learn(recipe: Recipe) -> None:
    feed = Feed()
    prepared, _ = trained(recipe, feed=feed)
    names = {name for name, _, _ in feed.drain()}
    assert {"reconstruction_error", "reconstruction_error_held_out", "free_energy_gap", "dead_units"} <= names
    frames = feed.take()
    filters, beside = frames["filters"], frames["reconstructions"]
    assert isinstance(filters, FilterFrame)
    assert (filters.filters.shape, filters.deeper[0].filters.shape) == ((6, 4, 4, 3), (6, 12, 14, 3))
    assert isinstance(beside, ReconstructionFrame)
    assert beside.inputs.shape == beside.outputs.shape
    frame = prepared.plan.stages[0].frames["reconstructions"](3)
    assert isinstance(frame, ReconstructionFrame)
    assert frame.corrupted is not None
    assert frame.corrupted.shape == frame.inputs.shape
    detail = filter_detail(prepared.trained, prepared.images, 7)
    assert (detail.layer, detail.exciting.shape[1:]) == ("hidden", (12, 14, 3))


@pytest.mark.parametrize("stage", [0, 1])
def test_a_restored_stage_goes_on_to_the_bit(recipe: Recipe, stage: int) -> None:
    images = load(recipe.data, recipe.preprocess)
    whole, halfway = (prepare(recipe, images, "cpu") for _ in range(2))
    if stage == 1:
        for prepared in (whole, halfway):
            for _ in range(3):
                prepared.plan.stages[0].trainer.step()
    for _ in range(4):
        whole.plan.stages[stage].trainer.step()
    for _ in range(2):
        halfway.plan.stages[stage].trainer.step()
    project = keep(halfway.trained, halfway)
    arrays, values = halfway.plan.stages[stage].trainer.state()
    resumed = prepare(recipe, images, "cpu", project)
    trainer = resumed.plan.stages[0].trainer
    assert resumed.plan.first == stage
    trainer.restore(arrays, values)
    for _ in range(2):
        trainer.step()
    kept, wanted = resumed.trained.model.saved(), whole.trained.model.saved()
    assert all(torch.equal(kept[name], wanted[name]) for name in wanted)


def test_going_on_after_the_end_goes_on_with_the_rbm(recipe: Recipe) -> None:
    _, project = trained(recipe)
    further, done = trained(project.recipe, previous=project)
    assert [stage.name for stage in further.plan.stages] == ["RBM over codes"]
    assert done.recipe.training.learning_rate == TRAINING.learning_rate
    name = "autoencoder.to_code.weight"
    assert np.array_equal(done.weights[name], project.weights[name])
    assert not np.array_equal(done.weights["rbm.weights"], project.weights["rbm.weights"])


def test_an_autoencoder_alone_has_one_stage(recipe: Recipe) -> None:
    alone = dataclasses.replace(recipe, model=dataclasses.replace(SPEC, hidden=0))
    prepared, project = trained(alone)
    assert [stage.trainer.steps for stage in prepared.plan.stages] == [30]
    assert project.recipe.training.steps == 30
    assert prepared.trained.model.layers() == (("encoder", 6),)


@pytest.mark.parametrize(
    ("part", "change", "said"),
    [
        ("preprocess", {"scaling": Scaling.STANDARDISE}, "as they are"),
        ("model", {"widths": (4, 4, 4, 4)}, "halved 4 times"),
        ("training", {"batch": 1}, "batches of one picture"),
        ("training", {"rule": Rule.FPCD}, "by CD or PCD alone"),
        ("training", {"rule": Rule.PT}, "by CD or PCD alone"),
        ("training", {"weight_l1": 0.01}, "weight decay alone"),
        ("training", {"max_norm": 2.0}, "weight decay alone"),
    ],
)
def test_what_cannot_be_learned_is_a_sentence(recipe: Recipe, part: str, change: dict[str, object], said: str) -> None:
    changed = dataclasses.replace(recipe, **{part: dataclasses.replace(getattr(recipe, part), **change)})
    with pytest.raises(SettingsError, match=said) as caught:
        trained(changed)
    assert caught.value.hint


def test_a_run_stopped_while_the_autoencoder_learned_repeats_as_far_as_it_came(recipe: Recipe) -> None:
    stopped = dataclasses.replace(recipe, training=dataclasses.replace(TRAINING, steps=7, stage_steps=(7,)))
    for _ in range(2):
        prepared, project = trained(stopped)
        assert [stage.trainer.steps for stage in prepared.plan.stages] == [7]
        assert project.recipe.training.stage_steps == (7,)
        stopped = project.recipe


PRETRAINED = CodeSpec(
    network=Network.DENSE,
    widths=(9,),
    code=4,
    hidden=5,
    units=Units.LOGISTIC,
    pretrain=0.5,
    rbm_share=0.4,
    code_noise=0.1,
)


@pytest.fixture
def pretrained(recipe: Recipe) -> Recipe:
    return dataclasses.replace(recipe, model=PRETRAINED, training=dataclasses.replace(TRAINING, steps=40))


def test_layers_learn_as_rbms_before_the_whole_does(pretrained: Recipe) -> None:
    feed = Feed()
    prepared, project = trained(pretrained, feed=feed)
    stages = prepared.plan.stages
    assert [stage.name for stage in stages] == [
        *("Layer 1 of 2, as an RBM", "Layer 2 of 2, as an RBM"),
        *("Autoencoder", "RBM over codes"),
    ]
    assert [stage.trainer.steps for stage in stages] == [10, 10, 12, 8]
    assert project.recipe.training.stage_steps == (10, 10, 12, 8)
    assert project.recipe.training.learning_rate == TRAINING.learning_rate
    assert "reconstruction_error_held_out" in {name for name, _, _ in feed.drain()}
    shown = stages[1].frames["reconstructions"](3)
    assert isinstance(shown, ReconstructionFrame)
    assert shown.outputs.shape == shown.inputs.shape
    again = trained(project.recipe)[1]
    assert all(np.array_equal(project.weights[name], again.weights[name]) for name in project.weights)


@pytest.mark.parametrize("stage", [0, 1, 2, 3])
def test_a_restored_stage_of_a_pretrained_run_goes_on_to_the_bit(pretrained: Recipe, stage: int) -> None:
    images = load(pretrained.data, pretrained.preprocess)
    whole, halfway = (prepare(pretrained, images, "cpu") for _ in range(2))
    for prepared in (whole, halfway):
        for before in prepared.plan.stages[:stage]:
            for _ in range(3):
                before.trainer.step()
        for _ in range(2):
            prepared.plan.stages[stage].trainer.step()
    project = keep(halfway.trained, halfway)
    arrays, values = halfway.plan.stages[stage].trainer.state()
    resumed = prepare(pretrained, images, "cpu", project)
    assert resumed.plan.first == stage
    assert len(resumed.plan.stages) == 4 - stage
    resumed.plan.stages[0].trainer.restore(arrays, values)
    for left, right in zip(whole.plan.stages[stage:], resumed.plan.stages, strict=True):
        for _ in range(3):
            left.trainer.step()
            right.trainer.step()
    kept, wanted = resumed.trained.model.saved(), whole.trained.model.saved()
    assert all(torch.equal(kept[name], wanted[name]) for name in wanted)


def test_a_layer_is_left_as_its_rbm_learned_it_until_the_whole_learns(pretrained: Recipe) -> None:
    prepared = prepare(pretrained, load(pretrained.data, pretrained.preprocess), "cpu")
    model = prepared.trained.model
    assert isinstance(model, LatentRbm)
    for stage in prepared.plan.stages[:2]:
        for _ in range(3):
            stage.trainer.step()
    first = model.autoencoder.seen.weight.clone()
    assert torch.equal(first, prepared.plan.stages[0].trainer.parameters["weights"].t())
    prepared.plan.stages[2].trainer.step()
    assert not torch.equal(model.autoencoder.seen.weight, first)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"network": Network.CONVOLUTIONAL}, "Only dense layers are pretrained"),
        ({"corruption": Corruption.BLOCKS}, "are not pretrained"),
        ({"output": Output.LINEAR}, "within 0..1"),
        ({"units": Units.RECTIFIED}, "layers of logistic units"),
    ],
)
def test_what_cannot_be_pretrained_is_a_sentence(pretrained: Recipe, change: dict[str, Any], said: str) -> None:
    changed = dataclasses.replace(pretrained, model=dataclasses.replace(PRETRAINED, **change))
    with pytest.raises(SettingsError, match=said):
        prepare(changed, load(pretrained.data, pretrained.preprocess), "cpu")
