"""What `dream` takes away beside one picture: frames, batches and maps."""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from studio.atomic import check_writable
from studio.cli.options import count, trained_project
from studio.cli.progress import ProgressLine
from studio.data.frames import FRAMES_A_SECOND, check_frames, kind_of, write_film
from studio.data.memory import free_bytes
from studio.data.still import check_still
from studio.dream.settings import DreamSettings, Start
from studio.dream.take import Alpha, Bits, Take, check_take
from studio.errors import SettingsError
from studio.jobs.stepwise import finished
from studio.project.batch import Batch, seeds_in, temperatures_in, unique_names
from studio.project.batch_files import taker
from studio.project.film import film_of
from studio.project.map_files import MapFiles, MapWish
from studio.project.picture_recipe import PictureRecipe, to_text

if TYPE_CHECKING:
    from studio.models.chain import GibbsChain
    from studio.project.batch_dreams import Entry
    from studio.project.shown import PutBack
    from studio.project.trained import Trained

FASTEST = 120.0
OF_FRAMES = ("every", "loop", "fps", "columns")


def add_taking(parser: argparse.ArgumentParser) -> None:
    """Add the options on frames, batches, maps and transparency."""
    frames = parser.add_argument_group("frames", "the dream as it goes on after --sweeps")
    frames.add_argument("--frames", type=count, metavar="N", help="how many frames, as what the name of --out says")
    frames.add_argument("--every", type=count, metavar="S", help="sweeps from frame to frame (default: 1)")
    frames.add_argument("--loop", action="store_true", help="fade what follows the end into the beginning")
    frames.add_argument("--fps", type=float, metavar="F", help=f"frames a second (default: {FRAMES_A_SECOND:g})")
    frames.add_argument("--columns", type=count, metavar="N", help="frames in a row of a sprite sheet")
    batch = parser.add_argument_group("batch", "every seed at every temperature, in a folder or on a contact sheet")
    batch.add_argument("--seeds", metavar="A-B", help="such as 1-8 or 3,7,12")
    batch.add_argument("--temperatures", metavar="T,T", help="such as .8,1,1.2")
    batch.add_argument("--models", nargs="+", type=Path, default=[], metavar="FILE", help="further projects that dream")
    maps = parser.add_argument_group("maps", "grey pictures of 16 bits beside --out")
    maps.add_argument("--height-map", action="store_true", help="the luminance of the dream")
    maps.add_argument("--id-map", action="store_true", help="the number of each pixel's strongest filter")
    maps.add_argument("--filter-maps", action="store_true", help="where each filter answers")
    parser.add_argument(
        "--alpha",
        choices=list(Alpha),
        default=Alpha.NONE,
        help="what is opaque: all (none), what was dreamt or held (default: none)",
    )


def wanted_maps(arguments: argparse.Namespace) -> MapWish:
    return MapWish(arguments.height_map, arguments.id_map, arguments.filter_maps)


def is_batch(arguments: argparse.Namespace) -> bool:
    return arguments.seeds is not None or arguments.temperatures is not None


def destination(arguments: argparse.Namespace) -> Path:
    """Return where to write, before any work is done; raises StudioError where that cannot be."""
    out = Path(arguments.out).expanduser()
    maps, batch = wanted_maps(arguments).any, is_batch(arguments)
    chosen = [
        name
        for name, given in (
            ("--frames", arguments.frames is not None),
            ("--seeds and --temperatures", batch),
            ("maps", maps),
            ("--variants", arguments.variants > 1),
            ("--sheet", arguments.sheet is not None),
        )
        if given
    ]
    if len(chosen) > 1 and chosen not in (["maps", "--sheet"], ["--variants", "--sheet"]):
        raise SettingsError(f"{' and '.join(chosen)} cannot be had at once.", "Run the command once for each.")
    if arguments.models and not batch:
        raise SettingsError("--models takes part in a batch, and there is none.", "Give --seeds or --temperatures.")
    if arguments.models and (arguments.start != Start.NOISE or arguments.grow is not None):
        raise SettingsError("Several models dream a batch from noise only.", "Leave out --start and --grow.")
    if arguments.seeds is not None and arguments.seed is not None:
        raise SettingsError("--seed and --seeds both say which seeds.", "Leave one of them out.")
    if arguments.temperatures is not None and arguments.temperature is not None:
        raise SettingsError("--temperature and --temperatures both say how warm.", "Leave one of them out.")
    if arguments.alpha != Alpha.NONE and (batch or arguments.frames is not None):
        raise SettingsError("Frames and batches are not transparent.", "Leave --alpha out.")
    if arguments.alpha != Alpha.NONE and arguments.grow is None:
        raise SettingsError(
            "Nothing is held, so there is nothing to be transparent by.", "Give --grow PICTURE, or leave --alpha out."
        )
    if arguments.frames is None:
        lost = [f"--{name}" for name in OF_FRAMES if getattr(arguments, name)]
        if lost:
            raise SettingsError(f"{lost[0]} is about frames, and none are asked for.", "Give --frames N.")
    else:
        check_fps(arguments.fps)
        check_frames(out, arguments.bits)
        check_heard(out, arguments)
        return out
    if batch:
        if arguments.start == Start.DATA and arguments.index < 0:
            raise SettingsError("Each seed would begin from a data picture of its own.", "Give --index N, or noise.")
        if arguments.start == Start.ALONG:
            raise SettingsError("A batch does not begin along the training.", "Leave out --start, or --seeds.")
        return out  # looked at with the batch
    check_still(out, arguments.bits, arguments.alpha != Alpha.NONE)
    if arguments.variants > 1 and out.suffix.lower() != ".png":
        raise SettingsError("Variants hold the border of a PNG.", "Let the name end in .png.")
    check_writable(out)
    if maps:
        MapFiles(out, wanted_maps(arguments))
    return out


def check_fps(fps: float | None) -> None:
    if fps is not None and not 0.1 <= fps <= FASTEST:
        raise SettingsError(f"--fps cannot be {fps:g}.", f"Choose 0.1 to {FASTEST:g}.")


def check_heard(out: Path, arguments: argparse.Namespace) -> None:
    """Raise SettingsError of an option on frames that the kind of file has no use for."""
    kind = kind_of(out)
    if arguments.columns is not None and kind != "sprites":
        raise SettingsError(
            "--columns is about sprite sheets, and this is none.", "Leave it out, or name a .png or .tif."
        )
    if arguments.fps is not None and kind != "animation":
        raise SettingsError("Only animations and films have a speed.", "Leave --fps out.")


def take_of(arguments: argparse.Namespace) -> Take:
    return Take(arguments.frames, arguments.every or 1, arguments.loop, arguments.bits)


def save_frames(
    out: Path,
    arguments: argparse.Namespace,
    chain: GibbsChain,
    trained: Trained,
    made: PictureRecipe,
    put_back: PutBack,
    line: ProgressLine,
) -> None:
    """Let a chain go on, and save what it shows as frames."""
    from studio.dream.record import recorded
    from studio.project.shown import shown_by

    take = take_of(arguments)

    def picture(now: GibbsChain) -> NDArray[np.float32]:
        return shown_by(now, trained, made.dream.show, put_back)

    frames = finished(recorded(chain, picture, take), lambda done, total: line.show_count("sweeps", done, total))
    film = film_of(frames, take, made, arguments.fps or FRAMES_A_SECOND, arguments.columns or 0)
    filmed = write_film(out, film, lambda done, total: line.show_count("frames", done, total))
    line.clear()
    print(f"Saved {out}: {filmed.words}.")
    print(filmed.loop_words(take.fade))


def check_room(arguments: argparse.Namespace, trained: Trained, settings: DreamSettings) -> None:
    """Raise StudioError when the model has no maps, or the frames that are asked for do not fit into memory."""
    from studio.dream.begin import size_of
    from studio.project.pixel_maps import check_maps

    if arguments.id_map or arguments.filter_maps:
        check_maps(trained)
        if settings.chains > 1:
            raise SettingsError("Maps are those of one chain.", "Leave --grid out.")
    if arguments.frames is not None:
        height, width = size_of(trained.model, settings)
        side = math.ceil(math.sqrt(settings.chains))
        channels = trained.recipe.preprocess.channels
        check_take(take_of(arguments), side * width, side * height, channels, free_bytes())


def save_maps(
    out: Path,
    arguments: argparse.Namespace,
    chain: GibbsChain,
    trained: Trained,
    made: PictureRecipe,
    pixels: NDArray[np.float32],
    line: ProgressLine,
) -> None:
    """Save the maps of what a chain shows beside its picture."""
    from studio.project.pixel_maps import check_map_room, taken_maps

    wish = wanted_maps(arguments)
    if not wish.any:
        return
    if wish.ids or wish.filters:
        check_map_room(chain, trained, free_bytes())
    files = MapFiles(out, wish, trained.model.layers()[0][1], to_text(made))
    work = taken_maps(chain, trained, pixels, wish, files.take)
    finished(work, lambda done, total: line.show_count("maps", done, total))
    line.clear()
    print(f"Saved {files.end()}.")


def batch_of(arguments: argparse.Namespace, settings: DreamSettings) -> Batch:
    return Batch(
        (settings.seed,) if arguments.seeds is None else seeds_in(arguments.seeds),
        (settings.temperature,) if arguments.temperatures is None else temperatures_in(arguments.temperatures),
        arguments.sweeps,
        settings,
    )


def save_batch(out: Path, batch: Batch, entries: Sequence[Entry], bits: Bits) -> None:
    """Dream every dream of a batch and save it as the name says; what is written stays when this is stopped."""
    from studio.project.batch_dreams import dreamt

    files = taker(out, batch, len(entries), bits)
    with ProgressLine() as line:
        try:
            work = dreamt(batch, entries, files.take)
            finished(work, lambda done, total: line.show_count("sweeps", done, total))
        except KeyboardInterrupt:
            line.say(f"Stopped: {files.written_words}.")
            raise
    print(f"Saved {out}: {files.end()}.")


def further(paths: Sequence[Path], first: str, device: str) -> list[tuple[str, Trained]]:
    """Return the models of further projects, each under a name of its own beside the first one's."""
    from studio.project.trained import open_trained

    names = unique_names([first, *(path.stem for path in paths)])[1:]
    return [(name, open_trained(trained_project(path), device)) for name, path in zip(names, paths, strict=True)]
