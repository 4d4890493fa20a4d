"""A plan divided among several processes."""

from __future__ import annotations

import dataclasses

from studio.errors import SettingsError
from studio.models.cdbn import Cdbn
from studio.models.conv_rbm import ConvRbm
from studio.models.latent_rbm import LatentRbm
from studio.project.prepared import Prepared
from studio.project.trained import Trained
from studio.training.above import Above
from studio.training.code_rule import Denoising
from studio.training.conv_persistent import ConvPersistent
from studio.training.conv_rule import ConvContrastive
from studio.training.detail_rule import DetailPersistent
from studio.training.plan import Stage
from studio.training.pyramid_rule import PyramidPersistent
from studio.training.ranks import Ranks, SharedBatches, SharedNoise
from studio.training.rule_choice import require_plain
from studio.training.rules import ContrastiveDivergence, LearningRule
from studio.training.settings import Rule
from studio.training.shared_rule import SharedDivergence
from studio.training.tiled_rule import TiledPersistent

ALONE_HINT = "Start this one without torchrun."


def divided(prepared: Prepared, ranks: Ranks) -> Prepared:
    """Return what one process does of a plan that all have prepared alike; raises SettingsError where it cannot.

    All processes start from the same weights and take the same steps; only the
    first measures.
    """
    plan, trained = prepared.plan, prepared.trained
    for stage in plan.stages:
        check(stage, trained, ranks.size)
    if isinstance(trained.model, ConvRbm | Cdbn):
        for layer in trained.model.each if isinstance(trained.model, Cdbn) else [trained.model]:
            layer.geometry.parts = ranks.size
    stages = tuple(shared(stage, ranks) for stage in plan.stages)
    return dataclasses.replace(prepared, plan=dataclasses.replace(plan, stages=stages))


def shared(stage: Stage, ranks: Ranks) -> Stage:
    """Give a stage's trainer the rule and the batches of one process."""
    trainer = stage.trainer
    rule = own_rule(stage)
    if isinstance(rule, ContrastiveDivergence):
        trainer.noise = SharedNoise(trainer.noise, ranks)
        own = SharedDivergence(rule, ranks, trainer.noise)
        if isinstance(trainer.rule, Above):
            trainer.rule.rule = own
        else:
            trainer.rule = own
    elif isinstance(rule, Denoising):
        from studio.training.shared_code_rule import SharedDenoising

        trainer.rule = SharedDenoising(rule, ranks)
    elif isinstance(rule, TiledPersistent | PyramidPersistent | ConvPersistent | ConvContrastive):
        rule.ranks = ranks
    else:
        raise SettingsError("This model learns in one process.", ALONE_HINT)
    if isinstance(rule, ContrastiveDivergence | ConvPersistent | ConvContrastive):
        # The others take their rows themselves, of a batch that they need whole.
        trainer.batches = SharedBatches(trainer.batches, ranks)
    return stage if ranks.first else dataclasses.replace(stage, measure=lambda _step: [], judge=None)


def own_rule(stage: Stage) -> LearningRule:
    """Return the rule of a stage, also of one that learns what the layers below make of its batches."""
    rule = stage.trainer.rule
    return rule.rule if isinstance(rule, Above) else rule


def check(stage: Stage, trained: Trained, size: int) -> None:
    """Raise SettingsError for a stage that does not divide, or whose length each process would measure itself."""
    settings = stage.settings
    rule = own_rule(stage)
    if isinstance(rule, ContrastiveDivergence):
        if rule.model.rectified:
            raise SettingsError("Rectified hidden units learn in one process.", ALONE_HINT)
        require_plain(settings, "Several processes learn")
        if isinstance(trained.model, LatentRbm) and settings.batch % size:
            raise SettingsError(
                f"RBMs of an autoencoder take {settings.batch} a step, which do not divide among {size} processes.",
                "Start 2, 4 or 5 processes.",
            )
    check_even("batch", settings.batch, 1, size)
    if isinstance(rule, ContrastiveDivergence) and settings.rule is Rule.PCD:
        check_even("chains", settings.chains, 1, size)
    if isinstance(rule, ConvPersistent):
        check_even("chains", settings.chains, len(rule.sizes), size)
    groups = [len(own) for own in chain_groups(rule)]
    if groups and min(groups) < size:
        raise SettingsError(
            f"{min(groups)} chains on one canvas size do not divide among {size} processes.",
            "Start fewer processes, or set chains and batch higher.",
        )
    if settings.seconds and not settings.steps:
        raise SettingsError("Several processes cannot stop by the clock.", "Give --steps or --epochs.")


def chain_groups(rule: LearningRule) -> list[range]:
    """Return the chains of a texture's rule by the canvases they live on."""
    if isinstance(rule, PyramidPersistent):
        return [group for level in rule.rules for group in chain_groups(level)]
    if isinstance(rule, DetailPersistent):
        return [range(rule.count)]
    return [range(chains.shape[5]) for chains in rule.chains] if isinstance(rule, TiledPersistent) else []


def check_even(name: str, count: int, groups: int, size: int) -> None:
    """Raise SettingsError where so many pictures or chains, in equal groups, do not divide evenly."""
    whole = groups * size
    if count % whole:
        raise SettingsError(
            f"{count} {'pictures a step' if name == 'batch' else 'chains'} do not divide evenly among {size} processes"
            + (f" and {groups} canvas sizes." if groups > 1 else "."),
            f"Choose training.{name}={whole * max(1, round(count / whole))}.",
        )
