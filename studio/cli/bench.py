"""harmonium bench: how fast this machine and this program are."""

from __future__ import annotations

import argparse

from studio.cli import (
    bench_confidence,
    bench_crbm,
    bench_dream,
    bench_load,
    bench_rbm,
    bench_shared,
    bench_textures,
    bench_tiled,
)
from studio.cli.report import table
from studio.errors import SettingsError

WINDOW_BENCHES = {
    "start": "how long the window and its first dream take to appear",
    "ui": "how smooth the window is while it trains, how fast it trains, whether memory grows",
    "gallery": "whether memory stands still while visitors paint in the gallery",
}
MEASURED = {
    "load": bench_load,
    "rbm": bench_rbm,
    "shared": bench_shared,
    "crbm": bench_crbm,
    "tiled": bench_tiled,
    "dream": bench_dream,
    "textures": bench_textures,
    "confidence": bench_confidence,
}
BENCHES = {**WINDOW_BENCHES, **{name: bench.HELP for name, bench in MEASURED.items()}}


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser("bench", help="measure speed and memory", description="Measure speed and memory.")
    parser.set_defaults(run=show)
    names = parser.add_subparsers(title="benches", metavar="NAME")
    for name, line in WINDOW_BENCHES.items():
        names.add_parser(name, help=line).set_defaults(run=refuse)
    for bench in MEASURED.values():
        bench.add(names)


def show(_arguments: argparse.Namespace) -> int:
    """List the benches."""
    print(table([(f"harmonium bench {name}", line) for name, line in BENCHES.items()], ("command", "what it measures")))
    return 0


def refuse(_arguments: argparse.Namespace) -> int:
    """Say that a window is measured from where windows are opened: this door has no Qt."""
    raise SettingsError("The window cannot be measured from here.", "Start it with `python -m studio bench start|ui`.")
