"""Small real pictures for tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw


def write(folder: Path, count: int = 12, size: tuple[int, int] = (32, 24), seed: int = 0) -> list[Path]:
    """Write `count` different colour PNG files of `size` (width, height) and return them in name order."""
    random = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for index in range(count):
        ground, first, second = (tuple(int(value) for value in colour) for colour in random.integers(0, 256, (3, 3)))
        picture = Image.new("RGB", size, ground)
        draw = ImageDraw.Draw(picture)
        x, y = (int(random.integers(0, side // 2)) for side in size)
        draw.rectangle((x, y, x + size[0] // 3, y + size[1] // 3), fill=first)
        draw.ellipse((y, x // 2, y + size[1] // 2, x // 2 + size[1] // 2), fill=second)
        path = folder / f"picture-{index:02d}.png"
        picture.save(path)
        paths.append(path)
    return paths
