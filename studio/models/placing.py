"""Pictures placed otherwise: turned, sized, stretched, slanted and moved, each by its own amounts."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import affine_grid, grid_sample


def placed(
    pictures: Tensor, *, across: Tensor, down: Tensor, turn: Tensor, scale: Tensor, stretch: Tensor, slant: Tensor
) -> Tensor:
    """Return pictures (n, C, H, W) seen through an affine map of their places, bilinear; beyond a border lie its own.

    All amounts are (n,): `across` and `down` in halves of a side, `turn` in radians, `scale` and
    `stretch` (of the width alone) factors, 1 for none, and `slant` in widths per height.
    """
    cosine, sine = torch.cos(turn) * scale, torch.sin(turn) * scale
    rows = [
        torch.stack([cosine * stretch, cosine * slant - sine, across], 1),
        torch.stack([sine * stretch, sine * slant + cosine, down], 1),
    ]
    grid = affine_grid(torch.stack(rows, 1), list(pictures.shape), align_corners=False)
    return grid_sample(pictures, grid, mode="bilinear", padding_mode="border", align_corners=False)
