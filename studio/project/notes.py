"""What is worth saying of a recipe before it runs, and keeps nobody from running it."""

from __future__ import annotations

from studio.models.spec import CodeSpec, ConvSpec
from studio.project.recipe import Recipe


def notes(recipe: Recipe, pictures: int) -> tuple[str, ...]:
    """Return what is done to pictures, and what so many of them teach; `pictures` is 0 while that is not known."""
    model, shape = recipe.model, recipe.preprocess.shape
    found = []
    if isinstance(model, ConvSpec | CodeSpec):
        height, width = model.padded_size(shape)
        if (height, width) != shape[1:]:
            why = "pooling blocks fit" if isinstance(model, ConvSpec) else "every layer can halve them"
            found.append(f"Pictures of {shape[2]} x {shape[1]} px are padded to {width} x {height}, so that {why}.")
    if isinstance(model, CodeSpec) and 0 < pictures < model.code:
        varied = max(model.zoom, model.vary) > 0 or recipe.preprocess.flips != "none"
        then = "Lower the code for calmer dreams." if varied else "Turn on flips and random parts, or lower the code."
        found.append(
            f"{pictures} pictures are fewer than the {model.code} numbers of a code: it can learn them by heart. {then}"
        )
    return tuple(found)
