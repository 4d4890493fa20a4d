"""A convolutional RBM from pictures to project and back: the same bits, and a sentence for what cannot be."""

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
from studio.dream.begin import begin
from studio.dream.settings import DreamSettings
from studio.errors import DataError, SettingsError
from studio.jobs.control import RunControl
from studio.jobs.feed import Feed
from studio.jobs.frames import FilterFrame, ReconstructionFrame
from studio.models.build import build_alike
from studio.models.conv_rbm import ConvRbm
from studio.models.spec import ConvSpec, Visible
from studio.project.archive import Project, read_project, write_project
from studio.project.conv_job import LOOKED_AT
from studio.project.job import check, keep, prepare
from studio.project.looks import filter_detail, seen_by, spread
from studio.project.prepared import Prepared
from studio.project.recipe import Recipe
from studio.project.trained import open_trained
from studio.training.conv_persistent import ConvPersistent
from studio.training.conv_rule import SEED_SCALE, centred
from studio.training.run import run
from studio.training.settings import PLAIN_RULES, Decay, Optimiser, Rule, TrainSettings

TRAINING = TrainSettings(
    rule=Rule.CD, batch=4, learning_rate=0.02, decay=Decay.INVERSE, momentum=0.5, steps=30, sparsity_cost=1.0
)
PREPROCESS = Preprocess(height=18, width=20, crops=True, held_out=0.3, scaling=Scaling.WHITEN)


@pytest.fixture(autouse=True)
def torch_threads() -> Iterator[None]:
    """A run sets the number of torch's threads for the whole process."""
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    rng = np.random.default_rng(0)
    pixels = np.kron(rng.integers(60, 200, (16, 12)), np.ones((8, 8))) + rng.normal(0, 4, (128, 96))
    path = tmp_path / "blocks.png"
    Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(path)
    return Recipe(DatasetSpec((str(path),)), PREPROCESS, ConvSpec(filters=6, side=5), TRAINING)


def pictures(recipe: Recipe) -> ImageSet:
    return load(recipe.data, recipe.preprocess)


def trained(recipe: Recipe, previous: Project | None = None, feed: Feed | None = None) -> tuple[Prepared, Project]:
    prepared = prepare(recipe, pictures(recipe), "cpu", previous)
    control = RunControl()
    for kind in ("filters", "reconstructions"):
        control.set_wanted(kind, feed is not None)
    result = run(prepared.plan, control, feed or Feed())
    return prepared, keep(prepared.trained, prepared, result.settings)


@pytest.mark.parametrize("rule", PLAIN_RULES)
def test_figures_are_of_crops_as_the_rule_sees_them(recipe: Recipe, rule: Rule) -> None:
    """By CD without their mean, by chains with it."""
    training = dataclasses.replace(TRAINING, rule=rule, sparsity_cost=0)
    bright = dataclasses.replace(recipe.preprocess, scaling=Scaling.DECORRELATE)
    wanted = dataclasses.replace(recipe, preprocess=bright, training=training)
    prepared = prepare(wanted, pictures(wanted), "cpu")
    model = prepared.trained.model
    assert isinstance(model, ConvRbm)
    model.weights.zero_()
    found = {name: figure for name, _, figure in prepared.plan.stages[0].measure(0)}
    seen = seen_by(prepared.trained, prepared.images, spread(prepared.images.training(), LOOKED_AT))
    own = centred(seen) if rule is Rule.CD else seen
    assert found["reconstruction_error"] == pytest.approx(float(own.square().mean()), rel=1e-4)
    assert float(seen.square().mean()) > 1.03 * float(centred(seen).square().mean())


def test_a_project_brings_the_same_dream_back(recipe: Recipe, tmp_path: Path) -> None:
    prepared, project = trained(recipe)
    write_project(tmp_path / "blocks.harmonium", project)
    opened = open_trained(read_project(tmp_path / "blocks.harmonium"), "cpu")
    settings = DreamSettings(seed=3, width=31, height=22)
    shown = []
    for one in (prepared.trained, opened):
        chain = begin(one.model, settings, "cpu")
        chain.step(5)
        shown.append(one.to_pictures(chain.mean()))
    assert shown[0].shape == (1, 22, 31, 1)
    assert np.array_equal(shown[0], shown[1])
    assert opened.recipe.model == recipe.model
    assert opened.recipe.training.decay is Decay.INVERSE


def test_the_same_seed_learns_the_same_bits(recipe: Recipe) -> None:
    first, again = (trained(recipe)[1].weights for _ in range(2))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    other = dataclasses.replace(recipe, training=dataclasses.replace(TRAINING, seed=9))
    assert not np.array_equal(trained(other)[1].weights["weights"], first["weights"])
    assert not first["visible_bias"].any()


def test_going_on_begins_with_the_weights_and_the_deviation_that_were_kept(recipe: Recipe) -> None:
    _, project = trained(recipe)
    prepared = prepare(recipe, pictures(recipe), "cpu", project)
    kept = prepared.trained.model.saved()
    assert all(np.array_equal(kept[name].numpy(), project.weights[name]) for name in ("weights", "hidden_bias"))
    assert prepared.plan.stages[0].trainer.rule.state()["crops"] == 120
    assert 0.19 < float(np.exp(kept["log_variance"].numpy()[0] / 2)) < 0.2


def test_one_can_watch_it_learn(recipe: Recipe) -> None:
    feed = Feed()
    prepared, _ = trained(recipe, feed=feed)
    looks = feed.take()
    filters, beside = looks["filters"], looks["reconstructions"]
    assert isinstance(filters, FilterFrame)
    assert filters.filters.shape == (6, 5, 5, 1)
    assert filters.activity.shape == filters.norms.shape == (6,)
    assert isinstance(beside, ReconstructionFrame)
    assert beside.inputs.shape == beside.outputs.shape == (8, 18, 20, 1)
    detail = filter_detail(prepared.trained, prepared.images, 3)
    assert detail.exciting.shape == (10, 5, 5, 1)
    assert (np.diff(detail.activations) <= 0).all()


def test_on_off_pixels_are_learned_from_whole_pictures(recipe: Recipe) -> None:
    wanted = dataclasses.replace(
        recipe,
        data=DatasetSpec(("sample:bars",)),
        preprocess=Preprocess(height=8, width=8),
        model=ConvSpec(filters=4, side=3, visible=Visible.BERNOULLI, deviation=1, first_deviation=1),
    )
    prepared, project = trained(wanted)
    assert np.isfinite(project.weights["weights"]).all()
    assert set(prepared.trained.model.learned()) == {"weights", "hidden_bias", "visible_bias"}


@pytest.mark.parametrize(
    ("part", "change", "words"),
    [
        ("preprocess", {"scaling": Scaling.NONE}, "need standardised"),
        ("preprocess", {"scaling": Scaling.STANDARDISE}, "scaled alike at all places"),
        ("preprocess", {"height": 4, "width": 40}, "no room for filters of 5 px"),
        ("training", {"rule": Rule.PCD}, "without a sparsity cost"),
        ("training", {"rule": Rule.FPCD}, "by CD or PCD alone"),
        ("training", {"rule": Rule.PT}, "by CD or PCD alone"),
        ("model", {"visible": Visible.BERNOULLI}, "cannot take standardised"),
    ],
)
def test_what_cannot_be_learned_from_is_a_sentence(
    recipe: Recipe, part: str, change: dict[str, object], words: str
) -> None:
    changed = dataclasses.replace(getattr(recipe, part), **change)
    wanted = dataclasses.replace(recipe, **{part: changed})
    images = pictures(wanted if part == "preprocess" else recipe)
    with pytest.raises(SettingsError, match=words):
        prepare(wanted, images, "cpu")


def test_layers_by_kept_chains_do_not_begin_as_patches(recipe: Recipe) -> None:
    training = dataclasses.replace(TRAINING, rule=Rule.PCD, sparsity_cost=0.0)
    wanted = dataclasses.replace(recipe, model=dataclasses.replace(DEEP, patches=True), training=training)
    with pytest.raises(SettingsError, match="begin at nothing"):
        prepare(wanted, pictures(wanted), "cpu")


def test_further_layers_begin_as_patches_and_a_stopped_run_does_not_begin_again(recipe: Recipe) -> None:
    still = dataclasses.replace(TRAINING, learning_rate=0.0, steps=3)
    wanted = dataclasses.replace(recipe, model=dataclasses.replace(DEEP, patches=True), training=still)
    _, project = trained(wanted)
    begun = prepare(wanted, pictures(wanted), "cpu").trained.model.saved()
    assert np.array_equal(project.weights["levels.0.weights"], begun["levels.0.weights"].numpy())
    for number in (1, 2):
        weights = project.weights[f"levels.{number}.weights"]
        assert np.allclose(weights.std((1, 2, 3)), SEED_SCALE * 0.2**2, rtol=0.05)
    again, _ = trained(dataclasses.replace(wanted, training=dataclasses.replace(still, steps=1)), project)
    weights = again.trained.model.saved()["levels.2.weights"].numpy()
    assert np.array_equal(weights, project.weights["levels.2.weights"])


def test_pieces_that_further_layers_begin_as_are_not_washed_out(recipe: Recipe) -> None:
    heavy = dataclasses.replace(TRAINING, learning_rate=0.02, weight_decay=1.0, momentum=0.0, steps=90)
    wanted = dataclasses.replace(recipe, model=dataclasses.replace(DEEP, patches=True), training=heavy)
    _, project = trained(wanted)
    for number in (1, 2):
        left = project.weights[f"levels.{number}.weights"].std((1, 2, 3)) / (SEED_SCALE * 0.2**2)
        assert (left > 0.85).all()  # .55 with all of the decay


def test_one_colour_teaches_nothing(recipe: Recipe) -> None:
    images = pictures(recipe)
    plain = dataclasses.replace(images, exemplars=(np.full((1, 128, 96), 90, np.uint8),))
    with pytest.raises(SettingsError, match="one colour"):
        prepare(recipe, plain, "cpu")


def test_kept_chains_learn_and_go_on(recipe: Recipe) -> None:
    training = dataclasses.replace(TRAINING, rule=Rule.PCD, sparsity_cost=0.0, chains=3, optimiser=Optimiser.ADAM)
    wanted = dataclasses.replace(recipe, training=training)
    first, project = trained(wanted)
    rule = first.plan.stages[0].trainer.rule
    prepared = prepare(wanted, pictures(wanted), "cpu", project)
    again = prepared.plan.stages[0].trainer.rule
    assert all(np.array_equal(again.state()[name], rule.state()[name]) for name in rule.state())
    assert first.trained.model.saved()["log_variance"].item() == pytest.approx(2 * np.log(0.1))
    assert project.weights["visible_bias"].any()


@pytest.mark.parametrize(("crops", "homes"), [(True, 3), (False, 1)])
def test_kept_chains_of_crops_live_on_tori_and_of_whole_pictures_on_their_own_canvas(
    recipe: Recipe, crops: bool, homes: int
) -> None:
    training = dataclasses.replace(TRAINING, rule=Rule.PCD, sparsity_cost=0.0, chains=3, optimiser=Optimiser.ADAM)
    wanted = dataclasses.replace(recipe, training=training)
    if not crops:
        wanted = dataclasses.replace(
            wanted,
            data=DatasetSpec(("sample:faces",)),
            preprocess=Preprocess(height=18, width=20, scaling=Scaling.DECORRELATE),
        )
    prepared, _ = trained(wanted)
    rule = prepared.plan.stages[0].trainer.rule
    assert isinstance(rule, ConvPersistent)
    assert len(rule.sizes) == homes
    assert rule.controls.wrap == (crops, crops)


DEEP = ConvSpec(filters=6, side=5, deeper=("5x3/2", "4x2/1"))


@pytest.mark.parametrize("rule", PLAIN_RULES)
def test_layers_learn_one_after_another_and_those_below_stand_still(recipe: Recipe, rule: Rule) -> None:
    cost = 1.0 if rule is Rule.CD else 0.0
    training = dataclasses.replace(TRAINING, rule=rule, chains=6, steps=30, sparsity_cost=cost)
    deep = dataclasses.replace(recipe, model=DEEP, training=training)
    feed = Feed()
    prepared, project = trained(deep, feed=feed)
    names = [stage.name for stage in prepared.plan.stages]
    assert names == ["Layer 1 of 3", "Layer 2 of 3", "Layer 3 of 3"]
    assert project.recipe.training.stage_steps == (10, 10, 10)
    alone = dataclasses.replace(
        recipe, model=dataclasses.replace(DEEP, deeper=()), training=dataclasses.replace(training, steps=10)
    )
    first = trained(alone)[1].weights["weights"]
    assert np.array_equal(project.weights["levels.0.weights"], first)
    begun = prepare(deep, pictures(deep), "cpu").trained.model.saved()
    for number in range(3):
        name = f"levels.{number}.weights"
        assert not np.array_equal(project.weights[name], begun[name].numpy()), "it has learned"
    steps = [step for name, step, _ in feed.drain() if name == "reconstruction_error"]
    assert steps == sorted(steps)
    assert steps[-1] == 30


def test_a_run_of_several_layers_repeats_to_the_bit(recipe: Recipe, tmp_path: Path) -> None:
    deep = dataclasses.replace(recipe, model=DEEP)
    _, project = trained(deep)
    write_project(tmp_path / "deep.harmonium", project)
    again = trained(read_project(tmp_path / "deep.harmonium").recipe)[1]
    assert all(np.array_equal(again.weights[name], part) for name, part in project.weights.items())
    assert again.recipe == project.recipe


def test_a_run_that_was_stopped_goes_on_with_the_layer_it_stood_at(recipe: Recipe) -> None:
    deep = dataclasses.replace(recipe, model=DEEP)
    control, calls = RunControl(), []

    def stop_in_the_second() -> float:
        calls.append(1)
        if len(calls) == 14:
            control.stop()
        return 0.0

    prepared = prepare(deep, pictures(deep), "cpu")
    result = run(prepared.plan, control, Feed(), stop_in_the_second)
    stopped = keep(prepared.trained, prepared, result.settings)
    assert len(result.settings.stage_steps) == 2
    assert int(stopped.state["stage"]) == 1
    further, done = trained(deep, previous=stopped)
    assert [stage.name for stage in further.plan.stages] == ["Layer 2 of 3", "Layer 3 of 3"]
    assert np.array_equal(done.weights["levels.0.weights"], stopped.weights["levels.0.weights"])
    assert not np.array_equal(done.weights["levels.1.weights"], stopped.weights["levels.1.weights"])
    assert int(done.state["stage"]) == 2


def test_what_is_looked_at_tells_of_every_layer(recipe: Recipe) -> None:
    deep = dataclasses.replace(recipe, model=DEEP)
    feed = Feed()
    prepared, _ = trained(deep, feed=feed)
    frames = feed.take()
    filters, reconstructions = frames["filters"], frames["reconstructions"]
    assert isinstance(filters, FilterFrame)
    assert [frame.layer for frame in (filters, *filters.deeper)] == ["layer 1", "layer 2", "layer 3"]
    assert [len(frame.filters) for frame in (filters, *filters.deeper)] == [6, 5, 4]
    assert [len(frame.activity) for frame in (filters, *filters.deeper)] == [6, 5, 4]
    assert isinstance(reconstructions, ReconstructionFrame)
    assert reconstructions.outputs.shape == reconstructions.inputs.shape
    detail = filter_detail(prepared.trained, prepared.images, 12)
    assert detail.layer == "layer 3"
    assert detail.exciting.shape[1:3] == (min(DEEP.fields[2], 18), min(DEEP.fields[2], 20))


def test_a_filter_as_large_as_the_picture_learns_with_the_picture_padded(recipe: Recipe) -> None:
    side = min(recipe.preprocess.height, recipe.preprocess.width)
    _, project = trained(dataclasses.replace(recipe, model=ConvSpec(filters=3, side=side)))
    assert np.isfinite(project.weights["weights"]).all()
    assert np.ptp(project.weights["weights"]) > 0


def test_a_layer_without_room_is_said_before_training(recipe: Recipe) -> None:
    deep = dataclasses.replace(recipe, model=ConvSpec(filters=6, side=5, deeper=("5x9/2",)))
    with pytest.raises(SettingsError, match="Layer 2 has filters of 9 px, and the maps below it are 8 x 7"):
        prepare(deep, pictures(recipe), "cpu")


@pytest.mark.parametrize("stopped_at", [1, 2, 3])
def test_a_kept_recipe_goes_on_with_all_layers_that_are_left(recipe: Recipe, stopped_at: int) -> None:
    deep = dataclasses.replace(recipe, model=dataclasses.replace(DEEP, deeper=("5x3/2", "4x2/1", "3x1/1")))
    prepared = prepare(deep, pictures(deep), "cpu")
    control, calls, last = RunControl(), list[int](), 8 * (stopped_at - 1) + 3

    def stop() -> float:
        calls.append(1)
        if len(calls) == last:
            control.stop()
        return 0.0

    stopped = keep(prepared.trained, prepared, run(prepared.plan, control, Feed(), stop).settings)
    further, done = trained(stopped.recipe, previous=stopped)
    assert [stage.name for stage in further.plan.stages] == [f"Layer {n} of 4" for n in range(stopped_at, 5)]
    if stopped_at > 1:
        assert done.recipe.training.stage_steps == (), "a fresh run of it would leave layers out"


def test_whole_pictures_may_be_learned_as_they_differ_from_their_mean(recipe: Recipe) -> None:
    training = dataclasses.replace(TRAINING, rule=Rule.PCD, sparsity_cost=0.0, chains=2)
    preprocess = dataclasses.replace(PREPROCESS, crops=False, scaling=Scaling.STANDARDISE, held_out=0.0)
    recipe = dataclasses.replace(recipe, data=DatasetSpec(("sample:faces",)), training=training, preprocess=preprocess)
    images = pictures(recipe)
    prepared = prepare(recipe, images, "cpu")
    run(prepared.plan, RunControl(), Feed())
    trained = prepared.trained
    mean = images.pixels.mean(0).transpose(1, 2, 0) / 255
    assert np.allclose(trained.mean_picture((18, 20)), mean, atol=0.02)
    assert np.ptp(trained.mean_picture((40, 30))) == 0, "on another canvas no place is like one in the pictures"
    for crops, rule in ((True, Rule.PCD), (False, Rule.CD)):
        other = dataclasses.replace(
            recipe,
            preprocess=dataclasses.replace(preprocess, crops=crops),
            training=dataclasses.replace(training, rule=rule),
        )
        with pytest.raises(SettingsError, match="scaled alike at all places"):
            check(other, images)


@pytest.mark.parametrize(("crops", "rule"), [(False, Rule.PCD), (True, Rule.PCD), (False, Rule.CD)])
def test_only_where_kept_chains_were_whole_pictures_their_canvas_is_the_models_own(
    recipe: Recipe, crops: bool, rule: Rule
) -> None:
    training = dataclasses.replace(TRAINING, rule=rule, sparsity_cost=0.0, chains=2)
    preprocess = dataclasses.replace(PREPROCESS, crops=crops, scaling=Scaling.DECORRELATE, held_out=0.0)
    data = recipe.data if crops else DatasetSpec(("sample:faces",))
    recipe = dataclasses.replace(recipe, data=data, training=training, preprocess=preprocess)
    trained = prepare(recipe, pictures(recipe), "cpu").trained
    framed = not crops and rule is Rule.PCD
    for model in (trained.model, build_alike(trained.model)):
        chain = begin(model, DreamSettings(), "cpu")
        assert chain.size == ((18, 20) if framed else (256, 256))
        assert chain.controls.wrap == (not framed, not framed)


@pytest.mark.parametrize("crops", [True, False])
def test_pictures_of_which_whitening_leaves_nothing_are_a_sentence(tmp_path: Path, crops: bool) -> None:
    rng = np.random.default_rng(0)
    for number in range(3):
        Image.fromarray(rng.integers(100, 102, (48, 48), np.uint8)).save(tmp_path / f"{number}.png")
    preprocess = dataclasses.replace(PREPROCESS, crops=crops)
    flat = Recipe(DatasetSpec((str(tmp_path),)), preprocess, ConvSpec(filters=6, side=5), TRAINING)
    with pytest.raises(DataError, match="whitening leaves nothing of them") as refused:
        prepare(flat, pictures(flat), "cpu")
    assert "more contrast" in refused.value.hint
