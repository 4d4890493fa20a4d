"""A texture with real threads: measured, learned, dreamt at any size, taken away."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from studio.data.scale import Proposal
from studio.dream.settings import Seamless
from studio.jobs.advice import Advice
from studio.jobs.status import Outcome
from studio.models.spec import Family, TiledSpec
from studio.project.advice_texture import LATE
from studio.project.texture_judge import TextureJudge
from studio.session.notices import Level
from studio.session.session import Session
from tests.integration.listener import Listener

WAIT = 30_000


@pytest.fixture
def weave(tmp_path: Path) -> Path:
    """A grey weave that repeats every 16 pixels."""
    rows, columns = np.mgrid[:200, :240] * (2 * np.pi / 16)
    noise = np.random.default_rng(0).normal(0, 6, rows.shape)
    pixels = np.clip(127 + 50 * np.sin(rows) + 50 * np.sin(columns) + noise, 0, 255).astype(np.uint8)
    Image.fromarray(pixels).save(tmp_path / "weave.png")
    return tmp_path / "weave.png"


def set_up(session: Session, qtbot: QtBot, weave: Path, steps: int = 12) -> None:
    session.add_data([str(weave)])
    qtbot.waitUntil(lambda: session.dataset is not None, timeout=WAIT)
    session.set_preprocess(dataclasses.replace(session.recipe.preprocess, height=24, width=24))
    session.set_model(TiledSpec(tile=5, filters=4))
    training = session.recipe.training
    session.set_training(dataclasses.replace(training, seconds=0.0, steps=steps, batch=4, chains=3))


def learn(session: Session, heard: Listener, qtbot: QtBot, weave: Path) -> None:
    set_up(session, qtbot, weave)
    session.start()
    qtbot.waitUntil(lambda: bool(heard.ends), timeout=WAIT)
    assert heard.ends == [(Outcome.COMPLETED, None)]


def sizes(heard: Listener) -> list[tuple[int, ...]]:
    return [frame.pictures.shape for frame in heard.dreams()[-1:]]


def test_one_picture_is_set_up_as_a_texture_and_its_structure_is_measured(
    session: Session, qtbot: QtBot, weave: Path
) -> None:
    session.add_data([str(weave)])
    qtbot.waitUntil(lambda: session.dataset is not None, timeout=WAIT)
    assert session.recipe.model.family is Family.TEXTURE
    with qtbot.waitSignal(session.scale_proposed, timeout=WAIT) as told:
        session.propose_scale()
    (found,) = told.args or [None]
    assert isinstance(found, Proposal)
    assert found.period_px == pytest.approx(16, abs=1)
    session.set_preprocess(dataclasses.replace(session.recipe.preprocess, patch_scale=0.5))
    with qtbot.waitSignal(session.scale_proposed, timeout=WAIT) as told:
        session.propose_scale()
    assert told.args == [found]  # of the picture as it is, whatever its scale is at present


def test_the_scale_that_is_proposed_leaves_room_beside_a_hole(session: Session, qtbot: QtBot, weave: Path) -> None:
    grey = np.asarray(Image.open(weave))
    alpha = np.full(grey.shape, 255, np.uint8)
    alpha[90:110, 100:140] = 0
    Image.fromarray(np.stack([grey, alpha], axis=2)).save(weave)
    set_up(session, qtbot, weave)
    session.set_preprocess(dataclasses.replace(session.recipe.preprocess, height=48, width=48))
    with qtbot.waitSignal(session.scale_proposed, timeout=WAIT) as told:
        session.propose_scale()
    (found,) = told.args or [None]
    assert isinstance(found, Proposal)
    session.set_preprocess(dataclasses.replace(session.recipe.preprocess, patch_scale=found.scale))
    qtbot.waitUntil(
        lambda: session.dataset is not None and session.dataset.preprocess == session.recipe.preprocess, timeout=WAIT
    )


def test_the_canvas_grows_and_shrinks_and_undo_brings_it_back(
    session: Session, heard: Listener, qtbot: QtBot, weave: Path
) -> None:
    learn(session, heard, qtbot, weave)
    own = session.dream
    session.set_dream(dataclasses.replace(own, width=70, height=50, seamless=Seamless.X))
    qtbot.waitUntil(lambda: sizes(heard) == [(1, 50, 70, 1)], timeout=WAIT)
    session.undo()
    assert session.dream == own
    qtbot.waitUntil(lambda: sizes(heard) != [(1, 50, 70, 1)], timeout=WAIT)


def test_it_is_said_once_when_the_texture_looks_done(
    session: Session, heard: Listener, qtbot: QtBot, weave: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [("looks_done", 2, 41.2)]
    monkeypatch.setattr(TextureJudge, "turn", lambda _judge, _step, _seconds: [found.pop()] if found else [])
    learn(session, heard, qtbot, weave)
    (said,) = [notice for notice in heard.notices if "Looks done" in notice.message]
    assert said.level is Level.INFO
    assert said.message.startswith("Looks done after 0:41:")
    assert said.hint == "Stop and keep, or let it train on."
    assert session.runs[-1].looks_done == 41.2


def test_what_stays_unlike_its_picture_is_remarked_on_late_in_the_run(
    session: Session, heard: Listener, qtbot: QtBot, weave: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.training.run.JUDGE_EVERY", 0.0)
    monkeypatch.setattr(TextureJudge, "turn", lambda _judge, step, _seconds: [("texture_similarity", step, 0.5)])
    remarks: list[tuple[float, Advice]] = []

    def note(advice: Advice | None) -> None:
        if advice is not None and session.progress is not None:
            remarks.append((session.progress.share, advice))
            session.stop()

    session.advice_changed.connect(note)
    set_up(session, qtbot, weave, steps=1200)
    session.start()
    qtbot.waitUntil(lambda: bool(heard.ends), timeout=WAIT)
    ((share, advice),) = remarks
    assert share >= LATE
    assert "texture similarity 0.50" in advice.text
    assert "two tiles of 5 px" in advice.question


def test_a_sheet_of_sixteen_bits_repeats_exactly_and_tells_its_seam(
    session: Session, heard: Listener, qtbot: QtBot, weave: Path, tmp_path: Path
) -> None:
    learn(session, heard, qtbot, weave)
    session.set_dream(dataclasses.replace(session.dream, width=70, height=50))
    session.export_dream(tmp_path / "sheet.png", 16, (2, 3))
    qtbot.waitUntil(lambda: any("Saved" in notice.message for notice in heard.notices), timeout=WAIT)
    pixels = np.asarray(Image.open(tmp_path / "sheet.png"))
    assert pixels.shape == (150, 140)
    assert pixels.max() > 255
    assert np.array_equal(pixels[:50, :70], pixels[100:, 70:])
    hint = heard.notices[-1].hint
    assert hint.startswith("140 x 150 px. Seam ")
    assert "sideways" in hint
    assert "upwards" in hint


def test_a_sheet_beyond_all_bounds_is_refused_in_a_sentence(
    session: Session, heard: Listener, qtbot: QtBot, weave: Path, tmp_path: Path
) -> None:
    learn(session, heard, qtbot, weave)
    session.export_dream(tmp_path / "sheet.png", 8, (100, 100))
    qtbot.waitUntil(lambda: any("too large" in notice.message for notice in heard.notices), timeout=WAIT)
    assert not (tmp_path / "sheet.png").exists()
