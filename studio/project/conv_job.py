"""From a recipe and pictures to the plan that trains a convolutional RBM."""

from __future__ import annotations

import numpy as np
import torch

from studio.data.crop_batches import batches_for
from studio.data.imageset import ImageSet
from studio.data.scaling import fit_transform, transform_from_arrays
from studio.data.spec import Scaling
from studio.errors import SettingsError
from studio.models.build import load_weights
from studio.models.conv_rbm import ConvRbm
from studio.models.noise import Noise
from studio.models.spec import ConvSpec, Visible
from studio.project.archive import Project
from studio.project.looks import filter_frame, reconstruction_frame, seen_by, spread
from studio.project.prepared import Prepared
from studio.project.recipe import Recipe
from studio.project.trained import Trained
from studio.training.conv_metrics import ConvMetrics
from studio.training.conv_persistent import ConvPersistent
from studio.training.conv_rule import ConvContrastive, centred
from studio.training.plan import Plan, Stage
from studio.training.settings import Rule
from studio.training.trainer import Trainer

LOOKED_AT = 24  # crops of each split that the metrics measure
SHOWN = 8
KEPT_SCALE = 0.02  # filters begin at this times s2 N(0, 1) and biases at -s2: inputs of -1 that crops hardly move


def check_conv(spec: ConvSpec, recipe: Recipe, images: ImageSet) -> None:
    """Raise SettingsError when this recipe cannot train a convolutional RBM on these pictures."""
    preprocess, least = recipe.preprocess, spec.side + spec.block - 1
    if images.shape != preprocess.shape:
        raise SettingsError("The pictures are not at the recipe's size.", "Load them again.")
    if min(preprocess.height, preprocess.width) < least:
        raise SettingsError(
            f"Pictures of {preprocess.width} x {preprocess.height} px have no room for filters of {spec.side} px "
            f"pooled by {spec.block}.",
            f"Choose a width and height of at least {least} px, or smaller filters.",
        )
    if spec.visible is Visible.GAUSSIAN and preprocess.scaling is Scaling.NONE:
        raise SettingsError(
            "Gaussian visible units need standardised pictures.", "Set scaling to whiten, or visible to bernoulli."
        )
    if spec.visible is Visible.BERNOULLI and preprocess.scaling is not Scaling.NONE:
        raise SettingsError(
            "Bernoulli visible units cannot take standardised pictures.", "Set scaling to none, or visible to gaussian."
        )
    if recipe.training.rule is Rule.PCD and recipe.training.sparsity_cost > 0:
        raise SettingsError(
            "Chains that are kept learn without a sparsity cost.", "Set sparsity_cost to 0, or rule to cd."
        )
    if all(np.ptp(picture) == 0 for picture in images.exemplars or (images.pixels,)):
        raise SettingsError("The pictures are of one colour, so there is nothing to learn.", "Choose other pictures.")


@torch.no_grad()
def prepare_conv(model: ConvRbm, recipe: Recipe, images: ImageSet, device: str, previous: Project | None) -> Prepared:
    """Return the plan of this recipe; with `previous`, its weights are the starting point."""
    settings, training = recipe.training, images.training()
    transform = fit_transform(images, training) if previous is None else transform_from_arrays(previous.transform)
    noise = Noise(settings.seed, device)
    kept = settings.rule is Rule.PCD
    if previous is not None:
        load_weights(model, previous.weights)
    elif kept:
        model.initialise(noise, KEPT_SCALE * model.spec.deviation**2, -(model.spec.deviation**2))
    else:
        model.initialise(noise)
    batches = batches_for(images, training, settings.batch, settings.seed, transform)
    rule = ConvPersistent(model, settings, noise) if kept else ConvContrastive(model, noise)
    if previous is not None:
        prefix = "rule."
        saved = {name.removeprefix(prefix): part for name, part in previous.state.items() if name.startswith(prefix)}
        rule.restore(saved)
    trained = Trained(model, transform, recipe, device)
    seen, unseen = (seen_by(trained, images, spread(indices, LOOKED_AT)) for indices in (training, images.held_out))
    if model.gaussian and not kept:
        seen, unseen = centred(seen), centred(unseen)
    shown = (unseen if len(unseen) else seen)[:SHOWN]
    stage = Stage(
        name="Convolutional RBM",
        trainer=Trainer(model.learned(), rule, settings, batches, noise),
        settings=settings,
        pictures=len(training),
        measure=ConvMetrics(model, seen, unseen).measure,
        frames={
            "filters": lambda step: filter_frame(trained, seen, step),
            "reconstructions": lambda step: reconstruction_frame(trained, shown, step),
        },
    )
    return Prepared(Plan((stage,), device, settings.threads), trained, images)
