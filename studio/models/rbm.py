"""The restricted Boltzmann machine (Hinton 2002, 2010): Bernoulli or Gaussian visibles, on-off or rectified hiddens."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from studio.errors import SettingsError
from studio.models.chain import Controls, Kind, Size, State
from studio.models.noise import Noise
from studio.models.rectified import rectified_mean, rectified_sample
from studio.models.spec import RbmSpec, Shape, Visible

LARGEST_BIAS = 6.0
FURTHEST = 10.0  # deviations of the pictures; no picture is there
START_GAIN = 0.5  # of rectified units, well below that at which a dream runs away
NO_CONTROLS = Controls()


class Rbm(nn.Module):
    """An RBM over pictures laid out as rows.

    Bernoulli visibles: E(v, h) = -a.v - b.h - v'Wh.
    Gaussian visibles: E(v, h) = 1/2 sum (v-a)^2/s2 - (v/s2)'Wh - b.h (Cho, Ilin & Raiko 2011).
    Rectified hiddens (Nair & Hinton 2010) stand for many on-off units each, and have no energy in closed form.
    Shapes: v (batch, visible), h (batch, hidden), W (visible, hidden).
    """

    weights: Tensor
    visible_bias: Tensor
    hidden_bias: Tensor
    log_variance: Tensor
    start_mean: Tensor

    any_size = False
    multiple = 1
    textures = 1

    def __init__(self, spec: RbmSpec, shape: Shape) -> None:
        super().__init__()
        self.spec = spec
        self.shape = shape
        self.visible = shape[0] * shape[1] * shape[2]
        self.hidden = spec.hidden
        self.gaussian = spec.visible is Visible.GAUSSIAN
        self.rectified = spec.rectified
        self.register_buffer("weights", torch.zeros(self.visible, self.hidden))
        self.register_buffer("visible_bias", torch.zeros(self.visible))
        self.register_buffer("hidden_bias", torch.zeros(self.hidden))
        self.register_buffer("start_mean", torch.full((self.visible,), 0.5))
        if self.gaussian:
            start = 2 * torch.log(torch.tensor(spec.deviation))
            self.register_buffer("log_variance", torch.full((self.visible,), float(start)))

    def initialise(self, mean: Tensor, noise: Noise, activity: float = 0.5) -> None:
        """Set the model that knows only `mean` (visible,) and fires its hiddens at `activity`.

        W is drawn from .01 N(0, 1) (Hinton 2010, section 8) or, for Gaussian visibles, N(0, 1/(visible + hidden)).
        """
        scale = 0.01 if not self.gaussian else (self.visible + self.hidden) ** -0.5
        if self.rectified:
            scale *= START_GAIN * self.spec.deviation
        self.weights.copy_(noise.normal((self.visible, self.hidden)) * scale)
        if self.gaussian:
            self.visible_bias.copy_(mean)
        else:
            self.visible_bias.copy_(torch.logit(mean, eps=1e-4).clamp_(-LARGEST_BIAS, LARGEST_BIAS))
        self.start_mean.copy_(mean)
        self.hidden_bias.fill_(math.log(activity / (1 - activity)))

    @property
    def on_off(self) -> bool:
        """Whether hidden units are 0 or 1."""
        return not self.rectified

    @property
    def variance(self) -> Tensor:
        """s2 of each Gaussian visible, (visible,)."""
        return torch.exp(self.log_variance)

    def scaled(self, v: Tensor) -> Tensor:
        """v as the hidden units receive it: v itself, or v/s2 for Gaussian visibles."""
        return v / self.variance if self.gaussian else v

    def hidden_input(self, v: Tensor) -> Tensor:
        """b + vW, or b + (v/s2)W: (batch, hidden)."""
        return torch.addmm(self.hidden_bias, self.scaled(v), self.weights)

    def hidden_given_visible(self, v: Tensor, controls: Controls = NO_CONTROLS) -> Tensor:
        """P(h=1|v) = sigma(beta (b + vW)), of rectified units their mean: (batch, hidden).

        A muted unit is 0, a held one 1, or at least 1 where it is rectified.
        """
        return turned(self.hidden_mean(self.hidden_input(v), controls.temperature), controls)

    def hidden_mean(self, total: Tensor, temperature: float = 1.0) -> Tensor:
        """The mean of hidden units whose inputs are `total` (batch, hidden), which it may overwrite."""
        if self.rectified:
            return rectified_mean(total, temperature)
        if temperature != 1:
            total /= temperature
        return total.sigmoid_()

    def visible_input(self, h: Tensor) -> Tensor:
        """a + hW': (batch, visible)."""
        return torch.addmm(self.visible_bias, h, self.weights.t())

    def visible_given_hidden(self, h: Tensor, controls: Controls = NO_CONTROLS) -> Tensor:
        """Mean of P(v|h): sigma(beta (a + hW')) or, Gaussian, a + hW': (batch, visible)."""
        if controls.gain is not None:
            h = h * controls.gain
        total = self.visible_input(h)
        if self.gaussian:
            return total
        if controls.temperature != 1:
            total /= controls.temperature
        return total.sigmoid_()

    def sample_hidden(self, v: Tensor, noise: Noise, controls: Controls = NO_CONTROLS) -> Tensor:
        """h ~ P(h|v)."""
        if self.rectified:
            return turned(rectified_sample(self.hidden_input(v), noise, controls.temperature), controls)
        return noise.bernoulli(self.hidden_given_visible(v, controls))

    def sample_visible(self, mean: Tensor, noise: Noise, temperature: float = 1.0) -> Tensor:
        """v ~ P(v|h) around its mean; Gaussian visibles have variance T s2."""
        if not self.gaussian:
            return noise.bernoulli(mean)
        deviation = torch.exp(0.5 * self.log_variance) * temperature**0.5
        return torch.addcmul(mean, noise.normal(tuple(mean.shape)), deviation)

    def energy(self, v: Tensor, h: Tensor) -> Tensor:
        """E(v, h): (batch,); raises SettingsError where hidden units are rectified."""
        self.require_on_off("An energy")
        interaction = (self.scaled(v) @ self.weights * h).sum(1)
        return self.visible_energy(v) - h @ self.hidden_bias - interaction

    def free_energy(self, v: Tensor) -> Tensor:
        """F(v) = visible part - sum_j softplus(b + vW)_j: (batch,); raises SettingsError of rectified hidden units."""
        self.require_on_off("A free energy")
        return self.visible_energy(v) - softplus(self.hidden_input(v)).sum(1)

    def require_on_off(self, what: str) -> None:
        """Raise SettingsError where hidden units are rectified."""
        if not self.on_off:
            raise SettingsError(f"{what} is known of on-off hidden units only.", "Train with hidden_units=bernoulli.")

    def visible_energy(self, v: Tensor) -> Tensor:
        """The part of the energy that no hidden unit takes part in: -a.v, or 1/2 sum (v-a)^2/s2: (batch,)."""
        if self.gaussian:
            return 0.5 * ((v - self.visible_bias) ** 2 / self.variance).sum(1)
        return -(v @ self.visible_bias)

    def reconstruct(self, v: Tensor) -> Tensor:
        """Mean of P(v|h) at h = P(h|v): one pass up and down without sampling."""
        return self.visible_given_hidden(self.hidden_given_visible(v))

    def learned(self) -> dict[str, Tensor]:
        """The parameters, by name."""
        return {name: tensor for name, tensor in self.named_buffers() if name != "start_mean"}

    def saved(self) -> dict[str, Tensor]:
        """All that a project keeps, by name."""
        return dict(self.named_buffers())

    own_wrap = (False, False)

    @property
    def own_size(self) -> Size:
        return self.shape[1], self.shape[2]

    def start(self, count: int, size: Size, noise: Noise, picture: Tensor | None = None) -> State:
        """Return a fresh state: independent noise about the mean picture, or `picture` (1 or count, C, H, W)."""
        if size != self.own_size:
            raise SettingsError(
                f"This model dreams at {self.shape[2]} x {self.shape[1]} px only.", "Leave the canvas at its size."
            )
        if picture is not None:
            visible = self._rows(picture).expand(count, self.visible).clone()
        elif self.gaussian:
            visible = self.start_mean + noise.normal((count, self.visible))
        else:
            visible = noise.bernoulli(self.start_mean.expand(count, self.visible))
        return State(visible=visible, mean=visible)

    def sweep(self, state: State, controls: Controls, noise: Noise) -> State:
        """One Gibbs sweep: h ~ P(h|v), v ~ P(v|h), clamped pixels put back exactly.

        With rho > 0 Gaussian visibles move smoothly: v' = m + rho (v - m) + sigma sqrt(1-rho^2) xi,
        which leaves P(v|h) invariant.
        """
        hidden = self.sample_hidden(state.visible, noise, controls)
        mean = self.visible_given_hidden(hidden, controls)
        if self.gaussian and controls.rho > 0:
            fresh = self.sample_visible(torch.zeros_like(mean), noise, controls.temperature)
            visible = mean + controls.rho * (state.visible - mean) + (1 - controls.rho**2) ** 0.5 * fresh
        else:
            visible = self.sample_visible(mean, noise, controls.temperature)
        if self.rectified:
            # Turned up by the mixer, or altered, nothing else would keep it from running away.
            visible, mean = (part.clamp(-FURTHEST, FURTHEST) for part in (visible, mean))
        return self.clamped(State(visible=visible, mean=mean, hiddens=(hidden,)), controls)

    def constants(self) -> tuple[object, ...]:
        """Nothing of a sweep is computed on the host."""
        return ()

    def workspace(self) -> tuple[object, ...]:
        """Sweeps take new memory."""
        return ()

    def clamped(self, state: State, controls: Controls) -> State:
        """Return the state with the clamped pixels put in exactly."""
        if controls.known is None or controls.mask is None:
            return state
        known, mask = self._rows(controls.known), self._rows(controls.mask)
        return State(
            visible=torch.where(mask, known, state.visible),
            mean=torch.where(mask, known, state.mean),
            hiddens=state.hiddens,
        )

    def upward(self, picture: Tensor) -> State:
        """One bottom-up pass from a picture (n, C, H, W), and its reconstruction."""
        rows = self._rows(picture)
        hidden = self.hidden_given_visible(rows)
        return State(visible=rows, mean=self.visible_given_hidden(hidden), hiddens=(hidden,))

    def picture(self, state: State, kind: Kind) -> Tensor:
        """What the state shows: (n, C, H, W)."""
        rows = state.mean if kind == "mean" else state.visible
        return rows.reshape(len(rows), *self.shape)

    def activity(self, pictures: Tensor) -> Tensor:
        """Mean P(h=1|v) of each hidden unit over pictures (n, C, H, W): (hidden,)."""
        return self.hidden_given_visible(pictures.flatten(1)).mean(0)

    def responses(self, pictures: Tensor, index: int) -> Tensor:
        """P(h=1|v) of one hidden unit for pictures (n, C, H, W): (n, 1), a unit has one place."""
        return self.hidden_given_visible(pictures.flatten(1))[:, index : index + 1]

    def place(self, _index: int, _place: int) -> tuple[int, int, int, int]:
        """Top, left, height and width in a training picture of what a unit sees: all of it."""
        return 0, 0, self.shape[1], self.shape[2]

    def layers(self) -> tuple[tuple[str, int], ...]:
        """Name and number of units of each hidden layer."""
        return (("hidden", self.hidden),)

    def filters(self, layer: int = 0) -> Tensor:
        """The weights of each hidden unit as a picture: (hidden, C, H, W)."""
        if layer != 0:
            raise SettingsError(f"This model has no layer {layer}.", "It has one hidden layer, number 0.")
        return self.weights.t().reshape(self.hidden, *self.shape)

    def _rows(self, picture: Tensor) -> Tensor:
        """Pictures, or anything that broadcasts to them, as rows: (n or 1, visible)."""
        whole = picture.expand(*((1,) if picture.dim() < 4 else (len(picture),)), *self.shape)
        return whole.reshape(len(whole), self.visible)


def turned(hidden: Tensor, controls: Controls) -> Tensor:
    """Return hidden units (batch, hidden) with those that are held on and those that are muted."""
    if controls.hold is not None:
        hidden = torch.maximum(hidden, controls.hold)
    if controls.gain is not None:
        hidden = torch.where(controls.gain > 0, hidden, torch.zeros_like(hidden))
    return hidden
