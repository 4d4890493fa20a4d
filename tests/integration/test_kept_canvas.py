"""What is held and painted is in the project, and on the canvas when it is opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.data.spec import DatasetSpec
from studio.dream import canvas_record
from studio.dream.place import Hold
from studio.dream.settings import DreamSettings, Start
from studio.dream.strokes import Brush, Form, PackedMask, Seen, Stroke
from studio.jobs.fill_frames import PaintFrame
from studio.jobs.status import PlayerState
from studio.session.session import Session
from tests.integration.listener import Listener
from tests.integration.small_session import WAIT, open_texture, run_to_end, shape
from tests.unit.cli.small_projects import photograph

LEFT = Stroke(Brush.HOLE, Form.NAMED, words="left")


@pytest.fixture
def wall(tmp_path: Path) -> Path:
    return photograph(tmp_path / "wall.png", (40, 36))


@pytest.fixture
def playing(session: Session, qtbot: QtBot, tmp_path: Path) -> Session:
    open_texture(session, qtbot, tmp_path)
    session.set_dream(DreamSettings(width=64, height=56, smooth=0.5))
    return session


@pytest.fixture
def again(qtbot: QtBot, tmp_path: Path, heard: Listener) -> Callable[[Session], None]:
    """Save a project, begin another, and open it again."""

    def reopen(session: Session) -> None:
        path = tmp_path / "painted.harmonium"
        with qtbot.waitSignal(session.files.saved, timeout=WAIT):
            session.save_project(path)
        session.new_project()
        assert (session.hold, session.strokes) == (None, ())
        heard.frames.clear()
        with qtbot.waitSignal(session.files.opened, timeout=WAIT):
            session.open_project(path)
        qtbot.waitUntil(lambda: session.player is PlayerState.PLAYING, timeout=WAIT)

    return reopen


def held(heard: Listener) -> int:
    """Return how many pixels of the canvas are held, by what came last."""
    found = heard.frames.get("paint", [])
    last = found[-1] if found else PaintFrame()
    assert isinstance(last, PaintFrame)
    return -1 if last.known is None else int(last.known.sum())


def cover_left(session: Session, heard: Listener, qtbot: QtBot, wall: Path) -> None:
    """Hold the wall, and paint a hole over its left half."""
    session.hold_whole(str(wall))
    session.begin_stroke(LEFT)
    qtbot.waitUntil(lambda: held(heard) == 20 * 36, timeout=WAIT)


def test_a_picture_with_a_hole_is_there_again(
    playing: Session, heard: Listener, qtbot: QtBot, wall: Path, again: Callable[[Session], None]
) -> None:
    own = playing.dream
    cover_left(playing, heard, qtbot, wall)
    qtbot.waitUntil(lambda: playing.dream.width == 40, timeout=WAIT)
    filled = playing.dream
    again(playing)
    qtbot.waitUntil(lambda: held(heard) == 20 * 36, timeout=WAIT)
    assert (playing.hold, playing.strokes) == (Hold(str(wall), whole=True), (LEFT,))
    assert playing.dream == filled
    assert not playing.project.dirty
    playing.undo()
    assert playing.strokes == (LEFT,), "there is nothing to take back yet"
    playing.restart_dream(Start.PICTURE, str(wall))
    assert playing.dream == own


def test_what_was_painted_on_a_dream_is_there_again(
    playing: Session, heard: Listener, qtbot: QtBot, again: Callable[[Session], None]
) -> None:
    seen = Seen(np.full((56, 64, 3), 0.5, np.float32))
    mask = PackedMask.of(np.eye(56, 64, dtype=np.bool_))
    playing.begin_stroke(Stroke(Brush.PICTURE, Form.RECTANGLE, ((0, 0, 1), (20, 10, 1)), seen=seen))
    playing.begin_stroke(Stroke(Brush.COLOUR, Form.MASK, mask=mask, colour=(1, 0, 0)))
    qtbot.waitUntil(lambda: held(heard) > 10 * 20 + 20, timeout=WAIT)
    before = held(heard)
    again(playing)
    qtbot.waitUntil(lambda: held(heard) == before, timeout=WAIT)
    assert [stroke.form for stroke in playing.strokes] == [Form.RECTANGLE, Form.MASK]


def test_one_of_the_pictures_at_hand_is_held_again_once_they_are_read(
    session: Session, heard: Listener, qtbot: QtBot, again: Callable[[Session], None]
) -> None:
    shape(session, steps=3)
    session.start()
    run_to_end(heard, qtbot)
    session.hold_whole(index=2)
    session.begin_stroke(LEFT)
    session.set_dream(replace(session.dream, temperature=0.5))
    half = session.recipe.preprocess.width * session.recipe.preprocess.height // 2
    qtbot.waitUntil(lambda: held(heard) == half, timeout=WAIT)
    again(session)
    qtbot.waitUntil(lambda: held(heard) == half, timeout=WAIT)
    assert session.hold == Hold(whole=True, index=2)
    assert session.dream.temperature == 0.5


def test_a_picture_that_is_gone_is_said_and_nothing_is_painted(
    playing: Session, heard: Listener, qtbot: QtBot, wall: Path, again: Callable[[Session], None]
) -> None:
    own = playing.dream
    cover_left(playing, heard, qtbot, wall)
    moved = wall.rename(wall.with_name("elsewhere.png"))
    again(playing)
    qtbot.waitUntil(lambda: any("wall.png" in notice.message for notice in heard.notices), timeout=WAIT)
    qtbot.waitUntil(lambda: (playing.hold, playing.strokes) == (None, ()), timeout=WAIT)
    qtbot.waitUntil(lambda: playing.dream == own, timeout=WAIT)
    assert moved.exists()


def test_a_picture_that_moved_with_the_project_is_held_from_beside_it(
    playing: Session, heard: Listener, qtbot: QtBot, tmp_path: Path
) -> None:
    """The exemplar that the model learned lies elsewhere, and stays."""
    old, new = tmp_path / "old", tmp_path / "new"
    (old / "pictures").mkdir(parents=True)
    wall = photograph(old / "pictures" / "wall.png", (40, 36))
    cover_left(playing, heard, qtbot, wall)
    with qtbot.waitSignal(playing.files.saved, timeout=WAIT):
        playing.save_project(old / "painted.harmonium")
    playing.new_project()
    old.rename(new)
    heard.frames.clear()
    playing.open_project(new / "painted.harmonium")
    qtbot.waitUntil(lambda: held(heard) == 20 * 36, timeout=WAIT)
    assert playing.hold == Hold(str(new / "pictures" / "wall.png"), whole=True)
    assert playing.strokes == (LEFT,)
    assert not playing.project.dirty
    assert not any("wall.png" in notice.message for notice in heard.notices)


def test_what_waits_for_pictures_stays_in_the_file(
    session: Session,
    heard: Listener,
    qtbot: QtBot,
    again: Callable[[Session], None],
    pictures_folder: Path,
    tmp_path: Path,
) -> None:
    shape(session, steps=3)
    session.set_data(DatasetSpec((str(pictures_folder),)))
    session.start()
    run_to_end(heard, qtbot)
    session.hold_whole(index=1)
    qtbot.waitUntil(lambda: held(heard) > 0, timeout=WAIT)
    elsewhere = pictures_folder.rename(tmp_path / "moved")
    again(session)
    assert session.missing
    again(session)
    assert session.hold is None
    elsewhere.rename(pictures_folder)
    again(session)
    qtbot.waitUntil(lambda: session.hold == Hold(whole=True, index=1), timeout=WAIT)


def test_what_visitors_of_the_gallery_do_is_not_what_is_kept(
    session: Session, heard: Listener, qtbot: QtBot, again: Callable[[Session], None]
) -> None:
    shape(session, steps=3)
    session.start()
    run_to_end(heard, qtbot)
    own = session.dream
    session.begin_stroke(LEFT)
    session.begin_exhibiting()
    session.exhibit(1)
    session.cover(Stroke(Brush.HOLE, Form.ALL))
    qtbot.waitUntil(lambda: held(heard) == 0, timeout=WAIT)
    again(session)
    qtbot.waitUntil(lambda: session.strokes == (LEFT,), timeout=WAIT)
    assert (session.hold, session.dream) == (None, own)


def test_a_large_painting_is_there_again(
    playing: Session, heard: Listener, qtbot: QtBot, again: Callable[[Session], None]
) -> None:
    """More than the numbers of a project have room for."""
    playing.set_dream(DreamSettings(width=900, height=900))
    noise = np.random.default_rng(0).random((900, 900, 3), np.float32)
    playing.begin_stroke(Stroke(Brush.PICTURE, Form.ALL, seen=Seen(noise)))
    qtbot.waitUntil(lambda: held(heard) == 900 * 900, timeout=WAIT)
    again(playing)
    qtbot.waitUntil(lambda: held(heard) == 900 * 900, timeout=WAIT)
    seen = playing.strokes[0].seen
    assert seen is not None
    assert np.allclose(seen.pixels(), noise, atol=1e-4)
    assert not any("too much to be kept" in notice.message for notice in heard.notices)


def test_what_is_too_much_to_be_kept_is_said_and_the_rest_is_saved(
    playing: Session, heard: Listener, again: Callable[[Session], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(canvas_record, "MOST_PIXELS", 1000)
    noise = Seen(np.random.default_rng(0).random((90, 90, 3), np.float32))
    playing.begin_stroke(Stroke(Brush.PICTURE, Form.ALL, seen=noise))
    again(playing)
    assert any("too much to be kept" in notice.message for notice in heard.notices)
    assert playing.strokes == ()
    assert playing.has_model
