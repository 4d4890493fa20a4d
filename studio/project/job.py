"""From a recipe and pictures to a plan, and from a trained plan to a project: shared by window and command line."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.data.batches import Batches, as_seen
from studio.data.imageset import ImageSet
from studio.data.spec import Binarise, Scaling
from studio.data.transform import Transform
from studio.errors import SettingsError
from studio.jobs.frames import FilterDetail, FilterFrame, ReconstructionFrame, publish
from studio.models.build import build_model, load_weights, weights_of
from studio.models.noise import Noise
from studio.models.rbm import Rbm
from studio.models.spec import Visible
from studio.project.archive import Project
from studio.project.recipe import Recipe
from studio.training.metrics import Metrics
from studio.training.plan import Plan, Stage
from studio.training.rules import ContrastiveDivergence
from studio.training.trainer import Trainer

LOOKED_AT = 250  # pictures of each split that the metrics measure
SHOWN = 8  # reconstructions shown
SEARCHED = 5_000  # pictures looked through for those that excite a filter
MEAN_OF = 10_000
EXCITING = 10
BINS = 40
FEWEST_PICTURES = 2


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A model with what is needed to show what it sees: its transform, its recipe and its device."""

    model: Rbm
    transform: Transform | None
    recipe: Recipe
    device: str

    def to_pictures(self, rows: Tensor) -> NDArray[np.float32]:
        """Return rows in model space (n, visible) as pictures (n, H, W, C) in 0..1."""
        values = rows.reshape(len(rows), *self.model.shape).cpu().numpy()
        shown = self.transform.invert(values) if self.transform else np.clip(values, 0, 1)
        return np.ascontiguousarray(np.moveaxis(shown, 1, 3), dtype=np.float32)

    def to_rows(self, pictures: NDArray[np.float32]) -> Tensor:
        """Return pictures (n, C, H, W) in 0..1 as rows in model space."""
        values = self.transform.apply(pictures) if self.transform else pictures
        return torch.from_numpy(np.ascontiguousarray(values)).flatten(1).to(self.device)


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A plan ready to run, and the model it trains."""

    plan: Plan
    trained: Trained
    images: ImageSet


def check(recipe: Recipe, images: ImageSet) -> None:
    """Raise SettingsError when this recipe cannot be trained on these pictures."""
    if len(images.training()) < FEWEST_PICTURES:
        raise SettingsError(
            "One picture is not enough to train this model on whole pictures.",
            "Add more pictures, or cut patches from it.",
        )
    if images.shape != recipe.preprocess.shape:
        raise SettingsError("The pictures are not at the recipe's size.", "Load them again.")
    first = images.pixels[0]
    if all(np.array_equal(first, images.pixels[index]) for index in range(1, min(len(images), 64))) and np.all(
        images.pixels == first
    ):
        raise SettingsError("All pictures are identical, so there is nothing to learn.", "Add different pictures.")
    if recipe.model.visible is Visible.GAUSSIAN and recipe.preprocess.scaling is not Scaling.STANDARDISE:
        raise SettingsError(
            "Gaussian visible units need standardised pictures.", "Set scaling to standardise, or visible to bernoulli."
        )
    if recipe.model.visible is Visible.BERNOULLI and recipe.preprocess.scaling is Scaling.STANDARDISE:
        raise SettingsError(
            "Bernoulli visible units cannot take standardised pictures.", "Set scaling to none, or visible to gaussian."
        )


@torch.no_grad()
def prepare(recipe: Recipe, images: ImageSet, device: str, previous: Project | None = None) -> Prepared:
    """Return the plan of this recipe; with `previous`, its weights and chains are the starting point.

    The order of draws is fixed: same recipe, pictures, device and threads give the same bits.
    """
    check(recipe, images)
    settings = recipe.training
    torch.set_num_threads(settings.threads)
    training = images.training()
    transform: Transform | None
    if previous is not None:
        transform = Transform.from_arrays(previous.transform) if previous.transform else None
    else:
        transform = Transform.fit(images, training) if recipe.preprocess.scaling is Scaling.STANDARDISE else None
    model = build_model(recipe.model, recipe.preprocess.shape).to(device)
    noise = Noise(settings.seed, device)
    trained = Trained(model, transform, recipe, device)
    mean = _mean(trained, images, training)
    if previous is None:
        model.initialise(mean, noise)
    else:
        load_weights(model, previous.weights)
    batches = Batches(images, training, settings.batch, settings.seed, transform)
    rule = ContrastiveDivergence(model, settings, mean, noise)
    if previous is not None:
        prefix = "rule."
        rule.restore(
            {name.removeprefix(prefix): value for name, value in previous.state.items() if name.startswith(prefix)}
        )
    trainer = Trainer(model.parameters_by_name(), rule, settings, batches, noise)
    seen = _rows(trained, images, _spread(training, LOOKED_AT))
    held_out = _rows(trained, images, _spread(images.held_out, LOOKED_AT))
    metrics = Metrics(model, seen, held_out, settings.seed)
    shown = held_out[:SHOWN] if len(held_out) else seen[:SHOWN]
    stage = Stage(
        name="RBM",
        trainer=trainer,
        settings=settings,
        pictures=len(training),
        measure=metrics.measure,
        frames={
            "filters": lambda step: filter_frame(trained, seen, step),
            "reconstructions": lambda step: reconstruction_frame(trained, shown, step),
        },
    )
    return Prepared(Plan((stage,), device, settings.threads), trained, images)


def _spread(indices: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Return at most `count` of the indices, evenly spread."""
    if len(indices) <= count:
        return indices
    return indices[np.linspace(0, len(indices) - 1, count).astype(np.int64)]


def _rows(trained: Trained, images: ImageSet, indices: NDArray[np.int64]) -> Tensor:
    """Return pictures as the model sees them, without flips: fixed rows for looking at."""
    preprocess = dataclasses.replace(
        images.preprocess,
        flips="none",
        binarise=Binarise.NONE if images.preprocess.binarise is Binarise.STOCHASTIC else images.preprocess.binarise,
    )
    pixels = images.pixels[indices]
    seen = as_seen(pixels, preprocess, trained.transform, np.random.default_rng(0))
    return torch.from_numpy(np.ascontiguousarray(seen)).flatten(1).to(trained.device)


def _mean(trained: Trained, images: ImageSet, indices: NDArray[np.int64]) -> Tensor:
    """Return the mean training picture in model space, in bounded memory: (visible,)."""
    chosen = _spread(indices, MEAN_OF)
    total = torch.zeros(trained.model.visible, device=trained.device, dtype=torch.float64)
    for start in range(0, len(chosen), 500):
        total += _rows(trained, images, chosen[start : start + 500]).sum(0, dtype=torch.float64)
    return (total / len(chosen)).float()


@torch.no_grad()
def filter_frame(trained: Trained, rows: Tensor, step: int) -> FilterFrame:
    """Return the model's filters, with their norms and their activity over these rows."""
    model = trained.model
    filters = model.filters()
    return FilterFrame(
        layer=model.layers()[0][0],
        step=step,
        filters=publish(filters.permute(0, 2, 3, 1).cpu().numpy()),
        norms=publish(torch.linalg.vector_norm(filters.flatten(1), dim=1).cpu().numpy()),
        activity=publish(model.hidden_given_visible(rows).mean(0).cpu().numpy()),
    )


@torch.no_grad()
def reconstruction_frame(trained: Trained, rows: Tensor, step: int) -> ReconstructionFrame:
    """Return pictures beside what one pass up and down makes of them."""
    return ReconstructionFrame(
        inputs=publish(trained.to_pictures(rows)),
        outputs=publish(trained.to_pictures(trained.model.reconstruct(rows))),
        step=step,
    )


@torch.no_grad()
def filter_detail(trained: Trained, images: ImageSet | None, index: int) -> FilterDetail:
    """Return one filter with the pictures that excite it most and how often it fires."""
    model = trained.model
    if not 0 <= index < model.hidden:
        raise SettingsError(f"There is no filter {index}.", f"Choose 0 to {model.hidden - 1}.")
    weights = publish(model.filters()[index].permute(1, 2, 0).cpu().numpy())
    activations = torch.zeros(0)
    exciting = np.zeros((0, *weights.shape), np.float32)
    if images is not None and images.shape == model.shape:
        chosen = _spread(images.training(), SEARCHED)
        parts = []
        for start in range(0, len(chosen), 500):
            rows = _rows(trained, images, chosen[start : start + 500])
            parts.append(model.hidden_given_visible(rows)[:, index].cpu())
        activations = torch.cat(parts)
        best = torch.argsort(activations, descending=True, stable=True)[:EXCITING].numpy()
        exciting = np.moveaxis(images.pixels[chosen[best]], 1, 3).astype(np.float32) / 255
    histogram = torch.histc(activations, BINS, 0.0, 1.0).to(torch.int64).numpy() if len(activations) else None
    strongest = torch.sort(activations, descending=True).values[:EXCITING].numpy()
    return FilterDetail(
        layer=model.layers()[0][0],
        index=index,
        weights=weights,
        exciting=publish(exciting),
        activations=publish(strongest),
        histogram=histogram if histogram is not None else np.zeros(BINS, np.int64),
        mean_activity=float(activations.mean()) if len(activations) else 0.0,
    )


def capture(
    prepared: Prepared,
) -> tuple[dict[str, NDArray[np.generic]], dict[str, NDArray[np.generic]], dict[str, object]]:
    """Return host copies of the weights, the trainer's arrays and its plain values."""
    arrays, values = prepared.plan.stages[-1].trainer.state()
    return weights_of(prepared.trained.model), arrays, values


def open_trained(project: Project, device: str) -> Trained:
    """Return the model of an opened project on a device; raises ProjectError when its parts do not fit."""
    model = build_model(project.recipe.model, project.recipe.preprocess.shape)
    load_weights(model, project.weights)
    transform = Transform.from_arrays(project.transform) if project.transform else None
    return Trained(model.to(device), transform, project.recipe, device)


def transform_arrays(transform: Transform | None) -> Mapping[str, NDArray[np.generic]]:
    return transform.arrays() if transform else {}
