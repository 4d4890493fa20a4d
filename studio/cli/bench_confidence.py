"""harmonium bench confidence: how surely few pictures determine the weights of an RBM, over pixels and over codes."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from studio.cli.options import add_device, add_json, count, dataset
from studio.cli.progress import ProgressLine
from studio.cli.report import Figure, print_figures
from studio.cli.train import train
from studio.data.imageset import ImageSet
from studio.data.load import load
from studio.data.spec import DatasetSpec
from studio.errors import DataError
from studio.project.presets import preset
from studio.project.recipe import Recipe

if TYPE_CHECKING:
    from torch import Tensor

    from studio.project.trained import Trained

HELP = "how surely few pictures determine the weights of an RBM, over pixels and over codes"
PICTURES = (40, 100, 400)
PIXELS, CODES = "faces-rbm", "faces-ae-rbm"
STEPS = {PIXELS: 1500, CODES: 1500}
HIDDEN = 64  # of both, so that only what they see differs
AT_ONCE = 100


def add(names: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = names.add_parser("confidence", help=HELP, description=f"Measure {HELP}.")
    parser.add_argument("--data", nargs="+", required=True, metavar="PATH", help="pictures that are all framed alike")
    parser.add_argument(
        "--pictures", nargs="+", type=count, default=list(PICTURES), metavar="N", help="how many (default: 40 100 400)"
    )
    parser.add_argument("--steps", type=count, metavar="N", help=f"updates of each model (default: {STEPS[PIXELS]:,})")
    add_device(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    figures: dict[str, Figure] = {}
    with ProgressLine(quiet=arguments.json) as line:
        for number in arguments.pictures:
            widths = [
                width(recipe_of(name, arguments.data, arguments.steps), number, arguments.device, line)
                for name in (PIXELS, CODES)
            ]
            figures[f"confidence.pixels_{number}"] = Figure(widths[0], "of the weight")
            figures[f"confidence.codes_{number}"] = Figure(widths[1], "of the weight")
            figures[f"confidence.ratio_{number}"] = Figure(widths[0] / widths[1], "pixels over codes")
    print_figures(figures, arguments.json)
    return 0


def recipe_of(name: str, data: list[str], steps: int | None) -> Recipe:
    recipe = preset(name).apply(Recipe(dataset(data)))
    training = dataclasses.replace(recipe.training, steps=steps or STEPS[name], seconds=0, epochs=0)
    recipe = dataclasses.replace(recipe, training=training).changed("model.hidden", str(HIDDEN))
    return recipe.changed("preprocess.held_out", "0")


def width(recipe: Recipe, number: int, device: str, line: ProgressLine) -> float:
    """Return the median relative width of the intervals of an RBM that learned from so many of the pictures."""
    from studio.jobs.device import choose
    from studio.lab.confidence import confidence
    from studio.models.latent_rbm import LatentRbm
    from studio.models.rbm import Rbm
    from studio.project.trained import open_trained

    recipe, images = spread(recipe, number)
    line.say(f"{recipe.preset} of {len(images)} pictures")
    project, _, _ = train(recipe, images, device, None, line)
    trained = open_trained(project, choose(device))
    model = trained.model
    rbm = model.rbm if isinstance(model, LatentRbm) else model
    assert isinstance(rbm, Rbm)
    return confidence(rbm, seen(trained, images)).relative


def spread(recipe: Recipe, number: int) -> tuple[Recipe, ImageSet]:
    """Return the recipe with so many of its pictures, evenly spread over them, and these."""
    images = load(recipe.data, recipe.preprocess)
    if len(images) < number:
        raise DataError(f"There are {len(images)} pictures, not {number}.", "Give more, or fewer --pictures.")
    chosen = {images.names[place] for place in np.linspace(0, len(images) - 1, number).astype(int).tolist()}
    left = tuple(name for name in images.names if name not in chosen)
    data = DatasetSpec(recipe.data.paths, left)
    return dataclasses.replace(recipe, data=data), load(data, recipe.preprocess)


def seen(trained: Trained, images: ImageSet) -> Iterable[Tensor]:
    """Yield what the RBM sees of all pictures, in batches of rows."""
    from studio.models.latent_rbm import LatentRbm
    from studio.project.looks import seen_by

    for first in range(0, len(images), AT_ONCE):
        pictures = seen_by(trained, images, np.arange(first, min(first + AT_ONCE, len(images))))
        yield trained.model.encode(pictures) if isinstance(trained.model, LatentRbm) else pictures.flatten(1)
