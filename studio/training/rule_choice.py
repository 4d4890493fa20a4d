"""From the settings to the rule that an RBM learns by."""

from __future__ import annotations

from torch import Tensor

from studio.errors import SettingsError
from studio.models.noise import Noise
from studio.models.rbm import Rbm
from studio.training.fast_rule import FastPersistent
from studio.training.rectified_rule import RectifiedDivergence
from studio.training.rules import ContrastiveDivergence
from studio.training.settings import PLAIN_RULES, Rule, TrainSettings
from studio.training.tempered_rule import Tempered


def rule_of(model: Rbm, settings: TrainSettings, mean: Tensor, noise: Noise) -> ContrastiveDivergence:
    """Return the rule that these settings name, with fresh chains where it keeps some."""
    if model.rectified:
        return RectifiedDivergence(model, settings, mean, noise)
    kinds = {Rule.FPCD: FastPersistent, Rule.PT: Tempered}
    return kinds.get(settings.rule, ContrastiveDivergence)(model, settings, mean, noise)


def require_plain(settings: TrainSettings, what: str) -> None:
    """Raise SettingsError where the rule is neither CD nor PCD, which is all that `what` learns by."""
    if settings.rule not in PLAIN_RULES:
        raise SettingsError(f"{what} by CD or PCD alone.", "Set rule to pcd.")
