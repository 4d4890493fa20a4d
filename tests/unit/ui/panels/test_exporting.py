"""Things are taken away in the panel, as a person does it: chosen, pressed, dragged, copied, cancelled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtGui import QDrag, QGuiApplication
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from studio.data.picture import write_png
from studio.dream.place import Hold
from studio.dream.settings import DreamSettings
from studio.dream.take import Alpha, Take
from studio.jobs.status import PlayerState
from studio.project.batch import Batch
from studio.project.map_files import MapWish
from studio.session.session import Session
from studio.session.taking import Grabbed, TaskInfo
from studio.ui.batch_dialog import BatchDialog
from studio.ui.export_dialog import FILM, MAPS, SHEET, SPRITES, ExportDialog
from studio.ui.images import from_qimage
from studio.ui.main_window import MainWindow
from studio.ui.panels.dream import DreamPanel
from studio.ui.task_strip import TaskStrip
from studio.ui.widgets.slider import LabelledSlider
from studio.ui.widgets.track import Track
from studio.ui.widgets.value_edit import ValueEdit
from tests.helpers.fake_session import FakeSession

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(panel: DreamPanel, session: FakeSession) -> DreamPanel:
    panel.resize(900, 600)
    session.give_model("texture")
    session.give_dream(1, 32)
    return panel


@pytest.fixture
def saves_as(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Let the next question where to save be answered."""

    def answer(name: str) -> Path:
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / name), ""))
        return tmp_path / name

    return answer


def opened(panel: DreamPanel, qtbot: QtBot) -> ExportDialog:
    qtbot.mouseClick(panel.strip.export_button, LEFT)
    return panel.findChildren(ExportDialog)[-1]


def types(qtbot: QtBot, slider: LabelledSlider, value: object) -> None:
    edit = slider.findChild(ValueEdit)
    assert edit is not None
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, str(value))
    qtbot.keyClick(edit, Qt.Key.Key_Return)


def chooses(qtbot: QtBot, dialog: ExportDialog, suffix: str) -> None:
    dialog.format.showPopup()
    qtbot.keyClick(dialog.format.view(), Qt.Key.Key_Home)
    for _ in range(dialog.format.findData(suffix)):
        qtbot.keyClick(dialog.format.view(), Qt.Key.Key_Down)
    qtbot.keyClick(dialog.format.view(), Qt.Key.Key_Return)
    assert dialog.format.key() == suffix


def test_before_the_first_frame_no_size_is_told(panel: DreamPanel, qtbot: QtBot) -> None:
    panel._dreamt = 1, 0, 0
    assert opened(panel, qtbot).words.text() == ""


def test_a_texture_is_exported_as_a_sheet_of_sixteen_bits(
    panel: DreamPanel, session: FakeSession, qtbot: QtBot, saves_as: Callable[[str], Path]
) -> None:
    dialog = opened(panel, qtbot)
    assert dialog.words.text() == "32 x 32 px"
    assert not dialog.copies.isVisible()
    qtbot.mouseClick(dialog.kind.button(SHEET), LEFT)
    assert dialog.copies.isVisible()
    columns = dialog.copies.columns.findChild(Track)
    assert columns is not None
    qtbot.keyClick(columns, Qt.Key.Key_Right)
    assert dialog.words.text() == "128 x 96 px"
    qtbot.mouseClick(dialog.bits.button("16"), LEFT)
    path = saves_as("wall.png")
    qtbot.mouseClick(dialog.save, LEFT)
    assert session.last("export_dream") == (path, 16, (4, 3), Alpha.NONE)
    again = opened(panel, qtbot)  # as it was answered last
    assert (again.kind.key(), again.bits.key(), again.copies.copies) == (SHEET, "16", (4, 3))
    chooses(qtbot, again, ".jpg")
    assert not again.bits.isEnabled()
    assert again.wish().bits == 8
    qtbot.mouseClick(again.cancel, LEFT)
    assert len([name for name in session.names() if name == "export_dream"]) == 1


def test_a_dream_of_one_size_has_no_copies_and_no_maps_of_filters(
    panel: DreamPanel, session: FakeSession, qtbot: QtBot, saves_as: Callable[[str], Path]
) -> None:
    session.give_model("rbm")
    session.give_dream(4, 8)
    dialog = opened(panel, qtbot)
    assert dialog.words.text() == "19 x 19 px"  # as `grid` lays them out
    assert not dialog.kind.button(SHEET).isVisible()
    assert not dialog.alpha.isEnabled()
    assert "Nothing is held" in dialog.alpha.toolTip()
    qtbot.mouseClick(dialog.kind.button(MAPS), LEFT)
    assert not dialog.maps.ids.isEnabled()
    assert "its filters see whole pictures" in dialog.maps.why.text()
    assert "its filters see whole pictures" in dialog.maps.ids.toolTip()
    path = saves_as("wall.png")
    qtbot.mouseClick(dialog.save, LEFT)
    assert session.last("take_maps") == (path, MapWish(height=True))
    again = opened(panel, qtbot)
    again.maps.heights.click()
    assert not again.save.isEnabled()
    assert again.note.text() == "Choose a map."


def test_an_animation_is_asked_for_with_its_loop(
    panel: DreamPanel, session: FakeSession, qtbot: QtBot, saves_as: Callable[[str], Path]
) -> None:
    dialog = opened(panel, qtbot)
    qtbot.mouseClick(dialog.kind.button(FILM), LEFT)
    assert dialog.words.text() == "32 x 32 px, 1.9 s, 49 kB of memory"
    types(qtbot, dialog.frames.frames, 20)
    types(qtbot, dialog.frames.every, 3)
    types(qtbot, dialog.frames.rate, 10)
    qtbot.mouseClick(dialog.frames.loop.button("closed"), LEFT)
    assert dialog.words.text().startswith("32 x 32 px, 2.0 s")
    chooses(qtbot, dialog, ".apng")
    qtbot.mouseClick(dialog.bits.button("16"), LEFT)
    path = saves_as("a.apng")
    qtbot.mouseClick(dialog.save, LEFT)
    assert session.last("take_film") == (path, Take(20, 3, True, 16), 10.0, 0)
    again = opened(panel, qtbot)
    qtbot.mouseClick(again.kind.button(SPRITES), LEFT)
    assert not again.frames.rate.isVisible()
    types(qtbot, again.frames.across, 5)
    path = saves_as("sprites")
    qtbot.mouseClick(again.save, LEFT)
    assert session.last("take_film") == (path.with_suffix(".png"), Take(20, 3, True, 16), 10.0, 5)


def test_what_cannot_be_taken_is_said_while_it_is_typed(panel: DreamPanel, qtbot: QtBot) -> None:
    dialog = opened(panel, qtbot)
    qtbot.mouseClick(dialog.kind.button(FILM), LEFT)
    types(qtbot, dialog.frames.frames, 1)
    assert not dialog.save.isEnabled()
    assert dialog.note.text() == "frames cannot be 1. Choose 2 to 10,000."
    types(qtbot, dialog.frames.frames, 2)
    assert dialog.save.isEnabled()
    types(qtbot, dialog.frames.rate, 1000)
    assert "1000 frames a second cannot be shown." in dialog.note.text()


def test_settings_that_somebody_else_wrote_do_no_harm(panel: DreamPanel, qtbot: QtBot) -> None:
    for name, value in (("kind", "gone"), ("bits", "x"), ("rows", "many"), ("format/tile", ".exe")):
        QSettings().setValue(f"export/dialog/{name}", value)
    dialog = opened(panel, qtbot)
    assert (dialog.kind.key(), dialog.bits.key(), dialog.format.key()) == ("tile", "8", ".png")


def test_what_was_dreamt_is_opaque_where_something_is_held(
    panel: DreamPanel, session: FakeSession, qtbot: QtBot, saves_as: Callable[[str], Path]
) -> None:
    session.give_hold(Hold("wall.png"))
    dialog = opened(panel, qtbot)
    dialog.alpha.set_key(str(Alpha.DREAMT))
    path = saves_as("a.png")
    qtbot.mouseClick(dialog.save, LEFT)
    assert session.last("export_dream") == (path, 8, (1, 1), Alpha.DREAMT)
    again = opened(panel, qtbot)
    chooses(qtbot, again, ".jpg")
    assert again.wish().alpha is Alpha.NONE


def test_a_batch_is_typed_and_takes_further_models(
    panel: DreamPanel, session: FakeSession, qtbot: QtBot, saves_as: Callable[[str], Path]
) -> None:
    session.dream = DreamSettings(width=64, height=32)
    panel.exporter.ask_batch()
    dialog = panel.findChildren(BatchDialog)[-1]
    assert dialog.words.text() == "24 dreams"
    dialog.seeds.selectAll()
    qtbot.keyClicks(dialog.seeds, "3,x")
    assert not dialog.save.isEnabled()
    assert "names no seeds" in dialog.note.text()
    dialog.seeds.selectAll()
    qtbot.keyClicks(dialog.seeds, "3, 5-6")
    dialog.temperatures.selectAll()
    qtbot.keyClicks(dialog.temperatures, "1,90")
    assert "temperature cannot be 90" in dialog.note.text()
    dialog.temperatures.selectAll()
    qtbot.keyClicks(dialog.temperatures, ".5,1")
    types(qtbot, dialog.sweeps, 7)
    dialog.add_models(["other.harmonium"])
    assert dialog.words.text() == "12 dreams"
    assert dialog.models.text() == "the model at hand, other"
    qtbot.mouseClick(dialog.way.button("sheet"), LEFT)
    path = saves_as("sheet.png")
    qtbot.mouseClick(dialog.save, LEFT)
    batch = Batch((3, 5, 6), (0.5, 1.0), 7, session.dream)
    assert session.last("take_batch") == (path, batch, (Path("other.harmonium"),), 8, ".png")
    panel.exporter.ask_batch()
    again = panel.findChildren(BatchDialog)[-1]
    assert (again.seeds.text(), again.sweeps.value(), again.way.key()) == ("3, 5-6", 7, "sheet")


def test_tasks_are_shown_with_progress_and_cancelled(session: FakeSession, qtbot: QtBot) -> None:
    strip = TaskStrip(cast(Session, session))
    qtbot.addWidget(strip)
    assert strip.isHidden()
    session.give_tasks(TaskInfo(1, "many", 30, 120, "sweeps"), TaskInfo(2, "a.gif"))
    strip.show()
    assert [row.count.text() for row in strip.rows] == ["30 of 120 sweeps", "waits"]
    assert strip.rows[0].bar.value() == 250
    kept = strip.rows[1]
    qtbot.mouseClick(strip.rows[0].cancel, LEFT)
    assert session.last("cancel_task") == (1,)
    assert strip.rows == [kept]
    session.give_tasks()
    assert strip.isHidden()


def test_the_picture_is_copied_and_batches_asked_for_by_key(
    qtbot: QtBot, session: FakeSession, open_window: Callable[[], MainWindow]
) -> None:
    session.has_model = True
    window = open_window()
    session.give_model("texture")
    session.give_player(PlayerState.PAUSED)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.dream.canvas.setFocus()
    qtbot.keyClick(window.dream.canvas, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert session.names()[-1] == "grab_picture"
    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, 3)).astype(np.uint8)
    session.picture_grabbed.emit(Grabbed(pixels))
    assert np.array_equal(from_qimage(QGuiApplication.clipboard().image())[..., :3], pixels)
    assert window.banner.notice is not None
    assert "on the clipboard" in window.banner.notice.message
    qtbot.keyClick(window, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    dialog = window.findChild(BatchDialog)
    assert dialog is not None
    qtbot.mouseClick(dialog.cancel, LEFT)


@pytest.mark.parametrize("file_first", [True, False])
def test_the_picture_is_dragged_out_as_a_file(
    panel: DreamPanel,
    session: FakeSession,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    file_first: bool,
) -> None:
    dragged: list[list[str]] = []

    def exec_(drag: QDrag, _action: Qt.DropAction) -> Qt.DropAction:
        dragged.append([url.toLocalFile() for url in drag.mimeData().urls()])
        return Qt.DropAction.CopyAction

    monkeypatch.setattr(QDrag, "exec", exec_)
    path = tmp_path / "dream.png"
    write_png(path, np.zeros((4, 4, 3), np.float32))
    handle = panel.strip.drag_handle
    qtbot.mousePress(handle, LEFT)
    assert session.names()[-1] == "make_drag_file"
    if file_first:
        session.drag_ready.emit(path)
    assert dragged == []
    qtbot.mouseMove(handle, handle.rect().center() + QPoint(60, 0))
    if not file_first:
        session.drag_ready.emit(path)
    assert dragged == [[str(path)]]
    qtbot.mouseRelease(handle, LEFT)
    qtbot.mousePress(handle, LEFT)
    session.drag_ready.emit(None)
    qtbot.mouseRelease(handle, LEFT)
    session.drag_ready.emit(path)  # too late
    assert len(dragged) == 1


def test_pictures_carry_no_recipe_where_that_is_not_wanted(
    panel: DreamPanel, session: FakeSession, qtbot: QtBot, saves_as: Callable[[str], Path]
) -> None:
    saves_as("dream.png")
    qtbot.mouseClick(panel.strip.export_button, LEFT)
    dialog = panel.findChildren(ExportDialog)[-1]
    assert dialog.recipe.isChecked()
    dialog.recipe.click()
    assert dialog.note.text() == "Nothing in it tells how it was made."
    qtbot.mouseClick(dialog.save, LEFT)
    assert session.last("tell_recipes") == (False,)
    qtbot.mouseClick(panel.strip.export_button, LEFT)
    again = panel.findChildren(ExportDialog)[-1]
    assert not again.recipe.isChecked()
    again.close()
