"""What tiles of a crop count: every offset is told the same of it."""

from __future__ import annotations

import pytest
import torch

from studio.models.build import build_model
from studio.models.spec import Offsets, TiledSpec
from studio.models.tile_window import ramp, window_of
from studio.models.tiled_rbm import TiledRbm
from studio.models.tiles import TileGrid

CROP = (19, 26)


def tiled(offsets: Offsets) -> TiledRbm:
    model = build_model(TiledSpec(tile=4, filters=2, offsets=offsets), (1, *CROP))
    assert isinstance(model, TiledRbm)
    return model


@pytest.mark.parametrize("offsets", list(Offsets))
def test_what_grows_evenly_along_a_crop_has_one_mean_at_every_offset(offsets: Offsets) -> None:
    """Counted alike, tiles that are moved further down say that such a picture is lighter."""
    model = tiled(offsets)
    down, right = torch.linspace(-1, 1, CROP[0])[:, None], torch.linspace(-1, 1, CROP[1])
    pictures = torch.stack([down.expand(CROP), right.expand(CROP), torch.ones(CROP)])[:, None]
    cutter = model.within(pictures)
    window = cutter.window
    found = []
    for part, of in enumerate(cutter.parts):
        means = cutter.gather(part).mean(1, keepdim=True)
        found.append((means * window[of]).view(-1, cutter.grid.rows, cutter.grid.columns, 3).mean((1, 2)))
        alike = means.view(-1, cutter.grid.rows, cutter.grid.columns, 3).mean((1, 2))[:, :2]
        assert float(alike.std(0).max()) > 0.05, "the test could not tell offsets apart"
    every = torch.cat(found)
    assert torch.allclose(every, every[:1].expand_as(every), atol=1e-6)
    # The middle of what is counted is the middle of the pixels that whole tiles at every offset can reach.
    reach = [(side // 4) * 4 + 3 for side in (CROP[0] - 3, CROP[1] - 3)]
    middle = [-1 + (length - 1) / (side - 1) for length, side in zip(reach, CROP, strict=True)]
    assert torch.allclose(every[0], torch.tensor([*middle, 1.0]), atol=1e-6)


def test_a_single_row_of_tiles_counts_alike() -> None:
    assert ramp(3, 4, 1) == [1.0]
    window = window_of(TileGrid(4, 1, 1, 2, 3), [(0, 0), (3, 3)])
    assert window.shape == (2, 1, 6)
    assert torch.allclose(window.mean(2), torch.ones(2, 1))
