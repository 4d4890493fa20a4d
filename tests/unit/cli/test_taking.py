"""What `dream` takes away: kinds of pictures, frames, batches, maps, and bad input in one sentence."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image, ImageSequence

from studio import atomic
from studio.cli.main import main
from studio.data.still import read_still_text
from studio.dream.begin import begin
from studio.dream.record import forked
from studio.dream.settings import DreamSettings
from studio.project.archive import read_project
from studio.project.picture_recipe import from_text
from studio.project.trained import open_trained
from tests.unit.cli.small_projects import conv_project, photograph, rbm_project, texture_project


@pytest.fixture
def wall(tmp_path: Path) -> str:
    return str(texture_project(tmp_path / "wall.harmonium"))


def dream(*words: object) -> int:
    return main(["dream", *(str(word) for word in words), "--device", "cpu"])


def read(path: Path) -> NDArray[np.uint8]:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def test_every_kind_of_picture_shows_the_same(wall: str, tmp_path: Path) -> None:
    for suffix in ("png", "tif", "webp", "jpg"):
        assert dream(wall, "--sweeps", 3, "--size", "16x12", "--seed", 4, "-o", tmp_path / f"a.{suffix}") == 0
        found = from_text(read_still_text(tmp_path / f"a.{suffix}"))
        assert (found.sweeps, found.dream.seed, found.dream.width) == (3, 4, 16)
    assert np.array_equal(read(tmp_path / "a.png"), read(tmp_path / "a.tif"))
    assert np.array_equal(read(tmp_path / "a.png"), read(tmp_path / "a.webp"))
    assert np.abs(read(tmp_path / "a.png").astype(int) - read(tmp_path / "a.jpg")).mean() < 12
    assert dream(wall, "--sweeps", 3, "--size", "16x12", "--seed", 4, "--bits", 16, "-o", tmp_path / "b.tif") == 0
    deep = tifffile.imread(tmp_path / "b.tif")
    trained = open_trained(read_project(Path(wall)), "cpu")
    chain = begin(trained.model, DreamSettings(seed=4, width=16, height=12), "cpu")
    chain.step(3)
    wanted = np.rint(np.clip(trained.to_pictures(chain.mean())[0], 0, 1) * np.float32(65535))
    assert deep.dtype == np.uint16
    assert np.array_equal(deep, wanted.astype(np.uint16))


def test_what_was_dreamt_is_opaque_and_what_was_held_is_not(wall: str, tmp_path: Path) -> None:
    held = photograph(tmp_path / "held.png", (8, 6))
    words = [wall, "--grow", held, "--size", "20x16", "--at", "2,3", "--sweeps", 2, "--alpha"]
    assert dream(*words, "dreamt", "-o", tmp_path / "a.tif", "--bits", 16) == 0
    found = tifffile.imread(tmp_path / "a.tif")
    mask = np.full((16, 20), 65535)
    mask[3:9, 2:10] = 0
    assert np.array_equal(found[..., 3], mask)
    assert dream(*words, "held", "-o", tmp_path / "a.png") == 0
    with Image.open(tmp_path / "a.png") as image:
        assert image.mode == "RGBA"
        assert np.array_equal(np.asarray(image)[..., 3], 255 - mask // 257)
    assert dream(wall, "--alpha", "held", "-o", tmp_path / "b.png") == 2


def test_frames_are_the_dream_after_each_so_many_sweeps(
    wall: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [wall, "--size", "16x12", "--seed", 2, "--sweeps", 3]
    frames = ["--frames", 4, "--every", 2]
    assert dream(*words, *frames, "-o", tmp_path / "way") == 0
    said = capsys.readouterr().out
    assert "4 frames of 16 x 12 px as numbered files." in said
    assert "Loop: the last frame differs from the first by " in said
    files = sorted((tmp_path / "way").iterdir())
    assert [path.name for path in files] == ["0001.png", "0002.png", "0003.png", "0004.png"]
    for number, path in enumerate(files):
        assert from_text(read_still_text(path)).sweeps == 3 + 2 * number
        alone = tmp_path / f"alone-{number}.png"
        assert dream(wall, "--size", "16x12", "--seed", 2, "--sweeps", 3 + 2 * number, "-o", alone) == 0
        assert np.array_equal(read(path), read(alone))
    assert dream(*words, *frames, "-o", tmp_path / "a.apng", "--fps", 10) == 0
    with Image.open(tmp_path / "a.apng") as image:
        found = [np.asarray(one.convert("RGB")) for one in ImageSequence.Iterator(image)]
    assert np.array_equal(np.stack(found), np.stack([read(path) for path in files]))
    assert dream(*words, *frames, "-o", tmp_path / "a.tif", "--columns", 2) == 0
    assert np.array_equal(tifffile.imread(tmp_path / "a.tif")[12:, :16], read(files[2]))


def test_a_closed_loop_ends_near_where_it_begins(wall: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for loop in ([], ["--loop"]):
        words = [wall, "--size", "16x12", "--frames", 8, "--every", 1, "--smooth", 0.9, "--show", "sample"]
        assert dream(*words, *loop, "-o", tmp_path / "a.gif") == 0
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("Loop")]
    turns = [float(line.split("first by ")[1].split(" %")[0]) for line in told]
    assert turns[1] < turns[0]
    assert told[1].endswith("; closed over 2 frames.")
    with Image.open(tmp_path / "a.gif") as image:
        assert image.n_frames == 8  # type: ignore[attr-defined]  # GIFs have frames


def test_a_fork_goes_on_as_its_chain_will(wall: str) -> None:
    trained = open_trained(read_project(Path(wall)), "cpu")
    chain = begin(trained.model, DreamSettings(width=16, height=12), "cpu")
    chain.step(2)
    twin = forked(chain)
    twin.step(3)
    chain.step(3)
    assert twin.sweeps == chain.sweeps == 5
    assert np.array_equal(twin.sample().numpy(), chain.sample().numpy())


def test_a_batch_has_every_seed_at_every_temperature(
    wall: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [wall, "--size", "16x12", "--sweeps", 2, "--seeds", "3,5-6", "--temperatures", ".5,1"]
    assert dream(*words, "-o", tmp_path / "many") == 0
    assert "6 pictures in many." in capsys.readouterr().out
    names = sorted(path.name for path in (tmp_path / "many").iterdir())
    assert names[:2] == ["seed-0003-temperature-0.5.png", "seed-0003-temperature-1.0.png"]
    assert len(names) == 6
    alone = tmp_path / "alone.png"
    plain = [wall, "--size", "16x12", "--sweeps", 2, "--seed", 5, "--temperature", 0.5]
    assert dream(*plain, "-o", alone) == 0
    one = tmp_path / "many" / "seed-0005-temperature-0.5.png"
    assert np.array_equal(read(one), read(alone))
    assert read_still_text(one) == read_still_text(alone)
    assert dream(*words, "-o", tmp_path / "sheet.png") == 0
    assert "6 pictures, 3 across for the seeds and 2 down for the temperatures." in capsys.readouterr().out
    sheet = read(tmp_path / "sheet.png")
    assert sheet.shape == (2 * 14 + 2, 3 * 18 + 2, 3)
    assert np.array_equal(sheet[2:14, 20:36], read(alone))


def test_a_batch_by_several_models_names_them(wall: str, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = texture_project(tmp_path / "other" / "wall.harmonium", smooth=True)
    words = [wall, "--size", "16x12", "--sweeps", 1, "--seeds", "1-2", "--models", other]
    assert dream(*words, "-o", tmp_path / "many") == 0
    names = sorted(path.name for path in (tmp_path / "many").iterdir())
    assert names == [f"wall{mark}-seed-000{seed}-temperature-1.0.png" for mark in ("-2", "") for seed in (1, 2)]
    alone = tmp_path / "alone.png"
    assert dream(other, "--size", "16x12", "--sweeps", 1, "--seed", 2, "-o", alone) == 0
    assert read_still_text(tmp_path / "many" / names[1]) == read_still_text(alone)
    assert dream(*words, "-o", tmp_path / "sheet.tif", "--bits", 16) == 0
    assert tifffile.imread(tmp_path / "sheet.tif").shape == (30, 38, 3)


class FullAfter:
    """A disk with room for so many files; before it is full, something may be done."""

    def __init__(self, files: int, instead: Path | None = None) -> None:
        self.left, self.instead = files, instead
        self._real = atomic.write_through

    def __call__(self, temporary: Path, data: bytes | memoryview, mode: int | None) -> None:
        self.left -= 1
        if self.left < 0 and self.instead is None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if self.left < 0 and self.instead is not None:
            shutil.rmtree(self.instead, ignore_errors=True)
        self._real(temporary, data, mode)


def test_a_disk_that_fills_in_mid_batch_keeps_and_names_what_is_written(
    wall: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(atomic, "write_through", FullAfter(2))
    out = tmp_path / "many"
    assert dream(wall, "--size", "16x12", "--sweeps", 1, "--seeds", "1-4", "-o", out) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "the disk is full" in said
    assert "2 of 4 files are written and kept: seed-0001-temperature-1.0.png to seed-0002-temperature-1.0.png" in said
    assert len(list(out.iterdir())) == 2


def test_a_folder_that_vanishes_in_mid_batch_is_one_sentence(
    wall: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "many"
    monkeypatch.setattr(atomic, "write_through", FullAfter(2, instead=out))
    assert dream(wall, "--size", "16x12", "--sweeps", 1, "--seeds", "1-4", "-o", out) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "cannot be saved: there is no folder" in said
    assert "Traceback" not in said
    assert not out.exists()


@pytest.mark.parametrize("project", [texture_project, conv_project])
def test_maps_lie_beside_the_picture(project: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = project(tmp_path / "a.harmonium")  # type: ignore[operator]  # either function
    words = [file, "--size", "24x20", "--sweeps", 2, "-o", tmp_path / "wall.png", "--bits", 16]
    assert dream(*words, "--height-map", "--id-map", "--filter-maps") == 0
    count = len(list(tmp_path.glob("wall-filter-*.png")))
    assert count == open_trained(read_project(file), "cpu").model.layers()[0][1]
    assert f"Saved {count + 2} maps, wall-height.png to wall-ids.png." in capsys.readouterr().out
    every = np.stack([deep(path) for path in sorted(tmp_path.glob("wall-filter-*.png"))])
    ids = deep(tmp_path / "wall-ids.png")
    assert ids.shape == (20, 24)
    strongest = np.take_along_axis(every, ids[None].astype(int), 0)[0]
    assert np.array_equal(strongest, every.max(0))
    if project is conv_project:
        assert np.array_equal(deep(tmp_path / "wall-height.png"), deep(tmp_path / "wall.png"))
    assert from_text(read_still_text(tmp_path / "wall-ids.png")).sweeps == 2


def deep(path: Path) -> NDArray[np.uint16]:
    with Image.open(path) as image:
        assert image.mode == "I;16"
        return np.asarray(image)


def test_bad_input_is_one_sentence(wall: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rbm = str(rbm_project(tmp_path / "rbm.harmonium"))
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a").write_text("")
    png = tmp_path / "a.png"
    cases = {
        "a.bmp should end in .png, .tif": [wall, "-o", tmp_path / "a.bmp"],
        "a.jpg cannot keep 16 bits": [wall, "--bits", 16, "-o", tmp_path / "a.jpg"],
        "--every is about frames": [wall, "--every", 2, "-o", png],
        "--loop is about frames": [wall, "--loop", "-o", png],
        "--columns is about sprite sheets": [wall, "--frames", 2, "--columns", 2, "-o", tmp_path / "a.gif"],
        "Only animations and films have a speed": [wall, "--frames", 2, "--fps", 9, "-o", png],
        "frames cannot be 1.": [wall, "--frames", 1, "-o", tmp_path / "a.gif"],
        "--fps cannot be 0.": [wall, "--frames", 2, "--fps", 0, "-o", tmp_path / "a.gif"],
        "--frames and --seeds and --temperatures cannot be had": [wall, "--frames", 2, "--seeds", 1, "-o", png],
        "--models takes part in a batch": [wall, "--models", rbm, "-o", png],
        "Several models dream a batch from noise only.": [
            *(wall, "--models", rbm, "--seeds", 1, "--start", tmp_path / "x.png", "-o", png)
        ],
        "Each seed would begin from a data picture": [wall, "--seeds", "1-2", "--start", "data", "-o", png],
        "--seed and --seeds both": [wall, "--seed", 1, "--seeds", 1, "-o", png],
        "'x' names no seeds.": [wall, "--seeds", "x", "-o", png],
        "8-1 are no seeds.": [wall, "--seeds", "8-1", "-o", png],
        "'warm' names no temperatures.": [wall, "--temperatures", "warm", "-o", png],
        "temperature cannot be 90": [wall, "--temperatures", "90", "-o", png],
        "A batch has 4,096 dreams at most.": [wall, "--seeds", "1-4000", "--temperatures", "1,2", "-o", png],
        "The folder full is not empty.": [wall, "--seeds", "1", "-o", tmp_path / "full"],
        "its filters see whole pictures": [rbm, "--id-map", "-o", png],
        "Nothing is held, so there is nothing to be transparent by.": [wall, "--alpha", "held", "-o", png],
        "A sheet of 512 x 512 copies, 131,072 x 131,072 px, cannot be saved.": [wall, "--sheet", "512x512", "-o", png],
        "Maps are those of one chain.": [wall, "--id-map", "--grid", 2, "-o", tmp_path / "grid.png"],
        "there is no folder": [wall, "--frames", 2, "-o", tmp_path / "none" / "a.gif"],
        "dream pictures of different sizes.": [wall, "--seeds", "1", "--models", rbm, "--sweeps", 1, "-o", png],
    }
    for sentence, words in cases.items():
        assert dream(*words) == 2, sentence
        said = capsys.readouterr().err
        assert sentence in " ".join(said.split()), said
        assert len(said.splitlines()) >= 2
    assert not (tmp_path / "grid.png").exists(), "it is said before anything is dreamt"


def test_too_many_frames_for_the_memory_are_refused_with_a_remedy(
    wall: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("studio.cli.taking.free_bytes", lambda: 2_000_000)
    assert dream(wall, "--size", "256x256", "--frames", 6, "-o", tmp_path / "a.gif", "--sweeps", 1) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "6 frames of 256 x 256 px need 1.2 MB of memory, and 1.0 MB may be taken." in said
    assert "Take fewer frames" in said
