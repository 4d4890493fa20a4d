"""What a classifier learns from: the features of labelled pictures, as they are and varied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float32]
Indices = NDArray[np.int64]
Classes = NDArray[np.int64]
Predict = Callable[[Values], Classes]  # rows (n, features) -> the class of each


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Rows (views n, features) of n pictures as they are, then of all in their first variant, and so on.

    `classes` are those of the pictures, (n,). A picture that judges does so as it is,
    and no variant of it is learned from meanwhile.
    """

    rows: Values
    classes: Classes

    @property
    def count(self) -> int:
        """How many pictures there are."""
        return len(self.classes)

    @property
    def views(self) -> int:
        return len(self.rows) // max(self.count, 1)

    def all_of(self, pictures: Indices) -> Indices:
        """Return which rows are of these pictures: as they are first, then variant by variant."""
        return (np.arange(self.views, dtype=np.int64)[:, None] * self.count + pictures).ravel()

    def classes_of(self, rows: Indices) -> Classes:
        return self.classes[rows % self.count]
