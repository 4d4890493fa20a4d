"""The recipe in a picture, held against the model at hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.data.picture import write_png
from studio.data.still import write_still
from studio.dream.settings import DreamSettings, Start
from studio.errors import StudioError
from studio.project.hashing import model_hash
from studio.project.held import Held, Way
from studio.project.picture_recipe import KEY, PictureRecipe, to_text
from studio.project.recipe import Recipe
from studio.project.recipe_found import Difference, differences, find_recipe

WEIGHTS = {"weights": np.arange(6, dtype=np.float32)}
MADE = PictureRecipe(Recipe(), model_hash(WEIGHTS), DreamSettings(seed=7, temperature=0.8), 40)


def picture(path: Path, made: PictureRecipe) -> Path:
    write_png(path, np.zeros((4, 5, 3), np.float32), to_text(made))
    return path


def test_it_is_ours_where_the_model_drew_it(tmp_path: Path) -> None:
    path = picture(tmp_path / "dream.png", MADE)
    found = find_recipe(path, WEIGHTS)
    assert found is not None
    assert (found.made, found.ours, found.restores) == (MADE, True, True)
    other = find_recipe(path, {"weights": np.zeros(6, np.float32)})
    assert other is not None
    assert not other.restores
    nobody = find_recipe(path, {})
    assert nobody is not None
    assert not nobody.ours


@pytest.mark.parametrize("suffix", [".tif", ".webp", ".jpg"])
def test_every_kind_of_file_that_carries_a_recipe_is_read(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"dream{suffix.upper()}"
    assert write_still(path, np.zeros((4, 5, 3), np.float32), to_text(MADE)) == ""
    found = find_recipe(path, WEIGHTS)
    assert found is not None
    assert (found.made, found.ours, found.restores) == (MADE, True, True)


@pytest.mark.parametrize(
    "made", [replace(MADE, held=Held(Way.PAINTED, "")), replace(MADE, start=Start.PICTURE, picture="face.png")]
)
def test_what_needs_more_than_the_seed_is_not_restored(tmp_path: Path, made: PictureRecipe) -> None:
    found = find_recipe(picture(tmp_path / "dream.png", made), WEIGHTS)
    assert found is not None
    assert found.ours
    assert not found.restores


def test_pictures_without_one(tmp_path: Path) -> None:
    write_png(tmp_path / "plain.png", np.zeros((4, 5, 3), np.float32))
    Image.new("RGB", (4, 4)).save(tmp_path / "plain.jpg")
    Image.new("RGB", (4, 4)).save(tmp_path / "plain.tif")
    Image.new("L", (4, 4)).save(tmp_path / "plain.gif")
    for kind in ("png", "jpg", "tif", "gif"):
        assert find_recipe(tmp_path / f"plain.{kind}", WEIGHTS) is None


def test_hostile_text_is_refused(tmp_path: Path) -> None:
    write_png(tmp_path / "bad.png", np.zeros((4, 5, 3), np.float32), {KEY: "[" * 100_000})
    with pytest.raises(StudioError):
        find_recipe(tmp_path / "bad.png", WEIGHTS)


def test_differences_are_told_by_name() -> None:
    now = DreamSettings(seed=7, chains=4)
    assert differences(now, MADE) == (Difference("chains", 4, 1), Difference("temperature", 1.0, 0.8))
    assert differences(MADE.dream, MADE) == ()
