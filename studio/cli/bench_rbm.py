"""harmonium bench rbm: training speed beside what this machine could do, and beside scikit-learn."""

from __future__ import annotations

import argparse
import importlib.util
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from studio.cli.bench_products import step_of_cd1, timed
from studio.cli.options import add_device, add_json, count, dataset
from studio.cli.report import Figure, print_figures
from studio.data.imageset import ImageSet
from studio.data.load import load
from studio.data.spec import Colour, DatasetSpec, Fit, Preprocess
from studio.errors import SettingsError
from studio.models.spec import RbmSpec
from studio.project.recipe import Recipe
from studio.training.settings import Precision, Rule, TrainSettings

if TYPE_CHECKING:
    from studio.training.trainer import Trainer

HELP = "how fast an RBM trains beside this machine's matrix products and scikit-learn"
SAMPLE = "sample:glyphs"
SQUARE = 2048  # side of the matrices whose product tells what the machine can do
PRODUCT_SLICE = 0.3  # seconds
WARM_STEPS = 20
ROUNDS = 5
SLICE = 0.7  # seconds of training in each round
HIDDEN = 500
BATCH = 100
PEERS = 10_000  # pictures scikit-learn is timed on
AIM = 3.5  # times scikit-learn
SHARE = 0.75  # of the limit
EPOCH = 60_000  # pictures


@dataclass(frozen=True, slots=True)
class Case:
    """A model and a rule to be timed, in pictures a second."""

    key: str
    rule: Rule
    batch: int
    hidden: int = HIDDEN
    large: bool = False
    precision: Precision = Precision.FULL


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """One round: our pictures a second, the machine's GFLOP/s beside each, scikit-learn's in double and single.

    `products` are the GFLOP/s of the main case's own products alone.
    """

    speeds: Mapping[Case, float]
    machine: Mapping[Case, float]
    peer: float
    peer_single: float
    products: float


MAIN = Case("rbm.cd1", Rule.CD, BATCH)
FAST = Case("rbm.cd1_fast", Rule.CD, BATCH, precision=Precision.FAST)
PERSISTENT = Case("rbm.pcd1", Rule.PCD, BATCH)
CASES = (
    MAIN,
    FAST,
    PERSISTENT,
    Case("rbm.cd1.batch10", Rule.CD, 10),
    Case("rbm.cd1.batch500", Rule.CD, 500),
    Case("rbm.cd1.3072x1024", Rule.CD, BATCH, hidden=1024, large=True),
)


def add(names: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = names.add_parser("rbm", help=HELP, description=f"Measure {HELP}, in turns, so that noise meets all alike.")
    parser.add_argument("--data", default=SAMPLE, metavar="PATH", help=f"pictures to learn (default: {SAMPLE})")
    parser.add_argument(
        "--rounds", type=count, default=ROUNDS, metavar="N", help=f"turns to take medians over (default: {ROUNDS})"
    )
    add_device(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    if importlib.util.find_spec("sklearn") is None:
        raise SettingsError(
            "bench rbm compares with scikit-learn, which is not installed.", "Install harmonium-studio[lab]."
        )
    data = dataset([arguments.data])
    print_figures(measure(data, arguments.device, arguments.rounds), arguments.json)
    return 0


def measure(data: DatasetSpec, device: str, rounds: int) -> Mapping[str, Figure]:
    """Time matrix products, our steps and scikit-learn's in turns; returns medians and medians of paired ratios."""
    from studio.jobs.device import choose
    from studio.models.products import has_units

    name = choose(device)
    cases = [case for case in CASES if case.precision is Precision.FULL or has_units(name)]
    images = load(data, Preprocess(fit=Fit.PAD))
    large = images
    if any(case.large for case in cases):
        large = load(DatasetSpec((SAMPLE,)), Preprocess(height=32, width=32, colour=Colour.RGB, fit=Fit.PAD))
    ours = {case: trainer(case, large if case.large else images, name) for case in cases}
    alone = products(ours[MAIN])
    theirs, theirs_single = scikit_learn(images, np.float64), scikit_learn(images, np.float32)
    cost = {case: gigaflops(case, large if case.large else images) for case in cases}
    turns = []
    for _ in range(rounds):
        rates = [product_rate(name)]
        speeds, machine, shapes = {}, {}, 0.0
        for case, training in ours.items():
            speeds[case] = speed(training, case.batch)
            rates.append(product_rate(name))
            machine[case] = (rates[-2] + rates[-1]) / 2  # just before and just after
            if case is MAIN:
                shapes = alone()
        turns.append(Turn(speeds, machine, theirs(), theirs_single(), shapes))
    return figures(turns, cost)


def figures(turns: Sequence[Turn], cost: Mapping[Case, float]) -> Mapping[str, Figure]:
    """Return medians over the turns; `cost` is the billions of operations that one picture of a case takes.

    The reference of a speed is what it would be if every operation ran at the rate of float32 matrix products, also
    of one whose products are fast.
    """
    found = {"rbm.matmul": Figure(statistics.median(turn.machine[MAIN] for turn in turns), "GFLOP/s")}
    for case in turns[0].speeds:
        limit = statistics.median(turn.machine[case] / cost[case] for turn in turns)
        share = statistics.median(turn.speeds[case] * cost[case] / turn.machine[case] for turn in turns)
        found[case.key] = Figure(statistics.median(turn.speeds[case] for turn in turns), "pictures/s", limit, share)
    found["rbm.products"] = Figure(
        statistics.median(turn.products for turn in turns),
        "GFLOP/s",
        found["rbm.matmul"].value,
        statistics.median(turn.products / turn.machine[MAIN] for turn in turns),
    )
    if PERSISTENT in turns[0].speeds:
        seconds = EPOCH / statistics.median(turn.speeds[PERSISTENT] for turn in turns)
        found["rbm.epoch_pcd1"] = Figure(seconds, "s")
    found["rbm.sklearn"] = Figure(statistics.median(turn.peer for turn in turns), "pictures/s")
    found["rbm.sklearn_float32"] = Figure(statistics.median(turn.peer_single for turn in turns), "pictures/s")
    for case, tail in ((MAIN, ""), (FAST, "_fast")):
        if case not in turns[0].speeds:
            continue
        share = found[case.key].ratio or 0.0
        found[f"rbm.share_of_limit{tail}"] = Figure(share, "of the limit", SHARE, share / SHARE)
        ratio = statistics.median(turn.speeds[case] / turn.peer for turn in turns)
        found[f"rbm.vs_sklearn{tail}"] = Figure(ratio, "x", AIM, ratio / AIM)
        single = statistics.median(turn.speeds[case] / turn.peer_single for turn in turns)
        found[f"rbm.vs_sklearn_float32{tail}"] = Figure(single, "x", AIM, single / AIM)
    return found


def gigaflops(case: Case, images: ImageSet) -> float:
    """Return the billions of operations that one picture costs."""
    return RbmSpec(hidden=case.hidden).flops_per_picture(images.shape, 1) / 1e9


def trainer(case: Case, images: ImageSet, device: str) -> Trainer:
    """Return the trainer of a real run, warmed."""
    from studio.project.job import prepare

    training = TrainSettings(rule=case.rule, gibbs_steps=1, batch=case.batch, precision=case.precision)
    recipe = Recipe(images.spec, images.preprocess, RbmSpec(hidden=case.hidden), training)
    made = prepare(recipe, images, device).plan.stages[-1].trainer
    for _ in range(WARM_STEPS):
        made.step()
    return made


def products(training: Trainer) -> Callable[[], float]:
    """Return what times the products of a CD-1 step alone, in its own shapes and threads, in GFLOP/s."""
    from studio.training.rules import ContrastiveDivergence

    assert isinstance(training.rule, ContrastiveDivergence)
    return timed(*step_of_cd1(training.rule.model, training.settings.batch), PRODUCT_SLICE)


def speed(training: Trainer, batch: int) -> float:
    """Return pictures a second over a slice of steps; the check at the end waits for the device."""
    training.check()
    began, steps = time.perf_counter(), 0
    while time.perf_counter() - began < SLICE:
        training.step()
        steps += 1
    training.check()
    return steps * batch / (time.perf_counter() - began)


def product_rate(device: str) -> float:
    """Return the GFLOP/s of float32 products of two 2048 x 2048 matrices."""
    import torch

    one, other = (torch.rand(SQUARE, SQUARE, device=device) for _ in range(2))
    result = one @ other
    float(result[0, 0])  # waits for the device
    began, taken, done = time.perf_counter(), 0.0, 0
    while taken < PRODUCT_SLICE:
        torch.mm(one, other, out=result)
        float(result[0, 0])
        taken, done = time.perf_counter() - began, done + 1
    return done * 2 * SQUARE**3 / 1e9 / taken


def scikit_learn(images: ImageSet, precision: type[np.floating[Any]]) -> Callable[[], float]:
    """Return what times one pass of scikit-learn's BernoulliRBM over the same pictures, in pictures a second.

    It computes in the precision of what it is given; bytes divided by 255 are float64.
    """
    from sklearn.neural_network import BernoulliRBM

    chosen = images.training()
    chosen = chosen[np.arange(PEERS) % len(chosen)]
    rows = np.multiply(images.pixels[chosen].reshape(PEERS, -1), 1 / 255, dtype=precision)

    def once() -> float:
        model = BernoulliRBM(n_components=HIDDEN, learning_rate=0.05, batch_size=BATCH, n_iter=1, random_state=0)
        began = time.perf_counter()
        model.fit(rows)
        return PEERS / (time.perf_counter() - began)

    return once
