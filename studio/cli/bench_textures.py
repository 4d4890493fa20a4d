"""harmonium bench textures: one preset on many exemplars, each from scratch; hours of work that can be resumed."""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from studio.atomic import check_writable
from studio.cli.judge_texture import originality, seam_figures, similarity
from studio.cli.options import add_device, add_json, add_seed, add_settings, count, require_used, seconds, with_settings
from studio.cli.progress import ProgressLine
from studio.cli.report import Figure, print_figures, table
from studio.cli.subject import Asked, Subject
from studio.cli.texture_table import Row, append, read_table
from studio.data.cost import check_size
from studio.data.decode import finish, open_picture
from studio.data.fit import upright
from studio.data.picture import write_png
from studio.data.reading import UnreadableError
from studio.data.sheet import grid
from studio.data.spec import Colour, DatasetSpec, Preprocess
from studio.errors import DataError, StudioError
from studio.project.presets import preset
from studio.project.recipe import Recipe
from studio.project.taking import digest

Values = NDArray[np.float32]

HELP = "how near a preset comes to each texture of a folder, trained on half of it (hours)"
SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp", ".gif"}
SIDE = 320
HELD_OUT = 0.5
CANVASES = 4
SWEEPS = 1000


@dataclass(frozen=True, slots=True)
class Run:
    """What every picture of a table has in common, and where its dreams are kept, if anywhere."""

    recipe: Recipe
    side: int
    device: str
    asked: Asked
    kept: Path | None = None

    @property
    def key(self) -> str:
        """Tell tables' lines apart that came from other settings."""
        settings = {name: part for name, part in self.recipe.to_dict().items() if name != "data"}
        asked = dataclasses.asdict(self.asked)
        text = json.dumps([settings, self.side, asked], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def add(benches: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = benches.add_parser(
        "textures",
        help=HELP,
        description="Train a preset on half of each picture of a folder, judge it on the other half, and write one "
        "JSON line a picture. What a table already holds is not done again.",
    )
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="a folder of textures")
    parser.add_argument("--out", type=Path, required=True, metavar="TABLE", help="where the lines go, *.jsonl")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="just these pictures, without their endings")
    parser.add_argument("--preset", default="texture", metavar="NAME", help="the recipe (default: texture)")
    parser.add_argument("--seconds", type=seconds, metavar="S", help="how long to train each (default: the preset's)")
    parser.add_argument(
        "--side",
        type=count,
        default=SIDE,
        metavar="PX",
        help="larger pictures are reduced to this shorter side (default: 320)",
    )
    parser.add_argument("--canvases", type=count, default=CANVASES, metavar="N", help="dreams a picture (default: 4)")
    parser.add_argument("--sweeps", type=count, default=SWEEPS, metavar="N", help="sweeps from noise (default: 1000)")
    parser.add_argument("--pictures", type=Path, metavar="DIR", help="keep each texture beside its dream here")
    add_settings(parser)
    add_seed(parser, 0)
    add_device(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    names = pictures_of(arguments.data, arguments.only)
    check_writable(arguments.out)
    if arguments.pictures:
        arguments.pictures.mkdir(parents=True, exist_ok=True)

    from studio.jobs.device import choose

    recipe = with_settings(recipe_of(arguments.preset, arguments.seconds, arguments.seed), arguments.settings)
    require_used(recipe, arguments.settings)
    work = Run(
        recipe,
        arguments.side,
        choose(arguments.device),
        Asked(canvases=arguments.canvases, sweeps=arguments.sweeps, seed=arguments.seed),
        arguments.pictures,
    )
    kept = [row for row in read_table(arguments.out) if row.get("key") == work.key and "share" in row]
    done: list[Row] = []
    with ProgressLine(quiet=arguments.json) as line:
        for number, path in enumerate(names, start=1):
            known = [row for row in kept if is_of(row, path)]
            if known:
                done.append(known[-1])  # tables put together may hold a picture twice
                continue
            row = one(path, work, line)
            append(arguments.out, row)
            done += [row] if "share" in row else []
            line.say(f"{number}/{len(names)} {told(row)}")
    report(done, len(names), arguments.json)
    return 0


def is_of(row: Row, path: Path) -> bool:
    """Tell whether a line is of this file, not of another of its name; lines of before files were noted are."""
    return row["picture"] == path.stem and ("file" not in row or row["file"] == noted(path))


def noted(path: Path) -> str:
    """Return what tells a file from others of its name; nothing for one that cannot be read."""
    try:
        return digest(path)[:12]
    except DataError:
        return ""


def pictures_of(folder: Path, only: Sequence[str] | None) -> list[Path]:
    """Return the pictures of a folder, 2 before 10; raises DataError for names that are not there."""
    from studio.data.sources import natural

    if not folder.is_dir():
        raise DataError(f"{folder} is no folder.", "Give --data a folder of textures.")
    found = sorted(
        (path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES), key=lambda p: natural(p.stem)
    )
    missing = sorted(set(only or ()) - {path.stem for path in found})
    if missing:
        raise DataError(f"{folder} has no {', '.join(missing)}.", "Name pictures without folder and ending.")
    chosen = [path for path in found if not only or path.stem in only]
    if not chosen:
        raise DataError(f"There is no picture in {folder}.", "Give --data a folder of textures.")
    return chosen


def recipe_of(name: str, seconds: float | None, seed: int) -> Recipe:
    """Return a preset with half of each picture held out, at the size that it is given."""
    recipe = preset(name).apply(Recipe())
    training = dataclasses.replace(recipe.training, seed=seed)
    if seconds is not None:
        training = dataclasses.replace(training, seconds=seconds, steps=0, planned_steps=0)
    preprocess = dataclasses.replace(recipe.preprocess, held_out=HELD_OUT, patch_scale=1.0)
    return dataclasses.replace(recipe, training=training, preprocess=preprocess)


def one(path: Path, work: Run, line: ProgressLine) -> Row:
    """Train and judge one picture; what fails is a line with an error, and is tried again next time."""
    row: Row = {"picture": path.stem, "key": work.key, "file": noted(path)}
    row |= {"preset": work.recipe.preset, "device": work.device}
    try:
        with tempfile.TemporaryDirectory(prefix="harmonium-") as folder:
            prepared = Path(folder) / f"{path.stem}.png"
            write_png(prepared, reduced(path, work.side, work.recipe.preprocess))
            row |= trained_and_judged(prepared, work, line)
    except StudioError as error:
        row["error"] = str(error)
    return row


def reduced(path: Path, side: int, preprocess: Preprocess) -> Values:
    """Return a picture as (H, W, C) in 0..1; a larger one is brought to a shorter side of `side` px, bicubic."""
    try:
        with open_picture(path) as opened:
            check_size(opened, opened.size, preprocess.colour)
            image = finish(opened, preprocess.colour, preprocess.background)
    except UnreadableError as error:
        raise DataError(f"{path.name} cannot be used: {error}.", "Leave it out with --only.") from None
    if min(image.size) > side:
        factor = side / min(image.size)
        image = image.resize((round(image.width * factor), round(image.height * factor)), Image.Resampling.BICUBIC)
    pixels = np.asarray(image)
    return upright(pixels[None] if preprocess.colour is Colour.GREY else np.moveaxis(pixels, 2, 0))


def trained_and_judged(path: Path, work: Run, line: ProgressLine) -> Row:
    import torch

    from studio.cli.train import train
    from studio.data.load import load
    from studio.jobs.device import as_studio_error
    from studio.jobs.status import Outcome
    from studio.project.trained import open_trained

    recipe = dataclasses.replace(work.recipe, data=DatasetSpec((str(path),)))
    project, record, result = train(recipe, load(recipe.data, recipe.preprocess), work.device, None, line)
    if result.outcome is Outcome.STOPPED:
        raise KeyboardInterrupt  # a shortened run would stand in the table as a whole one
    try:
        with torch.no_grad():
            subject = Subject(path.name, open_trained(project, work.device), recipe.data, work.asked, line)
            figures = similarity(subject.dreams, subject.texture)
            figures |= originality(subject.dreams, subject.texture) | seam_figures(subject)
    except RuntimeError as error:
        raise as_studio_error(error, work.device) from error
    if work.kept is not None:
        write_png(work.kept / path.name, side_by_side(subject.texture.learning, subject.dreams[0]))
    return {"steps": record.steps, "seconds": round(record.seconds, 1), "threads": recipe.training.threads} | line_of(
        figures
    )


def line_of(figures: Mapping[str, Figure]) -> Row:
    """Return the figures by their short names, and the share of the ceiling that was reached."""
    row: Row = {key.split(".", 1)[1] if key.startswith("texture.") else key: figures[key].value for key in figures}
    return {"share": figures["texture.tss"].ratio, **row, "verbatim_quilting": figures["texture.verbatim"].reference}


def side_by_side(texture: Values, dream: Values) -> Values:
    """Return a texture and a dream, (H, W, C) each, in one picture of the smaller sizes."""
    height, width = (min(a, b) for a, b in zip(texture.shape[:2], dream.shape[:2], strict=True))
    return grid(np.stack([texture[:height, :width], dream[:height, :width]]), columns=2, gap=4)


def told(row: Row) -> str:
    if "error" in row:
        return f"{row['picture']}: {row['error']}"
    return f"{row['picture']}: {row['share']:.3f} of the ceiling (TSS {row['tss']:.3f} of {row['tss_ceiling']:.3f})"


def report(rows: Iterable[Row], wanted: int, as_json: bool) -> None:
    """Print the table, worst first, and the median share of the ceiling."""
    found = sorted(rows, key=lambda row: float(row["share"]))
    if found and not as_json:
        columns = ("picture", "share", "tss", "tss_ceiling", "tss_floor", "verbatim", "verbatim_quilting")
        cells = [[row[name] if name == "picture" else f"{row[name]:.3f}" for name in columns] for row in found]
        print(table(cells, columns))
    figures = {
        "texture.share_median": Figure(median(row["share"] for row in found) if found else float("nan"), ""),
        "texture.pictures": Figure(len(found), "", wanted, len(found) / wanted),
    }
    print_figures(figures, as_json)
