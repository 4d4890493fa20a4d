"""Batches of codes: many pictures are encoded once, when the first batch is asked for, and drawn from ever after."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.data.batches import MISPLACED, MISPLACED_HINT, restore_generator, saved_generator
from studio.data.crop_batches import BatchSource
from studio.errors import DataError

Values = NDArray[np.float32]


class CodeBatches:
    """Codes (batch, code, 1, 1) of `count` pictures of a source, drawn at random.

    `encode` makes codes (n, code) of a batch of pictures; `settle` sees all of
    them once and returns them as the RBM is to see them. An epoch is `count` codes.
    """

    def __init__(
        self,
        pictures: BatchSource,
        encode: Callable[[Values], Values],
        settle: Callable[[Values], Values],
        count: int,
        batch: int,
        seed: int,
    ) -> None:
        self._pictures = pictures
        self._encode = encode
        self._settle = settle
        self._count = count
        self._batch = batch
        self._rng = np.random.default_rng(seed)
        self._drawn = 0
        self._codes: Values | None = None

    @property
    def epoch(self) -> float:
        return self._drawn / self._count

    @property
    def steps_per_epoch(self) -> float:
        return self._count / self._batch

    def next(self) -> Values:
        """Return the next (batch, code, 1, 1) float32."""
        codes = self.codes()
        self._drawn += self._batch
        return codes[self._rng.integers(0, len(codes), self._batch)][:, :, None, None]

    def codes(self) -> Values:
        """Return all codes (count, code), encoding them first where that was not done yet."""
        if self._codes is None:
            parts: list[Values] = []
            while sum(map(len, parts)) < self._count:
                parts.append(self._encode(self._pictures.next()))
            self._codes = self._settle(np.concatenate(parts)[: self._count])
        return self._codes

    def state(self) -> dict[str, Any]:
        """Return everything `restore` needs."""
        kept = {} if self._codes is None else {"codes": self._codes}
        return {"drawn": self._drawn, "generator": saved_generator(self._rng), **kept}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Continue from a state; raises DataError when it is of other batches."""
        if "drawn" not in state or int(state["drawn"]) < 0:
            raise DataError(MISPLACED, MISPLACED_HINT)
        restore_generator(self._rng, state["generator"])
        self._drawn = int(state["drawn"])
        self._codes = np.asarray(state["codes"], np.float32) if "codes" in state else None
