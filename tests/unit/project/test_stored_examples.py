"""A project of each format, as the version of then wrote it: read, told of, played, saved and mended today."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch

from studio.dream.begin import begin
from studio.dream.settings import DreamSettings
from studio.models.spec import RbmSpec, TiledSpec
from studio.project.archive import read_project, write_project
from studio.project.hashing import model_hash
from studio.project.info import read_info
from studio.project.migrations import FORMAT
from studio.project.repair import repaired
from studio.project.trained import open_trained

STORED = Path(__file__).parents[2] / "data"
EXAMPLES = sorted(STORED.glob("format-*.harmonium"))

# Reads each, and prints whether torch was loaded for it.
TELL = """
import sys
from pathlib import Path
from studio.cli.main import main
assert all(main(["info", path]) == 0 for path in sys.argv[1:])
print("torch" in sys.modules)
"""


def number(path: Path) -> int:
    with zipfile.ZipFile(path) as archive:
        return int(json.loads(archive.read("manifest.json"))["format"])


def test_there_is_one_of_every_format() -> None:
    assert [number(path) for path in EXAMPLES] == list(range(1, FORMAT + 1))
    assert [path.stem for path in EXAMPLES] == [f"format-{found}" for found in range(1, FORMAT + 1)]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_it_is_read_played_saved_and_mended(path: Path, tmp_path: Path) -> None:
    project = read_project(path)
    assert isinstance(project.recipe.model, TiledSpec if number(path) < 3 else RbmSpec)
    assert project.runs[0].steps == 3
    assert read_info(path)["recipe"] == project.recipe.to_dict()
    opened = open_trained(project, "cpu")
    chain = begin(opened.model, DreamSettings(seed=1), "cpu")
    with torch.no_grad():
        chain.step(2)
        assert np.isfinite(opened.to_pictures(chain.mean())).all()
    write_project(tmp_path / "now.harmonium", project)
    again = read_project(tmp_path / "now.harmonium")
    assert number(tmp_path / "now.harmonium") == FORMAT
    assert model_hash(again.weights) == model_hash(project.weights)
    assert set(again.state) == set(project.state)
    mended = repaired(path)
    assert mended.lost == ()
    assert model_hash(mended.project.weights) == model_hash(project.weights)


def test_all_are_told_of_without_torch() -> None:
    found = subprocess.run(
        [sys.executable, "-c", TELL, *map(str, EXAMPLES)], capture_output=True, text=True, check=False
    )
    assert found.stdout.splitlines()[-1] == "False", found.stderr
