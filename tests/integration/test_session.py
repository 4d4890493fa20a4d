"""The session with its real threads: learning and playing."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.data.spec import DatasetSpec, HeldBy
from studio.dream.settings import Start
from studio.jobs.control import LiveSettings
from studio.jobs.status import Outcome, PlayerState, RunState
from studio.models.products import no_units_words
from studio.session.session import Session
from studio.training import precision
from tests.integration.listener import Listener
from tests.integration.small_session import WAIT, run_to_end, shape


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


def test_a_new_model_holds_out_by_name_and_an_older_one_goes_on_as_it_was(
    session: Session, heard: Listener, qtbot: QtBot
) -> None:
    shape(session, steps=3)
    session.start()
    run_to_end(heard, qtbot)
    by_name = held(session)
    session.set_preprocess(dataclasses.replace(session.recipe.preprocess, held_by=HeldBy.PLACE))
    session.start()
    run_to_end(heard, qtbot)
    assert held_by(session) is HeldBy.NAME
    assert held(session) == by_name

    assert session.kept is not None
    older = dataclasses.replace(
        session.recipe, preprocess=dataclasses.replace(session.recipe.preprocess, held_by=HeldBy.PLACE)
    )
    session.kept = dataclasses.replace(session.kept, recipe=older)
    session.set_preprocess(older.preprocess)
    session.continue_training()
    run_to_end(heard, qtbot)
    assert held_by(session) is HeldBy.PLACE
    assert held(session) != by_name


def held_by(session: Session) -> HeldBy:
    return session.recipe.preprocess.held_by


def held(session: Session) -> set[int]:
    assert session.dataset is not None
    return set(session.dataset.held_out.tolist())


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
