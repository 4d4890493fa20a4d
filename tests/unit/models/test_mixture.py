"""Several textures in one model: their biases, mixtures and maps against models of one texture."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from torch import Tensor

from studio.errors import SettingsError
from studio.models import tiled_rbm
from studio.models.build import build_model
from studio.models.chain import Controls, GibbsChain
from studio.models.mixture import MappedBiases
from studio.models.noise import Noise
from studio.models.spec import Offsets, TiledSpec
from studio.models.tiled_rbm import TiledRbm

WRAPS = [(True, True), (False, True), (True, False), (False, False)]


def several(textures: int = 2, channels: int = 1, offsets: Offsets = Offsets.DIAGONAL) -> TiledRbm:
    model = build_model(TiledSpec(tile=3, filters=4, offsets=offsets, textures=textures), (channels, 9, 9))
    assert isinstance(model, TiledRbm)
    noise = Noise(3)
    model.initialise(noise, 0.5)
    model.hidden_bias += noise.normal(tuple(model.hidden_bias.shape))
    model.visible_bias.copy_(noise.normal(tuple(model.visible_bias.shape)))
    return model


def alone(model: TiledRbm, hidden: Tensor, visible: Tensor) -> TiledRbm:
    """A model of one texture with the same filters and these biases."""
    twin = TiledRbm(dataclasses.replace(model.spec, textures=1), model.shape)
    twin.weights.copy_(model.weights)
    twin.hidden_bias.copy_(hidden)
    twin.visible_bias.copy_(visible)
    return twin


def dreamt(model: TiledRbm, controls: Controls, size: tuple[int, int] = (20, 31)) -> Tensor:
    chain = GibbsChain(model, 2, Noise(5), controls, size)
    chain.step(3)
    return chain.sample()


def constant(lean: Tensor, size: tuple[int, int]) -> Tensor:
    return lean[:, None, None].expand(-1, *size).contiguous()


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("texture", [0, 1, 2])
def test_leaning_on_one_texture_is_the_model_of_it_alone(texture: int, channels: int) -> None:
    model = several(3, channels)
    twin = alone(model, model.hidden_bias[texture], model.visible_bias[texture])
    lean = torch.zeros(3)
    lean[texture] = 1
    canvas = model.start(2, (18, 21), Noise(1)).visible
    assert torch.equal(model.expected(canvas, Controls(lean=lean)), twin.expected(canvas))
    assert torch.equal(dreamt(model, Controls(lean=lean)), dreamt(twin, Controls()))
    picture = Noise(2).normal((2, channels, 9, 12))
    assert torch.equal(model.free_energy(picture, Controls(lean=lean)), twin.free_energy(picture))


def test_without_a_lean_it_is_the_first_texture() -> None:
    model = several(2)
    assert torch.equal(dreamt(model, Controls()), dreamt(model, Controls(lean=torch.tensor([1.0, 0.0]))))
    assert not torch.equal(dreamt(model, Controls()), dreamt(model, Controls(lean=torch.tensor([0.0, 1.0]))))


def test_an_even_lean_is_the_mean_of_the_biases() -> None:
    model = several(4)
    twin = alone(model, model.hidden_bias.mean(0), model.visible_bias.mean(0))
    lean = torch.full((4,), 0.25)
    canvas = model.start(1, (18, 21), Noise(1)).visible
    assert torch.allclose(model.expected(canvas, Controls(lean=lean)), twin.expected(canvas), atol=1e-5)


@pytest.mark.parametrize("wrap", WRAPS)
@pytest.mark.parametrize("offsets", list(Offsets))
def test_a_map_of_one_value_is_that_value_to_the_bit(wrap: tuple[bool, bool], offsets: Offsets) -> None:
    model, lean = several(3, 3, offsets), torch.tensor([0.2, 0.5, 0.3])
    plain = dreamt(model, Controls(wrap=wrap, lean=lean))
    assert torch.equal(dreamt(model, Controls(wrap=wrap, lean=constant(lean, (20, 31)))), plain)


def test_a_map_is_the_same_in_strips_and_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    model = several(2, 3)
    share = Noise(4).uniform((60, 30))
    lean = torch.stack([share, 1 - share])
    biases = model.biases(20, 10, Controls(lean=lean))
    for part in (slice(0, 2), slice(2, 3)):
        whole = biases.hidden_at(part, 0, 20)
        assert torch.equal(torch.cat([biases.hidden_at(part, row, 5) for row in range(0, 20, 5)], 2), whole)
    assert torch.equal(torch.cat([biases.visible_at(row, 4) for row in range(0, 20, 4)], 3), biases.visible_at(0, 20))
    canvas, controls = model.start(1, (60, 30), Noise(2)).visible, Controls(lean=lean)
    whole = model.expected(canvas, controls)
    monkeypatch.setattr(tiled_rbm, "STRIP_NUMBERS", 810)
    assert len(list(model.strips(canvas))) > 3
    assert torch.allclose(model.expected(canvas, controls), whole, atol=1e-5)


def test_pixels_and_tiles_take_the_mixture_where_they_lie() -> None:
    """On a canvas as large as the map a pixel has its share, and a tile that of its middle, round the torus."""
    model = several(2)
    share = Noise(4).uniform((9, 12))
    lean = torch.stack([1 - share, share])
    biases = model.biases(3, 4, Controls(lean=lean))
    hidden, visible = biases.hidden_at(slice(0, 3), 0, 3), biases.visible_at(0, 3)
    for offset, (dy, dx) in enumerate(model.offsets):
        for row in range(3):
            for column in range(4):
                middle = share[(3 * row + dy + 1) % 9, (3 * column + dx + 1) % 12]
                wanted = torch.lerp(model.hidden_bias[0, offset], model.hidden_bias[1, offset], middle)
                assert torch.allclose(hidden[offset, :, row, column, 0], wanted, atol=1e-5)
                own = share[3 * row + dy, 3 * column + dx]
                wanted = torch.lerp(model.visible_bias[0], model.visible_bias[1], own)
                assert torch.allclose(visible[dy, dx, :, row, column, 0], wanted, atol=1e-5)


def test_the_map_wraps_with_the_picture_and_ends_where_that_does() -> None:
    across = torch.linspace(0, 1, 10)
    lean = torch.stack([1 - across, across])[:, None].expand(-1, 10, -1)

    def first_and_last(wrap: bool) -> tuple[float, float]:
        columns = 3 if wrap else 5
        biases = MappedBiases(
            torch.zeros(2, 1, 1), torch.tensor([[0.0], [1.0]]), lean, [(0, 0)], 3, 3, columns, (True, wrap)
        )
        row = biases.visible_at(0, 3)[0, :, 0, 0, :, 0].t().flatten()  # pixels from left to right
        return float(row[0]), float(row[-1])

    first, last = first_and_last(wrap=False)
    assert (first, last) == (0, 1)  # beyond the shown ten pixels it goes on as at the edge
    first, last = first_and_last(wrap=True)
    place = 0.5 * 10 / 9 - 0.5  # of the first of nine pixels, on the ten of the map
    assert first == pytest.approx(place / 9, abs=1e-5)
    assert last == pytest.approx(1 - place / 9, abs=1e-5)


@pytest.mark.parametrize("down", [False, True])
def test_tiles_whose_middle_lies_between_pixels_take_what_lies_between(down: bool) -> None:
    ramp = torch.linspace(0, 1, 10)
    share = ramp[:, None].expand(10, 10) if down else ramp.expand(10, 10)
    lean, units = torch.stack([1 - share, share]), torch.tensor([0.0, 1.0])[:, None, None]
    biases = MappedBiases(units, torch.tensor([[0.0], [1.0]]), lean, [(0, 0)], 4, 3, 3, (False, False))
    hidden = biases.hidden_at(slice(0, 1), 0, 3)[0, 0, :, :, 0]
    wanted = torch.tensor([1.5, 5.5, 9.0]) / 9  # the last tile's middle lies beyond the map
    assert torch.allclose(hidden, wanted[:, None].expand(3, 3) if down else wanted.expand(3, 3), atol=1e-6)


def test_pictures_are_looked_at_as_the_textures_they_are_of() -> None:
    model, pictures = several(2), Noise(1).normal((4, 1, 11, 11))
    labels = torch.tensor([0, 1, 1, 0])
    both = model.reconstructed(pictures, labels=labels)[1]
    for texture in range(2):
        twin = alone(model, model.hidden_bias[texture], model.visible_bias[texture])
        mine = labels == texture
        assert torch.allclose(both[..., mine], twin.reconstructed(pictures[mine])[1], atol=1e-5)
        assert torch.allclose(model.responses(pictures, 5, labels)[mine], twin.responses(pictures[mine], 5), atol=1e-6)
    halves = [alone(model, model.hidden_bias[t], model.visible_bias[t]).activity(pictures[labels == t]) for t in (0, 1)]
    assert torch.allclose(model.activity(pictures, labels), (halves[0] + halves[1]) / 2, atol=1e-6)


@pytest.mark.parametrize("lean", [torch.ones(3) / 3, torch.ones(2, 5) / 2, torch.ones(1, 9, 9)])
def test_a_lean_over_other_textures_is_refused(lean: Tensor) -> None:
    with pytest.raises(SettingsError, match="does not fit a model of 2"):
        dreamt(several(2), Controls(lean=lean))


def test_there_are_one_to_sixteen_textures() -> None:
    assert TiledSpec(textures=16).parameter_count((1, 9, 9)) == 352 * (121 + 16) + 17
    for wrong in (0, 17):
        with pytest.raises(SettingsError, match="textures"):
            TiledSpec(textures=wrong)
