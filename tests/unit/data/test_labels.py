"""Classes from labels and from folders, and as many pictures of each."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from studio.data.imageset import ImageSet
from studio.data.labels import Labels, chosen_evenly, labels_of
from studio.data.load import load
from studio.data.spec import DatasetSpec, Preprocess
from studio.errors import DataError
from tests.unit.data.files import write_pictures


def named(names: list[str], labels: NDArray[np.int64] | None = None) -> ImageSet:
    return ImageSet(DatasetSpec(), Preprocess(), np.zeros((len(names), 1, 2, 2), np.uint8), tuple(names), labels)


def test_a_folder_a_class(tmp_path: Path) -> None:
    for name in ("s1", "s2", "s10"):
        write_pictures(tmp_path / name, 3)
    write_pictures(tmp_path, 1)
    images = load(DatasetSpec((str(tmp_path),)), Preprocess(8, 8))
    found = labels_of(images)
    assert found.names == ("s1", "s2", "s10")
    assert dict(zip(images.names, found.values.tolist(), strict=True))["s10/p2.png"] == 2
    assert dict(zip(images.names, found.values.tolist(), strict=True))["p1.png"] == -1


def test_labels_that_came_with_the_pictures_count() -> None:
    found = labels_of(named(["a/1", "a/2", "b/3", "b/4"], np.array([7, 3, -1, 7])))
    assert found.names == ("3", "7")
    assert found.values.tolist() == [1, 0, -1, 1]


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (["1.png", "2.png"], "have no labels"),
        (["cats/1.png", "cats/2.png"], "are of one class, cats"),
        (["a.npz/x 1", "b.npz/x 1"], "have no labels"),
        (["cats/a.npz/x 1", "cats/b.NPZ/x 1"], "are of one class, cats"),
    ],
)
def test_what_gives_no_classes_is_a_sentence(names: list[str], sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        labels_of(named(names))


def test_as_many_of_each_class_by_the_seed() -> None:
    labels = Labels(np.repeat([0, 1, 2, -1], [50, 20, 3, 9]), ("a", "b", "c"))
    among = np.arange(82)
    first, again, other = (chosen_evenly(labels, among, 13, seed) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert np.bincount(labels.values[first]).tolist() == [5, 5, 3]
    assert len(chosen_evenly(labels, among, None, 0)) == 73
    assert set(chosen_evenly(labels, among[40:], 8, 0)) <= set(range(40, 73))


@pytest.mark.parametrize(
    ("counts", "count", "sentence"),
    [
        ([5, 1], None, "Class b has fewer than two pictures"),
        ([5, 5], 11, "There are 10 labelled pictures to learn from, not 11"),
        ([5, 5], 3, "3 labelled pictures are too few for 2 classes"),
    ],
)
def test_too_few_pictures_are_a_sentence(counts: list[int], count: int | None, sentence: str) -> None:
    labels = Labels(np.repeat([0, 1], counts), ("a", "b"))
    with pytest.raises(DataError, match=sentence):
        chosen_evenly(labels, np.arange(sum(counts)), count, 0)
