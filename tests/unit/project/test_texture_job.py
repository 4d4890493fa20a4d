"""A texture from picture to project and back: the same seed, the same bits, and a sentence for what cannot be."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from studio.data.imageset import ImageSet
from studio.data.load import load
from studio.data.spec import Colour, DatasetSpec, Preprocess, Scaling
from studio.dream.begin import begin
from studio.dream.settings import DreamSettings
from studio.errors import SettingsError
from studio.jobs.control import RunControl
from studio.jobs.feed import Feed
from studio.jobs.frames import FilterFrame, ReconstructionFrame, SpectrumFrame
from studio.models.build import weights_of
from studio.models.spec import TiledSpec
from studio.project.archive import Project, read_project, write_project
from studio.project.job import keep, prepare
from studio.project.looks import filter_detail, filter_sheet
from studio.project.prepared import Prepared
from studio.project.recipe import Recipe
from studio.project.trained import open_trained
from studio.training.run import run
from studio.training.settings import Optimiser, Rule, TrainSettings
from studio.training.tiled_metrics import LEAST_POWER
from studio.training.tiled_rule import TiledPersistent

TRAINING = TrainSettings(batch=4, chains=6, learning_rate=0.005, steps=30, optimiser=Optimiser.ADAM)
PREPROCESS = Preprocess(height=19, width=19, colour=Colour.RGB, crops=True, held_out=0.4, scaling=Scaling.DECORRELATE)


@pytest.fixture(autouse=True)
def torch_threads() -> Iterator[None]:
    """A run sets the number of torch's threads for the whole process."""
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    rng = np.random.default_rng(0)
    waves = np.sin(np.arange(96) * 2 * np.pi / 6)[:, None] * np.ones(64)
    pixels = 128 + 60 * waves[..., None] * [1.0, 0.5, 0.2] + rng.normal(0, 8, (96, 64, 3))
    path = tmp_path / "waves.png"
    Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(path)
    return Recipe(DatasetSpec((str(path),)), PREPROCESS, TiledSpec(tile=5, filters=4), TRAINING)


def pictures(recipe: Recipe) -> ImageSet:
    return load(recipe.data, recipe.preprocess)


def trained(recipe: Recipe, previous: Project | None = None, feed: Feed | None = None) -> tuple[Prepared, Project]:
    prepared = prepare(recipe, pictures(recipe), "cpu", previous)
    control = RunControl()
    for kind in ("filters", "reconstructions"):
        control.set_wanted(kind, feed is not None)
    result = run(prepared.plan, control, feed or Feed())
    return prepared, keep(prepared.trained, prepared, result.settings)


def test_a_project_brings_the_same_dream_back(recipe: Recipe, tmp_path: Path) -> None:
    prepared, project = trained(recipe)
    write_project(tmp_path / "waves.harmonium", project)
    opened = open_trained(read_project(tmp_path / "waves.harmonium"), "cpu")
    settings = DreamSettings(seed=3, width=31, height=22)
    shown = []
    for one in (prepared.trained, opened):
        chain = begin(one.model, settings, "cpu")
        chain.step(5)
        shown.append(one.to_pictures(chain.mean()))
    assert shown[0].shape == (1, 22, 31, 3)
    assert np.array_equal(shown[0], shown[1])
    assert opened.recipe.model == recipe.model


def test_the_same_seed_learns_the_same_bits(recipe: Recipe) -> None:
    first, again = (trained(recipe)[1].weights for _ in range(2))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    other = dataclasses.replace(recipe, training=dataclasses.replace(TRAINING, seed=9))
    assert not np.array_equal(trained(other)[1].weights["weights"], first["weights"])


def test_going_on_begins_with_the_weights_and_chains_that_were_kept(recipe: Recipe) -> None:
    _, project = trained(recipe)
    prepared = prepare(recipe, pictures(recipe), "cpu", project)
    kept = weights_of(prepared.trained.model)
    assert all(np.array_equal(kept[name], project.weights[name]) for name in kept)
    rule = prepared.plan.stages[0].trainer.rule
    assert all(np.array_equal(rule.state()[name], project.state[f"rule.{name}"]) for name in rule.state())


def test_one_can_watch_it_learn(recipe: Recipe) -> None:
    feed = Feed()
    prepared, _ = trained(recipe, feed=feed)
    looks = feed.take()
    filters, beside = looks["filters"], looks["reconstructions"]
    assert isinstance(filters, FilterFrame)
    assert filters.filters.shape == (20, 5, 5, 3)
    assert filters.activity.shape == filters.norms.shape == (20,)
    assert isinstance(beside, ReconstructionFrame)
    assert beside.inputs.shape == beside.outputs.shape == (4, 19, 19, 3)
    errors = [value for name, _, value in feed.drain() if name == "reconstruction_error"]
    assert errors[-1] < errors[0]
    assert filter_sheet(prepared.trained).shape[2] == 3


def test_the_spectra_shown_are_those_whose_distance_is_measured(recipe: Recipe) -> None:
    prepared, _ = trained(recipe)
    (stage,) = prepared.plan.stages
    frame = stage.frames["spectra"](30)
    assert isinstance(frame, SpectrumFrame)
    assert (frame.wavelengths[-1], frame.step) == (2, 30)
    assert (np.diff(frame.wavelengths) < 0).all()
    assert frame.picture.shape == frame.dream.shape == frame.wavelengths.shape
    strongest = frame.wavelengths[frame.picture.argmax()]
    assert strongest in (4, 8)  # beside the picture's waves of 6 pixels
    rule = stage.trainer.rule
    assert isinstance(rule, TiledPersistent)
    for mean in rule.means:
        mean.copy_(torch.zeros_like(mean))  # chains of one grey have no waves at all
    assert isinstance(still := stage.frames["spectra"](31), SpectrumFrame)
    assert np.allclose(still.dream, np.log10(LEAST_POWER))
    assert np.array_equal(still.picture, frame.picture)


def test_a_filter_is_shown_with_the_tiles_that_excite_it(recipe: Recipe) -> None:
    prepared, _ = trained(recipe)
    detail = filter_detail(prepared.trained, prepared.images, 7)
    assert detail.exciting.shape == (10, 5, 5, 3)
    assert (np.diff(detail.activations) <= 0).all()
    values = prepared.trained.to_model(np.moveaxis(detail.exciting, 3, 1).copy())
    model = prepared.trained.model
    weights, deviation = model.filters()[7], torch.exp(0.5 * model.saved()["log_variance"])[:, None, None]
    total = (values / deviation * weights).sum((1, 2, 3)) + model.saved()["hidden_bias"].flatten()[7]
    assert np.allclose(torch.sigmoid(total).numpy(), detail.activations, atol=1e-3)


@pytest.mark.parametrize("levels", [1, 2])
def test_the_smallest_crops_can_be_learned_and_measured(recipe: Recipe, levels: int) -> None:
    spec = TiledSpec(tile=5, filters=4, levels=levels, learn_deviation=True)
    smallest = dataclasses.replace(recipe.preprocess, height=spec.least_crop, width=spec.least_crop)
    prepared, project = trained(dataclasses.replace(recipe, model=spec, preprocess=smallest))
    assert all(np.isfinite(values).all() for values in project.weights.values())
    points = prepared.plan.stages[0].measure(30)
    assert {name for name, *_ in points} >= {"reconstruction_error", "reconstruction_error_held_out"}
    assert all(np.isfinite(value) for *_, value in points)


@pytest.mark.parametrize(
    ("part", "change", "words"),
    [
        ("preprocess", {"scaling": Scaling.NONE}, "decorrelated"),
        ("preprocess", {"height": 8, "width": 8}, "two tiles of 5 px"),
        ("preprocess", {"crops": False}, "crops of large pictures"),
        ("training", {"rule": Rule.CD}, "by PCD alone"),
        ("training", {"rule": Rule.FPCD}, "by PCD alone"),
        ("training", {"rule": Rule.PT}, "by PCD alone"),
        ("training", {"sparsity_cost": 0.1}, "sparsity"),
    ],
)
def test_what_cannot_be_learned_from_is_a_sentence(
    recipe: Recipe, part: str, change: dict[str, object], words: str
) -> None:
    changed = dataclasses.replace(getattr(recipe, part), **change)
    wanted = dataclasses.replace(recipe, **{part: changed})
    source = wanted if part == "training" or "crops" not in change else recipe
    images = pictures(source)
    if "crops" in change:
        images = dataclasses.replace(images, exemplars=(), known=(), bands=())
    with pytest.raises(SettingsError, match=words):
        prepare(wanted, images, "cpu")


@pytest.fixture
def two(recipe: Recipe, tmp_path: Path) -> Recipe:
    """Waves that lie and waves that stand, as materials of their own."""
    with Image.open(tmp_path / "waves.png") as waves:
        waves.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "standing.png")
    data = DatasetSpec((*recipe.data.paths, str(tmp_path / "standing.png")))
    return dataclasses.replace(recipe, data=data, model=TiledSpec(tile=5, filters=4, textures=2))


def with_training(recipe: Recipe, **changes: int) -> Recipe:
    training: Any = dataclasses.replace(recipe.training, **changes)  # type: ignore[arg-type]  # whole numbers alone
    return dataclasses.replace(recipe, training=training)


def test_two_materials_learn_biases_of_their_own_and_dream_apart(two: Recipe, tmp_path: Path) -> None:
    feed = Feed()
    _, project = trained(two, feed=feed)
    assert project.weights["hidden_bias"].shape == (2, 5, 4)
    assert project.weights["visible_bias"].shape == (2, 3)
    assert not np.allclose(*project.weights["hidden_bias"])
    write_project(tmp_path / "two.harmonium", project)
    opened = open_trained(read_project(tmp_path / "two.harmonium"), "cpu")
    shown = []
    for lean in (0.0, 0.5, 1.0):
        chain = begin(opened.model, DreamSettings(seed=3, width=31, height=22, lean=lean), "cpu")
        chain.step(5)
        shown.append(opened.to_pictures(chain.mean()))
    assert not np.array_equal(shown[0], shown[1])
    assert not np.array_equal(shown[0], shown[2])
    detail = filter_detail(opened, pictures(two), 7)
    assert np.isfinite(detail.activations).all()


def test_a_run_of_two_materials_goes_on_to_the_bit(two: Recipe) -> None:
    """Stopped after an odd number of odd batches, so that the turn is kept too."""
    two = with_training(two, batch=5, chains=7)
    whole = prepare(two, pictures(two), "cpu").plan.stages[0].trainer
    for _ in range(12):
        whole.step()
    first = prepare(two, pictures(two), "cpu")
    for _ in range(7):
        first.plan.stages[0].trainer.step()
    kept = keep(first.trained, first)
    second = prepare(two, pictures(two), "cpu", kept).plan.stages[0].trainer
    second.restore(kept.state, kept.meta)
    for _ in range(5):
        second.step()
    for name, tensor in whole.parameters.items():
        assert torch.equal(second.parameters[name], tensor), name


@pytest.mark.parametrize(
    ("textures", "changes", "words", "remedy"),
    [
        (3, {}, "3 materials, and there are 2 pictures", "Set textures to 2, or to 1"),
        (2, {"batch": 1}, "batch at 1", "Set batch to 2"),
        (2, {"chains": 1}, "chains at 1", "Set chains to 2"),
    ],
)
def test_materials_that_cannot_be_are_a_sentence(
    two: Recipe, textures: int, changes: dict[str, int], words: str, remedy: str
) -> None:
    wanted = with_training(two, **changes)
    wanted = dataclasses.replace(wanted, model=TiledSpec(tile=5, filters=4, textures=textures))
    with pytest.raises(SettingsError, match=words) as caught:
        prepare(wanted, pictures(two), "cpu")
    assert remedy in caught.value.hint


def test_one_colour_is_no_texture(recipe: Recipe) -> None:
    images = pictures(recipe)
    plain = dataclasses.replace(images, exemplars=(np.full((3, 96, 64), 90, np.uint8),))
    with pytest.raises(SettingsError, match="one colour"):
        prepare(recipe, plain, "cpu")
