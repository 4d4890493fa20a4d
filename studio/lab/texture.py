"""Texture similarity (TSS) with its ceiling and its floor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.jobs.stepwise import Stepwise, finished, part_of
from studio.lab.exemplar import Exemplar
from studio.lab.matching import correlating, drawn_patches

Values = NDArray[np.float32]

PATCHES = 1000
SEED = 0  # of the places where patches are cut: the same for ours, ceiling and floor


@dataclass(frozen=True, slots=True)
class Score:
    """Mean and deviation of a measure over `count` patches or pictures; no unit."""

    mean: float
    deviation: float
    count: int


def score(values: NDArray[np.floating]) -> Score:
    """Return the mean and deviation of (n,) values."""
    return Score(float(values.mean()), float(values.std()), len(values))


def tss(samples: Values, texture: Exemplar, channel: int = 0, patches: int = PATCHES, seed: int = SEED) -> Score:
    """Return how well patches of samples are found again in the half of the texture that was not learned.

    The best un-centred normalised correlation of a 19 x 19 patch with any patch
    of the judging half, over many patches (Kivinen & Williams, AISTATS 2012).

    Parameters
    ----------
    samples
        (n, H, W, C) in 0..1; standardised by the learning half's mean and deviation.
    channel
        Which decorrelated channel, 0 for the one that varies most.

    Returns
    -------
    Score between -1 and 1.
    """
    return standard_tss(texture.scale.apply(samples), texture, channel, patches, seed)


def contrast(samples: Values, texture: Exemplar, channel: int = 0) -> float:
    """Return the mean deviation of the pixels of samples (n, H, W, C) in 0..1, that of the learning half being 1.

    What `tss` does not see, since correlations are the same at any contrast.
    """
    return float(texture.scale.apply(samples)[..., channel].std((1, 2)).mean())


def ceiling(texture: Exemplar, channel: int = 0, patches: int = PATCHES, seed: int = SEED) -> Score:
    """Return the TSS that the real texture reaches: patches of its learning half."""
    return standard_tss(texture.learned[None], texture, channel, patches, seed)


def floor(texture: Exemplar, channel: int = 0, patches: int = PATCHES, seed: int = SEED) -> Score:
    """Return the TSS of a texture that has the learning half's spectrum and nothing else."""
    noise = phase_randomised(texture.learned, np.random.default_rng(seed))
    return standard_tss(noise[None], texture, channel, patches, seed)


@dataclass(frozen=True, slots=True)
class Compared:
    """The TSS of samples between what the real texture reaches and what its spectrum alone does."""

    ours: Score
    ceiling: Score
    floor: Score


def comparing(samples: Values, texture: Exemplar, channel: int = 0) -> Stepwise[Compared]:
    """Return `tss`, `ceiling` and `floor` of samples (n, H, W, C) in 0..1."""
    noise = phase_randomised(texture.learned, np.random.default_rng(SEED))
    found = []
    three = (texture.scale.apply(samples), texture.learned[None], noise[None])
    for place, pictures in enumerate(three):
        work = judging_tss(pictures, texture, channel, PATCHES, SEED)
        found.append((yield from part_of(work, place, len(three))))
    return Compared(*found)


def standard_tss(samples: Values, texture: Exemplar, channel: int, patches: int, seed: int) -> Score:
    """Return the TSS of samples (n, H, W, C) in standard units."""
    return finished(judging_tss(samples, texture, channel, patches, seed))


def judging_tss(samples: Values, texture: Exemplar, channel: int, patches: int, seed: int) -> Stepwise[Score]:
    """Return the TSS of samples (n, H, W, C) in standard units."""
    one = slice(channel, channel + 1)
    cut = drawn_patches(samples[..., one], patches, np.random.default_rng(seed))
    return score((yield from correlating(cut, texture.judge[..., one])))


def phase_randomised(picture: Values, rng: np.random.Generator) -> Values:
    """Return an (H, W, C) picture with the same spectrum and random phases, the same shift for all channels.

    Random phase noise (Galerne, Gousseau, Morel 2011) of the picture's periodic
    part, so that its borders do not leave a cross.
    """
    spectrum = np.fft.fft2(periodic_part(picture.astype(np.float64)), axes=(0, 1))
    noise = np.fft.fft2(rng.standard_normal(picture.shape[:2]))
    phases = noise / np.maximum(np.abs(noise), 1e-12)
    phases[0, 0] = 1
    return np.asarray(np.fft.ifft2(spectrum * phases[..., None], axes=(0, 1)).real, np.float32)


def periodic_part(picture: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return an (H, W, C) picture less the smooth part that its unlike borders make (Moisan 2011)."""
    height, width = picture.shape[:2]
    borders = np.zeros_like(picture)
    rows, columns = picture[0] - picture[-1], picture[:, 0] - picture[:, -1]
    borders[0] -= rows
    borders[-1] += rows
    borders[:, 0] -= columns
    borders[:, -1] += columns
    down, across = np.meshgrid(
        np.cos(2 * np.pi * np.arange(height) / height), np.cos(2 * np.pi * np.arange(width) / width), indexing="ij"
    )
    factor = 2 * (down + across) - 4
    factor[0, 0] = 1
    smooth = np.fft.fft2(borders, axes=(0, 1)) / factor[..., None]
    smooth[0, 0] = 0
    return np.asarray(picture - np.fft.ifft2(smooth, axes=(0, 1)).real)
