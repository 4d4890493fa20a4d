"""From a recipe and pictures to a plan, and from a trained plan to a project: shared by window and command line."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from studio.data.crop_batches import batches_for
from studio.data.imageset import ImageSet
from studio.data.load import all_same
from studio.data.memory import free_bytes
from studio.data.png import encode
from studio.data.scaling import fit_to_learn, transform_from_arrays
from studio.data.spec import Scaling
from studio.errors import SettingsError
from studio.models.build import build_model, load_weights, weights_of
from studio.models.cdbn import Cdbn
from studio.models.conv_rbm import ConvRbm
from studio.models.latent_rbm import LatentRbm
from studio.models.noise import Noise
from studio.models.rbm import Rbm
from studio.models.spec import CodeSpec, ConvSpec, RbmSpec, TiledSpec, Visible
from studio.models.tiled_pyramid import TiledPyramid
from studio.models.tiled_rbm import TiledRbm
from studio.project.archive import Project
from studio.project.code_job import check_codes, prepare_codes
from studio.project.conv_job import check_conv, prepare_conv
from studio.project.cut_short import UNFINISHED
from studio.project.enough import require_enough
from studio.project.kept_chains import take_up, with_age
from studio.project.lapse import EMPTY, Lapse, to_arrays
from studio.project.looks import filter_frame, filter_sheet, mean_seen, reconstruction_frame, seen_by, spread
from studio.project.prepared import Prepared
from studio.project.recipe import Recipe
from studio.project.room import check_room
from studio.project.stage import STAGE
from studio.project.texture_job import check_texture, prepare_texture
from studio.project.trained import Trained, transform_arrays
from studio.training.metrics import Metrics
from studio.training.plan import Plan, Stage
from studio.training.rule_choice import rule_of
from studio.training.settings import Rule, TrainSettings
from studio.training.trainer import Trainer

LOOKED_AT = 250  # pictures of each split that the metrics measure
SHOWN = 8  # reconstructions shown


def check(recipe: Recipe, images: ImageSet) -> None:
    """Raise SettingsError when this recipe cannot be trained on these pictures."""
    if isinstance(recipe.model, TiledSpec):
        check_texture(recipe.model, recipe, images)
    elif isinstance(recipe.model, ConvSpec):
        check_conv(recipe.model, recipe, images)
    elif isinstance(recipe.model, CodeSpec):
        check_codes(recipe.model, recipe, images)
    else:
        check_rbm(recipe.model, recipe, images)


def check_rbm(spec: RbmSpec, recipe: Recipe, images: ImageSet) -> None:
    """Raise SettingsError when this recipe's RBM cannot be trained on these pictures."""
    require_enough(images)
    if images.shape != recipe.preprocess.shape:
        raise SettingsError("The pictures are not at the recipe's size.", "Load them again.")
    if all_same(images.pixels):
        raise SettingsError("All pictures are identical, so there is nothing to learn.", "Add different pictures.")
    if spec.visible is Visible.GAUSSIAN and recipe.preprocess.scaling is Scaling.NONE:
        raise SettingsError(
            "Gaussian visible units need standardised pictures.", "Set scaling to standardise, or visible to bernoulli."
        )
    if spec.rectified and recipe.training.rule is not Rule.CD:
        raise SettingsError("Rectified hidden units learn by CD alone.", "Set rule to cd.")
    if spec.rectified and recipe.training.sparsity_cost > 0:
        raise SettingsError(
            "Rectified hidden units learn without a sparsity cost.", "Set the sparsity (sparsity_cost) to 0."
        )
    if spec.visible is Visible.BERNOULLI and recipe.preprocess.scaling is not Scaling.NONE:
        raise SettingsError(
            "Bernoulli visible units cannot take standardised pictures.", "Set scaling to none, or visible to gaussian."
        )


@torch.no_grad()
def prepare(recipe: Recipe, images: ImageSet, device: str, previous: Project | None = None) -> Prepared:
    """Return the plan of this recipe; with `previous`, its weights and chains are the starting point.

    The order of draws is fixed: same recipe, pictures, device and threads give the same bits.
    """
    check(recipe, images)
    check_room(recipe, free_bytes() if device == "cpu" else None)
    torch.set_num_threads(recipe.training.threads)
    model = build_model(recipe.model, recipe.preprocess.shape, recipe.framed).to(device)
    if isinstance(model, TiledRbm | TiledPyramid):
        return prepare_texture(model, recipe, images, device, previous)
    if isinstance(model, ConvRbm | Cdbn):
        return prepare_conv(model, recipe, images, device, previous)
    if isinstance(model, LatentRbm):
        return prepare_codes(model, recipe, images, device, previous)
    return prepare_rbm(model, recipe, images, device, previous)


def prepare_rbm(model: Rbm, recipe: Recipe, images: ImageSet, device: str, previous: Project | None) -> Prepared:
    """Return the plan of an RBM over whole pictures or patches."""
    settings = recipe.training
    training = images.training()
    if previous is not None:
        transform = transform_from_arrays(previous.transform, model.shape)
    else:
        transform = fit_to_learn(images, training)
    noise = Noise(settings.seed, device)
    trained = Trained(model, transform, recipe, device)
    mean = mean_seen(trained, model.visible, images, training)
    if previous is None:
        model.initialise(mean, noise, settings.sparsity_target if settings.sparsity_cost > 0 else 0.5)
    else:
        load_weights(model, previous.weights)
    batches = batches_for(images, training, settings.batch, settings.seed, transform)
    rule = rule_of(model, settings, mean, noise)
    trainer = Trainer(model.learned(), rule, settings, batches, noise)
    if previous is not None:
        take_up(trainer, previous)
    seen = seen_by(trained, images, spread(training, LOOKED_AT))
    unseen = seen_by(trained, images, spread(images.held_out, LOOKED_AT))
    held_out = unseen.flatten(1)
    metrics = Metrics(model, seen.flatten(1), held_out, settings.seed)
    shown = unseen[:SHOWN] if len(unseen) else seen_by(trained, images, training[:SHOWN])
    stage = Stage(
        name="RBM",
        trainer=trainer,
        settings=settings,
        pictures=len(training),
        measure=lambda step: [*metrics.measure(step), *rule.figures(step)],
        frames={
            "filters": lambda step: filter_frame(trained, seen, step),
            "reconstructions": lambda step: reconstruction_frame(trained, shown, step),
        },
    )
    return Prepared(Plan((stage,), device, settings.threads), trained, images)


def keep(
    trained: Trained,
    prepared: Prepared | None = None,
    settings: TrainSettings | None = None,
    dream: NDArray[np.float32] | None = None,
    lapse: Lapse = EMPTY,
    most_filters: int | None = None,
) -> Project:
    """Return host copies of all that a project keeps of a model.

    `prepared` is the run it comes from, `settings` those a finished run can be
    repeated from, `dream` a picture (H, W, C) for its thumbnail, beside that of
    the filters, or of the first `most_filters`.
    """
    state, meta = kept_state(prepared.plan) if prepared is not None else ({}, {})
    recipe = trained.recipe
    if settings is None and prepared is not None:
        meta = {**meta, UNFINISHED: True}
    if settings is not None:
        recipe = dataclasses.replace(recipe, training=settings)
    thumbnails = {"filters": png(filter_sheet(trained, most=most_filters))}
    if dream is not None:
        thumbnails["dream"] = png(dream)
    return Project(
        recipe=recipe,
        weights=weights_of(trained.model),
        transform=dict(transform_arrays(trained.transform)),
        state=state,
        meta=meta,
        thumbnails=thumbnails,
        lapse=to_arrays(lapse),
    )


def kept_state(plan: Plan) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Return the state of the stage that learns, beside its number in a plan of several."""
    state, meta = plan.stages[plan.current].trainer.state()
    meta = with_age(state, meta)
    return {**state, STAGE: np.array(plan.first + plan.current)} if plan.several else state, meta


def png(pixels: NDArray[np.float32]) -> bytes:
    """Return an (H, W, C) picture in 0..1 as an 8-bit PNG."""
    return encode(np.rint(np.clip(pixels, 0, 1) * 255).astype(np.uint8), {})
