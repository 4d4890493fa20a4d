"""Pictures whitened once: the same values, mirrored afterwards, and the same run after a pause."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from studio.data import batches as module
from studio.data.batches import Batches
from studio.data.imageset import ImageSet
from studio.data.spec import Colour, DatasetSpec, Flips, Preprocess, Scaling
from studio.data.whitening import Whitening
from tests.unit.data.test_whitening import natural

EVERY = np.arange(6)
SIDE = 24


def images(flips: Flips = Flips.NONE, turns: bool = False) -> ImageSet:
    preprocess = Preprocess(
        height=SIDE, width=SIDE, colour=Colour.RGB, scaling=Scaling.WHITEN, flips=flips, quarter_turns=turns
    )
    pixels = np.stack([natural(3, SIDE, seed) for seed in range(6)])
    return ImageSet(DatasetSpec(("here",)), preprocess, pixels, tuple(map(str, range(6))))


def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that grows by how many pictures are whitened at once."""
    found: list[int] = []
    apply = Whitening.apply

    def watched(self: Whitening, pictures: NDArray[np.float32], out: NDArray[np.float32] | None = None) -> object:
        found.append(1 if pictures.ndim == 3 else len(pictures))
        return apply(self, pictures, out)

    monkeypatch.setattr(Whitening, "apply", watched)
    return found


def test_each_picture_is_whitened_once_in_any_number_of_epochs(monkeypatch: pytest.MonkeyPatch) -> None:
    source = images()
    transform = Whitening.fit(source, EVERY)
    expected = transform.apply(np.divide(source.pixels, 255, dtype=np.float32))
    made = counted(monkeypatch)
    batches = Batches(source, EVERY, 4, 3, transform)
    seen = np.concatenate([batches.next() for _ in range(9)])
    assert sum(made) == len(source)
    each = [int(np.abs(expected - picture).reshape(6, -1).max(1).argmin()) for picture in seen]
    assert np.bincount(each).tolist() == [6] * 6
    assert all(np.allclose(picture, expected[place], atol=1e-5) for picture, place in zip(seen, each, strict=True))


def test_pictures_are_mirrored_and_turned_each_time_anew() -> None:
    source = images(Flips.BOTH, turns=True)
    transform = Whitening.fit(source, EVERY)
    kept, anew = Batches(source, EVERY, 4, 3, transform), Batches(source, EVERY, 4, 3, transform)
    anew._once = None
    for _ in range(9):
        assert np.allclose(kept.next(), anew.next(), atol=2e-3)


def test_what_is_given_out_may_be_written_to() -> None:
    source = images()
    batches = Batches(source, EVERY, 6, 3, Whitening.fit(source, EVERY))
    first = batches.next()
    first[:] = 7
    assert float(np.abs(batches.next()).max()) < 7


def test_a_restored_state_continues_to_the_bit() -> None:
    source = images(Flips.HORIZONTAL)
    transform = Whitening.fit(source, EVERY)
    first, second = Batches(source, EVERY, 4, 3, transform), Batches(source, EVERY, 4, 99, transform)
    first.next()
    second.restore(first.state())
    for _ in range(5):
        assert np.array_equal(first.next(), second.next())


def test_many_pictures_are_whitened_as_they_come(monkeypatch: pytest.MonkeyPatch) -> None:
    source = images()
    transform = Whitening.fit(source, EVERY)
    monkeypatch.setattr(module, "MOST_BYTES", source.pixels.size * 4 - 1)
    made = counted(monkeypatch)
    batches = Batches(source, EVERY, 3, 3, transform)
    for _ in range(4):
        batches.next()
    assert made == [3] * 4


def test_pictures_that_are_not_whitened_are_not_kept() -> None:
    assert Batches(images(), EVERY, 3, 3, None)._once is None
