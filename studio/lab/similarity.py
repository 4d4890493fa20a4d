"""Texture similarity, quick enough to be measured again and again while a model learns."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from studio.lab.exemplar import Exemplar
from studio.lab.matching import TINY, drawn_patches, every_patch
from studio.lab.texture import SEED

Values = NDArray[np.float32]

PATCHES = 100
CEILING_PATCHES = 300


class Similarity:
    """TSS of pictures, divided by the ceiling: the TSS of the texture's own learning half.

    The same figures as `lab.texture.tss` and `ceiling` of the first channel,
    with every patch of the judging half kept ready: 1.4 kB each.
    """

    def __init__(self, texture: Exemplar) -> None:
        self.texture = texture
        found = torch.from_numpy(np.concatenate(list(every_patch(texture.judge[..., :1]))))
        self._candidates = found.div_(torch.linalg.vector_norm(found, dim=1, keepdim=True).clamp_(min=TINY))
        self.ceiling = max(self._standard_tss(texture.learned[None], CEILING_PATCHES), TINY)

    def of(self, samples: Values) -> float:
        """Return the similarity of samples (n, H, W, C) in 0..1: near 1 where they are as like as the real texture."""
        return self.tss(samples) / self.ceiling

    def tss(self, samples: Values, patches: int = PATCHES) -> float:
        """Return the TSS of samples (n, H, W, C) in 0..1."""
        return self._standard_tss(self.texture.scale.apply(samples), patches)

    def _standard_tss(self, samples: Values, patches: int) -> float:
        cut = torch.from_numpy(drawn_patches(samples[..., :1], patches, np.random.default_rng(SEED)))
        lengths = torch.linalg.vector_norm(cut, dim=1).clamp_(min=TINY)
        return float(((self._candidates @ cut.t()).amax(0) / lengths).clamp_(max=1).mean())
