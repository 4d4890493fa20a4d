"""Whether a trained model can go on learning from the pictures that the settings ask for; no torch here."""

from __future__ import annotations

import dataclasses

from studio.data.spec import HeldBy, Preprocess, Scaling
from studio.errors import SettingsError
from studio.models.kinds import Family
from studio.project.cut_short import alike
from studio.project.recipe import FAMILIES, Recipe
from studio.training.settings import TrainSettings

SEEDS = 1 << 63
LEARNED = "The settings hold out pictures that the model at hand has learned, and those could not judge it."
HINT = "Set them back to go on with this model, or train a new one."
SCALINGS = {
    Scaling.NONE: "as they are",
    Scaling.STANDARDISE: "standardised",
    Scaling.DECORRELATE: "with their colours decorrelated",
    Scaling.WHITEN: "whitened",
}


def require_going_on(model: Recipe, wanted: Recipe) -> None:
    """Refuse to go on with the model of one recipe on the pictures of another, where it could not or should not.

    Raises
    ------
    SettingsError
        When pictures would be of another size, scaled otherwise than the model has
        learned to see them, or held out to judge it although it has learned them.
    """
    seen, now = model.preprocess, wanted.preprocess
    if not fits(model, now):
        raise SettingsError(f"The model at hand sees {seen_words(seen)}, and the settings say {seen_words(now)}.", HINT)
    if now.scaling is not seen.scaling:
        raise SettingsError(
            f"The model at hand sees pictures {SCALINGS[seen.scaling]}, and the settings say {SCALINGS[now.scaling]}.",
            HINT,
        )
    if not now.held_out or not alike(model.data, dataclasses.replace(wanted.data, excluded=model.data.excluded)):
        return
    whole = not now.patches and not now.crops  # of what is cut, the end of each picture is held out
    if now.held_out > seen.held_out or (whole and now.seed != seen.seed):
        raise SettingsError(
            LEARNED,
            f"Set the held-out share back to {seen.held_out:g} and its seed to {seen.seed}, or train a new model.",
        )
    moved = now.held_by is HeldBy.PLACE and wanted.data.excluded != model.data.excluded
    if whole and (moved or now.held_by is not seen.held_by):
        raise SettingsError(
            LEARNED,
            "In older projects leaving out a picture changes which others are held out. Leave out the same pictures as "
            "before, set the held-out share to 0, or train a new model.",
        )


def further(training: TrainSettings, run: int) -> TrainSettings:
    """Return the settings of a continued run: the recipe's own length, and draws it has not seen yet."""
    return dataclasses.replace(training, planned_steps=0, seed=(training.seed + run) % SEEDS)


def fits(recipe: Recipe, seen: Preprocess) -> bool:
    """Whether the model of a recipe can learn from pictures that are seen so: of its size, unless any will do."""
    if FAMILIES[Family(recipe.model.family)].any_size:
        return recipe.preprocess.channels == seen.channels
    return recipe.preprocess.shape == seen.shape


def seen_words(seen: Preprocess) -> str:
    """Return what a model sees: 28 x 28 px in grey."""
    return f"{seen.width} x {seen.height} px in {'grey' if seen.channels == 1 else 'colour'}"
