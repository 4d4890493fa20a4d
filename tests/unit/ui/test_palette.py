"""Commands found by their letters, and keys the user chose."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QKeySequence
from pytestqt.qtbot import QtBot

from studio.ui.actions import ACTIONS, action
from studio.ui.colours import ThemeName
from studio.ui.main_window import MainWindow
from studio.ui.palette import CommandPalette, score
from studio.ui.shortcut_book import ShortcutBook
from studio.ui.shortcut_editor import ShortcutEditor
from studio.ui.theme import Theme
from tests.helpers.fake_session import FakeSession

CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def book(settings: QSettings) -> ShortcutBook:
    return ShortcutBook(settings)


def opened(window: MainWindow, qtbot: QtBot) -> CommandPalette:
    qtbot.keyClick(window, Qt.Key.Key_P, CTRL | SHIFT)
    palette = window.findChild(CommandPalette)
    assert palette is not None
    return palette


def test_a_few_letters_and_enter_run_a_command(window: MainWindow, fake: FakeSession, qtbot: QtBot) -> None:
    fake.give_dataset()
    palette = opened(window, qtbot)
    qtbot.keyClicks(palette.search, "start tr")
    qtbot.keyClick(palette.search, Qt.Key.Key_Return)
    assert "start" in fake.names()
    qtbot.waitUntil(lambda: window.findChild(CommandPalette) is None)


@pytest.mark.parametrize("typed", ["light", "theme light"])
def test_a_look_is_found_and_taken(window: MainWindow, qtbot: QtBot, theme: Theme, typed: str) -> None:
    palette = opened(window, qtbot)
    qtbot.keyClicks(palette.search, typed)
    assert palette.list.item(0).text() == "View: Theme, light"
    qtbot.keyClick(palette.search, Qt.Key.Key_Return)
    assert theme.name is ThemeName.LIGHT


def test_sizes_of_text_are_found(window: MainWindow, qtbot: QtBot) -> None:
    palette = opened(window, qtbot)
    qtbot.keyClicks(palette.search, "text size")
    sizes = [palette.list.item(row).text() for row in range(3)]
    assert sizes == [f"View: Text size, {size} %" for size in (100, 125, 150)]


def test_arrows_choose_and_what_is_disabled_does_not_run(window: MainWindow, fake: FakeSession, qtbot: QtBot) -> None:
    palette = opened(window, qtbot)
    qtbot.keyClicks(palette.search, "gallery")
    assert "There is no model to dream yet: press Start" in palette.tip.text()
    qtbot.keyClick(palette.search, Qt.Key.Key_Return)
    assert palette.isVisible()
    palette.search.clear()
    first = palette.list.currentRow()
    qtbot.keyClick(palette.search, Qt.Key.Key_Down)
    assert palette.list.currentRow() == first + 1
    qtbot.keyClick(palette.search, Qt.Key.Key_PageUp)
    assert palette.list.currentRow() == 0
    qtbot.keyClicks(palette.search, "qqqq")
    assert palette.list.count() == 0
    assert palette.tip.text() == "No command is called so."
    qtbot.keyClick(palette.search, Qt.Key.Key_Return)
    palette.close()
    assert fake.names() == [name for name in fake.names() if name != "start"]


@pytest.mark.parametrize(
    ("typed", "key"), [("undo", "undo"), ("exp dream", "export_dream"), ("full", "full"), ("wrap", "wrap")]
)
def test_the_command_that_is_meant_comes_first(typed: str, key: str) -> None:
    assert max(ACTIONS, key=lambda info: score(typed, info)).id == key


def test_every_command_is_found_by_its_name() -> None:
    assert all(score(info.text, info) > 0 for info in ACTIONS)
    assert score("zzz", action("undo")) == 0


def test_chosen_keys_act_and_are_remembered(window: MainWindow, settings: QSettings) -> None:
    window.book.choose("full", "Ctrl+Alt+F")
    full = window.menus.actions["full"]
    assert full.shortcut() == QKeySequence("Ctrl+Alt+F")
    assert "(Ctrl+Alt+F)" in full.toolTip()
    assert ShortcutBook(settings).keys("full") == "Ctrl+Alt+F"
    window.book.reset_all()
    assert full.shortcut() == QKeySequence("F11")
    assert not settings.contains("shortcuts/full")


def test_keys_belong_to_one_action(book: ShortcutBook) -> None:
    other = book.conflict("full", "Ctrl+S")
    assert other is not None
    assert other.id == "save"
    assert book.conflict("save", "Ctrl+S") is None
    assert book.conflict("full", "") is None
    book.choose("full", "Ctrl+S")
    assert book.keys("save") == ""
    assert book.keys("full") == "Ctrl+S"
    book.reset("save")
    assert book.keys("save") == "Ctrl+S"
    assert book.keys("full") == ""


def test_the_list_of_keys_warns_before_it_takes(book: ShortcutBook, qtbot: QtBot) -> None:
    editor = ShortcutEditor(book)
    qtbot.addWidget(editor)
    editor.show()
    row = editor.rows["full"]
    row.edit.setKeySequence(QKeySequence("Ctrl+S"))
    row.edit.editingFinished.emit()
    assert editor.words.text() == "Ctrl+S is Save already."
    assert book.keys("full") == "F11"
    assert row.edit.keySequence() == QKeySequence("F11")
    qtbot.mouseClick(editor.take, LEFT)
    assert book.keys("full") == "Ctrl+S"
    assert editor.rows["save"].edit.keySequence().isEmpty()
    assert not editor.take.isVisible()
    qtbot.mouseClick(editor.rows["save"].reset, LEFT)
    assert book.keys("save") == "Ctrl+S"
    qtbot.keyClick(editor.rows["full"].edit, Qt.Key.Key_F, CTRL | ALT)
    qtbot.waitUntil(lambda: book.keys("full") == "Ctrl+Alt+F")
    editor.search.setText("full screen")
    assert editor.rows["full"].edit.isVisible()
    assert not editor.rows["save"].edit.isVisible()
    qtbot.mouseClick(editor.reset_all, LEFT)
    assert book.keys("full") == "F11"
