"""One step: what it adds up to, what it remembers, and how it comes back from running away."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from studio.data.batches import Batches
from studio.errors import DivergedError
from studio.jobs.control import LiveSettings
from studio.models.autoencoder import Autoencoder
from studio.models.code_spec import CodeSpec, Network
from studio.models.noise import Noise
from studio.models.spec import RbmSpec
from studio.training.code_rule import PREFIX, Denoising
from studio.training.settings import Decay, Rule, TrainSettings
from studio.training.trainer import WARM_MOMENTUM, Trainer
from tests.unit.training.small import BASE, Small, bar_images, gaussian, small

PLAIN = dataclasses.replace(BASE, decay=Decay.CONSTANT, weight_decay=0.0)


def steps(run: Small, count: int) -> None:
    for _ in range(count):
        run.trainer.step()


def moved(settings: TrainSettings, spec: RbmSpec | None = None) -> dict[str, torch.Tensor]:
    """Return what the first step adds to each parameter."""
    run = small(settings, spec)
    before = {name: tensor.clone() for name, tensor in run.trainer.parameters.items()}
    steps(run, 1)
    return {name: tensor - before[name] for name, tensor in run.trainer.parameters.items()}


def test_a_step_goes_the_rate_along_the_direction() -> None:
    run, twin = small(PLAIN), small(PLAIN)
    before = run.model.weights.clone()
    rows = torch.from_numpy(twin.trainer.batches.next()).flatten(1)
    direction = torch.zeros_like(before)
    twin.rule.terms(rows, PLAIN)["weights"].add_to(direction, 0, 1)
    steps(run, 1)
    assert torch.allclose(run.model.weights, before + PLAIN.learning_rate * direction, atol=1e-7)
    assert run.trainer.steps == 1


def test_weight_decay_shrinks_the_weights_alone() -> None:
    free, decayed = moved(PLAIN), moved(dataclasses.replace(PLAIN, weight_decay=0.5))
    start = small(PLAIN).model.weights
    assert torch.allclose(decayed["weights"], free["weights"] - 0.1 * 0.5 * start, atol=1e-7)
    assert torch.equal(decayed["visible_bias"], free["visible_bias"])
    assert torch.equal(decayed["hidden_bias"], free["hidden_bias"])


def test_deviations_learn_at_a_tenth_of_the_rate() -> None:
    run, twin = small(PLAIN, gaussian()), small(PLAIN, gaussian())
    before = run.model.log_variance.clone()
    rows = torch.from_numpy(twin.trainer.batches.next()).flatten(1)
    direction = torch.zeros_like(before)
    twin.rule.terms(rows, PLAIN)["log_variance"].add_to(direction, 0, 1)
    steps(run, 1)
    assert torch.allclose(run.model.log_variance, before + 0.1 * PLAIN.learning_rate * direction, atol=1e-7)


def test_a_gradient_limit_shortens_every_direction_alike() -> None:
    free, held = moved(PLAIN, gaussian()), moved(dataclasses.replace(PLAIN, gradient_limit=0.01), gaussian())
    assert float(torch.linalg.vector_norm(held["weights"])) == pytest.approx(0.01 * 0.1, rel=1e-3)
    share = float(held["weights"].norm() / free["weights"].norm())
    for name in free:
        assert torch.allclose(held[name], share * free[name], atol=1e-6), name
    loose = moved(dataclasses.replace(PLAIN, gradient_limit=1e5), gaussian())
    assert all(torch.equal(loose[name], free[name]) for name in free)


def test_the_steps_of_an_autoencoder_are_cut_too() -> None:
    spec = CodeSpec(network=Network.DENSE, widths=(7,), code=5, hidden=0)
    lengths = []
    for limit in (0.0, 0.01):
        model, noise, images = Autoencoder(spec, (1, 3, 3)), Noise(0), bar_images()
        model.initialise(noise)
        learned = {f"{PREFIX}{name}": tensor for name, tensor in model.named_parameters()}
        before = {name: tensor.clone() for name, tensor in learned.items()}
        settings = dataclasses.replace(PLAIN, weight_decay=0.0, gradient_limit=limit)
        trainer = Trainer(learned, Denoising(model, noise), settings, Batches(images, images.training(), 10, 0), noise)
        trainer.step()
        moves = [tensor - before[name] for name, tensor in learned.items() if name.endswith("weight")]
        lengths.append(float(torch.cat([move.flatten() for move in moves]).norm()) / settings.learning_rate)
    assert lengths[0] > 0.02
    assert lengths[1] == pytest.approx(0.01, rel=1e-2)


def test_momentum_remembers_and_is_low_in_the_first_epoch() -> None:
    settings = dataclasses.replace(PLAIN, momentum=0.9, batch=7)  # two steps an epoch
    run = small(settings)
    assert run.trainer.momentum == WARM_MOMENTUM
    steps(run, 2)
    assert run.trainer.momentum == 0.9
    run.trainer.live = LiveSettings(learning_rate=0.0)
    velocity, before = run.trainer.velocity["weights"].clone(), run.model.weights.clone()
    steps(run, 1)
    assert torch.allclose(run.model.weights, before + 0.9 * velocity, atol=1e-7)


@pytest.mark.parametrize("rule", list(Rule))
@pytest.mark.parametrize("spec", [None, gaussian()], ids=["bernoulli", "gaussian"])
def test_a_run_continues_from_its_state_to_the_bit(rule: Rule, spec: RbmSpec | None) -> None:
    settings = dataclasses.replace(BASE, rule=rule, momentum=0.8, sparsity_cost=0.3, learning_rate=0.02)
    whole = small(settings, spec)
    whole.trainer.planned_steps = 40
    steps(whole, 17)
    arrays, values = whole.trainer.state()
    saved = {name: tensor.clone() for name, tensor in whole.trainer.parameters.items()}
    steps(whole, 23)
    resumed = small(dataclasses.replace(settings, seed=99), spec)
    for name, tensor in resumed.trainer.parameters.items():
        tensor.copy_(saved[name])
    resumed.trainer.settings = settings
    resumed.trainer.restore(arrays, values)
    assert resumed.trainer.steps == 17
    steps(resumed, 23)
    learned = whole.trainer.parameters.items()
    assert all(torch.equal(tensor, resumed.trainer.parameters[name]) for name, tensor in learned)


def test_a_state_is_not_changed_by_what_follows() -> None:
    run = small(dataclasses.replace(BASE, momentum=0.5))
    steps(run, 3)
    arrays, _ = run.trainer.state()
    kept = {name: array.copy() for name, array in arrays.items()}
    steps(run, 5)
    assert all(np.array_equal(array, kept[name]) for name, array in arrays.items())


def test_live_settings_hold_until_let_go() -> None:
    run = small(dataclasses.replace(PLAIN, sparsity_cost=0.25))
    assert (run.trainer.learning_rate, run.trainer.sparsity_cost) == (0.1, 0.25)
    run.trainer.live = LiveSettings(learning_rate=0.5, momentum=0.3, sparsity_cost=3.0)
    steps(run, 1)
    assert (run.trainer.learning_rate, run.trainer.momentum, run.trainer.sparsity_cost) == (0.5, 0.3, 3.0)
    run.trainer.live = LiveSettings()
    steps(run, 1)
    assert (run.trainer.learning_rate, run.trainer.momentum, run.trainer.sparsity_cost) == (0.1, 0.0, 0.25)


def test_a_live_sparsity_cost_acts_at_the_next_step() -> None:
    changed, plain = small(PLAIN), small(dataclasses.replace(PLAIN, sparsity_cost=5.0))
    changed.trainer.live = LiveSettings(sparsity_cost=5.0)
    steps(changed, 3)
    steps(plain, 3)
    assert changed.bits() == plain.bits()


RUNAWAY = dataclasses.replace(BASE, learning_rate=10.0, momentum=0.5, steps=2000, decay=Decay.CONSTANT)


def test_running_away_is_noticed_and_the_last_good_weights_come_back() -> None:
    run = small(RUNAWAY, gaussian())
    with pytest.raises(DivergedError) as caught:
        steps(run, 2000)
    assert "learning rate" in caught.value.hint
    assert run.trainer.steps < 2000
    for tensor in run.trainer.parameters.values():
        assert bool(torch.isfinite(tensor).all())
        assert float(tensor.abs().max()) < 100
    arrays, _ = run.trainer.state()
    assert all(np.isfinite(array).all() for array in arrays.values() if array.dtype.kind == "f")
    run.trainer.live = LiveSettings(learning_rate=0.001)
    steps(run, 100)
    assert all(bool(torch.isfinite(tensor).all()) for tensor in run.trainer.parameters.values())


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf"), 1e9])
def test_one_bad_number_is_enough(bad: float) -> None:
    run = small()
    steps(run, 25)
    good = {name: tensor.clone() for name, tensor in run.trainer.parameters.items()}
    chains = run.rule.state()["chains"]
    run.trainer.parameters["visible_bias"][1] = bad
    steps(run, 1)
    with pytest.raises(DivergedError):
        run.trainer.check()
    assert all(torch.equal(tensor, good[name]) for name, tensor in run.trainer.parameters.items())
    assert np.array_equal(run.rule.state()["chains"], chains)


def test_what_has_learned_normally_is_never_taken_for_running_away() -> None:
    run = small(dataclasses.replace(BASE, learning_rate=1.0, rule=Rule.CD))
    start = run.model.weights.clone()
    steps(run, 500)
    run.trainer.check()
    assert float((run.model.weights - start).abs().max()) > 1


def test_what_an_earlier_stage_has_learned_is_where_a_later_one_begins() -> None:
    run = small(dataclasses.replace(BASE, rule=Rule.CD))
    run.model.hidden_bias.fill_(30.0)  # by a stage before, after this one was prepared
    steps(run, 25)
    run.trainer.parameters["weights"][0, 0] = float("nan")
    with pytest.raises(DivergedError):
        run.trainer.check()
    assert float(run.model.hidden_bias.min()) > 20


def test_nothing_is_taken_back_before_the_first_step() -> None:
    run = small()
    run.model.hidden_bias.fill_(3.0)
    run.trainer.go_back()
    assert bool((run.model.hidden_bias == 3).all())
