"""harmonium licences: what the studio is made of, and under which licences."""

from __future__ import annotations

import argparse

from studio.atomic import write_atomically
from studio.cli.options import add_json, output
from studio.cli.report import print_json, table
from studio.licences import notices, whole_text


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser(
        "licences",
        help="list the libraries in use and their licences",
        description="List every library that is installed for the studio with its licence.",
    )
    parser.add_argument("-o", "--out", metavar="TXT", help="save all licences in full as one text file")
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    if arguments.out:
        write_atomically(output(arguments.out, (".txt",)), whole_text().encode())
        return 0
    rows = [(notice.name, notice.version, notice.licence, notice.home) for notice in notices()]
    keys = ("name", "version", "licence", "home")
    if arguments.json:
        print_json({"licences": [dict(zip(keys, row, strict=True)) for row in rows]})
    else:
        print(table([row[:3] for row in rows], keys[:3]))
    return 0
