"""The verbs that measure the window: --offscreen-check, and those of bench that open it or work as it does."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from studio.cli.bench import add_autosave, add_faults
from studio.cli.main import BAD_INPUT, INTERRUPTED, Parser, complain
from studio.cli.options import add_json
from studio.cli.report import print_figures
from studio.errors import StudioError
from studio.ui.measure.at_the_canvas import bench_canvas
from studio.ui.measure.autosaving import bench_autosave
from studio.ui.measure.exhibition import bench_gallery
from studio.ui.measure.faults import bench_faults
from studio.ui.measure.filming import FRAMES
from studio.ui.measure.opened import Opener
from studio.ui.measure.responsive import bench_ui
from studio.ui.measure.soak import bench_soak, tell
from studio.ui.measure.start import RUNS, WORDS, bench_start, offscreen_check

CHECK = "--offscreen-check"


def main(arguments: Sequence[str], opener: Opener) -> int:
    """Measure what the first argument names and return the exit status."""
    try:
        if arguments[0] == CHECK:
            chosen = check_parser().parse_args(arguments[1:])
            return offscreen_check(opener, chosen.until, chosen.json)
        return run(bench_parser().parse_args(arguments), opener)
    except SystemExit as ending:
        return ending.code if isinstance(ending.code, int) else BAD_INPUT
    except StudioError as error:
        complain(error.message, error.hint)
        return BAD_INPUT
    except KeyboardInterrupt:
        return INTERRUPTED


def check_parser() -> argparse.ArgumentParser:
    check = Parser(prog=f"harmonium {CHECK}", description="Open the window unseen, dream, train, and close it.")
    check.add_argument("--until", choices=tuple(WORDS), default="", help="go no further than this")
    add_json(check)
    return check


def bench_parser() -> argparse.ArgumentParser:
    parser = Parser(prog="harmonium bench", description="Measure the window.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    start = verbs.add_parser("start", description="How long the window and its first dream take to appear.")
    start.add_argument("--runs", type=int, default=RUNS, metavar="N", help=f"processes to start (default: {RUNS})")
    add_json(start)
    ui = verbs.add_parser("ui", description="How smooth the window is, and how fast it trains, with all panels open.")
    ui.add_argument("--data", default="sample:glyphs", metavar="PATH", help="what to learn (default: sample:glyphs)")
    ui.add_argument("--seconds", type=float, default=30, metavar="S", help="how long to look at gaps (default: 30)")
    ui.add_argument(
        "--minutes", type=float, default=10, metavar="M", help="how long to look at memory, 0 not to (default: 10)"
    )
    faults = verbs.add_parser("faults", description="Kill sessions at random moments, and refuse them the disk.")
    add_faults(faults)
    autosave = verbs.add_parser("autosave", description="How much slower training is while it is autosaved.")
    add_autosave(autosave)
    ui.add_argument("--stalls", action="store_true", help="tell what the window was doing in its longest gaps")
    add_json(ui)
    gallery = verbs.add_parser("gallery", description="Whether memory stands still while visitors paint at random.")
    gallery.add_argument("--minutes", type=float, default=30, metavar="M", help="how long they paint (default: 30)")
    add_json(gallery)
    soak = verbs.add_parser("soak", description="Whether anything piles up while one works in the window for long.")
    soak.add_argument("--minutes", type=float, default=20, metavar="M", help="how long one works (default: 20)")
    add_json(soak)
    canvas = verbs.add_parser("canvas", description="How soon a hand at the canvas sees what it did.")
    canvas.add_argument("--times", type=int, default=40, metavar="N", help="strokes, and goings back (default: 40)")
    canvas.add_argument("--frames", type=int, default=FRAMES, metavar="N", help=f"of the film (default: {FRAMES})")
    add_json(canvas)
    return parser


def run(chosen: argparse.Namespace, opener: Opener) -> int:
    if chosen.verb == "start":
        print_figures(bench_start(max(1, chosen.runs)), chosen.json)
        return 0
    if chosen.verb == "faults":
        print_figures(
            bench_faults(max(1, chosen.kills), max(0.0, chosen.seconds), chosen.resume, chosen.pictures, tell),
            chosen.json,
        )
        return 0
    if chosen.verb == "autosave":
        seconds, turns = max(1.0, chosen.seconds), max(1, chosen.turns)
        print_figures(bench_autosave(chosen.preset, chosen.data, seconds, turns, tell), chosen.json)
        return 0
    if chosen.verb == "gallery":
        print_figures(bench_gallery(opener, chosen.minutes), chosen.json)
        return 0
    if chosen.verb == "soak":
        print_figures(bench_soak(opener, chosen.minutes), chosen.json)
        return 0
    if chosen.verb == "canvas":
        print_figures(bench_canvas(opener, max(1, chosen.times), max(2, chosen.frames)), chosen.json)
        return 0
    figures = bench_ui(opener, chosen.data, chosen.seconds, chosen.minutes, chosen.stalls)
    print_figures(figures, chosen.json)
    return 0
