"""harmonium evaluate: the lab's figures for a trained project."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.cli.judge_codes import denoise_figures, reconstruction_figures, samples_figures
from studio.cli.judge_confidence import confidence_figures
from studio.cli.judge_features import feature_figures, selectivity_figures
from studio.cli.judge_fills import HOLES, fills_figures
from studio.cli.judge_filters import gabor_figures
from studio.cli.judge_likelihood import ais_figures, exact_figures
from studio.cli.judge_texture import seam_figures, texture_figures
from studio.cli.options import (
    add_device,
    add_json,
    add_project,
    add_seed,
    count,
    dataset,
    output,
    size,
    trained_project,
)
from studio.cli.progress import ProgressLine
from studio.cli.report import Figure, print_figures
from studio.cli.subject import RUNS, Asked, Subject
from studio.errors import DataError, SettingsError
from studio.project.locate import same_files


@dataclass(frozen=True, slots=True)
class Judgement:
    """One flag, and the figures it asks for; a judgement that looks at dreams says how many it wants at least.

    A flag with `choices` may be given one of them, and means the first alone.
    """

    flag: str
    help: str
    figures: Callable[[Subject], dict[str, Figure]]
    canvases: int = 0
    choices: tuple[str, ...] = ()
    amount: int = 0  # of a flag that may be given a number: the one it means alone


JUDGEMENTS = (
    Judgement(
        "texture", "similarity to the unseen half of --data, filled holes, statistics, copying", texture_figures, 8
    ),
    Judgement("seam", "the line where a dream meets its own copy", seam_figures, 30),
    Judgement("gabor", "which filters are oriented edges: Gabor functions fitted to each", gabor_figures),
    Judgement(
        "fill",
        "a hole in each picture of --data (default: its left half), beside plain fillings",
        fills_figures,
        0,
        HOLES,
    ),
    Judgement("samples", "how far dreams are from pictures, and whether they are copies", samples_figures),
    Judgement("denoise", "what an autoencoder mends of unseen pictures, corrupted as in training", denoise_figures),
    Judgement("reconstruction", "what the code keeps of unseen pictures", reconstruction_figures),
    Judgement("features", "how well labelled pictures are told apart by what the model makes of them", feature_figures),
    Judgement("exact", "log-likelihood of an RBM of at most 20 hidden units, its states counted", exact_figures),
    Judgement(
        "ais",
        f"log-likelihood of an RBM by annealing RUNS chains (default: {RUNS}), forwards and backwards",
        ais_figures,
        amount=RUNS,
    ),
    Judgement("confidence", "how surely the learned pictures determine the weights of an RBM", confidence_figures),
    Judgement("selectivity", "how much each feature knows of the classes of labelled pictures", selectivity_figures),
)


UNSEEING = ("seam", "gabor")  # dreams and filters are all that these look at
# What an option belongs to; beside other judgements it would be passed over in silence.
BELONGS = {
    "canvases": ("texture", "seam"),
    "size": ("texture", "seam"),
    "sweeps": ("texture", "seam", "fill", "samples"),
    "fills": ("texture", "fill"),
    "labels": ("features", "selectivity"),
    "varied": ("features",),
    "final": ("features", "selectivity", "exact", "ais"),
    "beside": ("samples",),
    "sheet": ("samples",),
}


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser(
        "evaluate",
        help="measure how good a trained project is",
        description="Measure a trained project, each figure beside what it is held against.",
    )
    add_project(parser)
    parser.add_argument(
        "--data", nargs="+", metavar="PICTURE", help="what to compare with (default: what the project learned from)"
    )
    for judgement in JUDGEMENTS:
        if judgement.choices:
            parser.add_argument(
                f"--{judgement.flag}",
                nargs="?",
                const=judgement.choices[0],
                choices=judgement.choices,
                metavar="HOLE",
                help=judgement.help,
            )
        elif judgement.amount:
            parser.add_argument(
                f"--{judgement.flag}",
                nargs="?",
                const=judgement.amount,
                type=count,
                metavar="RUNS",
                help=judgement.help,
            )
        else:
            parser.add_argument(f"--{judgement.flag}", action="store_true", help=judgement.help)
    plain = Asked()
    parser.add_argument("--canvases", type=count, metavar="N", help="how many dreams (default: 8; 30 for --seam)")
    parser.add_argument(
        "--size",
        type=size,
        metavar="WxH",
        help=f"how large a dream, brought to whole tiles (default: {plain.size[1]}x{plain.size[0]})",
    )
    parser.add_argument(
        "--sweeps", type=count, metavar="N", help=f"Gibbs sweeps of dreams and fills (default: {plain.sweeps})"
    )
    parser.add_argument("--fills", type=count, metavar="N", help=f"how many filled holes (default: {plain.fills})")
    parser.add_argument(
        "--labels", type=count, metavar="N", help="how many labelled pictures are learned from (default: all)"
    )
    parser.add_argument(
        "--varied",
        type=count,
        default=plain.varied,
        metavar="N",
        help="with --features: learn each labelled picture in N variants too, turned, sized, slanted, moved a little",
    )
    parser.add_argument("--final", action="store_true", help="let a test set judge, such as MNIST's 10,000 digits")
    parser.add_argument(
        "--beside", type=Path, metavar="FILE", help="with --samples: a plain RBM of the same pictures, to hold against"
    )
    parser.add_argument(
        "--sheet", type=Path, metavar="PNG", help="with --samples: save dreams above the pictures nearest to them"
    )
    add_seed(parser, plain.seed)
    add_device(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    wanted = [judgement for judgement in JUDGEMENTS if getattr(arguments, judgement.flag)]
    if not wanted:
        flags = ", ".join(f"--{judgement.flag}" for judgement in JUDGEMENTS)
        raise SettingsError("Nothing was asked for.", f"Give one or more of {flags}.")
    require_heard(arguments, [judgement.flag for judgement in wanted])
    project = trained_project(arguments.file)
    if arguments.size and not project.recipe.model.any_size:
        raise SettingsError(f"{arguments.file.name} dreams at one size alone.", "Leave out --size.")
    data = dataset(arguments.data) if arguments.data else project.recipe.data
    if same_files(data, project.recipe.data):
        data = project.recipe.data
    seeing = [judgement for judgement in wanted if judgement.flag not in UNSEEING]
    if seeing and not data.paths:
        raise DataError("This project names no pictures to compare with.", "Give --data PATH.")

    import torch

    from studio.jobs.device import as_studio_error, choose
    from studio.project.trained import open_trained

    torch.set_num_threads(project.recipe.training.threads)
    device = choose(arguments.device)
    plain = Asked()
    across, down = arguments.size or (plain.size[1], plain.size[0])
    asked = Asked(
        canvases=arguments.canvases or max(1, *(judgement.canvases for judgement in wanted)),
        size=(down, across),
        sweeps=arguments.sweeps or plain.sweeps,
        fills=arguments.fills or plain.fills,
        seed=arguments.seed,
        hole=arguments.fill or plain.hole,
        labels=arguments.labels,
        varied=arguments.varied,
        final=arguments.final,
        runs=arguments.ais or RUNS,
        sheet=output(arguments.sheet, (".png",)) if arguments.sheet else None,
    )
    figures: dict[str, Figure] = {}
    try:
        with torch.no_grad(), ProgressLine(quiet=arguments.json) as line:
            if arguments.data and not seeing:
                flags = " and ".join(f"--{judgement.flag}" for judgement in wanted)
                line.say(f"--data is not looked at by {flags}.")
            beside = open_trained(trained_project(arguments.beside), device) if arguments.beside else None
            subject = Subject(arguments.file.name, open_trained(project, device), data, asked, line, beside)
            for judgement in wanted:
                figures |= judgement.figures(subject)
    except RuntimeError as error:
        raise as_studio_error(error, device) from error
    print_figures(figures, arguments.json)
    return 0


def require_heard(arguments: argparse.Namespace, wanted: Sequence[str]) -> None:
    """Raise SettingsError of an option that nothing of what was asked for would look at."""
    for option, owners in BELONGS.items():
        if getattr(arguments, option) and not set(owners) & set(wanted):
            *before, last = (f"--{owner}" for owner in owners)
            flags = f"{', '.join(before)} or {last}" if before else last
            raise SettingsError(
                f"--{option} says nothing to {', '.join(f'--{flag}' for flag in wanted)}.", f"It belongs to {flags}."
            )
