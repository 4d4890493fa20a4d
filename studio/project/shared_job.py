"""A plan divided among several processes."""

from __future__ import annotations

import dataclasses

from studio.errors import SettingsError
from studio.models.rbm import Rbm
from studio.project.prepared import Prepared
from studio.training.ranks import Ranks, SharedBatches, SharedNoise
from studio.training.rule_choice import require_plain
from studio.training.rules import ContrastiveDivergence
from studio.training.settings import Rule, TrainSettings
from studio.training.shared_rule import SharedDivergence
from studio.training.trainer import Trainer


def divided(prepared: Prepared, ranks: Ranks) -> Prepared:
    """Return what one process does of a plan that all have prepared alike; raises SettingsError where it cannot.

    All processes start from the same weights and take the same steps; only the
    first measures.
    """
    stage = prepared.plan.stages[0]
    rule = stage.trainer.rule
    if not isinstance(prepared.trained.model, Rbm) or not isinstance(rule, ContrastiveDivergence):
        raise SettingsError(
            "Only the RBM over whole pictures learns in several processes.", "Start this one without torchrun."
        )
    if prepared.trained.model.rectified:
        raise SettingsError("Rectified hidden units learn in one process.", "Start this one without torchrun.")
    require_plain(stage.settings, "Several processes learn")
    check(stage.settings, ranks.size)
    noise = SharedNoise(stage.trainer.noise, ranks)
    trainer = Trainer(
        stage.trainer.parameters,
        SharedDivergence(rule, ranks, noise),
        stage.settings,
        SharedBatches(stage.trainer.batches, ranks),
        noise,
    )
    stage = dataclasses.replace(stage, trainer=trainer)
    if not ranks.first:
        stage = dataclasses.replace(stage, measure=lambda _step: [])
    return dataclasses.replace(prepared, plan=dataclasses.replace(prepared.plan, stages=(stage,)))


def check(settings: TrainSettings, size: int) -> None:
    """Raise SettingsError for a run that does not divide evenly, or whose length each process would measure itself."""
    for name, count in (("batch", settings.batch), ("chains", settings.chains)):
        if (name == "batch" or settings.rule is Rule.PCD) and count % size:
            raise SettingsError(
                f"{count} does not divide among {size} processes.",
                f"Choose training.{name}={size * max(1, round(count / size))}.",
            )
    if settings.seconds and not settings.steps:
        raise SettingsError("Several processes cannot stop by the clock.", "Give --steps or --epochs.")
