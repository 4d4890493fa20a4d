"""What a person does with the window: drops, presses, types, answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from studio.jobs.status import RunState
from studio.project.presets import preset
from studio.session.session import Session
from studio.ui.dialogs import SaveQuestion
from studio.ui.main_window import MainWindow
from studio.ui.measure.pixels import differ, drawn, uniform
from studio.ui.widgets.value_edit import ValueEdit

WAIT = 30_000
CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton


class Person:
    """Sits at one window, and looks until what was asked for is to be seen."""

    def __init__(self, window: MainWindow, session: Session, qtbot: QtBot) -> None:
        self.window, self.session, self.qtbot = window, session, qtbot

    def drop(self, path: Path, on: QWidget | None = None) -> None:
        """Drop a file or folder on a part of the window, by way of the system's own window."""
        handle = self.window.windowHandle()
        part = on or self.window.dataset
        at = part.mapTo(self.window, part.rect().center())
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        copy, plain = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
        entering = QDragEnterEvent(QPoint(at), copy, data, LEFT, plain)
        QApplication.sendEvent(handle, entering)
        assert entering.isAccepted()
        QApplication.sendEvent(handle, QDropEvent(at.toPointF(), copy, data, LEFT, plain))

    def press(self, part: QWidget) -> None:
        self.qtbot.mouseClick(part, LEFT)

    def keys(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        # a list that has just closed may still count as the active window where no window manager says otherwise
        self.window.activateWindow()
        self.qtbot.waitUntil(self.window.isActiveWindow, timeout=WAIT)
        self.window.setFocus()
        self.qtbot.keyClick(self.window, key, modifier)

    def choose_preset(self, name: str) -> None:
        """Choose the family of a preset, open the list and walk to it with the arrow keys."""
        families = self.window.model.families
        self.qtbot.mouseClick(families.button(str(preset(name).family)), LEFT)
        combo = self.window.model.preset
        combo.showPopup()
        self.qtbot.keyClick(combo.view(), Qt.Key.Key_Home)
        for _ in range(combo.findData(name)):
            self.qtbot.keyClick(combo.view(), Qt.Key.Key_Down)
        self.qtbot.keyClick(combo.view(), Qt.Key.Key_Return)

    def type_epochs(self, count: int) -> None:
        number = self.window.training.length.editor("epochs").findChild(ValueEdit)
        assert number is not None
        number.setFocus()
        number.selectAll()
        self.qtbot.keyClicks(number, str(count))
        self.qtbot.keyClick(number, Qt.Key.Key_Return)

    def answer(self, button: QMessageBox.StandardButton) -> None:
        """Answer the question about unsaved changes."""
        question = self.window.findChild(SaveQuestion)
        assert question is not None
        self.press(question.button(button))
        self.qtbot.waitUntil(lambda: self.window.findChild(SaveQuestion) is None)

    def sees_names_of(self, folder: Path) -> None:
        """Look until the pictures of a folder are those to learn from."""
        names = {path.name for path in folder.glob("*.png")}

        def seen() -> bool:
            images = self.session.dataset
            return images is not None and set(images.names) <= names and self.window.dataset.sheet.isVisible()

        self.qtbot.waitUntil(seen, timeout=WAIT)

    def sees(self, state: RunState) -> None:
        self.qtbot.waitUntil(lambda: self.session.status.state is state, timeout=WAIT)

    def sees_move(self, part: QWidget) -> None:
        """Look at a part of the window until it is drawn, and drawn otherwise."""
        before: list[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]] = []

        def moved() -> bool:
            now = drawn(part)
            if not uniform(now):
                before.append(now)
            return len(before) > 1 and differ(before[0], now)

        self.qtbot.waitUntil(moved, timeout=WAIT)

    def trains(self, folder: Path, epochs: int = 60) -> None:
        """Let the smallest preset learn a folder of pictures to the end."""
        self.drop(folder)
        self.sees_names_of(folder)
        self.choose_preset("bars-rbm")
        self.type_epochs(epochs)
        self.qtbot.waitUntil(self.window.training.head.big.isEnabled, timeout=WAIT)
        with self.qtbot.waitSignal(self.session.ended, timeout=WAIT):
            self.press(self.window.training.head.big)
