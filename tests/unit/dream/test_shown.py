"""Canvases too large for a screen are shown by the means of their blocks."""

from __future__ import annotations

import pytest
import torch

from studio.dream.shown import reduced, reduction


@pytest.mark.parametrize(
    ("shape", "most", "side"),
    [
        ((1, 3, 2048, 2048), 1 << 22, 1),
        ((1, 1, 2049, 2048), 1 << 22, 2),
        ((1, 1, 4096, 4096), 1 << 22, 2),
        ((1, 3, 8192, 8192), 1 << 22, 4),
        ((4, 1, 2048, 2048), 1 << 22, 2),
        ((1, 1, 7, 9), 12, 3),
    ],
)
def test_blocks_are_as_small_as_the_screen_allows(shape: tuple[int, int, int, int], most: int, side: int) -> None:
    assert reduction(torch.empty(shape, device="meta"), most) == side


def test_each_dot_is_the_mean_of_its_block_also_at_the_edges() -> None:
    picture = torch.rand(2, 3, 7, 10, generator=torch.Generator().manual_seed(0))
    found = reduced(picture, 3)
    assert found.shape == (2, 3, 3, 4)
    for row in range(3):
        for column in range(4):
            block = picture[:, :, 3 * row : 3 * row + 3, 3 * column : 3 * column + 3]
            assert torch.allclose(found[:, :, row, column], block.mean((2, 3)))
    assert reduced(picture, 1) is picture
