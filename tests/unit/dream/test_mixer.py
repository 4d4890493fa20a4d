"""The mixer in words and numbers: what is muted, heard alone, held, louder, and pressed."""

from __future__ import annotations

import numpy as np
import pytest

from studio.dream.mixer import Levels, Mixer, PartMix, levels
from studio.errors import SettingsError
from studio.models.parts import Part

PARTS = (Part("layer 1", 0, 3), Part("layer 2", 3, 2))


def gains(mixer: Mixer, *pressed: int) -> list[float]:
    found = levels(mixer, PARTS, frozenset(pressed)).gain
    return [1.0] * 5 if found is None else found.tolist()


def holds(mixer: Mixer, *pressed: int) -> list[float]:
    found = levels(mixer, PARTS, frozenset(pressed)).hold
    return [0.0] * 5 if found is None else found.tolist()


def test_nothing_turned_is_nothing_at_all() -> None:
    assert levels(Mixer(), PARTS).neutral
    assert levels(Mixer().with_group("edges", [1, 2]), PARTS).neutral
    assert Mixer().with_muted([2], True).with_muted([2], False) == Mixer()
    assert Mixer().with_gain([2], 3).with_gain([2], 1) == Mixer()
    assert Mixer().with_part(1, PartMix(2, 1)).with_part(1, PartMix()) == Mixer()


def test_muted_units_are_silent_and_held_ones_on() -> None:
    mixer = Mixer().with_muted([1, 4], True).with_held([0, 1], True)
    assert gains(mixer) == [1, 0, 1, 1, 0]
    assert holds(mixer) == [1, 1, 0, 0, 0]
    assert mixer.silent(PARTS) == {1, 4}


def test_solo_silences_the_others_of_its_own_layer() -> None:
    mixer = Mixer().with_solo([1], True)
    assert gains(mixer) == [0, 1, 0, 1, 1]
    assert gains(mixer.with_solo([2], True)) == [0, 1, 1, 1, 1]
    assert gains(mixer.with_muted([1], True)) == [0, 0, 0, 1, 1]
    assert mixer.silent(PARTS) == {0, 2}


def test_gains_of_units_and_layers_multiply() -> None:
    mixer = Mixer().with_gain([1, 3], 2).with_part(0, PartMix(gain=0.5))
    assert gains(mixer) == [0.5, 1, 0.5, 2, 1]
    assert mixer.gain(1) == 2
    assert mixer.gain(0) == 1


def test_layers_take_a_temperature_of_their_own() -> None:
    found = levels(Mixer().with_part(1, PartMix(temperature=2)), PARTS)
    assert found == Levels(temperatures=(1, 2))
    assert not found.neutral
    assert Levels().neutral


def test_a_pressed_unit_sounds_even_where_it_is_muted() -> None:
    mixer = Mixer().with_muted([1], True).with_gain([2], 2)
    assert holds(mixer, 1, 2) == [0, 1, 1, 0, 0]
    assert gains(mixer, 1, 2) == [1, 1, 2, 1, 1]
    assert gains(mixer) == [1, 0, 2, 1, 1]


def test_units_that_a_model_does_not_have_are_left_out() -> None:
    mixer = Mixer().with_muted([99], True).with_held([99], True).with_gain([99], 2)
    assert levels(mixer, PARTS, frozenset([77])).neutral


def test_groups_are_made_changed_and_taken_away() -> None:
    mixer = Mixer().with_group(" edges ", [2, 1, 2])
    assert mixer.group("edges") == (1, 2)
    mixer = mixer.with_group("edges", [4]).with_group("dots", [0])
    assert [group.name for group in mixer.groups] == ["edges", "dots"]
    assert mixer.group("edges") == (4,)
    assert mixer.with_group("edges", []).group("edges") == ()
    assert mixer.with_muted([1], True).reset() == mixer


@pytest.mark.parametrize("name", ["", "   ", "x" * 41])
def test_a_group_needs_a_name_one_can_read(name: str) -> None:
    with pytest.raises(SettingsError, match="needs a name"):
        Mixer().with_group(name, [1])


@pytest.mark.parametrize("gain", [-0.1, 4.1, float("nan")])
def test_gains_have_their_limits(gain: float) -> None:
    with pytest.raises(SettingsError, match="gain cannot be"):
        Mixer().with_gain([1], gain)
    with pytest.raises(SettingsError, match="gain cannot be"):
        PartMix(gain=gain)
    with pytest.raises(SettingsError, match="temperature cannot be"):
        PartMix(temperature=0)


def test_what_the_model_is_given_is_of_its_own_kind() -> None:
    found = levels(Mixer().with_muted([0], True).with_held([1], True), PARTS)
    assert found.gain is not None
    assert found.hold is not None
    assert found.gain.dtype == found.hold.dtype == np.float32
