"""harmonium repair: what can be saved of a damaged project."""

from __future__ import annotations

import argparse

from studio.cli.options import add_json, add_project, output
from studio.cli.report import print_json
from studio.errors import SettingsError
from studio.project.archive import SUFFIX, read_project, write_project


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser(
        "repair",
        help="save what can be saved of a damaged project",
        description="Save what can be saved of a damaged project, in another file. The damaged one is left as it is.",
    )
    add_project(parser)
    parser.add_argument("-o", "--out", required=True, metavar="OUT", help="where to save it, *.harmonium")
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from studio.project.repair import repaired

    source = arguments.file.expanduser()
    out = output(arguments.out, (SUFFIX,))
    if out.exists() and source.exists() and out.samefile(source):
        raise SettingsError("A damaged project is not written over.", "Give -o the name of another file.")
    saved = repaired(source)
    write_project(out, saved.project)
    read_project(out)
    if arguments.json:
        print_json({"file": str(out), "lost": list(saved.lost)})
    else:
        print(f"Saved {out}. {saved.words}")
    return 0
