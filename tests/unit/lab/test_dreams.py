"""How the lab plays a model: bounded groups, exact clamps, borders that do not reach the hole."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from torch import Tensor

from studio.lab.dreams import Dreamer
from studio.models.chain import Controls, GibbsChain, Kind, Size, State
from studio.models.noise import Noise
from tests.unit.lab.textures import noise


class Blur:
    """An instrument of any size: each sweep takes the mean of the neighbours, round the torus where it wraps."""

    any_size = True
    multiple = 8
    textures = 1
    own_size: Size = (16, 16)
    own_wrap = (True, True)

    def start(self, count: int, size: Size, noise: Noise, picture: Tensor | None = None) -> State:
        fresh = noise.normal((count, 1, *size)) if picture is None else picture
        return State(fresh, fresh)

    def sweep(self, state: State, controls: Controls, noise: Noise) -> State:
        assert noise.device.type == "cpu"
        v = state.visible
        mean = sum((beside(v, axis, step, controls.wrap[axis]) for axis in (0, 1) for step in (1, -1)), 0 * v) / 4
        return self.clamped(State(mean, mean), controls)

    def clamped(self, state: State, controls: Controls) -> State:
        if controls.known is None or controls.mask is None:
            return state
        return dataclasses.replace(state, visible=torch.where(controls.mask, controls.known, state.visible))

    def upward(self, picture: Tensor) -> State:
        return State(picture, picture)

    def picture(self, state: State, kind: Kind) -> Tensor:
        return state.mean if kind == "mean" else state.visible

    def layers(self) -> tuple[tuple[str, int], ...]:
        return ()

    def filters(self, layer: int = 0) -> Tensor:
        return torch.zeros(0, 1, 1 + layer, 1)


def beside(v: Tensor, axis: int, step: int, wraps: bool) -> Tensor:
    """The neighbour one row or column on; at a border that does not wrap, the pixel itself."""
    moved = v.roll(step, axis + 2)
    if not wraps:
        edge = 0 if step > 0 else -1
        moved.select(axis + 2, edge).copy_(v.select(axis + 2, edge))
    return moved


class Table:
    """Remembers which chains were begun."""

    def __init__(self) -> None:
        self.begun: list[tuple[int, Size, int]] = []

    def begin(self, count: int, size: Size, seed: int) -> GibbsChain:
        self.begun.append((count, size, seed))
        return GibbsChain(Blur(), count, Noise(seed), size=size)

    def dreamer(self) -> Dreamer:
        return Dreamer(
            self.begin,
            lambda values: np.moveaxis((values / 4 + 0.5).numpy(), 1, 3),
            lambda pictures: torch.from_numpy((pictures - 0.5) * 4),
        )


def test_dreams_run_in_groups_that_fit_and_are_told_of() -> None:
    table, told = Table(), list[tuple[int, int]]()
    found = table.dreamer().dreams(5, (512, 512), 15, 7, lambda done, total: told.append((done, total)))
    assert found.shape == (5, 512, 512, 1)
    assert table.begun == [(2, (512, 512), 7), (2, (512, 512), 8), (1, (512, 512), 9)]
    assert told == [(10, 45), (15, 45), (25, 45), (30, 45), (40, 45), (45, 45)]


def test_the_same_seed_gives_the_same_dreams() -> None:
    first, again, other = (Table().dreamer().dreams(2, (16, 16), 3, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)
    assert not np.allclose(first[0], first[1])


def test_a_fill_keeps_what_is_known_and_fits_what_is_around() -> None:
    table = Table()
    pictures = 0.25 + 0.5 * noise(20, 30)[None].repeat(2, axis=0)
    pictures[1] = 0.75
    mask = np.zeros((20, 30), np.bool_)
    mask[8:12, 8:20] = True
    found = table.dreamer().fill(np.where(mask[..., None], 0, pictures).astype(np.float32), mask, 300, 3)
    assert table.begun == [(2, (20, 30), 3)]
    np.testing.assert_array_equal(found[:, ~mask], pictures[:, ~mask])
    np.testing.assert_allclose(found[1][mask], 0.75, atol=1e-3)
    assert found[0][mask].std() < pictures[0][~mask].std()


def test_opposite_borders_do_not_reach_the_hole() -> None:
    pictures = noise(24, 24)[None].copy()
    mask = np.zeros((24, 24), np.bool_)
    mask[2:22, 1] = True  # the far side would be two pixels away on a torus of 24
    hidden = np.where(mask[..., None], 0, pictures).astype(np.float32)
    changed = hidden.copy()
    changed[:, :, -2] = 1 - changed[:, :, -2]
    one, two = (Table().dreamer().fill(picture, mask, 50, 0) for picture in (hidden, changed))
    np.testing.assert_allclose(one[0][mask], two[0][mask], atol=1e-6)


def test_whoever_is_told_may_give_up() -> None:
    def enough(done: int, _total: int) -> None:
        if done >= 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Table().dreamer().dreams(1, (16, 16), 1_000_000, 0, enough)
