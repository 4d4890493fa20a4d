"""Holes by name, from transparency and from masks: what they cover, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest

from studio.dream.holes import Hole, Mask, checked, named, of_known
from studio.errors import SettingsError

HALVES = (Hole.LEFT, Hole.RIGHT, Hole.TOP, Hole.BOTTOM)


def drawn(mask: Mask) -> list[str]:
    return ["".join("#" if hidden else "." for hidden in row) for row in mask]


def test_names_mean_what_they_say() -> None:
    assert drawn(named(Hole.LEFT, (2, 5))) == ["##...", "##..."]
    assert drawn(named(Hole.RIGHT, (2, 5))) == ["...##", "...##"]
    assert drawn(named(Hole.TOP, (3, 2))) == ["##", "..", ".."]
    assert drawn(named(Hole.BOTTOM, (3, 2))) == ["..", "..", "##"]
    assert drawn(named(Hole.CENTRE, (4, 8))) == ["........", "..####..", "..####..", "........"]


@pytest.mark.parametrize("size", [(2, 2), (3, 3), (7, 2), (54, 76)])
def test_every_name_hides_something_and_leaves_something(size: tuple[int, int]) -> None:
    for hole in (*HALVES, Hole.CENTRE):
        mask = named(hole, size)
        assert mask.shape == size
        assert checked(mask) is mask


@pytest.mark.parametrize("size", [(4, 6), (5, 7)])
def test_opposite_halves_are_equally_large_and_never_meet(size: tuple[int, int]) -> None:
    for one, other in ((Hole.LEFT, Hole.RIGHT), (Hole.TOP, Hole.BOTTOM)):
        first, second = named(one, size), named(other, size)
        assert first.sum() == second.sum()
        assert not (first & second).any()


def test_what_is_transparent_is_the_hole() -> None:
    known = np.array([[True, False], [True, True]])
    assert of_known(known).tolist() == [[False, True], [False, False]]
    with pytest.raises(SettingsError, match="no transparent parts"):
        of_known(np.ones((2, 2), np.bool_))


def test_nothing_to_fill_and_nothing_known_are_refused() -> None:
    with pytest.raises(SettingsError, match="nothing to fill"):
        checked(np.zeros((2, 3), np.bool_))
    with pytest.raises(SettingsError, match="Nothing of the picture is known"):
        checked(np.ones((2, 3), np.bool_))
