"""harmonium bench: how fast this machine and this program are."""

from __future__ import annotations

import argparse

from studio.cli import (
    bench_all,
    bench_confidence,
    bench_crbm,
    bench_dream,
    bench_load,
    bench_rbm,
    bench_samples,
    bench_shared,
    bench_textures,
    bench_tiled,
)
from studio.cli.options import add_json
from studio.cli.report import table
from studio.errors import SettingsError

WINDOW_BENCHES = {
    "start": "how long the window and its first dream take to appear",
    "ui": "how smooth the window is while it trains, how fast it trains, whether memory grows",
    "canvas": "how soon a stroke is seen while a chain runs, and how soon one is back at a snapshot",
    "gallery": "whether memory stands still while visitors paint in the gallery",
    "soak": "whether memory, threads, timers or file handles pile up while one works in the window for long",
    "faults": "what is lost when a session is killed or the disk refuses it, and whether a file is damaged",
    "autosave": "how much autosaving slows training",
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
    "samples": bench_samples,
    "all": bench_all,
}
KILLS = 20
BENCHES = {**WINDOW_BENCHES, **{name: bench.HELP for name, bench in MEASURED.items()}}


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser("bench", help="measure speed and memory", description="Measure speed and memory.")
    parser.set_defaults(run=show)
    names = parser.add_subparsers(title="benches", metavar="NAME")
    for name, line in WINDOW_BENCHES.items():
        own = names.add_parser(name, help=line)
        own.set_defaults(run=refuse)
        if name in OPTIONS:
            OPTIONS[name](own)
    for bench in MEASURED.values():
        bench.add(names)


def add_faults(parser: argparse.ArgumentParser) -> None:
    """Add what `bench faults` takes."""
    parser.add_argument("--kills", type=int, default=KILLS, metavar="N", help=f"sessions to kill (default: {KILLS})")
    parser.add_argument(
        "--seconds",
        type=float,
        default=2,
        metavar="S",
        help="the longest a session lives after its first copy is due (default: 2)",
    )
    parser.add_argument(
        "--resume", action="store_true", help="also kill runs in each kind of stage and compare what going on ends with"
    )
    parser.add_argument(
        "--pictures", action="store_true", help="also read pictures of each kind at the limit of their size"
    )
    add_json(parser)


def add_autosave(parser: argparse.ArgumentParser) -> None:
    """Add what `bench autosave` takes."""
    parser.add_argument("--preset", default="digits-rbm", metavar="NAME", help="what to train (default: digits-rbm)")
    parser.add_argument(
        "--data", default="sample:glyphs", metavar="PATH", help="what to learn (default: sample:glyphs)"
    )
    parser.add_argument("--seconds", type=float, default=10, metavar="S", help="how long a turn is (default: 10)")
    parser.add_argument("--turns", type=int, default=6, metavar="N", help="with copies and without (default: 6)")
    add_json(parser)


OPTIONS = {"faults": add_faults, "autosave": add_autosave}


def show(_arguments: argparse.Namespace) -> int:
    """List the benches."""
    print(table([(f"harmonium bench {name}", line) for name, line in BENCHES.items()], ("command", "what it measures")))
    return 0


def refuse(_arguments: argparse.Namespace) -> int:
    """Say that a window is measured from where windows are opened: this door has no Qt."""
    raise SettingsError(
        "The window cannot be measured from here.",
        "Start it with `python -m studio bench start|ui|soak|faults|autosave`.",
    )
