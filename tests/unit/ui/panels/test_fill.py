"""The page that fills holes: what to do, four views, scores, variants."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from studio.dream.blending import Blend
from studio.dream.strokes import Stroke
from studio.jobs.fill_frames import FillFrame, Score
from studio.session.session import Session
from studio.ui.panels.fill import FillPanel
from tests.helpers.fake_session import FakeSession

LEFT = Qt.MouseButton.LeftButton


def filling(chains: int = 8, truth: bool = True, side: int = 24) -> FillFrame:
    values = np.random.default_rng(0).random((chains, side, side, 1), np.float32)
    return FillFrame(
        covered=values[0],
        one_pass=values[0],
        mean=values.mean(0),
        spread=values.std(0)[..., 0],
        variants=tuple(values),
        sweep=40,
        score=Score(18.7, 0.5) if truth else None,
        score_one_pass=Score(18.1, 0.45) if truth else None,
    )


@pytest.fixture
def panel(qtbot: QtBot, session: FakeSession) -> FillPanel:
    session.has_model = True
    panel = FillPanel(cast(Session, session))
    qtbot.addWidget(panel)
    panel.resize(320, 700)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def test_it_says_what_to_do_first_and_takes_one_picture_after_the_other(
    panel: FillPanel, session: FakeSession, qtbot: QtBot
) -> None:
    assert panel.empty.isVisible()
    assert not panel.data_button.isEnabled()
    session.give_dataset()  # the first three are held out
    qtbot.mouseClick(panel.data_button, LEFT)
    qtbot.mouseClick(panel.data_button, LEFT)
    assert [args for name, args in session.calls if name == "hold_whole"] == [("", 0), ("", 1)]
    assert session.last("play") == ()
    assert not panel.empty.isVisible()
    qtbot.mouseClick(panel.free_button, LEFT)
    assert session.last("set_free") == ()
    assert panel.empty.isVisible()


def test_those_held_out_come_first_wherever_they_lie(panel: FillPanel, session: FakeSession, qtbot: QtBot) -> None:
    images = replace(session.give_dataset(4), held_out=np.array([1, 3]))
    session.dataset = images
    session.dataset_changed.emit(images)
    for _ in range(5):
        qtbot.mouseClick(panel.data_button, LEFT)
    assert [args[1] for name, args in session.calls if name == "hold_whole"] == [1, 3, 0, 2, 1]


def test_a_picture_file_is_chosen(
    panel: FillPanel, session: FakeSession, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("/pictures/face.png", ""))
    qtbot.mouseClick(panel.file_button, LEFT)
    assert session.last("hold_whole") == ("/pictures/face.png", -1)


def test_it_looks_while_it_is_in_sight(panel: FillPanel, session: FakeSession, qtbot: QtBot) -> None:
    assert session.last("look_at_filling") is None
    session.begin_stroke(Stroke())
    assert session.last("look_at_filling") == (Blend.HARD,)
    session.calls.clear()
    qtbot.waitUntil(lambda: session.names().count("look_at_filling") >= 2)
    qtbot.mouseClick(panel.blend.button("matched"), LEFT)
    assert session.last("look_at_filling") == (Blend.MATCHED,)
    panel.hide()
    session.calls.clear()
    session.begin_stroke(Stroke())
    assert session.last("look_at_filling") is None


def test_views_scores_and_variants(panel: FillPanel, session: FakeSession, qtbot: QtBot) -> None:
    session.begin_stroke(Stroke())
    session.frame_arrived.emit("fill", filling())
    assert "18.7 dB, 0.50" in panel.scores.text()
    assert panel.captions["mean"].text() == "Mean of 8 chains"
    assert panel.variants.count() == 8
    chosen: list[int] = []
    panel.variant_chosen.connect(chosen.append)
    qtbot.mouseClick(panel.variants, LEFT, pos=panel.variants.cell(5).center())
    assert chosen == [5]
    session.frame_arrived.emit("fill", filling(1, truth=False))
    assert not panel.scores.isVisible()
    assert not panel.variants.isVisible()
    assert panel.captions["mean"].text() == "Gibbs, one chain"


def test_the_glow_follows_the_check_and_goes_with_the_page(panel: FillPanel, session: FakeSession) -> None:
    seen: list[object] = []
    panel.overlay_changed.connect(seen.append)
    session.begin_stroke(Stroke())
    frame = filling()
    session.frame_arrived.emit("fill", frame)
    assert seen == [None] * len(seen)
    panel.overlay.click()
    assert np.allclose(np.asarray(seen[-1]), np.clip(frame.spread * 4, 0, 1))
    panel.hide()
    assert seen[-1] is None
