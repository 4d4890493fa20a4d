"""What is fuzzed: each reader of the studio, fed with bytes, and small sound files to begin with."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import os
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from studio.data.load import load
from studio.data.peek import peek
from studio.data.picture import read_picture, read_png_text
from studio.data.png import encode
from studio.data.spec import Colour, DatasetSpec, Preprocess
from studio.dream.settings import DreamSettings
from studio.errors import StudioError
from studio.project.archive import read_project, to_bytes
from studio.project.info import read_info
from studio.project.picture_recipe import KEY, PictureRecipe, from_text, to_text
from studio.project.presets import presets
from studio.project.recipe import Recipe
from studio.project.repair import repaired
from studio.project.trained import open_trained
from tests.unit.data.files import idx_bytes, noise
from tests.unit.project.conftest import CREATED, small_project
from tests.unit.project.zips import consistent, zipped

SEEN = Preprocess(height=4, width=4, colour=Colour.RGB)
FOLDER = Path(tempfile.mkdtemp(prefix="harmonium-fuzz-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
PICTURES = ("png", "jpeg", "gif", "webp", "bmp", "tiff", "ppm")
MODES = ("RGB", "L", "P", "CMYK", "I;16", "RGBA", "1")


@dataclass(frozen=True, slots=True)
class Reader:
    """A door that files come in by; `feed` raises nothing whatever it is given."""

    feed: Callable[[bytes], None]
    sound: Callable[[], list[bytes]]


def by_every_door(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    spec = DatasetSpec((str(path),))
    for read in (lambda: load(spec, SEEN), lambda: peek(spec), lambda: read_picture(path, SEEN)):
        with contextlib.suppress(StudioError):
            read()


def feed_picture(data: bytes) -> None:
    by_every_door(FOLDER / "a.png", data)


def feed_idx(data: bytes) -> None:
    by_every_door(FOLDER / "train-images-idx3-ubyte", data)
    by_every_door(FOLDER / "train-images-idx3-ubyte.gz", gzip.compress(data, 1))


def feed_npy(data: bytes) -> None:
    by_every_door(FOLDER / "a.npy", data)


def feed_npz(data: bytes) -> None:
    by_every_door(FOLDER / "a.npz", data)
    by_every_door(FOLDER / "b.npz", zipped({"x.npy": data}))


def feed_project(data: bytes) -> None:
    path = FOLDER / "a.harmonium"
    path.write_bytes(data)
    for read in (read_project, read_info, repaired):
        with contextlib.suppress(StudioError):
            read(path)


def feed_member(data: bytes) -> None:
    """Put bytes in place of one member of a sound project, with checksums that fit, and play what opens."""
    members = dict(sound_members())
    names = sorted(name for name in members if name != "manifest.json")
    members[names[data[0] % len(names) if data else 0]] = data[1:]
    path = FOLDER / "b.harmonium"
    path.write_bytes(zipped(consistent(members)))
    for read in (read_info, repaired):
        with contextlib.suppress(StudioError):
            read(path)
    with contextlib.suppress(StudioError), torch.no_grad():
        model = open_trained(read_project(path), "cpu")
        model.to_pictures(torch.zeros(1, *model.model.shape))


def feed_recipe(data: bytes) -> None:
    with contextlib.suppress(StudioError, ValueError, RecursionError):  # the latter two of what is no JSON
        Recipe.from_dict(json.loads(data.decode("utf-8", "replace")))


def feed_text(data: bytes) -> None:
    path = FOLDER / "c.png"
    path.write_bytes(data)
    with contextlib.suppress(StudioError):
        from_text(read_png_text(path))
    with contextlib.suppress(StudioError):
        from_text({KEY: data.decode("utf-8", "replace")})


@cache
def sound_members() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(bytes(to_bytes(small_project(), CREATED)))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def sound_pictures() -> list[bytes]:
    found = []
    colours = Image.fromarray(np.random.default_rng(1).integers(0, 256, (9, 7, 3), np.uint8))
    for kind in PICTURES:
        for mode in MODES:
            buffer = io.BytesIO()
            with contextlib.suppress(OSError, ValueError):  # not every kind has every mode
                colours.convert("L" if mode == "I;16" else mode).convert(mode).save(buffer, kind)
                found.append(buffer.getvalue())
    return found


def sound_arrays(pack: bool) -> list[bytes]:
    found = []
    for kind in (np.uint8, np.float32, np.bool_, np.int64):
        buffer = io.BytesIO()
        pictures = (noise(4) > 127).astype(kind)
        if pack:
            np.savez_compressed(buffer, x=pictures, y=np.arange(4))
        else:
            np.save(buffer, pictures)
        found.append(buffer.getvalue())
    return found


def sound_texts() -> list[bytes]:
    text = to_text(PictureRecipe(Recipe(), "0" * 64, DreamSettings(), 3))
    return [text[KEY].encode(), bytes(encode(np.zeros((2, 3, 3), np.uint8), text))]


def sound_recipes() -> list[bytes]:
    return [json.dumps(preset.apply(Recipe()).to_dict()).encode() for preset in presets()]


def sound_idx() -> list[bytes]:
    return [idx_bytes(noise(4)), idx_bytes(np.arange(4, dtype=np.uint8))]


def sound_npz() -> list[bytes]:
    return sound_arrays(True) + sound_arrays(False)


def sound_projects() -> list[bytes]:
    return [bytes(to_bytes(small_project(), CREATED))]


def sound_member() -> list[bytes]:
    members = sound_members()
    names = sorted(name for name in members if name != "manifest.json")
    return [bytes([number]) + members[name] for number, name in enumerate(names)]


READERS = {
    "picture": Reader(feed_picture, sound_pictures),
    "idx": Reader(feed_idx, sound_idx),
    "npy": Reader(feed_npy, lambda: sound_arrays(False)),
    "npz": Reader(feed_npz, sound_npz),
    "project": Reader(feed_project, sound_projects),
    "member": Reader(feed_member, sound_member),
    "recipe": Reader(feed_recipe, sound_recipes),
    "text": Reader(feed_text, sound_texts),
}


def write_sound(name: str, folder: Path) -> None:
    """Write the sound files of a reader, for a fuzzer to begin with."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(READERS[name].sound()):
        (folder / f"sound-{number}").write_bytes(data)


def resident() -> int:
    """Return the megabytes this process holds."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") >> 20
