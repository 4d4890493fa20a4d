"""The whole studio as a person uses it: the real window on the real session."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from studio.data.picture import read_png_text
from studio.data.spec import DatasetSpec
from studio.jobs.status import PlayerState, RunState
from studio.project.picture_recipe import from_text
from studio.session.session import Session
from studio.ui import exporting
from studio.ui.export_dialog import ExportDialog
from studio.ui.measure.pixels import drawn, uniform
from tests.integration.listener import Listener
from tests.integration.person import ALT, CTRL, LEFT, SHIFT, WAIT, Person

LONG = 1_000_000  # epochs


def test_a_folder_is_dropped_learned_watched_paused_and_kept(
    person: Person, session: Session, qtbot: QtBot, pictures_folder: Path
) -> None:
    window = person.window
    (pictures_folder / "torn.png").write_bytes(b"\x89PNG\r\n\x1a\n and then nothing")
    person.drop(pictures_folder)
    person.sees_names_of(pictures_folder)
    assert window.dataset.sheet.count() == 10
    assert window.dataset.count.text() == "12 used, 1 skipped"
    person.choose_preset("bars-rbm")
    assert session.recipe.preset == "bars-rbm"
    assert session.recipe.model.hidden == 32
    person.type_epochs(LONG)
    qtbot.waitUntil(window.training.head.big.isEnabled, timeout=WAIT)

    person.press(window.training.head.big)
    person.sees(RunState.TRAINING)
    for part in (window.dream.canvas, window.filters.sheet, window.reconstructions.strip):
        person.sees_move(part)
    qtbot.waitUntil(lambda: window.plots.views["error"].has_data, timeout=WAIT)

    person.keys(Qt.Key.Key_P, CTRL)
    person.sees(RunState.PAUSED)
    assert window.training.head.big.text() == "Resume"
    person.sees_move(window.dream.canvas)
    person.press(window.training.head.big)
    person.sees(RunState.TRAINING)

    sheet = window.filters.sheet
    qtbot.mouseClick(sheet, LEFT, pos=sheet.area_of_cell(3).center().toPoint())
    qtbot.waitUntil(window.filters.detail.isVisible, timeout=WAIT)
    detail = window.filters.detail.detail
    assert detail is not None
    assert detail.index == 3
    assert window.filters.words.text().startswith("Filter 3, ")
    assert not uniform(drawn(window.filters.detail.picture))

    with qtbot.waitSignal(session.ended, timeout=WAIT):
        person.press(window.training.head.keep)
    assert session.kept is not None
    assert window.training.head.resume.isVisible()
    person.sees_move(window.dream.canvas)


def test_saved_with_ctrl_s_and_dropped_again_it_dreams_again(
    person: Person,
    session: Session,
    qtbot: QtBot,
    pictures_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    window, path = person.window, tmp_path / "kept.harmonium"
    person.trains(pictures_folder)
    assert window.isWindowModified()
    monkeypatch.setattr(window.dialogs, "ask_save", lambda _title, _kinds, _suffix, answer: answer([str(path)]))
    person.keys(Qt.Key.Key_S, CTRL)
    qtbot.waitUntil(lambda: not window.isWindowModified(), timeout=WAIT)
    assert window.top.title.text() == "kept"
    kept = session.kept
    assert kept is not None

    person.keys(Qt.Key.Key_N, CTRL)
    assert not session.has_model
    assert window.dataset.sheet.count() == 0
    assert window.filters.sheet.count == 0
    person.drop(path, on=window.dream)
    qtbot.waitUntil(lambda: session.has_model, timeout=WAIT)
    assert session.kept is not None
    assert np.array_equal(session.kept.weights["weights"], kept.weights["weights"])
    assert session.player is PlayerState.PLAYING
    person.sees_names_of(pictures_folder)
    person.sees_move(window.dream.canvas)
    qtbot.waitUntil(lambda: window.plots.views["error"].has_data, timeout=WAIT)
    assert not window.isWindowModified()


def test_an_exported_dream_holds_its_recipe(
    person: Person,
    session: Session,
    heard: Listener,
    qtbot: QtBot,
    pictures_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    person.trains(pictures_folder)
    person.keys(Qt.Key.Key_R)
    monkeypatch.setattr(exporting, "ask_to_save", lambda *_arguments: tmp_path / "dream.png")
    person.keys(Qt.Key.Key_E, CTRL | SHIFT)
    person.press(person.window.dream.findChildren(ExportDialog)[-1].save)
    qtbot.waitUntil(lambda: "Saved dream.png." in [notice.message for notice in heard.notices], timeout=WAIT)
    made = from_text(read_png_text(tmp_path / "dream.png"))
    assert made.recipe.training == session.recipe.training
    assert made.recipe.data.paths == (pictures_folder.name,)  # a picture tells no one the folders of its maker
    assert made.dream == session.dream
    notice = person.window.banner.notice
    assert notice is not None
    assert notice.message == "Saved dream.png."


def test_a_picture_dropped_on_the_canvas_starts_the_dream(
    person: Person, session: Session, heard: Listener, qtbot: QtBot, pictures_folder: Path
) -> None:
    window = person.window
    person.trains(pictures_folder)
    person.keys(Qt.Key.Key_Space)
    assert session.player is PlayerState.PAUSED
    paths = session.recipe.data.paths
    chosen = pictures_folder / "picture-03.png"
    person.drop(chosen, on=window.dream.canvas)
    images = session.dataset
    assert images is not None
    place = images.names.index(chosen.name)
    wanted = np.moveaxis(images.pixels[place], 0, 2) > 127
    qtbot.waitUntil(
        lambda: bool(heard.dreams()) and np.array_equal(heard.dreams()[-1].pictures[0] > 0.5, wanted), timeout=WAIT
    )
    assert heard.dreams()[-1].sweep == 0
    assert session.recipe.data.paths == paths
    person.keys(Qt.Key.Key_Period)
    qtbot.waitUntil(lambda: heard.dreams()[-1].sweep == 1, timeout=WAIT)


def test_closing_with_unsaved_changes_asks_first(person: Person, qtbot: QtBot) -> None:
    window = person.window
    person.choose_preset("bars-rbm")
    window.close()
    person.answer(QMessageBox.StandardButton.Cancel)
    assert window.isVisible()
    assert window.isEnabled()
    window.close()
    with qtbot.waitSignal(window.ended, timeout=WAIT):
        person.answer(QMessageBox.StandardButton.Discard)
    assert not window.isVisible()


def test_a_folder_without_pictures_is_told_in_the_banner(person: Person, qtbot: QtBot, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "a.png").write_bytes(b"no picture at all")
    person.drop(broken)
    qtbot.waitUntil(lambda: person.window.banner.notice is not None, timeout=WAIT)
    notice = person.window.banner.notice
    assert notice is not None
    assert "broken" in notice.message
    assert notice.hint
    assert person.window.banner.isVisible()
    person.keys(Qt.Key.Key_Escape)
    assert person.window.banner.notice is None


def test_what_is_no_picture_is_not_taken(person: Person, session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    window = person.window
    (tmp_path / "text.txt").write_text("no picture at all")
    person.drop(tmp_path / "text.txt")
    qtbot.waitUntil(lambda: window.banner.notice is not None, timeout=WAIT)
    assert session.recipe.data.paths == ()
    assert not session.project.dirty
    assert not window.training.head.big.isEnabled()
    session.set_sample("glyphs")
    qtbot.waitUntil(lambda: session.dataset is not None, timeout=WAIT)
    assert window.banner.notice is None
    before = session.recipe
    person.drop(tmp_path / "text.txt")
    qtbot.waitUntil(lambda: window.banner.notice is not None, timeout=WAIT)
    assert session.recipe == before
    assert session.dataset is not None
    assert window.dataset.sheet.isVisible()


def test_a_warning_goes_once_its_cause_is_gone(
    person: Person, session: Session, qtbot: QtBot, tmp_path: Path, pictures_folder: Path
) -> None:
    banner = person.window.banner
    session.start()
    assert banner.notice is not None
    assert "no pictures" in banner.notice.message
    person.drop(pictures_folder)
    person.sees_names_of(pictures_folder)
    assert banner.notice is None or "no pictures" not in banner.notice.message
    (tmp_path / "text.png").write_text("no picture at all")
    session.set_data(DatasetSpec((str(tmp_path / "text.png"),)))
    qtbot.waitUntil(lambda: banner.notice is not None and "text.png" in banner.notice.message, timeout=WAIT)
    person.keys(Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: banner.notice is None, timeout=WAIT)


def test_keys_take_changes_back_and_make_them_again(person: Person, session: Session) -> None:
    person.choose_preset("bars-rbm")
    first = session.recipe
    person.choose_preset("faces-rbm")
    person.choose_preset("digits-rbm")
    last = session.recipe
    person.keys(Qt.Key.Key_Z, CTRL)
    assert session.recipe.preset == "faces-rbm"
    assert person.window.model.preset.currentText() == "Faces"
    person.keys(Qt.Key.Key_Z, CTRL)
    assert session.recipe == first
    for _ in range(2):
        person.keys(Qt.Key.Key_Z, CTRL | SHIFT)
    assert session.recipe == last
    assert person.window.model.preset.currentText() == "Digits"


def test_alt_and_a_number_changes_the_workspace_while_it_trains(
    person: Person, session: Session, qtbot: QtBot, pictures_folder: Path
) -> None:
    window = person.window
    person.drop(pictures_folder)
    person.sees_names_of(pictures_folder)
    person.choose_preset("bars-rbm")
    person.type_epochs(LONG)
    qtbot.waitUntil(window.training.head.big.isEnabled, timeout=WAIT)
    person.keys(Qt.Key.Key_Return, CTRL)
    person.sees(RunState.TRAINING)
    person.keys(Qt.Key.Key_2, ALT)
    assert not window.dataset.isVisible()
    person.sees_move(window.filters.sheet)
    person.keys(Qt.Key.Key_3, ALT)
    person.sees_move(window.dream.canvas)
    with qtbot.waitSignal(session.ended, timeout=WAIT):
        person.keys(Qt.Key.Key_K, CTRL)


def test_a_new_project_shows_nothing_of_the_model_before(
    person: Person, session: Session, qtbot: QtBot, pictures_folder: Path
) -> None:
    window = person.window
    person.trains(pictures_folder)
    qtbot.waitUntil(lambda: window.filters.sheet.count > 0, timeout=WAIT)
    session.new_project()
    with qtbot.waitSignal(session.devices_found, timeout=WAIT):
        session.begin()  # asks the compute thread once more, behind all that it still has to say of the old model
    assert window.filters.sheet.count == 0
    assert window.dream.strip.counter.text() == ""
