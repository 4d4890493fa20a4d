"""Exemplars beside their dreams, for the manual: what the texture machine does well, and what not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from keep import keep
from PIL import Image

from studio.errors import StudioError

STEPS = {"texture": 2000, "texture-colour": 900}
SETS = {
    "textures/brodatz": (
        "texture",
        ("D1", "D3", "D4", "D6", "D9", "D20", "D21", "D49", "D68", "D102", "D105", "D109"),
    ),
    "textures/dtd": (
        "texture-colour",
        ("banded_0002", "braided_0081", "bubbly_0038", "chequered_0017", "chequered_0062", "cracked_0104"),
    ),
    "textures/colour": ("texture-colour", ("water", "ink-1")),
}
LONG = "textures/dtd", "texture-colour", ("banded_0011", "braided_0002", "braided_0070", "cracked_0118")
FINE = "textures/brodatz", "texture-fine", ("D1", "D102", "D68")
SIDE, GAP, COLUMNS = 150, 6, 4


def make(folder: Path | None, pairs: Path | None) -> None:
    """Keep a sheet of twenty pairs, and two of those that learn for their presets' whole time: colours, three scales.

    Those that `pairs` already holds are not learned again.
    """
    if folder is None and pairs is None:
        print("textures: left out, they need --data DIR")
        return
    with TemporaryDirectory(prefix="harmonium-") as place:
        where = pairs or Path(place)
        for name, (preset, chosen) in SETS.items():
            if folder is not None:
                learn(folder / name, preset, chosen, where, "--set", f"training.steps={STEPS[preset]}")
        keep(sheet([where / f"{each}.png" for _, chosen in SETS.values() for each in chosen]), "textures-twenty")
        for (name, preset, chosen), own, out in (
            (LONG, where, "textures-colour"),
            (FINE, where / "fine", "textures-fine"),
        ):
            own.mkdir(parents=True, exist_ok=True)
            if folder is not None:
                learn(folder / name, preset, chosen, own)
            keep(sheet([own / f"{each}.png" for each in chosen]), out)


def learn(folder: Path, preset: str, names: tuple[str, ...], where: Path, *more: str) -> None:
    """Learn those of which there is no pair yet."""
    missing = [each for each in names if not (where / f"{each}.png").exists()]
    if not missing:
        return
    words = ["bench", "textures", "--data", str(folder), "--out", str(where / "table.jsonl"), "--preset", preset]
    words += [*more, "--pictures", str(where), "--only", *missing]
    if subprocess.call([sys.executable, "-m", "studio", *words]) != 0:
        raise StudioError(f"`harmonium {' '.join(words)}` failed.", "Its output says why.")


def sheet(files: list[Path]) -> Image.Image:
    """Lay pairs of picture and dream side by side in rows."""
    columns = min(COLUMNS, len(files))
    wide, rows = 2 * SIDE + GAP, -(-len(files) // columns)
    whole = Image.new("RGB", (columns * (wide + GAP) - GAP, rows * (SIDE + GAP) - GAP), (48, 48, 48))
    for number, file in enumerate(files):
        row, column = divmod(number, columns)
        pair = halves(Image.open(file).convert("RGB"))
        for place, half in enumerate(pair):
            whole.paste(half, (column * (wide + GAP) + place * (SIDE + GAP // 3), row * (SIDE + GAP)))
    return whole


def halves(pair: Image.Image) -> tuple[Image.Image, Image.Image]:
    """Return the picture and the dream of a pair, the same square corner of each."""
    half = pair.width // 2
    side = min(SIDE, half - GAP, pair.height - 2 * GAP)
    first, second = (pair.crop((left, GAP, left + side, GAP + side)) for left in (GAP, half + GAP))
    return first.resize((SIDE, SIDE)), second.resize((SIDE, SIDE))
