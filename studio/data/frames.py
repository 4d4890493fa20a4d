"""The frames of a film as a file of the kind that its name tells: an animation, a sprite sheet, numbered pictures."""

from __future__ import annotations

import io
import itertools
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from studio.atomic import check_writable, explained, write_atomically
from studio.data import png
from studio.data.apng import apng
from studio.data.gif import gif
from studio.data.loop import LoopStep, loop_step
from studio.data.packing import Tell, silently
from studio.data.picture import NO_TEXT
from studio.data.still import DEEP, LEFT_OUT, STILLS, as_image, exif, fitting, joined, tiff, with_exif
from studio.data.video import ffmpeg, write_mp4
from studio.errors import DataError, StudioError

Texts = Callable[[int], Mapping[str, str]]  # what the file of each frame says of it

MP4, APNG = ".mp4", ".apng"
ANIMATIONS = (".gif", APNG, ".webp", MP4)
PATTERN = re.compile(r"%0?(\d*)d")
FRAMES_A_SECOND = 25.0
LARGEST_SHEET = 1 << 26  # pixels
LARGEST_ANIMATION = {".gif": 65_535, ".webp": 16_383}


def no_text(_number: int) -> Mapping[str, str]:
    return NO_TEXT


@dataclass(frozen=True, slots=True, eq=False)
class Film:
    """Frames (n, H, W, C) of bytes or 16-bit numbers, C 1 or 3, and how they are shown.

    `across` is how many frames stand in a row of a sprite sheet, 0 for about a
    square; `text` is what one file of all says, `texts` what that of each frame does.
    """

    frames: png.Levels
    per_second: float = FRAMES_A_SECOND
    across: int = 0
    text: Mapping[str, str] = field(default_factory=dict)
    texts: Texts = no_text

    @property
    def milliseconds(self) -> list[int]:
        """How long each frame is shown, whole numbers that add up to the film's own length."""
        ends = [round(1000 * number / self.per_second) for number in range(len(self.frames) + 1)]
        return [end - begin for begin, end in itertools.pairwise(ends)]

    @property
    def columns(self) -> int:
        return min(len(self.frames), self.across or math.ceil(math.sqrt(len(self.frames))))


@dataclass(frozen=True, slots=True)
class Filmed:
    """What was written, in words, and how large the step from the last frame to the first is."""

    words: str
    step: LoopStep

    def loop_words(self, fade: int) -> str:
        """Say how it goes round, the step having been closed over so many frames."""
        over = f"; closed over {fade} frame{'' if fade == 1 else 's'}" if fade else ""
        return f"Loop: {self.step.words}{over}."


def kind_of(path: Path) -> str:
    """Return what a name stands for: animation, sprites or numbered; raises DataError where nothing is."""
    suffix = path.suffix.lower()
    if PATTERN.search(path.name):
        if suffix not in STILLS:
            raise DataError(f"{path.name} should end in {', '.join(STILLS)}.", "Give the files another name.")
        return "numbered"
    if not suffix or path.is_dir():
        return "numbered"
    if suffix in ANIMATIONS:
        return "animation"
    if suffix in DEEP:
        return "sprites"
    raise DataError(
        f"{path.name} should end in {', '.join((*ANIMATIONS, *DEEP))}, hold a number such as %04d, or name a folder.",
        "Give the file another name.",
    )


def check_frames(path: Path, bits: int = 8) -> None:
    """Raise StudioError unless frames could be written there now, as what the name says."""
    kind = kind_of(path)
    if kind == "animation":
        if bits == 16 and path.suffix.lower() != APNG:
            raise DataError(f"{path.name} cannot keep 16 bits a channel.", "Choose APNG, numbered files or 8 bits.")
        if path.suffix.lower() == MP4:
            ffmpeg()
    elif kind == "numbered":
        if bits == 16 and path.suffix.lower() not in ("", *DEEP):
            raise DataError(f"{path.name} cannot keep 16 bits a channel.", "Choose PNG or TIFF, or 8 bits.")
        check_numbered(path)
        return
    check_writable(path)


def check_numbered(path: Path) -> None:
    if PATTERN.search(path.name):
        check_writable(named(path, 1, 1))
        there = numbered_already(path)
        if there:
            raise DataError(f"{there[0].name} is there already.", "Choose another name, or move those files away.")
        return
    if path.is_dir() and any(path.iterdir()):
        raise DataError(f"The folder {path.name} is not empty.", "Choose a new folder, or empty this one.")
    if path.exists() and not path.is_dir():
        raise DataError(f"{path.name} is a file, not a folder.", "Choose another name.")
    check_writable(path / "0001.png" if path.is_dir() else path)


def numbered_already(path: Path) -> list[Path]:
    """Return the files that such a name with %d stands for: new frames would mix with those of an older film."""
    found = PATTERN.search(path.name)
    assert found is not None
    before, after = path.name[: found.start()], path.name[found.end() :]
    every = (other for other in path.parent.iterdir() if other.name.startswith(before) and other.name.endswith(after))
    return sorted(other for other in every if other.name[len(before) : len(other.name) - len(after)].isdecimal())


def named(path: Path, number: int, count: int) -> Path:
    """Return the file of one frame: in a folder, or where the name says %d."""
    if not PATTERN.search(path.name):
        return path / f"{number:0{max(4, len(str(count)))}}.png"
    found = PATTERN.search(path.name)
    digits = int(found.group(1) or 1) if found else 1
    return path.with_name(PATTERN.sub(f"{number:0{digits}}", path.name, count=1))


def write_film(path: Path, film: Film, tell: Tell = silently) -> Filmed:
    """Write frames as what the name says, telling how far it is.

    Raises StudioError where that fails; of numbered files what was written is kept.
    """
    check_frames(path, 8 * film.frames.dtype.itemsize)
    count, height, width = film.frames.shape[:3]
    seconds = f"{count / film.per_second:.1f} s"
    words = f"{count:,} frames of {width} x {height} px"
    kind = kind_of(path)
    if kind == "animation":
        write_animation(path, film, tell)
        words = f"{words}, {seconds}"
    elif kind == "sprites":
        down = -(-count // film.columns)
        words = f"{words}, {film.columns} across and {down} down without gaps"
        write_levels(path, sprites(film.frames, film.columns), film.text)
    else:
        words = f"{words} as numbered files{write_numbered(path, film, tell)}"
    return Filmed(words, loop_step(film.frames))


def write_animation(path: Path, film: Film, tell: Tell) -> None:
    suffix, frames = path.suffix.lower(), film.frames
    longest = max(frames.shape[1:3])
    if longest > LARGEST_ANIMATION.get(suffix, longest):
        raise DataError(f"{path.name} cannot have sides of {longest:,} px.", "Choose numbered files.")
    text = film.text
    if suffix == MP4:
        write_mp4(path, as_bytes(frames), 1000 / film.per_second, tell)
    elif suffix == ".gif":
        write_atomically(path, gif(as_bytes(frames), film.milliseconds, as_json(text), tell))
    elif suffix == APNG:
        write_atomically(path, apng(frames, film.milliseconds, text, tell))
    else:
        write_atomically(path, animated_webp(as_bytes(frames), film.milliseconds, text, tell))


def as_bytes(frames: png.Levels) -> NDArray[np.uint8]:
    """Return frames that are known to be of bytes as such."""
    return frames.astype(np.uint8, copy=False)


def animated_webp(
    frames: png.Levels, milliseconds: Sequence[int], text: Mapping[str, str], tell: Tell = silently
) -> memoryview:
    """Return frames of bytes as an animated WebP, which begins again after its end."""
    options: dict[str, Any] = {"exif": exif(as_json(text))} if text else {}

    def images_of() -> Iterator[Image.Image]:
        for number, frame in enumerate(frames):
            tell(number, len(frames))
            yield as_image(frame).convert("RGB")

    images = images_of()
    first, held = next(images), io.BytesIO()
    first.save(
        held, "WEBP", save_all=True, append_images=images, duration=list(milliseconds), loop=0, quality=90, **options
    )
    return held.getbuffer()


def as_json(text: Mapping[str, str]) -> str:
    return json.dumps(dict(text)) if text else ""


def sprites(frames: png.Levels, columns: int) -> png.Levels:
    """Return frames (n, H, W, C) side by side without gaps, row after row; what is left over is black."""
    count, height, width, channels = frames.shape
    rows = -(-count // columns)
    if rows * height * columns * width > LARGEST_SHEET:
        raise DataError(
            f"A sprite sheet of {columns * width} x {rows * height} px is too large to be written.",
            "Take fewer frames, or a smaller canvas.",
        )
    sheet = np.zeros((rows * columns, height, width, channels), frames.dtype)
    sheet[:count] = frames
    return np.ascontiguousarray(
        sheet.reshape(rows, columns, height, width, channels)
        .transpose(0, 2, 1, 3, 4)
        .reshape(rows * height, columns * width, channels)
    )


def write_numbered(path: Path, film: Film, tell: Tell) -> str:
    """Write each frame as a file, and return a remark on what those could not hold, nothing where they held all.

    On a full disk or in a folder that vanishes what was written is kept, and named.
    """
    count, whole = len(film.frames), True
    if not PATTERN.search(path.name) and not path.is_dir():
        try:
            path.mkdir()
        except OSError as error:
            raise explained(error, path, 0) from error
    for number, frame in enumerate(film.frames, 1):
        try:
            whole &= write_levels(named(path, number, count), frame, film.texts(number - 1))
        except StudioError as error:
            raise cut_short(error, [named(path, done, count) for done in range(1, number)], count) from error
        tell(number, count)
    return joined("" if whole else LEFT_OUT)


def cut_short(error: StudioError, written: Sequence[Path], count: int) -> StudioError:
    """Return the sentence for a series of files that ended too soon: which of them there are."""
    there = [path for path in written if path.exists()]
    if not there:
        return error
    first, last = there[0].name, there[-1].name
    names = first if len(there) == 1 else f"{first} to {last}"
    kept = f"{len(there)} of {count} files are written and kept: {names}, in {there[0].parent}"
    return StudioError(f"{error.message.rstrip('.')}; {kept}.", error.hint)


def write_levels(path: Path, frame: png.Levels, text: Mapping[str, str]) -> bool:
    """Write (H, W, C) whole numbers as a still of their own depth, in the kind that the name tells.

    Returns whether it had room for the text.
    """
    suffix, described = path.suffix.lower(), as_json(text)
    if suffix == ".png":
        write_atomically(path, png.encode(frame, text))
    elif suffix in DEEP:
        write_atomically(path, tiff(frame, described, text.get("Software", "")))
    else:
        write_atomically(path, with_exif(frame, suffix, fitting(described)))
        return fitting(described) == described
    return True
