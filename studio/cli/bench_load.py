"""harmonium bench load: how fast pictures are read, and how much memory that takes."""

from __future__ import annotations

import argparse
import importlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from studio.cli.options import add_data, add_json, add_settings, add_store, count, dataset, shelf, with_settings
from studio.cli.progress import ProgressLine
from studio.cli.report import Figure, print_figures
from studio.data.load import load
from studio.errors import SettingsError, StudioError
from studio.licences import frozen
from studio.project.recipe import Recipe

HELP = "how fast pictures are read, and the memory that takes"
MEGABYTE = 1e6
STATUS = Path("/proc/self/status")
MOST_HELD = 2000.0  # MB, of a run over a million pictures
STEPS = 300
DRAWN_AT_ONCE = 10_000


def add(names: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = names.add_parser("load", help=HELP, description="Read pictures as `train` would, and measure it.")
    add_data(parser)
    add_store(parser)
    add_settings(parser)
    parser.add_argument(
        "--million",
        nargs="?",
        type=count,
        const=1_000_000,
        metavar="N",
        help="draw a million pictures of 28 x 28, or N, and train from a store of them",
    )
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    if arguments.million:
        print_figures(million(arguments.million, arguments.json), arguments.json)
        return 0
    if not arguments.data:
        raise SettingsError("There are no pictures to read.", "Give --data PATH, or --million.")
    recipe = with_settings(Recipe(), arguments.settings)
    spec = dataset(arguments.data)
    before = peak()
    began = time.perf_counter()
    with ProgressLine(quiet=arguments.json) as line:
        telling = partial(line.show_count, "pictures")
        images = load(spec, recipe.preprocess, telling, shelf=shelf(arguments.store))
        if images.note:
            line.say(images.note)
    seconds = time.perf_counter() - began
    print_figures(
        {
            "load.pictures": Figure(len(images), "pictures"),
            "load.skipped": Figure(len(images.skipped), "files"),
            "load.seconds": Figure(seconds, "s"),
            "load.rate": Figure(len(images) / seconds, "pictures/s"),
            "load.held": Figure(images.pixels.nbytes / MEGABYTE, "MB"),
            "load.added": Figure(peak() - before, "MB"),
            "load.peak": Figure(peak(), "MB"),
        },
        arguments.json,
    )
    return 0


def million(pictures: int, quiet: bool) -> Mapping[str, Figure]:
    """Draw so many pictures, and have another process build their store and train an RBM from it, twice."""
    if frozen():
        raise SettingsError("The bundle cannot start itself for this.", "Install the studio from a wheel for this.")
    with TemporaryDirectory(prefix="harmonium-") as folder, ProgressLine(quiet=quiet) as line:
        path = Path(folder) / "pictures.npy"
        draw(path, pictures, partial(line.show_count, "pictures drawn"))
        length = ["--steps", str(STEPS), "--seed", "0", "--store", folder, "--json"]
        command = ["train", "--data", str(path), "--preset", "digits-rbm", *length]
        seconds, speeds = [], []
        for turn, what in enumerate(("building the store and training", "training from the store")):
            line.say(what)
            began = time.perf_counter()
            out = ["--out", str(Path(folder) / f"{turn}.harmonium")]
            found = subprocess.run(
                [sys.executable, "-m", "studio", *command, *out], capture_output=True, text=True, check=False
            )
            seconds.append(time.perf_counter() - began)
            if found.returncode != 0:
                said = [one for one in found.stderr.splitlines() if one.startswith("harmonium:")]
                raise StudioError("A run of the bench failed.", said[0] if said else found.stderr[-300:])
            speeds.append(json.loads(found.stdout.splitlines()[-1])["images_per_second"])
    most = peak(children=True)
    return {
        "load.million": Figure(pictures, "pictures"),
        "load.million_built": Figure(seconds[0], "s"),
        "load.million_again": Figure(seconds[1], "s"),
        "load.million_speed": Figure(speeds[1], "pictures/s"),
        "load.million_peak": Figure(most, "MB", MOST_HELD, most / MOST_HELD),
    }


def draw(path: Path, pictures: int, progress: Callable[[int, int], None]) -> None:
    """Write an array of pictures of blots, (pictures, 28, 28)."""
    rng = np.random.default_rng(0)
    with path.open("wb") as file:
        header = {"descr": "|u1", "fortran_order": False, "shape": (pictures, 28, 28)}
        np.lib.format.write_array_header_1_0(file, header)
        for start in range(0, pictures, DRAWN_AT_ONCE):
            some = min(DRAWN_AT_ONCE, pictures - start)
            coarse = 255 * rng.integers(0, 2, (some, 7, 7), np.uint8)
            file.write(coarse.repeat(4, 1).repeat(4, 2).tobytes())
            progress(start + some, pictures)


def peak(children: bool = False) -> float:
    """Return the most memory this process, or any it started, has held so far, in MB; NaN where none is told.

    What getrusage says a process has held counts that of the one that began it: Linux tells it of the memory itself.
    """
    if sys.platform == "win32":
        return float("nan")
    if not children and STATUS.exists():
        found = next(line for line in STATUS.read_text("ascii").splitlines() if line.startswith("VmHWM:"))
        return int(found.split()[1]) * 1024 / MEGABYTE
    resource = importlib.import_module("resource")
    unit = 1.0 if sys.platform == "darwin" else 1024.0
    most: int = resource.getrusage(resource.RUSAGE_CHILDREN if children else resource.RUSAGE_SELF).ru_maxrss
    return most * unit / MEGABYTE
