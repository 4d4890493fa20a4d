"""Learning a texture: unbiased directions, chains that persist, and a pattern that is really learned."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import torch
from torch import Tensor

from studio.models.build import build_model
from studio.models.chain import GibbsChain
from studio.models.noise import Noise
from studio.models.spec import TiledSpec
from studio.models.tiled_rbm import TiledRbm
from studio.models.tiles import to_picture
from studio.training.adam import Adam
from studio.training.settings import RENEW_EVERY, ROLL_EVERY, Optimiser, TrainSettings
from studio.training.terms import Dense, Term
from studio.training.tiled_metrics import TiledMetrics, spectrum
from studio.training.tiled_rule import TiledPersistent

CROP = 14
SETTINGS = TrainSettings(batch=16, chains=9, learning_rate=0.01, optimiser=Optimiser.ADAM, steps=100)


def tiny(learn_deviation: bool = False) -> tuple[TiledRbm, TiledPersistent]:
    model = build_model(TiledSpec(tile=4, filters=8, learn_deviation=learn_deviation), (1, CROP, CROP))
    assert isinstance(model, TiledRbm)
    noise = Noise(1)
    model.initialise(noise, 0.1)
    return model, TiledPersistent(model, SETTINGS, noise)


def value(term: Term) -> Tensor:
    assert isinstance(term, Dense)
    return term.value


def test_chains_live_on_several_tori_larger_than_the_crop() -> None:
    model, rule = tiny()
    sizes = [(canvas.shape[3] * 4, canvas.shape[4] * 4) for canvas in rule.chains]
    assert len(set(sizes)) == 3
    assert all(min(size) > CROP for size in sizes)
    assert sum(canvas.shape[5] for canvas in rule.chains) == SETTINGS.chains
    assert model.spec.torus_sizes(model.shape)[0] == (6, 6)


@pytest.mark.parametrize("learn_deviation", [False, True])
def test_a_model_that_fits_has_no_direction(learn_deviation: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """With crops of the model's own dreams, cut where its tiles are, the directions vanish on average.

    While no chain is moved: one that was is not of the model for some sweeps.
    """
    monkeypatch.setattr("studio.training.tiled_rule.ROLL_EVERY", 1000)
    model, rule = tiny(learn_deviation)
    data = GibbsChain(model, 200, Noise(7), size=(24, 24))
    data.step(60)
    for place, canvas in enumerate(rule.chains):
        settled = GibbsChain(model, canvas.shape[5], Noise(9 + place), size=(canvas.shape[3] * 4, canvas.shape[4] * 4))
        settled.step(60)
        rule.chains[place] = settled.state().visible
    sums: dict[str, Tensor] = {}
    squares: dict[str, Tensor] = {}
    count = 60
    for _ in range(count):
        data.step(2)
        for name, term in rule.terms(data.sample()[:, :, 4 : 4 + CROP, 8 : 8 + CROP], SETTINGS).items():
            sums[name] = sums.get(name, 0) + value(term)
            squares[name] = squares.get(name, 0) + value(term) ** 2
    for name, total in sums.items():
        error = (squares[name] / count - (total / count) ** 2).clamp_min(1e-12).sqrt() / count**0.5
        # .8 on average, did successive draws not hang together
        surprise = float(((total / count) / error).abs().mean())
        assert surprise < (1.6 if total.numel() > 1 else 3), name


def test_the_direction_of_the_biases_is_data_less_model() -> None:
    model, rule = tiny()
    bright = torch.ones(16, 1, CROP, CROP)
    before = torch.cat([canvas.flatten() for canvas in rule.chains]).mean()
    terms = rule.terms(bright, SETTINGS)
    wanted = (1 - before) / torch.exp(model.log_variance)
    assert torch.allclose(value(terms["visible_bias"]), wanted, atol=1e-4)


def test_chains_begin_anew_in_turn() -> None:
    """Chains that stand at 5 fall to 0, one of them, at every eighth update; the direction of the bias tells."""
    model, rule = tiny()
    model.weights.zero_()
    model.visible_bias.fill_(5)
    batch = torch.zeros(16, 1, CROP, CROP)
    rule.terms(batch, SETTINGS)
    means = []
    for _ in range(3 * RENEW_EVERY):
        direction = value(rule.terms(batch, SETTINGS)["visible_bias"])
        means.append(-float(direction * torch.exp(model.log_variance)))
    fallen = [place for place, mean in enumerate(means) if mean < 4.7]
    assert [place % RENEW_EVERY for place in fallen] == [RENEW_EVERY - 2] * 3
    assert min(means) > 4


def test_every_chain_begins_anew_in_its_turn() -> None:
    _, rule = tiny()
    fresh: list[tuple[int, int]] = []
    for _ in range(SETTINGS.chains * RENEW_EVERY):
        rule.updates += 1
        before = [canvas.clone() for canvas in rule.chains]
        rule._renew()
        fresh += changed(rule, before)
    assert len(fresh) == len(set(fresh)) == SETTINGS.chains


def changed(rule: TiledPersistent, before: list[Tensor]) -> list[tuple[int, int]]:
    """Return torus and number of the chains that are not what they were."""
    return [
        (place, row)
        for place, (canvas, old) in enumerate(zip(rule.chains, before, strict=True))
        for row in range(canvas.shape[5])
        if not torch.equal(canvas[..., row], old[..., row])
    ]


def test_every_chain_is_moved_over_its_torus_in_its_turn() -> None:
    """By less than a tile each way, all shifts alike in the long run; what it shows stays what it was."""
    _, rule = tiny()
    n, shifts, moved = rule.model.tile, set(), set()
    for _ in range(40 * SETTINGS.chains):
        for _ in range(ROLL_EVERY):
            before = [canvas.clone() for canvas in rule.chains]
            rule.updates += 1
            rule._roll()
        for place, row in changed(rule, before):
            picture, old = (to_picture(canvas[..., row : row + 1]) for canvas in (rule.chains[place], before[place]))
            shifts |= {s for s in product(range(n), repeat=2) if torch.equal(picture, old.roll(s, (2, 3)))}
            moved.add((place, row))
    assert len(moved) == SETTINGS.chains
    assert shifts == {*product(range(n), repeat=2)} - {(0, 0)}


def test_a_picture_that_grows_lighter_downwards_pulls_at_all_offsets_alike() -> None:
    """Units that fire by halves see the mean of what they count; counted alike, tiles further down would be lighter."""
    model, rule = tiny()
    model.weights.zero_()
    model.hidden_bias.zero_()
    ramp = torch.linspace(-1, 1, CROP)[:, None].expand(16, 1, CROP, CROP).contiguous()
    for canvas in rule.chains:
        canvas.zero_()
    means = value(rule.terms(ramp, SETTINGS)["weights"]).mean(2)
    assert torch.allclose(means, means[:1].expand_as(means), atol=1e-5)


def test_it_goes_on_from_its_state() -> None:
    (_, rule), (_, twin) = tiny(), tiny()
    batch = Noise(3).normal((16, 1, CROP, CROP))
    rule.terms(batch, SETTINGS)
    twin.restore(rule.state())
    assert all(torch.equal(mine, theirs) for mine, theirs in zip(rule.chains, twin.chains, strict=True))


def test_stripes_are_learned_and_dreamt_seamlessly() -> None:
    """Stripes wider than the tile: after a few hundred steps a dream from noise is made of them."""
    model, rule = tiny()
    rng = np.random.default_rng(0)
    wave = np.sqrt(2) * np.sin(2 * np.pi * np.arange(64) / 6)
    adam = Adam()
    for step in range(400):
        starts = rng.integers(0, 40, 16)
        crops = np.stack([np.broadcast_to(wave[start : start + CROP, None], (CROP, CROP)) for start in starts])
        for name, term in rule.terms(torch.from_numpy(crops[:, None].astype(np.float32)), SETTINGS).items():
            adam.add_to(name, model.learned()[name], value(term), 0.02 * min(1, 2 - step / 200))
    dream = GibbsChain(model, 4, Noise(5), size=(24, 24))
    dream.step(200)
    power = torch.fft.fft(dream.mean()[:, 0].mean(2), dim=1).abs()[:, 1:13].square()
    assert (power[:, 2:5].sum(1) / power.sum(1)).min() > 0.9  # about four periods
    assert float(dream.mean().std()) == pytest.approx(1, abs=0.2)
    metrics = TiledMetrics(
        model, rule, torch.from_numpy(crops[:, None].astype(np.float32)), torch.zeros(0, 1, CROP, CROP)
    )
    figures = {name: figure for name, _, figure in metrics.measure(1)}
    assert figures["reconstruction_error"] < 0.2
    assert 0 < figures["mean_activity"] < 1
    assert set(figures) >= {"spectrum_distance", "weight_norm", "dead_units"}


def test_the_spectrum_of_noise_is_flat_and_of_a_wave_is_not() -> None:
    noise = spectrum(Noise(1).normal((60, 2, 30, 30)))
    assert float(noise.std(1).max()) < 0.05
    assert float(noise.mean()) == pytest.approx(0, abs=0.05)
    wave = torch.sin(2 * torch.pi * torch.arange(30) / 6).expand(1, 1, 30, 30)
    assert int(spectrum(wave)[0].argmax()) + 1 == pytest.approx(2 * 7 / 6, abs=1.6)
