"""The dream as a person plays it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QLayout
from pytestqt.qtbot import QtBot

from studio.dream.settings import DreamSettings, Show, Start
from studio.dream.take import Alpha
from studio.jobs.frames import DreamFrame, publish
from studio.jobs.status import PlayerState
from studio.session.notices import Notice
from studio.ui.export_dialog import ExportDialog
from studio.ui.panels.dream import DreamPanel
from tests.helpers.dropping import drop
from tests.helpers.fake_session import FakeSession


def frame(pictures: object, sweep: int = 1) -> DreamFrame:
    return DreamFrame(publish(np.asarray(pictures, np.float32)), sweep, 30.0)


def shown(panel: DreamPanel) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return panel.canvas._pixels


def test_without_a_model_it_says_what_to_do(panel: DreamPanel, session: FakeSession) -> None:
    session.give_model(None)
    assert panel.empty.isVisible()
    assert "Start training" in panel.empty.sentence()
    assert not panel.strip.isEnabled()
    assert not panel.start_button.isEnabled()
    assert "no pictures to learn from" in panel.start_button.toolTip()
    session.give_dataset()
    panel.start_button.click()
    assert session.names()[-1] == "start"
    session.give_model()
    assert panel.canvas.isVisible()
    assert panel.strip.isEnabled()
    session.give_model(None)
    assert panel.empty.isVisible()


def test_frames_are_wanted_only_while_it_is_seen(panel: DreamPanel, session: FakeSession) -> None:
    assert "dream" in session.wanted
    panel.hide()
    assert "dream" not in session.wanted
    session.give_dream(1, 8)
    assert not shown(panel).size
    panel.show()
    assert shown(panel).shape == (8, 8, 3)


def test_play_and_pause_by_button_and_space(panel: DreamPanel, session: FakeSession, qtbot: QtBot) -> None:
    session.give_player(PlayerState.PAUSED)
    qtbot.mouseClick(panel.strip.play_button, Qt.MouseButton.LeftButton)
    assert session.names()[-1] == "play"
    assert panel.strip.play_button.accessibleName() == "Pause"
    panel.canvas.setFocus()
    qtbot.keyClick(panel.canvas, Qt.Key.Key_Space)
    assert session.names()[-1] == "pause_dream"
    qtbot.mouseClick(panel.strip.sweep_button, Qt.MouseButton.LeftButton)
    assert session.names()[-1] == "sweep_once"


def test_all_that_is_turned_stands_on_one_line_in_a_small_window(panel: DreamPanel, qtbot: QtBot) -> None:
    strip = panel.strip
    panel.resize(710, 700)  # what a window 1280 px wide leaves for the dream
    for show in ("mean", "sample"):
        strip.show_as.set_key(show)
        qtbot.waitUntil(lambda: strip.width() == 710)
        places = [made.mapTo(strip, QPoint(0, 0)).y() for made in (strip.temperature, strip.drive, strip.show_as)]
        assert max(places) < strip.play_button.mapTo(strip, QPoint(0, strip.play_button.height())).y()


def test_controls_keep_their_lines_where_there_is_little_room(panel: DreamPanel, session: FakeSession) -> None:
    session.give_model("texture")
    session.give_dream(1, 40)
    panel.painter.set_open(True)
    layout = panel.layout()
    assert layout is not None
    layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # as in a column that others share
    panel.setMinimumSize(200, 100)
    panel.resize(400, 430)
    layout.activate()
    assert (panel.width(), panel.height()) == (400, 430)
    assert panel.strip.height() == panel.strip.heightForWidth(400)


def test_every_control_sets_the_dream_and_follows_it(panel: DreamPanel, session: FakeSession, qtbot: QtBot) -> None:
    strip = panel.strip
    strip.temperature.edited.emit(1.5)
    strip.sweeps.edited.emit(8.0)
    strip.smooth.edited.emit(0.4)
    qtbot.keyClick(strip.show_as, Qt.Key.Key_Down)
    strip.chains.chosen.emit("25")
    expected = DreamSettings(chains=25, temperature=1.5, sweeps_per_frame=8, show=Show.SAMPLE, smooth=0.4)
    assert session.dream == expected
    session.set_dream(DreamSettings(seed=77, chains=36))
    assert strip.temperature.value() == 1
    assert strip.show_as.key() == "mean"
    assert strip.chains.key() == "36"
    assert strip.seed.number.text() == "77"


def test_a_value_out_of_range_is_refused_in_words(panel: DreamPanel, session: FakeSession) -> None:
    panel.strip.temperature.edited.emit(99.0)
    notice = session.last("notify")
    assert notice is not None
    assert "temperature" in notice[0].message
    assert session.dream == DreamSettings()
    assert panel.strip.temperature.value() == 1


def test_typed_seeds_are_kept_and_start_over(panel: DreamPanel, session: FakeSession, qtbot: QtBot) -> None:
    number = panel.strip.seed.number
    number.setFocus()
    number.selectAll()
    qtbot.keyClicks(number, "4711")
    qtbot.keyClick(number, Qt.Key.Key_Return)
    assert session.dream.seed == 4711
    assert session.names()[-1] == "restart_dream"
    assert panel.strip.seed.locked
    qtbot.mouseClick(panel.strip.restart_button, Qt.MouseButton.LeftButton)
    assert session.dream.seed == 4711
    assert session.last("restart_dream") == (Start.NOISE, "", -1)
    panel.strip.seed.lock_button.click()
    qtbot.mouseClick(panel.strip.restart_button, Qt.MouseButton.LeftButton)
    assert session.dream.seed != 4711


def test_a_seed_beyond_every_limit_is_refused(panel: DreamPanel, session: FakeSession) -> None:
    panel.strip.seed.edited.emit(2**63)
    assert session.names()[-1] == "notify"
    assert session.dream.seed == 0


def test_the_new_seed_button_draws_another_and_restarts(panel: DreamPanel, session: FakeSession, qtbot: QtBot) -> None:
    qtbot.mouseClick(panel.strip.seed.new_button, Qt.MouseButton.LeftButton)
    assert session.dream.seed != 0
    assert session.names()[-1] == "restart_dream"


def test_where_it_starts_is_chosen(panel: DreamPanel, session: FakeSession, monkeypatch: pytest.MonkeyPatch) -> None:
    panel.strip.start_chosen.emit(Start.DATA)
    assert session.last("restart_dream") == (Start.DATA, "", -1)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("/pictures/wall.png", ""))
    panel.strip.start_chosen.emit(Start.PICTURE)
    assert session.last("restart_dream") == (Start.PICTURE, "/pictures/wall.png", -1)
    panel.strip.restart_button.click()
    assert session.last("restart_dream") == (Start.PICTURE, "/pictures/wall.png", -1)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    count = len(session.calls)
    panel.strip.start_chosen.emit(Start.PICTURE)
    assert len(session.calls) == count


def test_a_dropped_picture_starts_the_dream(panel: DreamPanel, session: FakeSession) -> None:
    assert drop(panel, "/pictures/Wall.JPG")
    assert session.last("restart_dream") == (Start.PICTURE, "/pictures/Wall.JPG", -1)
    assert panel.strip.start.key() == "picture"


@pytest.mark.parametrize("paths", [("/a.harmonium",), ("/folder",), ("/a.png", "/b.png"), ()])
def test_other_drops_are_left_to_the_window(panel: DreamPanel, session: FakeSession, paths: tuple[str, ...]) -> None:
    assert not drop(panel, *paths)
    assert session.last("restart_dream") is None


def test_without_a_model_a_drop_is_left_to_the_window(panel: DreamPanel, session: FakeSession) -> None:
    session.give_model(None)
    assert not drop(panel, "/a.png")


def test_one_chain_is_shown_as_it_is_and_many_in_a_square(panel: DreamPanel, session: FakeSession) -> None:
    session.frame_arrived.emit("dream", frame(np.ones((1, 6, 8, 1))))
    assert shown(panel).shape == (6, 8, 1)
    session.frame_arrived.emit("dream", frame(np.ones((5, 6, 8, 1))))
    assert shown(panel).shape == (6 * 2 + 1, 8 * 3 + 2, 1)


def test_samples_are_averaged_unless_raw_is_asked_for(panel: DreamPanel, session: FakeSession) -> None:
    session.set_dream(replace(session.dream, show=Show.SAMPLE))
    generator = np.random.default_rng(0)
    steps, before = [], None
    for sweep in range(60):
        session.frame_arrived.emit("dream", frame(generator.random((1, 16, 16, 1)) < 0.5, sweep))
        now = shown(panel).astype(float)
        if before is not None and sweep > 20:
            steps.append(np.abs(now - before).mean() / 255)
        before = now
    assert max(steps) < 0.1
    assert panel.strip.raw.isVisible()
    panel.strip.raw.setChecked(True)
    session.frame_arrived.emit("dream", frame(generator.random((1, 16, 16, 1)) < 0.5, 61))
    assert set(np.unique(shown(panel)).tolist()) == {0, 255}


def test_the_mean_starts_anew_with_the_dream(panel: DreamPanel, session: FakeSession) -> None:
    session.set_dream(replace(session.dream, show=Show.SAMPLE))
    session.frame_arrived.emit("dream", frame(np.ones((1, 4, 4, 1)), 100))
    session.frame_arrived.emit("dream", frame(np.zeros((1, 4, 4, 1)), 0))
    assert shown(panel).max() == 0


@pytest.mark.parametrize("show", list(Show))
def test_nan_and_nothing_are_drawn_without_complaint(panel: DreamPanel, session: FakeSession, show: Show) -> None:
    session.set_dream(replace(session.dream, show=show))
    session.frame_arrived.emit("dream", frame(np.full((4, 5, 5, 3), np.nan)))
    assert shown(panel)[0, 0].tolist() == [128, 128, 128]
    session.frame_arrived.emit("dream", frame(np.ones((4, 5, 5, 3)), 2))
    assert shown(panel)[0, 0, 0] > 128
    session.frame_arrived.emit("dream", frame(np.zeros((0, 5, 5, 3))))
    assert not shown(panel).size
    panel.grab()


def test_the_counter_tells_sweep_and_speed(panel: DreamPanel, session: FakeSession) -> None:
    session.give_dream(1, 8, sweep=12400)
    assert panel.strip.counter.text() == "sweep 12 400   118/s"
    panel.strip.set_horizon("384 sweeps from noise")
    assert "trained to dream 384 sweeps from noise" in panel.strip.counter.toolTip()


def test_export_remembers_its_folder(
    panel: DreamPanel, session: FakeSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def answer(_parent: object, _title: str, start: str, _kind: str) -> tuple[str, str]:
        asked.append(start)
        return str(tmp_path / "mine"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    for _ in range(2):
        panel.strip.export_button.click()
        panel.findChildren(ExportDialog)[-1].save.click()
    assert session.last("export_dream") == (tmp_path / "mine.png", 8, (1, 1), Alpha.NONE)
    assert asked[1] == str(tmp_path / "dream.png")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    count = len(session.calls)
    panel.strip.export_button.click()
    panel.findChildren(ExportDialog)[-1].save.click()
    assert len(session.calls) == count


def test_the_command_is_copied(panel: DreamPanel, session: FakeSession) -> None:
    panel.strip.copy_button.click()
    assert QGuiApplication.clipboard().text() == session.command_for_dream()
    assert told(session).hint == ""
    session.exact = False
    panel.strip.copy_button.click()
    assert "not every pixel" in told(session).hint


def told(session: FakeSession) -> Notice:
    notice = (session.last("notify") or (None,))[0]
    assert isinstance(notice, Notice)
    return notice


def test_it_can_be_narrow(panel: DreamPanel, session: FakeSession) -> None:
    panel.resize(200, 700)
    session.give_dream(9, 8)
    assert panel.width() == 200
    inside = panel.strip.rect()
    for made in (panel.strip.smooth, panel.strip.seed, panel.strip.export_button):
        place = made.geometry()
        assert inside.contains(place.topLeft()), made.accessibleName()
        assert place.right() <= inside.right(), made.accessibleName()
