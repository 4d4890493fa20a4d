"""Free energies held against each other, and the model that knows the mean picture alone."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from studio.jobs.stepwise import finished
from studio.lab.base_rate import base_log_likelihood
from studio.lab.free_energy import free_energies, gap, histograms
from studio.models.noise import Noise
from tests.unit.models.enumeration import all_states, random_rbm


def test_they_are_the_models_own_and_told_in_parts() -> None:
    model = random_rbm(1)
    rows = all_states(model.visible).repeat(80, 1)
    told: list[tuple[int, int]] = []
    found = finished(free_energies(model, rows), lambda *progress: told.append(progress))
    np.testing.assert_allclose(found, model.free_energy(rows).numpy())
    assert told[-1] == (len(rows), len(rows))
    assert len(told) == 3
    assert len(finished(free_energies(model, rows[:0]))) == 0


def test_a_gap_is_told_in_nats_in_deviations_and_with_its_error() -> None:
    generator = np.random.default_rng(0)
    differences = [gap(generator.normal(0, 4, 100), generator.normal(2, 8, 50)).deviations for _ in range(2_000)]
    one = gap(generator.normal(0, 4, 100_000), generator.normal(2, 8, 100_000))
    assert one.nats == pytest.approx(2, abs=0.1)
    assert one.deviations == pytest.approx(0.5, abs=0.03)
    error = gap(generator.normal(0, 4, 100), generator.normal(2, 8, 50)).error
    assert error == pytest.approx(float(np.std(differences)), rel=0.2)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_few_pictures_are_seldom_called_apart_by_chance(count: int) -> None:
    generator = np.random.default_rng(4)
    learned = generator.normal(0, 4, 500)
    gaps = [gap(learned, generator.normal(0, 4, count)) for _ in range(2_000)]
    assert np.mean([one.deviations > 2 * one.error for one in gaps]) < 0.03


def test_pictures_that_are_all_alike_have_no_spread() -> None:
    same = np.full(5, -3.0)
    assert gap(same, same).deviations == 0
    assert gap(same, same + 1).deviations == math.inf


def test_what_lies_far_out_is_named_and_not_drawn() -> None:
    generator = np.random.default_rng(0)
    learned, near, far = generator.normal(0, 1, 500), generator.normal(3, 1, 500), np.full(50, -1e6)
    found = histograms(("learned", "noise", "dreams"), (learned, near, far))
    assert found.counts[0].sum() >= 490
    assert found.counts[2].sum() == 0
    assert found.edges[0] == pytest.approx(-30, abs=4)
    assert found.beyond == "Beyond the picture: dreams below."
    assert histograms(("learned", "noise"), (learned, near)).beyond == ""


def test_the_mean_picture_alone_is_a_distribution() -> None:
    mean = torch.tensor([0.2, 0.5, 0.9])
    assert float(base_log_likelihood(all_states(3), mean).exp().sum()) == pytest.approx(1)
    v = Noise(0).bernoulli(torch.tensor([[1.0, 0.0, 1.0]]))
    wanted = math.log(0.2 * 0.5 * 0.9)
    assert float(base_log_likelihood(v, mean)) == pytest.approx(wanted, rel=1e-5)
