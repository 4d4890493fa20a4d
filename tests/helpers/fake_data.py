"""Pictures, filters and curves that look like a run's, drawn from fixed seeds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from studio.jobs.feed import Point
from studio.jobs.frames import FilterDetail, FilterFrame, LayerMaps, MapsFrame, publish

METRICS = (
    "reconstruction_error",
    "reconstruction_error_held_out",
    "pseudo_likelihood",
    "free_energy_gap",
    "mean_activity",
    "dead_units",
    "weight_norm",
    "learning_rate",
)


def sealed(array: NDArray[np.float32]) -> NDArray[np.float32]:
    return publish(np.asarray(array, np.float32))


def strokes(count: int, side: int, channels: int, seed: int = 0) -> NDArray[np.float32]:
    """Return (count, side, side, channels) pictures in 0..1: dark and coloured bars on warm white."""
    generator = np.random.default_rng(seed)
    pictures = np.full((count, side, side, channels), 0.93, np.float32)
    hues = np.array([[0.1, 0.1, 0.12], [0.8, 0.2, 0.15], [0.9, 0.7, 0.2], [0.25, 0.35, 0.6]], np.float32)
    for picture in pictures:
        for _ in range(6):
            hue = hues[generator.integers(len(hues))]
            ink = hue if channels == 3 else hue[:1]
            width = int(generator.integers(1, max(2, side // 8) + 1))
            start = int(generator.integers(0, side))
            bar = slice(start, start + width)
            if generator.random() < 0.5:
                picture[bar] = 0.3 * picture[bar] + 0.7 * ink
            else:
                picture[:, bar] = 0.3 * picture[:, bar] + 0.7 * ink
    noise = 0.03 * generator.standard_normal(pictures.shape)
    return np.clip(pictures + noise, 0, 1).astype(np.float32)


def gabors(count: int, side: int, channels: int, seed: int = 1) -> NDArray[np.float32]:
    """Return (count, side, side, channels) oriented edges in weight units, around zero."""
    generator = np.random.default_rng(seed)
    axis = np.linspace(-1, 1, side)
    y, x = np.meshgrid(axis, axis, indexing="ij")
    sheet = np.zeros((count, side, side, channels), np.float32)
    for item in sheet:
        angle, phase = generator.uniform(0, np.pi), generator.uniform(0, 2 * np.pi)
        cx, cy = generator.uniform(-0.4, 0.4, 2)
        along = (x - cx) * np.cos(angle) + (y - cy) * np.sin(angle)
        across = -(x - cx) * np.sin(angle) + (y - cy) * np.cos(angle)
        wave = np.exp(-(along**2) * 9 - across**2 * 3) * np.cos(8 * along + phase)
        item[:] = (wave[..., None] * generator.uniform(0.3, 1.2)).astype(np.float32)
    return sheet


def filter_frame(count: int, side: int, channels: int, step: int) -> FilterFrame:
    filters = gabors(count, side, channels)
    norms = np.sqrt((filters**2).sum(axis=(1, 2, 3)))
    activity = np.random.default_rng(2).beta(1.5, 8, count)
    return FilterFrame("hidden", step, sealed(filters), sealed(norms), sealed(activity.astype(np.float32)))


def filter_detail(index: int, side: int, channels: int) -> FilterDetail:
    activations = np.linspace(0.97, 0.62, 10)
    histogram = (1000 * np.exp(-np.linspace(0, 5, 20))).astype(np.int64)
    weights = gabors(index + 1, side, channels)[index]
    return FilterDetail(
        "hidden",
        index,
        sealed(weights),
        sealed(strokes(10, side, channels)),
        sealed(activations.astype(np.float32)),
        histogram,
        0.04,
    )


def maps_frame(counts: Sequence[int], index: int, count: int) -> MapsFrame:
    """Return sparse maps of layers that halve their side, over a picture of 48 px."""
    generator = np.random.default_rng(4)
    layers = []
    for number, filters in enumerate(counts, 1):
        maps = (0.8 * generator.random((filters, 40 >> number, 40 >> number)) ** 6).astype(np.float32)
        most, mean = sealed(maps.max(axis=(1, 2))), sealed(maps.mean(axis=(1, 2)))
        layers.append(LayerMaps(f"layer {number}", sealed(maps), most, mean, 9 << number, 1 << number))
    name = f"wall {index:03d}.jpg" if count else "dropped.png"
    return MapsFrame(name, sealed(strokes(1, 48, 3)[0]), 1, tuple(layers), index if count else -1, count)


def points(count: int) -> list[Point]:
    """Return `count` points of each metric, settling as a run's do."""
    generator = np.random.default_rng(3)
    time = np.linspace(0, 1, count)
    fall = 0.018 + 0.05 * np.exp(-6 * time)
    shapes = (
        fall,
        fall + 0.004 * time,
        -180 + 120 * (1 - np.exp(-5 * time)),
        2.0 * time,
        0.12 - 0.04 * time,
        0.1 * time,
        3 + 9 * np.sqrt(time),
        np.minimum(0.05, 0.1 * (1 - time)),
    )
    result: list[Point] = []
    for name, shape in zip(METRICS, shapes, strict=True):
        noisy = shape + generator.normal(0, 0.02 * float(np.ptp(shape)), count)
        result += [(name, 50 * step, float(value)) for step, value in enumerate(noisy)]
    return result
