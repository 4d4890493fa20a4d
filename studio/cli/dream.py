"""harmonium dream: play a project's model and save what it shows."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.cli.altering import add_altering, altered_as, altering
from studio.cli.growing import add_grow, check_grow, growing
from studio.cli.options import add_data, add_device, add_project, add_seed, count, dataset, output, trained_project
from studio.cli.playing import (
    SEAMLESS,
    add_canvas,
    add_lean,
    add_roll,
    check_materials,
    check_roll,
    dreamt,
    judged,
    leaning,
    require_room,
    save,
    save_variants,
    seen,
    variants,
)
from studio.cli.progress import ProgressLine
from studio.data.picture import read_picture
from studio.dream.settings import DreamSettings, Show, Start
from studio.errors import DataError, SettingsError
from studio.project.archive import Project
from studio.project.hashing import model_hash
from studio.project.picture_recipe import PictureRecipe

if TYPE_CHECKING:
    from torch import Tensor

    from studio.project.trained import Trained


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser(
        "dream",
        help="dream from a project and save the picture",
        description="Run Gibbs chains of a project's model and save them as one PNG that carries its recipe.",
    )
    add_project(parser)
    parser.add_argument("-o", "--out", required=True, metavar="PNG", help="where to save the picture")
    parser.add_argument("--grid", type=count, metavar="N", help="how many chains, side by side (default: 1)")
    parser.add_argument("--sweeps", type=count, default=500, metavar="N", help="Gibbs sweeps (default: 500)")
    parser.add_argument("--temperature", type=float, metavar="T", help="1 is the model's own; higher is wilder")
    parser.add_argument("--smooth", type=float, metavar="R", help="0 to 0.99, for Gaussian visibles: calmer motion")
    parser.add_argument("--show", choices=list(Show), help="the mean (default) or the drawn sample")
    parser.add_argument("--start", default="noise", metavar="noise|data|IMAGE", help="where the chains begin")
    parser.add_argument("--index", type=int, default=-1, metavar="N", help="which picture, with --start data")
    parser.add_argument("--variants", type=count, default=1, metavar="K", help="save K tiles that fit each other")
    add_canvas(parser)
    add_grow(parser)
    add_lean(parser)
    add_roll(parser)
    add_altering(parser)
    add_seed(parser)
    add_data(parser)
    add_device(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    out = output(arguments.out, (".png",))
    project = trained_project(arguments.file)
    settings = chosen(arguments, project.dream)
    if arguments.lean is not None or arguments.blend is not None:
        check_materials(getattr(project.recipe.model, "textures", 1), settings)
    check_roll(project.recipe.model, settings)
    if arguments.variants > 1 and (settings.chains > 1 or not project.recipe.model.any_size):
        raise SettingsError("Variants are tiles of one canvas.", "Use them with a texture model, without --grid.")
    check_grow(arguments, project.recipe)
    altered = altering(arguments)

    import torch

    from studio.jobs.device import choose
    from studio.project.trained import open_trained

    torch.set_num_threads(project.recipe.training.threads)
    device = choose(arguments.device)
    trained = altered_as(open_trained(project, device), altered, project)
    start, picture = beginning(arguments, project, trained, settings)
    require_room(trained, settings, arguments.variants)
    grown = growing(arguments, trained, settings)
    with torch.no_grad(), ProgressLine() as line:
        chain = dreamt(trained, settings, arguments.sweeps, line, picture, grown.hold if grown is not None else None)
        pixels = seen(chain, trained, settings.show)
        if grown is not None:
            pixels = grown.put_back(pixels)
        others = variants(trained, settings, chain, arguments.variants, arguments.sweeps, line)
    name = arguments.start if start is Start.PICTURE else ""
    made = PictureRecipe(
        project.recipe,
        model_hash(project.weights),
        settings,
        chain.sweeps,
        start,
        name,
        arguments.index,
        grown.held if grown is not None else None,
        altered,
    )
    save(out, pixels, made, arguments)
    save_variants(out, others, made, arguments)
    if trained.model.any_size and chain.count == 1:
        print(judged(pixels, settings.seamless))
    return 0


def chosen(arguments: argparse.Namespace, dream: DreamSettings) -> DreamSettings:
    """Return the dream that the options ask for; what they leave open is the plain dream, not the project's last."""
    given: dict[str, object] = {
        "chains": arguments.grid,
        "temperature": arguments.temperature,
        "smooth": arguments.smooth,
        "show": arguments.show,
        "seed": arguments.seed,
        "width": arguments.size[0] if arguments.size else None,
        "height": arguments.size[1] if arguments.size else None,
        "roll": arguments.roll,
        **leaning(arguments),
    }
    plain = DreamSettings(sweeps_per_frame=dream.sweeps_per_frame, seamless=SEAMLESS[arguments.seamless])
    wanted: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    return dataclasses.replace(plain, **wanted)


def beginning(
    arguments: argparse.Namespace, project: Project, trained: Trained, settings: DreamSettings
) -> tuple[Start, Tensor | None]:
    """Return what the chains start from, in model space; None is noise."""
    from studio.data.load import load
    from studio.project.looks import start_pictures

    if arguments.start == Start.NOISE:
        return Start.NOISE, None
    if arguments.start == Start.DATA:
        spec = dataset(arguments.data) if arguments.data else project.recipe.data
        if not spec.paths:
            raise DataError("This project names no pictures to start from.", "Give --data PATH.")
        images = load(spec, project.recipe.preprocess)
        return Start.DATA, start_pictures(trained, images, settings, arguments.index)
    pixels = read_picture(Path(arguments.start), project.recipe.preprocess)
    return Start.PICTURE, trained.to_model(pixels[None])
