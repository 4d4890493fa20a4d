"""The action table is whole."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtGui import QKeySequence

from studio.paths import resources
from studio.ui.action_info import ActionInfo
from studio.ui.actions import ACTIONS, MENUS
from studio.ui.commands import Commands


def test_shortcuts_are_unique() -> None:
    keys = Counter(QKeySequence(info.shortcut).toString() for info in ACTIONS if info.shortcut)
    assert [key for key, count in keys.items() if count > 1] == []


def test_ids_are_unique() -> None:
    assert len({info.id for info in ACTIONS}) == len(ACTIONS)


@pytest.mark.parametrize("info", ACTIONS, ids=lambda info: info.id)
def test_every_action_says_what_it_does(info: ActionInfo) -> None:
    assert info.text
    assert info.tip.endswith(".")
    assert info.menu in MENUS
    assert callable(getattr(Commands, info.handler))
    assert not info.shortcut or QKeySequence(info.shortcut).toString()
    assert not info.icon or (resources() / "icons" / f"{info.icon}.svg").is_file()


def test_the_promised_keys_are_there() -> None:
    by_key = {info.shortcut: info.id for info in ACTIONS}
    for key, name in (
        ("Ctrl+N", "new"),
        ("Ctrl+O", "open"),
        ("Ctrl+S", "save"),
        ("Ctrl+Shift+S", "save_as"),
        ("Ctrl+Return", "start"),
        ("Ctrl+P", "pause"),
        ("Ctrl+Z", "undo"),
        ("Ctrl+Shift+Z", "redo"),
        ("Ctrl+Shift+E", "export_dream"),
        ("F1", "help"),
        ("F11", "full"),
        ("F", "panels"),
        ("Ctrl+0", "fit"),
        ("Space", "play"),
        (".", "sweep"),
        ("R", "restart"),
        ("Ctrl+Q", "quit"),
    ):
        assert by_key[key] == name
