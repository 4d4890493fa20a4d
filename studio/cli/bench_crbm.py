"""harmonium bench crbm: convolutional training and dreaming beside matrix products and the library's convolutions."""

from __future__ import annotations

import argparse
import dataclasses
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.cli.bench_inference import inference
from studio.cli.bench_rbm import product_rate
from studio.cli.options import add_device, add_json, count, dataset
from studio.cli.report import Figure, print_figures
from studio.data.load import load
from studio.data.spec import DatasetSpec
from studio.project.presets import preset
from studio.project.recipe import Recipe
from studio.training.settings import Precision

if TYPE_CHECKING:
    from torch import Tensor

    from studio.models.conv_rbm import ConvRbm

HELP = "how fast a convolutional RBM trains and dreams beside matrix products and plain convolutions"
SAMPLE = "sample:bricks"
PRESET = "photographs-edges"
ROUNDS = 5
SLICE = 0.7  # seconds of each thing in each round
WARM = 3
CROP = 70  # pixels
CROPS = 8
SIDES = (256, 512)
AIMS = {256: 40.0, 512: 10.0}  # sweeps a second
GPU_AIMS = {512: 500.0}
AIM = 5.0  # times a plain loop
SHARE = 0.25  # of the limit


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """One round: updates a second, ours and plain, the machine's GFLOP/s beside them, and sweeps a second by side.

    `fast` are ours with fast products, where the device has units for them.
    """

    ours: float
    plain: float
    machine: float
    sweeps: Mapping[int, float]
    fast: float | None = None


def add(names: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = names.add_parser(
        "crbm", help=HELP, description=f"Measure {HELP}, in turns, so that noise meets all alike."
    )
    parser.add_argument("--data", default=SAMPLE, metavar="PATH", help=f"pictures to learn (default: {SAMPLE})")
    parser.add_argument(
        "--rounds", type=count, default=ROUNDS, metavar="N", help=f"turns to take medians over (default: {ROUNDS})"
    )
    add_device(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    found = measure(dataset([arguments.data]), arguments.device, arguments.rounds)
    print_figures({**found, **inference(arguments.device, arguments.rounds)}, arguments.json)
    return 0


def measure(data: DatasetSpec, device: str, rounds: int) -> Mapping[str, Figure]:
    """Time products, updates, plain updates and sweeps in turns; returns medians and medians of paired ratios."""
    import torch

    from studio.jobs.device import CPU, choose
    from studio.models.chain import GibbsChain
    from studio.models.conv_rbm import ConvRbm
    from studio.models.noise import Noise
    from studio.models.products import has_units
    from studio.project.job import prepare

    name = choose(device)
    recipe = dataclasses.replace(preset(PRESET).apply(Recipe()), data=data)
    recipe = dataclasses.replace(
        recipe,
        preprocess=dataclasses.replace(recipe.preprocess, height=CROP, width=CROP),
        training=dataclasses.replace(recipe.training, batch=CROPS),
    )
    prepared = prepare(recipe, load(data, recipe.preprocess), name)
    trainer, model = prepared.plan.stages[-1].trainer, prepared.trained.model
    assert isinstance(model, ConvRbm)
    hasty = dataclasses.replace(recipe, training=dataclasses.replace(recipe.training, precision=Precision.FAST))
    quick = prepare(hasty, load(data, recipe.preprocess), name).plan.stages[-1].trainer if has_units(name) else None
    crops = torch.from_numpy(trainer.batches.next()).to(name)
    chains = {side: GibbsChain(model, 1, Noise(0, name), size=(side, side)) for side in SIDES}
    plain = plain_update(model, model.whole(crops))
    weight = model.weights

    def waited(step: Callable[[], object]) -> float:
        return speed(step, lambda: float(weight.sum()))

    turns = []
    with torch.no_grad():
        for _ in range(rounds):
            before = product_rate(name)
            ours = waited(trainer.step)
            fast = waited(quick.step) if quick is not None else None
            beside = (before + product_rate(name)) / 2
            sweeps = {side: waited(chain.step) for side, chain in chains.items()}
            turns.append(Turn(ours, waited(plain), beside, sweeps, fast))
    cost = recipe.model.flops_per_picture((1, CROP, CROP), 1) * CROPS / 1e9
    return figures(turns, cost, AIMS if name == CPU else GPU_AIMS)


def figures(turns: Sequence[Turn], cost: float, aims: Mapping[int, float] = AIMS) -> Mapping[str, Figure]:
    """Return medians over the turns; `cost` is the billions of operations of an update.

    The limit is that of float32 products, also of updates whose products are fast.
    """
    limit = statistics.median(turn.machine for turn in turns) / cost
    share = statistics.median(turn.ours * cost / turn.machine for turn in turns)
    ratio = statistics.median(turn.ours / turn.plain for turn in turns)
    theirs = statistics.median(turn.plain * cost / turn.machine for turn in turns)
    found = {
        "crbm.matmul": Figure(statistics.median(turn.machine for turn in turns), "GFLOP/s"),
        "crbm.updates": Figure(statistics.median(turn.ours for turn in turns), "updates/s", limit, share),
        "crbm.plain": Figure(statistics.median(turn.plain for turn in turns), "updates/s", limit, theirs),
        "crbm.vs_plain": Figure(ratio, "x", AIM, ratio / AIM),
        "crbm.share_of_limit": Figure(share, "of the limit", SHARE, share / SHARE),
    }
    hasty = [(turn, turn.fast) for turn in turns if turn.fast is not None]
    if hasty:
        share = statistics.median(fast * cost / turn.machine for turn, fast in hasty)
        ratio = statistics.median(fast / turn.plain for turn, fast in hasty)
        found["crbm.updates_fast"] = Figure(statistics.median(fast for _, fast in hasty), "updates/s", limit, share)
        found["crbm.vs_plain_fast"] = Figure(ratio, "x", AIM, ratio / AIM)
        found["crbm.share_of_limit_fast"] = Figure(share, "of the limit", SHARE, share / SHARE)
    for side in turns[0].sweeps:
        rate = statistics.median(turn.sweeps[side] for turn in turns)
        aim = aims.get(side)
        found[f"crbm.sweeps_{side}"] = Figure(rate, "sweeps/s", aim, rate / aim if aim else None)
    return found


def speed(step: Callable[[], object], wait: Callable[[], float]) -> float:
    """Return steps a second over a slice, after a few to warm up; `wait` returns when the device has done its work."""
    for _ in range(WARM):
        step()
    wait()
    began, steps = time.perf_counter(), 0
    while time.perf_counter() - began < SLICE:
        step()
        steps += 1
    wait()
    return steps / (time.perf_counter() - began)


def plain_update(model: ConvRbm, crops: Tensor) -> Callable[[], None]:
    """Return the same CD-1 update by the library's convolutions, on filters and biases of its own."""
    import torch
    from torch.nn.functional import conv2d, conv_transpose2d

    weights, bias, gain, block = model.weights.clone(), model.hidden_bias.clone(), model.gain, model.block
    generator = torch.Generator(crops.device).manual_seed(0)

    def detection(v: Tensor) -> Tensor:
        """P(h=1|v) by blocks: (n, K, rows, columns, B B)."""
        total = gain * (conv2d(v, weights) + bias[:, None, None])
        units = torch.unflatten(torch.unflatten(total, 3, (-1, block)), 2, (-1, block)).transpose(3, 4).flatten(4)
        largest = units.amax(4, keepdim=True).clamp_min(0)
        weight = torch.exp(units - largest)
        share: Tensor = weight / (weight.sum(4, keepdim=True) + torch.exp(-largest))
        return share

    def maps(blocks: Tensor) -> Tensor:
        whole: Tensor = torch.unflatten(blocks, 4, (block, block)).transpose(3, 4).flatten(4, 5).flatten(2, 3)
        return whole

    def slope(v: Tensor, h: Tensor) -> Tensor:
        return conv2d(v.transpose(0, 1), h.transpose(0, 1)).transpose(0, 1)

    def update() -> None:
        first = detection(crops)
        upto = first.cumsum(4)
        place = torch.rand(upto.shape[:4], device=upto.device, generator=generator)[..., None]
        drawn = ((upto > place) & (upto - first <= place)).to(crops.dtype)
        again = conv_transpose2d(maps(drawn), weights)
        second = detection(again)
        before, after = maps(first), maps(second)
        places = before[:, 0].numel()
        weights.add_(slope(crops, before) - slope(again, after), alpha=1e-9 / places)
        bias.add_((before - after).sum((0, 2, 3)), alpha=1e-9 / places)

    return update
