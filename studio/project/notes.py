"""What is worth saying of a recipe before it runs, and keeps nobody from running it."""

from __future__ import annotations

from studio.models.spec import CodeSpec, ConvSpec, Shape
from studio.project.recipe import Recipe
from studio.training.settings import Optimiser, Rule


def notes(recipe: Recipe, pictures: int) -> tuple[str, ...]:
    """Return what is done to pictures, and what so many of them teach; `pictures` is 0 while that is not known."""
    model, shape = recipe.model, recipe.preprocess.shape
    found: list[str] = []
    if isinstance(model, ConvSpec):
        found += paddings(model, shape)
        steps, layers = recipe.training.steps, len(model.layers)
        if 0 < steps < layers and not recipe.training.stage_steps:
            found.append(f"There are fewer steps ({steps}) than layers ({layers}): each layer takes one.")
        if recipe.training.rule is Rule.PCD and model.first_deviation != model.deviation:
            found.append(
                f"The first deviation ({model.first_deviation:g}) does nothing here: with chains that are kept it is "
                f"{model.deviation:g} from the first step on."
            )
    elif isinstance(model, CodeSpec) and model.padded_size(shape) != shape[1:]:
        found.append(f"Pictures of {padded(shape, model.padded_size(shape))}, so that every layer can halve them.")
    if isinstance(model, CodeSpec) and 0 < pictures < model.code:
        varied = max(model.zoom, model.vary) > 0 or recipe.preprocess.flips != "none"
        then = "Lower the code for calmer dreams." if varied else "Turn on flips and random parts, or lower the code."
        found.append(
            f"{pictures} pictures are fewer than the {model.code} numbers of a code: it can learn them by heart. {then}"
        )
    found += few(recipe, pictures)
    if recipe.training.momentum > 0 and not hears_momentum(recipe):
        found.append(f"Momentum ({recipe.training.momentum:g}) does nothing here: Adam has one of its own.")
    return tuple(found)


def few(recipe: Recipe, pictures: int) -> list[str]:
    """Return what a step makes of fewer whole pictures than it takes, where a run's length is told by how often."""
    training = recipe.training
    if recipe.preprocess.crops or not 0 < pictures < training.batch or training.steps or training.seconds:
        return []
    times = training.batch / pictures
    return [
        f"A step takes {training.batch} pictures, and there {'is' if pictures == 1 else 'are'} {pictures} to learn "
        f"from: it uses each {times:.3g} times, and counts as {times:.3g} epochs. Lower the batch for more steps."
    ]


def hears_momentum(recipe: Recipe) -> bool:
    """Return whether a part of a run steps with the momentum that is set: an RBM over codes does in any case."""
    model = recipe.model
    return recipe.training.optimiser is Optimiser.PLAIN or (isinstance(model, CodeSpec) and model.hidden > 0)


def paddings(spec: ConvSpec, shape: Shape) -> list[str]:
    """Return what is padded for each layer, up to the first whose filters have no room: that is an error."""
    found: list[str] = []
    for below, (layer, seen) in enumerate(spec.each(shape)):
        if min(seen[1:]) < layer.side:
            break
        if layer.padded_size(seen) != seen[1:]:
            what = f"Layer {below + 1}: maps of " if below else "Pictures of "
            said = padded(seen, layer.padded_size(seen), "" if below else " px")
            found.append(f"{what}{said}, so that pooling blocks fit.")
    return found


def padded(seen: Shape, size: tuple[int, int], unit: str = " px") -> str:
    return f"{seen[2]} x {seen[1]}{unit} are padded to {size[1]} x {size[0]}"
