"""Several pictures in order: a sheet, an animation, or a folder of numbered files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.atomic import check_writable, explained, write_atomically
from studio.data.apng import apng
from studio.data.frames import animated_webp
from studio.data.gif import gif
from studio.data.picture import levels, write_png
from studio.data.sheet import grid
from studio.data.video import ffmpeg, write_mp4
from studio.errors import DataError

Values = NDArray[np.float32]

SHEET = ".png"
MP4 = ".mp4"
ANIMATED = (".gif", ".webp", ".apng", MP4)
MILLISECONDS = 40  # a frame
ACROSS = 12  # frames in a row of a sheet, at most


def check_sequence(path: Path) -> None:
    """Raise StudioError unless pictures could be written there now, as what the name says."""
    suffix = path.suffix.lower()
    if suffix not in ("", SHEET, *ANIMATED):
        raise DataError(
            f"{path.name} should end in {', '.join((SHEET, *ANIMATED))}, or be the name of a folder.",
            "Give the file another name.",
        )
    if suffix == MP4:
        ffmpeg()
    if not suffix and path.is_dir():
        if any(path.iterdir()):
            raise DataError(f"The folder {path.name} is not empty.", "Choose a new folder, or empty this one.")
        path = path / numbered(1, 1)
    elif not suffix and path.exists():
        raise DataError(f"{path.name} is a file, not a folder.", "Choose another name.")
    check_writable(path)


def write_sequence(path: Path, pictures: Values) -> str:
    """Write pictures (n, H, W, C) in 0..1 and return what was made of them, in words.

    The name tells: .png is a sheet, .gif, .webp, .apng and .mp4 an animation, and
    a name without an ending a folder of numbered PNG files.
    """
    check_sequence(path)
    suffix = path.suffix.lower()
    height, width = pictures.shape[1:3]
    what = f"{len(pictures):,} frames of {width} x {height} px"
    if suffix == SHEET:
        write_png(path, grid(pictures, ACROSS, gap=max(1, width // 64)))
        return f"{what} in one sheet"
    if suffix == MP4:
        write_mp4(path, levels(pictures, 255).astype(np.uint8), MILLISECONDS)
    elif suffix:
        write_atomically(path, animated(pictures, suffix))
    if suffix:
        return f"{what}, {len(pictures) * MILLISECONDS / 1000:.1f} s"
    try:
        path.mkdir(exist_ok=True)
    except OSError as error:
        raise explained(error, path, 0) from error
    for number, picture in enumerate(pictures, 1):
        write_png(path / numbered(number, len(pictures)), picture)
    return f"{what} as numbered files"


def numbered(number: int, count: int) -> str:
    return f"{number:0{max(4, len(str(count)))}}{SHEET}"


def animated(pictures: Values, suffix: str) -> bytes | memoryview:
    """Return an animation of pictures (n, H, W, C) that begins again after its end."""
    whole = levels(pictures, 255).astype(np.uint8)
    shown = [MILLISECONDS] * len(whole)
    if suffix == ".gif":
        return gif(whole, shown)
    return apng(whole, shown, {}) if suffix == ".apng" else animated_webp(whole, shown, {})
