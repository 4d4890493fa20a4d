"""The layers of a dense autoencoder as a stack of RBMs, each over the hidden units of the one below."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from studio.errors import SettingsError
from studio.models.autoencoder import Autoencoder
from studio.models.chain import Controls
from studio.models.kinds import Visible
from studio.models.noise import Noise
from studio.models.rbm import NO_CONTROLS, Rbm
from studio.models.spec import RbmSpec


class LinearRbm(Rbm):
    """On-off visibles and linear hidden units, whose states are real numbers: P(h|v) = N(b + vW, 1).

    E(v, h) = -a.v - v'Wh + 1/2 |h - b|^2 (Hinton & Salakhutdinov, Science 313, 2006).
    """

    on_off = False

    def hidden_mean(self, total: Tensor, _temperature: float = 1.0) -> Tensor:
        """The mean of hidden units whose inputs are `total` (batch, hidden): the same at every temperature."""
        return total

    def sample_hidden(self, v: Tensor, noise: Noise, controls: Controls = NO_CONTROLS) -> Tensor:
        """h ~ P(h|v)."""
        mean = self.hidden_input(v)
        return torch.add(mean, noise.normal(tuple(mean.shape)), alpha=controls.temperature**0.5)

    def require_on_off(self, what: str) -> None:
        raise SettingsError(f"{what} is not told of linear hidden units.", "Ask it of an RBM with on-off ones.")


class LayerRbms:
    """One RBM for each dense layer of an autoencoder up to its code, and the way of their weights into it and back.

    The layer to the code is left out of a variational autoencoder, which has a mean and a variance for each number.
    """

    def __init__(self, autoencoder: Autoencoder) -> None:
        self.autoencoder = autoencoder
        ends: list[tuple[nn.Linear, nn.Linear]] = [
            (_linear(up), _linear(down)) for up, down in zip(autoencoder.up, autoencoder.down, strict=True)
        ]
        if not autoencoder.variational:
            ends.append((autoencoder.to_code, autoencoder.from_code))
        self._ends = ends
        smooth = autoencoder.spec.codes is Visible.GAUSSIAN and not autoencoder.variational
        self.each = [
            (LinearRbm if smooth and number == len(ends) - 1 else Rbm)(
                RbmSpec(up.weight.shape[0]), (up.weight.shape[1], 1, 1)
            ).to(up.weight.device)
            for number, (up, _) in enumerate(ends)
        ]

    def give(self, number: int) -> None:
        """Put an RBM's weights into its layer: seen with as they are, drawn with transposed."""
        rbm, (up, down) = self.each[number], self._ends[number]
        up.weight.copy_(rbm.weights.t())
        up.bias.copy_(rbm.hidden_bias)
        if "weight" in down._parameters:  # a tied decoder has none
            down.weight.copy_(rbm.weights)
        down.bias.copy_(rbm.visible_bias)

    def take(self, count: int) -> None:
        """Take the weights of the lowest RBMs, at most so many, from their layers, where a run before has put them."""
        for rbm, (up, down) in list(zip(self.each, self._ends, strict=True))[:count]:
            rbm.weights.copy_(up.weight.t())
            rbm.hidden_bias.copy_(up.bias)
            rbm.visible_bias.copy_(down.bias)

    def below(self, pictures: Tensor, number: int) -> Tensor:
        """Return what an RBM sees of pictures (n, C, H, W), or of anything in rows: (n, visible)."""
        rows = pictures.flatten(1)
        for rbm in self.each[:number]:
            rows = rbm.hidden_given_visible(rows)
        return rows

    def reconstruct(self, pictures: Tensor, number: int) -> Tensor:
        """Return what a pass up to the hidden units of an RBM and down makes of pictures: (n, C, H, W)."""
        rows = self.each[number].hidden_given_visible(self.below(pictures, number))
        for rbm in reversed(self.each[: number + 1]):
            rows = rbm.visible_given_hidden(rows)
        return rows.view_as(pictures)


def _linear(part: nn.Module) -> nn.Linear:
    assert isinstance(part, nn.Linear)  # layers of convolutions are not pretrained
    return part
