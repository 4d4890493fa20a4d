"""What a denoising autoencoder is shown in place of the picture that it is asked for, and the parts it learns from."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import grid_sample

from studio.models.code_spec import Corruption
from studio.models.noise import Noise

HALVES = 0.5  # of the covered pictures lose a half, the others a rectangle
LEAST_SIDE, MOST_SIDE = 0.25, 0.75  # of the picture's side


def corrupted(pictures: Tensor, kind: Corruption, level: float, noise: Noise) -> tuple[Tensor, Tensor | None]:
    """Return pictures (n, C, H, W) in 0..1 corrupted, and with BLOCKS which pixels are still known (n, 1, H, W).

    `level` is the share of pixels put to 0 (masking) or to 0 or 1 (salt and
    pepper), the deviation of what is added (Gaussian), or the share of pictures
    of which a part is covered (blocks) (Vincent et al. 2008; 2010, section 3.3).
    """
    shape = (len(pictures), 1, *pictures.shape[2:])
    if kind is Corruption.NONE or level == 0:
        return pictures, None
    if kind is Corruption.BLOCKS:
        return pictures, blocks(len(pictures), pictures.shape[2], pictures.shape[3], level, noise)
    if kind is Corruption.GAUSSIAN:
        return pictures + level * noise.normal(tuple(pictures.shape)), None
    hit = noise.uniform(shape) < level
    if kind is Corruption.MASKING:
        return torch.where(hit, 0.0, pictures), None
    return torch.where(hit, (noise.uniform(shape) < 0.5).to(pictures.dtype), pictures), None


def blocks(count: int, height: int, width: int, level: float, noise: Noise) -> Tensor:
    """Return masks (count, 1, height, width), 0 where a half or a rectangle is covered in a share of them."""
    draws = noise.uniform((7, count))
    sides = LEAST_SIDE + (MOST_SIDE - LEAST_SIDE) * draws[:2]
    starts = draws[2:4] * (1 - sides)
    halved, across, second = draws[4] < HALVES, draws[5] < 0.5, (draws[6] < 0.5).float() / 2
    whole, nothing = torch.ones_like(second), torch.zeros_like(second)
    half = torch.full_like(second, 0.5)
    top = torch.where(halved, torch.where(across, nothing, second), starts[0])
    tall = torch.where(halved, torch.where(across, whole, half), sides[0])
    left = torch.where(halved, torch.where(across, second, nothing), starts[1])
    wide = torch.where(halved, torch.where(across, half, whole), sides[1])
    rows = (torch.arange(height, device=noise.device) + 0.5) / height
    columns = (torch.arange(width, device=noise.device) + 0.5) / width
    covered = (within(rows, top, tall)[:, :, None] & within(columns, left, wide)[:, None, :])[:, None]
    chosen = noise.uniform((count, 1, 1, 1)) < level
    return (~(covered & chosen)).float()


def within(places: Tensor, start: Tensor, length: Tensor) -> Tensor:
    """Tell for each of n intervals which places lie in it: (n, places)."""
    return (places >= start[:, None]) & (places < (start + length)[:, None])


def zoomed(pictures: Tensor, most: float, noise: Noise) -> Tensor:
    """Return a random part of each picture (n, C, H, W), up to `most` smaller, brought back to size."""
    if most == 0:
        return pictures
    draws = noise.uniform((3, len(pictures)))
    scale = 1 - most * draws[0]
    shift = (2 * draws[1:] - 1) * (1 - scale)
    height, width = pictures.shape[2:]
    rows = centres(height, noise.device)[None, :] * scale[:, None] + shift[0][:, None]
    columns = centres(width, noise.device)[None, :] * scale[:, None] + shift[1][:, None]
    grid = torch.stack([columns[:, None, :].expand(-1, height, -1), rows[:, :, None].expand(-1, -1, width)], -1)
    return grid_sample(pictures, grid, mode="bilinear", padding_mode="border", align_corners=False)


def centres(length: int, device: torch.device) -> Tensor:
    """Return the centres of pixels along a side that runs from -1 to 1."""
    return (2 * torch.arange(length, device=device) + 1) / length - 1
