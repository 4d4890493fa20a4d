"""The small model that dreams when the window first opens: bricks at three scales, from a bundled photograph."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from studio.dream.settings import DreamSettings
from studio.errors import StudioError
from studio.paths import resources
from studio.project.archive import read_project, write_project
from studio.project.presets import preset
from studio.project.recipe import Recipe

STEPS = 8000
CREATED = "2026-11-27T00:00:00+00:00"
DREAM = DreamSettings(temperature=0.85, width=440, height=308, seed=9)  # cooler than learned: joints stay whole
WORDS = ("train", "--data", "sample:bricks", "--preset", "texture", "--set", "model.levels=3", "--seed", "1")


def make() -> None:
    """Train it, and keep it without what only training on would need."""
    with TemporaryDirectory(prefix="harmonium-") as place:
        path = Path(place) / "bricks.harmonium"
        words = [*WORDS, "--set", "training.threads=1", "--steps", str(STEPS), "--out", str(path)]
        if subprocess.call([sys.executable, "-m", "studio", *words]) != 0:
            raise StudioError(f"`harmonium {' '.join(words)}` failed.", "Its output says why.")
        bundle(path)


def bundle(path: Path) -> None:
    """Keep a trained project as the first model; Start trains it anew, as long as its preset says."""
    project = read_project(path)
    training = preset("texture").apply(Recipe()).training
    recipe = dataclasses.replace(project.recipe, training=training)
    light = dataclasses.replace(project, recipe=recipe, state={}, meta={}, runs=(), lapse={}, dream=DREAM)
    write_project(resources() / "models" / "first.harmonium", light, CREATED)
