"""An RBM in the code space of an autoencoder: Gibbs sampling of codes, shown as the pictures they decode to."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d, pad

from studio.errors import SettingsError
from studio.models.autoencoder import Autoencoder, check_dreams
from studio.models.chain import Controls, Kind, Size, State
from studio.models.code_spec import KERNEL, STRIDE, CodeSpec
from studio.models.kinds import Shape, Visible
from studio.models.noise import Noise
from studio.models.rbm import Rbm
from studio.models.spec import RbmSpec

LEAST_DEVIATION = 1e-3  # of a code number, in its own units
DRAWN_OUT = 2.0  # how far a hidden unit pushes the mean code where it is drawn as a picture
FEATHER = 12  # the seam fades over a picture's side divided by this


@dataclass(frozen=True, slots=True, eq=False)
class CodeState(State):
    """Codes (n, code) as the RBM sees them; with pixels clamped, what is known and where, (1 or n, C, H, W)."""

    known: Tensor | None = None
    mask: Tensor | None = None


class LatentRbm(nn.Module):
    """An autoencoder and, unless it stands alone, an RBM over its codes less `code_mean` over `code_deviation`.

    A variational autoencoder alone draws its codes from N(0, 1).
    """

    code_mean: Tensor
    code_deviation: Tensor
    mean_picture: Tensor

    any_size = False
    multiple = 1
    textures = 1

    def __init__(self, spec: CodeSpec, shape: Shape) -> None:
        super().__init__()
        self.spec = spec
        self.shape = shape
        self.autoencoder = Autoencoder(spec, shape)
        self.gaussian = spec.codes is Visible.GAUSSIAN
        self.rbm = Rbm(RbmSpec(spec.hidden, spec.codes, spec.deviation), (spec.code, 1, 1)) if spec.hidden else None
        self.register_buffer("code_mean", torch.zeros(spec.code))
        self.register_buffer("code_deviation", torch.ones(spec.code))
        self.register_buffer("mean_picture", torch.full(shape, 0.5))

    @property
    def hidden(self) -> int:
        """Filters and hidden units in all."""
        return sum(count for _, count in self.layers())

    def initialise(self, noise: Noise, mean: Tensor | None = None) -> None:
        """Draw the autoencoder's weights, set an RBM that knows only the codes' mean, and keep the mean picture."""
        if mean is not None:
            self.mean_picture.copy_(mean.view(self.shape))
        self.autoencoder.initialise(noise)
        if self.rbm is not None:
            middle = 0.0 if self.gaussian else 0.5
            self.rbm.initialise(torch.full((self.spec.code,), middle, device=self.code_mean.device), noise)

    def fit_codes(self, codes: Tensor) -> None:
        """Take mean and deviation of codes (n, code) as those to standardise by; near-binary ones stay as they are."""
        if self.gaussian:
            self.code_mean.copy_(codes.mean(0))
            self.code_deviation.copy_(codes.std(0, correction=0).clamp_min(LEAST_DEVIATION))

    def encode(self, pictures: Tensor, known: Tensor | None = None) -> Tensor:
        """Return codes of pictures (n, C, H, W) as the RBM sees them: (n, code)."""
        return (self.autoencoder.encode(pictures, known) - self.code_mean) / self.code_deviation

    def decode(self, codes: Tensor) -> Tensor:
        """Return the pictures of codes (n, code) as the RBM sees them: (n, C, H, W)."""
        return self.autoencoder.decode(codes * self.code_deviation + self.code_mean)

    own_wrap = (False, False)

    @property
    def own_size(self) -> Size:
        return self.shape[1], self.shape[2]

    def start(self, count: int, size: Size, noise: Noise, picture: Tensor | None = None) -> CodeState:
        """Return a fresh state: codes of independent noise, or those of a picture (1 or count, C, H, W)."""
        check_dreams(self.spec)
        if size != self.own_size:
            raise SettingsError(
                f"This model dreams at {self.shape[2]} x {self.shape[1]} px only.", "Leave the canvas at its size."
            )
        if picture is not None:
            codes = self.encode(picture).expand(count, self.spec.code).clone()
        elif self.gaussian:
            codes = noise.normal((count, self.spec.code))
        else:
            codes = noise.bernoulli(torch.full((count, self.spec.code), 0.5, device=self.code_mean.device))
        return CodeState(visible=codes, mean=codes)

    def sweep(self, state: State, controls: Controls, noise: Noise) -> CodeState:
        """One Gibbs sweep in code space.

        With pixels clamped the codes are those of their own picture with the
        known pixels put in: decode, replace, encode, sweep.
        """
        codes = state.visible
        if controls.known is not None and controls.mask is not None:
            pictures = torch.where(controls.mask, controls.known, self.decode(codes))
            codes = self.encode(pictures)
        if self.rbm is None:
            keep = controls.rho if controls.rho > 0 else 0.0
            fresh = noise.normal(tuple(codes.shape)) * math.sqrt(controls.temperature * (1 - keep**2))
            moved = State(visible=keep * codes + fresh, mean=keep * codes + fresh)
        else:
            first = self.autoencoder.first_filters
            free = controls.of_part(1, slice(first, first + self.rbm.hidden))  # what is before these only looks
            moved = self.rbm.sweep(State(visible=codes, mean=codes), free, noise)
        return CodeState(moved.visible, moved.mean, moved.hiddens, controls.known, controls.mask)

    def constants(self) -> tuple[object, ...]:
        """Nothing of a sweep is computed on the host."""
        return ()

    def workspace(self) -> tuple[object, ...]:
        """Sweeps take new memory."""
        return ()

    def clamped(self, state: State, controls: Controls) -> CodeState:
        """Return the state with what is known beside it: its pixels are put into every picture shown.

        Where the encoder can tell what is known, the chain begins anew from its guess whenever that changes.
        """
        known, mask = controls.known, controls.mask
        if known is None or mask is None:
            return CodeState(state.visible, state.mean, state.hiddens)
        codes, mean = state.visible, state.mean
        changed = not isinstance(state, CodeState) or state.known is not known or state.mask is not mask
        if self.spec.masked and changed:
            whole = known.expand(len(codes), *self.shape)
            codes = mean = self.encode(whole, torch.broadcast_to(mask, whole.shape)[:, :1])
        return CodeState(codes, mean, state.hiddens, known, mask)

    def upward(self, picture: Tensor, known: Tensor | None = None) -> CodeState:
        """One bottom-up pass from a picture (n, C, H, W): its code, of the known pixels where the encoder can tell."""
        codes = self.encode(picture, known)
        hiddens = () if self.rbm is None else (self.rbm.hidden_given_visible(codes),)
        return CodeState(visible=codes, mean=codes, hiddens=hiddens)

    def beside(self, state: CodeState, known: Tensor, mask: Tensor) -> CodeState:
        """Return the state with what is known beside it, (n, C, H, W), where the mask says: its seam is feathered."""
        return replace(state, known=known, mask=mask.expand_as(known))

    def picture(self, state: State, kind: Kind) -> Tensor:
        """What the state shows, known pixels exactly and the seam feathered: (n, C, H, W)."""
        made = self.decode(state.mean if kind == "mean" else state.visible)
        if not isinstance(state, CodeState) or state.known is None or state.mask is None:
            return made
        return feathered(made, state.known, state.mask)

    def layers(self) -> tuple[tuple[str, int], ...]:
        """Name and number of the encoder's first filters and, with an RBM, of its hidden units."""
        encoder = ("encoder", self.autoencoder.first_filters)
        return (encoder,) if self.rbm is None else (encoder, ("hidden", self.rbm.hidden))

    def owner(self, index: int) -> tuple[int, int]:
        """Return the layer of filter `index` of all, and its number there."""
        first = self.autoencoder.first_filters
        return (0, index) if index < first else (1, index - first)

    def filters(self, layer: int = 0) -> Tensor:
        """The encoder's first filters; of a hidden unit, what it changes in the mean picture: (filters, C, h, w)."""
        if layer == 0:
            return self.autoencoder.filters()
        if layer != 1 or self.rbm is None:
            raise SettingsError(f"This model has no layer {layer}.", f"It has {len(self.layers())}, from number 0.")
        mean = torch.zeros(1, self.spec.code, device=self.code_mean.device)
        pushed = self.rbm.weights.t()
        if not self.gaussian:
            mean = torch.sigmoid(self.rbm.visible_bias)[None]
            pushed = torch.sigmoid(torch.logit(mean, eps=1e-4) + DRAWN_OUT * pushed) - mean
        else:
            mean = mean + self.rbm.visible_bias
            pushed = DRAWN_OUT * pushed
        return self.decode(mean + pushed) - self.decode(mean)

    def activity(self, pictures: Tensor) -> Tensor:
        """Mean answer of each filter of the encoder, and P(h=1|code) of each hidden unit, over pictures: (hidden,)."""
        found = [self.autoencoder.responses(pictures).mean((0, 2))]
        if self.rbm is not None:
            found.append(self.rbm.hidden_given_visible(self.encode(pictures)).mean(0))
        return torch.cat(found)

    def responses(self, pictures: Tensor, index: int) -> Tensor:
        """The answer of one filter or hidden unit at each of its places: (n, places)."""
        layer, own = self.owner(index)
        if layer == 0 or self.rbm is None:
            return self.autoencoder.responses(pictures)[:, own]
        return self.rbm.hidden_given_visible(self.encode(pictures))[:, own : own + 1]

    def place(self, index: int, place: int) -> tuple[int, int, int, int]:
        """Top, left, height and width in a training picture of what a filter sees there, or a unit: all of it."""
        layer, _ = self.owner(index)
        if layer > 0 or self.autoencoder.dense or not self.spec.widths:
            return 0, 0, self.shape[1], self.shape[2]
        across = self.autoencoder.padded[1] // STRIDE
        corner = (STRIDE * (place // across) - 1, STRIDE * (place % across) - 1)
        sides = self.shape[1:]
        top, left = (min(max(0, at), side - KERNEL) for at, side in zip(corner, sides, strict=True))
        return top, left, KERNEL, KERNEL

    def reconstructed(self, pictures: Tensor, layer: int) -> Tensor:
        """Return what a pass up to the code, or to the RBM's hiddens, and down makes of pictures: (n, C, H, W)."""
        codes = self.encode(pictures)
        return self.decode(codes if layer == 0 or self.rbm is None else self.rbm.reconstruct(codes))

    def learned(self) -> dict[str, Tensor]:
        """The parameters, by name."""
        found: dict[str, Tensor] = dict(self.autoencoder.named_parameters(prefix="autoencoder"))
        if self.rbm is not None:
            found |= {f"rbm.{name}": tensor for name, tensor in self.rbm.learned().items()}
        return found

    def saved(self) -> dict[str, Tensor]:
        """All that a project keeps, by name."""
        kept = {**dict(self.named_parameters()), **dict(self.named_buffers())}
        return {name: tensor for name, tensor in kept.items() if not name.endswith("num_batches_tracked")}


def feathered(made: Tensor, known: Tensor, mask: Tensor) -> Tensor:
    """Return pictures (n, C, H, W) with known pixels put in, and their difference faded out into the hole.

    The fade is a Gaussian mean of the differences nearby, by how much is known there.
    """
    share = torch.broadcast_to(mask, made.shape)[:, :1].to(made.dtype)
    difference = (known - made) * share
    width = max(1.0, min(made.shape[2:]) / FEATHER)
    near = blurred(share, width)
    offset = blurred(difference, width) / near.clamp_min(1e-6) * (2 * near).clamp(max=1)
    return torch.where(mask, known, (made + offset).clamp(0, 1))


def blurred(values: Tensor, width: float) -> Tensor:
    """Return (n, C, H, W) under a Gaussian of this deviation; beyond the border there is nothing."""
    reach = math.ceil(2.5 * width)
    line = torch.arange(-reach, reach + 1, device=values.device, dtype=values.dtype)
    line = torch.exp(-0.5 * (line / width) ** 2)
    line = line / line.sum()
    each = values.reshape(-1, 1, *values.shape[2:])
    each = conv2d(pad(each, (reach, reach, 0, 0)), line.view(1, 1, 1, -1))
    each = conv2d(pad(each, (0, 0, reach, reach)), line.view(1, 1, -1, 1))
    return each.view(values.shape)
