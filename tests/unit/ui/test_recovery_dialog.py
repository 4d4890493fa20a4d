"""What a crash left is shown with its pictures; open, save and discard do what they say."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from studio.data.png import encode
from studio.project.recovery import Recoverable, Rescue
from studio.session.autosave import AutosaveSettings
from studio.ui.autosave_dialog import AutosaveDialog
from studio.ui.dialogs import FileDialogs
from studio.ui.main_window import MainWindow
from studio.ui.recovery_dialog import RecoveryDialog, RescueRow, when
from studio.ui.status_bar import StatusLine
from tests.helpers.fake_session import FakeSession

LEFT = Qt.MouseButton.LeftButton
GREY = encode(np.full((8, 8, 1), 90, np.uint8), {})
NOON = "2026-03-01T12:00:00+00:00"


def rescue(name: str = "wall", whole: bool = True) -> Rescue:
    copy = Path(f"/x/.{name}.autosave-0123abcd.harmonium")
    return Rescue(Recoverable("0123abcd", copy, Path(f"/x/{name}.harmonium"), NOON), (GREY, GREY), "1 run", whole)


@pytest.fixture
def offered(window: MainWindow, fake: FakeSession) -> RecoveryDialog:
    fake.recoverable_found.emit((rescue("wall"), rescue("floor", whole=False)))
    dialog = window.findChild(RecoveryDialog)
    assert isinstance(dialog, RecoveryDialog)
    return dialog


def test_nothing_found_shows_nothing(window: MainWindow, fake: FakeSession) -> None:
    fake.recoverable_found.emit(())
    assert window.findChild(RecoveryDialog) is None


def test_each_copy_has_its_pictures_and_words(offered: RecoveryDialog) -> None:
    wall, floor = offered.rows
    assert wall.pictures.count() == 2
    assert wall.title.text() == "wall.harmonium"
    assert wall.words.text() == "1 run"
    assert wall.open.isEnabled()
    assert not floor.open.isEnabled()  # it is damaged
    for row in offered.rows:
        for part in (row.open, row.save, row.discard):
            assert part.accessibleName()
            assert part.toolTip()


def test_open_opens_and_closes_the_dialog(offered: RecoveryDialog, fake: FakeSession, qtbot: QtBot) -> None:
    wanted = offered.rows[0].rescue
    with qtbot.waitSignal(offered.destroyed):
        qtbot.mouseClick(offered.rows[0].open, LEFT)
    assert fake.last("recover") == (wanted,)


def test_open_asks_first_what_becomes_of_unsaved_changes(
    offered: RecoveryDialog, fake: FakeSession, qtbot: QtBot
) -> None:
    fake.give_project(None, dirty=True)
    with qtbot.waitSignal(offered.destroyed):
        qtbot.mouseClick(offered.rows[0].open, LEFT)
    assert fake.last("recover") is None


def test_discard_asks_once_more(offered: RecoveryDialog, fake: FakeSession, qtbot: QtBot) -> None:
    row = offered.rows[0]
    qtbot.mouseClick(row.discard, LEFT)
    assert fake.last("discard_recovered") is None
    assert row.discard.text() == "Really discard"
    qtbot.mouseClick(row.discard, LEFT)
    assert fake.last("discard_recovered") == (row.rescue,)
    assert len(offered.rows) == 1
    assert offered.isVisible()


def test_save_as_asks_for_a_file(
    offered: RecoveryDialog, window: MainWindow, fake: FakeSession, qtbot: QtBot, tmp_path: Path
) -> None:
    row = offered.rows[0]
    qtbot.mouseClick(row.save, LEFT)
    dialog = window.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    dialog.filesSelected.emit([str(tmp_path / "kept.harmonium")])
    dialog.close()
    assert fake.last("save_recovered") == (row.rescue, tmp_path / "kept.harmonium")
    assert row not in offered.rows


def test_later_leaves_everything(offered: RecoveryDialog, fake: FakeSession, qtbot: QtBot) -> None:
    with qtbot.waitSignal(offered.destroyed):
        qtbot.mouseClick(offered.later, LEFT)
    assert not {"recover", "save_recovered", "discard_recovered"} & set(fake.names())


def test_a_picture_that_is_none_is_left_out(qtbot: QtBot) -> None:
    row = RescueRow(Rescue(Recoverable("0123abcd", Path("/x")), (b"\x89PNG\r\n\x1a\n broken", GREY)))
    qtbot.addWidget(row)
    assert row.pictures.count() == 1


def test_times_are_said_in_words() -> None:
    assert when(NOON, datetime(2026, 3, 1, 14)) == "today at 12:00"
    assert when(NOON, datetime(2026, 3, 2, 14)) == "on 1 March 2026 at 12:00"
    assert when("") == "at an unknown time"


def test_the_autosave_dialog_sets_interval_size_and_off(fake: FakeSession, qtbot: QtBot) -> None:
    dialog = AutosaveDialog(fake)  # type: ignore[arg-type]  # the stand-in has what the dialog asks for
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.minutes._track.setFocus()
    qtbot.keyClick(dialog.minutes._track, Qt.Key.Key_Right)
    assert fake.autosave.settings == AutosaveSettings(6, 2000)
    qtbot.keyClick(dialog.check, Qt.Key.Key_Space)
    assert fake.autosave.settings.minutes == 0
    assert not dialog.minutes.isEnabled()
    dialog.close()


def test_a_line_says_when_something_was_autosaved(fake: FakeSession, qtbot: QtBot) -> None:
    line = StatusLine(fake)  # type: ignore[arg-type]  # the stand-in has what the line asks for
    qtbot.addWidget(line)
    line.show()
    fake.autosaved.emit(rescue().found)
    assert line.autosaved.text() == "Autosaved at 12:00"
    fake.give_project(Path("/x/wall.harmonium"), dirty=False)
    assert not line.autosaved.isVisible()


def test_being_ended_by_the_system_keeps_what_is_unsaved(
    window: MainWindow, fake: FakeSession, settings: QSettings
) -> None:
    assert isinstance(window.dialogs, FileDialogs)
    window.close_at_once()
    assert fake.last("shutdown") == (True,)
    assert settings.contains("window/geometry")
