"""Several processes that train one model: what each of them sees of batches and noise, and how sums are formed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
import torch.distributed as processes
from numpy.typing import NDArray
from torch import Tensor

from studio.data.crop_batches import BatchSource
from studio.errors import StudioError
from studio.models.noise import WORDS, Noise


class Ranks:
    """This process among `size`; `total` is the only place where they wait for each other.

    A wish to stop travels with the sums, so that all of them stop after the same step.
    """

    def __init__(self, rank: int, size: int) -> None:
        self.rank = rank
        self.size = size
        self.wishes_to_stop = False
        self.stopping = False

    @property
    def first(self) -> bool:
        return self.rank == 0

    def own(self, rows: Tensor) -> Tensor:
        """Return this process's part of rows (size n, ...) that belong to all: (n, ...)."""
        return rows.chunk(self.size)[self.rank]

    def total(self, parts: Sequence[Tensor]) -> list[Tensor]:
        """Return the sums of tensors over all processes; each has the same shapes."""
        wish = torch.tensor([float(self.wishes_to_stop)])
        flat = torch.cat([*(part.reshape(-1) for part in parts), wish])
        with explained():
            processes.all_reduce(flat)
        self.stopping = bool(flat[-1] > 0)
        sums = torch.split(flat[:-1], [part.numel() for part in parts])
        return [total.view(part.shape) for total, part in zip(sums, parts, strict=True)]

    def gathered(self, rows: Tensor) -> Tensor:
        """Return the rows of all processes, in their order."""
        found = [torch.empty_like(rows) for _ in range(self.size)]
        with explained():
            processes.all_gather(found, rows.contiguous())
        return torch.cat(found)


@contextmanager
def explained() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:
        raise StudioError("Another process of this run has ended.", "What it printed says why.") from error


@contextmanager
def joined() -> Iterator[Ranks]:
    """Meet the other processes that torchrun started, on processors."""
    processes.init_process_group("gloo")
    try:
        yield Ranks(processes.get_rank(), processes.get_world_size())
    finally:
        processes.destroy_process_group()


class SharedNoise(Noise):
    """The noise of one process: of every draw for all rows of a batch its own part, so that all together draw as one.

    Each draws the whole, which costs little beside the products; counters that
    could leap ahead would be another generator, and other results than one process has.
    """

    def __init__(self, whole: Noise, ranks: Ranks) -> None:
        super().__init__(0, whole.device)
        self.restore(whole.state())
        self._ranks = ranks

    def bernoulli(self, probability: Tensor) -> Tensor:
        if self.device.type != "cpu":
            return super().bernoulli(probability)
        count = probability.numel()
        words = self._words.integers(0, WORDS, size=(count * self._ranks.size + 3) // 4, dtype=np.uint64, endpoint=True)
        bits = torch.from_numpy(words.view(np.int16)[: count * self._ranks.size])
        uniform = self._ranks.own(bits).view(probability.shape)
        return torch.add(self._shift, probability, alpha=65536).gt_(uniform.to(probability.dtype))

    def uniform(self, shape: tuple[int, ...]) -> Tensor:
        return self._ranks.own(super().uniform(self._whole(shape)))

    def normal(self, shape: tuple[int, ...]) -> Tensor:
        return self._ranks.own(super().normal(self._whole(shape)))

    def integers(self, high: int, shape: tuple[int, ...]) -> Tensor:
        return self._ranks.own(super().integers(high, self._whole(shape)))

    def _whole(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        return (shape[0] * self._ranks.size, *shape[1:])


class SharedBatches:
    """Of every batch the part of one process."""

    def __init__(self, whole: BatchSource, ranks: Ranks) -> None:
        self._batches = whole
        self._ranks = ranks

    @property
    def epoch(self) -> float:
        return self._batches.epoch

    @property
    def steps_per_epoch(self) -> float:
        return self._batches.steps_per_epoch

    def next(self) -> NDArray[np.float32]:
        batch = self._batches.next()
        rows = len(batch) // self._ranks.size
        return batch[self._ranks.rank * rows : (self._ranks.rank + 1) * rows]

    def state(self) -> dict[str, Any]:
        return self._batches.state()

    def restore(self, state: Mapping[str, Any]) -> None:
        self._batches.restore(state)
