"""Tiles that fit each other: the same borders, other insides, and joints as good as a tile with itself."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from studio.cli import playing
from studio.cli.main import main
from studio.cli.playing import played
from studio.cli.progress import ProgressLine
from studio.data.picture import read_png_text
from studio.lab.seam import seam
from studio.models.chain import GibbsChain
from studio.project.held import Way
from studio.project.picture_recipe import from_text
from tests.unit.cli.small_projects import TILE, texture_project
from tests.unit.cli.test_fill import levels

NAMES = ("tile.png", "tile-2.png", "tile-3.png")


def tiles(folder: Path, *more: str) -> list[NDArray[np.float32]]:
    file = texture_project(folder / "a.harmonium", smooth=True)
    arguments = ["dream", str(file), "-o", str(folder / NAMES[0]), "--variants", "3", "--sweeps", "25", "--seed", "2"]
    assert main([*arguments, "--device", "cpu", *more]) == 0
    return [levels(folder / name).astype(np.float32) for name in NAMES]


def joint(first: NDArray[np.float32], second: NDArray[np.float32], axis: int) -> float:
    """The seam score of the line at which two tiles meet, among the lines inside both."""
    both = np.concatenate([second, first], axis)  # its last line, the end of `first`, meets the begin of `second`
    return seam(both, axis).score


@pytest.mark.parametrize("show", ["mean", "sample"])
@pytest.mark.parametrize("size", ["64x56", "61x57"])
def test_any_two_side_by_side_are_as_continuous_as_a_tile_with_itself(tmp_path: Path, size: str, show: str) -> None:
    found = tiles(tmp_path, "--size", size, "--show", show)
    for axis in (0, 1):
        alone = [seam(tile, axis).score for tile in found]
        for first, second in itertools.product(found, repeat=2):
            score = joint(first, second, axis)
            assert score == pytest.approx(np.mean(alone), rel=0.1)
            assert score < 1.5


@pytest.mark.parametrize("show", ["mean", "sample"])
def test_borders_are_equal_and_insides_are_not(tmp_path: Path, show: str) -> None:
    found = tiles(tmp_path, "--size", "48x40", "--show", show, "--bits", "16")
    inside = (slice(TILE, -TILE), slice(TILE, -TILE))
    border = np.ones(found[0].shape[:2], np.bool_)
    border[inside] = False
    for first, second in itertools.combinations(found, 2):
        assert np.array_equal(first[border], second[border])
        assert np.mean(first[inside] != second[inside]) > 0.9


def test_tiles_of_independent_dreams_would_not_fit(tmp_path: Path) -> None:
    first, *others = tiles(tmp_path, "--size", "64x56")
    (tmp_path / "other").mkdir()
    other = tiles(tmp_path / "other", "--size", "64x56", "--seed", "77")[0]
    for axis in (0, 1):
        assert joint(first, other, axis) > 1.3 * max(joint(first, tile, axis) for tile in others)


def test_a_variant_says_that_it_holds_the_border_of_the_first(tmp_path: Path) -> None:
    tiles(tmp_path, "--size", "48x40")
    assert from_text(read_png_text(tmp_path / NAMES[0])).alone
    for number, name in enumerate(NAMES[1:], 1):
        made = from_text(read_png_text(tmp_path / name))
        assert made.held is not None
        assert (made.held.way, made.held.picture) == (Way.VARIANT, NAMES[0])
        assert made.dream.seed == 2 + number
        assert not made.alone


def test_tiles_without_an_inside_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = texture_project(tmp_path / "a.harmonium")
    arguments = ["dream", str(file), "-o", str(tmp_path / "a.png"), "--size", "40x8", "--variants", "2"]
    assert main([*arguments, "--device", "cpu"]) == 2
    assert "Variants share a border of 4 px, and 40 x 8 px have nothing inside it." in capsys.readouterr().err
    assert not (tmp_path / "a.png").exists()


def test_tiles_whose_sides_do_not_meet_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = texture_project(tmp_path / "a.harmonium")
    arguments = ["dream", str(file), "-o", str(tmp_path / "a.png"), "--size", "40x40", "--variants", "2"]
    assert main([*arguments, "--device", "cpu", "--sweeps", "1", "--seamless", "none"]) == 2
    assert "these meet nowhere" in capsys.readouterr().err
    assert main([*arguments, "--device", "cpu", "--sweeps", "1", "--seamless", "x"]) == 0


def test_tiles_that_are_dreamt_stay_when_a_further_one_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[int] = []

    def stopped(chain: GibbsChain, sweeps: int, line: ProgressLine) -> GibbsChain:
        begun.append(sweeps)
        if len(begun) == 2:
            raise KeyboardInterrupt
        return played(chain, sweeps, line)

    monkeypatch.setattr(playing, "played", stopped)
    file = texture_project(tmp_path / "a.harmonium")
    arguments = ["dream", str(file), "-o", str(tmp_path / NAMES[0]), "--size", "40x40", "--variants", "3"]
    assert main([*arguments, "--sweeps", "2", "--device", "cpu"]) == 130
    assert [(tmp_path / name).exists() for name in NAMES] == [True, True, False]


def test_each_tile_has_its_sheet_of_copies(tmp_path: Path) -> None:
    found = tiles(tmp_path, "--size", "24x20", "--sheet", "2x3")
    for name, tile in zip(NAMES, found, strict=True):
        copies = levels(tmp_path / f"{Path(name).stem}-2x3.png").astype(np.float32)
        assert np.array_equal(copies, np.tile(tile, (3, 2, 1)))
