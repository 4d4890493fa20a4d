"""Bars and stripes, whose entropy is known: what is learned is judged by the exact likelihood."""

from __future__ import annotations

import dataclasses
import math

import pytest
import torch

from studio.jobs.control import RunControl
from studio.jobs.feed import Feed
from studio.models.noise import Noise
from studio.models.rbm import Rbm
from studio.models.spec import RbmSpec, Visible
from studio.training.rules import ContrastiveDivergence
from studio.training.run import run
from studio.training.settings import Decay, Rule, TrainSettings
from studio.training.terms import Dense
from tests.unit.models.enumeration import log_likelihood
from tests.unit.training.small import BASE, Small, bars_and_stripes, small

ENTROPY = math.log(14)  # bits of a picture of 3x3 bars or stripes, each as likely as the other, in nats


def nats(made: Small) -> float:
    exact = Rbm(made.model.spec, made.model.shape).double()
    for name, tensor in exact.saved().items():
        tensor.copy_(made.model.saved()[name])
    rows = torch.from_numpy(bars_and_stripes() / 255.0).flatten(1)
    return float(log_likelihood(exact, rows))


@pytest.mark.parametrize(
    ("rule", "momentum", "steps", "within"),
    [(Rule.PCD, 0.0, 3000, 0.6), (Rule.CD, 0.8, 2000, 1.0), (Rule.FPCD, 0.0, 3000, 0.6), (Rule.PT, 0.0, 3000, 0.6)],
    ids=["pcd", "cd", "fpcd", "pt"],
)
def test_bars_and_stripes_are_learned_towards_their_entropy(
    rule: Rule, momentum: float, steps: int, within: float
) -> None:
    settings = dataclasses.replace(
        BASE, rule=rule, momentum=momentum, steps=steps, batch=14, chains=100, learning_rate=0.1, weight_decay=0.0
    )
    made = small(settings, RbmSpec(16))
    before = nats(made)
    run(made.plan, RunControl(), Feed())
    after = nats(made)
    assert before < -5.5  # nine coins: 6.2 nats
    assert -ENTROPY - within < after < -ENTROPY


def test_independent_pixels_are_learned_as_such() -> None:
    """A Gaussian machine on independent normals finds their mean, and their variance where it may."""
    generator = torch.Generator().manual_seed(0)
    target, deviation = torch.tensor([0.5, -0.4, 0.0, 0.3]), torch.tensor([0.3, 0.8, 0.5, 1.0])
    spec = RbmSpec(2, Visible.GAUSSIAN, deviation=0.6, learn_deviation=True)
    settings = TrainSettings(rule=Rule.CD, learning_rate=0.02, decay=Decay.CONSTANT)
    model, noise = Rbm(spec, (1, 2, 2)), Noise(1)
    learner = ContrastiveDivergence(model, settings, torch.zeros(4), noise)
    for _ in range(2000):
        rows = target + deviation * torch.randn(50, 4, generator=generator)
        terms = learner.terms(rows, settings)
        for name in ("visible_bias", "log_variance"):
            term = terms[name]
            assert isinstance(term, Dense)
            model.learned()[name].add_(term.value, alpha=0.02 if name == "visible_bias" else 0.01)
        learner.constrain()
    assert torch.allclose(model.visible_bias, target, atol=0.1)
    assert torch.allclose(torch.exp(0.5 * model.log_variance), deviation, rtol=0.12)
