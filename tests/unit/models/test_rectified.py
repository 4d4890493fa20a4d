"""Rectified hidden units against many draws, against the on-off units they stand for, and where they are refused."""

from __future__ import annotations

import dataclasses
import math

import pytest
import torch

from studio.errors import SettingsError
from studio.lab.confidence import confidence
from studio.models.chain import Controls
from studio.models.fade import joint_spec
from studio.models.noise import Noise
from studio.models.rbm import Rbm
from studio.models.rectified import rectified_mean, rectified_sample
from studio.models.spec import Hidden, RbmSpec, Visible
from studio.training.metrics import Metrics
from studio.training.rules import ContrastiveDivergence
from studio.training.settings import Rule, TrainSettings

DRAWS = 400_000
INPUTS = (-6.0, -2.0, -0.5, 0.0, 0.5, 2.0, 6.0)
SPEC = RbmSpec(3, Visible.GAUSSIAN, hidden_units=Hidden.RECTIFIED)


def made(seed: int = 1) -> Rbm:
    model = Rbm(SPEC, (1, 2, 2))
    generator = torch.Generator().manual_seed(seed)
    for tensor in (model.weights, model.visible_bias, model.hidden_bias):
        tensor.copy_(torch.randn(tensor.shape, generator=generator) * 0.5)
    return model


def test_the_mean_at_nothing_is_known() -> None:
    assert float(rectified_mean(torch.zeros(1))) == pytest.approx(math.sqrt(0.5) / math.sqrt(2 * math.pi), abs=1e-7)
    assert float(rectified_mean(torch.zeros(1))) == pytest.approx(0.2821, abs=1e-4)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("x", INPUTS)
def test_mean_and_variance_are_those_of_many_draws(x: float, temperature: float) -> None:
    total = torch.full((DRAWS,), x)
    drawn = rectified_sample(total, Noise(3), temperature).double()
    mean = float(rectified_mean(total[:1], temperature))
    t = math.sqrt(temperature / (1 + math.exp(-x / temperature)))
    # E max(0, y)^2 of a normal y, by which the variance is known too
    below = 0.5 * math.erfc(-x / t / math.sqrt(2))
    density = math.exp(-0.5 * (x / t) ** 2) / math.sqrt(2 * math.pi)
    variance = (x**2 + t**2) * below + x * t * density - mean**2
    assert float(drawn.min()) >= 0
    assert float(drawn.mean()) == pytest.approx(mean, abs=5 * (max(variance, 1e-9) / DRAWS) ** 0.5 + 1e-6)
    assert float(drawn.var()) == pytest.approx(variance, rel=0.03, abs=1e-5)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_they_stand_for_many_on_off_units(temperature: float) -> None:
    """Sums of P(h=1) over units with biases -.5, -1.5 ...: near what is drawn, where the input is not near nothing."""
    steps = torch.arange(200, dtype=torch.float64) + 0.5
    for x in (3.0 * temperature, 5.0 * temperature, 10.0 * temperature):
        p = torch.sigmoid((x - steps) / temperature)
        drawn = rectified_sample(torch.full((DRAWS,), x), Noise(4), temperature)
        assert float(drawn.mean()) == pytest.approx(float(p.sum()), abs=0.12 * temperature)
        assert float(drawn.var()) == pytest.approx(float((p * (1 - p)).sum()), rel=0.15)


def test_far_below_and_far_above_all_is_finite() -> None:
    total = torch.tensor([-1e4, -100.0, 100.0, 1e4])
    assert rectified_mean(total).tolist() == [0, 0, 100, 1e4]
    assert bool(torch.isfinite(rectified_sample(total, Noise(1))).all())


def test_the_model_draws_around_its_mean() -> None:
    model = made()
    v = torch.randn(2, 4, generator=torch.Generator().manual_seed(2))
    mean = model.hidden_given_visible(v)
    many = model.sample_hidden(v.repeat_interleave(100_000, 0), Noise(5)).view(2, 100_000, 3)
    assert torch.allclose(many.mean(1), mean, atol=0.01)
    assert torch.allclose(mean, rectified_mean(model.hidden_input(v)))


def test_muted_and_held_units_in_mean_and_draw() -> None:
    model, v = made(), torch.zeros(50, 4)
    model.hidden_bias.copy_(torch.tensor([3.0, -4.0, 2.0]))
    controls = Controls(gain=torch.tensor([0.0, 1.0, 1.0]), hold=torch.tensor([0.0, 1.0, 1.0]))
    for hidden in (model.hidden_given_visible(v, controls), model.sample_hidden(v, Noise(1), controls)):
        assert bool((hidden[:, 0] == 0).all())
        assert bool((hidden[:, 1] == 1).all()), "held on, though its input says off"
        assert float(hidden[:, 2].mean()) > 1.5, "a unit that answers more is not pulled down"


def test_a_dream_is_the_same_from_the_same_seed() -> None:
    model = made()
    ends = []
    for _ in range(2):
        noise = Noise(7)
        state = model.start(4, (2, 2), noise)
        for _ in range(20):
            state = model.sweep(state, Controls(), noise)
        ends.append(state)
    assert torch.equal(ends[0].visible, ends[1].visible)
    assert float(ends[0].hiddens[0].max()) > 1


@pytest.mark.parametrize("steps", [1, 3])
def test_contrastive_divergence_by_hand(steps: int) -> None:
    model = made()
    settings = TrainSettings(rule=Rule.CD, gibbs_steps=steps, centred=False)
    data = torch.randn(6, 4, generator=torch.Generator().manual_seed(3))
    learner, noise = ContrastiveDivergence(model, settings, torch.zeros(4), Noise(8)), Noise(8)
    found = torch.zeros_like(model.weights)
    learner.terms(data, settings)["weights"].add_to(found, 1.0, 1.0)
    h = model.sample_hidden(data, noise)
    for step in range(steps):
        v = model.sample_visible(model.visible_given_hidden(h), noise)
        if step < steps - 1:
            h = model.sample_hidden(v, noise)
    up = model.hidden_given_visible
    expected = (data.t() @ up(data) - v.t() @ up(v)) / 6 / model.variance[:, None]
    assert torch.allclose(found, expected, atol=1e-5)


def test_what_takes_an_energy_says_so_in_a_sentence() -> None:
    model, v = made(), torch.zeros(2, 4)
    for ask in (
        lambda: model.free_energy(v),
        lambda: model.energy(v, torch.zeros(2, 3)),
        lambda: confidence(model, [v]),
        lambda: joint_spec(SPEC),
    ):
        with pytest.raises(SettingsError) as caught:
            ask()
        assert caught.value.hint
    names = {name for name, _, _ in Metrics(model, v, v, 0).measure(0)}
    assert "reconstruction_error_held_out" in names
    assert "free_energy_gap" not in names


def test_on_off_pixels_have_no_rectified_units() -> None:
    with pytest.raises(SettingsError, match="need Gaussian pixels") as caught:
        RbmSpec(hidden_units=Hidden.RECTIFIED)
    assert "bernoulli" in caught.value.hint
    with pytest.raises(SettingsError, match="need Gaussian"):
        dataclasses.replace(SPEC, visible=Visible.BERNOULLI)
    with pytest.raises(SettingsError, match="cannot be"):
        RbmSpec(hidden_units="soft")  # type: ignore[arg-type]  # from a file
