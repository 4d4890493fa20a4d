"""Codes are made once, drawn from ever after, and resumed to the bit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from studio.errors import DataError
from studio.training.code_batches import CodeBatches

Values = NDArray[np.float32]


class Pictures:
    """Batches that count how often they were asked for."""

    epoch = 0.0
    steps_per_epoch = 1.0

    def __init__(self) -> None:
        self.asked = 0

    def next(self) -> Values:
        self.asked += 1
        return np.full((4, 1, 2, 2), self.asked, np.float32)

    def state(self) -> dict[str, Any]:
        return {}

    def restore(self, state: Mapping[str, Any]) -> None: ...


def batches(pictures: Pictures, seed: int = 0) -> CodeBatches:
    return CodeBatches(
        pictures, lambda seen: seen.reshape(len(seen), 4)[:, :3], lambda codes: codes * np.float32(0.5), 10, 5, seed
    )


def test_pictures_are_encoded_when_the_first_codes_are_asked_for_and_then_no_more() -> None:
    pictures = Pictures()
    source = batches(pictures)
    assert pictures.asked == 0
    drawn = [source.next() for _ in range(6)]
    assert pictures.asked == 3
    assert drawn[0].shape == (5, 3, 1, 1)
    assert set(np.unique(np.concatenate(drawn))) == {0.5, 1.0, 1.5}
    assert source.codes().shape == (10, 3)
    assert source.epoch == 3.0
    assert source.steps_per_epoch == 2.0


def test_a_restored_source_draws_the_same_codes_without_encoding() -> None:
    source = batches(Pictures())
    source.next()
    pictures = Pictures()
    other = batches(pictures, seed=7)
    other.restore(source.state())
    assert all(np.array_equal(source.next(), other.next()) for _ in range(3))
    assert pictures.asked == 0


def test_a_state_of_other_batches_is_refused() -> None:
    with pytest.raises(DataError):
        batches(Pictures()).restore({"order": np.arange(3)})
