"""The bundled sets load with the settings they suggest; what is told of a set is right."""

from __future__ import annotations

import numpy as np
import pytest

from studio.data.describe import histogram, mean_picture, memory_bytes, sheet_indices
from studio.data.glyphs import draw_glyphs
from studio.data.imageset import ImageSet
from studio.data.load import load
from studio.data.samples import SAMPLES, Sample, draw_bars
from studio.data.spec import DatasetSpec, Preprocess
from studio.errors import DataError


def pictures(height: int = 6, width: int = 4, count: int = 30) -> ImageSet:
    pixels = np.random.default_rng(0).integers(0, 256, (count, 3, height, width), np.uint8)
    return ImageSet(DatasetSpec(("here",)), Preprocess(), pixels, tuple(map(str, range(count))))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_sample_loads_as_it_suggests(sample: Sample) -> None:
    images = load(DatasetSpec((f"sample:{sample.name}",)), sample.suggested)
    assert len(images) >= 100
    assert images.shape == sample.suggested.shape
    assert not images.skipped
    assert len(images.held_out) == round(len(images) * 0.1)
    assert images.pixels.std() > 10


def test_one_texture_whole_proposes_patches() -> None:
    with pytest.raises(DataError, match=r"one picture only.*patches"):
        load(DatasetSpec(("sample:gravel",)), Preprocess())


def test_glyphs_are_labelled_varied_and_the_same_each_time() -> None:
    first, labels = draw_glyphs(each=3)
    again, _ = draw_glyphs(each=3)
    other, _ = draw_glyphs(each=3, seed=1)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert labels.tolist() == list(range(36)) * 3
    assert not np.array_equal(first[0], first[36])
    border = np.concatenate([first[:, 0], first[:, -1], first[:, :, 0], first[:, :, -1]], axis=1)
    assert border.mean() < 12  # nearly nothing is cut off


def test_bars_and_stripes_are_each_there_once() -> None:
    bars, labels = draw_bars(4)
    assert len(bars) == len({picture.tobytes() for picture in bars}) == 30
    assert all((picture == picture[:1]).all() for picture in bars[labels == 0])
    assert all((picture == picture[:, :1]).all() for picture in bars[labels == 1])


def test_mean_histogram_and_memory() -> None:
    images = pictures()
    assert np.allclose(mean_picture(images), (images.pixels / 255).mean(axis=0).transpose(1, 2, 0), atol=1e-6)
    some = (images.pixels[[1, 3]] / 255).mean(axis=0).transpose(1, 2, 0)
    assert np.allclose(mean_picture(images, np.array([1, 3])), some, atol=1e-6)
    for bins in (1, 10, 64, 256):
        counts = histogram(images, bins)
        assert counts.shape == (bins,)
        assert counts.sum() == images.pixels.size
    assert histogram(images, 256)[200] == (images.pixels == 200).sum()
    assert memory_bytes(images) >= images.pixels.nbytes


def test_the_pictures_looked_at_are_spread_over_the_set() -> None:
    images = pictures()
    assert sheet_indices(images, 4).tolist() == [0, 10, 19, 29]
    assert sheet_indices(images, 100).tolist() == list(range(30))
