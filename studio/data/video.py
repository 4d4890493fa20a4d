"""MP4 films, written by ffmpeg."""

from __future__ import annotations

import contextlib
import errno
import importlib
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.atomic import explained
from studio.data.packing import Tell, silently
from studio.errors import StudioError

Bytes = NDArray[np.uint8]

QUALITY = "16"  # of x264: what the eye no longer tells from the frames themselves


def ffmpeg() -> str:
    """Return the program that writes films; raises StudioError when there is none."""
    try:
        found: str = importlib.import_module("imageio_ffmpeg").get_ffmpeg_exe()
        return found
    except (ImportError, RuntimeError):
        pass
    on_path = shutil.which("ffmpeg")
    if on_path is None:
        raise StudioError(
            "MP4 films are written by ffmpeg, which is not installed.",
            "Install harmonium-studio[video], or choose GIF, APNG, WebP or numbered files.",
        )
    return on_path


def write_mp4(path: Path, frames: Bytes, milliseconds: float, tell: Tell = silently) -> None:
    """Write frames (n, H, W, C) of bytes, C 1 or 3, as a film that is whole or not there.

    Sides that are odd are made even by repeating the last line of pixels. Raises
    StudioError when ffmpeg is missing or fails; an older file stays as it was.
    """
    target = Path(os.path.realpath(path))
    temporary = target.parent / f".harmonium-{secrets.token_hex(6)}.mp4"
    height, width = (side + side % 2 for side in frames.shape[1:3])
    form = "gray" if frames.shape[3] == 1 else "rgb24"
    command = [ffmpeg(), "-hide_banner", "-loglevel", "error", "-nostdin", "-y"]
    command += ["-f", "rawvideo", "-pix_fmt", form, "-s", f"{width}x{height}", "-r", f"{1000 / milliseconds:.6f}"]
    command += ["-i", "pipe:0", "-an", "-c:v", "libx264", "-crf", QUALITY, "-pix_fmt", "yuv420p"]
    command += ["-movflags", "+faststart", str(temporary)]
    try:
        said = fed(command, even(frames, tell))
        if said is not None:
            raise failure(said, path)
        try:
            with temporary.open("rb+") as file:
                os.fsync(file.fileno())
            temporary.replace(target)
        except OSError as error:
            raise explained(error, path, 0) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def fed(command: list[str], frames: Iterator[Bytes]) -> str | None:
    """Run ffmpeg on frames; returns what it complained of, or None when all went well."""
    with tempfile.TemporaryFile() as said:
        try:
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=said, stderr=said)
        except OSError as error:
            return str(error.strerror or error)
        assert process.stdin is not None
        try:
            for frame in frames:
                process.stdin.write(frame.tobytes())
        except BrokenPipeError:  # it has given up, and says why
            pass
        except BaseException:  # whoever is told may have had enough
            process.kill()
            process.communicate()
            raise
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        status = process.wait()
        said.seek(0)
        return said.read().decode("utf-8", "replace") if status else None


def failure(said: str, path: Path) -> StudioError:
    """Return the sentence for what ffmpeg complained of."""
    if os.strerror(errno.ENOSPC) in said:
        return explained(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), path, 0)
    if os.strerror(errno.ENOENT) in said and not path.parent.is_dir():
        return explained(OSError(errno.ENOENT, os.strerror(errno.ENOENT)), path, 0)
    lines = said.strip().splitlines() or ["no reason given"]
    return StudioError(f"{path.name} could not be filmed by ffmpeg: {lines[-1].strip()}.", "Choose another format.")


def even(frames: Bytes, tell: Tell) -> Iterator[Bytes]:
    """Yield frames with even sides, the last row and column repeated where they are odd."""
    odd = [(0, side % 2) for side in frames.shape[1:3]]
    for number, frame in enumerate(frames):
        tell(number, len(frames))
        yield np.pad(frame, [*odd, (0, 0)], mode="edge") if any(more for _, more in odd) else frame
