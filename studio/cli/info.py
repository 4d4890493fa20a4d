"""harmonium info: what a project file holds."""

from __future__ import annotations

import argparse

from studio.cli.options import add_json, add_project
from studio.cli.report import print_json, table
from studio.project.info import info_rows, read_info


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser(
        "info", help="say what a project file holds", description="Say what a project file holds."
    )
    add_project(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    info = read_info(arguments.file.expanduser())
    if arguments.json:
        print_json(info)
    else:
        print(table(info_rows(info)))
    return 0
