"""harmonium samples: the bundled picture sets."""

from __future__ import annotations

import argparse

from studio.cli.options import add_json
from studio.cli.report import print_json, table
from studio.data.samples import SAMPLES
from studio.data.spec import SAMPLE_PREFIX


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser("samples", help="list the bundled picture sets", description="List the bundled sets.")
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    if arguments.json:
        print_json({item.name: {"title": item.title, "line": item.line} for item in SAMPLES})
    else:
        print(table([(f"{SAMPLE_PREFIX}{item.name}", item.line) for item in SAMPLES], ("--data", "what it holds")))
    return 0
