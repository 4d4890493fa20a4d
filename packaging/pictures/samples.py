"""The projects that come with the studio: trained on bundled pictures, kept small, each with a picture of itself."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image, ImageOps

from studio.dream.settings import DreamSettings
from studio.errors import StudioError
from studio.models.spec import Family
from studio.paths import resources
from studio.project.archive import read_project, write_project
from studio.project.presets import preset
from studio.project.recipe import Recipe
from studio.project.sample_projects import SampleProject, sample_projects

CREATED = "2026-11-26T00:00:00+00:00"
PICTURE = 336, 224
MOST_BYTES = 3_000_000


def make() -> None:
    """Train every sample, and keep it without what only training on would need."""
    values = json.loads((resources() / "samples" / "samples.json").read_bytes())
    for sample, value in zip(sample_projects(), values, strict=True):
        with TemporaryDirectory(prefix="harmonium-") as place:
            trained = Path(place) / "trained.harmonium"
            length = ["--steps", str(value["steps"])] if value["steps"] else []
            words = ["--data", f"sample:{value['sample']}", "--preset", value["preset"], "--seed", "1", *length]
            studio("train", *words, "--set", "training.threads=1", "--out", str(trained))
            bundle(sample, value, trained)
    total = sum(path.stat().st_size for path in (resources() / "samples").iterdir())
    print(f"{total / 1000:6.0f} kB of samples together")
    if total > MOST_BYTES:
        raise StudioError(f"The samples hold {total:,} bytes.", f"Keep them under {MOST_BYTES:,}.")


def bundle(sample: SampleProject, value: Mapping[str, Any], trained: Path) -> None:
    """Keep a trained project as a sample; Start trains it anew, as its preset says."""
    project = read_project(trained)
    made = preset(value["preset"])
    recipe = dataclasses.replace(project.recipe, training=made.apply(Recipe()).training, preset=made.name)
    light = dataclasses.replace(
        project, recipe=recipe, state={}, meta={}, lapse={}, thumbnails={}, dream=DreamSettings(**value["dream"])
    )
    write_project(sample.path, light, CREATED)
    draw(sample, made.family)
    for path in (sample.path, sample.picture):
        print(f"{path.stat().st_size / 1000:6.0f} kB {path.name}", flush=True)


def draw(sample: SampleProject, family: Family) -> None:
    """Keep what is best seen of a sample: filters of its last layer, or its dream."""
    path, drawn = str(sample.path), str(sample.picture)
    wide, high = PICTURE
    across, down, whole = 1, 1, (1, 1)
    if family is Family.CONVOLUTIONAL:
        layers = len(read_project(sample.path).recipe.model.layers)  # type: ignore[union-attr]  # a ConvSpec
        studio("filters", path, "--layer", str(layers), "-o", drawn)
        across, down, whole = 3, 2, (5, 5)
    elif family is Family.TEXTURE:
        studio("dream", path, "--size", f"{wide}x{high}", "--temperature", "0.9", "--sweeps", "100", "-o", drawn)
    else:
        studio("dream", path, "--grid", "36", "--sweeps", "500", "--seed", "1", "-o", drawn)
        across, down, whole = 6, 4, (6, 6)
    picture = ImageOps.autocontrast(Image.open(drawn).convert("L"))
    part = picture.crop((0, 0, picture.width * across // whole[0], picture.height * down // whole[1]))
    part.resize(PICTURE, Image.Resampling.LANCZOS).save(drawn, optimize=True)


def studio(*arguments: str) -> None:
    if subprocess.call([sys.executable, "-m", "studio", *arguments]) != 0:
        raise StudioError(f"`harmonium {' '.join(arguments)}` failed.", "Its output says why.")
