"""harmonium bench tiled: training speed of the texture machine beside what this machine could do."""

from __future__ import annotations

import argparse
import dataclasses
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.cli.bench_products import Job, timed
from studio.cli.bench_rbm import PRODUCT_SLICE, WARM_STEPS, product_rate, speed
from studio.cli.options import add_device, add_json, count
from studio.cli.report import Figure, print_figures
from studio.data.load import load
from studio.data.spec import SAMPLE_PREFIX, DatasetSpec
from studio.models.spec import TiledSpec
from studio.project.presets import preset
from studio.project.recipe import Recipe
from studio.training.settings import Precision

if TYPE_CHECKING:
    from torch import Tensor

    from studio.models.tiled_rbm import TiledRbm
    from studio.training.trainer import Trainer

HELP = "how fast a texture machine trains beside this machine's matrix products"
ROUNDS = 5
AIM = 0.3  # share of the limit


@dataclass(frozen=True, slots=True)
class Case:
    """A preset to be timed, in updates a second."""

    key: str
    preset: str
    precision: Precision = Precision.FULL


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """One round: updates a second, GFLOP/s of the update's own products alone, and the machine's beside them."""

    updates: Mapping[Case, float]
    products: Mapping[Case, float]
    machine: Mapping[Case, float]


MAIN = Case("tiled", "texture-fast")
CASES = (MAIN, Case("tiled.colour", "texture-colour"))
FAST = tuple(dataclasses.replace(case, precision=Precision.FAST) for case in CASES)


def add(names: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = names.add_parser(
        "tiled", help=HELP, description=f"Measure {HELP}, in turns, so that noise meets all alike."
    )
    parser.add_argument(
        "--rounds", type=count, default=ROUNDS, metavar="N", help=f"turns to take medians over (default: {ROUNDS})"
    )
    add_device(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    print_figures(measure(arguments.device, arguments.rounds), arguments.json)
    return 0


def measure(device: str, rounds: int) -> Mapping[str, Figure]:
    """Time matrix products and updates in turns; returns medians and medians of paired ratios."""
    from studio.jobs.device import choose
    from studio.models.products import has_units

    name = choose(device)
    cases = (*CASES, *FAST) if has_units(name) else CASES
    ours = {case: trainer(case, name) for case in cases}
    alone = {case: products(*made) for case, made in ours.items() if case in CASES}
    cost = {case: gigaflops(made[1]) for case, made in ours.items()}
    turns = []
    for _ in range(rounds):
        rates = [product_rate(name)]
        updates, shapes, machine = {}, {}, {}
        for case, (training, _) in ours.items():
            updates[case] = speed(training, 1)
            rates.append(product_rate(name))
            machine[case] = (rates[-2] + rates[-1]) / 2  # just before and just after
            if case in alone:
                shapes[case] = alone[case]()
        turns.append(Turn(updates, shapes, machine))
    return figures(turns, cost)


def figures(turns: Sequence[Turn], cost: Mapping[Case, float]) -> Mapping[str, Figure]:
    """Return medians over the turns; `cost` is the billions of operations that one update of a case takes.

    The reference of a speed is what it would be if every operation ran at the rate of float32 matrix products, also
    of one whose products are fast.
    """
    found = {"tiled.matmul": Figure(statistics.median(turn.machine[MAIN] for turn in turns), "GFLOP/s")}
    for case in turns[0].updates:
        limit = statistics.median(turn.machine[case] / cost[case] for turn in turns)
        share = statistics.median(turn.updates[case] * cost[case] / turn.machine[case] for turn in turns)
        updates = statistics.median(turn.updates[case] for turn in turns)
        tail = "" if case.precision is Precision.FULL else "_fast"
        found[f"{case.key}.updates{tail}"] = Figure(updates, "updates/s", limit, share)
        found[f"{case.key}.share_of_limit{tail}"] = Figure(share, "of the limit", AIM, share / AIM)
        if tail:
            continue
        found[f"{case.key}.products"] = Figure(
            statistics.median(turn.products[case] for turn in turns),
            "GFLOP/s",
            statistics.median(turn.machine[case] for turn in turns),
            statistics.median(turn.products[case] / turn.machine[case] for turn in turns),
        )
    return found


def recipe_of(case: Case) -> Recipe:
    chosen = preset(case.preset)
    recipe = chosen.apply(Recipe())
    training = dataclasses.replace(recipe.training, precision=case.precision)
    return dataclasses.replace(recipe, training=training, data=DatasetSpec((f"{SAMPLE_PREFIX}{chosen.sample}",)))


def trainer(case: Case, device: str) -> tuple[Trainer, Recipe]:
    """Return the trainer of a real run, warmed, and its recipe."""
    from studio.project.job import prepare

    recipe = recipe_of(case)
    made = prepare(recipe, load(recipe.data, recipe.preprocess), device).plan.stages[-1].trainer
    for _ in range(WARM_STEPS):
        made.step()
    return made, recipe


def gigaflops(recipe: Recipe) -> float:
    """Return the billions of operations that one update costs."""
    assert isinstance(recipe.model, TiledSpec)
    training = recipe.training
    return recipe.model.flops_per_picture(recipe.preprocess.shape, training.gibbs_steps) * training.batch / 1e9


def products(training: Trainer, recipe: Recipe) -> Callable[[], float]:
    """Return what times the products of an update alone, in its own shapes and threads, in GFLOP/s."""
    import torch

    from studio.training.tiled_rule import TiledPersistent

    rule = training.rule
    assert isinstance(rule, TiledPersistent)
    model, shape = rule.model, recipe.preprocess.shape
    crop = model.crop_grid(torch.zeros(recipe.training.batch, *shape))
    shapes = [(model.grid_of(canvas).cells, 3) for canvas in rule.chains] + [(crop.cells, 2)]
    jobs = [product_job(model, cells, each) for cells, each in shapes]
    done = sum(2e-9 * model.weights.numel() * cells * each for cells, each in shapes)
    return timed(lambda: [job() for job in jobs][-1], done, PRODUCT_SLICE)


def product_job(model: TiledRbm, cells: int, each: int) -> Job:
    """Return a job that takes the products up, of the gradient and, as the third, down for this many cells."""
    import torch

    offsets, filters, pixels = model.weights.shape
    tiles, hidden = (model.weights.new_ones(offsets, rows, cells) for rows in (pixels, filters))
    gradient, weights = torch.empty_like(model.weights.transpose(1, 2)), torch.zeros_like(model.weights)

    def job() -> Tensor:
        torch.bmm(weights, tiles, out=hidden)
        torch.bmm(tiles, hidden.transpose(1, 2), out=gradient)
        if each == 3:
            torch.bmm(weights.transpose(1, 2), hidden, out=tiles)
        return gradient

    return job
