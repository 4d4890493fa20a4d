"""Batches: shuffled epochs, what a model sees, resuming to the bit."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from studio.data.batches import Batches, as_seen
from studio.data.imageset import ImageSet
from studio.data.spec import Binarise, Colour, DatasetSpec, Flips, Preprocess, Scaling
from studio.data.transform import Transform
from studio.errors import DataError


def images(count: int = 10, **changes: object) -> ImageSet:
    preprocess = Preprocess(height=6, width=5, colour=Colour.RGB, **changes)  # type: ignore[arg-type]  # any setting
    pixels = np.random.default_rng(1).integers(0, 256, (count, 3, 6, 5), np.uint8)
    pixels[:, 0, 0, 0] = np.arange(count)  # which picture it is
    return ImageSet(DatasetSpec(("here",)), preprocess, pixels, tuple(map(str, range(count))))


def numbers(batch: NDArray[np.float32]) -> list[int]:
    return [round(float(value) * 255) for value in batch[:, 0, 0, 0]]


def test_every_picture_is_given_once_an_epoch_in_another_order_each() -> None:
    batches = Batches(images(), np.arange(10), batch=4, seed=0)
    seen = [number for _ in range(5) for number in numbers(batches.next())]
    assert sorted(seen[:10]) == sorted(seen[10:]) == list(range(10))
    assert seen[:10] != seen[10:]
    assert batches.epoch == pytest.approx(2.0)


def test_only_the_chosen_pictures_are_given_also_when_fewer_than_a_batch() -> None:
    batches = Batches(images(), np.array([2, 5, 7]), batch=8, seed=0)
    batch = batches.next()
    assert batch.shape == (8, 3, 6, 5)
    assert batch.dtype == np.float32
    assert sorted(numbers(batch)[:3]) == sorted(numbers(batch)[3:6]) == [2, 5, 7]
    assert batches.epoch == pytest.approx(8 / 3)


def test_values_are_the_pixels_in_0_to_1() -> None:
    source = images()
    batch = Batches(source, np.arange(10), 10, seed=0).next()
    assert np.allclose(batch, source.pixels[numbers(batch)] / 255, atol=1e-6)
    assert batch.flags.writeable


@pytest.mark.parametrize("flips", list(Flips))
def test_flips_mirror_about_half(flips: Flips) -> None:
    source = images(1, flips=flips)
    batch = Batches(source, np.array([0]), 400, seed=0).next()
    whole = source.pixels[0] / np.float32(255)
    forms = {
        "none": whole,
        "horizontal": whole[..., ::-1],
        "vertical": whole[:, ::-1],
        "both": whole[:, ::-1, ::-1],
    }
    counts = {name: int(np.isclose(batch, form, atol=1e-6).all(axis=(1, 2, 3)).sum()) for name, form in forms.items()}
    allowed = {"none"} if flips is Flips.NONE else set(forms) if flips is Flips.BOTH else {"none", str(flips)}
    assert sum(counts[name] for name in allowed) == 400
    assert all(abs(counts[name] - 400 / len(allowed)) < 70 for name in allowed)


def test_threshold_and_stochastic_binarisation() -> None:
    levels = np.arange(256, dtype=np.uint8).reshape(1, 1, 16, 16)
    rng = np.random.default_rng(0)
    hard = as_seen(levels, Preprocess(binarise=Binarise.THRESHOLD, threshold=0.5), None, rng)
    assert np.array_equal(hard.ravel(), np.arange(256) / 255 >= 0.5)
    drawn = as_seen(np.repeat(levels, 4000, axis=0), Preprocess(binarise=Binarise.STOCHASTIC), None, rng)
    assert set(np.unique(drawn)) == {0.0, 1.0}
    assert np.abs(drawn.mean(axis=0).ravel() - np.arange(256) / 255).max() < 0.04
    assert drawn[:, 0, 0, 0].max() == 0
    assert drawn[:, 0, 15, 15].mean() > 0.999


def test_a_transform_is_applied_last() -> None:
    source = images(scaling=Scaling.STANDARDISE)
    transform = Transform.fit(source, np.arange(10))
    batch = Batches(source, np.arange(10), 10, 0, transform).next()
    assert np.allclose(batch.mean(axis=0), 0, atol=1e-5)
    assert float(batch.std()) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("binarise", list(Binarise))
def test_a_restored_state_continues_to_the_bit(binarise: Binarise) -> None:
    source = images(binarise=binarise, flips=Flips.BOTH)
    first = Batches(source, np.arange(10), 3, seed=5)
    for _ in range(7):
        first.next()
    state = first.state()
    expected = [first.next() for _ in range(9)]
    second = Batches(source, np.arange(10), 3, seed=99)
    second.restore(state)
    assert all(np.array_equal(second.next(), batch) for batch in expected)
    assert second.epoch == first.epoch


def test_a_state_of_other_pictures_is_refused() -> None:
    state = Batches(images(8), np.arange(8), 3, seed=0).state()
    with pytest.raises(DataError, match="does not fit"):
        Batches(images(), np.arange(10), 3, seed=0).restore(state)


def test_the_seed_decides() -> None:
    first, again, other = (Batches(images(), np.arange(10), 10, seed).next() for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_no_pictures_is_a_sentence() -> None:
    with pytest.raises(DataError, match="no pictures to train on"):
        Batches(images(), np.zeros(0, np.int64), 3, 0)
