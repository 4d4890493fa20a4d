"""The session with its real threads: learning, playing, keeping."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.data.spec import DatasetSpec
from studio.dream.settings import DreamSettings, Start
from studio.jobs.control import LiveSettings
from studio.jobs.status import Outcome, PlayerState, Progress, RunState
from studio.models.products import no_units_words
from studio.project.archive import read_project
from studio.session.session import Session
from studio.training import precision
from tests.integration.listener import Listener

WAIT = 30_000
BARS = DatasetSpec(("sample:bars",))
LEARNED = Progress(1, 10, 0.1, "", 0.1, 0.9, 100.0, 0.1, "cpu")


def shape(session: Session, steps: int = 60, **training: object) -> None:
    session.apply_preset("bars-rbm")
    session.set_data(BARS)
    session.set_training(dataclasses.replace(session.recipe.training, steps=steps, **training))  # type: ignore[arg-type]  # names come from the tests


def run_to_end(heard: Listener, qtbot: QtBot) -> Outcome:
    count = len(heard.ends)
    qtbot.waitUntil(lambda: len(heard.ends) > count, timeout=WAIT)
    return heard.ends[-1][0]


def test_a_run_goes_from_preparing_to_idle_and_ends_once(session: Session, heard: Listener, qtbot: QtBot) -> None:
    for kind in ("filters", "dream", "reconstructions"):
        session.set_wanted(kind, True)
    shape(session)
    session.start()
    assert run_to_end(heard, qtbot) is Outcome.COMPLETED
    assert heard.states == [RunState.PREPARING, RunState.TRAINING, RunState.IDLE]
    assert len(heard.ends) == 1
    assert session.has_model
    assert session.player is PlayerState.PLAYING
    curve = session.runs[-1].curves.get("reconstruction_error")
    assert curve is not None
    assert curve.steps[-1] == 60
    assert heard.frames["filters"]
    assert heard.frames["reconstructions"]
    assert not heard.notices


def test_fast_precision_is_said_to_be_full_where_there_are_no_units(
    session: Session, heard: Listener, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(precision, "has_units", lambda _device: False)
    shape(session, steps=3, precision="fast")
    session.start()
    assert run_to_end(heard, qtbot) is Outcome.COMPLETED
    assert [notice.message for notice in heard.notices] == [no_units_words("cpu")]
    assert session.runs[-1].settings.precision == "fast"


def test_the_dream_goes_on_after_the_run_and_while_paused(session: Session, heard: Listener, qtbot: QtBot) -> None:
    shape(session, steps=1_000_000)
    session.start()
    qtbot.waitUntil(lambda: session.status.state is RunState.TRAINING, timeout=WAIT)
    session.pause()
    assert session.status.state is RunState.PAUSED
    seen = len(heard.dreams())
    qtbot.waitUntil(lambda: len(heard.dreams()) > seen + 3, timeout=WAIT)
    session.resume()
    session.stop(keep=True)
    assert run_to_end(heard, qtbot) is Outcome.STOPPED
    seen = len(heard.dreams())
    qtbot.waitUntil(lambda: len(heard.dreams()) > seen + 3, timeout=WAIT)


def test_one_step_starts_a_run_that_stands_still_after_it(session: Session, heard: Listener, qtbot: QtBot) -> None:
    shape(session, steps=500)
    session.step()
    qtbot.waitUntil(lambda: session.progress is not None and session.progress.step >= 1, timeout=WAIT)
    assert session.status.state is RunState.PAUSED
    session.step(3)
    qtbot.waitUntil(lambda: session.progress is not None and session.progress.step >= 4, timeout=WAIT)
    session.stop(keep=True)
    run_to_end(heard, qtbot)
    assert session.runs[-1].steps == 4


def test_stop_and_discard_goes_back_to_the_model_before(
    session: Session, heard: Listener, qtbot: QtBot, tmp_path: Path
) -> None:
    shape(session, steps=40)
    session.start()
    run_to_end(heard, qtbot)
    assert session.kept is not None
    before = session.kept.weights["weights"].copy()
    session.set_training(dataclasses.replace(session.recipe.training, steps=1_000_000))
    session.start()
    qtbot.waitUntil(lambda: session.status.state is RunState.TRAINING, timeout=WAIT)
    session.save_project(tmp_path / "kept.harmonium")
    qtbot.waitUntil(lambda: session.project.path is not None, timeout=WAIT)
    session.stop(keep=False)
    assert run_to_end(heard, qtbot) is Outcome.STOPPED
    assert np.array_equal(session.kept.weights["weights"], before)
    assert len(session.runs) == 1


def test_continuing_starts_from_the_weights_at_hand(session: Session, heard: Listener, qtbot: QtBot) -> None:
    shape(session, steps=200)
    session.start()
    run_to_end(heard, qtbot)
    first = session.runs[-1].curves.get("reconstruction_error")
    session.continue_training()
    run_to_end(heard, qtbot)
    second = session.runs[-1].curves.get("reconstruction_error")
    assert first is not None
    assert second is not None
    assert second.values[0] == pytest.approx(first.values[-1], rel=1e-3)
    assert len(session.runs) == 2


def test_a_live_rate_is_remembered_with_its_step(session: Session, heard: Listener, qtbot: QtBot) -> None:
    shape(session, steps=1_000_000)
    session.start()
    qtbot.waitUntil(lambda: session.status.state is RunState.TRAINING, timeout=WAIT)
    session.set_live(LiveSettings(learning_rate=0.001))
    qtbot.waitUntil(lambda: session.progress is not None and session.progress.learning_rate == 0.001, timeout=WAIT)
    session.stop(keep=True)
    run_to_end(heard, qtbot)
    assert [(name, value) for _, name, value in session.runs[-1].changes] == [("learning_rate", 0.001)]


def test_divergence_is_a_sentence_and_keeps_finite_weights(session: Session, heard: Listener, qtbot: QtBot) -> None:
    session.apply_preset("faces-rbm")
    session.set_data(DatasetSpec(("sample:faces",)))
    hot = dataclasses.replace(session.recipe.training, steps=5_000, learning_rate=10.0, gradient_limit=0.0)
    session.set_training(hot)
    session.start()
    assert run_to_end(heard, qtbot) is Outcome.FAILED
    assert "last good weights" in heard.notices[-1].message
    assert session.kept is not None
    assert all(np.isfinite(array).all() for array in session.kept.weights.values())


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


def test_saved_and_opened_it_dreams_the_same(session: Session, heard: Listener, qtbot: QtBot, tmp_path: Path) -> None:
    shape(session)
    session.start()
    run_to_end(heard, qtbot)
    session.set_dream(DreamSettings(chains=4, seed=3))
    path = tmp_path / "bars.harmonium"
    session.save_project(path)
    qtbot.waitUntil(lambda: session.project.path == path and not session.project.dirty, timeout=WAIT)
    assert session.recent[0] == path
    kept = session.kept
    assert kept is not None
    session.new_project()
    assert not session.has_model
    session.open_project(path)
    qtbot.waitUntil(lambda: session.has_model, timeout=WAIT)
    assert session.dream == DreamSettings(chains=4, seed=3)
    assert session.recipe.preset == "bars-rbm"
    assert len(session.runs) == 1
    assert session.runs[0].curves.last("reconstruction_error") is not None
    assert session.kept is not None
    assert np.array_equal(session.kept.weights["weights"], kept.weights["weights"])
    assert read_project(path).state


def test_settings_edited_after_training_come_back_as_they_were(
    session: Session, heard: Listener, qtbot: QtBot, tmp_path: Path
) -> None:
    shape(session)
    session.start()
    run_to_end(heard, qtbot)
    session.set_model(session.recipe.changed("model.hidden", "7").model)
    path = tmp_path / "edited.harmonium"
    session.save_project(path)
    qtbot.waitUntil(lambda: not session.project.dirty, timeout=WAIT)
    assert read_project(path).weights["weights"].shape[1] == 32
    session.new_project()
    session.open_project(path)
    qtbot.waitUntil(lambda: session.has_model, timeout=WAIT)
    assert session.recipe.to_dict()["model"]["hidden"] == 7
    session.continue_training()
    assert "goes on with the model at hand" in heard.notices[-1].message
    assert run_to_end(heard, qtbot) is Outcome.COMPLETED


def test_saving_while_it_trains_does_not_stop_it(
    session: Session, heard: Listener, qtbot: QtBot, tmp_path: Path
) -> None:
    shape(session, steps=1_000_000)
    session.start()
    qtbot.waitUntil(lambda: session.status.state is RunState.TRAINING, timeout=WAIT)
    session.save_project(tmp_path / "busy.harmonium")
    qtbot.waitUntil(lambda: session.project.path is not None, timeout=WAIT)
    assert session.status.state is RunState.TRAINING
    assert read_project(tmp_path / "busy.harmonium").weights
    session.stop()
    run_to_end(heard, qtbot)


def test_a_project_that_cannot_be_saved_says_so(
    session: Session, heard: Listener, qtbot: QtBot, tmp_path: Path
) -> None:
    shape(session)
    session.save_project(tmp_path / "gone" / "x.harmonium")
    qtbot.waitUntil(lambda: bool(heard.notices), timeout=WAIT)
    assert "no folder" in heard.notices[-1].message
    assert session.project.dirty


def test_undo_and_redo_walk_through_recipe_and_dream(session: Session) -> None:
    start = session.recipe
    session.apply_preset("digits-rbm")
    session.set_model(session.recipe.changed("model.hidden", "123").model)
    session.set_dream(dataclasses.replace(session.dream, temperature=1.5))
    after = (session.recipe, session.dream)
    for _ in range(3):
        session.undo()
    assert session.recipe == start
    assert session.dream.temperature == 1.0
    session.undo()
    for _ in range(3):
        session.redo()
    assert (session.recipe, session.dream) == after


def test_a_dream_starts_from_data_and_from_a_picture(
    session: Session, heard: Listener, qtbot: QtBot, pictures_folder: Path
) -> None:
    shape(session)
    session.start()
    run_to_end(heard, qtbot)
    session.pause_dream()
    session.restart_dream(Start.DATA, index=0)
    qtbot.waitUntil(lambda: bool(heard.dreams()) and heard.dreams()[-1].sweep == 0, timeout=WAIT)
    images = session.dataset
    assert images is not None
    first = np.moveaxis(images.pixels[0], 0, 2) / 255
    qtbot.waitUntil(lambda: np.allclose(heard.dreams()[-1].pictures[0], first, atol=1e-6), timeout=WAIT)
    session.restart_dream(Start.PICTURE, picture=str(next(pictures_folder.iterdir())))
    seen = len(heard.dreams())
    qtbot.waitUntil(lambda: len(heard.dreams()) > seen, timeout=WAIT)
    session.restart_dream(Start.PICTURE, picture="nowhere.png")
    qtbot.waitUntil(lambda: bool(heard.notices), timeout=WAIT)
    assert "nowhere.png" in heard.notices[-1].message


def test_an_exported_dream_carries_its_recipe(session: Session, heard: Listener, qtbot: QtBot, tmp_path: Path) -> None:
    from studio.data.picture import read_png_text
    from studio.project.picture_recipe import from_text

    shape(session)
    session.start()
    run_to_end(heard, qtbot)
    session.export_dream(tmp_path / "dream.png")
    session.export_filters(tmp_path / "filters.png")
    qtbot.waitUntil(lambda: len(heard.notices) == 2, timeout=WAIT)
    made = from_text(read_png_text(tmp_path / "dream.png"))
    assert made.dream == session.dream
    assert (tmp_path / "filters.png").stat().st_size > 100


def test_pictures_that_moved_are_asked_for_and_found(
    session: Session, heard: Listener, qtbot: QtBot, pictures_folder: Path, tmp_path: Path
) -> None:
    session.set_data(DatasetSpec((str(pictures_folder),)))
    qtbot.waitUntil(lambda: session.dataset is not None, timeout=WAIT)
    path = tmp_path / "elsewhere" / "moved.harmonium"
    path.parent.mkdir()
    session.save_project(path)
    qtbot.waitUntil(lambda: not session.project.dirty, timeout=WAIT)
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


def test_a_new_project_knows_nothing_of_the_last_ones_run(session: Session, heard: Listener, qtbot: QtBot) -> None:
    shape(session)
    session.start()
    run_to_end(heard, qtbot)
    session.restart_dream(Start.DATA)
    replaced: list[None] = []
    session.project_replaced.connect(lambda: replaced.append(None))
    session.new_project()
    assert (session.status.outcome, session.progress) == (None, None)
    assert session.start_of_dream == (Start.NOISE, "", -1)
    session.new_project()
    assert replaced


def test_what_is_at_stake_grows_with_what_is_learned_and_goes_with_a_save(
    session: Session, heard: Listener, qtbot: QtBot, tmp_path: Path
) -> None:
    shape(session)
    session.start()
    run_to_end(heard, qtbot)
    first = session.at_stake
    session.continue_training()
    run_to_end(heard, qtbot)
    assert 0 < first < session.at_stake
    before = session.at_stake
    session.set_training(dataclasses.replace(session.recipe.training, steps=1_000_000))
    session.start()
    qtbot.waitUntil(lambda: session.status.state is RunState.TRAINING, timeout=WAIT)
    session.stop(keep=False)
    run_to_end(heard, qtbot)
    assert session.at_stake == before
    session.save_project(tmp_path / "a.harmonium")
    qtbot.waitUntil(lambda: not session.project.dirty, timeout=WAIT)
    assert session.at_stake == 0


def test_a_model_that_sees_other_pictures_is_not_gone_on_with(session: Session, heard: Listener, qtbot: QtBot) -> None:
    shape(session)
    session.start()
    run_to_end(heard, qtbot)
    session.set_preprocess(dataclasses.replace(session.recipe.preprocess, width=12))
    session.continue_training()
    assert session.status.state is RunState.IDLE
    assert "12 x" in heard.notices[-1].message
    assert "Set them back" in heard.notices[-1].hint


def test_a_run_in_progress_is_unsaved_work(session: Session, heard: Listener, qtbot: QtBot, tmp_path: Path) -> None:
    shape(session, steps=1_000_000)
    session.save_project(tmp_path / "a.harmonium")
    qtbot.waitUntil(lambda: not session.project.dirty, timeout=WAIT)
    session.start()
    qtbot.waitUntil(lambda: session.status.state is RunState.TRAINING, timeout=WAIT)
    assert session.project.dirty
    session.stop(keep=False)
    run_to_end(heard, qtbot)
    assert not session.project.dirty


@pytest.fixture
def saved(session: Session, qtbot: QtBot, tmp_path: Path) -> Path:
    """A project that is saved, and would learn for as long as it is let."""
    shape(session, steps=1_000_000)
    path = tmp_path / "a.harmonium"
    session.save_project(path)
    qtbot.waitUntil(lambda: not session.project.dirty, timeout=WAIT)
    return path


def begin_run(session: Session, qtbot: QtBot) -> None:
    session.start()
    qtbot.waitUntil(lambda: session.status.state is RunState.TRAINING, timeout=WAIT)


@pytest.mark.usefixtures("saved")
def test_a_run_that_was_quicker_than_the_word_of_its_beginning_is_thrown_away_whole(
    session: Session, heard: Listener, qtbot: QtBot
) -> None:
    """What it learned may be pulled before it is told that it began."""
    session.status_changed.connect(
        lambda status: session.progressed.emit(LEARNED) if status.state is RunState.PREPARING else None
    )
    begin_run(session, qtbot)
    session.stop(keep=False)
    run_to_end(heard, qtbot)
    assert not session.project.dirty


@pytest.mark.usefixtures("saved")
def test_what_was_changed_while_a_run_was_thrown_away_stays_unsaved(
    session: Session, heard: Listener, qtbot: QtBot
) -> None:
    begin_run(session, qtbot)
    session.set_training(dataclasses.replace(session.recipe.training, batch=13))
    session.stop(keep=False)
    run_to_end(heard, qtbot)
    assert session.project.dirty


def test_a_run_that_was_saved_as_it_stood_and_thrown_away_leaves_a_file_that_holds_another_model(
    session: Session, saved: Path, heard: Listener, qtbot: QtBot
) -> None:
    begin_run(session, qtbot)
    session.pause()
    with qtbot.waitSignal(session.files.saved, timeout=WAIT):
        session.save_project(saved)
    session.stop(keep=False)
    run_to_end(heard, qtbot)
    assert session.project.dirty


def test_the_length_that_is_turned_is_the_one_in_force(session: Session, heard: Listener, qtbot: QtBot) -> None:
    shape(session, steps=40)
    session.set_training(dataclasses.replace(session.recipe.training, epochs=3.0))
    assert (session.recipe.training.steps, session.recipe.training.epochs) == (0, 3.0)
    session.set_training(dataclasses.replace(session.recipe.training, seconds=2.0))
    assert session.recipe.training.seconds == 2.0
    session.set_training(dataclasses.replace(session.recipe.training, epochs=4.0))
    assert session.recipe.training.seconds == 0
    session.start()
    run_to_end(heard, qtbot)
    images = session.dataset
    assert images is not None
    assert session.runs[-1].steps == round(4 * len(images.training()) / session.recipe.training.batch)
