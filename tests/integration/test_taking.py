"""Things are taken away in the window's session, with real threads: bit by bit as by the command line."""

from __future__ import annotations

import errno
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image, ImageSequence
from pytestqt.qtbot import QtBot

from studio import atomic
from studio.cli.main import main
from studio.data.still import read_still_text
from studio.dream.mixer import Mixer
from studio.dream.settings import DreamSettings, Start
from studio.dream.strokes import Stroke
from studio.dream.take import Alpha, Take
from studio.jobs.status import PlayerState, RunState
from studio.project.batch import Batch
from studio.project.map_files import MapWish
from studio.session.notices import Notice
from studio.session.session import Session
from studio.session.taking import Grabbed, TaskInfo
from tests.integration.listener import Listener
from tests.unit.cli.small_projects import photograph, rbm_project, texture_project

WAIT = 30_000
Wait = Callable[[Callable[[], bool]], None]
PLAIN = DreamSettings(width=16, height=12, seed=6)


@pytest.fixture
def wait(qtbot: QtBot) -> Wait:
    return lambda seen: qtbot.waitUntil(seen, timeout=WAIT)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return texture_project(tmp_path / "wall.harmonium")


@pytest.fixture
def still(session: Session, heard: Listener, wait: Wait, project: Path) -> Session:
    """A session in which a small texture model has taken three sweeps from its seed and stands still."""
    session.open_project(project)
    wait(lambda: session.player is PlayerState.PLAYING)
    session.pause_dream()
    session.set_dream(PLAIN)
    session.restart_dream(session.start_of_dream[0])
    heard.frames.clear()
    for _ in range(3):
        session.sweep_once()
    wait(lambda: bool(heard.dreams()) and heard.dreams()[-1].sweep == 3)
    return session


def said(heard: Listener, wait: Wait, words: str) -> str:
    """Wait for a notice with these words, and return all that it says."""
    wait(lambda: any(words in notice.message for notice in heard.notices))
    notice = next(notice for notice in heard.notices if words in notice.message)
    return f"{notice.message} {notice.hint}"


def dream(*words: object) -> None:
    assert main(["dream", *(str(word) for word in words), "--device", "cpu"]) == 0


def read(path: Path) -> NDArray[np.uint8]:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


@pytest.mark.parametrize("suffix", ["png", "tif", "webp"])
def test_both_doors_write_the_same_picture(
    still: Session, heard: Listener, wait: Wait, project: Path, tmp_path: Path, suffix: str
) -> None:
    still.export_dream(tmp_path / f"window.{suffix}")
    said(heard, wait, f"Saved window.{suffix}.")
    dream(project, "--size", "16x12", "--seed", 6, "--sweeps", 3, "-o", tmp_path / f"line.{suffix}")
    assert np.array_equal(read(tmp_path / f"window.{suffix}"), read(tmp_path / f"line.{suffix}"))
    assert read_still_text(tmp_path / f"window.{suffix}") == read_still_text(tmp_path / f"line.{suffix}")


@pytest.mark.parametrize("loop", [False, True])
def test_both_doors_write_the_same_film(
    still: Session, heard: Listener, wait: Wait, project: Path, tmp_path: Path, loop: bool
) -> None:
    still.take_film(tmp_path / "window.gif", Take(6, 2, loop))
    told = said(heard, wait, "Saved window.gif.")
    assert "6 frames of 16 x 12 px, 0.2 s. Loop: the last frame differs from the first by " in told
    assert ("closed over 1 frame." in told) is loop
    words = ["--frames", 6, "--every", 2, *(["--loop"] if loop else [])]
    dream(project, "--size", "16x12", "--seed", 6, "--sweeps", 3, *words, "-o", tmp_path / "line.gif")
    assert (tmp_path / "window.gif").read_bytes() == (tmp_path / "line.gif").read_bytes()
    wait(lambda: still.tasks == ())


def test_a_playing_dream_goes_on_beside_its_film(
    still: Session, heard: Listener, wait: Wait, project: Path, tmp_path: Path
) -> None:
    still.play()
    still.take_film(tmp_path / "way", Take(12, 3, bits=16))
    heard.frames.clear()
    said(heard, wait, "Saved way.")
    wait(lambda: len(heard.dreams()) > 2)
    files = sorted((tmp_path / "way").iterdir())
    assert len(files) == 12
    text = read_still_text(files[0])["harmonium"]
    sweeps = int(text.split('"sweeps":')[1].split(",")[0])
    dream(project, "--size", "16x12", "--seed", 6, "--sweeps", sweeps + 33, "--bits", 16, "-o", tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes() == files[-1].read_bytes()


def test_batches_queue_behind_one_another_and_tell_how_far_they_are(
    still: Session, heard: Listener, wait: Wait, project: Path, tmp_path: Path
) -> None:
    seen: list[tuple[TaskInfo, ...]] = []
    still.tasks_changed.connect(seen.append)
    batch = Batch((1, 2, 3), (0.5, 1.0), 4, PLAIN)
    still.take_batch(tmp_path / "many", batch)
    still.take_batch(tmp_path / "sheet.tif", batch, bits=16)
    assert [task.name for task in still.tasks] == ["many", "sheet.tif"]
    assert "6 pictures in many." in said(heard, wait, "Saved many.")
    assert "3 across for the seeds and 2 down" in said(heard, wait, "Saved sheet.tif.")
    wait(lambda: still.tasks == ())
    assert any(task.done for tasks in seen for task in tasks)
    words = [project, "--size", "16x12", "--sweeps", 4, "--seeds", "1-3", "--temperatures", ".5,1"]
    dream(*words, "-o", tmp_path / "line")
    for path in (tmp_path / "line").iterdir():
        assert path.read_bytes() == (tmp_path / "many" / path.name).read_bytes()
    dream(*words, "--bits", 16, "-o", tmp_path / "line.tif")
    assert np.array_equal(tifffile.imread(tmp_path / "line.tif"), tifffile.imread(tmp_path / "sheet.tif"))


def test_several_models_dream_the_same_in_both_doors(
    still: Session, heard: Listener, wait: Wait, project: Path, tmp_path: Path
) -> None:
    other = texture_project(tmp_path / "stones.harmonium", smooth=True)
    plain = DreamSettings(width=56, height=48)
    still.take_batch(tmp_path / "window.png", Batch((1, 2), (1.0,), 2, plain), (other,))
    said(heard, wait, "Saved window.png.")
    words = ["--size", "56x48", "--sweeps", 2, "--seeds", "1-2", "--models", other]
    dream(project, *words, "-o", tmp_path / "line.png")
    assert (tmp_path / "window.png").read_bytes() == (tmp_path / "line.png").read_bytes()
    still.hold_picture(str(photograph(tmp_path / "held.png", (6, 4))))
    still.take_batch(tmp_path / "held", Batch((1,), (1.0,), 2, plain), (other,))
    said(heard, wait, "Several models dream a batch from noise only.")
    still.take_batch(tmp_path / "odd", Batch((1,), (1.0,), 2, plain))
    said(heard, wait, "What is held lies on a canvas of another size.")
    still.take_batch(tmp_path / "one", Batch((1,), (1.0,), 2, still.dream))
    said(heard, wait, "Saved one.")
    (path,) = (tmp_path / "one").iterdir()
    held = read(tmp_path / "held.png")
    assert np.array_equal(read(path)[4:8, 5:11], held)


def test_a_batch_mixes_units_as_the_canvas_does(still: Session, heard: Listener, wait: Wait, tmp_path: Path) -> None:
    still.set_mixer(Mixer().with_muted(range(4), True).with_gain(range(4, 8), 2.0))
    still.restart_dream(Start.NOISE)
    heard.frames.clear()
    for _ in range(3):
        still.sweep_once()
    wait(lambda: bool(heard.dreams()) and heard.dreams()[-1].sweep == 3)
    still.take_batch(tmp_path / "many", Batch((6,), (1.0,), 3, PLAIN))
    assert "its recipe brings back the settings, not every pixel" in said(heard, wait, "Saved many.")
    still.export_dream(tmp_path / "canvas.png")
    said(heard, wait, "Saved canvas.png.")
    still.set_mixer(Mixer())
    still.take_batch(tmp_path / "plain", Batch((6,), (1.0,), 3, PLAIN))
    assert "its recipe" not in said(heard, wait, "Saved plain.")
    (mixed,), (plain,) = ((tmp_path / name).iterdir() for name in ("many", "plain"))
    assert np.array_equal(read(mixed), read(tmp_path / "canvas.png"))
    assert not np.array_equal(read(mixed), read(plain))


def test_a_painted_hole_is_dreamt_in_every_frame_and_opaque(
    still: Session, heard: Listener, wait: Wait, tmp_path: Path
) -> None:
    still.hold_picture(str(photograph(tmp_path / "held.png", (16, 12))))
    wait(lambda: still.hold is not None)
    still.begin_stroke(Stroke(points=((128.0, 128.0, 1.0),), size=6))
    still.export_dream(tmp_path / "a.png", alpha=Alpha.DREAMT)
    said(heard, wait, "Saved a.png.")
    with Image.open(tmp_path / "a.png") as image:
        opaque = np.asarray(image)[..., 3] == 255
    held = opaque[122:134, 120:136]  # in the centre, where a hole was painted into it
    assert held[6, 8]
    assert 0.05 < held.mean() < 0.5
    still.take_film(tmp_path / "way", Take(3))
    said(heard, wait, "Saved way.")
    frames = np.stack([read(path) for path in sorted((tmp_path / "way").iterdir())])
    assert (frames[:, ~opaque] == frames[0, ~opaque]).all()
    assert (frames[1, opaque] != frames[0, opaque]).any()


def test_a_batch_is_dreamt_while_a_run_goes_on_by_the_model_as_it_was(
    session: Session, heard: Listener, wait: Wait, tmp_path: Path
) -> None:
    session.apply_preset("bars-rbm")
    session.set_sample("bars")
    session.start()
    wait(lambda: session.status.state is RunState.TRAINING)
    session.take_batch(tmp_path / "many", Batch((1, 1 + 1), (1.0,), 30, DreamSettings()))
    said(heard, wait, "Saved many.")
    assert session.status.state is RunState.TRAINING
    models = {read_still_text(path)["harmonium"].split('"model":"')[1][:64] for path in (tmp_path / "many").iterdir()}
    assert len(models) == 1
    session.stop(keep=True)
    wait(lambda: session.status.state is RunState.IDLE)


def test_a_cancelled_batch_keeps_what_is_written(still: Session, heard: Listener, wait: Wait, tmp_path: Path) -> None:
    still.take_batch(tmp_path / "many", Batch(tuple(range(2000)), (1.0,), 20, PLAIN))
    still.take_batch(tmp_path / "next", Batch((1,), (1.0,), 2, PLAIN))
    wait(lambda: (tmp_path / "many").is_dir() and len(list((tmp_path / "many").iterdir())) > 2)
    still.cancel_task(still.tasks[0].number)
    told = said(heard, wait, "many was stopped.")
    count = len(list((tmp_path / "many").glob("*.png")))
    assert f"{count} of 2,000 pictures are written and kept in " in told
    said(heard, wait, "Saved next.")


class Gate:
    """A disk that fills after so many files, or whose folder somebody takes away then."""

    def __init__(self, files: int, instead: Path | None = None) -> None:
        self.left, self.instead, self.reached = files, instead, threading.Event()
        self._real = atomic.write_through

    def __call__(self, temporary: Path, data: bytes | memoryview, mode: int | None) -> None:
        self.left -= 1
        if self.left < 0 and self.instead is None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if self.left < 0 and self.instead is not None:
            shutil.rmtree(self.instead, ignore_errors=True)
        self._real(temporary, data, mode)


@pytest.mark.parametrize("vanished", [False, True])
def test_a_batch_that_cannot_be_written_says_so_once_and_the_next_goes_on(
    still: Session, heard: Listener, wait: Wait, tmp_path: Path, vanished: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "many"
    monkeypatch.setattr(atomic, "write_through", Gate(3, out if vanished else None))
    still.take_batch(out, Batch(tuple(range(400)), (1.0,), 5, PLAIN))
    told = said(heard, wait, "cannot be saved")
    wait(lambda: still.tasks == ())
    if vanished:
        assert "there is no folder" in told
    else:
        assert "the disk is full" in told
        assert "3 of 400 files are written and kept: seed-0000-temperature-1.0.png to seed-0002" in told
        assert len(list(out.iterdir())) == 3
    monkeypatch.undo()
    still.take_batch(tmp_path / "next", Batch((1,), (1.0,), 2, PLAIN))
    over: list[Notice] = []
    still.notice_over.connect(over.append)
    said(heard, wait, "Saved next.")
    assert ["cannot be saved" in notice.message for notice in over] == [True]
    assert len([notice for notice in heard.notices if "cannot be saved" in notice.message]) == 1


def test_a_film_on_a_full_disk_keeps_its_first_files(
    still: Session, heard: Listener, wait: Wait, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(atomic, "write_through", Gate(2))
    still.take_film(tmp_path / "a-%02d.png", Take(4))
    assert "2 of 4 files are written and kept: a-01.png to a-02.png" in said(heard, wait, "the disk is full")
    wait(lambda: still.tasks == ())
    assert len(list(tmp_path.glob("a-*.png"))) == 2


def test_a_cancelled_film_leaves_the_old_file(still: Session, heard: Listener, wait: Wait, tmp_path: Path) -> None:
    (tmp_path / "a.gif").write_bytes(b"old")
    still.take_film(tmp_path / "a.gif", Take(5000, 10))
    wait(lambda: bool(still.tasks[0].done))
    still.cancel_task(still.tasks[0].number)
    assert "Nothing was written." in said(heard, wait, "a.gif was stopped.")
    assert (tmp_path / "a.gif").read_bytes() == b"old"


def test_maps_are_those_of_the_command_line(
    still: Session, heard: Listener, wait: Wait, project: Path, tmp_path: Path
) -> None:
    (tmp_path / "line").mkdir()
    (tmp_path / "window").mkdir()
    still.take_maps(tmp_path / "window" / "wall.png", MapWish(True, True, True))
    assert "14 maps, wall-height.png to wall-ids.png." in said(heard, wait, "Saved wall.png.")
    still.take_maps(tmp_path / "window" / "wall.png", MapWish(ids=True))
    said(heard, wait, "wall-height.png is there already.")
    words = [project, "--size", "16x12", "--seed", 6, "--sweeps", 3, "-o", tmp_path / "line" / "wall.png"]
    dream(*words, "--height-map", "--id-map", "--filter-maps")
    for path in (tmp_path / "line").glob("wall-*.png"):
        assert path.read_bytes() == (tmp_path / "window" / path.name).read_bytes(), path.name


def test_what_a_model_has_not_is_said(session: Session, heard: Listener, wait: Wait, tmp_path: Path) -> None:
    session.open_project(rbm_project(tmp_path / "rbm.harmonium"))
    wait(lambda: session.player is PlayerState.PLAYING)
    session.take_maps(tmp_path / "a.png", MapWish(ids=True))
    said(heard, wait, "its filters see whole pictures")
    session.export_dream(tmp_path / "a.png", alpha=Alpha.HELD)
    said(heard, wait, "Nothing is held on the canvas")
    wait(lambda: session.tasks == ())
    session.take_film(tmp_path / "none" / "a.gif", Take())
    said(heard, wait, "there is no folder")
    session.take_maps(tmp_path / "heights.png", MapWish(height=True))
    said(heard, wait, "Saved heights.png.")
    with Image.open(tmp_path / "heights-height.png") as image:
        assert image.mode == "I;16"


def test_what_was_dreamt_is_opaque(still: Session, heard: Listener, wait: Wait, tmp_path: Path) -> None:
    still.hold_picture(str(photograph(tmp_path / "held.png", (6, 4))))
    still.export_dream(tmp_path / "a.png", alpha=Alpha.DREAMT)
    said(heard, wait, "Saved a.png.")
    with Image.open(tmp_path / "a.png") as image:
        alpha = np.asarray(image)[..., 3]
    assert (alpha == 0).sum() == 24


def test_the_picture_is_grabbed_and_a_file_made_to_drag_until_the_end(
    still: Session, heard: Listener, wait: Wait, tmp_path: Path
) -> None:
    grabbed: list[Grabbed] = []
    files: list[Path] = []
    still.picture_grabbed.connect(grabbed.append)
    still.drag_ready.connect(files.append)
    still.grab_picture()
    still.make_drag_file()
    wait(lambda: bool(grabbed and files))
    still.export_dream(tmp_path / "a.png")
    said(heard, wait, "Saved a.png.")
    assert np.array_equal(grabbed[0].pixels, read(tmp_path / "a.png"))
    assert files[0].read_bytes() == (tmp_path / "a.png").read_bytes()
    with Image.open(files[0]) as image:
        assert len(list(ImageSequence.Iterator(image))) == 1
    still.closed.emit()
    assert not files[0].exists()
