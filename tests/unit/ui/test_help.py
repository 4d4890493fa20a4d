"""Help where one works: every setting has a sentence and a way into the manual."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from studio.data.spec import Preprocess
from studio.training.settings import TrainSettings
from studio.ui.binding import Form
from studio.ui.field_info import FieldInfo
from studio.ui.fields_pictures import PREPROCESS
from studio.ui.fields_training import TRAINING
from studio.ui.help_bubble import HelpBubble
from studio.ui.help_links import EXPLAINED, FURTHER, address_of
from studio.ui.help_sheet import HelpSheet
from studio.ui.main_window import MainWindow
from studio.ui.manual_text import Section, pages
from studio.ui.manual_window import ManualWindow
from studio.ui.widgets.bubble import BEAK, Side, place
from studio.ui.widgets.helped import topic_of

ROOT = Path(__file__).resolve().parents[3]
SECTIONS: dict[str, Section] = {one.address: one for page in pages() for one in page.sections}


@pytest.mark.parametrize("info", EXPLAINED, ids=lambda info: f"{info.owner.__name__}.{info.name}")
def test_every_setting_leads_to_where_the_manual_speaks_of_it(info: FieldInfo) -> None:
    section = SECTIONS[address_of(info)]
    assert re.search(rf"(?<!\w){re.escape(info.label.lower())}(?!\w)", section.text.lower())
    assert info.tip.endswith((".", "?"))


def test_what_is_further_explained_exists() -> None:
    known = {(info.owner.__name__, info.name) for info in EXPLAINED}
    assert {(owner, name) for _, owner, names in FURTHER for name in names.split()} <= known


def test_the_page_of_settings_is_what_the_table_says() -> None:
    spec = importlib.util.spec_from_file_location("page", ROOT / "packaging" / "pictures" / "settings.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    # `python3 packaging/dev.py pictures --only settings` writes it
    assert (ROOT / "docs" / "manual" / "settings.md").read_text("utf-8") == module.page()


@pytest.mark.parametrize(
    ("target", "side"),
    [
        (QRect(10, 100, 200, 40), Side.RIGHT),
        (QRect(590, 100, 200, 40), Side.LEFT),
        (QRect(100, 10, 600, 40), Side.BELOW),
        (QRect(100, 550, 600, 40), Side.ABOVE),
    ],
)
def test_a_bubble_lies_beside_what_it_points_at(target: QRect, side: Side) -> None:
    size, room = QSize(240, 120), QRect(0, 0, 800, 600)
    found = place(size, target, room)
    assert found is not None
    corner, taken = found
    assert taken is side
    assert room.contains(QRect(corner, size))
    assert not QRect(corner, size).adjusted(-BEAK, -BEAK, BEAK, BEAK).intersects(target)


def test_where_no_side_has_room_none_is_given() -> None:
    assert place(QSize(240, 120), QRect(50, 50, 700, 500), QRect(0, 0, 800, 600)) is None


def test_f1_explains_the_setting_with_the_keyboard(window: MainWindow, qtbot: QtBot) -> None:
    slider = window.training.live.sliders["momentum"]
    window.activateWindow()
    slider.setFocus()
    qtbot.waitUntil(lambda: topic_of(window.focusWidget()) is not None)
    qtbot.keyClick(slider.focusProxy(), Qt.Key.Key_F1)
    bubble = window.findChild(HelpBubble)
    assert bubble is not None
    assert window.findChild(HelpSheet) is None
    assert "Momentum" in bubble.accessibleName()
    covered = QRect(slider.mapTo(window, QPoint(0, 0)), slider.size())
    assert not bubble.box().intersects(covered)
    qtbot.waitUntil(bubble.more.hasFocus)
    qtbot.keyClick(bubble.more, Qt.Key.Key_Escape)
    assert not bubble.isVisible()
    qtbot.waitUntil(slider.hasFocus)


@pytest.fixture
def dialog(qtbot: QtBot) -> QWidget:
    made = QWidget()
    made.resize(800, 700)
    qtbot.addWidget(made)
    return made


@pytest.fixture
def form(dialog: QWidget, qtbot: QtBot) -> Form:
    made = Form(TRAINING[:6], TrainSettings())
    made.setFixedWidth(280)
    column = QVBoxLayout(dialog)
    column.addWidget(made)
    dialog.show()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    return made


def test_the_mark_beside_a_name_opens_the_manual_at_the_place(form: Form, qtbot: QtBot) -> None:
    slider = form.editor("momentum")
    middle = QPointF(slider.rect().center())
    QApplication.sendEvent(slider, QEnterEvent(middle, middle, middle))
    mark = slider.findChild(QWidget, "mark")
    assert mark is not None
    assert mark.isVisible()
    qtbot.mouseClick(mark, Qt.MouseButton.LeftButton)
    bubble = form.window().findChild(HelpBubble)
    assert bubble is not None
    qtbot.keyClick(bubble.more, Qt.Key.Key_Return)
    manual = form.window().findChild(ManualWindow)
    assert manual is not None
    assert manual.page == "training.md"


def test_in_a_dialog_f1_explains_too_and_a_click_elsewhere_ends_it(form: Form, qtbot: QtBot) -> None:
    qtbot.keyClick(form.editor("learning_rate").focusProxy(), Qt.Key.Key_F1)
    bubble = form.window().findChild(HelpBubble)
    assert bubble is not None
    qtbot.waitUntil(bubble.more.hasFocus)
    form.editor("sparsity_cost").setFocus()
    qtbot.waitUntil(lambda: form.window().findChild(HelpBubble) is None)


def test_rows_of_every_kind_say_what_they_are_for(qtbot: QtBot) -> None:
    form = Form(PREPROCESS, Preprocess())
    qtbot.addWidget(form)
    for info in PREPROCESS:
        found = topic_of(form.editor(info.name).focusProxy() or form.editor(info.name))
        assert found is not None
        assert found[1] is info
