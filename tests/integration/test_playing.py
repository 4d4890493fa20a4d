"""Rewinding and mixing with real threads: the same pictures again, turned from the next sweep on, and undone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtCore import QSettings, Qt
from pytestqt.qtbot import QtBot

from studio.data.spec import DatasetSpec
from studio.dream.mixer import Mixer
from studio.dream.place import At, Hold
from studio.dream.settings import DreamSettings, Start
from studio.dream.snapshot import SnapshotSettings
from studio.jobs.feed import Feed
from studio.jobs.status import Outcome, PlayerState
from studio.project.archive import read_project
from studio.session.answers import SnapshotPicture
from studio.session.rewinding import stored
from studio.session.session import Session
from studio.session.workshop import Workshop
from tests.integration.listener import Listener
from tests.integration.person import CTRL, LEFT, SHIFT, Person
from tests.unit.cli.small_projects import photograph, texture_project

WAIT = 30_000
HERE = DreamSettings(width=64, height=56, seed=6)
Wait = Callable[[Callable[[], bool]], None]


@pytest.fixture
def wait(qtbot: QtBot) -> Wait:
    return lambda seen: qtbot.waitUntil(seen, timeout=WAIT)


@pytest.fixture
def playing(session: Session, wait: Wait, tmp_path: Path) -> Session:
    """A session in which a small texture model dreams, held still on 64 x 56 px."""
    session.open_project(texture_project(tmp_path / "wall.harmonium"))
    wait(lambda: session.player is PlayerState.PLAYING)
    session.pause_dream()
    session.set_snapshots(SnapshotSettings(every=0))
    session.set_dream(HERE)
    return session


def swept(session: Session, heard: Listener, wait: Wait, count: int = 3, start: int = 0) -> list[NDArray[np.float32]]:
    """Take sweeps one by one, `start` having been taken, and return what each shows."""
    found = []
    for number in range(start + 1, start + count + 1):
        heard.frames.clear()
        session.sweep_once()
        wait(partial(shows, heard, number))
        found.append(heard.dreams()[-1].pictures)
    return found


def shows(heard: Listener, sweep: int) -> bool:
    return bool(heard.dreams()) and heard.dreams()[-1].sweep == sweep


def kept(session: Session, wait: Wait) -> int:
    before = session.snapshots[-1].number if session.snapshots else 0
    session.keep_snapshot()
    wait(lambda: bool(session.snapshots) and session.snapshots[-1].number > before)
    return session.snapshots[-1].number


def gone_back(session: Session, qtbot: QtBot, number: int) -> None:
    with qtbot.waitSignal(session.rewound, timeout=WAIT):
        session.rewind(number)


def same(one: list[NDArray[np.float32]], other: list[NDArray[np.float32]]) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_rewinding_brings_back_pictures_settings_and_canvas(
    playing: Session, heard: Listener, wait: Wait, qtbot: QtBot
) -> None:
    swept(playing, heard, wait, 2)
    number = kept(playing, wait)
    first = swept(playing, heard, wait, start=2)
    playing.set_dream(replace(HERE, width=96, height=80, temperature=2.0))
    swept(playing, heard, wait, start=5)
    gone_back(playing, qtbot, number)
    assert playing.dream == HERE
    again = swept(playing, heard, wait, start=2)
    assert again[0].shape[1:3] == (56, 64)
    assert same(again, first)
    playing.undo()  # the settings that it took back
    assert playing.dream.temperature == 2.0
    assert (playing.dream.width, playing.dream.height) == (96, 80)


def test_rewinding_brings_back_what_was_held(
    playing: Session, heard: Listener, wait: Wait, qtbot: QtBot, tmp_path: Path
) -> None:
    wall = photograph(tmp_path / "wall.png", (40, 36))
    playing.hold_picture(str(wall), At.CENTRE)
    wait(lambda: playing._held is not None)
    number = kept(playing, wait)
    first = swept(playing, heard, wait)
    playing.set_free()
    swept(playing, heard, wait, start=3)
    assert playing.document.hold is None
    gone_back(playing, qtbot, number)
    assert playing.hold == Hold(str(wall), At.CENTRE)
    assert playing._held is not None
    assert same(swept(playing, heard, wait), first)


def test_the_mixer_acts_at_the_next_sweep_and_is_undone(playing: Session, heard: Listener, wait: Wait) -> None:
    number = kept(playing, wait)
    free = swept(playing, heard, wait)
    playing.rewind(number)
    playing.set_mixer(Mixer().with_muted(range(playing.parts[0].count), True), "what is muted")
    muted = swept(playing, heard, wait)
    assert not same(muted, free)
    assert float(muted[-1].std()) < float(free[-1].std())
    playing.undo()
    assert playing.mixer == Mixer()
    playing.rewind(number)
    assert same(swept(playing, heard, wait), free)
    playing.redo()
    assert playing.mixer.muted
    playing.rewind(number)
    wait(lambda: playing.mixer == Mixer())


def test_what_is_turned_while_it_goes_back_stays_turned(playing: Session, heard: Listener, wait: Wait) -> None:
    number = kept(playing, wait)
    playing.set_dream(replace(HERE, temperature=2.0))
    playing.rewind(number)
    playing.set_dream(replace(playing.dream, smooth=0.5))
    swept(playing, heard, wait)
    assert playing.dream == replace(HERE, smooth=0.5)


def test_a_key_holds_its_filter_on_while_it_is_down(playing: Session, heard: Listener, wait: Wait) -> None:
    number = kept(playing, wait)
    free = swept(playing, heard, wait)
    playing.rewind(number)
    playing.press_units([0])
    held = swept(playing, heard, wait)
    assert not same(held, free)
    assert playing.mixer == Mixer()
    playing.rewind(number)
    playing.press_units([])
    assert same(swept(playing, heard, wait), free)


def test_a_key_that_was_down_then_is_not_down_now(tmp_path: Path) -> None:
    stage = Workshop(Feed())
    stage.open(read_project(texture_project(tmp_path / "wall.harmonium")), "cpu")

    def held() -> bool:
        assert stage.player.chain is not None
        return stage.player.chain.controls.hold is not None

    stage.keep_snapshot()
    stage.mix(Mixer(), frozenset([0]))
    stage.keep_snapshot()
    before, during = (snapshot.number for snapshot in stage.player.snapshots.all)
    stage.rewind(before)
    assert held()  # the hand has not moved
    stage.mix(Mixer(), frozenset())
    stage.rewind(during)
    assert not held()


def test_names_and_locks_are_undone(playing: Session, wait: Wait) -> None:
    number = kept(playing, wait)
    playing.name_snapshot(number, " the good one ")
    wait(lambda: playing.snapshots[0].name == "the good one")
    playing.lock_snapshot(number, True)
    wait(lambda: playing.snapshots[0].locked)
    playing.undo()
    wait(lambda: not playing.snapshots[0].locked)
    assert playing.snapshots[0].name == "the good one"
    playing.undo()
    wait(lambda: playing.snapshots[0].name == "")
    playing.redo()
    wait(lambda: playing.snapshots[0].name == "the good one")


def test_a_snapshot_becomes_a_file_that_is_gone_with_the_session(
    playing: Session, heard: Listener, wait: Wait, qtbot: QtBot
) -> None:
    shown = swept(playing, heard, wait)[-1]
    number = kept(playing, wait)
    playing.name_snapshot(number, "wall: a/b?")
    swept(playing, heard, wait, start=3)
    with qtbot.waitSignal(playing.snapshot_drawn_out, timeout=WAIT) as drawn:
        playing.draw_out_snapshot(number)
    told, path = drawn.args
    assert told == number
    assert path.name == f"wall- a-b- {number}.png"
    with Image.open(path) as image:
        assert image.size == (64, 56)
        assert np.allclose(np.asarray(image), 255 * shown[0], atol=1)
    with qtbot.waitSignal(playing.snapshot_shown, timeout=WAIT) as looked:
        playing.look_at_snapshot(number)
    assert isinstance(looked.args[0], SnapshotPicture)
    assert looked.args[0].pictures.shape == (1, 56, 64, 3)
    playing._clean_up()
    assert not path.exists()


def test_what_is_gone_is_said(playing: Session, heard: Listener, wait: Wait) -> None:
    for ask in (playing.rewind, playing.look_at_snapshot, playing.draw_out_snapshot):
        heard.notices.clear()
        ask(77)
        wait(lambda: bool(heard.notices))
        assert heard.notices[-1].message == "That snapshot is no longer there."


def test_settings_are_remembered(playing: Session, settings: QSettings) -> None:
    playing.set_snapshots(SnapshotSettings(every=40, megabytes=64))
    assert stored(settings) == SnapshotSettings(40, 64)
    settings.setValue("snapshots/every", "many")
    assert stored(settings) == SnapshotSettings()


def test_another_model_has_no_snapshots_and_a_mixer_of_its_own(playing: Session, wait: Wait, tmp_path: Path) -> None:
    kept(playing, wait)
    playing.set_mixer(Mixer().with_muted([1], True))
    playing.open_project(texture_project(tmp_path / "other.harmonium"))
    wait(lambda: playing.snapshots == () and playing.mixer == Mixer())
    playing.undo()
    assert playing.mixer == Mixer()


def test_the_mixer_is_saved_with_the_project(
    playing: Session, heard: Listener, wait: Wait, qtbot: QtBot, tmp_path: Path
) -> None:
    mixer = Mixer().with_muted([1], True).with_group("walls", [2, 3])
    playing.set_mixer(mixer)
    with qtbot.waitSignal(playing.files.saved, timeout=WAIT):
        playing.save_project(tmp_path / "mixed.harmonium")
    playing.set_mixer(Mixer())
    free = swept(playing, heard, wait, 1)
    playing.open_project(tmp_path / "mixed.harmonium")
    wait(lambda: playing.mixer == mixer)
    playing.pause_dream()
    playing.restart_dream(Start.NOISE)
    wait(lambda: bool(heard.dreams()) and heard.dreams()[-1].sweep == 0)
    assert not same(swept(playing, heard, wait, 1), free)
    assert playing.project.dirty is False


def test_snapshots_stay_while_the_model_learns_on(
    session: Session, heard: Listener, wait: Wait, pictures_folder: Path, qtbot: QtBot
) -> None:
    session.set_data(DatasetSpec((str(pictures_folder),)))
    session.apply_preset("bars-rbm")
    session.set_training(replace(session.recipe.training, seconds=0.0, steps=8))
    session.start()
    wait(lambda: len(heard.ends) == 1)
    number = kept(session, wait)
    session.continue_training()
    wait(lambda: len(heard.ends) == 2)
    assert heard.ends == [(Outcome.COMPLETED, None)] * 2
    gone_back(session, qtbot, number)
    session.start()
    wait(lambda: session.snapshots == ())
    wait(lambda: len(heard.ends) == 3)


def test_a_person_keeps_a_moment_goes_back_and_holds_a_filter_with_a_key(
    person: Person, session: Session, heard: Listener, wait: Wait, tmp_path: Path
) -> None:
    session.open_project(texture_project(tmp_path / "wall.harmonium"))
    wait(lambda: session.player is PlayerState.PLAYING)
    window = person.window
    wait(lambda: len(window.filters.mixer.keys.units) > 0)
    person.keys(Qt.Key.Key_S)
    wait(lambda: window.snapshots.strip.numbers != [])
    number = window.snapshots.strip.numbers[-1]
    heard.frames.clear()
    wait(lambda: bool(heard.dreams()))
    person.press(window.snapshots.strip.button(number))
    wait(lambda: window.snapshots.strip.button(number).current)
    window.filters.sheet.setFocus()
    person.qtbot.keyPress(window.filters.sheet, Qt.Key.Key_1)
    assert window.filters.mixer.keys.keys[0].isDown()
    assert session._pressed == {window.filters.mixer.keys.units[0]}
    person.qtbot.keyRelease(window.filters.sheet, Qt.Key.Key_1)
    assert session._pressed == frozenset()
    sheet = window.filters.sheet
    person.qtbot.mouseClick(sheet, LEFT, pos=sheet.area_of_cell(2).center().toPoint())
    person.press(window.filters.mixer.units.switches["muted"])
    assert session.mixer.muted == {2}
    person.keys(Qt.Key.Key_Z, CTRL)
    assert session.mixer == Mixer()
    person.press(window.filters.mixer.units.switches["held"])
    person.keys(Qt.Key.Key_M, SHIFT)
    assert session.mixer == Mixer()
    person.keys(Qt.Key.Key_Backspace)
    wait(lambda: window.snapshots.strip.button(window.snapshots.strip.numbers[-1]).current)
