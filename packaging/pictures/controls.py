"""What a control does to a picture: low, middle and high, dreamt by the bundled samples."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from keep import keep
from PIL import Image

from studio.errors import StudioError
from studio.paths import resources

GAP = 8
GREY = 0x77


@dataclass(frozen=True, slots=True)
class Control:
    """One option of `dream`, turned on a sample; `other` are the options that stay, `times` enlarges the picture."""

    name: str
    sample: str
    option: str
    values: tuple[str, str, str]
    other: tuple[str, ...]
    times: int = 1


TEXTURE = ("--size", "220x220", "--sweeps", "150", "--seed", "3")
LETTERS = ("--grid", "16", "--seed", "1")
CONTROLS = (
    Control("controls-texture-temperature", "gravel", "--temperature", ("0.3", "0.9", "1.6"), TEXTURE),
    Control(
        "controls-texture-smooth",
        "gravel",
        "--smooth",
        ("0", "0.6", "0.95"),
        ("--size", "220x220", "--sweeps", "12", "--seed", "3", "--temperature", "0.9"),
    ),
    Control(
        "controls-letters-temperature",
        "glyphs",
        "--temperature",
        ("0.5", "1", "1.6"),
        (*LETTERS, "--sweeps", "500"),
        2,
    ),
    Control("controls-letters-sweeps", "glyphs", "--sweeps", ("1", "10", "500"), LETTERS, 2),
)


def make() -> None:
    with TemporaryDirectory(prefix="harmonium-") as place:
        for control in CONTROLS:
            drawn = [
                dreamt(control, value, Path(place) / f"{number}.png") for number, value in enumerate(control.values)
            ]
            keep(side_by_side(drawn), control.name)


def dreamt(control: Control, value: str, path: Path) -> Image.Image:
    project = resources() / "samples" / f"{control.sample}.harmonium"
    words = ["dream", str(project), control.option, value, *control.other, "-o", str(path)]
    if subprocess.call([sys.executable, "-m", "studio", *words]) != 0:
        raise StudioError(f"`harmonium {' '.join(words)}` failed.", "Its output says why.")
    picture = Image.open(path).convert("L")
    return picture.resize((picture.width * control.times, picture.height * control.times), Image.Resampling.NEAREST)


def side_by_side(pictures: list[Image.Image]) -> Image.Image:
    """Return pictures of one size in a row."""
    wide, high = pictures[0].size
    row = Image.new("L", (len(pictures) * (wide + GAP) - GAP, high), GREY)
    for number, picture in enumerate(pictures):
        row.paste(picture, (number * (wide + GAP), 0))
    return row
