"""Holes are painted in the whole window, as a person does it: seen to heal, taken back, saved as masks, exported."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from studio.data.spec import DatasetSpec
from studio.dream.snapshot import SnapshotSettings
from studio.dream.strokes import Brush, Form, Stroke
from studio.jobs.fill_frames import FillFrame, PaintFrame
from studio.jobs.status import PlayerState
from studio.session.session import Session
from studio.session.workshop import Workshop
from studio.ui.gallery import CHORD, GallerySettings
from tests.integration.listener import Listener
from tests.integration.person import CTRL, LEFT, SHIFT, WAIT, Person
from tests.unit.cli.small_projects import photograph, rbm_project, texture_project


def frames(heard: Listener, kind: str) -> list[object]:
    return heard.frames.get(kind, [])


def hole(heard: Listener) -> int:
    """Return how many pixels of the canvas are a hole, by what came last; -1 while nothing is held."""
    found = frames(heard, "paint")
    last = found[-1] if found else PaintFrame()
    assert isinstance(last, PaintFrame)
    return -1 if last.known is None else int((~last.known).sum())


@pytest.fixture
def wall(tmp_path: Path) -> Path:
    return photograph(tmp_path / "wall.png", (40, 36))


@pytest.fixture
def at_work(person: Person, session: Session, qtbot: QtBot, tmp_path: Path) -> Person:
    """A person in the workspace Fill, before a texture model that dreams."""
    session.open_project(texture_project(tmp_path / "wall.harmonium"))
    qtbot.waitUntil(lambda: session.player is PlayerState.PLAYING, timeout=WAIT)
    person.window.show_workspace("fill")
    return person


def drag(person: Person, begin: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag across the canvas, from and to shares of the picture's sides."""
    canvas, qtbot = person.window.dream.canvas, person.qtbot
    target = canvas.view.target()
    places = [
        QPoint(round(target.left() + x * target.width()), round(target.top() + y * target.height()))
        for x, y in (begin, ((begin[0] + end[0]) / 2, (begin[1] + end[1]) / 2), end)
    ]
    qtbot.mousePress(canvas, LEFT, pos=places[0])
    qtbot.mouseMove(canvas, places[1])
    qtbot.mouseMove(canvas, places[2])
    qtbot.mouseRelease(canvas, LEFT, pos=places[2])


def test_a_hole_is_painted_heals_and_is_taken_back(
    at_work: Person, heard: Listener, qtbot: QtBot, wall: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, session = at_work.window, at_work.session
    at_work.drop(wall, window.dream)
    qtbot.waitUntil(lambda: hole(heard) == 0, timeout=WAIT)
    qtbot.waitUntil(lambda: window.dream.canvas.view.size.width() == 40, timeout=WAIT)
    at_work.keys(Qt.Key.Key_R, SHIFT)
    drag(at_work, (0.25, 0.25), (0.75, 0.75))
    qtbot.waitUntil(lambda: hole(heard) == 20 * 18, timeout=WAIT)
    assert window.menus.actions["undo"].text() == "Undo: a stroke (hole)"
    qtbot.waitUntil(lambda: bool(frames(heard, "fill")), timeout=WAIT)
    qtbot.waitUntil(lambda: "one pass" in window.fill.scores.text(), timeout=WAIT)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mask.png"), ""))
    for action in window.dream.paint_bar.holes.menu().actions():
        if action.text().startswith("Save the hole"):
            action.trigger()
    qtbot.waitUntil((tmp_path / "mask.png").exists, timeout=WAIT)
    qtbot.waitUntil(lambda: heard.notices[-1:] != [] and "mask.png" in heard.notices[-1].message, timeout=WAIT)
    with Image.open(tmp_path / "mask.png") as mask:
        white = np.asarray(mask) > 128
    assert white.sum() == 20 * 18
    assert white[9:27, 10:30].all()
    at_work.keys(Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: hole(heard) == 0, timeout=WAIT)
    at_work.keys(Qt.Key.Key_Z, CTRL | SHIFT)
    qtbot.waitUntil(lambda: hole(heard) == 20 * 18, timeout=WAIT)
    session.load_mask(tmp_path / "mask.png")
    qtbot.waitUntil(lambda: len(session.strokes) == 2, timeout=WAIT)
    at_work.press(window.dream.paint_bar.clear)
    qtbot.waitUntil(lambda: hole(heard) == 0, timeout=WAIT)
    at_work.press(window.fill.free_button)
    qtbot.waitUntil(lambda: hole(heard) == -1, timeout=WAIT)


def test_known_pixels_are_exact_in_what_is_exported(
    at_work: Person, heard: Listener, qtbot: QtBot, wall: Path, tmp_path: Path
) -> None:
    session = at_work.session
    session.hold_whole(str(wall))
    session.begin_stroke(Stroke(Brush.HOLE, Form.NAMED, words="left"))
    qtbot.waitUntil(lambda: hole(heard) == 20 * 36, timeout=WAIT)
    qtbot.waitUntil(lambda: session.dream.width == 40, timeout=WAIT)
    session.set_dream(replace(session.dream, chains=1))
    heard.frames["dream"] = []
    qtbot.waitUntil(lambda: bool(heard.dreams()) and heard.dreams()[-1].sweep > 2, timeout=WAIT)
    session.export_dream(tmp_path / "filled.png")
    qtbot.waitUntil((tmp_path / "filled.png").exists, timeout=WAIT)
    qtbot.waitUntil(lambda: heard.notices[-1:] != [] and "filled.png" in heard.notices[-1].message, timeout=WAIT)
    with Image.open(tmp_path / "filled.png") as filled, Image.open(wall) as truth:
        same = (np.asarray(filled) == np.asarray(truth)).all(axis=2)
    assert same[:, 20:].all()
    assert same[:, :20].mean() < 0.1


def test_a_colour_painted_on_a_plain_dream_stays_while_it_plays(at_work: Person, heard: Listener, qtbot: QtBot) -> None:
    bar = at_work.window.dream.paint_bar
    bar.tell(brush=Brush.COLOUR, colour=(1.0, 0.0, 0.0), size=8.0)
    qtbot.waitUntil(lambda: at_work.window.dream.canvas.view.size.width() > 0, timeout=WAIT)
    drag(at_work, (0.3, 0.5), (0.7, 0.5))
    qtbot.waitUntil(lambda: hole(heard) > 0, timeout=WAIT)
    heard.frames.clear()
    qtbot.waitUntil(lambda: len(heard.dreams()) > 2, timeout=WAIT)
    first, last = heard.dreams()[0].pictures[0], heard.dreams()[-1].pictures[0]
    height, width = first.shape[:2]
    assert np.allclose(first[height // 2, width // 2], (1, 0, 0), atol=0.02)
    assert np.array_equal(first[height // 2, width // 2], last[height // 2, width // 2])
    assert not np.array_equal(first, last)


def test_what_was_kept_of_a_dream_is_packed_by_the_next_stroke_and_comes_back_to_the_bit(
    at_work: Person, heard: Listener, qtbot: QtBot
) -> None:
    session, canvas = at_work.session, at_work.window.dream.canvas
    at_work.window.dream.paint_bar.tell(brush=Brush.PICTURE, form=Form.RECTANGLE)
    qtbot.waitUntil(lambda: canvas.view.size.width() > 0 and len(heard.dreams()) > 2, timeout=WAIT)
    drag(at_work, (0.25, 0.25), (0.5, 0.5))
    qtbot.waitUntil(lambda: hole(heard) > 0, timeout=WAIT)
    known = np.asarray(frames(heard, "paint")[-1].known)  # type: ignore[attr-defined]  # of a PaintFrame
    seen = session.strokes[0].seen
    assert seen is not None
    assert seen.packed is None

    def held() -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        count = len(heard.dreams())
        qtbot.waitUntil(lambda: len(heard.dreams()) > count + 1, timeout=WAIT)
        return np.asarray(heard.dreams()[-1].pictures[0][known], np.float32)

    first = held()
    assert np.array_equal(held(), first)
    at_work.window.dream.paint_bar.tell(brush=Brush.COLOUR)
    drag(at_work, (0.75, 0.75), (0.9, 0.9))
    qtbot.waitUntil(lambda: seen.packed is not None, timeout=WAIT)
    at_work.keys(Qt.Key.Key_Z, CTRL)
    at_work.keys(Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: hole(heard) == -1, timeout=WAIT)
    at_work.keys(Qt.Key.Key_Z, CTRL | SHIFT)
    qtbot.waitUntil(lambda: hole(heard) == int((~known).sum()), timeout=WAIT)
    assert np.array_equal(held(), first)


def test_whole_picture_models_are_filled_with_one_of_the_pictures_at_hand(
    person: Person, session: Session, heard: Listener, qtbot: QtBot, tmp_path: Path
) -> None:
    session.open_project(rbm_project(tmp_path / "small.harmonium"))
    qtbot.waitUntil(lambda: session.player is PlayerState.PLAYING, timeout=WAIT)
    person.window.show_workspace("fill")
    shape = session.recipe.preprocess
    folder = tmp_path / "pictures"
    folder.mkdir()
    for index in range(4):
        pixels = np.random.default_rng(index).integers(0, 256, (shape.height, shape.width), np.uint8)
        Image.fromarray(pixels).save(folder / f"{index}.png")
    session.set_data(DatasetSpec((str(folder),)))
    qtbot.waitUntil(person.window.fill.data_button.isEnabled, timeout=WAIT)
    person.press(person.window.fill.data_button)
    qtbot.waitUntil(lambda: hole(heard) == 0, timeout=WAIT)
    qtbot.waitUntil(lambda: session.dream.chains > 1, timeout=WAIT)
    session.begin_stroke(Stroke(Brush.HOLE, Form.NAMED, words="top"))

    def filled() -> bool:
        found = frames(heard, "fill")
        last = found[-1] if found else None
        return isinstance(last, FillFrame) and len(last.variants) > 1 and float(last.spread.max()) > 0

    qtbot.waitUntil(filled, timeout=WAIT)
    assert person.window.fill.variants.count() == session.dream.chains


def test_a_hand_that_is_faster_than_the_canvas_is_followed_at_once(
    at_work: Person, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, parts, free = at_work.session, [], threading.Event()
    paint = Workshop.paint

    def watched(workshop: Workshop, stroke: Stroke, begins: bool) -> None:
        free.wait(WAIT / 1000)
        parts.append(stroke.points)
        paint(workshop, stroke, begins)

    monkeypatch.setattr(Workshop, "paint", watched)
    points = tuple((3.0 + place, 6.0, 1.0) for place in range(12))
    session.begin_stroke(Stroke(Brush.COLOUR, points=points[:1], size=4.0))
    for point in points[1:]:
        session.extend_stroke((point,))
    free.set()
    qtbot.waitUntil(lambda: sum(map(len, parts)) >= len(points), timeout=WAIT)
    assert parts == [points[:1], points]  # the second part begins where the first ended
    assert session.strokes[-1].points == points


def test_painting_before_there_is_a_model_does_nothing(session: Session) -> None:
    session.begin_stroke(Stroke())
    session.extend_stroke(((1.0, 1.0, 1.0),))
    session.clear_strokes()
    assert session.strokes == ()


def test_what_visitors_do_leaves_no_trace(at_work: Person, heard: Listener, qtbot: QtBot, wall: Path) -> None:
    session, window = at_work.session, at_work.window
    session.set_data(DatasetSpec((str(wall),)))
    qtbot.waitUntil(window.menus.actions["gallery"].isEnabled, timeout=WAIT)
    session.begin_stroke(Stroke(Brush.COLOUR, points=((5.0, 5.0, 1.0),), size=8.0))
    qtbot.waitUntil(lambda: hole(heard) > 0, timeout=WAIT)
    before = session.document
    session.set_snapshots(SnapshotSettings(every=5))
    qtbot.waitUntil(lambda: len(session.snapshots) > 1, timeout=WAIT)
    window.open_gallery(GallerySettings(alone=False))
    gallery = window.gallery
    assert gallery is not None
    qtbot.waitUntil(lambda: gallery.canvas.whole == (40, 36), timeout=WAIT)
    kept = len(session.snapshots)
    middle = gallery.canvas.rect().center()
    qtbot.mousePress(gallery.canvas, LEFT, pos=middle)
    qtbot.mouseMove(gallery.canvas, middle + QPoint(30, 30))
    qtbot.mouseRelease(gallery.canvas, LEFT, pos=middle + QPoint(30, 30))
    qtbot.waitUntil(lambda: hole(heard) > 0, timeout=WAIT)
    seen = len(frames(heard, "dream"))
    qtbot.waitUntil(lambda: len(frames(heard, "dream")) > seen + 20, timeout=WAIT)
    assert len(session.snapshots) == kept  # a day of them would fill the memory that they may take
    qtbot.keyClick(gallery, CHORD[1], CHORD[0])
    qtbot.waitUntil(lambda: session.document == before, timeout=WAIT)
    assert window.menus.actions["undo"].text() == "Undo: a stroke (colour)"
    qtbot.waitUntil(lambda: len(session.snapshots) > kept, timeout=WAIT)
