"""What is told of the other families: textures by their dreams, convolutional ones by their filters, codes by codes."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from studio.data.load import load
from studio.data.picture import write_png
from studio.data.spec import Colour, DatasetSpec, Preprocess
from studio.jobs.evaluation import Section, Sheet
from studio.project import judge_fill, judge_texture
from studio.project.archive import read_project
from studio.project.evaluate import ALONE
from studio.project.judge_fill import FILLS
from studio.project.judge_rbm import CONFIDENCE, FIT
from studio.project.judge_texture import FILTERS, SEAM, SIMILARITY
from studio.project.trained import Trained, open_trained
from tests.unit.cli import small_projects
from tests.unit.lab.textures import noise
from tests.unit.project.small_runs import pictures
from tests.unit.project.test_evaluate import sections, values


def opened(path: Path) -> Trained:
    return open_trained(read_project(path), "cpu")


def test_textures_are_judged_by_their_dreams(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge_texture, "SIDE", 24)
    monkeypatch.setattr(judge_texture, "CANVASES", 2)
    monkeypatch.setattr(judge_texture, "SWEEPS", 3)
    trained = opened(small_projects.texture_project(tmp_path / "wall.harmonium"))
    picture = tmp_path / "wall.png"
    write_png(picture, noise(60, 240, 7, 3))
    recipe = dataclasses.replace(trained.recipe, data=DatasetSpec((str(picture),)))
    images = load(recipe.data, recipe.preprocess)
    found = sections(dataclasses.replace(trained, recipe=recipe), images)
    assert list(found) == [SIMILARITY, SEAM]
    similarity = values(found[SIMILARITY])
    assert similarity["texture.tss_floor"] <= similarity["texture.tss_ceiling"] <= 1
    assert 0 < similarity["texture.contrast"] < 3
    assert "of what the real texture reaches" in found[SIMILARITY].verdict
    assert values(found[SEAM])["seam.score"] > 0
    small = dataclasses.replace(images, bands=(8,))
    assert "too few" in sections(dataclasses.replace(trained, recipe=recipe), small)[SIMILARITY].verdict
    without = sections(dataclasses.replace(trained, recipe=recipe), None)
    assert without[SIMILARITY].verdict.startswith("Left out.")
    assert without[SEAM].findings  # it needs no picture


def test_convolutional_models_are_judged_by_their_filters(tmp_path: Path) -> None:
    found = sections(opened(small_projects.conv_project(tmp_path / "edges.harmonium")), None)
    assert list(found) == [FILTERS, FILLS]
    assert 0 <= values(found[FILTERS])["gabor.share"] <= 1
    assert "of the filters are oriented edges" in found[FILTERS].verdict


@pytest.mark.parametrize("hidden", [0, 6])
def test_codes_are_judged_where_an_rbm_dreams_them(
    tmp_path: Path, hidden: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judge_fill, "SWEEPS", 3)
    spec = dataclasses.replace(small_projects.CODES, hidden=hidden, beta=0.0 if hidden else 0.1)
    data = DatasetSpec(("here",))
    trained = opened(small_projects.codes_project(tmp_path / "codes.harmonium", data, spec))
    seen = Preprocess(height=12, width=14, colour=Colour.RGB)
    images = dataclasses.replace(
        pictures(trained.recipe),
        preprocess=seen,
        pixels=np.random.default_rng(0).integers(0, 256, (30, 3, 12, 14), np.uint8),
    )
    found = sections(trained, images)
    assert all(isinstance(section, Section) for section in found.values())
    assert list(found) == ([f"{FIT}, of codes", f"{CONFIDENCE}, of codes", FILLS] if hidden else [ALONE])
    if hidden:
        assert values(found[FILLS])["fill.psnr"] > 0
        assert "fit.gap" in values(found[f"{FIT}, of codes"])
        drawing = found[f"{CONFIDENCE}, of codes"].drawing
        assert isinstance(drawing, Sheet)
        assert "of the 6 strongest hidden units" in drawing.words
        assert drawing.pixels.shape[2] == 1
        assert 0 < drawing.pixels.mean() < 1
