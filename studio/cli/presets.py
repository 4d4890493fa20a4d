"""harmonium presets: the recipes to start from."""

from __future__ import annotations

import argparse

from studio.cli.options import add_json
from studio.cli.report import print_json, table
from studio.project.presets import Preset, presets


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser("presets", help="list the recipes to start from", description="List the presets.")
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    found = presets()
    if arguments.json:
        print_json({item.name: described(item) for item in found})
    else:
        rows = [(item.name, str(item.family), size(item), item.sample or "", item.line) for item in found]
        print(table(rows, ("preset", "model", "size", "try on", "what for")))
    return 0


def described(item: Preset) -> dict[str, object]:
    return {
        "title": item.title,
        "model": str(item.family),
        "size": size(item),
        "hidden": item.model.hidden,
        "line": item.line,
        "sample": item.sample,
    }


def size(item: Preset) -> str:
    seen = item.preprocess
    return f"{seen.width}x{seen.height} {seen.colour}, {item.model.hidden} hidden"
