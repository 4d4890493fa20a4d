"""harmonium fill: cover a part of a picture and let the model imagine it."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from studio.cli.options import (
    add_device,
    add_json,
    add_project,
    add_seed,
    count,
    output,
    require_apart,
    trained_project,
)
from studio.cli.playing import check_materials
from studio.cli.progress import ProgressLine
from studio.cli.report import Figure, print_figures
from studio.data.memory import free_bytes
from studio.data.picture import write_png
from studio.data.sheet import grid
from studio.dream.blending import Blend
from studio.dream.fill_settings import SWEEPS, FillSettings
from studio.dream.holes import Hole
from studio.project.archive import Project
from studio.project.hashing import model_hash
from studio.project.held import Held, Way
from studio.project.picture_recipe import PictureRecipe, to_text
from studio.project.taking import digest

SMALLER = "Choose a smaller picture."

if TYPE_CHECKING:
    from studio.dream.fill import Filled
    from studio.project.subject import Subject


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser(
        "fill",
        help="fill a hole in a picture",
        description="Hold the known pixels of a picture and fill its hole by Gibbs sampling.",
    )
    add_project(parser)
    parser.add_argument("image", metavar="IMAGE", type=Path, help="the picture")
    parser.add_argument(
        "--hole",
        metavar="HOLE",
        help=f"{', '.join(Hole)} (what is transparent), or a picture of the picture's size that is white where the "
        "hole is (default: alpha where something is transparent, else left)",
    )
    parser.add_argument("-o", "--out", required=True, metavar="PNG", help="where to save the filled picture")
    parser.add_argument("--sweeps", type=count, default=SWEEPS, metavar="N", help=f"Gibbs sweeps (default: {SWEEPS})")
    parser.add_argument(
        "--chains",
        type=count,
        default=1,
        metavar="K",
        help="fillings, whose differences --compare and --json tell; the first is saved (default: 1)",
    )
    parser.add_argument("--temperature", type=float, default=1.0, metavar="T", help="1 is the model's own (default: 1)")
    parser.add_argument(
        "--lean", type=float, metavar="X", help="0 is the first material, 1 the second, 0.5 halfway (default: 0)"
    )
    parser.add_argument(
        "--blend",
        choices=list(Blend),
        default=Blend.HARD,
        help="feathered evens out a step at the edge of the hole, matched gives the hole the light beside it "
        "(default: hard)",
    )
    parser.add_argument(
        "--compare", action="store_true", help="also save a sheet of fillings beside the truth, and measure them"
    )
    parser.add_argument("--bits", type=int, choices=(8, 16), default=8, help="bits a channel (default: 8)")
    add_seed(parser, 0)
    add_device(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    out = output(arguments.out, (".png",))
    sheet = output(out.with_name(f"{out.stem}-compare.png"), (".png",)) if arguments.compare else None
    settings = FillSettings(
        arguments.sweeps,
        arguments.chains,
        arguments.seed,
        arguments.temperature,
        Blend(arguments.blend),
        arguments.lean or 0.0,
    )
    read = (arguments.image, Path(arguments.hole or "").expanduser())
    require_apart((out,) if sheet is None else (out, sheet), read)
    project = trained_project(arguments.file)
    if arguments.lean is not None:
        check_materials(getattr(project.recipe.model, "textures", 1), settings.lean)

    import torch

    from studio.dream.fill import FillRequest, fill, fill_bytes
    from studio.dream.large import require
    from studio.jobs.device import as_studio_error, choose
    from studio.project.subject import subject_of
    from studio.project.trained import open_trained

    torch.set_num_threads(project.recipe.training.threads)
    device = choose(arguments.device)
    trained = open_trained(project, device)
    try:
        subject = subject_of(arguments.image, arguments.hole, trained)
    except (RuntimeError, MemoryError) as error:
        raise as_studio_error(error, device, SMALLER) from error
    height, width, channels = subject.covered.shape
    needed = fill_bytes(trained.model, channels, (height, width), settings.chains)
    require(needed, free_bytes() if device == "cpu" else None, f"The filling of {width} x {height} px", SMALLER)
    begun = time.perf_counter()
    with ProgressLine(quiet=arguments.json) as line:
        request = FillRequest(subject.covered, subject.hole, settings)
        try:
            filled = fill(trained, request, lambda done, total: line.show_count("sweeps", done, total))
        except (RuntimeError, MemoryError) as error:
            raise as_studio_error(error, device, SMALLER) from error
        seconds = time.perf_counter() - begun
        figures = {"fill.hole": Figure(float(subject.hole.mean()), "share"), "fill.seconds": Figure(seconds, "s")}
        if settings.chains > 1:
            figures["fill.deviation"] = Figure(float(filled.deviation[subject.hole].mean()), "levels 0..1")
        if arguments.compare:
            from studio.cli.judge_fill import fill_figures

            figures |= fill_figures(subject, filled, settings.chains, line)
    write_png(out, filled.gibbs, to_text(recipe_of(arguments, project, subject, settings)), arguments.bits)
    said = [f"Saved {out}: {width} x {height} px, {settings.sweeps:,} sweeps with {subject.name} filled."]
    if sheet is not None:
        said.append(f"Saved {sheet}: {saved_sheet(sheet, subject, filled, settings.chains, arguments.bits)}.")
    if not arguments.json:
        print("\n".join(said))
    if arguments.json or arguments.compare:
        print_figures(figures, arguments.json)
    return 0


def saved_sheet(path: Path, subject: Subject, filled: Filled, chains: int, bits: Literal[8, 16]) -> str:
    """Save input, fillings and truth side by side; returns what they are, from left to right."""
    shown = {
        "the hole grey": np.where(subject.hole[..., None], np.float32(0.5), subject.covered),
        "one upward pass": filled.one_pass,
        "Gibbs sampling": filled.gibbs,
    }
    if chains > 1:
        shown[f"the mean of {chains} chains"] = filled.mean
    if subject.truth is not None:
        shown["the truth"] = subject.truth
    pictures = np.stack(list(shown.values()))
    write_png(path, grid(pictures, len(shown), gap=max(1, pictures.shape[2] // 64)), bits=bits)
    return ", ".join(shown)


def recipe_of(
    arguments: argparse.Namespace, project: Project, subject: Subject, settings: FillSettings
) -> PictureRecipe:
    """Return what the filled picture says of itself."""
    held = Held(Way.FILLED, arguments.image.name, digest(arguments.image), hole=subject.held, blend=settings.blend)
    dream = settings.dream(*subject.hole.shape)
    return PictureRecipe(project.recipe, model_hash(project.weights), dream, settings.sweeps, held=held)
