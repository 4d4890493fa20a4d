"""Parts are counted as the models count their filters, whatever the family."""

from __future__ import annotations

import pytest

from studio.models.build import build_model
from studio.models.code_spec import CodeSpec, Network
from studio.models.kinds import Visible
from studio.models.parts import parts_of, played
from studio.models.spec import ConvSpec, ModelSpec, RbmSpec, TiledSpec
from studio.models.tiled_pyramid import TiledPyramid

SPECS: tuple[ModelSpec, ...] = (
    RbmSpec(9),
    TiledSpec(4, filters=2),
    TiledSpec(4, filters=2, levels=3),
    ConvSpec(3, 3, 2, Visible.GAUSSIAN),
    ConvSpec(3, 3, 2, Visible.GAUSSIAN, 0.8, 0.8, ("4x3/2", "2x2/1")),
    CodeSpec(widths=(4, 5), code=6, hidden=7),
    CodeSpec(network=Network.DENSE, widths=(), code=4, hidden=5),
    CodeSpec(widths=(4, 5), code=6, hidden=0, beta=1.0),
)


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_the_parts_are_all_filters_of_the_model_in_their_order(spec: ModelSpec) -> None:
    model, parts = build_model(spec, (1, 48, 48)), parts_of(spec)
    assert [part.first for part in parts] == [
        sum(part.count for part in parts[:number]) for number in range(len(parts))
    ]
    assert sum(part.count for part in parts) == sum(count for _, count in model.layers()) == model.hidden
    if len(parts) == len(model.layers()):
        assert [(part.name, part.count) for part in parts] == list(model.layers())
    else:  # the scales of a texture are one layer to look at, and several to play
        assert isinstance(model, TiledPyramid)
        assert [part.count for part in parts] == [level.hidden for level in model.each]


def test_what_does_not_draw_cannot_be_played_and_says_why() -> None:
    encoder, hidden = parts_of(CodeSpec(widths=(4,), code=6, hidden=7))
    assert "play the hidden units" in encoder.reason
    assert played((encoder, hidden)) == (hidden,)
    assert hidden.units == range(4, 11)
    (alone,) = parts_of(CodeSpec(widths=(4,), code=6, hidden=0, beta=1.0))
    assert "nothing to mix" in alone.reason
    assert all(len(played(parts_of(spec))) == len(parts_of(spec)) for spec in SPECS[:5])
