"""What a look at a model shows: its filters, one filter closely, its reconstructions."""

from __future__ import annotations

import dataclasses

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.data.batches import as_seen
from studio.data.imageset import ImageSet
from studio.data.sheet import filter_pictures, grid
from studio.data.spec import Binarise, Flips
from studio.dream.settings import DreamSettings
from studio.errors import DataError, SettingsError
from studio.jobs.frames import FilterDetail, FilterFrame, ReconstructionFrame, publish
from studio.models.autoencoder import COVERED
from studio.models.build import Model
from studio.models.cdbn import Cdbn
from studio.models.latent_rbm import LatentRbm
from studio.models.tiled_pyramid import TiledPyramid
from studio.models.tiled_rbm import TiledRbm
from studio.project.trained import Trained

MEAN_OF = 10_000
SEARCHED = 5_000  # pictures looked through for those that excite a filter
EXCITING = 10
BINS = 40


def spread(indices: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Return at most `count` of the indices, evenly spread."""
    if len(indices) <= count:
        return indices
    return indices[np.linspace(0, len(indices) - 1, count).astype(np.int64)]


def seen_by(trained: Trained, images: ImageSet, indices: NDArray[np.int64]) -> Tensor:
    """Return pictures (n, C, H, W) as the model sees them, without flips: fixed ones for looking at."""
    preprocess = dataclasses.replace(
        images.preprocess,
        flips=Flips.NONE,
        binarise=Binarise.NONE if images.preprocess.binarise is Binarise.STOCHASTIC else images.preprocess.binarise,
    )
    pixels = images.pixels[indices]
    seen = as_seen(pixels, preprocess, trained.transform, np.random.default_rng(0))
    return torch.from_numpy(np.ascontiguousarray(seen)).to(trained.device)


def mean_seen(trained: Trained, visible: int, images: ImageSet, indices: NDArray[np.int64]) -> Tensor:
    """Return the mean training picture in model space, in bounded memory: (visible,)."""
    chosen = spread(indices, MEAN_OF)
    total = torch.zeros(visible, dtype=torch.float64)
    for start in range(0, len(chosen), 500):
        total += seen_by(trained, images, chosen[start : start + 500]).cpu().flatten(1).sum(0, dtype=torch.float64)
    return (total / len(chosen)).float().to(trained.device)


def labels_of(trained: Trained, images: ImageSet, indices: NDArray[np.int64]) -> Tensor | None:
    """Return which texture each of these crops is of; None where the model knows one or they do not tell."""
    textures = trained.model.textures
    if textures == 1 or images.origins is None or len(images.exemplars) != textures:
        return None
    return torch.from_numpy(images.origins[indices]).to(trained.device)


@torch.no_grad()
def filter_frame(trained: Trained, pictures: Tensor, step: int, labels: Tensor | None = None) -> FilterFrame:
    """Return the model's filters, with their norms and their activity over these pictures, of textures as labelled."""
    model = trained.model
    activity = (
        model.activity(pictures, labels) if isinstance(model, TiledRbm | TiledPyramid) else model.activity(pictures)
    )
    frames, first = [], 0
    for number, (name, count) in enumerate(model.layers()):
        filters = model.filters(number)
        frames.append(
            FilterFrame(
                layer=name,
                step=step,
                filters=publish(filters.permute(0, 2, 3, 1).cpu().numpy()),
                norms=publish(torch.linalg.vector_norm(filters.flatten(1), dim=1).cpu().numpy()),
                activity=publish(activity[first : first + count].cpu().numpy()),
            )
        )
        first += count
    return dataclasses.replace(frames[0], deeper=tuple(frames[1:]))


def filter_sheet(trained: Trained, layer: int = 0, most: int | None = None) -> NDArray[np.float32]:
    """Return all filters of a layer, or the first of them, as one picture (H, W, 3)."""
    filters = trained.model.filters(layer)[:most].permute(0, 2, 3, 1).cpu().numpy()
    return grid(filter_pictures(filters, "rgb" if filters.shape[3] == 3 else "grey"))


@torch.no_grad()
def reconstruction_frame(
    trained: Trained,
    shown: Tensor,
    step: int,
    layer: int = 0,
    corrupted: tuple[Tensor, Tensor | None] | None = None,
) -> ReconstructionFrame:
    """Return pictures beside what one pass up to a layer and down makes of them.

    An autoencoder that learns to mend is given them `corrupted`, with what of them is known.
    """
    model = trained.model
    given = shown
    if isinstance(model, LatentRbm) and corrupted is not None:
        damaged, known = corrupted
        made = model.autoencoder.reconstruct(damaged, known)
        given = damaged if known is None else torch.where(known > 0, damaged, COVERED)
    elif isinstance(model, Cdbn | LatentRbm) and layer > 0:
        made = model.reconstructed(shown, layer)
    else:
        made = model.picture(model.upward(shown), "mean")
    return ReconstructionFrame(
        inputs=publish(trained.to_pictures(shown)),
        outputs=publish(trained.to_pictures(made)),
        step=step,
        corrupted=None if given is shown else publish(trained.to_pictures(given)),
    )


@torch.no_grad()
def filter_detail(trained: Trained, images: ImageSet | None, index: int) -> FilterDetail:
    """Return one filter with the pictures that excite it most and how often it fires."""
    model = trained.model
    if not 0 <= index < model.hidden:
        raise SettingsError(f"There is no filter {index}.", f"Choose 0 to {model.hidden - 1}.")
    layer, own = model.owner(index) if isinstance(model, Cdbn | LatentRbm) else (0, index)
    weights = publish(model.filters(layer)[own].permute(1, 2, 0).cpu().numpy())
    activations = torch.zeros(0)
    exciting = np.zeros((0, *weights.shape), np.float32)
    if images is not None and images.shape == model.shape:
        chosen = spread(images.training(), SEARCHED)
        parts = []
        for start in range(0, len(chosen), 500):
            some = chosen[start : start + 500]
            parts.append(responses_of(trained, images, some, index).cpu())
        everywhere = torch.cat(parts)
        activations = everywhere.flatten()
        best = torch.argsort(activations, descending=True, stable=True)[:EXCITING].tolist()
        exciting = np.stack([seen_at(images, model, chosen, index, *divmod(at, everywhere.shape[1])) for at in best])
    counted = activations.clamp_max(1)  # rectified units answer more
    histogram = torch.histc(counted, BINS, 0.0, 1.0).to(torch.int64).numpy() if len(activations) else None
    strongest = torch.sort(activations, descending=True).values[:EXCITING].numpy()
    return FilterDetail(
        layer=model.layers()[layer][0],
        index=index,
        weights=weights,
        exciting=publish(exciting),
        activations=publish(strongest),
        histogram=histogram if histogram is not None else np.zeros(BINS, np.int64),
        mean_activity=float(activations.mean()) if len(activations) else 0.0,
    )


def responses_of(trained: Trained, images: ImageSet, indices: NDArray[np.int64], index: int) -> Tensor:
    """Return P(h=1|v) of a filter at each of its places in some pictures: (n, places)."""
    model, seen = trained.model, seen_by(trained, images, indices)
    if isinstance(model, TiledRbm | TiledPyramid):
        return model.responses(seen, index, labels_of(trained, images, indices))
    return model.responses(seen, index)


def seen_at(
    images: ImageSet, model: Model, chosen: NDArray[np.int64], index: int, row: int, place: int
) -> NDArray[np.float32]:
    """Return what one filter saw at a place of picture `chosen[row]`: (H, W, C) in 0..1."""
    top, left, height, width = model.place(index, place)
    part = images.pixels[chosen[row]][:, top : top + height, left : left + width]
    seen: NDArray[np.float32] = np.multiply(np.moveaxis(part, 0, 2), 1 / 255, dtype=np.float32)
    return seen


def start_pictures(trained: Trained, images: ImageSet, settings: DreamSettings, index: int) -> Tensor:
    """Return training picture `index` to start chains from; below 0 the seed draws one for each chain."""
    if images.shape != trained.model.shape:
        raise DataError("The pictures at hand are not the model's.", "Drop the model's pictures on the window.")
    if index >= 0:
        return seen_by(trained, images, np.array([min(index, len(images) - 1)]))
    drawn = np.random.default_rng(settings.seed).choice(images.training(), settings.chains)
    return seen_by(trained, images, drawn)
