"""The stages in which the layers of a dense autoencoder learn as RBMs, before the whole does."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import torch
from torch import Tensor

from studio.errors import SettingsError
from studio.jobs.frames import ReconstructionFrame, publish
from studio.models.code_spec import CodeSpec, Corruption, Network, Output, Units
from studio.models.layer_rbms import LayerRbms, LinearRbm
from studio.models.noise import Noise
from studio.project.code_looks import Looked
from studio.training.layer_rule import LayerMetrics, LayerRule
from studio.training.plan import Stage
from studio.training.settings import Optimiser, Rule, TrainSettings
from studio.training.trainer import Trainer

BATCH = 100
RATE, LINEAR_RATE = 0.1, 0.002  # a linear hidden unit has no bound, and learns far more slowly
MOMENTUM = 0.9
DECAY = 2e-4
MIDDLE = 0.5  # what a hidden unit of the layer below is taken to be at first
STREAM = 2  # of the seed: the autoencoder and the RBM over its codes have the two before


def check_layers(spec: CodeSpec) -> None:
    """Raise SettingsError where layers are to be pretrained that RBMs cannot stand for."""
    if spec.pretrain == 0:
        return
    if spec.network is not Network.DENSE:
        raise SettingsError("Only dense layers are pretrained by RBMs.", "Set network to dense, or pretrain to 0.")
    if spec.widths and spec.units is not Units.LOGISTIC:
        raise SettingsError("RBMs pretrain layers of logistic units.", "Set units to logistic, or pretrain to 0.")
    if spec.corruption is Corruption.BLOCKS:
        raise SettingsError(
            "Layers that see which parts are covered are not pretrained.",
            "Choose another corruption, or set pretrain to 0.",
        )
    if spec.output is Output.LINEAR:
        raise SettingsError(
            "Layers are pretrained for pictures within 0..1.", "Set output to sigmoid, or pretrain to 0."
        )


def layer_stage(
    layers: LayerRbms, number: int, share: TrainSettings, looked: Looked, mean: Tensor, begun: bool
) -> Stage:
    """Return the stage of one layer, from noise unless a run before has `begun` it; `mean` (pixels,) is of pictures.

    Each layer has noise and batches of its own, so that it learns the same whatever follows.
    """
    rbm = layers.each[number]
    noise = Noise(share.seed + STREAM + number, mean.device)
    if number > 0:
        mean = torch.full_like(rbm.visible_bias, MIDDLE)
    if not begun:
        rbm.initialise(mean, noise)
    settings = layer_settings(share, isinstance(rbm, LinearRbm))
    return Stage(
        name=f"Layer {number + 1} of {len(layers.each)}, as an RBM",
        trainer=Trainer(
            rbm.learned(),
            LayerRule(layers, number, settings, mean, noise),
            settings,
            looked.batches(settings.batch, share.seed + STREAM + number),
            noise,
        ),
        settings=settings,
        pictures=len(looked.images.training()),
        measure=LayerMetrics(layers, number, looked.seen, looked.unseen).measure,
        frames={"filters": looked.filters, "reconstructions": reconstructions(layers, number, looked)},
    )


def layer_settings(share: TrainSettings, linear: bool) -> TrainSettings:
    """Return how an RBM of a layer learns: by CD-1 along the gradient, at the usual rate of its kind."""
    return dataclasses.replace(
        share,
        rule=Rule.CD,
        gibbs_steps=1,
        batch=BATCH,
        optimiser=Optimiser.PLAIN,
        learning_rate=LINEAR_RATE if linear else RATE,
        momentum=MOMENTUM,
        weight_decay=DECAY,
        sparsity_cost=0,
        gradient_limit=0,
        centred=True,
    )


def reconstructions(layers: LayerRbms, number: int, looked: Looked) -> Callable[[int], ReconstructionFrame]:
    """Return what draws pictures beside what a pass up to this layer and down makes of them."""

    def frame(step: int) -> ReconstructionFrame:
        made = layers.reconstruct(looked.shown, number)
        inputs, outputs = (publish(looked.trained.to_pictures(some)) for some in (looked.shown, made))
        return ReconstructionFrame(inputs=inputs, outputs=outputs, step=step)

    return frame
