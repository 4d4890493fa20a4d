"""The spec of convolutional layers: how they are written, what they see, what they cost."""

from __future__ import annotations

import pytest

from studio.errors import SettingsError
from studio.models.build import build_model
from studio.models.spec import ConvSpec, Layer, Visible


def test_a_layer_is_written_in_one_word() -> None:
    assert Layer.of("40x6/2") == Layer.of(" 40 x 6 / 2 ") == Layer(40, 6, 2)
    assert Layer.of("24x5") == Layer(24, 5, 1)
    assert str(Layer(40, 6, 2)) == "40x6/2"
    for text in ("", "40", "40x", "x6/2", "40x6/", "40x6x2", "-1x6/2"):
        with pytest.raises(SettingsError, match="is not a layer"):
            Layer.of(text)


@pytest.mark.parametrize("layer", ["0x6/2", "40x0/2", "40x65/2", "40x6/17", "5000x6/2"])
def test_layers_beyond_the_limits_are_refused(layer: str) -> None:
    with pytest.raises(SettingsError, match="cannot be"):
        ConvSpec(deeper=(layer,))


def test_there_is_an_end_to_layers() -> None:
    with pytest.raises(SettingsError, match="7 layers cannot be built"):
        ConvSpec(deeper=("8x3/1",) * 6)


def test_every_layer_sees_the_pooled_maps_of_the_one_below() -> None:
    spec = ConvSpec(24, 10, 2, deeper=("40x6/2", "24x4"))
    assert spec.deeper == ("40x6/2", "24x4/1")
    assert [(one.filters, shape) for one, shape in spec.each((1, 70, 200))] == [
        (24, (1, 70, 200)),
        (40, (24, 31, 96)),
        (24, (40, 13, 46)),
    ]
    assert [one.visible for one, _ in spec.each((1, 70, 70))] == [Visible.GAUSSIAN, *[Visible.BERNOULLI] * 2]
    assert spec.fields == (10, 21, 35)
    assert spec.hidden == 88


def test_layers_are_put_in_and_taken_out() -> None:
    spec = ConvSpec(24, 10, 2)
    taller = spec.with_layers([*spec.layers, Layer(40, 6, 2)])
    assert taller == ConvSpec(24, 10, 2, deeper=("40x6/2",))
    assert taller.with_layers(taller.layers[1:]) == ConvSpec(40, 6, 2)


def test_parameters_are_counted_in_every_layer() -> None:
    spec = ConvSpec(24, 10, 2, deeper=("40x6/2",))
    model = build_model(spec, (3, 40, 40))
    assert spec.parameter_count((3, 40, 40)) == sum(part.numel() for part in model.saved().values()) - 2
    assert spec.memory_bytes((3, 40, 40), 4, 0) > ConvSpec(24, 10, 2).memory_bytes((3, 40, 40), 4, 0)
