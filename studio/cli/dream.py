"""harmonium dream: play a project's model and save what it shows."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.cli.altering import add_altering, altered_as, altering
from studio.cli.growing import add_grow, check_grow, growing
from studio.cli.options import add_device, add_project, add_seed, count, dataset, trained_project
from studio.cli.playing import (
    SEAMLESS,
    add_canvas,
    add_coarse,
    add_lean,
    add_roll,
    check_coarse,
    check_materials,
    check_roll,
    check_sweeps,
    dreamt,
    explained,
    judged,
    leaning,
    require_room,
    require_sheet,
    require_spared,
    save,
    save_variants,
    variants,
)
from studio.cli.progress import ProgressLine
from studio.cli.taking import (
    add_taking,
    batch_of,
    check_room,
    destination,
    further,
    is_batch,
    save_batch,
    save_frames,
    save_maps,
)
from studio.data.memory import free_bytes
from studio.data.picture import read_picture
from studio.dream.settings import DreamSettings, Show, Start
from studio.dream.take import Alpha
from studio.errors import DataError, SettingsError
from studio.models.altered import UNALTERED
from studio.models.spec import ModelSpec, Visible
from studio.project.archive import Project
from studio.project.hashing import model_hash
from studio.project.picture_recipe import PictureRecipe

if TYPE_CHECKING:
    from torch import Tensor

    from studio.models.chain import GibbsChain
    from studio.project.batch_dreams import Entry
    from studio.project.shown import PutBack
    from studio.project.trained import Trained


ALONG_SWEEPS = 200


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser(
        "dream",
        help="dream from a project and save the picture",
        description="Run Gibbs chains of a project's model and save what they show as a picture that carries its "
        "recipe, as frames or as a batch.",
    )
    add_project(parser)
    parser.add_argument(
        "-o",
        "--out",
        required=True,
        metavar="OUT",
        help="a picture (.png, .tif, .webp, .jpg); with --frames an animation (.gif, .apng, .webp, .mp4), a sprite "
        "sheet (.png, .tif), name-%%04d.png or a folder; with --seeds or --temperatures a folder or a contact sheet",
    )
    parser.add_argument("--grid", type=count, metavar="N", help="how many chains, side by side (default: 1)")
    parser.add_argument("--sweeps", type=count, default=500, metavar="N", help="Gibbs sweeps (default: 500)")
    parser.add_argument("--temperature", type=float, metavar="T", help="1 is the model's own; higher is wilder")
    parser.add_argument("--smooth", type=float, metavar="R", help="0 to 0.99, for Gaussian visibles: calmer motion")
    parser.add_argument("--drive", type=float, metavar="D", help="0 to 1: how far the temperature wanders by itself")
    parser.add_argument("--show", choices=list(Show), help="the mean (default) or the drawn sample")
    parser.add_argument(
        "--start",
        default="noise",
        metavar="noise|data|along|IMAGE",
        help="where the chains begin (default: noise); along: an RBM's, swapped along the steps of its training",
    )
    parser.add_argument(
        "--index",
        type=int,
        default=-1,
        metavar="N",
        help="which picture, the first is 0, with --start data (default: one for each chain, drawn by the seed)",
    )
    parser.add_argument("--variants", type=count, default=1, metavar="K", help="save K tiles that fit each other")
    add_canvas(parser)
    add_grow(parser)
    add_lean(parser)
    add_roll(parser)
    add_coarse(parser)
    add_altering(parser)
    add_taking(parser)
    parser.add_argument("--no-recipe", action="store_true", help="write nothing into the files of how they were made")
    add_seed(parser)
    parser.add_argument(
        "--data", nargs="+", metavar="PATH", help="the pictures of --start data (default: those of the project)"
    )
    add_device(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    out = destination(arguments)
    require_heard(arguments)
    project = trained_project(arguments.file)
    settings = chosen(arguments, project.dream)
    pictures = (arguments.grow or "", arguments.start, settings.blend_picture)
    require_spared(out, arguments, [Path(picture).expanduser() for picture in pictures])
    if arguments.lean is not None or arguments.blend is not None:
        check_materials(getattr(project.recipe.model, "textures", 1), settings.lean)
    check_roll(project.recipe.model, settings)
    check_coarse(arguments, project.recipe.model)
    if arguments.variants > 1 and (settings.chains > 1 or not project.recipe.model.any_size):
        raise SettingsError("Variants are tiles of one canvas.", "Use them with a texture model, without --grid.")
    check_grow(arguments, project.recipe)
    for remark in passed_over(arguments, project.recipe.model):
        print(remark, file=sys.stderr)
    altered = altering(arguments)

    import torch

    from studio.jobs.device import choose
    from studio.project.shown import alpha_of, each, shown_by, unchanged
    from studio.project.trained import open_trained

    torch.set_num_threads(project.recipe.training.threads)
    device = choose(arguments.device)
    trained = altered_as(open_trained(project, device), altered, project)
    start, picture = beginning(arguments, project, trained, settings)
    require_room(trained.model, settings, arguments.variants)
    require_sheet(trained.model, trained.recipe.preprocess.channels, settings, arguments)
    check_sweeps(trained, settings, arguments.sweeps)
    check_room(arguments, trained, settings)
    grown = growing(arguments, trained, settings)
    name = arguments.start if start is Start.PICTURE else ""
    held = grown.held if grown is not None else None
    made = PictureRecipe(
        project.recipe,
        model_hash(project.weights),
        settings,
        arguments.sweeps,
        start,
        name,
        arguments.index,
        held,
        altered,
        told=not arguments.no_recipe,
    )
    hold, put_back = (grown.hold, each(grown.put_back)) if grown is not None else (None, unchanged)
    if is_batch(arguments):
        others = further(arguments.models, arguments.file.stem, device)
        entries = [entry(arguments.file.stem, trained, made, picture, hold, put_back)]
        entries += [entry(other, model, of_model(made, model), picture, hold, put_back) for other, model in others]
        with torch.no_grad(), explained(device):
            save_batch(out, batch_of(arguments, settings), entries, arguments.bits)
        return 0
    with torch.no_grad(), explained(device), ProgressLine() as line:
        chain = dreamt(trained, settings, arguments.sweeps, line, picture, hold)
        if arguments.frames is not None:
            save_frames(out, arguments, chain, trained, made, put_back, line)
            return 0
        pixels = shown_by(chain, trained, settings.show, put_back)
        alpha = alpha_of(chain, Alpha(arguments.alpha))
        line.clear()
        save(out, pixels, made, arguments, alpha)
        save_maps(out, arguments, chain, trained, made, pixels, line)
        tiles = variants(trained, settings, chain, arguments.variants, arguments.sweeps, line)
        save_variants(out, tiles, made, arguments)
    if trained.model.any_size and chain.count == 1:
        print(judged(pixels, settings.seamless.wrap(trained.model.own_wrap)))
    return 0


def require_heard(arguments: argparse.Namespace) -> None:
    """Raise SettingsError of an option about data pictures where the dream begins from something else."""
    given = {"--data": arguments.data is not None, "--index": arguments.index >= 0}
    lost = [option for option, there in given.items() if there]
    if lost and arguments.start != Start.DATA:
        raise SettingsError(
            f"{lost[0]} says which pictures to start from, and this dream begins from others or from noise.",
            f"Give --start data, or leave {lost[0]} out.",
        )


def passed_over(arguments: argparse.Namespace, model: ModelSpec) -> list[str]:
    """Return a sentence for each option that this model has no use for; copied commands may hold some."""
    said = []
    if not model.any_size and (arguments.size or arguments.seamless != "own"):
        said.append("This model dreams at one size and its sides do not meet: --size and --seamless change nothing.")
    if arguments.smooth and getattr(model, "visible", Visible.GAUSSIAN) is Visible.BERNOULLI:
        said.append("Pixels that are on or off do not move smoothly: --smooth changes nothing.")
    return said


def entry(
    name: str,
    trained: Trained,
    made: PictureRecipe,
    picture: Tensor | None,
    hold: Callable[[GibbsChain], None] | None,
    put_back: PutBack,
) -> Entry:
    """Return a model as it takes part in a batch, each dream begun as a single one is."""
    from studio.dream.large import dream
    from studio.project.batch_dreams import Entry

    def begin(settings: DreamSettings) -> GibbsChain:
        memory = free_bytes() if trained.device == "cpu" else None
        channels = trained.recipe.preprocess.channels
        return dream(trained.model, channels, settings, trained.device, 0, memory=memory, picture=picture, hold=hold)

    return Entry(name, trained, begin, made, put_back)


def of_model(made: PictureRecipe, trained: Trained) -> PictureRecipe:
    """Return the recipe of the same dream by another model."""
    from studio.models.build import weights_of

    found = model_hash(weights_of(trained.model))
    return dataclasses.replace(made, recipe=trained.recipe, model_hash=found, altered=UNALTERED)


def chosen(arguments: argparse.Namespace, dream: DreamSettings) -> DreamSettings:
    """Return the dream that the options ask for; what they leave open is the plain dream, not the project's last."""
    given: dict[str, object] = {
        "chains": arguments.grid,
        "temperature": arguments.temperature,
        "smooth": arguments.smooth,
        "drive": arguments.drive,
        "show": arguments.show,
        "seed": arguments.seed,
        "width": arguments.size[0] if arguments.size else None,
        "height": arguments.size[1] if arguments.size else None,
        "roll": arguments.roll,
        "coarse": arguments.coarse,
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
    from studio.project.taking import is_large

    if arguments.start == Start.NOISE:
        return Start.NOISE, None
    if arguments.start == Start.DATA:
        spec = dataset(arguments.data) if arguments.data else project.recipe.data
        if not spec.paths:
            raise DataError("This project names no pictures to start from.", "Give --data PATH.")
        images = load(spec, project.recipe.preprocess)
        if arguments.index >= len(images):
            raise DataError(
                f"There is no picture {arguments.index}: there are {len(images)}, and the first is 0.",
                f"Choose --index 0 to {len(images) - 1}.",
            )
        return Start.DATA, start_pictures(trained, images, settings, arguments.index)
    if arguments.start == Start.ALONG:
        return Start.ALONG, along(project, trained, settings)
    preprocess = project.recipe.preprocess
    pixels = read_picture(Path(arguments.start), preprocess, is_large(trained.model, preprocess))
    return Start.PICTURE, trained.to_model(pixels[None])


def along(project: Project, trained: Trained, settings: DreamSettings) -> Tensor:
    """Return where chains stand that were swapped along the training, (chains, C, H, W) in model space."""
    from studio.jobs.stepwise import finished
    from studio.models.noise import Noise
    from studio.project.along import drawn_along
    from studio.project.lapse import from_arrays

    work = drawn_along(trained, from_arrays(project.lapse), settings.chains, ALONG_SWEEPS, Noise(settings.seed))
    with ProgressLine() as line:
        found = finished(work, lambda done, total: line.show_count("sweeps along the training", done, total))
        line.clear()
    taken = f"{float(found.swapped.min()):.0%} to {float(found.swapped.max()):.0%}"
    print(f"{len(found.models)} steps of the training; of their neighbours {taken} swapped.")
    return found.visible[-1][: settings.chains].view(settings.chains, *trained.model.shape)
