"""What is measured of a texture while it is learned."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from studio.jobs.feed import Point
from studio.jobs.frames import SpectrumFrame, publish
from studio.models.tiled_pyramid import TiledPyramid
from studio.models.tiled_rbm import TiledRbm
from studio.models.tiles import to_picture
from studio.training.metrics import DEAD_BELOW
from studio.training.pyramid_rule import PyramidPersistent
from studio.training.tiled_rule import TiledPersistent

LEAST_POWER = 1e-6


class TiledMetrics:
    """Figures over fixed crops of the learned and the unseen part, in model space (n, C, H, W), and over the chains.

    `labels` say of which texture the crops of each part are.
    """

    def __init__(
        self,
        model: TiledRbm | TiledPyramid,
        rule: TiledPersistent | PyramidPersistent,
        training: Tensor,
        held_out: Tensor,
        labels: tuple[Tensor | None, Tensor | None] = (None, None),
    ) -> None:
        self.model = model
        self.rule = rule
        self.training = training
        self.held_out = held_out
        self.labels = labels
        self._side = min(min(mean.shape[3:5]) for mean in rule.means) * model.tile
        self._spectrum = spectrum(training[:, :, : self._side, : self._side])

    @torch.no_grad()
    def measure(self, step: int) -> list[Point]:
        """Return all figures at this step."""
        model = self.model
        activity = model.activity(self.training, self.labels[0])
        distances = [float((part - self._spectrum).square().mean().sqrt()) for part in self._dreamt()]
        figures: dict[str, Tensor | float] = {
            "reconstruction_error": squared_error(model, self.training, self.labels[0]),
            "mean_activity": activity.mean(),
            "dead_units": (activity < DEAD_BELOW).float().mean(),
            "weight_norm": torch.linalg.vector_norm(model.filters()) / model.hidden**0.5,
            "spectrum_distance": sum(distances) / len(distances),
        }
        if len(self.held_out):
            figures["reconstruction_error_held_out"] = squared_error(model, self.held_out, self.labels[1])
        return [(name, step, float(value)) for name, value in figures.items()]

    @torch.no_grad()
    def spectra(self, step: int) -> SpectrumFrame:
        """Return the two spectra whose distance is measured."""
        radii = np.arange(1, self._spectrum.shape[1] + 1, dtype=np.float32)
        dreamt = torch.stack(self._dreamt()).mean((0, 1))
        return SpectrumFrame(
            wavelengths=publish(np.float32(2 * len(radii)) / radii),
            picture=publish(self._spectrum.mean(0).cpu().numpy()),
            dream=publish(dreamt.cpu().numpy()),
            step=step,
        )

    def _dreamt(self) -> list[Tensor]:
        """Return the spectrum of the chains of each size, over as much of them as a crop shows."""
        height, width = (min(side, self._side) for side in self.training.shape[2:])
        return [spectrum(to_picture(mean)[:, :, :height, :width]) for mean in self.rule.means]


def squared_error(model: TiledRbm | TiledPyramid, crops: Tensor, labels: Tensor | None = None) -> Tensor:
    """Mean squared difference of crops and their reconstruction, where tiles of every offset cover them."""
    visible, mean = model.reconstructed(crops, labels=labels)
    return ((visible - mean) ** 2).mean()


def spectrum(pictures: Tensor) -> Tensor:
    """Mean of log10 power over pictures (n, C, H, W), by channel and distance from the constant: (C, radii)."""
    height, width = pictures.shape[2:]
    window = torch.hann_window(height)[:, None] * torch.hann_window(width)
    centred = pictures - pictures.mean((2, 3), keepdim=True)
    power = torch.fft.rfft2(centred * window.to(pictures.device)).abs().square().mean(0) / window.square().sum()
    down, across = torch.fft.fftfreq(height)[:, None], torch.fft.rfftfreq(width)
    bins = min(height, width) // 4
    radius = ((down**2 + across**2).sqrt() * 2 * bins).round().long().clamp(max=bins).flatten().to(pictures.device)
    sums = power.new_zeros((len(power), bins + 1)).index_add_(1, radius, power.flatten(1))
    counts = torch.bincount(radius, minlength=bins + 1)
    return torch.log10(sums[:, 1:] / counts[1:] + LEAST_POWER)
