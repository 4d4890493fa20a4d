"""From a recipe and one or a few large pictures to the plan that trains a texture."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.data.crop_batches import BatchSource, CropBatches, batches_for
from studio.data.imageset import ImageSet
from studio.data.scaling import fit_to_learn, transform_from_arrays
from studio.data.spec import Scaling
from studio.errors import SettingsError
from studio.jobs.frames import ReconstructionFrame, publish
from studio.models.blocks import block_means
from studio.models.blocks import spread as spread_means
from studio.models.build import load_weights
from studio.models.noise import Noise
from studio.models.spec import TiledSpec
from studio.models.tiled_pyramid import TiledPyramid
from studio.models.tiled_rbm import TiledRbm
from studio.models.tiles import to_picture
from studio.project.archive import Project
from studio.project.looks import filter_frame, labels_of, seen_by, spread
from studio.project.prepared import Prepared
from studio.project.recipe import Recipe
from studio.project.texture_judge import judge_of
from studio.project.trained import Trained
from studio.training.plan import Plan, Stage
from studio.training.pyramid_rule import PyramidPersistent
from studio.training.settings import Rule
from studio.training.tiled_metrics import TiledMetrics
from studio.training.tiled_rule import TiledPersistent
from studio.training.trainer import Trainer

LOOKED_AT = 24  # crops of each split that the metrics measure, fewer where they are large
LEAST_LOOKED_AT = 4
PLAIN_CROP = 87 * 87  # pixels
MEASURED = 200  # crops that the scales of a pyramid's levels are measured on
SHOWN = 4
LEAST_SCALE = 1e-3


def check_texture(spec: TiledSpec, recipe: Recipe, images: ImageSet) -> None:
    """Raise SettingsError when this recipe cannot learn a texture from these pictures."""
    preprocess, least = recipe.preprocess, spec.least_crop
    if images.shape != preprocess.shape:
        raise SettingsError("The pictures are not at the recipe's size.", "Load them again.")
    if min(preprocess.height, preprocess.width) < least:
        raise SettingsError(
            f"Crops of {preprocess.width} x {preprocess.height} px do not hold two tiles of {spec.tile} px each way.",
            f"Choose a width and height of at least {least} px, or smaller tiles.",
        )
    whole = 1 << (spec.levels - 1)
    if preprocess.height % whole or preprocess.width % whole:
        raise SettingsError(
            f"Crops of {preprocess.width} x {preprocess.height} px cannot be halved {spec.levels - 1} times.",
            f"Choose a width and height that are multiples of {whole}, or fewer levels.",
        )
    if preprocess.scaling not in (Scaling.STANDARDISE, Scaling.DECORRELATE):
        raise SettingsError(
            "A texture is learned from standardised or decorrelated pictures.", "Set scaling to decorrelate."
        )
    if not images.exemplars and not preprocess.patches:
        raise SettingsError("A texture is learned from crops of large pictures.", "Set crops to true.")
    if recipe.training.rule is not Rule.PCD:
        raise SettingsError("A texture is learned by PCD alone.", "Set rule to pcd.")
    if recipe.training.sparsity_cost > 0:
        raise SettingsError("A texture is learned without a sparsity cost.", "Set the sparsity (sparsity_cost) to 0.")
    check_materials(spec, recipe, images)
    if all(np.ptp(picture) == 0 for picture in images.exemplars or (images.pixels,)):
        raise SettingsError("The picture is of one colour, so there is nothing to learn.", "Choose another picture.")


def scales_of(pictures: Tensor, levels: int) -> tuple[Tensor, Tensor]:
    """Return what `TiledPyramid.measure` takes, of pictures (n, C, H, W) in model space."""
    scales, details = [torch.ones(pictures.shape[1], device=pictures.device)], []
    for _ in range(levels - 1):
        means = block_means(pictures)
        details.append(deviation(pictures - spread_means(means)) / scales[-1])
        scales.append(deviation(means))
        pictures = means
    return torch.stack(scales), torch.stack(details)


def deviation(values: Tensor) -> Tensor:
    """Return the root of the mean square of each channel of (n, C, H, W), never quite nothing: (C,)."""
    return values.square().mean((0, 2, 3)).sqrt().clamp_min(LEAST_SCALE)


def check_materials(spec: TiledSpec, recipe: Recipe, images: ImageSet) -> None:
    """Raise SettingsError when pictures cannot be materials of their own as the spec has them."""
    wanted, found = spec.textures, len(images.exemplars)
    if wanted == 1:
        return
    if wanted != found:
        raise SettingsError(
            f"The model has {wanted} materials, and there {'is' if found == 1 else 'are'} {found} "
            f"picture{'' if found == 1 else 's'}.",
            "Set textures to 1."
            if found == 1
            else f"Set textures to {found}, or to 1 for one material in all pictures.",
        )
    for name in ("batch", "chains"):
        value = getattr(recipe.training, name)
        if value < wanted:
            raise SettingsError(
                f"With {name} at {value} not each of {wanted} materials has its turn.",
                f"Set {name} to {wanted} or more.",
            )


@torch.no_grad()
def prepare_texture(
    model: TiledRbm | TiledPyramid, recipe: Recipe, images: ImageSet, device: str, previous: Project | None
) -> Prepared:
    """Return the plan of this recipe; with `previous`, its weights and chains are the starting point."""
    settings, training = recipe.training, images.training()
    transform = (
        fit_to_learn(images, training) if previous is None else transform_from_arrays(previous.transform, model.shape)
    )
    noise = Noise(settings.seed, device)
    trained = Trained(model, transform, recipe, device)
    if previous is None:
        model.initialise(noise)
        if isinstance(model, TiledPyramid):
            model.measure(*scales_of(seen_by(trained, images, spread(training, MEASURED)), model.spec.levels))
    else:
        load_weights(model, previous.weights)
    batches: BatchSource
    labels: Callable[[], NDArray[np.int64]] | None = None
    if model.textures > 1:
        crops = CropBatches(images, settings.batch, settings.seed, transform, evenly=True)
        batches, labels = crops, lambda: crops.labels
    else:
        batches = batches_for(images, training, settings.batch, settings.seed, transform)
    rule = (
        PyramidPersistent(model, settings, noise, labels)
        if isinstance(model, TiledPyramid)
        else TiledPersistent(model, settings, noise, labels)
    )
    if previous is not None:
        kept = previous.state.items()
        rule.restore({name.removeprefix("rule."): value for name, value in kept if name.startswith("rule.")})
    _, height, width = images.shape
    count = max(LEAST_LOOKED_AT, min(LOOKED_AT, LOOKED_AT * PLAIN_CROP // (height * width)))
    seen = seen_by(trained, images, spread(training, count))
    unseen = seen_by(trained, images, spread(images.held_out, count))
    looked_at = [labels_of(trained, images, spread(part, count)) for part in (training, images.held_out)]
    metrics = TiledMetrics(model, rule, seen, unseen, (looked_at[0], looked_at[1]))
    judge = judge_of(trained, images)
    stage = Stage(
        name="Texture",
        trainer=Trainer(model.learned(), rule, settings, batches, noise),
        settings=settings,
        pictures=len(training),
        measure=metrics.measure,
        frames={
            "filters": lambda step: filter_frame(trained, seen, step, looked_at[0]),
            "reconstructions": lambda step: beside_chains(trained, rule, seen[:SHOWN], step),
            "spectra": metrics.spectra,
        },
        judge=judge.turn if judge is not None else None,
    )
    return Prepared(Plan((stage,), device, settings.threads), trained, images)


def beside_chains(
    trained: Trained, rule: TiledPersistent | PyramidPersistent, crops: Tensor, step: int
) -> ReconstructionFrame:
    """Return crops of the exemplar beside crops of the training chains: what it is, and what is dreamt of it."""
    pictures = [to_picture(mean)[:SHOWN] for mean in rule.means]
    height, width = (min(part.shape[side] for part in [crops, *pictures]) for side in (2, 3))
    crops = crops[:, :, :height, :width]
    dreamt = torch.cat([part[: -(-SHOWN // len(pictures)), :, :height, :width] for part in pictures])
    dreamt = dreamt[torch.arange(len(crops), device=dreamt.device) % len(dreamt)]
    return ReconstructionFrame(
        inputs=publish(trained.to_pictures(crops)), outputs=publish(trained.to_pictures(dreamt)), step=step
    )
