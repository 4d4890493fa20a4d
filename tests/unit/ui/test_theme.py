"""Palettes switch while the window runs, are remembered, and can be read."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from studio.session.notices import Notice
from studio.session.session import Session
from studio.ui.colours import COLOURS, Colours, ThemeName
from studio.ui.icons import IconButton
from studio.ui.main_window import MainWindow
from studio.ui.theme import Theme
from studio.ui.widgets.sticky import StickyColumn
from tests.helpers.fake_session import FakeSession


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    ink = QColor(colour)
    parts = (ink.redF(), ink.greenF(), ink.blueF())
    shares = [part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4) for part in parts]
    return 0.2126 * shares[0] + 0.7152 * shares[1] + 0.0722 * shares[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", ThemeName)
def test_words_can_be_read(name: ThemeName) -> None:
    colours = COLOURS[name]
    for text in (colours.text, colours.dim, colours.error, colours.accent_text):
        assert contrast(text, colours.window) >= 4.5
    assert contrast(colours.accent_ink, colours.accent) >= 4.5
    assert contrast(colours.dim, colours.button) >= 4.5


@pytest.mark.parametrize("name", ThemeName)
def test_greys_have_no_tint(name: ThemeName) -> None:
    coloured = {"accent", "accent_hover", "accent_ink", "accent_text", "advice", "error"}
    for item in dataclasses.fields(Colours):
        if item.name not in coloured:
            ink = QColor(getattr(COLOURS[name], item.name))
            assert ink.red() == ink.green() == ink.blue(), item.name


def test_the_canvas_surround_is_the_same_grey_everywhere() -> None:
    assert {colours.surround for colours in COLOURS.values()} == {"#777777"}


def test_a_theme_is_switched_while_running_and_remembered(
    qapp: QApplication, theme: Theme, settings: QSettings, window: MainWindow
) -> None:
    icon = window.findChildren(IconButton)[-1]
    before = icon.icon().cacheKey()
    theme.set_name(ThemeName.LIGHT)
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(COLOURS[ThemeName.LIGHT].window)
    assert icon.icon().cacheKey() != before
    assert Theme(qapp, settings).name is ThemeName.LIGHT


def test_an_unknown_remembered_theme_is_the_dark_one(qapp: QApplication, theme: Theme, settings: QSettings) -> None:
    assert theme.name is ThemeName.DARK
    settings.setValue("window/theme", "sepia")
    assert Theme(qapp, settings).name is ThemeName.DARK


@pytest.mark.usefixtures("dressed")
def test_a_window_is_built_before_it_is_dressed(qapp: QApplication, settings: QSettings) -> None:
    sheet = qapp.styleSheet()
    qapp.setStyleSheet("")
    later = Theme(qapp, settings)
    assert not qapp.styleSheet()
    later.set_name(ThemeName.LIGHT)
    assert not qapp.styleSheet()
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(COLOURS[ThemeName.LIGHT].window)
    later.set_name(ThemeName.DARK)
    later.dress()
    assert qapp.styleSheet() == sheet


def test_text_is_larger_from_the_next_start_on(
    qapp: QApplication, settings: QSettings, window: MainWindow, fake: FakeSession
) -> None:
    heard: list[Notice] = []
    fake.notice_posted.connect(heard.append)
    before = qapp.font().pixelSize()
    menus = {menu.title(): menu for menu in window.findChildren(QMenu)}
    menus["Text size"].actions()[2].trigger()
    assert [notice.message for notice in heard] == ["Text is shown at 150 % when the studio starts again."]
    assert qapp.font().pixelSize() == before
    assert Theme(qapp, settings).text == 1.5
    assert qapp.font().pixelSize() == round(1.5 * before)
    settings.setValue("window/text", "large")
    assert Theme(qapp, settings).text == 1


def test_large_text_is_cut_off_nowhere(
    settings: QSettings, theme: Theme, qapp: QApplication, session: Session, qtbot: QtBot
) -> None:
    theme.choose_text(1.5)
    large = Theme(qapp, settings)
    window = MainWindow(session, settings, large)
    large.dress()
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show()
    qtbot.waitExposed(window)
    assert window.width() == 1280
    for key in ("train", "inspect", "dream", "fill"):
        chosen = window.top.workspaces.button(key)
        assert chosen.width() >= chosen.sizeHint().width()
    for column in window.findChildren(StickyColumn):
        inner = column.widget()
        assert inner is not None
        assert inner.minimumSizeHint().width() <= column.viewport().width(), column.accessibleName()
