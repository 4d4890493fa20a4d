"""Where the dreams of a batch go, and what their files could not hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.data.still import read_still_text
from studio.dream.settings import DreamSettings
from studio.project.batch import Batch, Dreamt
from studio.project.batch_files import taker

SHORT, LONG = {"harmonium": "{}"}, {"harmonium": "x" * 70_000}


@pytest.mark.parametrize("name", ["many", "sheet.webp"])
def test_a_recipe_that_is_too_long_for_the_files_is_said_to_be_left_out(tmp_path: Path, name: str) -> None:
    for text, end in ((SHORT, ""), (LONG, "; the recipe is too long for this kind of file and was left out")):
        place = tmp_path / f"{len(end)}-{name}"
        files = taker(place, Batch((3,), (1.0,), 1, DreamSettings()), 1, suffix=".webp")
        files.take(Dreamt(0, "a", DreamSettings(seed=3), np.zeros((40, 60, 1), np.float32), text))
        said = files.end()
        assert said.partition(";")[1] + said.partition(";")[2] == end
        (written,) = [place] if place.suffix else place.iterdir()
        assert read_still_text(written) == ({} if end else text)
