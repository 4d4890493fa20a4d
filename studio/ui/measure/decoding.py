"""Pictures of each kind at the limit of their size, read in processes of their own: memory and time at most."""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image

from studio.cli.bench_load import peak
from studio.cli.report import Figure
from studio.data.picture import read_picture
from studio.data.spec import Colour, Preprocess
from studio.errors import StudioError

MOST, SLOWEST = 500.0, 5.0  # megabytes, seconds
WIDTH = 12_000
SEEN = Preprocess(height=32, width=32, colour=Colour.RGB)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file, and the megapixels of it that are read."""

    name: str
    mode: str
    megapixels: int
    options: dict[str, Any] = field(default_factory=dict)


KINDS = (
    Kind("grey.png", "L", 86),
    Kind("colour.png", "RGB", 108),
    Kind("clear.png", "RGBA", 54),
    Kind("palette.png", "P", 86),
    Kind("deep.png", "I;16", 72),
    Kind("plain.jpg", "RGB", 268),
    Kind("cmyk.jpg", "CMYK", 108),
    Kind("progressive.jpg", "RGB", 71, {"progressive": True, "subsampling": 0}),
    Kind("lossy.webp", "RGB", 25, {"method": 0}),
    Kind("lossless.webp", "RGBA", 20, {"lossless": True, "method": 0, "quality": 0}),
    Kind("packed.tif", "RGB", 60, {"compression": "tiff_adobe_deflate"}),
    Kind("plain.tif", "CMYK", 54),
    Kind("a.gif", "P", 86),
    Kind("a.bmp", "RGB", 108),
    Kind("a.ppm", "RGB", 108),
)


def decoding(say: Callable[[str], None]) -> Iterator[tuple[str, Figure]]:
    """Write a picture of each kind, read it, and yield the most that was taken; Windows has no such figures."""
    if sys.platform == "win32":
        return
    peaks, times = [], []
    with TemporaryDirectory(prefix="harmonium-") as folder:
        for kind in KINDS:
            path = Path(folder) / kind.name
            apart(written, path, kind)
            peak, taken = apart(read, path, kind)
            size = path.stat().st_size / 1e6
            path.unlink()
            say(f"{kind.name}: {kind.megapixels} megapixels, file {size:.0f} MB, peak {peak:.0f} MB, {taken:.1f} s")
            peaks.append(peak)
            times.append(taken)
    yield "faults.decode_peak", Figure(max(peaks), "MB", MOST, max(peaks) / MOST)
    yield "faults.decode_slowest", Figure(max(times), "s", SLOWEST, max(times) / SLOWEST)


def apart(work: Callable[[Connection, Path, Kind], None], path: Path, kind: Kind) -> tuple[float, float]:
    """Do something in a new process and return what it sends."""
    chosen = multiprocessing.get_context("spawn")
    hears, tells = chosen.Pipe(duplex=False)
    process = chosen.Process(target=work, args=(tells, path, kind))
    process.start()
    tells.close()
    try:
        heard: tuple[float, float] | str = hears.recv()
    except EOFError:
        heard = f"{kind.name}: the process ended."
    process.join()
    if isinstance(heard, str):
        raise StudioError(heard, "The limits of studio/data/cost.py are too high.")
    return heard


def written(tells: Connection, path: Path, kind: Kind) -> None:
    """Write noise that is as smooth as a photograph."""
    size = WIDTH, kind.megapixels * 1_000_000 // WIDTH
    grey = Image.effect_noise((size[0] // 4, size[1] // 4), 90).resize(size, Image.Resampling.BILINEAR)
    if kind.mode == "I;16":
        picture = Image.new(kind.mode, size)
        for top in range(0, size[1], 64):
            picture.paste(grey.crop((0, top, size[0], top + 64)).convert(kind.mode), (0, top))
    elif len(Image.new(kind.mode, (1, 1)).getbands()) == 1:
        picture = grey.convert(kind.mode)
    else:
        turned = grey.transpose(Image.Transpose.ROTATE_180)
        picture = Image.merge(kind.mode, [grey, turned, grey, turned][: len(kind.mode)])
    picture.save(path, **kind.options)
    tells.send((0.0, 0.0))


def read(tells: Connection, path: Path, kind: Kind) -> None:
    """Read the picture and tell by how much memory grew at most, and how long it took."""
    small = path.with_name(f"small-{kind.name}")
    Image.new("RGB", (64, 64)).convert("RGB" if kind.mode in ("P", "I;16") else kind.mode).save(small)
    try:
        read_picture(small, SEEN)  # whatever is loaded once is
        before, start = peak(), time.perf_counter()
        read_picture(path, SEEN)
        tells.send((peak() - before, time.perf_counter() - start))
    except StudioError as error:
        tells.send(error.message)
    finally:
        small.unlink()
