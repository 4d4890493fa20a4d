"""The tiled-convolution RBM against a dense RBM of tied weights, its own symmetries and its conditional moments."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from studio.errors import SettingsError
from studio.models.build import build_model
from studio.models.chain import Controls
from studio.models.field_noise import FieldNoise
from studio.models.noise import Noise
from studio.models.rbm import Rbm
from studio.models.spec import Offsets, RbmSpec, TiledSpec, Visible
from studio.models.tiled_rbm import TiledRbm
from studio.models.tiles import from_torus, to_picture, to_planes, torus

SPECS = [TiledSpec(tile=3, filters=2), TiledSpec(tile=3, offsets=Offsets.ALL, filters=2)]


def random_tiled(spec: TiledSpec, channels: int = 1, scale: float = 0.5) -> TiledRbm:
    model = build_model(spec, (channels, 9, 9))
    assert isinstance(model, TiledRbm)
    noise = Noise(3)
    model.initialise(noise, scale, bias=-0.3)
    model.hidden_bias += 0.2 * noise.normal(tuple(model.hidden_bias.shape))
    model.visible_bias.copy_(0.3 * noise.normal((channels,)))
    return model


def hidden_input(model: TiledRbm, picture: Tensor) -> Tensor:
    """b + (t/s) U for pictures (n, C, H, W): (n, filters, rows, columns)."""
    canvas = to_planes(picture, model.tile)
    grid = model.grid_of(canvas)
    cutter = model.cutter(grid)
    torus(grid, canvas, 0, cutter.planes)
    weights = model.upward_weights()
    total = torch.cat([model.hidden_input(cutter, part, weights).clone() for part in range(len(cutter.parts))])
    laid: Tensor = torch.unflatten(total.flatten(0, 1), 1, (grid.rows, grid.columns, grid.batch))
    return laid.permute(3, 0, 1, 2)


def mean_of(model: TiledRbm, hidden: Tensor) -> Tensor:
    """c + s sum U h for hiddens (n, filters, rows, columns), with what a clamp of all hiddens would give."""
    count, _, rows, columns = hidden.shape
    canvas = torch.zeros(model.tile, model.tile, model.channels, rows, columns, count)
    cutter = model.cutter(model.grid_of(canvas))
    whole = torch.unflatten(hidden.permute(1, 2, 3, 0), 0, model.units).flatten(2).contiguous()
    cutter.sums.zero_()
    for part, of in enumerate(cutter.parts):
        model.add_mean(cutter, part, model.downward_weights(), whole[of])
    edge = from_torus(cutter.grid, cutter.sums, torch.zeros(1), canvas)
    canvas[:, :, :, 0] += edge
    return to_picture(canvas) + model.visible_bias[0, :, None, None]


def dense(model: TiledRbm, rows: int, columns: int) -> Rbm:
    """The same machine without structure: one hidden unit for each filter and tile, its weights laid out by hand."""
    n, (height, width) = model.tile, (rows * model.tile, columns * model.tile)
    twin = Rbm(RbmSpec(model.hidden * rows * columns, Visible.GAUSSIAN), (model.channels, height, width))
    weights = torch.zeros(model.channels, height, width, model.hidden, rows, columns)
    filters = model.filters()
    for place in range(model.hidden):
        dy, dx = model.offsets[place // model.spec.filters]
        for row in range(rows):
            for column in range(columns):
                for y in range(n):
                    for x in range(n):
                        at = (row * n + dy + y) % height, (column * n + dx + x) % width
                        weights[:, at[0], at[1], place, row, column] = filters[place, :, y, x] * model.deviation
    twin.weights.copy_(weights.reshape(twin.visible, twin.hidden))
    twin.hidden_bias.copy_(model.hidden_bias.flatten()[:, None].expand(-1, rows * columns).flatten())
    twin.visible_bias.copy_(model.visible_bias[0, :, None].expand(-1, height * width).flatten())
    twin.log_variance.copy_(model.log_variance[:, None].expand(-1, height * width).flatten())
    return twin


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: str(spec.offsets))
@pytest.mark.parametrize("channels", [1, 3])
def test_it_is_the_dense_machine_of_tied_weights(spec: TiledSpec, channels: int) -> None:
    model = random_tiled(spec, channels)
    twin = dense(model, 2, 2)
    pictures = Noise(5).normal((4, channels, 6, 6))
    rows = pictures.flatten(1)
    assert torch.allclose(hidden_input(model, pictures).flatten(1), twin.hidden_input(rows), atol=1e-4)
    hidden = Noise(6).bernoulli(torch.full((4, model.hidden, 2, 2), 0.5))
    assert torch.allclose(mean_of(model, hidden).flatten(1), twin.visible_given_hidden(hidden.flatten(1)), atol=1e-5)
    assert torch.allclose(model.free_energy(pictures), twin.free_energy(rows), rtol=1e-4)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: str(spec.offsets))
def test_up_and_down_are_adjoint_on_a_rectangle(spec: TiledSpec) -> None:
    model = random_tiled(spec, 3)
    picture, hidden = Noise(1).normal((2, 3, 6, 15)), Noise(2).normal((2, model.hidden, 2, 5))
    variance = torch.exp(model.log_variance)[:, None, None]
    up = hidden_input(model, picture) - hidden_input(model, torch.zeros_like(picture))
    down = mean_of(model, hidden) - model.visible_bias[0, :, None, None]
    assert float((up * hidden).sum()) == pytest.approx(float((picture * down / variance).sum()), rel=1e-4)


def test_moving_the_picture_by_whole_tiles_moves_the_hiddens() -> None:
    model = random_tiled(SPECS[1])
    picture = Noise(1).normal((1, 1, 9, 12))
    moved = hidden_input(model, picture.roll((3, -6), (2, 3)))
    assert torch.allclose(moved, hidden_input(model, picture).roll((1, -2), (2, 3)), atol=1e-5)


def test_moving_a_diagonal_model_along_its_diagonal_moves_it_to_the_next_filters() -> None:
    model = random_tiled(SPECS[0])
    model.weights.copy_(model.weights[:1].expand_as(model.weights).clone())
    model.hidden_bias.fill_(-1)
    hidden = hidden_input(model, Noise(1).normal((1, 1, 9, 9)))
    moved = hidden_input(model, Noise(1).normal((1, 1, 9, 9)).roll((1, 1), (2, 3)))
    assert torch.allclose(moved[:, 2:], hidden[:, :-2], atol=1e-5)


@pytest.mark.parametrize("temperature", [1.0, 2.0])
def test_the_visibles_have_the_conditional_moments(temperature: float) -> None:
    model = random_tiled(SPECS[0], 3)
    canvas = torch.zeros(3, 3, 3, 40, 40, 1)
    controls = Controls(temperature=temperature)
    drawn = model.drawn(canvas + 0.5, canvas, controls, FieldNoise(7, "cpu"))
    values = drawn.permute(2, 0, 1, 3, 4, 5).flatten(1)
    assert torch.allclose(values.mean(1), torch.full((3,), 0.5), atol=0.02)
    assert torch.allclose(values.var(1), temperature * torch.exp(model.log_variance), rtol=0.03)


def test_temperature_divides_what_a_hidden_unit_is_given() -> None:
    model = random_tiled(SPECS[0])
    canvas = to_planes(Noise(1).normal((2, 1, 9, 12)), model.tile)
    cutter = model.cutter(model.grid_of(canvas))
    torus(cutter.grid, canvas, 0, cutter.planes)
    weights = model.upward_weights()
    given = model.hidden_input(cutter, 0, weights).clone()
    found = model.probabilities(cutter, 0, weights, Controls(temperature=2.5))
    assert torch.allclose(found, torch.sigmoid(given / 2.5), atol=1e-6)


def test_smooth_steps_leave_the_conditional_distribution_as_it_is() -> None:
    model = random_tiled(SPECS[0])
    mean = torch.full((3, 3, 1, 60, 60, 1), 0.5)
    before = model.drawn(mean, mean, Controls(), FieldNoise(1, "cpu"))
    after = model.drawn(mean, before, Controls(rho=0.8), FieldNoise(2, "cpu"))
    assert float(after.var()) == pytest.approx(float(torch.exp(model.log_variance)), rel=0.03)
    together = torch.corrcoef(torch.stack([before.flatten(), after.flatten()]))
    assert float(together[0, 1]) == pytest.approx(0.8, abs=0.02)


def test_one_hidden_unit_fires_as_often_as_its_probability_says() -> None:
    model = random_tiled(TiledSpec(tile=2, filters=1))
    model.weights.zero_()
    model.hidden_bias.copy_(torch.tensor([[-1.0], [0.5]]))
    canvas = torch.zeros(2, 2, 1, 200, 200, 1)
    cutter = model.cutter(next(model.strips(canvas))[2])
    assert len(cutter.parts) == 1
    probability = model.probabilities(cutter, 0, model.upward_weights())
    drawn = FieldNoise(3, "cpu").bernoulli(probability, 0)
    share = drawn.sum(2).flatten() / cutter.grid.cells
    assert torch.allclose(share, torch.sigmoid(model.hidden_bias.flatten()), atol=0.02)


def test_sizes_and_layers_that_are_none_are_refused() -> None:
    model = random_tiled(SPECS[0])
    with pytest.raises(SettingsError):
        model.start(1, (0, 5), Noise(0))
    with pytest.raises(SettingsError):
        model.filters(1)
    with pytest.raises(SettingsError):
        TiledSpec(tile=1)
    with pytest.raises(SettingsError):
        TiledSpec(tile=40, offsets=Offsets.ALL, filters=64)
