"""Playing a chain to its end and saving what it shows, for every verb that dreams."""

from __future__ import annotations

import argparse
import dataclasses
import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from studio.cli.options import existing, require_apart, size
from studio.cli.progress import ProgressLine
from studio.data.memory import free_bytes
from studio.data.sheet import grid
from studio.data.still import write_still
from studio.dream.blend import grey
from studio.dream.settings import LARGEST_SIDE, Blend, DreamSettings, Seamless, Show, Start
from studio.errors import SettingsError
from studio.lab.seam import seam
from studio.models.spec import ConvSpec, ModelSpec, one_scale
from studio.project.held import Held, Way
from studio.project.picture_recipe import PictureRecipe, to_text
from studio.project.taking import digest

if TYPE_CHECKING:
    from torch import Tensor

    from studio.models.chain import GibbsChain, Instrument
    from studio.project.trained import Trained

SEAMLESS = {"own": Seamless.OWN, "xy": Seamless.BOTH, "x": Seamless.X, "y": Seamless.Y, "none": Seamless.NONE}
BLENDS = (Blend.ACROSS, Blend.DOWN, Blend.CENTRE)
LARGEST_SHEET = 8 * LARGEST_SIDE  # pixels a side: as many copies of the largest tile as the window lays out
AT_ONCE = 10  # sweeps between two looks at the progress

Pixels = NDArray[np.float32]


def add_canvas(parser: argparse.ArgumentParser) -> None:
    """Add the options on size, seams and what is saved beside the picture."""
    parser.add_argument("--size", type=size, metavar="WxH", help="canvas of models that dream at any size")
    parser.add_argument(
        "--seamless", choices=list(SEAMLESS), default="own", help="sides that meet (default: as the model learned)"
    )
    parser.add_argument("--sheet", type=size, metavar="NxM", help="also save N x M copies side by side")
    parser.add_argument("--bits", type=int, choices=(8, 16), default=8, help="bits a channel (default: 8)")


def dreamt(
    trained: Trained,
    settings: DreamSettings,
    sweeps: int,
    line: ProgressLine,
    picture: Tensor | None = None,
    hold: Callable[[GibbsChain], None] | None = None,
) -> GibbsChain:
    """Return the chain of the settings after that many sweeps, `hold` having clamped what it wants before the first.

    Raises DeviceError at once where memory is too short.
    """
    from studio.dream.large import dream

    channels = trained.recipe.preprocess.shape[0]
    memory = free_bytes() if trained.device == "cpu" else None

    def tell(done: int, total: int) -> None:
        line.show_count("sweeps", done, total)

    return dream(
        trained.model, channels, settings, trained.device, sweeps, tell, memory=memory, picture=picture, hold=hold
    )


@contextmanager
def explained(device: str) -> Iterator[None]:
    """Raise what torch raises as a sentence: a canvas that the device's memory does not hold, above all."""
    from studio.jobs.device import as_studio_error

    try:
        yield
    except (RuntimeError, MemoryError) as error:
        raise as_studio_error(error, device, "Choose a smaller canvas.") from error


def add_lean(parser: argparse.ArgumentParser) -> None:
    """Add the options on how several materials are mixed."""
    mix = parser.add_mutually_exclusive_group()
    mix.add_argument("--lean", type=float, metavar="X", help="0 is the first material, 1 the second, 0.5 halfway")
    mix.add_argument("--blend", metavar="across|down|centre|MAP", help="from the first material to the last; or a map")


def leaning(arguments: argparse.Namespace) -> dict[str, object]:
    """Return the dream settings that these options ask for; raises DataError for a map that cannot be read."""
    if arguments.lean is not None:
        return {"lean": arguments.lean}
    if arguments.blend is None:
        return {}
    if arguments.blend in BLENDS:
        return {"blend": Blend(arguments.blend)}
    path = existing(arguments.blend, f"Choose {', '.join(BLENDS)}, or a grey picture.")
    grey(Path(path))
    return {"blend": Blend.PICTURE, "blend_picture": path}


def add_roll(parser: argparse.ArgumentParser) -> None:
    """Add the option on the pooling grid."""
    parser.add_argument(
        "--roll", action="store_true", help="move the pooling grid before each sweep: for looking, no longer exact"
    )


def check_roll(model: ModelSpec, settings: DreamSettings) -> None:
    """Raise SettingsError when a dream moves a pooling grid that its model does not have."""
    if settings.roll and not isinstance(model, ConvSpec):
        raise SettingsError(
            "This model has no pooling grid that could be moved.",
            "Leave --roll out; it is for convolutional models.",
        )


def add_coarse(parser: argparse.ArgumentParser) -> None:
    """Add the option on a start at a smaller size."""
    parser.add_argument(
        "--coarse", action="store_true", help="begin from noise on a quarter of the canvas, then on a half"
    )


def check_coarse(arguments: argparse.Namespace, model: ModelSpec) -> None:
    """Raise SettingsError when a dream cannot begin small."""
    if not arguments.coarse:
        return
    if not one_scale(model):
        raise SettingsError(
            "This model does not begin small: it dreams at one size only, or has several scales and does so by itself.",
            "Leave --coarse out; it is for convolutional models and textures of one level.",
        )
    if arguments.start != Start.NOISE or arguments.grow is not None:
        raise SettingsError(
            "A canvas that begins small begins from noise.", "Leave out --start and --grow, or --coarse."
        )


def check_sweeps(trained: Trained, settings: DreamSettings, sweeps: int) -> None:
    """Raise SettingsError when a dream that begins small would end before it is as large as was asked for."""
    from studio.dream.begin import COARSE_SWEEPS, size_of
    from studio.models.coarse import coarse_sweeps

    small = coarse_sweeps(size_of(trained.model, settings), COARSE_SWEEPS) if settings.coarse else 0
    if sweeps <= small:
        raise SettingsError(
            f"This canvas begins small for {small} sweeps, and {sweeps} are asked for.",
            f"Give --sweeps {small + COARSE_SWEEPS} or more, or leave --coarse out.",
        )


def check_materials(textures: int, lean: float) -> None:
    """Raise SettingsError when a dream or a filling mixes more materials than there are."""
    if textures == 1:
        raise SettingsError(
            "There is one material here, so nothing to lean to or to blend.",
            "Train on two pictures or more: harmonium texture A.jpg B.jpg --lean 0.5 -o tile.png",
        )
    if lean > textures - 1:
        raise SettingsError(
            f"A lean of {lean:g} lies beyond the last of {textures} materials.",
            f"Choose 0 to {textures - 1}.",
        )


def played(chain: GibbsChain, sweeps: int, line: ProgressLine) -> GibbsChain:
    """Take the chain to that many sweeps, telling how far it is."""
    while chain.sweeps < sweeps:
        chain.step(min(AT_ONCE, sweeps - chain.sweeps))
        line.show_count("sweeps", chain.sweeps, sweeps)
    return chain


def seen(chain: GibbsChain, trained: Trained, show: Show) -> Pixels:
    """Return what the chain shows as one picture (H, W, C)."""
    shown = chain.sample() if show is Show.SAMPLE else chain.mean()
    pictures = trained.to_pictures(shown, chain.controls.wrap)
    return pictures[0] if chain.count == 1 else grid(pictures)


def require_room(model: Instrument, settings: DreamSettings, count: int) -> None:
    """Raise SettingsError when tiles that share their border would meet nowhere, or have no inside to differ in."""
    from studio.dream.begin import size_of

    if count > 1 and not any(settings.seamless.wrap(model.own_wrap)):
        raise SettingsError(
            "Variants fit beside each other where their sides meet, and these meet nowhere.",
            "Choose --seamless xy, x or y, or leave --variants out.",
        )
    height, width = size_of(model, settings)
    band = model.multiple
    if count > 1 and min(height, width) <= 2 * band:
        raise SettingsError(
            f"Variants share a border of {band} px, and {width} x {height} px have nothing inside it.",
            "Choose a larger --size.",
        )


def require_sheet(model: Instrument, channels: int, settings: DreamSettings, arguments: argparse.Namespace) -> None:
    """Raise StudioError where the sheet of copies would be too large: for any viewer, or for the memory."""
    from studio.dream.begin import size_of
    from studio.dream.large import require

    if not arguments.sheet:
        return
    columns, rows = arguments.sheet
    side = math.ceil(math.sqrt(settings.chains))
    height, width = (side * length for length in size_of(model, settings))
    height, width = rows * height, columns * width
    what = f"A sheet of {columns} x {rows} copies, {width:,} x {height:,} px,"
    if max(height, width) > LARGEST_SHEET:
        raise SettingsError(
            f"{what} cannot be saved.", f"Choose fewer copies: {LARGEST_SHEET:,} px a side are the most."
        )
    # Once as it is packed, and once as it is put together.
    require(2 * height * width * channels * arguments.bits // 8, free_bytes(), what, "Choose fewer copies.")


def variants(
    trained: Trained, settings: DreamSettings, shown: GibbsChain, count: int, sweeps: int, line: ProgressLine
) -> Iterator[Pixels]:
    """Yield further tiles that fit beside the one a chain shows and each other, each when it is dreamt.

    A border as wide as the model's tile is clamped to the first one's, on all
    four sides; the inside is dreamt anew from the seeds that follow.
    """
    import torch

    from studio.dream.begin import begin

    if count == 1:
        return
    first = shown.sample() if settings.show is Show.SAMPLE else shown.mean()
    band = trained.model.multiple
    mask = torch.ones(first.shape[2:], dtype=torch.bool, device=first.device)
    mask[band:-band, band:-band] = False
    for number in range(1, count):
        chain = begin(trained.model, dataclasses.replace(settings, seed=settings.seed + number), trained.device)
        chain.clamp(first, mask)
        pixels = seen(played(chain, sweeps, line), trained, settings.show)
        line.clear()
        yield pixels


def save(
    out: Path, pixels: Pixels, made: PictureRecipe, arguments: argparse.Namespace, alpha: Pixels | None = None
) -> None:
    """Save the picture with its recipe, and the sheet of copies where one is asked for."""
    remark = write_still(out, pixels, to_text(made), arguments.bits, alpha=alpha)
    many = "" if made.sweeps == 1 else "s"
    print(f"Saved {out}: {pixels.shape[1]} x {pixels.shape[0]} px, {made.sweeps:,} sweep{many}. {remark}".rstrip())
    if arguments.sheet:
        columns, rows = arguments.sheet
        sheet = sheet_of(out, arguments)
        write_still(sheet, pixels, {}, arguments.bits, (rows, columns), alpha)
        print(f"Saved {sheet}.")


def sheet_of(out: Path, arguments: argparse.Namespace) -> Path:
    columns, rows = arguments.sheet
    return out.with_name(f"{out.stem}-{columns}x{rows}{out.suffix}")


def variant_of(out: Path, number: int) -> Path:
    return out if number == 1 else out.with_name(f"{out.stem}-{number}.png")


def require_spared(out: Path, arguments: argparse.Namespace, read: Iterable[Path]) -> None:
    """Raise SettingsError where a picture that is read here would be written over."""
    tiles = [variant_of(out, number) for number in range(1, arguments.variants + 1)]
    require_apart([*tiles, *(sheet_of(tile, arguments) for tile in tiles if arguments.sheet)], read)


def save_variants(out: Path, others: Iterable[Pixels], made: PictureRecipe, arguments: argparse.Namespace) -> None:
    """Save further tiles beside the first, whose border they hold."""
    for number, other in enumerate(others, 2):
        dream = dataclasses.replace(made.dream, seed=made.dream.seed + number - 1)
        again = dataclasses.replace(made, dream=dream, held=Held(Way.VARIANT, out.name, digest(out)))
        save(variant_of(out, number), other, again, arguments)


def judged(pixels: Pixels, wrap: tuple[bool, bool]) -> str:
    """Return in words how well the picture meets itself, along the sides that do."""
    words = []
    for axis, meets, sides in ((1, wrap[1], "sideways"), (0, wrap[0], "upwards")):
        if meets and pixels.shape[axis] > 1:
            one = seam(pixels, axis)
            verdict = "inside" if one.inside else "outside"
            words.append(f"{sides} {one.score:.2f}, {verdict} the spread of its lines")
    return f"Seam: {'; '.join(words)}." if words else "Seam: none asked for."
