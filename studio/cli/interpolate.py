"""harmonium interpolate: the way from picture to picture through the codes of an autoencoder."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from studio.cli.options import add_device, add_project, output, trained_project
from studio.cli.progress import ProgressLine
from studio.data.frames import check_frames
from studio.data.picture import write_png
from studio.data.sequence import write_sequence
from studio.dream.walk import FRAMES, Walk
from studio.errors import SettingsError
from studio.models.kinds import Family


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser(
        "interpolate",
        help="walk from picture to picture through an autoencoder's codes",
        description="Encode pictures, walk from code to code, and save what the codes on the way decode to.",
    )
    add_project(parser)
    parser.add_argument("images", metavar="IMAGE", nargs="+", type=Path, help="two pictures or more, in order")
    parser.add_argument(
        "-o",
        "--out",
        required=True,
        metavar="OUT",
        help="a sheet (.png, .tif), an animation (.gif, .webp, .apng, .mp4), numbered files (way-%%04d.png), or a "
        "folder of them (no ending)",
    )
    parser.add_argument("--frames", type=int, metavar="N", help=f"frames in all (default: {FRAMES})")
    parser.add_argument("--loop", action="store_true", help="go back to the first picture at the end")
    parser.add_argument(
        "--weights",
        metavar="W,W",
        help="in place of the way, the one picture that mixes all in these shares, such as 0.5,0.3,0.2",
    )
    add_device(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    weights = None if arguments.weights is None else numbers(arguments.weights)
    if weights is not None and (arguments.loop or arguments.frames is not None):
        raise SettingsError("A mixture is one picture and no way.", "Leave out --loop and --frames, or --weights.")
    walk = Walk(FRAMES if arguments.frames is None else arguments.frames, arguments.loop)
    out = Path(arguments.out).expanduser()
    if weights is None:
        check_frames(out)
    else:
        output(out, (".png",))
    if len(arguments.images) < 2:
        raise SettingsError("One picture is not enough to walk or to mix.", "Give two pictures or more.")
    project = trained_project(arguments.file)
    if project.recipe.model.family is not Family.CODES:
        raise SettingsError(
            f"The model in {arguments.file.name} has no codes to walk through.",
            "Use a project whose model is an autoencoder, such as one trained with the preset digits-dae.",
        )

    import torch

    from studio.dream.codes import mixture, path
    from studio.jobs.device import as_studio_error, choose
    from studio.project.codes import code_model, decoded, file_codes, spherical
    from studio.project.trained import open_trained

    torch.set_num_threads(project.recipe.training.threads)
    device = choose(arguments.device)
    trained = open_trained(project, device)
    walk = replace(walk, spherical=spherical(code_model(trained)))
    with ProgressLine() as line:
        try:
            codes = file_codes(trained, arguments.images)
            way = path(codes, walk) if weights is None else mixture(codes, weights)
            pictures = decoded(trained, way, lambda done, total: line.show_count("frames", done, total))
        except RuntimeError as error:
            raise as_studio_error(error, device) from error
    if weights is not None:
        write_png(out, pictures[0])
        height, width, _ = pictures[0].shape
        print(f"Saved {out}: {width} x {height} px, {len(arguments.images)} pictures mixed.")
        return 0
    print(f"Saved {out}: {write_sequence(out, pictures)}.")
    return 0


def numbers(text: str) -> tuple[float, ...]:
    """Return weights from typed text such as 0.5,0.3,0.2."""
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise SettingsError(f"--weights cannot read {text!r}.", "Write them as 0.5,0.3,0.2.") from None
