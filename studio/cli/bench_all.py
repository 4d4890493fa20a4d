"""harmonium bench all: a page of figures, ours beside the product limit and other programs, the machine named."""

from __future__ import annotations

import argparse
import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from studio import __version__
from studio.cli import bench_shared
from studio.cli.bench_rbm import BATCH, CASES, HIDDEN, MAIN, PEERS, SAMPLE, gigaflops, product_rate, speed, trainer
from studio.cli.options import count, dataset
from studio.cli.progress import ProgressLine
from studio.cli.reference_environment import WANTED, Environment
from studio.cli.report import short
from studio.data.imageset import ImageSet
from studio.data.load import load
from studio.data.memory import MEMINFO
from studio.data.spec import Fit, Preprocess
from studio.errors import SettingsError
from studio.licences import frozen
from studio.training.settings import Rule, TrainSettings

HELP = "all of it on one page: ours, the product limit, scikit-learn, learnergy and rbms, one and two processes"
ROUNDS = 3
KEPT = next(case for case in CASES if case.rule is Rule.PCD)
OURS = {MAIN: "Harmonium Studio, CD-1", KEPT: "Harmonium Studio, PCD-1"}
THEIRS = {"scikit-learn": "PCD-1", "learnergy": "CD-1", "rbms": "PCD-1"}
BEYOND = (4, 8)  # processes
CPUINFO = Path("/proc/cpuinfo")


def add(names: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = names.add_parser(
        "all", help=HELP, description=f"Measure {HELP}. The others are installed in a throw-away environment."
    )
    parser.add_argument("--data", default=SAMPLE, metavar="PATH", help=f"pictures to learn (default: {SAMPLE})")
    parser.add_argument(
        "--rounds", type=count, default=ROUNDS, metavar="N", help=f"turns to take medians over (default: {ROUNDS})"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the page to this file, *.md, not to the screen")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    if frozen():
        raise SettingsError("The bundle cannot install other programs.", "Install the studio from a wheel for this.")
    with ProgressLine() as line, TemporaryDirectory(prefix="harmonium-") as folder:
        line.say("installing scikit-learn, learnergy and rbms in a throw-away environment")
        others = Environment(Path(folder) / "environment")
        images = load(dataset([arguments.data]), Preprocess(fit=Fit.PAD))
        speeds, limits, remarks = compared(others, images, Path(folder) / "rows.npy", arguments.rounds, line)
        line.say("one process and two")
        shared = argparse.Namespace(batch=1000, steps=100, hidden=HIDDEN)
        turns = [(bench_shared.speed(shared, 1), bench_shared.speed(shared, 2)) for _ in range(arguments.rounds)]
    text = page(speeds, limits, remarks, turns, arguments.data)
    if arguments.out:
        arguments.out.write_text(text, "utf-8")
        print(f"Wrote {arguments.out}.")
    else:
        print(text)
    return 0


def compared(
    others: Environment, images: ImageSet, path: Path, rounds: int, line: ProgressLine
) -> tuple[Mapping[str, Sequence[float]], Sequence[float], Mapping[str, str]]:
    """Return speeds in pictures a second by name, the limits of the products, and versions or what went wrong."""
    threads = TrainSettings().threads
    chosen = images.training()[np.arange(PEERS) % len(images.training())]
    np.save(path, np.multiply(images.pixels[chosen].reshape(PEERS, -1), 1 / 255, dtype=np.float32), allow_pickle=False)
    ours = {case: trainer(case, images, "cpu") for case in OURS}
    speeds: dict[str, list[float]] = {}
    limits, remarks = [], dict.fromkeys(OURS.values(), __version__)
    for number in range(rounds):
        line.say(f"round {number + 1} of {rounds}")
        limits.append(product_rate("cpu") / gigaflops(MAIN, images))
        for case, name in OURS.items():
            speeds.setdefault(name, []).append(speed(ours[case], case.batch))
        for other, _ in WANTED:
            name = f"{other}, {THEIRS[other]}"
            told = others.measure(other, path, HIDDEN, BATCH, threads)
            if isinstance(told, str):
                remarks[name] = told
            else:
                remarks[name] = told[0]
                speeds.setdefault(name, []).append(told[1])
    return speeds, limits, remarks


def page(
    speeds: Mapping[str, Sequence[float]],
    limits: Sequence[float],
    remarks: Mapping[str, str],
    turns: Sequence[tuple[float, float]],
    data: str,
) -> str:
    """Return the page; ratios are medians of those within each round."""
    main = speeds[OURS[MAIN]]
    rows = [("what the matrix products allow", "", short(statistics.median(limits)), ratio(main, limits))]
    for name, remark in remarks.items():
        found = speeds.get(name)
        middle = short(statistics.median(found)) if found else "none"
        rows.append((name, remark, middle, ratio(main, found) if found else ""))
    one, two = (statistics.median(turn[place] for turn in turns) for place in (0, 1))
    gain = statistics.median(two / one for one, two in turns)
    scaling = [("1", "measured", short(one), "1"), ("2", "measured", short(two), short(gain))]
    scaling += [(str(n), "computed", short(one * beyond(gain, n)), short(beyond(gain, n))) for n in BEYOND]
    return "\n".join(
        [
            "# Benchmarks",
            "",
            f"Written by `harmonium bench all --data {data}`. The machine: {machine()}.",
            "",
            f"An RBM of 784 visible and {HIDDEN} hidden units, {BATCH} pictures a step, {TrainSettings().threads} "
            "threads, single precision; all in turns on the same pictures, medians of them. The last column is our "
            "CD-1 over the row.",
            "",
            *markdown(("what", "version", "pictures/s", "ours is"), rows),
            "",
            "## Several processes",
            "",
            "The same RBM with 1,000 pictures a step, PCD, one thread a process, gloo between them. Computed is "
            "t(n) = t(1)/n + x 2(n - 1)/n: the work divides, and what is exchanged, x with two processes, grows as a "
            "ring's does. It supposes a free core for each process, and the same way between them.",
            "",
            *markdown(("processes", "", "pictures/s", "gain"), scaling),
            "",
        ]
    )


def beyond(gain: float, processes: int) -> float:
    """Return the gain of so many processes, from that of two: 1/n + x 2(n - 1)/n is the time of a step."""
    exchange = max(0.0, 1 / gain - 0.5)
    return 1 / (1 / processes + exchange * 2 * (processes - 1) / processes)


def ratio(ours: Sequence[float], other: Sequence[float]) -> str:
    return f"{statistics.median(one / two for one, two in zip(ours, other, strict=False)):.2f} x"


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = ["| " + " | ".join(cell.replace("|", "/") for cell in row) + " |" for row in (header, *rows)]
    lines.insert(1, "|" + " --- |" * len(header))
    return lines


def machine() -> str:
    """Return processor, cores, memory and versions in a few words."""
    import torch

    name, memory = platform.processor() or platform.machine(), ""
    try:
        lines = CPUINFO.read_text("utf-8").splitlines()
        name = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), name)
        total = int(MEMINFO.read_text("ascii").split()[1]) << 10
        memory = f", {total / 1e9:.0f} GB of memory"
    except (OSError, ValueError, IndexError):
        pass  # another system, which has other ways
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    versions = (
        f"{platform.system()}, Python {platform.python_version()}, torch {torch.__version__}, numpy {np.__version__}"
    )
    return f"{name}, {cores} cores{memory}; {versions}"
