"""What the stages of an autoencoder learn from, and what is shown of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from torch import Tensor

from studio.data.crop_batches import BatchSource, batches_for
from studio.data.imageset import ImageSet
from studio.jobs.frames import FilterFrame, ReconstructionFrame
from studio.project.looks import filter_frame, reconstruction_frame
from studio.project.trained import Trained

SHOWN = 8


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """What a stage learns from, and some learned and unseen pictures (n, C, H, W) that it is measured by."""

    trained: Trained
    images: ImageSet
    seen: Tensor
    unseen: Tensor

    @property
    def shown(self) -> Tensor:
        return (self.unseen if len(self.unseen) else self.seen)[:SHOWN]

    def batches(self, batch: int, seed: int) -> BatchSource:
        return batches_for(self.images, self.images.training(), batch, seed)

    def filters(self, step: int) -> FilterFrame:
        return filter_frame(self.trained, self.seen, step)

    def reconstructions(
        self, layer: int = 0, damaged: tuple[Tensor, Tensor | None] | None = None
    ) -> Callable[[int], ReconstructionFrame]:
        return partial(reconstruction_frame, self.trained, self.shown, layer=layer, corrupted=damaged)
