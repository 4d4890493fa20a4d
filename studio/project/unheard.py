"""Settings that nothing of a recipe would look at: they may stand in a file, but nobody may ask for one in vain."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from studio.data.spec import Binarise
from studio.errors import SettingsError
from studio.models.code_spec import Corruption
from studio.models.spec import CodeSpec, ConvSpec, RbmSpec, Visible
from studio.project.recipe import Recipe
from studio.training.settings import Decay, Rule


@dataclass(frozen=True, slots=True)
class Owner:
    """Which recipes look at some settings, and that in words; what is `off` may be said to all of them."""

    keys: tuple[str, ...]
    words: str
    looks: Callable[[Recipe], bool]
    off: object = None


def require_heard(recipe: Recipe, keys: Iterable[str]) -> None:
    """Raise SettingsError of a setting that was asked for and that this recipe has no use for."""
    for key in keys:
        section, name = recipe.place_of(key)
        value, full = getattr(getattr(recipe, section), name), f"{section}.{name}"
        for owner in OWNERS:
            if full in owner.keys and not owner.looks(recipe) and (owner.off is None or value != owner.off):
                raise SettingsError(f"{full} says nothing to this recipe.", f"It belongs to {owner.words}.")


def sampled(recipe: Recipe) -> bool:
    """Whether anything of it is a Boltzmann machine, which an autoencoder alone is not."""
    return not isinstance(recipe.model, CodeSpec) or recipe.model.hidden > 0


def centred(recipe: Recipe) -> bool:
    return (isinstance(recipe.model, RbmSpec) and not recipe.model.rectified) or over_codes(recipe)


def over_codes(recipe: Recipe) -> bool:
    return isinstance(recipe.model, CodeSpec) and recipe.model.hidden > 0


def sparse(recipe: Recipe) -> bool:
    return recipe.training.sparsity_cost > 0 and not isinstance(recipe.model, CodeSpec)


def gaussian(recipe: Recipe) -> bool:
    return not isinstance(recipe.model, RbmSpec) or recipe.model.visible is Visible.GAUSSIAN


def deviates(recipe: Recipe) -> bool:
    if isinstance(recipe.model, CodeSpec):
        return over_codes(recipe) and recipe.model.codes is Visible.GAUSSIAN
    return gaussian(recipe)


def layered(recipe: Recipe) -> bool:
    return isinstance(recipe.model, ConvSpec) and bool(recipe.model.deeper)


def noisy(recipe: Recipe) -> bool:
    model = recipe.model
    return isinstance(model, CodeSpec) and model.codes is Visible.GAUSSIAN and model.beta == 0


def corrupts(recipe: Recipe) -> bool:
    return isinstance(recipe.model, CodeSpec) and recipe.model.corruption is not Corruption.NONE


def covers(recipe: Recipe) -> bool:
    return isinstance(recipe.model, CodeSpec) and recipe.model.masked


def between(recipe: Recipe) -> bool:
    return isinstance(recipe.model, CodeSpec) and bool(recipe.model.widths)


def staged(recipe: Recipe) -> bool:
    model = recipe.model
    several = layered(recipe) or over_codes(recipe) or (isinstance(model, CodeSpec) and model.pretrain > 0)
    return several and bool(recipe.training.stage_steps)


def whole(recipe: Recipe) -> bool:
    return not recipe.preprocess.crops and not recipe.preprocess.patches


OWNERS = (
    Owner(
        ("preprocess.patch_scale",), "patches and crops (preprocess.patches, preprocess.crops)", lambda r: not whole(r)
    ),
    Owner(("preprocess.fit", "preprocess.held_by"), "pictures that are neither cut into patches nor into crops", whole),
    Owner(("preprocess.flatten",), "crops (preprocess.crops=true)", lambda r: r.preprocess.crops, 0.0),
    Owner(
        ("preprocess.threshold",),
        "pictures in black and white (preprocess.binarise=threshold)",
        lambda r: r.preprocess.binarise is Binarise.THRESHOLD,
    ),
    Owner(("model.deviation",), "Gaussian pixels and codes that a Boltzmann machine learns", deviates),
    Owner(("model.learn_deviation",), "Gaussian pixels (model.visible=gaussian)", gaussian, False),
    Owner(("model.patches",), "models with further layers (model.deeper)", layered, False),
    Owner(("model.level",), "autoencoders that see pictures corrupted (model.corruption)", corrupts),
    Owner(("model.known_weight",), "autoencoders that see parts covered (model.corruption=blocks)", covers),
    Owner(("model.code_noise",), "standardised codes (model.codes=gaussian, model.beta=0)", noisy),
    Owner(("model.units",), "autoencoders with layers between picture and code (model.widths)", between),
    Owner(("model.rbm_rate", "model.rbm_share"), "an RBM over codes (model.hidden)", over_codes),
    Owner(
        ("training.rule", "training.gibbs_steps"),
        "models with a Boltzmann machine, here one over codes (model.hidden)",
        sampled,
    ),
    Owner(
        ("training.chains",),
        "chains that are kept (training.rule=pcd)",
        lambda r: sampled(r) and r.training.rule is not Rule.CD,
    ),
    Owner(
        ("training.temperatures", "training.hottest"),
        "tempering (training.rule=pt)",
        lambda r: r.training.rule is Rule.PT,
    ),
    Owner(("training.centred",), "RBMs of on-off hidden units, over pixels or over codes", centred),
    Owner(
        ("training.sparsity_target",),
        "RBMs and convolutional models that learn with a sparsity cost (training.sparsity_cost)",
        sparse,
    ),
    Owner(
        ("training.planned_steps",),
        "a rate that falls to nothing (training.decay=linear)",
        lambda r: r.training.decay is Decay.LINEAR,
        0,
    ),
    Owner(
        ("training.epochs",),
        "runs whose length is told neither in steps nor in seconds (training.steps=0, training.seconds=0)",
        lambda r: not r.training.steps and not r.training.seconds,
        0.0,
    ),
    Owner(
        ("training.seconds",),
        "runs whose length is not told in steps (training.steps=0)",
        lambda r: not r.training.steps,
        0.0,
    ),
    Owner(
        ("training.stage_steps",),
        "runs of several stages whose steps add up to those of the run (training.steps)",
        staged,
    ),
)
