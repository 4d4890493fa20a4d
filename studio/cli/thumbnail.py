"""harmonium thumbnail: the small picture of a project, for file managers."""

from __future__ import annotations

import argparse
from pathlib import Path

from studio.atomic import write_atomically
from studio.cli.options import add_project, count, output
from studio.project.thumbnail import thumbnail

SIZE = 256


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser(
        "thumbnail",
        help="save the small picture of a project",
        description="Save the dream a project was kept with, or else its filters, as a small PNG for a file manager.",
    )
    add_project(parser)
    parser.add_argument("-o", "--out", required=True, metavar="PNG", help="where to save the picture")
    parser.add_argument(
        "--size", type=count, default=SIZE, metavar="N", help=f"longest side in pixels (default: {SIZE})"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    out: Path = output(arguments.out, (".png",))
    write_atomically(out, thumbnail(arguments.file.expanduser(), min(arguments.size, 4096)))
    return 0
