"""The session with its real threads: the pictures it learns from, missing ones, and those dropped on it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from pytestqt.qtbot import QtBot

from studio.data.spec import DatasetSpec
from studio.jobs.status import RunState
from studio.models.spec import Family
from studio.project.recipe import FAMILIES
from studio.session.session import Session
from tests.integration.listener import Listener
from tests.integration.small_session import WAIT, run_to_end, shape


def test_nothing_to_learn_from_is_said(session: Session, heard: Listener) -> None:
    session.start()
    assert "no pictures" in heard.notices[-1].message
    assert session.status.state is RunState.IDLE


def test_an_empty_folder_ends_the_start_with_a_sentence(
    session: Session, heard: Listener, qtbot: QtBot, tmp_path: Path
) -> None:
    session.set_data(DatasetSpec((str(tmp_path),)))
    session.start()
    qtbot.waitUntil(lambda: bool(heard.notices), timeout=WAIT)
    assert str(tmp_path.name) in heard.notices[-1].message
    assert session.status.state is RunState.IDLE


def saved_elsewhere(session: Session, qtbot: QtBot, pictures: Path, folder: Path) -> Path:
    """Save a project of these pictures, not beside them."""
    session.set_data(DatasetSpec((str(pictures),)))
    qtbot.waitUntil(lambda: session.dataset is not None, timeout=WAIT)
    path = folder / "elsewhere" / "moved.harmonium"
    path.parent.mkdir()
    session.save_project(path)
    qtbot.waitUntil(lambda: not session.project.dirty, timeout=WAIT)
    return path


def test_pictures_that_moved_are_asked_for_and_found(
    session: Session, heard: Listener, qtbot: QtBot, pictures_folder: Path, tmp_path: Path
) -> None:
    path = saved_elsewhere(session, qtbot, pictures_folder, tmp_path)
    new_place = tmp_path / "attic" / pictures_folder.name
    new_place.parent.mkdir()
    pictures_folder.rename(new_place)
    session.open_project(path)
    qtbot.waitUntil(lambda: bool(session.missing), timeout=WAIT)
    session.start()
    assert "not where they were" in heard.notices[-1].message
    session.relocate(new_place.parent)
    assert not session.missing
    qtbot.waitUntil(lambda: session.dataset is not None, timeout=WAIT)


def test_a_folder_that_was_renamed_is_pointed_at(
    session: Session, heard: Listener, qtbot: QtBot, pictures_folder: Path, tmp_path: Path
) -> None:
    path = saved_elsewhere(session, qtbot, pictures_folder, tmp_path)
    renamed = pictures_folder.rename(tmp_path / "another name")
    session.open_project(path)
    qtbot.waitUntil(lambda: bool(session.missing), timeout=WAIT)
    session.relocate(renamed)
    assert not session.missing
    assert heard.notices[-1].message == "The pictures are read from another name now."
    qtbot.waitUntil(lambda: session.dataset is not None, timeout=WAIT)


def test_the_first_pictures_dropped_choose_their_preset(
    session: Session, heard: Listener, qtbot: QtBot, pictures_folder: Path
) -> None:
    session.set_sample("bars")
    session.add_data([str(pictures_folder)])
    qtbot.waitUntil(lambda: session.recipe.data.paths == (str(pictures_folder),), timeout=WAIT)
    assert session.recipe.preset == "art-ae-rbm"
    assert "preset" in heard.notices[-1].message
    session.undo()
    assert session.recipe.data.sample == "bars"
    assert session.recipe.preset == "bars-rbm"


def test_pictures_take_the_place_of_what_could_not_be_read(
    session: Session, heard: Listener, qtbot: QtBot, pictures_folder: Path, tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    session.add_data([str(empty)])
    qtbot.waitUntil(lambda: bool(heard.notices), timeout=WAIT)
    qtbot.waitUntil(lambda: not session.pictures.loading, timeout=WAIT)
    session.add_data([str(pictures_folder)])
    qtbot.waitUntil(lambda: session.dataset is not None, timeout=WAIT)
    assert session.recipe.data.paths == (str(pictures_folder),)
    assert session.recipe.preset == "art-ae-rbm"


def test_what_no_one_can_read_makes_way_for_what_is_dropped_next(
    session: Session, heard: Listener, qtbot: QtBot, pictures_folder: Path, tmp_path: Path
) -> None:
    broken, notes = tmp_path / "broken.png", tmp_path / "notes.txt"
    whole = min(path for path in pictures_folder.iterdir() if path.suffix == ".png")
    broken.write_bytes(whole.read_bytes()[:-40])  # its header is whole, so that it looks like a picture
    notes.write_text("hello")
    session.add_data([str(broken)])
    qtbot.waitUntil(lambda: "broken.png" in heard.notices[-1].message if heard.notices else False, timeout=WAIT)
    assert "Copy it anew" in heard.notices[-1].hint
    session.add_data([str(notes)])
    qtbot.waitUntil(lambda: "notes.txt" in heard.notices[-1].message, timeout=WAIT)
    assert "broken.png" not in heard.notices[-1].message
    session.add_data([str(pictures_folder)])
    qtbot.waitUntil(lambda: session.dataset is not None, timeout=WAIT)
    assert session.recipe.data.paths == (str(pictures_folder),)


def test_a_second_picture_is_added_to_one_that_was_too_few(
    session: Session, heard: Listener, qtbot: QtBot, pictures_folder: Path
) -> None:
    first, second, *_ = sorted(str(path) for path in pictures_folder.iterdir() if path.suffix == ".png")
    session.apply_preset("digits-rbm")
    session.set_data(DatasetSpec((first,)))
    qtbot.waitUntil(lambda: bool(heard.notices) and not session.pictures.loading, timeout=WAIT)
    assert "one picture only" in heard.notices[-1].message
    session.add_data([second])
    qtbot.waitUntil(lambda: session.recipe.data.paths == (first, second), timeout=WAIT)


def test_a_model_that_sees_other_pictures_is_not_gone_on_with(session: Session, heard: Listener, qtbot: QtBot) -> None:
    shape(session)
    session.start()
    run_to_end(heard, qtbot)
    session.set_preprocess(dataclasses.replace(session.recipe.preprocess, width=12))
    session.continue_training()
    assert session.status.state is RunState.IDLE
    assert "12 x" in heard.notices[-1].message
    assert "Set them back" in heard.notices[-1].hint


def test_a_bundled_set_is_learned_by_the_kind_of_model_that_is_chosen(session: Session) -> None:
    for family in (Family.RBM, Family.CODES):
        session.set_model(FAMILIES[family]())
        session.set_sample("faces")
        assert session.recipe.model.family is family
    session.set_sample("bricks")
    assert session.recipe.model.family is Family.TEXTURE, "no other learns it"
