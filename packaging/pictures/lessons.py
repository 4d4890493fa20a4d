"""What a setting of learning does: three short runs that differ in it alone, and what each of them dreams or sees."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from controls import side_by_side
from keep import keep
from PIL import Image
from presets import studio

MOST = 232  # pixels of each picture's side


@dataclass(frozen=True, slots=True)
class Lesson:
    """A setting of a preset, turned; `shown` is the command that draws what was learned, without file and target."""

    name: str
    sample: str
    preset: str
    setting: str
    values: tuple[str, str, str]
    steps: int
    shown: tuple[str, ...]


LETTERS = ("dream", "--grid", "16", "--sweeps", "500", "--seed", "1")
TEXTURE = ("dream", "--size", "220x220", "--sweeps", "200", "--seed", "3")
FILTERS = ("filters",)
LESSONS = (
    Lesson("learned-letters-hidden", "glyphs", "glyphs-rbm", "model.hidden", ("12", "60", "300"), 900, LETTERS),
    Lesson("learned-texture-tile", "gravel", "texture-fast", "model.tile", ("5", "11", "17"), 350, TEXTURE),
    Lesson(
        "learned-texture-deviation", "gravel", "texture-fast", "model.deviation", ("0.15", "0.35", "0.8"), 350, TEXTURE
    ),
    Lesson(
        "learned-texture-scale", "bricks", "texture-fast", "preprocess.patch_scale", ("0.25", "0.5", "1"), 350, TEXTURE
    ),
    Lesson("learned-edges-side", "grass", "photographs-edges", "model.side", ("5", "10", "16"), 500, FILTERS),
    Lesson(
        "learned-edges-sparsity",
        "grass",
        "photographs-edges",
        "training.sparsity_cost",
        ("0", "5", "20"),
        500,
        FILTERS,
    ),
)


def make() -> None:
    for lesson in LESSONS:
        with TemporaryDirectory(prefix="harmonium-") as place:
            shown = [learned(lesson, value, Path(place) / f"{number}") for number, value in enumerate(lesson.values)]
        side = min(min(picture.size) for picture in shown)
        keep(side_by_side([picture.crop((0, 0, side, side)) for picture in shown]), lesson.name)


def learned(lesson: Lesson, value: str, path: Path) -> Image.Image:
    """Return what a run with the setting at this value dreams or sees."""
    project, picture = str(path.with_suffix(".harmonium")), str(path.with_suffix(".png"))
    chosen = ("--data", f"sample:{lesson.sample}", "--preset", lesson.preset, "--steps", str(lesson.steps))
    studio("train", *chosen, "--set", f"{lesson.setting}={value}", "--seed", "1", "--out", project)
    verb, *words = lesson.shown
    studio(verb, project, *words, "-o", picture)
    found = Image.open(picture).convert("L")
    times = max(1, MOST // max(found.size))
    found = found.resize((found.width * times, found.height * times), Image.Resampling.NEAREST)
    return found.crop((0, 0, min(found.width, MOST), min(found.height, MOST)))
