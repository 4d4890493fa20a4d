"""harmonium bench shared: what several processes gain over one, each with a single thread."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from studio.cli.options import add_json, count
from studio.cli.report import Figure, print_figures
from studio.errors import SettingsError, StudioError
from studio.licences import frozen

HELP = "what several processes gain over one in training an RBM"
PRESET, SAMPLE = "glyphs-rbm", "sample:glyphs"


def add(names: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = names.add_parser("shared", help=HELP, description="Train an RBM in one process and in several, in turn.")
    parser.add_argument("--processes", type=count, default=2, metavar="N", help="how many processes (default: 2)")
    parser.add_argument("--batch", type=count, default=1000, metavar="N", help="pictures a step (default: 1000)")
    parser.add_argument("--steps", type=count, default=100, metavar="N", help="steps of each run (default: 100)")
    parser.add_argument("--hidden", type=count, default=500, metavar="N", help="hidden units (default: 500)")
    parser.add_argument("--rounds", type=count, default=3, metavar="N", help="how often (default: 3)")
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    if frozen():
        raise SettingsError("The bundle has no torchrun.", "Install the studio from a wheel for this.")
    size = arguments.processes
    turns = [(speed(arguments, 1), speed(arguments, size)) for _ in range(arguments.rounds)]
    gain = statistics.median(several / one for one, several in turns)
    figures = {
        "shared.one": Figure(statistics.median(one for one, _ in turns), "pictures/s"),
        f"shared.of_{size}": Figure(statistics.median(several for _, several in turns), "pictures/s"),
        "shared.gain": Figure(gain, "x", float(size), gain / size),
    }
    print_figures(figures, arguments.json)
    return 0


def speed(arguments: argparse.Namespace, processes: int) -> float:
    """Return the pictures a second of one run, as its processes tell."""
    start = [sys.executable]
    if processes > 1:
        start += ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
    with TemporaryDirectory(prefix="harmonium-") as folder:
        settings = {
            "model.hidden": arguments.hidden,
            "training.batch": arguments.batch,
            "training.chains": arguments.batch,
            "training.gibbs_steps": 1,
            "training.threads": 1,
        }
        changes = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
        length = ["--steps", str(arguments.steps), "--seed", "0", "--json"]
        command = [*start, "-m", "studio", "train", "--data", SAMPLE, "--preset", PRESET, *changes, *length]
        found = subprocess.run(
            [*command, "--out", str(Path(folder) / "a.harmonium")],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )
    if found.returncode != 0:
        said = [line for line in found.stderr.splitlines() if line.startswith("harmonium:")]
        raise StudioError("A run of the bench failed.", said[0] if said else "Start `harmonium train` to see why.")
    return float(json.loads(found.stdout.splitlines()[-1])["images_per_second"])
