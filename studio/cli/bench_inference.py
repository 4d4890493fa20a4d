"""What pooling and shared filters save in one pass up three layers (Lee, Grosse, Ranganath & Ng 2009, section 3.7)."""

from __future__ import annotations

import dataclasses
import statistics
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from studio.cli.report import Figure
from studio.models.spec import ConvSpec, Visible

if TYPE_CHECKING:
    from torch import Tensor

    from studio.models.cdbn import Cdbn

SIDE = 200  # pixels
SPEC = ConvSpec(24, 10, 2, Visible.GAUSSIAN, deeper=("40x10/2", "24x6/1"))


def inference(device: str, rounds: int) -> Mapping[str, Figure]:
    """Time one pass up in turns; returns medians of paired ratios to the pooled, shared one."""
    import torch

    from studio.jobs.device import choose
    from studio.models.cdbn import Cdbn
    from studio.models.noise import Noise

    name = choose(device)
    bare = dataclasses.replace(SPEC, block=1, deeper=tuple(text.replace("/2", "/1") for text in SPEC.deeper))
    shape = (1, SIDE, SIDE)
    models = [Cdbn(spec, shape).to(name) for spec in (SPEC, bare)]
    for model in models:
        model.initialise(Noise(0, name))
    picture = Noise(1, name).normal((1, *shape))
    pooled, unpooled, unshared = [], [], []
    with torch.no_grad():
        rows = own_filters(models[0], device=name)
        for _ in range(rounds):
            pooled.append(seconds(lambda: models[0].mean_field(picture, iterations=0)))
            unpooled.append(seconds(lambda: models[1].mean_field(picture, iterations=0)))
            unshared.append(sum(count * seconds(row) for row, count in rows))
    ratios = [[other / one for other, one in zip(times, pooled, strict=True)] for times in (unpooled, unshared)]
    return {
        "crbm.inference": Figure(1000 * statistics.median(pooled), "ms"),
        "crbm.no_pooling_ratio": Figure(statistics.median(ratios[0]), "x"),
        "crbm.no_sharing_ratio": Figure(statistics.median(ratios[1]), "x"),
    }


def own_filters(model: Cdbn, device: str) -> list[tuple[Callable[[], object], int]]:
    """Return, for each layer, one row of its places with filters of their own each, and how many rows there are.

    All rows at once would be gigabytes of filters; each reads as many as any other.
    """
    from studio.models.noise import Noise

    found: list[tuple[Callable[[], object], int]] = []
    for layer, (_, (channels, height, width)) in zip(model.each, SPEC.each((1, SIDE, SIDE)), strict=True):
        down, across = height - layer.side + 1, width - layer.side + 1
        filters = Noise(2, device).normal((across, layer.hidden, channels * layer.side**2))
        patches = Noise(3, device).normal((across, channels * layer.side**2, 1))
        found.append((partial(answered, filters, patches), down))
    return found


def answered(filters: Tensor, patches: Tensor) -> float:
    """Answer the patches (places, n, 1) of a row by filters (places, K, n), and wait for it."""
    return float((filters @ patches).sum())


def seconds(work: Callable[[], object]) -> float:
    """Return how long a piece of work takes, after one to warm up."""
    work()
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
