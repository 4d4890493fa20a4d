"""The strip of snapshots: gone back to, named, locked, dragged out."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QDrag
from PySide6.QtWidgets import QApplication, QInputDialog, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from studio.dream.snapshot import SnapshotSettings
from studio.session.session import Session
from studio.ui.panels.snapshots import SnapshotsPanel
from studio.ui.widgets import snapshot_button
from studio.ui.widgets.drag_out import drag_out
from studio.ui.widgets.value_edit import ValueEdit
from tests.helpers.fake_session import FakeSession

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def session() -> FakeSession:
    return FakeSession()


@pytest.fixture
def panel(qtbot: QtBot, session: FakeSession) -> SnapshotsPanel:
    session.give_model()
    made = SnapshotsPanel(cast(Session, session))
    qtbot.addWidget(made)
    made.resize(284, 160)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_it_says_what_snapshots_are_until_there_is_one(
    panel: SnapshotsPanel, session: FakeSession, qtbot: QtBot
) -> None:
    assert panel.empty.isVisible()
    qtbot.mouseClick(panel.keep_button, LEFT)
    assert session.names()[-1] == "keep_snapshot"
    session.give_snapshots(3)
    assert not panel.empty.isVisible()
    assert panel.strip.numbers == [1, 2, 3]
    assert panel.words.text() == "3, 3.0 MB"
    session.give_model(None)
    assert panel.strip.numbers == []
    assert not panel.keep_button.isEnabled()


def test_a_click_goes_back_and_is_framed(panel: SnapshotsPanel, session: FakeSession, qtbot: QtBot) -> None:
    session.give_snapshots(3)
    qtbot.mouseClick(panel.strip.button(2), LEFT)
    assert session.last("rewind") == (2,)
    assert [number for number in panel.strip.numbers if panel.strip.button(number).current] == [2]
    panel.go_back()
    assert session.last("rewind") == (3,)


def test_the_keyboard_goes_back_too(panel: SnapshotsPanel, session: FakeSession, qtbot: QtBot) -> None:
    session.give_snapshots(3)
    panel.strip.button(3).setFocus()
    for _ in range(2):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Left)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert session.last("rewind") == (1,)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Left)
    assert panel.strip.button(1).hasFocus()


def test_the_newest_is_in_sight_and_the_wheel_goes_through_them(
    panel: SnapshotsPanel, session: FakeSession, qtbot: QtBot
) -> None:
    session.give_snapshots(20)
    bar = panel.strip.horizontalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0 and bar.value() == bar.maximum())
    first = panel.strip.button(5)
    session._give(session.snapshots[2:])
    assert panel.strip.numbers == list(range(3, 21))
    assert panel.strip.button(5) is first


def test_one_that_is_kept_comes_into_sight(panel: SnapshotsPanel, session: FakeSession, qtbot: QtBot) -> None:
    strip = panel.strip
    for count in range(1, 9):
        session.give_snapshots(count)

        def in_sight(number: int = count) -> bool:
            button = strip.button(number)
            left = button.mapTo(strip.viewport(), QPoint()).x()
            return button.isVisible() and 0 <= left <= strip.viewport().width() - button.width()

        qtbot.waitUntil(in_sight)


def test_looking_at_an_old_one_is_not_disturbed(panel: SnapshotsPanel, session: FakeSession, qtbot: QtBot) -> None:
    session.give_snapshots(20)
    bar = panel.strip.horizontalScrollBar()
    qtbot.waitUntil(lambda: 0 < bar.maximum() == bar.value())
    bar.setValue(60)
    panel.resize(panel.width() - 20, panel.height())
    qtbot.waitUntil(lambda: panel.strip.width() <= panel.width())
    assert bar.value() == 60


@pytest.mark.parametrize("by_key", [True, False])
def test_it_is_named(panel: SnapshotsPanel, session: FakeSession, qtbot: QtBot, by_key: bool) -> None:
    session.give_snapshots(2)
    if by_key:
        qtbot.keyClick(panel.strip.button(2), Qt.Key.Key_F2)
    else:
        qtbot.mouseDClick(panel.strip.button(2), LEFT)
    dialog = panel.findChild(QInputDialog)
    assert dialog is not None
    field = dialog.findChild(QLineEdit)
    assert field is not None
    qtbot.keyClicks(field, "the good one")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert session.last("name_snapshot") == (2, "the good one")
    assert "the good one" in panel.strip.button(2).accessibleName()


def test_it_is_locked_from_its_menu(panel: SnapshotsPanel, session: FakeSession) -> None:
    session.give_snapshots(2)
    for locked in (True, False):
        made = panel.strip.button(1)
        at = QPoint(5, 5)
        QApplication.sendEvent(made, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, made.mapToGlobal(at)))
        menu = panel.strip.findChildren(QMenu)[-1]
        actions = {entry.text(): entry for entry in menu.actions()}
        actions["Lock" if locked else "Unlock"].trigger()
        menu.close()
        assert session.last("lock_snapshot") == (1, locked)
        assert ("locked" in panel.strip.button(1).accessibleName()) is locked


def test_it_is_dragged_out_as_a_file_and_that_is_no_click(
    panel: SnapshotsPanel, session: FakeSession, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    dragged: list[Path] = []
    monkeypatch.setattr(snapshot_button, "drag_out", lambda _source, path, _picture: dragged.append(path))
    monkeypatch.setattr(QApplication, "mouseButtons", lambda: LEFT)
    session.give_snapshots(2)
    made = panel.strip.button(1)
    qtbot.mousePress(made, LEFT, pos=QPoint(10, 10))
    qtbot.mouseMove(made, QPoint(12, 10))
    assert "draw_out_snapshot" not in session.names()
    qtbot.mouseMove(made, QPoint(40, 40))
    assert session.last("draw_out_snapshot") == (1,)
    session.snapshot_drawn_out.emit(1, tmp_path / "one.png")
    assert dragged == [tmp_path / "one.png"]
    qtbot.mouseRelease(made, LEFT, pos=QPoint(40, 40))
    assert "rewind" not in session.names()
    session.snapshot_drawn_out.emit(1, tmp_path / "late.png")  # nobody drags any more
    assert len(dragged) == 1


def test_a_drag_carries_the_file(panel: SnapshotsPanel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    carried: list[str] = []

    def dropped(drag: QDrag, _action: Qt.DropAction) -> Qt.DropAction:
        carried.extend(url.toLocalFile() for url in drag.mimeData().urls())
        return Qt.DropAction.CopyAction

    monkeypatch.setattr(QDrag, "exec", dropped)
    session = cast(FakeSession, panel._session)
    session.give_snapshots(1)
    made = panel.strip.button(1)
    drag_out(made, tmp_path / "one.png", made._image)
    assert carried == [str(tmp_path / "one.png")]


def test_settings_say_how_often_and_in_how_much_memory(
    panel: SnapshotsPanel, session: FakeSession, qtbot: QtBot
) -> None:
    assert not panel.form.isVisible()
    panel.resize(284, 260)
    qtbot.mouseClick(panel.settings_button, LEFT)
    number = panel.form.editor("every").findChild(ValueEdit)
    assert number is not None
    number.setFocus()
    number.selectAll()
    qtbot.keyClicks(number, "50")
    qtbot.keyClick(number, Qt.Key.Key_Return)
    assert session.snapshot_settings == SnapshotSettings(every=50)


def test_a_snapshot_that_is_gone_is_not_asked_about(panel: SnapshotsPanel, session: FakeSession) -> None:
    session.give_snapshots(1)
    panel.ask_for_name(7)
    assert panel.findChild(QInputDialog) is None
    session.give_snapshots(0)
    panel.go_back()
    assert "rewind" not in session.names()
