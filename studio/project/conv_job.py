"""From a recipe and pictures to the plan that trains a convolutional RBM."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

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
from studio.training.conv_rule import ConvContrastive, centred
from studio.training.plan import Plan, Stage
from studio.training.settings import Rule
from studio.training.trainer import Trainer

LOOKED_AT = 24  # crops of each split that the metrics measure
SHOWN = 8


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
    if recipe.training.rule is not Rule.CD:
        raise SettingsError("A convolutional RBM is learned from its pictures' chains.", "Set rule to cd.")
    if all(np.ptp(picture) == 0 for picture in images.exemplars or (images.pixels,)):
        raise SettingsError("The pictures are of one colour, so there is nothing to learn.", "Choose other pictures.")


@torch.no_grad()
def prepare_conv(model: ConvRbm, recipe: Recipe, images: ImageSet, device: str, previous: Project | None) -> Prepared:
    """Return the plan of this recipe; with `previous`, its weights are the starting point."""
    settings, training = recipe.training, images.training()
    transform = fit_transform(images, training) if previous is None else transform_from_arrays(previous.transform)
    noise = Noise(settings.seed, device)
    if previous is None:
        model.initialise(noise)
    else:
        load_weights(model, previous.weights)
    batches = batches_for(images, training, settings.batch, settings.seed, transform)
    rule = ConvContrastive(model, noise)
    if previous is not None and "rule.crops" in previous.state:
        rule.restore({"crops": previous.state["rule.crops"]})
    rule.narrow()
    trained = Trained(model, transform, recipe, device)
    seen, unseen = (crops_of(trained, images, spread(indices, LOOKED_AT)) for indices in (training, images.held_out))
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


def crops_of(trained: Trained, images: ImageSet, indices: np.typing.NDArray[np.int64]) -> Tensor:
    """Return pictures (n, C, H, W) as the rule learns them: where they are Gaussian, each without its mean."""
    seen = seen_by(trained, images, indices)
    return centred(seen) if isinstance(trained.model, ConvRbm) and trained.model.gaussian else seen
