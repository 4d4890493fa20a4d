"""From a recipe and pictures to the plan that trains an autoencoder and the RBM over its codes."""

from __future__ import annotations

import dataclasses
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray

from studio.data.imageset import ImageSet
from studio.data.spec import Scaling
from studio.errors import SettingsError
from studio.models.build import load_weights
from studio.models.code_spec import AUTOENCODER, OVER_CODES, CodeSpec, Network
from studio.models.latent_rbm import LatentRbm
from studio.models.layer_rbms import LayerRbms
from studio.models.noise import Noise
from studio.models.rbm import Rbm
from studio.project.archive import Project
from studio.project.code_looks import Looked
from studio.project.enough import require_enough
from studio.project.kept_chains import take_up
from studio.project.layer_job import check_layers, layer_stage
from studio.project.looks import mean_seen, seen_by, spread
from studio.project.prepared import Prepared
from studio.project.recipe import Recipe
from studio.project.stage import stage_of
from studio.project.trained import Trained
from studio.training.code_batches import CodeBatches
from studio.training.code_metrics import AutoencoderMetrics, LatentMetrics
from studio.training.code_rule import PREFIX, Denoising
from studio.training.corruption import corrupted
from studio.training.plan import Plan, Stage
from studio.training.precision import is_fast
from studio.training.rule_choice import require_plain
from studio.training.rules import ContrastiveDivergence
from studio.training.settings import Optimiser, TrainSettings, shared_out
from studio.training.trainer import Trainer
from studio.training.variation import anew

Values = NDArray[np.float32]

LOOKED_AT = 100  # pictures of each split that the metrics measure
LEAST_CODES, MOST_CODES = 2_000, 20_000  # encoded for the RBM; fewer pictures are encoded several times, each varied
RBM_BATCH = 100
RBM_DECAY = 1e-4  # the recipe's own is that of the autoencoder, whose slopes are a mean over pixels


def check_codes(spec: CodeSpec, recipe: Recipe, images: ImageSet) -> None:
    """Raise SettingsError when this recipe cannot train an autoencoder on these pictures."""
    height, width = recipe.preprocess.height, recipe.preprocess.width
    require_enough(images)
    if images.shape != recipe.preprocess.shape:
        raise SettingsError("The pictures are not at the recipe's size.", "Load them again.")
    check_layers(spec)
    require_plain(recipe.training, "An RBM over codes learns")
    if recipe.training.weight_l1 > 0 or recipe.training.max_norm > 0:
        raise SettingsError(
            "Autoencoders learn with weight decay alone.", "Set weight_l1 and max_norm to 0, and weight_decay higher."
        )
    if recipe.preprocess.scaling is not Scaling.NONE:
        raise SettingsError("An autoencoder takes pictures as they are.", "Set scaling to none.")
    if spec.network is Network.CONVOLUTIONAL and min(height, width) < 1 << len(spec.widths):
        raise SettingsError(
            f"Pictures of {width} x {height} px cannot be halved {len(spec.widths)} times.",
            "Choose larger pictures, or fewer widths.",
        )
    if spec.normalised and recipe.training.batch < 2:
        raise SettingsError(
            "Layers that are normalised over the batch cannot learn from batches of one picture.",
            "Set batch to 2 or more, or units to logistic.",
        )
    if np.ptp(images.pixels) == 0:
        raise SettingsError("The pictures are of one colour, so there is nothing to learn.", "Choose other pictures.")


@torch.no_grad()
def prepare_codes(
    model: LatentRbm, recipe: Recipe, images: ImageSet, device: str, previous: Project | None
) -> Prepared:
    """Return the plan of this recipe; with `previous`, it goes on with the part that learned last."""
    settings, spec, training = recipe.training, model.spec, images.training()
    layers = LayerRbms(model.autoencoder) if spec.pretrain > 0 else None
    shares = stage_shares(spec, 0 if layers is None else len(layers.each))
    last, parts = len(shares) - 1, len(shares)
    first = 0
    noise = Noise(settings.seed, device)
    trained = Trained(model, None, recipe, device)
    if previous is None:
        model.initialise(noise, mean_seen(trained, model.mean_picture.numel(), images, training))
    else:
        if layers is not None:
            model.initialise(noise)  # so that the autoencoder's noise goes on from where it would, had nothing stopped
        load_weights(model, previous.weights)
        first = min(stage_of(previous.state), last)
        # What is recorded are the steps of the run before, of other parts than those to come.
        settings = dataclasses.replace(settings, stage_steps=())
        if layers is not None:
            layers.take(first + 1)
    seen, unseen = (seen_by(trained, images, spread(indices, LOOKED_AT)) for indices in (training, images.held_out))
    looked = Looked(trained, images, seen, unseen)
    own = None if parts - first == 1 else tuple(share / sum(shares[first:]) for share in shares[first:])
    stages = []
    for number, share in enumerate(shared_out(settings, parts - first, own if first else shares), first):
        if layers is not None and number < len(layers.each):
            begun = previous is not None and number == first
            stages.append(layer_stage(layers, number, share, looked, model.mean_picture.flatten(), begun))
        elif model.rbm is not None and number == last:
            stages.append(rbm_stage(model, model.rbm, share, looked, Noise(settings.seed + 1, device)))
        else:
            stages.append(autoencoder_stage(model, share, looked, noise))
    if previous is not None:
        take_up(stages[0].trainer, previous)
    whole = settings if parts > 1 else None
    return Prepared(Plan(tuple(stages), device, settings.threads, first, whole), trained, images)


def stage_shares(spec: CodeSpec, layers: int) -> tuple[float, ...]:
    """Return the share of the run that each stage gets: layers that are pretrained, autoencoder, RBM over codes."""
    rest = (1 - spec.rbm_share, spec.rbm_share) if spec.hidden > 0 else (1.0,)
    if not layers:
        return rest
    return (spec.pretrain / layers,) * layers + tuple((1 - spec.pretrain) * share for share in rest)


def autoencoder_stage(model: LatentRbm, settings: TrainSettings, looked: Looked, noise: Noise) -> Stage:
    """Return the stage in which the autoencoder learns; what is shown of it is corrupted as in training."""
    spec = model.spec
    learned = {name: tensor for name, tensor in model.learned().items() if name.startswith(PREFIX)}
    damaged = corrupted(looked.shown, spec.corruption, spec.level, Noise(settings.seed, noise.device))
    batches = looked.batches(settings.batch, settings.seed)
    # The switch of a fast run is for matrices alone: convolutions gain as much by factors that are kept rounded.
    rounded = spec.network is Network.CONVOLUTIONAL and is_fast(settings, noise)
    return Stage(
        name=AUTOENCODER,
        trainer=Trainer(learned, Denoising(model.autoencoder, noise, rounded), settings, batches, noise),
        settings=settings,
        pictures=len(looked.images.training()),
        measure=AutoencoderMetrics(model.autoencoder, looked.seen, looked.unseen).measure,
        frames={"filters": looked.filters, "reconstructions": looked.reconstructions(damaged=damaged)},
    )


def rbm_stage(model: LatentRbm, rbm: Rbm, settings: TrainSettings, looked: Looked, noise: Noise) -> Stage:
    """Return the stage in which the RBM learns from codes, encoded when it begins."""
    own = rbm_settings(settings, model.spec)
    mean = torch.full((model.spec.code,), 0.0 if model.gaussian else 0.5, device=noise.device)
    count = min(max(LEAST_CODES, len(looked.images.training())), MOST_CODES)
    codes = CodeBatches(
        looked.batches(RBM_BATCH, settings.seed + 1),
        partial(encoded, model, noise),
        partial(settled, model),
        count,
        RBM_BATCH,
        settings.seed,
    )
    return Stage(
        name=OVER_CODES,
        trainer=Trainer(rbm.learned(), ContrastiveDivergence(rbm, own, mean, noise), own, codes, noise),
        settings=own,
        pictures=count,
        measure=LatentMetrics(model, rbm, looked.seen, looked.unseen, settings.seed).measure,
        frames={"filters": looked.filters, "reconstructions": looked.reconstructions(layer=1)},
    )


def rbm_settings(share: TrainSettings, spec: CodeSpec) -> TrainSettings:
    """Return how the RBM learns: along the gradient at its own rate."""
    return dataclasses.replace(
        share,
        optimiser=Optimiser.PLAIN,
        learning_rate=spec.rbm_rate,
        batch=RBM_BATCH,
        sparsity_cost=0,
        weight_decay=RBM_DECAY,
    )


@torch.no_grad()
def encoded(model: LatentRbm, noise: Noise, pictures: Values) -> Values:
    """Return the codes (n, code) of pictures (n, C, H, W), varied as in training."""
    seen = anew(torch.from_numpy(pictures).to(noise.device), model.spec, noise)
    return model.autoencoder.encode(seen).cpu().numpy()


def settled(model: LatentRbm, codes: Values) -> Values:
    """Fit the standardisation of codes (n, code) and return them as the RBM sees them."""
    tensor = torch.from_numpy(codes).to(model.code_mean.device)
    model.fit_codes(tensor)
    return ((tensor - model.code_mean) / model.code_deviation).cpu().numpy()
