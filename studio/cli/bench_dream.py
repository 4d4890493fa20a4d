"""harmonium bench dream: how fast textures are dreamt beside what this machine could do, and what a large one takes."""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.cli.bench_load import peak
from studio.cli.bench_rbm import product_rate
from studio.cli.bench_tiled import CASES, MAIN, Case, recipe_of
from studio.cli.options import add_device, add_json, count, size
from studio.cli.progress import ProgressLine
from studio.cli.report import Figure, print_figures

if TYPE_CHECKING:
    from studio.models.chain import GibbsChain
    from studio.models.tiled_rbm import TiledRbm

HELP = "how fast textures are dreamt, and the time and memory a large one takes"
SIDE = 512
ROUNDS = 5
SLICE = 0.7  # seconds of sweeps in each round
WARM_SWEEPS = 10
SWEEPS = 300
AIM, GPU_AIM = 150.0, 2_000.0  # sweeps a second in grey
FRAMES_AIM = 30.0  # decoded pictures a second of 128 x 128 in colour
MOST_MEGABYTES = 3000.0
MOST_SECONDS = 180.0


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """One round: sweeps a second and the machine's GFLOP/s beside them."""

    sweeps: Mapping[Case, float]
    machine: Mapping[Case, float]


def add(names: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = names.add_parser("dream", help=HELP, description=f"Measure {HELP}.")
    parser.add_argument(
        "--rounds", type=count, default=ROUNDS, metavar="N", help=f"turns to take medians over (default: {ROUNDS})"
    )
    parser.add_argument("--large", type=size, metavar="WxH", help="measure one dream of this size in grey instead")
    parser.add_argument(
        "--sweeps", type=count, default=SWEEPS, metavar="N", help=f"Gibbs sweeps of the large one (default: {SWEEPS})"
    )
    add_device(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    if arguments.large:
        found = large(arguments.large, arguments.sweeps, arguments.device, arguments.json)
    else:
        found = {**measure(arguments.device, arguments.rounds), **latent(arguments.device, arguments.rounds)}
    print_figures(found, arguments.json)
    return 0


def measure(device: str, rounds: int) -> Mapping[str, Figure]:
    """Time matrix products and sweeps in turns; returns medians and medians of paired ratios."""
    from studio.jobs.device import CPU, choose

    name = choose(device)
    chains = {case: chain_of(case, name) for case in CASES}
    turns = []
    for _ in range(rounds):
        rates = [product_rate(name)]
        sweeps, machine = {}, {}
        for case, chain in chains.items():
            sweeps[case] = speed(chain)
            rates.append(product_rate(name))
            machine[case] = (rates[-2] + rates[-1]) / 2  # just before and just after
        turns.append(Turn(sweeps, machine))
    aim = AIM if name == CPU else GPU_AIM
    return figures(turns, {case: gigaflops(chain) for case, chain in chains.items()}, aim)


def figures(turns: Sequence[Turn], cost: Mapping[Case, float], grey: float = AIM) -> Mapping[str, Figure]:
    """Return medians over the turns; `cost` is the billions of operations in the products of one sweep."""
    found = {"dream.matmul": Figure(statistics.median(turn.machine[MAIN] for turn in turns), "GFLOP/s")}
    for case in turns[0].sweeps:
        tail = "" if case == MAIN else "_colour"
        limit = statistics.median(turn.machine[case] / cost[case] for turn in turns)
        share = statistics.median(turn.sweeps[case] * cost[case] / turn.machine[case] for turn in turns)
        sweeps = statistics.median(turn.sweeps[case] for turn in turns)
        aim = grey if case == MAIN else None
        ratio = None if aim is None else sweeps / aim
        found[f"dream.sweeps_tiled_{SIDE}{tail}"] = Figure(sweeps, "sweeps/s", aim, ratio)
        found[f"dream.share_of_limit{tail}"] = Figure(share, "of the limit", limit, share)
    return found


def latent(device: str, rounds: int) -> Mapping[str, Figure]:
    """Time sweeps in code space, each decoded to a picture of 128 x 128 in colour; returns the median."""
    from studio.jobs.device import choose
    from studio.models.build import build_model
    from studio.models.chain import GibbsChain
    from studio.models.latent_rbm import LatentRbm
    from studio.models.noise import Noise
    from studio.project.presets import preset

    name, chosen = choose(device), preset("art-ae-rbm")
    model = build_model(chosen.model, chosen.preprocess.shape).to(name)
    assert isinstance(model, LatentRbm)
    model.initialise(Noise(0, name))
    chain = GibbsChain(model, 1, Noise(0, name))
    speeds = []
    for _ in range(rounds):
        began, frames = time.perf_counter(), 0
        while time.perf_counter() - began < SLICE:
            chain.step()
            chain.mean().cpu()
            frames += 1
        speeds.append(frames / (time.perf_counter() - began))
    found = statistics.median(speeds)
    return {f"dream.frames_latent_{chosen.preprocess.width}": Figure(found, "frames/s", FRAMES_AIM, found / FRAMES_AIM)}


def model_of(case: Case, device: str) -> TiledRbm:
    """Return a model as large as the preset's, unlearned: what it has learned does not change its speed."""
    from studio.models.build import build_model
    from studio.models.noise import Noise
    from studio.models.tiled_rbm import TiledRbm

    recipe = recipe_of(case)
    model = build_model(recipe.model, recipe.preprocess.shape).to(device)
    assert isinstance(model, TiledRbm)
    model.initialise(Noise(0, device))
    return model


def chain_of(case: Case, device: str) -> GibbsChain:
    """Return a chain on a canvas as it is asked for in the window, warmed."""
    from studio.models.chain import GibbsChain
    from studio.models.noise import Noise

    chain = GibbsChain(model_of(case, device), 1, Noise(0, device), size=(SIDE, SIDE))
    chain.step(WARM_SWEEPS)
    return chain


def speed(chain: GibbsChain) -> float:
    """Return sweeps a second over a slice; the look at the end waits for the device."""
    float(chain.state().visible.flatten()[0])
    began, sweeps = time.perf_counter(), 0
    while time.perf_counter() - began < SLICE:
        chain.step()
        sweeps += 1
    float(chain.state().visible.flatten()[0])
    return sweeps / (time.perf_counter() - began)


def gigaflops(chain: GibbsChain) -> float:
    """Return the billions of operations in the products of a sweep: one up, one down."""
    from studio.models.tiled_rbm import TiledRbm

    model = chain.model
    assert isinstance(model, TiledRbm)
    return 4e-9 * model.weights.numel() * model.grid_of(chain.state().visible).cells


def large(size: tuple[int, int], sweeps: int, device: str, quiet: bool) -> Mapping[str, Figure]:
    """Dream one canvas (across, down) in grey; returns its time and the most memory held over what was at the start."""
    from studio.dream.large import dream
    from studio.dream.settings import DreamSettings
    from studio.jobs.device import choose

    name = choose(device)
    model = model_of(MAIN, name)
    settings = DreamSettings(width=size[0], height=size[1])
    before, began = peak(), time.perf_counter()
    with ProgressLine(quiet=quiet) as line:
        dream(model, model.channels, settings, name, sweeps, lambda done, total: line.show_count("sweeps", done, total))
    seconds = time.perf_counter() - began
    held, limit = peak() - before, MOST_SECONDS * sweeps / SWEEPS
    return {
        "dream.large.seconds": Figure(seconds, "s", limit, seconds / limit),
        "dream.large.sweeps": Figure(sweeps / seconds, "sweeps/s"),
        "dream.large.added": Figure(held, "MB", MOST_MEGABYTES, held / MOST_MEGABYTES),
    }
