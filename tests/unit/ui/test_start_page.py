"""Where one begins with nothing at hand: samples and recent projects, by mouse and by keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from studio.project.sample_projects import sample_projects
from studio.session.notices import ProjectInfo
from studio.ui.dialogs import SaveQuestion
from studio.ui.main_window import MainWindow
from studio.ui.samples_dialog import SamplesDialog
from studio.ui.start_page import StartPage
from studio.ui.theme import TEXT_KEY
from tests.helpers.fake_session import FakeSession

LEFT = Qt.MouseButton.LeftButton


def test_an_empty_project_offers_samples_on_the_canvas(window: MainWindow, fake: FakeSession, qtbot: QtBot) -> None:
    assert window.findChild(StartPage) is None
    fake.project_changed.emit(ProjectInfo())
    page = window.findChild(StartPage)
    assert page is not None
    qtbot.waitUntil(page.isVisible)
    faces = page.cards[2]
    faces.setFocus()
    qtbot.keyClick(faces, Qt.Key.Key_Return)
    assert fake.last("open_sample") == (sample_projects()[2].path,)
    assert window.regions.key == "inspect"


def test_at_large_text_the_page_has_the_room_of_controls_that_play_nothing(
    settings: QSettings, request: pytest.FixtureRequest, fake: FakeSession, qtbot: QtBot
) -> None:
    settings.setValue(TEXT_KEY, 1.5)  # before the theme looks
    window: MainWindow = request.getfixturevalue("window")
    fake.project_changed.emit(ProjectInfo())
    page = window.findChild(StartPage)
    assert page is not None
    qtbot.waitUntil(lambda: page.cards[0].visibleRegion().boundingRect() == page.cards[0].rect())
    assert page.verticalScrollBar().maximum() > 0, "the others are reached by scrolling"
    assert not window.dream.strip.isVisible()
    fake.give_model("rbm")
    assert window.dream.strip.isVisible()


def test_the_tab_key_goes_from_card_to_card_and_on_to_recent_projects(window: MainWindow, fake: FakeSession) -> None:
    fake.project_changed.emit(fake.project)
    fake.recent_changed.emit((Path("/pictures/wall.harmonium"),))
    assert window.start is not None
    start = window.start
    chain, part = list[QWidget](), window.dream.start_button.nextInFocusChain()
    while part is not None and part is not window.dream.start_button:
        if part.focusPolicy() & Qt.FocusPolicy.TabFocus and not part.isHidden():
            chain.append(part)
        part = part.nextInFocusChain()
    count = len(start.cards)
    assert chain[:count] == start.cards
    assert chain[count].property("path") == "/pictures/wall.harmonium"


def test_with_a_model_nothing_is_offered(window: MainWindow, fake: FakeSession) -> None:
    fake.has_model = True
    fake.project_changed.emit(ProjectInfo())
    assert window.start is None


def test_samples_are_opened_over_the_work_after_a_question(window: MainWindow, fake: FakeSession, qtbot: QtBot) -> None:
    fake.project = ProjectInfo(dirty=True)
    window.menus.actions["samples"].trigger()
    dialog = window.findChild(SamplesDialog)
    assert dialog is not None
    qtbot.waitUntil(dialog.page.cards[0].hasFocus)
    qtbot.mouseClick(dialog.page.cards[1], LEFT)
    assert not dialog.isVisible()
    assert "open_sample" not in fake.names()
    question = window.findChild(SaveQuestion)
    assert question is not None
    question.button(QMessageBox.StandardButton.Discard).click()
    assert fake.last("open_sample") == (sample_projects()[1].path,)


def test_recent_projects_are_listed_and_opened(qtbot: QtBot, tmp_path: Path) -> None:
    page = StartPage([tmp_path / "wall.harmonium"])
    qtbot.addWidget(page)
    page.show()
    page.set_recent([tmp_path / "weave.harmonium", tmp_path / "wall.harmonium"])
    link = next(made for made in page.findChildren(QPushButton) if made.text() == "weave")
    with qtbot.waitSignal(page.recent_chosen) as chosen:
        qtbot.mouseClick(link, LEFT)
    assert chosen.args == [tmp_path / "weave.harmonium"]


def test_a_narrow_page_lays_the_cards_below_each_other(qtbot: QtBot) -> None:
    page = StartPage([])
    qtbot.addWidget(page)
    page.resize(page.cards[0].width() + 30, 300)
    page.show()
    qtbot.waitUntil(lambda: page.cards[1].y() > page.cards[0].geometry().bottom())
    assert page.verticalScrollBar().maximum() > 0
