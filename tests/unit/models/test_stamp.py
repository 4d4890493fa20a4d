"""Filters as pictures to stamp with."""

from __future__ import annotations

import pytest
import torch

from studio.errors import SettingsError
from studio.models.build import Model, build_model
from studio.models.noise import Noise
from studio.models.spec import CodeSpec, ConvSpec, ModelSpec, RbmSpec, Shape, TiledSpec, Visible
from studio.models.stamp import STRONG, stamped

GREY: Shape = (1, 12, 12)


def drawn(spec: ModelSpec, shape: Shape = GREY) -> Model:
    """Return a model with weights that tell its filters apart."""
    model, noise = build_model(spec, shape), Noise(3)
    for name, tensor in model.saved().items():
        if name.rpartition(".")[2] == "weights":
            tensor.copy_(noise.normal(tuple(tensor.shape)))
    return model


def test_a_filter_of_the_whole_picture_is_laid_over_it() -> None:
    model = drawn(RbmSpec(hidden=4))
    laid = stamped(model, 2, (12, 12), (3, 9))
    own = model.filters()[2]
    assert torch.allclose(laid, 0.5 + 0.5 * own / own.abs().max())
    assert laid.min() >= 0
    assert laid.max() <= 1
    gaussian = stamped(drawn(RbmSpec(hidden=4, visible=Visible.GAUSSIAN)), 2, (12, 12), (0, 0))
    assert float(gaussian.abs().max()) == STRONG


def test_filters_of_tiles_lie_where_their_units_are() -> None:
    model = drawn(TiledSpec(tile=4, filters=3))
    unit = 2 * 3 + 1  # the second filter at the third offset
    laid = stamped(model, unit, (16, 20), (5, 7))
    own = model.filters()[unit]
    assert torch.equal(laid[:, 2:6, 6:10], STRONG * own / own.abs().max())
    assert torch.equal(laid, laid.roll((4, 4), (1, 2)))


def test_filters_of_a_coarser_scale_are_as_large_as_what_they_see() -> None:
    model = drawn(TiledSpec(tile=4, filters=3, levels=2), (1, 16, 16))
    first = model.layers()[0][1] // 2
    laid = stamped(model, first, (16, 16), (0, 0))
    own = model.filters()[first]
    assert torch.equal(laid[:, ::2, ::2][:, :4, :4], STRONG * own / own.abs().max())
    assert torch.equal(laid[:, ::2], laid[:, 1::2])


def test_a_filter_of_a_map_is_centred_on_the_hand() -> None:
    model = drawn(ConvSpec(4, 5, 2, Visible.GAUSSIAN, deeper=("5x3/2",)), (1, 20, 20))
    own = model.filters(0)[3]
    laid = stamped(model, 3, (30, 40), (10, 20))
    assert torch.equal(laid[:, 8:13, 18:23], STRONG * own / own.abs().max())
    deeper = model.filters(1)[0]
    side = deeper.shape[1]
    laid = stamped(model, 4, (30, 40), (15, 20))
    begin = 15 - side // 2, 20 - side // 2
    assert torch.equal(
        laid[:, begin[0] : begin[0] + side, begin[1] : begin[1] + side], STRONG * deeper / deeper.abs().max()
    )


def test_codes_are_stamped_by_the_picture_of_a_hidden_unit() -> None:
    model = drawn(CodeSpec(widths=(6, 8), code=8, hidden=3))
    encoder = model.layers()[0][1]
    laid = stamped(model, encoder + 1, (12, 12), (0, 0))
    assert laid.shape == (1, 12, 12)
    assert 0 <= float(laid.min()) < float(laid.max()) <= 1


@pytest.mark.parametrize("unit", [-1, 4])
def test_a_filter_that_is_not_there_is_refused(unit: int) -> None:
    with pytest.raises(SettingsError, match="none of this model's"):
        stamped(drawn(RbmSpec(hidden=4)), unit, (12, 12), (0, 0))
