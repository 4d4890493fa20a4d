"""What each preset learns and dreams, by the command line that the manual shows."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from keep import keep
from PIL import Image

from studio.cli.filters import times
from studio.errors import StudioError
from studio.models.spec import CodeSpec, ConvSpec, Family
from studio.paths import resources
from studio.project.presets import Preset, presets

SETS = {
    "digits-rbm": "mnist",
    "faces-rbm": "orl-faces",
    "art-rbm": "art/mondrian",
    "texture-rbm": "textures/brodatz/D6.png",
    "photographs-edges": "natural-images/kyoto",
    "photographs-parts": "natural-images/kyoto",
    "art-colour": "art/kandinsky",
    "digits-cdbn": "mnist",
    "faces-cdbn": "orl-faces",
    "faces-pooled": "orl-faces",
    "art-ae-rbm": "art/mondrian",
    "faces-ae-rbm": "orl-faces",
    "digits-dae": "mnist",
    "digits-16": "mnist",
    "digits-500": "mnist",
    "digits-features": "mnist",
    "art-vae": "art/mondrian",
    "texture-fast": "textures/brodatz/D21.png",
    "texture": "textures/brodatz/D6.png",
    "texture-fine": "textures/brodatz/D20.png",
    "texture-colour": "textures/dtd/braided_0081.jpg",
    "texture-pooled": "textures/brodatz/D49.png",
}
INSTEAD = {
    "digits-rbm": "sample:glyphs",
    "photographs-edges": "sample:bricks",
    "photographs-parts": "sample:bricks",
    "art-colour": "sample:photographs",
    "digits-16": "sample:glyphs",
    "digits-500": "sample:glyphs",
}  # presets that name no bundled set of their own
SMALL_ONLY = {
    "art-vae": (),
    "digits-16": (),
    "digits-500": ("--epochs", "8"),
    "digits-features": (),
    "texture-fast": (),
    "texture": (),
    "texture-fine": ("--seconds", "300"),
    "texture-colour": (),
    "texture-pooled": (),
    "faces-pooled": (),
}  # presets of which the manual shows nothing but their small picture, and how long one learns for it
SIDE = 8  # filters in a row, and rows of them
DREAMS, WIDE_DREAMS, WIDE = 36, 16, 100
LONGEST = 640  # pixels of a saved picture's side
SEED = "1"
THUMBNAIL = 96
FEW_FILTERS = 16  # as if the sheet had so many: its corner of two by two parts of that
SHADES = 96  # of hidden units drawn down to pixels, whose soft shades would fill a picture file


def data_of(preset: Preset, folder: Path | None) -> str:
    """Return the pictures a preset is shown on."""
    wanted = folder / SETS[preset.name] if folder is not None and preset.name in SETS else None
    if wanted is not None and wanted.exists():
        return str(wanted)
    return f"sample:{preset.sample}" if preset.sample else INSTEAD[preset.name]


def make(folder: Path | None, only: Sequence[str]) -> None:
    """Train every preset at its own length, or those named in `only`, and keep its dreams and filters."""
    for preset in presets():
        if only and preset.name not in only:
            continue
        draw = {Family.RBM: picture_of, Family.CONVOLUTIONAL: filters_of, Family.CODES: codes_of}.get(preset.family)
        if preset.name in SMALL_ONLY or draw is None:
            draw = small_of
        with TemporaryDirectory(prefix="harmonium-") as place:
            draw(preset, data_of(preset, folder), Path(place))


def small_of(preset: Preset, data: str, place: Path) -> None:
    """Keep the small picture alone: a piece of a texture, dreams in a grid, or the filters of what does not dream."""
    project, picture = (str(place / name) for name in ("p.harmonium", "picture.png"))
    studio("train", "--data", data, "--preset", preset.name, "--seed", SEED, "--out", project, *SMALL_ONLY[preset.name])
    count = 4
    if preset.family is Family.TEXTURE or preset.name == "texture-pooled":
        studio("dream", project, "--size", "160x160", "--sweeps", "500", "--seed", SEED, "-o", picture)
    elif preset.name == "faces-pooled":
        count = 16
        own = ("--size", f"{preset.preprocess.width}x{preset.preprocess.height}", "--seamless", "none")
        studio("dream", project, *own, "--grid", str(count), "--sweeps", "500", "--seed", SEED, "-o", picture)
    elif preset.family is Family.CONVOLUTIONAL:
        studio("filters", project, "-o", picture)
        count = FEW_FILTERS
    else:
        count = 16
        studio("dream", project, "--grid", str(count), "--sweeps", "500", "--seed", SEED, "-o", picture)
    thumbnail(Image.open(picture), count).save(resources() / "presets" / f"{preset.name}.png")


def filters_of(preset: Preset, data: str, place: Path) -> None:
    assert isinstance(preset.model, ConvSpec)
    project, filters = (str(place / name) for name in ("p.harmonium", "filters.png"))
    studio("train", "--data", data, "--preset", preset.name, "--seed", SEED, "--out", project)
    for layer in range(1, len(preset.model.layers) + 1):
        studio("filters", project, "--layer", str(layer), "-o", filters)
        keep(enlarged(Image.open(filters)), f"{preset.name}-filters" if layer == 1 else f"{preset.name}-layer-{layer}")
        thumbnail(Image.open(filters), FEW_FILTERS).save(resources() / "presets" / f"{preset.name}.png")


def codes_of(preset: Preset, data: str, place: Path) -> None:
    """Keep the dreams and the hidden units' pictures of a machine over codes; of an autoencoder alone its filters."""
    assert isinstance(preset.model, CodeSpec)
    if preset.model.hidden:
        picture_of(preset, data, place, layer=2)
        return
    project, filters = (str(place / name) for name in ("p.harmonium", "filters.png"))
    studio("train", "--data", data, "--preset", preset.name, "--seed", SEED, "--out", project)
    studio("filters", project, "-o", filters)
    sheet = Image.open(filters)
    side = times(preset.preprocess.width) * (SIDE * (preset.preprocess.width + 1) + 1)
    corner = sheet.crop((0, 0, min(side, sheet.width), min(side, sheet.height)))
    keep(enlarged(corner), f"{preset.name}-filters")
    thumbnail(corner, SIDE * SIDE).save(resources() / "presets" / f"{preset.name}.png")


def picture_of(preset: Preset, data: str, place: Path, layer: int = 1) -> None:
    project, dream, filters = (str(place / name) for name in ("p.harmonium", "dream.png", "filters.png"))
    wide = preset.preprocess.width >= WIDE
    studio("train", "--data", data, "--preset", preset.name, "--seed", SEED, "--out", project)
    count = str(WIDE_DREAMS if wide else DREAMS)
    studio("dream", project, "--grid", count, "--sweeps", "500", "--seed", SEED, "-o", dream)
    studio("filters", project, "--layer", str(layer), "-o", filters)
    keep(enlarged(Image.open(dream)), f"{preset.name}-dream")
    thumbnail(Image.open(dream), WIDE_DREAMS if wide else DREAMS).save(resources() / "presets" / f"{preset.name}.png")
    side = SIDE // 2 if wide else SIDE
    shown = preset.preprocess.width, preset.preprocess.height
    across, down = (times(max(shown)) * (side * (part + 1) + 1) for part in shown)
    sheet = Image.open(filters)
    corner = enlarged(sheet.crop((0, 0, min(across, sheet.width), min(down, sheet.height))))
    keep(corner.quantize(SHADES) if layer > 1 else corner, f"{preset.name}-filters")


def studio(*arguments: str) -> None:
    if subprocess.call([sys.executable, "-m", "studio", *arguments]) != 0:
        raise StudioError(f"`harmonium {' '.join(arguments)}` failed.", "Its output says why.")


def enlarged(picture: Image.Image) -> Image.Image:
    """Return a picture at the largest whole multiple that is small enough to keep."""
    longest = max(picture.size)
    times = max(1, LONGEST // longest)
    return picture.resize((picture.width * times, picture.height * times), Image.Resampling.NEAREST)


def thumbnail(dreams: Image.Image, count: int) -> Image.Image:
    """Return the first dreams of a grid of `count`, two by two, as the small picture of a preset."""
    side = round(2 / count**0.5 * min(dreams.size))
    corner = dreams.crop((0, 0, side, side))
    return corner.convert("RGB").resize((THUMBNAIL, THUMBNAIL), Image.Resampling.LANCZOS)
