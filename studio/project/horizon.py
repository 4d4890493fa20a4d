"""How far from its beginning a model was trained to dream; no torch here."""

from __future__ import annotations

from collections.abc import Mapping

from studio.models.kinds import Family
from studio.models.spec import CodeSpec
from studio.project.recipe import Recipe
from studio.training.settings import RENEW_EVERY, Rule

RENEWED = (Family.TEXTURE, Family.CONVOLUTIONAL)  # whose chains begin anew from noise in turn

MOVED = "updates"  # for how many steps a rule has moved its chains, where it counts that itself


def moved(meta: Mapping[str, object]) -> int:
    """Return for how many steps chains were moved, in the latest run and in those that it went on from."""
    counts = [meta.get(name, 0) for name in ("steps", "earlier_steps")]
    return sum(count for count in counts if isinstance(count, int))


def trained_horizon(recipe: Recipe, meta: Mapping[str, object]) -> tuple[int, str] | None:
    """Return the age in sweeps of the oldest chain that taught the model, and where that chain began.

    A model dreams best about as far from such a beginning as it was trained to
    (Nijkamp et al. 2019; Decelle, Furtlehner & Seoane 2021). None without an RBM, or untrained.
    """
    steps, settings, model = meta.get("steps"), recipe.training, recipe.model
    if not isinstance(steps, int) or steps < 1 or (isinstance(model, CodeSpec) and not model.hidden):
        return None
    if settings.rule is Rule.CD:
        return settings.gibbs_steps, "from a picture"
    updates = meta.get(MOVED)
    age = (updates if isinstance(updates, int) else moved(meta)) * settings.gibbs_steps
    if model.family not in RENEWED:
        return age, "in chains that were kept all along"
    return min(age, RENEW_EVERY * settings.chains * settings.gibbs_steps), "from noise"


def horizon_words(recipe: Recipe, meta: Mapping[str, object]) -> str:
    """Return the same in a few words; none where nothing is known."""
    found = trained_horizon(recipe, meta)
    if found is None:
        return ""
    sweeps, where = found
    return f"{sweeps:,} sweep{'' if sweeps == 1 else 's'} {where}"
