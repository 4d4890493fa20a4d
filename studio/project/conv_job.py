"""From a recipe and pictures to the plan that trains a convolutional RBM."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from torch import Tensor

from studio.data.crop_batches import batches_for
from studio.data.imageset import ImageSet
from studio.data.scaling import fit_to_learn, transform_from_arrays
from studio.data.spec import Scaling
from studio.errors import SettingsError
from studio.models.build import load_weights
from studio.models.cdbn import Cdbn
from studio.models.conv_rbm import ConvRbm
from studio.models.noise import Noise
from studio.models.spec import ConvSpec, Shape, Visible
from studio.project.archive import Project
from studio.project.looks import filter_frame, reconstruction_frame, seen_by, spread
from studio.project.prepared import Prepared
from studio.project.recipe import Recipe
from studio.project.stage import stage_of
from studio.project.trained import Trained
from studio.training.above import Above
from studio.training.conv_joint import ConvJoint
from studio.training.conv_metrics import LayerMetrics
from studio.training.conv_persistent import ConvPersistent
from studio.training.conv_rule import ConvContrastive, centred
from studio.training.plan import Plan, Stage
from studio.training.rule_choice import require_plain
from studio.training.rules import LearningRule
from studio.training.settings import Rule, TrainSettings, shared_out
from studio.training.trainer import Trainer, under

LOOKED_AT = 24  # crops of each split that the metrics measure
SHOWN = 8
PIECES_DECAY = 0.1  # of the weight decay, all of which washes pieces out where units seldom answer
KEPT_SCALE = 0.02  # filters begin at this times s2 N(0, 1) and biases at -s2: inputs of -1 that crops hardly move


def check_conv(spec: ConvSpec, recipe: Recipe, images: ImageSet) -> None:
    """Raise SettingsError when this recipe cannot train a convolutional RBM on these pictures."""
    preprocess = recipe.preprocess
    if images.shape != preprocess.shape:
        raise SettingsError("The pictures are not at the recipe's size.", "Load them again.")
    if min(preprocess.height, preprocess.width) < spec.side:
        raise SettingsError(
            f"Pictures of {preprocess.width} x {preprocess.height} px have no room for filters of {spec.side} px.",
            f"Choose a width and height of at least {spec.side} px, or smaller filters.",
        )
    if spec.visible is Visible.GAUSSIAN and preprocess.scaling is Scaling.NONE:
        raise SettingsError(
            "Gaussian visible units need standardised pictures.", "Set scaling to whiten, or visible to bernoulli."
        )
    if preprocess.scaling is Scaling.STANDARDISE and not recipe.framed:
        raise SettingsError(
            "Filters that are shared by all places need pixels that are scaled alike at all places.",
            "Set scaling to whiten or decorrelate.",
        )
    if spec.visible is Visible.BERNOULLI and preprocess.scaling is not Scaling.NONE:
        raise SettingsError(
            "Bernoulli visible units cannot take standardised pictures.", "Set scaling to none, or visible to gaussian."
        )
    require_plain(recipe.training, "A convolutional RBM learns")
    if recipe.training.rule is Rule.PCD and recipe.training.sparsity_cost > 0:
        raise SettingsError(
            "Chains that are kept learn without a sparsity cost.",
            "Set the sparsity (sparsity_cost) to 0, or the rule to cd.",
        )
    if recipe.training.rule is Rule.PCD and spec.patches:
        raise SettingsError(
            "With chains that are kept, further layers begin at nothing.", "Set patches to false, or the rule to cd."
        )
    if all(np.ptp(picture) == 0 for picture in images.exemplars or (images.pixels,)):
        raise SettingsError("The pictures are of one colour, so there is nothing to learn.", "Choose other pictures.")
    check_deeper(spec, preprocess.shape)


def check_deeper(spec: ConvSpec, shape: Shape) -> None:
    """Raise SettingsError when a layer has no room in the maps below it."""
    for number, (layer, (_, height, width)) in enumerate(spec.each(shape)[1:], 2):
        if min(height, width) < layer.side:
            raise SettingsError(
                f"Layer {number} has filters of {layer.side} px, and the maps below it are {width} x {height}.",
                "Choose larger pictures, smaller filters, or smaller pooling blocks below.",
            )


@torch.no_grad()
def prepare_conv(
    model: ConvRbm | Cdbn, recipe: Recipe, images: ImageSet, device: str, previous: Project | None
) -> Prepared:
    """Return the plan of this recipe, layer by layer; with `previous`, it goes on with the layer that it stood at."""
    settings, training = recipe.training, images.training()
    transform = (
        fit_to_learn(images, training) if previous is None else transform_from_arrays(previous.transform, model.shape)
    )
    kept = settings.rule is Rule.PCD
    layers = model.each if isinstance(model, Cdbn) else [model]
    first = 0
    if previous is not None:
        load_weights(model, previous.weights)
        first = min(stage_of(previous.state), len(layers) - 1)
    # Each layer has noise of its own, so that it learns the same whatever is built on it.
    noises = [Noise(settings.seed + number, device) for number in range(len(layers))]
    for layer, noise in zip(layers, noises, strict=True) if previous is None else ():
        if kept:
            layer.initialise(noise, KEPT_SCALE * layer.spec.deviation**2, -(layer.spec.deviation**2))
        else:
            layer.initialise(noise)
    trained = Trained(model, transform, recipe, device)
    seen, unseen = (seen_by(trained, images, spread(indices, LOOKED_AT)) for indices in (training, images.held_out))
    if model.gaussian and not kept:
        seen, unseen = centred(seen), centred(unseen)
    shown = (unseen if len(unseen) else seen)[:SHOWN]
    stages = []
    if previous is not None:
        # What is recorded are the steps of the run before, of other layers than those to come.
        settings = dataclasses.replace(settings, stage_steps=())
    parts = shared_out(settings, len(layers) - first)
    for number, part in enumerate(parts, first):
        layer, noise, upwards = (
            layers[number],
            noises[number],
            upwards_to(model, number, centre=model.gaussian and not kept),
        )
        batches = batches_for(images, training, settings.batch, settings.seed + number, transform)
        own = rule_of(model, number, part, noise, whole=recipe.framed)
        if previous is not None and number == first:
            own.restore(under(previous.state, "rule."))
        if number > 0 and not kept:
            own = Above(own, upwards)
        stages.append(
            Stage(
                name=name_of(number, len(layers)),
                trainer=Trainer(layer.learned(), own, decaying(part, model.spec, number), batches, noise),
                settings=part,
                pictures=len(training),
                measure=LayerMetrics(layer, upwards, seen, unseen).measure,
                frames={
                    "filters": lambda step: filter_frame(trained, seen, step),
                    "reconstructions": partial(reconstruction_frame, trained, shown, layer=number),
                },
            )
        )
    return Prepared(Plan(tuple(stages), device, settings.threads, first), trained, images)


def rule_of(
    model: ConvRbm | Cdbn, number: int, settings: TrainSettings, noise: Noise, whole: bool = False
) -> LearningRule:
    """Return what a layer learns by, of crops or `whole` pictures: kept chains are those of the network up to it."""
    layer = model.each[number] if isinstance(model, Cdbn) else model
    if settings.rule is Rule.CD:
        return ConvContrastive(layer, noise, patches=model.spec.patches and number > 0)
    if number > 0 and isinstance(model, Cdbn):
        return ConvJoint(model.lowest(number + 1), settings, noise, whole)
    return ConvPersistent(layer, settings, noise, whole)


def decaying(settings: TrainSettings, spec: ConvSpec, number: int) -> TrainSettings:
    """Return the settings a layer learns by: one that begins as pieces of what it sees keeps them."""
    if number == 0 or not spec.patches:
        return settings
    return dataclasses.replace(settings, weight_decay=PIECES_DECAY * settings.weight_decay)


def upwards_to(model: ConvRbm | Cdbn, number: int, centre: bool) -> Callable[[Tensor], Tensor]:
    """Return what brings pictures (n, C, H, W) up to what a layer sees, without their mean where it is learned so."""

    def upwards(pictures: Tensor) -> Tensor:
        if centre:
            pictures = centred(pictures)
        return model.below(pictures, number) if isinstance(model, Cdbn) else pictures

    return upwards


def name_of(number: int, layers: int) -> str:
    return "Convolutional RBM" if layers == 1 else f"Layer {number + 1} of {layers}"
