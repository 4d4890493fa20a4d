"""Recorded batches: the same run to the bit, and given up where a setting is another."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from studio.jobs.control import LiveSettings
from studio.models.autoencoder import Autoencoder
from studio.models.build import build_model
from studio.models.cdbn import Cdbn
from studio.models.code_spec import CodeSpec, Corruption, Network
from studio.models.conv_rbm import ConvRbm
from studio.models.noise import Noise
from studio.models.rbm import Rbm
from studio.models.spec import ConvSpec, RbmSpec, TiledSpec, Visible
from studio.models.tiled_pyramid import TiledPyramid
from studio.models.tiled_rbm import TiledRbm
from studio.project.conv_job import rule_of as conv_rule_of
from studio.project.conv_job import upwards_to
from studio.training.above import Above
from studio.training.code_rule import PREFIX, Denoising
from studio.training.conv_rule import ConvContrastive
from studio.training.pyramid_rule import DETAILS_EVERY, PyramidPersistent
from studio.training.recorded_terms import ALIKE, RecordedTerms
from studio.training.rule_choice import rule_of
from studio.training.rules import LearningRule
from studio.training.settings import RENEW_EVERY, Optimiser, Rule, TrainSettings
from studio.training.tiled_rule import TiledPersistent
from studio.training.trainer import Trainer
from tests.unit.models.test_recorded_sweep import HOST, Tape, refusing

CROP = 14
RULES = {
    "cd": TrainSettings(rule=Rule.CD, batch=6, gibbs_steps=2, momentum=0.5, sparsity_cost=0.1),
    "pcd": TrainSettings(rule=Rule.PCD, batch=6, chains=4, learning_rate=0.1),
    "fast": TrainSettings(rule=Rule.FPCD, batch=6, chains=4, learning_rate=0.1),
}
TEXTURE = TrainSettings(batch=6, chains=6, learning_rate=0.01, optimiser=Optimiser.ADAM)
LEE = TrainSettings(rule=Rule.CD, batch=6, learning_rate=0.01, sparsity_cost=0.1, gibbs_steps=2)
CONVOLUTIONAL = {
    "lee": (ConvSpec(4, 3, 2, deviation=0.2, first_deviation=0.9), LEE, 0),
    "lee on and off": (ConvSpec(4, 3, 2, Visible.BERNOULLI, deviation=0.5, first_deviation=0.9), LEE, 0),
    "lee, second layer": (ConvSpec(4, 3, 2, deeper=("5x3/2",)), LEE, 1),
    "lee, pieces": (ConvSpec(4, 3, 2, deeper=("5x3/2",), patches=True), LEE, 1),
    "kept chains": (ConvSpec(4, 3, 2), TEXTURE, 0),
    "kept chains of layers": (ConvSpec(4, 3, 2, deeper=("5x3/2",)), TEXTURE, 1),
}
STEPS = 3 * RENEW_EVERY + 2
LATE = ("lee, pieces", "kept chains of layers")  # what their first batch begins is not as it is later on


class Batches:
    """The same few batches, again and again."""

    steps_per_epoch = 3.0

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.batches = [Noise(place).uniform(shape).numpy() for place in range(3)]
        self.given = 0

    @property
    def epoch(self) -> float:
        return 2.0

    def next(self) -> NDArray[np.float32]:
        self.given += 1
        return self.batches[self.given % 3]

    def state(self) -> dict[str, NDArray[np.int64] | int]:
        return {"given": self.given}

    def restore(self, state: Mapping[str, object]) -> None:
        self.given = int(str(state["given"]))


def trainer(name: str, recorded: RecordedTerms, device: str, settings: TrainSettings | None = None) -> Trainer:
    noise = Noise(5, device)
    if name == "texture":
        settings = settings or TEXTURE
        texture = TiledRbm(TiledSpec(tile=4, filters=8, learn_deviation=True), (1, CROP, CROP))
        texture.initialise(Noise(3), 0.1)
        texture.to(device)
        rule: LearningRule = TiledPersistent(texture, settings, noise)
        learned, batches = texture.learned(), Batches((6, 1, CROP, CROP))
    elif name == "codes":
        drawn = CodeSpec(network=Network.DENSE, widths=(9,), code=4, hidden=3, corruption=Corruption.MASKING, level=0.3)
        coder = Autoencoder(drawn, (1, 6, 6))
        coder.initialise(Noise(3))
        coder.to(device)
        settings = TrainSettings(batch=6, learning_rate=0.01, optimiser=Optimiser.ADAM)
        rule, batches = Denoising(coder, noise), Batches((6, 1, 6, 6))
        learned = {PREFIX + part: value for part, value in coder.named_parameters()}
    elif name == "pyramid":
        settings, pyramid = settings or TEXTURE, TiledPyramid(TiledSpec(tile=4, filters=8, levels=2), (1, 32, 32))
        pyramid.initialise(Noise(3))
        pyramid.to(device)
        rule, learned = PyramidPersistent(pyramid, settings, noise), pyramid.learned()
        batches = Batches((6, 1, 32, 32))
    elif name in CONVOLUTIONAL:
        spec, settings, number = CONVOLUTIONAL[name]
        maps = build_model(spec, (1, 18, 18))
        assert isinstance(maps, ConvRbm | Cdbn)
        maps.initialise(Noise(3))
        maps.to(device)
        rule, learned, batches = conv_rule_of(maps, number, settings, noise), maps.learned(), Batches((6, 1, 18, 18))
        if number and settings.rule is Rule.CD:
            rule = Above(rule, upwards_to(maps, number, centre=True))
        learned = {part: value for part, value in learned.items() if not number or part.startswith(f"levels.{number}")}
        learned = {part.rpartition(".")[2]: value for part, value in learned.items()}
    else:
        settings, mean = settings or RULES[name], torch.full((20,), 0.4)
        model = Rbm(RbmSpec(7, Visible.GAUSSIAN if name == "cd" else Visible.BERNOULLI), (1, 4, 5))
        model.initialise(mean, Noise(3))
        model.to(device)
        rule = rule_of(model, settings, mean.to(device), noise)
        learned, batches = model.learned(), Batches((6, 1, 4, 5))
    made = Trainer(learned, rule, settings, batches, noise)
    made.recorded = recorded
    return made


def alike(one: Trainer, other: Trainer) -> bool:
    mine, theirs = one.rule.state(), other.rule.state()
    parameters = all(torch.equal(value, other.parameters[name]) for name, value in one.parameters.items())
    return parameters and all((value == theirs[name]).all() for name, value in mine.items())


@pytest.mark.parametrize("device", HOST)
@pytest.mark.parametrize("name", [*RULES, "texture", "codes", *CONVOLUTIONAL])
def test_every_rule_learns_the_same_to_the_bit(name: str, device: str) -> None:
    tape = Tape()
    mine, other = trainer(name, RecordedTerms(tape.of), device), trainer(name, RecordedTerms(lambda _: None), device)
    for _ in range(STEPS):
        mine.step()
        other.step()
        assert alike(mine, other)
    late = name in LATE
    assert (tape.recorded, tape.played) == (1, STEPS - ALIKE - late)


@pytest.mark.parametrize("device", HOST)
def test_levels_are_recorded_each_for_itself(device: str) -> None:
    tape = Tape()
    mine = trainer("pyramid", RecordedTerms(tape.of), device)
    other = trainer("pyramid", RecordedTerms(lambda _: None), device)
    steps = 2 * DETAILS_EVERY * ALIKE
    for step in range(steps):
        if step == steps - 4:
            for one in (mine, other):
                one.check()
                one.step()
                one.go_back()
        mine.step()
        other.step()
        assert alike(mine, other)
    details = -(-(steps + 1) // DETAILS_EVERY)
    assert (tape.recorded, tape.played) == (2, steps + 1 - ALIKE + details - ALIKE)


@pytest.mark.parametrize("name", ["lee", "lee on and off"])
def test_a_deviation_that_falls_is_read_where_it_stands(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = trainer(name, RecordedTerms(lambda _: None), "cpu")
    assert isinstance(mine.rule, ConvContrastive)
    parts = mine.rule.recordable(LEE)
    assert parts is not None
    parts.host(torch.zeros(6, 1, 18, 18))

    def asked(_model: ConvRbm) -> float:
        raise AssertionError("what the host knows stands still in a recording")

    monkeypatch.setattr(ConvRbm, "read_log_variance", asked)
    assert parts.device(torch.from_numpy(mine.batches.next()), LEE).keys() >= {"weights", "hidden_bias"}


def test_a_slider_ends_a_recording_where_it_is_part_of_it() -> None:
    tape = Tape()
    mine, other = trainer("cd", RecordedTerms(tape.of), "cpu"), trainer("cd", RecordedTerms(lambda _: None), "cpu")
    for live in (LiveSettings(), LiveSettings(learning_rate=0.02), LiveSettings(sparsity_cost=0.4)):
        for one in (mine, other):
            one.live = live
            for _ in range(2 * ALIKE):
                one.step()
        assert alike(mine, other)
    assert tape.recorded == 2  # the rate is none: it is for the update alone


@pytest.mark.parametrize("rule", [Rule.PT, Rule.FPCD], ids=["swaps", "limited"])
def test_what_waits_for_the_device_is_not_recorded(rule: Rule) -> None:
    tape, settings = Tape(), TrainSettings(rule=rule, batch=6, chains=4, gradient_limit=1.0)
    mine = trainer("pcd", RecordedTerms(tape.of), "cpu", settings)
    for _ in range(2 * ALIKE):
        mine.step()
    assert tape.recorded == 0


def test_several_textures_have_labels_and_are_not_recorded() -> None:
    model = TiledRbm(TiledSpec(tile=4, filters=8, textures=2), (1, CROP, CROP))
    rule = TiledPersistent(model, TEXTURE, Noise(1), lambda: np.arange(6) % 2)
    assert rule.recordable(TEXTURE) is None


def test_where_recording_fails_a_run_goes_on_as_it_would_have() -> None:
    mine = trainer("texture", RecordedTerms(refusing), "cpu")
    other = trainer("texture", RecordedTerms(lambda _: None), "cpu")
    for _ in range(2 * ALIKE):
        mine.step()
        other.step()
    assert alike(mine, other)


@pytest.mark.parametrize("name", ["pcd", "lee", "kept chains", "kept chains of layers"])
@pytest.mark.parametrize("device", HOST)
def test_a_run_that_goes_back_plays_on_from_there(device: str, name: str) -> None:
    tape = Tape()
    mine, other = trainer(name, RecordedTerms(tape.of), device), trainer(name, RecordedTerms(lambda _: None), device)
    for one in (mine, other):
        for _ in range(2 * ALIKE):
            one.step()
        one.check()
        one.step()
        one.go_back()
        for _ in range(ALIKE):
            one.step()
    assert alike(mine, other)
    assert tape.recorded == 1
