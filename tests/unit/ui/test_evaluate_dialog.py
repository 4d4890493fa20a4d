"""The evaluation as a person reads it: what waits, what is known, what leaves as text."""

from __future__ import annotations

from typing import cast

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from studio.jobs.evaluation import Finding, Histograms, Outline, Section, Sheet, Tone
from studio.jobs.status import RunState
from studio.models.altered import Altered
from studio.session.session import Session
from studio.ui.evaluate_dialog import AGAIN, ALTERED, GOES_ON, EvaluateDialog
from studio.ui.widgets.canvas import Canvas
from studio.ui.widgets.free_energy_plot import FreeEnergyPlot
from tests.helpers.fake_session import FakeSession

LEFT = Qt.MouseButton.LeftButton
KINDS = ("learned", "held-out", "noise", "its own dreams")


def fit(tone: Tone = Tone.GOOD, beyond: str = "") -> Section:
    generator = np.random.default_rng(0)
    edges = np.linspace(-60, 40, 61)
    counts = np.array([np.histogram(generator.normal(mean, 8, 500), edges)[0] for mean in (-30, -28, 10, -25)])
    drawing = Histograms(KINDS, edges, counts, (-30.0, -28.0, 10.0, -25.0), beyond)
    finding = Finding("fit.gap", "Held-out above learned", 2.0, "nats", "Near 0: it knows what it has not seen.")
    return Section("Fit and overfitting", "No sign of overfitting.", tone, (finding,), drawing)


CONFIDENCE = Section(
    "Confidence of weights",
    "The pictures do not determine the weights. It is a lower bound.",
    Tone.BAD,
    (Finding("confidence.relative", "Median interval over its weight", 3.4761, "", "Below 1 the sign is sure."),),
    Sheet(np.linspace(0, 1, 29 * 29, dtype=np.float32).reshape(29, 29, 1), "black where a weight is sure"),
)
OUTLINE = Outline("RBM, units: 32 in hidden", ("Fit and overfitting", "Confidence of weights"))


@pytest.fixture
def session() -> FakeSession:
    made = FakeSession()
    made.give_model("rbm")
    return made


def opened(qtbot: QtBot, session: FakeSession) -> EvaluateDialog:
    made = EvaluateDialog(cast(Session, session))
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def dialog(qtbot: QtBot, session: FakeSession) -> EvaluateDialog:
    return opened(qtbot, session)


def texts(dialog: EvaluateDialog) -> list[str]:
    return [label.text() for label in dialog.findChildren(QLabel) if not label.isHidden()]


def finish(session: FakeSession) -> None:
    session.evaluating = False
    session.evaluation_ended.emit()


def test_it_begins_at_once_and_says_what_waits(dialog: EvaluateDialog, session: FakeSession) -> None:
    assert session.names() == ["evaluate"]
    assert dialog.run_button.text() == "Cancel"
    assert not dialog.copy_button.isEnabled()
    session.evaluation_found.emit(OUTLINE)
    assert dialog.subject.text() == "RBM, units: 32 in hidden"
    assert [card.heading.note() for card in dialog.cards] == ["being measured", "waits"]
    session.evaluation_progressed.emit(5_000, 20_000)
    assert dialog.bar.value() == 250


def test_answers_are_shown_as_they_come(dialog: EvaluateDialog, session: FakeSession) -> None:
    session.evaluation_found.emit(OUTLINE)
    session.evaluation_found.emit(fit(beyond="Beyond the picture: noise above."))
    first, second = dialog.cards
    assert first.verdict.text() == "No sign of overfitting."
    assert first.heading.note() == "good"
    assert second.heading.note() == "being measured"
    assert {"2 nats", "Held-out above learned", "Beyond the picture: noise above."} <= set(texts(dialog))
    session.evaluation_found.emit(CONFIDENCE)
    assert second.verdict.property("role") == "error"
    assert "3.476" in texts(dialog)
    assert second.findChild(Canvas) is not None
    finish(session)
    assert dialog.run_button.text() == AGAIN
    assert dialog.bar.value() == 1000


def test_figures_leave_as_text(dialog: EvaluateDialog, session: FakeSession, qtbot: QtBot) -> None:
    session.evaluation_found.emit(OUTLINE)
    session.evaluation_found.emit(fit())
    qtbot.mouseClick(dialog.copy_button, LEFT)
    text = QGuiApplication.clipboard().text()
    assert "Held-out above learned: 2 nats (fit.gap)." in text
    assert "No sign of overfitting." in text


def test_what_is_known_stays_when_it_is_cancelled(dialog: EvaluateDialog, session: FakeSession, qtbot: QtBot) -> None:
    session.evaluation_found.emit(OUTLINE)
    session.evaluation_found.emit(fit())
    qtbot.mouseClick(dialog.run_button, LEFT)
    assert session.names()[-1] == "cancel_evaluation"
    assert [card.heading.note() for card in dialog.cards] == ["good", "not measured"]
    assert dialog.copy_button.isEnabled()
    qtbot.mouseClick(dialog.run_button, LEFT)
    assert session.names()[-1] == "evaluate"
    assert dialog.cards == []
    session.evaluation_found.emit(OUTLINE)
    assert [card.heading.note() for card in dialog.cards] == ["being measured", "waits"]


def test_closing_gives_up_what_is_measured(dialog: EvaluateDialog, session: FakeSession, qtbot: QtBot) -> None:
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isHidden()
    assert session.names() == ["evaluate", "cancel_evaluation"]


def test_it_says_what_is_judged(qtbot: QtBot, session: FakeSession) -> None:
    session.altered = Altered(step=10)
    session.give_status(RunState.TRAINING)
    dialog = opened(qtbot, session)
    assert ALTERED in dialog.note.text()
    assert GOES_ON in dialog.note.text()


def test_figures_of_a_model_that_went_away_say_so(dialog: EvaluateDialog, session: FakeSession) -> None:
    session.evaluation_found.emit(OUTLINE)
    session.evaluation_found.emit(fit())
    session.evaluating = False
    session.give_model(None)
    assert "the model before" in dialog.note.text()
    assert not dialog.run_button.isEnabled()


def test_kinds_are_drawn_to_one_scale_and_told_apart(qtbot: QtBot) -> None:
    drawing = fit().drawing
    assert isinstance(drawing, Histograms)
    plot = FreeEnergyPlot(drawing)
    qtbot.addWidget(plot)
    plot.resize(500, 200)
    lines = plot.outlines()
    assert len(lines) == len(KINDS)
    tops = [min(point.y() for point in line.toList()) for line in lines]
    assert min(tops) == pytest.approx(plot._area().top())
    peaks = [min(line.toList(), key=lambda point: point.y()).x() for line in lines]
    assert peaks[2] > max(peaks[0], peaks[1], peaks[3])  # noise lies to the right
    assert "noise 10" in plot.accessibleDescription()
    assert not plot.grab().toImage().isNull()
