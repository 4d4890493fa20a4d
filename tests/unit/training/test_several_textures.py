"""Learning several textures at once: directions against the slopes of the free energy, one texture as before."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from studio.models.build import build_model
from studio.models.chain import Controls, GibbsChain
from studio.models.noise import Noise
from studio.models.spec import TiledSpec
from studio.models.tiled_rbm import TiledRbm
from studio.models.tiles import cut, to_picture
from studio.training.adam import Adam
from studio.training.settings import RENEW_EVERY, TrainSettings
from studio.training.shares import Shares, dealt, shares_of
from studio.training.terms import Dense, Term
from studio.training.tiled_rule import Statistics, TiledPersistent, directions

CROP = 11
SETTINGS = TrainSettings(batch=8, chains=7, steps=10)


def several(textures: int, learn_deviation: bool = True, channels: int = 1) -> TiledRbm:
    spec = TiledSpec(tile=3, filters=4, learn_deviation=learn_deviation, textures=textures)
    model = build_model(spec, (channels, CROP, CROP))
    assert isinstance(model, TiledRbm)
    noise = Noise(1)
    model.initialise(noise, 0.3)
    model.hidden_bias += 0.5 * noise.normal(tuple(model.hidden_bias.shape))
    model.visible_bias.copy_(0.5 * noise.normal(tuple(model.visible_bias.shape)))
    return model


def value(term: Term) -> Tensor:
    assert isinstance(term, Dense)
    return term.value


def counted(model: TiledRbm, canvases: list[Tensor], labels: list[Tensor]) -> dict[str, Tensor]:
    """Directions of data alone on tori: (batch, C, H, W) each, sizes multiples of the tile."""
    tiles = [canvas.shape[2] * canvas.shape[3] // model.tile**2 for canvas in canvases]
    every = sum(count * len(canvas) for count, canvas in zip(tiles, canvases, strict=True))
    sums = []
    for canvas, shares, count in zip(canvases, shares_of(labels, tiles, model.textures), tiles, strict=True):
        planes = model.start(len(canvas), (canvas.shape[2], canvas.shape[3]), Noise(0), canvas).visible
        total = Statistics(model, shares)
        total.share, total.whole = 1 / every, count * len(canvas) / every
        cutter = model.cutter(model.grid_of(planes))
        cutter.grid.laid_out(cutter.planes)[:, :, :, : cutter.grid.rows, : cutter.grid.columns] = planes
        laid = cutter.grid.laid_out(cutter.planes)
        laid[:, :, :, cutter.grid.rows, : cutter.grid.columns] = planes[:, :, :, 0]
        laid[:, :, :, :, cutter.grid.columns] = laid[:, :, :, :, 0]
        for part in range(len(cutter.parts)):
            total.count(cutter, part, model.probabilities(cutter, part, model.upward_weights(), biases=total.biases))
        total.add_visible(planes)
        sums.append(total)
    return {name: value(term) for name, term in directions(model, sums).items()}


def test_directions_are_the_slopes_of_the_mean_free_energy_of_each_texture() -> None:
    """With pictures of unlike numbers and sizes, by finite differences of F a tile, meant over each texture's tiles."""
    model = several(2, learn_deviation=False)
    canvases = [Noise(3).normal((3, 1, 9, 9)), Noise(4).normal((2, 1, 9, 12))]
    labels = [torch.tensor([0, 1, 0]), torch.tensor([0, 0])]

    def mean_energy(texture: int) -> float:
        lean = torch.eye(2)[texture]
        total, tiles = 0.0, 0
        for canvas, own in zip(canvases, labels, strict=True):
            mine = canvas[own == texture]
            if len(mine):
                total += float(model.free_energy(mine, Controls(lean=lean)).double().sum())
                tiles += len(mine) * canvas.shape[2] * canvas.shape[3] // 9
        return total / tiles

    found = counted(model, canvases, labels)
    step = 0.02

    def slope(tensor: Tensor, at: tuple[int, ...], texture: int) -> float:
        tensor[at] += step
        above = mean_energy(texture)
        tensor[at] -= 2 * step
        below = mean_energy(texture)
        tensor[at] += step
        return -(above - below) / (2 * step)

    for texture in range(2):
        for at in ((0, 1), (2, 3)):
            wanted = slope(model.hidden_bias, (texture, *at), texture)
            assert float(found["hidden_bias"][texture][at]) == pytest.approx(wanted, abs=2e-3)
        # F counts a tile's nine pixels, the direction the mean pixel; c takes no part in the energy of filters.
        assert float(found["visible_bias"][texture, 0]) - float(
            model.visible_bias[texture, 0] / torch.exp(model.log_variance[0])
        ) == pytest.approx(slope(model.visible_bias, (texture, 0), texture) / 9, abs=2e-3)
    for place in ((0, 0, 0), (1, 2, 5), (2, 3, 8)):
        both = (slope(model.weights, place, 0) + slope(model.weights, place, 1)) / 2
        assert float(found["weights"][place]) == pytest.approx(both, abs=2e-3)


@pytest.mark.parametrize("learn_deviation", [False, True])
def test_a_model_that_fits_each_texture_has_no_direction(
    learn_deviation: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While no chain is moved: one that was is not of the model for some sweeps."""
    monkeypatch.setattr("studio.training.tiled_rule.ROLL_EVERY", 1000)
    model = several(2, learn_deviation)
    settings = TrainSettings(batch=8, chains=60, steps=10)
    labels = np.arange(80) % 2
    rule = TiledPersistent(model, settings, Noise(1), lambda: labels)
    data = [GibbsChain(model, 40, Noise(7 + t), Controls(lean=torch.eye(2)[t]), (18, 18)) for t in (0, 1)]
    for _ in range(60):
        rule.terms(torch.zeros(80, 1, CROP, CROP), settings)
    sums: dict[str, Tensor] = {}
    squares: dict[str, Tensor] = {}
    count = 60
    for chain in data:
        chain.step(60)
    for _ in range(count):
        crops = torch.zeros(80, 1, CROP, CROP)
        for texture, chain in enumerate(data):
            chain.step(2)
            crops[texture::2] = chain.sample()[:, :, 3 : 3 + CROP, 3 : 3 + CROP]
        for name, term in rule.terms(crops, settings).items():
            sums[name] = sums.get(name, 0) + value(term)
            squares[name] = squares.get(name, 0) + value(term) ** 2
    for name, total in sums.items():
        error = (squares[name] / count - (total / count) ** 2).clamp_min(1e-12).sqrt() / count**0.5
        surprise = float(((total / count) / error).abs().mean())
        assert surprise < (1.8 if total.numel() > 2 else 3.5), name


def test_one_texture_learns_what_the_plain_sums_say() -> None:
    """An update of one texture, counted by hand on its crops and chains, to the bit of single precision."""
    model = several(1, channels=2)
    rule = TiledPersistent(model, SETTINGS, Noise(1))
    batch = Noise(2).normal((8, 2, CROP, CROP))
    before = [to_picture(canvas) for canvas in rule.chains]
    terms = rule.terms(batch, SETTINGS)
    up, n = model.upward_weights(), model.tile

    def along(moved: int, count: int) -> Tensor:
        """What tiles of a crop count along one side: the first and the last together as much as one inside."""
        counts = torch.ones(count)
        counts[0], counts[-1] = (moved + 0.5) / n, 1 - (moved + 0.5) / n
        return counts / counts.mean()

    def sums(picture: Tensor, rows: int, columns: int, torus: bool = True) -> tuple[Tensor, Tensor]:
        products, hidden = torch.zeros_like(model.weights), torch.zeros(model.units)
        for offset, (dy, dx) in enumerate(model.offsets):
            moved = picture.roll((-dy, -dx), (2, 3))[:, :, : rows * n, : columns * n]
            tiles = cut(moved, n).permute(3, 4, 5, 0, 1, 2).flatten(3).flatten(0, 2)
            probability = torch.sigmoid(model.hidden_bias[0, offset] + tiles @ up[offset].t())
            if not torus:
                counts = along(dy, rows)[:, None] * along(dx, columns)
                probability *= counts[:, :, None].expand(-1, -1, len(picture)).reshape(-1, 1)
            products[offset] = probability.t() @ tiles
            hidden[offset] = probability.sum(0)
        return products, hidden

    crop = (CROP - n + 1) // n
    products, hidden = (part / (8 * crop**2) for part in sums(batch, crop, crop, torus=False))
    tiles = sum(len(picture) * picture.shape[2] * picture.shape[3] // n**2 for picture in before)
    for picture in before:
        below = sums(picture, picture.shape[2] // n, picture.shape[3] // n)
        products, hidden = products - below[0] / tiles, hidden - below[1] / tiles
    assert torch.allclose(value(terms["hidden_bias"])[0], hidden, atol=1e-5)
    assert torch.allclose(value(terms["weights"]), products / model.per_pixel(model.deviation), atol=1e-4)
    assert terms["hidden_bias"].norm() > 0.01


def test_textures_that_are_one_learn_as_one_texture_does() -> None:
    """Two textures with the same biases, counts even: what they share moves as for one, to rounding."""
    one, two = several(1), several(2)
    for tensor in ("hidden_bias", "visible_bias"):
        two.saved()[tensor].copy_(one.saved()[tensor].expand_as(two.saved()[tensor]))
    settings = TrainSettings(batch=8, chains=6, steps=10)
    batch, labels = Noise(2).normal((8, 1, CROP, CROP)), np.arange(8) % 2
    plain = TiledPersistent(one, settings, Noise(1)).terms(batch, settings)
    mixed = TiledPersistent(two, settings, Noise(1), lambda: labels).terms(batch, settings)
    for name in ("weights", "log_variance"):
        assert torch.allclose(value(mixed[name]), value(plain[name]), atol=1e-5), name
    for name in ("hidden_bias", "visible_bias"):
        assert torch.allclose(value(mixed[name]).mean(0), value(plain[name])[0], atol=1e-5), name


def test_chains_and_shares_are_dealt_evenly() -> None:
    model = several(3)
    rule = TiledPersistent(model, SETTINGS, Noise(1), lambda: np.arange(8) % 3)
    shares = [share for share in rule.shares if share is not None]
    assert torch.cat([share.labels for share in shares]).tolist() == [0, 1, 2, 0, 1, 2, 0]
    tiles = [canvas.shape[3] * canvas.shape[4] for canvas in rule.chains]
    whole = torch.zeros(3)
    for share, count in zip(shares, tiles, strict=True):
        whole += share.by_texture(torch.full((len(share.labels),), float(count)))
    assert torch.allclose(whole, whole.mean().expand(3))
    assert dealt(4, 3, 2).tolist() == [2, 0, 1, 2]


def test_chains_take_over_half_of_another_texture_in_turn_with_noise() -> None:
    """Chains of one texture stand at -6, of the other at 6; what their mean does tells how one began anew."""
    model = several(2, learn_deviation=False)
    model.weights.zero_()
    model.visible_bias.copy_(torch.tensor([[-6.0], [6.0]]))
    settings = TrainSettings(batch=8, chains=12, steps=10)
    rule = TiledPersistent(model, settings, Noise(1), lambda: np.arange(8) % 2)
    batch, moved = torch.zeros(8, 1, CROP, CROP), []
    rule.terms(batch, settings)
    for update in range(2, 4 * RENEW_EVERY + 1):
        found = -value(rule.terms(batch, settings)["visible_bias"])[:, 0] * torch.exp(model.log_variance)
        inward = (found - model.visible_bias[:, 0]).abs()
        if float(inward.max()) > 0.3:
            moved.append((update, float(inward.max())))
    assert [update for update, _ in moved] == [RENEW_EVERY * turn for turn in (1, 2, 3, 4)]
    # Of six chains one loses 6 throughout, or 12 on about half of its columns.
    assert all(inward == pytest.approx(1, abs=0.25) for _, inward in moved)


def test_unlabelled_crops_are_a_fault_of_the_caller() -> None:
    with pytest.raises(ValueError, match="labelled"):
        TiledPersistent(several(2), SETTINGS, Noise(1))


def test_two_stripes_are_learned_and_kept_apart() -> None:
    """One model of upright and of lying stripes dreams either, as it leans."""
    spec = TiledSpec(tile=4, filters=8, textures=2)
    model = build_model(spec, (1, 14, 14))
    assert isinstance(model, TiledRbm)
    noise = Noise(1)
    model.initialise(noise, 0.1)
    settings = TrainSettings(batch=16, chains=12, steps=10)
    labels = np.arange(16) % 2
    rule, adam, rng = TiledPersistent(model, settings, noise, lambda: labels), Adam(), np.random.default_rng(0)
    wave = np.sqrt(2) * np.sin(2 * np.pi * np.arange(64) / 6)
    for step in range(300):
        starts = rng.integers(0, 40, 16)
        crops = np.stack([np.broadcast_to(wave[start : start + 14, None], (14, 14)) for start in starts])
        crops[1::2] = crops[1::2].transpose(0, 2, 1)
        for name, term in rule.terms(torch.from_numpy(crops[:, None].astype(np.float32)), settings).items():
            adam.add_to(name, model.learned()[name], value(term), 0.02 * min(1, 2 - step / 150) * rule.rate_of(name))
    for texture in (0, 1):
        dream = GibbsChain(model, 4, Noise(5), Controls(lean=torch.eye(2)[texture]), (24, 24))
        dream.step(200)
        shown = dream.mean()[:, 0]
        lying, upright = shown.mean(2).var(1).mean(), shown.mean(1).var(1).mean()
        mine, other = (lying, upright) if texture == 0 else (upright, lying)
        assert float(mine) > 5 * float(other)


def test_shares_weigh_textures_alike() -> None:
    (shares,) = shares_of([torch.tensor([0, 0, 0, 1])], [1], 2)
    assert isinstance(shares, Shares)
    assert torch.allclose(shares.by_texture(torch.ones(5, 4)), torch.full((2, 5), 2.0))
