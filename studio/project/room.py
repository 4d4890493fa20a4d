"""Whether there is memory for what a recipe asks for, before anything is built."""

from __future__ import annotations

from studio.errors import OutOfMemoryError
from studio.models.spec import CodeSpec, ConvSpec, TiledSpec
from studio.project.recipe import Recipe

GIGA = 1e9


def bytes_of(recipe: Recipe) -> int:
    """Return about how many bytes the model holds while it learns."""
    training = recipe.training
    return recipe.model.memory_bytes(recipe.preprocess.shape, training.batch, training.chains_in_all)


def check_room(recipe: Recipe, free: int | None) -> None:
    """Raise OutOfMemoryError when so many free bytes are too few; None is unknown, and enough."""
    needed = bytes_of(recipe)
    if free is None or needed <= free:
        return
    raise OutOfMemoryError(
        f"To train this model about {needed / GIGA:,.1f} GB of memory are needed, and {free / GIGA:,.1f} GB are free.",
        f"Choose {lower(recipe)}, a smaller batch or smaller pictures.",
    )


def lower(recipe: Recipe) -> str:
    """Return what makes this model smaller."""
    if isinstance(recipe.model, ConvSpec | TiledSpec):
        return "fewer or smaller filters"
    return "smaller layers" if isinstance(recipe.model, CodeSpec) else "fewer hidden units"
