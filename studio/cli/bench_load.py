"""harmonium bench load: how fast pictures are read, and how much memory that takes."""

from __future__ import annotations

import argparse
import importlib
import sys
import time

from studio.cli.options import add_data, add_json, add_settings, dataset, with_settings
from studio.cli.progress import ProgressLine
from studio.cli.report import Figure, print_figures
from studio.data.load import load
from studio.project.recipe import Recipe

HELP = "how fast pictures are read, and the memory that takes"
MEGABYTE = 1e6


def add(names: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = names.add_parser("load", help=HELP, description="Read pictures as `train` would, and measure it.")
    add_data(parser, required=True)
    add_settings(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    recipe = with_settings(Recipe(), arguments.settings)
    spec = dataset(arguments.data)
    before = peak()
    began = time.perf_counter()
    with ProgressLine(quiet=arguments.json) as line:
        images = load(spec, recipe.preprocess, lambda done, total: line.show_count("pictures", done, total))
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


def peak() -> float:
    """Return the most memory this process has held so far, in MB; NaN where the system does not tell."""
    if sys.platform == "win32":
        return float("nan")
    resource = importlib.import_module("resource")
    unit = 1.0 if sys.platform == "darwin" else 1024.0
    most: int = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most * unit / MEGABYTE
