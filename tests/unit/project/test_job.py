"""From a recipe to a run, from a run to a project, and on from there."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from studio.data.imageset import ImageSet
from studio.data.load import load
from studio.data.picture import write_png
from studio.data.spec import DatasetSpec, Preprocess
from studio.errors import DivergedError, ProjectError, SettingsError
from studio.jobs.control import RunControl
from studio.jobs.feed import Feed
from studio.jobs.frames import FilterFrame, ReconstructionFrame
from studio.models.build import weights_of
from studio.models.chain import GibbsChain
from studio.models.noise import Noise
from studio.models.rbm import Rbm
from studio.models.spec import CodeSpec, Hidden, ModelSpec, RbmSpec, Visible
from studio.project.archive import Project
from studio.project.job import check, keep, prepare
from studio.project.looks import filter_detail
from studio.project.prepared import Prepared
from studio.project.recipe import Recipe
from studio.project.trained import open_trained
from studio.training.run import run
from studio.training.settings import Decay, Rule
from tests.unit.project.small_runs import pictures, recipe, trained


@pytest.fixture(autouse=True)
def torch_threads() -> Iterator[None]:
    """A run sets the number of torch's threads for the whole process."""
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


def bits(prepared: Prepared) -> dict[str, bytes]:
    return {name: array.tobytes() for name, array in weights_of(prepared.trained.model).items()}


def only(images: ImageSet, pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> ImageSet:
    names = tuple(map(str, range(len(pixels))))
    return dataclasses.replace(images, pixels=pixels, names=names, held_out=np.zeros(0, np.int64))


def test_what_can_be_trained_passes() -> None:
    for gaussian in (False, True):
        wanted = recipe(gaussian)
        check(wanted, pictures(wanted))


def test_one_picture_is_too_few_whatever_is_held_out() -> None:
    images = pictures(recipe())
    with pytest.raises(SettingsError, match="One picture is not enough"):
        check(recipe(), only(images, images.pixels[:1].copy()))
    all_but_one = dataclasses.replace(images, held_out=np.arange(1, len(images)))
    with pytest.raises(SettingsError, match="are held out, which leaves 1 to learn from") as caught:
        check(recipe(), all_but_one)
    assert "hold out fewer" in caught.value.hint


@pytest.mark.parametrize(("patches", "share", "said"), [(2, 0.5, "1 of 2 patches"), (1, 0.0, "One patch is not")])
@pytest.mark.parametrize("model", [RbmSpec(4), CodeSpec(code=4)])
def test_too_few_patches_are_told_as_patches(
    tmp_path: Path, patches: int, share: float, said: str, model: ModelSpec
) -> None:
    write_png(tmp_path / "a.png", np.random.default_rng(0).random((40, 40, 1), np.float32))
    cut = Preprocess(16, 16, patches=patches, held_out=share)
    images = load(DatasetSpec((str(tmp_path / "a.png"),)), cut)
    with pytest.raises(SettingsError, match=said) as caught:
        check(Recipe(images.spec, cut, model), images)
    assert "more patches" in caught.value.hint


@pytest.mark.parametrize("count", [2, 30, 200])
def test_identical_pictures_teach_nothing(count: int) -> None:
    images = pictures(recipe())
    same = np.repeat(images.pixels[:1], count, axis=0)
    with pytest.raises(SettingsError, match="identical"):
        check(recipe(), only(images, same))
    almost = same.copy()
    almost[-1, 0, 0, 0] ^= 1
    check(recipe(), only(images, almost))


def test_units_and_scaling_must_belong_together() -> None:
    gaussian = dataclasses.replace(recipe(), model=RbmSpec(6, Visible.GAUSSIAN))
    with pytest.raises(SettingsError, match="Gaussian visible units need standardised") as caught:
        check(gaussian, pictures(gaussian))
    assert "standardise" in caught.value.hint
    bernoulli = dataclasses.replace(recipe(gaussian=True), model=RbmSpec(6))
    with pytest.raises(SettingsError, match="Bernoulli visible units cannot take standardised"):
        check(bernoulli, pictures(bernoulli))


@pytest.mark.parametrize(
    ("training", "said"), [({"rule": Rule.PCD}, "by CD alone"), ({"rule": Rule.CD, "sparsity_cost": 0.1}, "sparsity")]
)
def test_rectified_units_say_how_they_learn(training: dict[str, object], said: str) -> None:
    wanted = dataclasses.replace(
        recipe(True, training), model=RbmSpec(6, Visible.GAUSSIAN, hidden_units=Hidden.RECTIFIED)
    )
    with pytest.raises(SettingsError, match=said):
        check(wanted, pictures(wanted))


def test_rectified_units_learn_dream_and_come_back() -> None:
    training = {"rule": Rule.CD, "learning_rate": 0.002, "steps": 300, "gradient_limit": 10.0}
    wanted = dataclasses.replace(
        recipe(True, training), model=RbmSpec(6, Visible.GAUSSIAN, hidden_units=Hidden.RECTIFIED)
    )
    feed = Feed()
    images = pictures(wanted)
    prepared = prepare(wanted, images, "cpu")
    run(prepared.plan, RunControl(), feed)
    points = feed.drain()
    errors = [value for name, _, value in points if name == "reconstruction_error"]
    assert errors[-1] < 0.9 * errors[0]
    assert "free_energy_gap" not in {name for name, _, _ in points}
    model = open_trained(keep(prepared.trained, prepared), "cpu").model
    assert isinstance(model, Rbm)
    assert model.rectified
    chain = GibbsChain(model, 3, Noise(1))
    chain.step(200)
    assert bool(torch.isfinite(chain.mean()).all())
    assert float(chain.mean().abs().max()) < 9, "it ran away and was only held back"
    hidden = chain.state().hiddens[0]
    assert float(hidden.min()) == 0
    assert bool((hidden != hidden.round()).any())
    assert filter_detail(prepared.trained, images, 2).histogram.sum() == len(images.training())


def test_pictures_of_another_size_are_refused() -> None:
    other = dataclasses.replace(recipe(), preprocess=Preprocess(height=5, width=5))
    with pytest.raises(SettingsError, match="size"):
        check(other, pictures(recipe()))


@pytest.mark.parametrize("gaussian", [False, True])
@pytest.mark.parametrize("rule", list(Rule))
def test_the_same_recipe_gives_the_same_bits(gaussian: bool, rule: Rule) -> None:
    wanted = recipe(gaussian, {"rule": rule, "sparsity_cost": 0.2}, flips="both")
    first, second = trained(wanted)[0], trained(wanted)[0]
    assert bits(first) == bits(second)
    other = trained(recipe(gaussian, {"rule": rule, "sparsity_cost": 0.2, "seed": 6}, flips="both"))[0]
    assert bits(other) != bits(first)


def test_pictures_are_never_modified() -> None:
    wanted = recipe(binarise="stochastic", flips="horizontal")
    images = pictures(wanted)
    before = images.pixels.copy()
    trained(wanted, images)
    assert np.array_equal(images.pixels, before)


def test_threads_are_those_of_the_recipe() -> None:
    wanted = recipe(training={"threads": 2})
    prepare(wanted, pictures(wanted), "cpu")
    assert torch.get_num_threads() == 2


def test_sparse_units_begin_at_their_target() -> None:
    wanted = recipe(training={"sparsity_cost": 0.5, "sparsity_target": 0.2})
    model = prepare(wanted, pictures(wanted), "cpu").trained.model
    assert isinstance(model, Rbm)
    assert torch.allclose(torch.sigmoid(model.hidden_bias), torch.tensor(0.2))


def test_the_untrained_model_shows_the_mean_training_picture() -> None:
    wanted = recipe()
    images = pictures(wanted)
    model = prepare(wanted, images, "cpu").trained.model
    assert isinstance(model, Rbm)
    mean = torch.from_numpy(images.pixels[images.training()] / 255.0).float().mean(0).flatten()
    assert torch.allclose(torch.sigmoid(model.visible_bias), mean, atol=1e-4)


def test_a_stage_measures_and_draws() -> None:
    prepared, _ = trained(recipe(gaussian=True))
    stage = prepared.plan.stages[0]
    names = {name for name, _, _ in stage.measure(3)}
    assert {"reconstruction_error", "reconstruction_error_held_out", "dead_units", "free_energy_gap"} <= names
    filters, shown = stage.frames["filters"](3), stage.frames["reconstructions"](3)
    assert isinstance(filters, FilterFrame)
    assert isinstance(shown, ReconstructionFrame)
    assert filters.filters.shape == (6, 4, 5, 1)
    assert np.allclose(filters.norms, np.sqrt((filters.filters**2).sum(axis=(1, 2, 3))), atol=1e-6)
    assert shown.inputs.shape == shown.outputs.shape == (6, 4, 5, 1)
    held_out = np.moveaxis(prepared.images.pixels[prepared.images.held_out], 1, 3) / 255
    assert np.allclose(shown.inputs, held_out, atol=1e-5)


def kept(prepared: Prepared) -> Project:
    return keep(prepared.trained, prepared)


@pytest.mark.parametrize("gaussian", [False, True])
def test_a_project_opens_as_the_model_it_kept(gaussian: bool) -> None:
    prepared, result = trained(recipe(gaussian))
    project = keep(prepared.trained, prepared, result.settings, np.zeros((4, 5, 1), np.float32))
    opened = open_trained(project, "cpu")
    assert project.recipe.training == result.settings
    assert {name: array.tobytes() for name, array in weights_of(opened.model).items()} == bits(prepared)
    rows = torch.rand(3, 1, 4, 5, generator=torch.Generator().manual_seed(0))
    assert np.array_equal(opened.to_pictures(rows), prepared.trained.to_pictures(rows))
    assert set(project.thumbnails) == {"filters", "dream"}
    assert all(picture.startswith(b"\x89PNG") for picture in project.thumbnails.values())


@pytest.mark.parametrize("gaussian", [False, True])
def test_a_run_continues_from_what_a_project_kept(gaussian: bool) -> None:
    wanted = recipe(gaussian)
    prepared, _ = trained(wanted)
    project = kept(prepared)
    onward = prepare(wanted, pictures(wanted), "cpu", project)
    assert bits(onward) == bits(prepared)
    state, before = onward.plan.stages[0].trainer.rule.state(), prepared.plan.stages[0].trainer.rule.state()
    assert {"visible_offset", "hidden_offset", "activity", "chains", "chain_hidden"} == set(state)
    assert all(np.array_equal(state[name], before[name]) for name in state)
    run(onward.plan, RunControl(), Feed())
    assert bits(onward) != bits(prepared)
    again = prepare(wanted, pictures(wanted), "cpu", project)
    run(again.plan, RunControl(), Feed())
    assert bits(again) == bits(onward)


def test_continuing_keeps_the_scaling_the_model_was_trained_with() -> None:
    wanted = recipe(gaussian=True)
    project = kept(trained(wanted)[0])
    images = pictures(wanted)
    darker = only(images, (images.pixels // 4).astype(np.uint8))
    onward = prepare(wanted, darker, "cpu", project)
    assert onward.trained.transform is not None
    arrays = keep(onward.trained).transform
    assert all(np.array_equal(arrays[name], project.transform[name]) for name in project.transform)


def test_a_model_of_another_shape_cannot_be_continued() -> None:
    project = kept(trained(recipe())[0])
    wider = dataclasses.replace(recipe(), model=RbmSpec(7))
    with pytest.raises(ProjectError):
        prepare(wider, pictures(wider), "cpu", project)


def test_after_running_away_one_lowers_the_rate_and_goes_on() -> None:
    wild = recipe(True, {"learning_rate": 10.0, "steps": 3000, "decay": Decay.CONSTANT})
    prepared = prepare(wild, pictures(wild), "cpu")
    with pytest.raises(DivergedError):
        run(prepared.plan, RunControl(), Feed())
    project = kept(prepared)
    for array in (*project.weights.values(), *project.state.values()):
        assert array.dtype.kind != "f" or np.isfinite(array).all()
    calm = recipe(True, {"learning_rate": 0.001})
    onward = prepare(calm, pictures(calm), "cpu", project)
    result = run(onward.plan, RunControl(), Feed())
    assert result.steps == 20
    assert all(np.isfinite(array).all() for array in weights_of(onward.trained.model).values())
