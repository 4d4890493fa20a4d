"""harmonium bench samples: dreams of models that learned a part of the pictures, against the part they never saw."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from studio.cli.judge_codes import samples_figures
from studio.cli.options import add_device, add_json, add_seed, count, dataset
from studio.cli.progress import ProgressLine
from studio.cli.report import Figure, print_figures
from studio.cli.subject import Asked, Subject
from studio.cli.train import train
from studio.data.load import load
from studio.data.spec import DatasetSpec
from studio.errors import DataError, SettingsError
from studio.project.presets import preset
from studio.project.recipe import Recipe

HELP = "how far dreams are from pictures that were kept back, each fold of them once"
FOLDS = 5
FEWEST = 2  # pictures of a fold, for distances among them
SWEEPS = 500
MEANS = ("mmd", "mmd_training", "mmd_independent", "mmd_rbm", "nearest", "copies")
OTHERS = ("rbm", "independent")


def add(names: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = names.add_parser("samples", help=HELP, description=f"Measure {HELP}.")
    parser.add_argument("--data", nargs="+", required=True, metavar="PATH", help="pictures of one kind")
    parser.add_argument("--preset", default="art-ae-rbm", metavar="NAME", help="what dreams (default: art-ae-rbm)")
    parser.add_argument(
        "--beside", default="art-rbm", metavar="NAME", help="a plain RBM to hold it against (default: art-rbm)"
    )
    parser.add_argument("--folds", type=count, default=FOLDS, metavar="N", help=f"parts (default: {FOLDS})")
    parser.add_argument("--sweeps", type=count, default=SWEEPS, metavar="N", help=f"from noise (default: {SWEEPS})")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--seconds", type=float, metavar="S", help="training of each model (default: the presets')")
    length.add_argument("--steps", type=count, metavar="N", help="updates of each model")
    add_seed(parser, 0)
    add_device(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    recipes = [recipe_of(name, arguments) for name in (arguments.preset, arguments.beside)]
    parts = folds(recipes[0], arguments.folds)
    asked = Asked(sweeps=arguments.sweeps, seed=arguments.seed, fewest=FEWEST)
    found = []
    with ProgressLine(quiet=arguments.json) as line:
        for number, (learned, kept_back) in enumerate(parts, 1):
            line.say(f"fold {number} of {len(parts)}")
            found.append(figures_of(recipes, learned, kept_back, asked, arguments.device, line))
    print_figures(over_folds(found), arguments.json)
    return 0


def recipe_of(name: str, arguments: argparse.Namespace) -> Recipe:
    """Return a preset's recipe for these pictures, of which it keeps none back by itself."""
    recipe = preset(name).apply(Recipe(dataset(arguments.data)))
    if recipe.preprocess.crops or recipe.preprocess.patches:
        raise SettingsError(f"{name} learns parts of pictures, not whole ones.", "Choose another preset.")
    training = dataclasses.replace(recipe.training, seed=arguments.seed)
    if arguments.steps:
        training = dataclasses.replace(training, steps=arguments.steps, seconds=0, epochs=0)
    elif arguments.seconds:
        training = dataclasses.replace(training, steps=0, seconds=arguments.seconds, epochs=0)
    return dataclasses.replace(recipe, training=training).changed("preprocess.held_out", "0")


def folds(recipe: Recipe, number: int) -> list[tuple[DatasetSpec, DatasetSpec]]:
    """Return for each fold what is learned and what is kept back: every so many-th picture."""
    names = load(recipe.data, recipe.preprocess).names
    if number < 2 or len(names) < FEWEST * number:
        raise DataError(
            f"{len(names)} pictures do not make {number} folds of {FEWEST} or more.",
            "Give more pictures, or fewer folds, 2 at least.",
        )
    if len(set(names)) < len(names):
        raise DataError("Pictures of one file cannot be kept back each by itself.", "Give pictures as files.")
    left = recipe.data.excluded
    parts = [names[first::number] for first in range(number)]
    return [
        (
            DatasetSpec(recipe.data.paths, (*left, *part)),
            DatasetSpec(recipe.data.paths, (*left, *(name for name in names if name not in part))),
        )
        for part in parts
    ]


def figures_of(
    recipes: Sequence[Recipe],
    learned: DatasetSpec,
    kept_back: DatasetSpec,
    asked: Asked,
    device: str,
    line: ProgressLine,
) -> dict[str, Figure]:
    """Train both models on what is learned, and hold their dreams against what was kept back."""
    import torch

    from studio.jobs.device import choose
    from studio.project.trained import open_trained

    models = []
    for recipe in recipes:
        own = dataclasses.replace(recipe, data=learned)
        project, _, _ = train(own, load(learned, own.preprocess), device, None, line)
        models.append(open_trained(project, choose(device)))
    with torch.no_grad():
        return samples_figures(Subject(recipes[0].preset or "", models[0], kept_back, asked, line, models[1]))


def over_folds(found: Sequence[Mapping[str, Figure]]) -> dict[str, Figure]:
    """Return the means over folds, the standard error of ours, and in how many folds it was nearer than the others."""
    values = {
        name: np.array([figures[f"samples.{name}"].value for figures in found])
        for name in MEANS
        if all(f"samples.{name}" in figures for figures in found)
    }
    units = {name: found[0][f"samples.{name}"].unit for name in values}
    figures = {f"samples.{name}": Figure(float(each.mean()), units[name]) for name, each in values.items()}
    own = values["mmd"]
    for name in OTHERS:
        other = values.get(f"mmd_{name}")
        if other is not None:
            figures[f"samples.ratio_{name}"] = Figure(float(own.mean() / other.mean()), "of its discrepancy")
            figures[f"samples.nearer_than_{name}"] = Figure(int((own < other).sum()), "folds")
    figures["samples.mmd_error"] = Figure(float(own.std(ddof=1) / len(own) ** 0.5), "standard error over folds")
    figures["samples.folds"] = Figure(len(found), "")
    return figures
