"""Curves: drawn while seen, smoothed, compared, exported."""

from __future__ import annotations

import csv
import math
import subprocess
import sys
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage, QPalette
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from studio.jobs.frames import SpectrumFrame
from studio.models.spec import ConvSpec, TiledSpec
from studio.project.history import Curves, RunRecord
from studio.project.looks_done import LOOKS_DONE
from studio.session.notices import Level
from studio.session.session import Session
from studio.training.settings import TrainSettings
from studio.ui.measure.pixels import count_near
from studio.ui.measure.pixels import drawn as drawn_pixels
from studio.ui.panels.plots import PlotsPanel
from studio.ui.widgets.curve_view import CurveView
from tests.helpers.fake_session import FakeSession


@pytest.fixture
def session() -> FakeSession:
    return FakeSession()


@pytest.fixture
def panel(qtbot: QtBot, session: FakeSession) -> PlotsPanel:
    made = PlotsPanel(cast(Session, session))
    qtbot.addWidget(made)
    made.resize(900, 260)
    made.show()
    qtbot.waitExposed(made)
    return made


def drawn(qtbot: QtBot, view: CurveView, times: int = 1) -> None:
    start = view.draws
    qtbot.waitUntil(lambda: view.draws >= start + times and view.has_data)


def keys(view: CurveView) -> list[tuple[object, ...]]:
    assert view._plot is not None
    return [cast("tuple[object, ...]", key) for key in view._plot._items]


def give(session: FakeSession, metric: str, values: list[float], number: int = 1) -> RunRecord:
    record = RunRecord(number, "", TrainSettings())
    record.curves.extend((metric, 10 * step, value) for step, value in enumerate(values))
    session.runs.append(record)
    session.curves_changed.emit()
    return record


def test_pyqtgraph_is_not_imported_before_there_are_curves() -> None:
    code = "import sys, studio.ui.panels.plots; sys.exit('pyqtgraph' in sys.modules or 'torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_without_curves_it_says_so(panel: PlotsPanel, qtbot: QtBot) -> None:
    view = panel.views["error"]
    qtbot.waitUntil(lambda: view.draws == 1)
    assert view.empty.isVisible()
    assert not panel.csv_button.isEnabled()


def test_two_figures_are_in_sight_and_the_hidden_ones_do_not_draw(
    panel: PlotsPanel, session: FakeSession, qtbot: QtBot
) -> None:
    session.give_curves(50)
    drawn(qtbot, panel.views["error"], 0)
    drawn(qtbot, panel.views["gap"], 0)
    assert [key for key, view in panel.views.items() if view.draws] == ["error", "gap"]
    qtbot.mouseClick(panel.tabs.button("units"), Qt.MouseButton.LeftButton)
    drawn(qtbot, panel.views["activity"], 0)
    before = panel.views["error"].draws
    session.curves_changed.emit()
    drawn(qtbot, panel.views["activity"])
    assert panel.views["error"].draws == before


def test_a_burst_is_drawn_once(panel: PlotsPanel, session: FakeSession, qtbot: QtBot) -> None:
    session.give_curves(50)
    view = panel.views["error"]
    drawn(qtbot, view, 0)
    qtbot.waitUntil(lambda: not view._timer.isActive())
    before = view.draws
    for step in range(40):
        session.runs[-1].curves.extend([("reconstruction_error", 10_000 + step, 0.5)])
        session.curves_changed.emit()
    drawn(qtbot, view)
    qtbot.waitUntil(lambda: not view._timer.isActive())
    assert view.draws == before + 1


def test_a_hidden_window_draws_nothing_and_then_the_latest(
    panel: PlotsPanel, session: FakeSession, qtbot: QtBot
) -> None:
    panel.hide()
    before = panel.views["error"].draws
    session.give_curves(50)
    qtbot.waitUntil(lambda: not panel.views["error"]._timer.isActive())
    assert panel.views["error"].draws == before
    panel.show()
    drawn(qtbot, panel.views["error"])


def test_the_latest_values_are_in_the_header(panel: PlotsPanel, session: FakeSession, qtbot: QtBot) -> None:
    record = give(session, "reconstruction_error", [0.5, 0.0164])
    record.curves.extend([("reconstruction_error_held_out", 10, 0.0201)])
    drawn(qtbot, panel.views["error"], 0)
    text = panel.views["error"].values.text()
    assert "train</span> .0164" in text
    assert "held-out</span> .0201" in text


def test_the_crosshair_tells_the_values_under_it(panel: PlotsPanel, session: FakeSession, qtbot: QtBot) -> None:
    give(session, "free_energy_gap", [0.0, 1.0, 2.0, 3.0, 4.0])
    view = panel.views["gap"]
    drawn(qtbot, view, 0)
    plot = view._plot
    assert plot is not None
    box = plot._item.getViewBox()
    at = plot._plot.mapFromScene(box.mapViewToScene(QPointF(20.4, 2.0)))
    qtbot.mouseMove(plot._plot.viewport(), at)
    assert view.values.text() == "step 20&nbsp; 2"
    assert plot._cross.isVisible()
    plot.pointed.emit(None)
    assert view.values.text() == "4"
    assert not plot._cross.isVisible()


def test_smoothing_keeps_the_raw_curve_behind(panel: PlotsPanel, session: FakeSession, qtbot: QtBot) -> None:
    session.give_curves(50)
    view = panel.views["gap"]
    drawn(qtbot, view, 0)
    assert keys(view) == [(1, "free_energy_gap", "curve")]
    panel.smoothing.set_value(0.9)
    panel.smoothing.edited.emit(0.9)
    drawn(qtbot, view)
    assert {key[2] for key in keys(view)} == {"raw", "curve"}


def test_earlier_runs_lie_behind_with_their_numbers(panel: PlotsPanel, session: FakeSession, qtbot: QtBot) -> None:
    panel.resize(1400, 260)
    for _ in range(3):
        session.give_curves(40)
    assert panel.earlier.isEnabled()
    view = panel.views["error"]
    drawn(qtbot, view, 0)
    panel.earlier.click()
    drawn(qtbot, view)
    assert [named.name for named in view._drawing.earlier] == ["run 1", "run 2"]
    assert view.values.text().index("run 1") < view.values.text().index("run 2") < view.values.text().index("train")
    assert (1, "earlier") in keys(view)
    panel.earlier.setChecked(False)
    drawn(qtbot, view)
    assert "run 1" not in view.values.text()
    assert (1, "earlier") not in keys(view)


def test_a_logarithmic_axis_leaves_gaps_where_there_is_no_logarithm(
    panel: PlotsPanel, session: FakeSession, qtbot: QtBot
) -> None:
    give(session, "free_energy_gap", [-1.0, 0.0, 1.0, 10.0, 100.0])
    view = panel.views["gap"]
    drawn(qtbot, view, 0)
    panel.log.click()
    drawn(qtbot, view)
    line = next(iter(view._drawing.lines.values()))
    assert np.isnan(line.y).tolist() == [True, True, False, False, False]
    assert line.y[2:].tolist() == [0, 1, 2]


def test_a_curve_below_zero_stays_linear(panel: PlotsPanel, session: FakeSession, qtbot: QtBot) -> None:
    give(session, "free_energy_gap", [-3.0, -2.0, -1.0])
    panel.log.click()
    drawn(qtbot, panel.views["gap"], 0)
    assert not panel.views["gap"]._drawing.log


@pytest.mark.parametrize(
    "values",
    [
        [math.nan, math.nan],
        [1.0, math.nan, math.nan, 2.0],
        [math.inf, 1.0, -math.inf],
        [1.0],
        [0.0, 0.0],
        [1e30, -1e30],
        [],
    ],
)
def test_gaps_and_extremes_are_drawn_without_complaint(
    panel: PlotsPanel, session: FakeSession, qtbot: QtBot, values: list[float]
) -> None:
    panel.smoothing.set_value(0.5)
    panel._set_options()
    give(session, "free_energy_gap", values)
    view = panel.views["gap"]
    before = view.draws
    for log in (True, False):
        panel.log.setChecked(log)
        qtbot.waitUntil(lambda: not view._dirty)
    assert view.draws > before
    panel.grab()


def test_the_first_point_is_seen_before_there_is_a_line(panel: PlotsPanel, session: FakeSession, qtbot: QtBot) -> None:
    record = give(session, "free_energy_gap", [2.0])
    view = panel.views["gap"]
    drawn(qtbot, view, 0)
    assert count_near(pixels_of(view), view._drawing.lines[1, "free_energy_gap", "curve"].colour) > 5
    record.curves.extend([("free_energy_gap", 10, 9.0)])
    session.curves_changed.emit()
    drawn(qtbot, view)
    assert count_near(pixels_of(view), view._drawing.lines[1, "free_energy_gap", "curve"].colour) > 100


def pixels_of(view: CurveView) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Return what is drawn below the header, whose words wear the colours of the curves too."""
    return drawn_pixels(view)[view.values.geometry().bottom() + 1 :]


def test_the_target_line_is_there_only_when_something_pulls(
    panel: PlotsPanel, session: FakeSession, qtbot: QtBot
) -> None:
    curves = Curves()
    curves.extend(("mean_activity", step, 0.3) for step in range(5))
    panel.tabs.button("units").click()
    view = panel.views["activity"]
    for cost, target in ((0.0, None), (0.1, 0.05)):
        settings = TrainSettings(sparsity_cost=cost, sparsity_target=0.05)
        session.runs[:] = [RunRecord(1, "", settings, curves=curves)]
        session.curves_changed.emit()
        drawn(qtbot, view, 0)
        qtbot.waitUntil(lambda: not view._dirty)
        assert view._drawing.target == target


def test_a_new_palette_recolours(panel: PlotsPanel, session: FakeSession, qtbot: QtBot) -> None:
    session.give_curves(20)
    view = panel.views["error"]
    drawn(qtbot, view, 0)
    palette = QPalette(panel.palette())
    palette.setColor(QPalette.ColorRole.Accent, Qt.GlobalColor.green)
    panel.setPalette(palette)
    drawn(qtbot, view)
    assert view._drawing.lines[1, "reconstruction_error", "curve"].colour == Qt.GlobalColor.green


def save_to(monkeypatch: pytest.MonkeyPatch, path: Path | None) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path) if path else "", ""))


def test_the_table_has_every_point_of_every_run(
    panel: PlotsPanel, session: FakeSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(session, "dead_units", [0.1, math.nan], 1)
    give(session, "weight_norm", [3.0], 2)
    save_to(monkeypatch, tmp_path / "curves.csv")
    panel.csv_button.click()
    with (tmp_path / "curves.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["run", "metric", "step", "value"],
        ["1", "dead_units", "0", "0.1"],
        ["1", "dead_units", "10", "nan"],
        ["2", "weight_norm", "0", "3.0"],
    ]


def test_the_picture_is_twice_as_sharp_as_the_screen(
    panel: PlotsPanel, session: FakeSession, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.give_curves(50)
    drawn(qtbot, panel.views["error"], 0)
    drawn(qtbot, panel.views["gap"], 0)
    save_to(monkeypatch, tmp_path / "curves.png")
    panel.png_button.click()
    image = QImage(str(tmp_path / "curves.png"))
    assert image.size() == panel._stack.currentWidget().size() * 2


def test_an_unwritable_folder_is_said(
    panel: PlotsPanel, session: FakeSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.give_curves(5)
    save_to(monkeypatch, tmp_path / "nowhere" / "curves.csv")
    for made in (panel.csv_button, panel.png_button):
        made.click()
        notice = session.last("notify")
        assert notice is not None
        assert notice[0].level is Level.ERROR
        session.calls.clear()
    save_to(monkeypatch, None)
    panel.csv_button.click()
    assert not session.calls


@pytest.mark.parametrize("width", [200, 320])
def test_plots_stand_above_each_other_where_it_is_narrow(
    panel: PlotsPanel, session: FakeSession, qtbot: QtBot, width: int
) -> None:
    panel.resize(width, 500)
    session.give_curves(20)
    drawn(qtbot, panel.views["error"], 0)
    first, second = panel.views["error"].geometry(), panel.views["gap"].geometry()
    assert second.top() > first.bottom()
    assert panel.width() == width
    assert not panel.tabs.isVisible()
    panel.tab_choice.chosen.emit("weights")
    assert panel.views["weights"].isVisible()
    assert panel.tabs.key() == "weights"


def test_a_texture_has_its_similarity_in_place_of_a_gap(panel: PlotsPanel, session: FakeSession, qtbot: QtBot) -> None:
    assert panel.views["gap"].isVisible()
    assert panel.views["similarity"].isHidden()
    session.set_model(TiledSpec())
    assert panel.views["gap"].isHidden()
    give(session, "weight_norm", [3.0, 4.0])
    qtbot.waitUntil(lambda: "on its way" in panel.views["similarity"].empty.text())
    give(session, "texture_similarity", [0.4, 0.6, 0.8])
    drawn(qtbot, panel.views["similarity"], 0)
    assert panel.views["error"].isVisible()
    drawing = panel.views["similarity"]._drawing
    assert drawing.target == LOOKS_DONE  # the line it climbs to is in sight from the first
    assert drawing.y_range is not None
    assert drawing.y_range[1] > LOOKS_DONE
    session.give_model("rbm")
    assert panel.views["similarity"].isHidden()


def test_a_convolutional_model_is_shown_what_it_measures_alone(panel: PlotsPanel, session: FakeSession) -> None:
    session.set_model(ConvSpec())
    assert panel.tab_choice.keys() == ["learning", "units", "weights"]
    assert panel.views["similarity"].isHidden()
    assert panel.views["gap"].isVisible()


def test_each_family_has_the_pages_that_say_something(panel: PlotsPanel, session: FakeSession, qtbot: QtBot) -> None:
    assert panel.tabs.button("spectrum").isHidden()
    panel.show_page("likelihood")
    session.set_model(TiledSpec())
    assert panel.tabs.key() == "learning"  # the page in sight went
    assert panel.views["similarity"].isVisible()
    assert panel.tabs.button("likelihood").isHidden()
    assert panel.tab_choice.keys() == ["learning", "spectrum", "units", "weights"]
    right, left = Qt.Key.Key_Right, Qt.Key.Key_Left
    for step, key in ((right, "spectrum"), (right, "units"), (left, "spectrum"), (left, "learning"), (left, "weights")):
        qtbot.keyClick(panel.tabs, step)
        assert panel.tabs.key() == key


def test_the_spectra_of_picture_and_dream_are_drawn_while_seen(
    panel: PlotsPanel, session: FakeSession, qtbot: QtBot
) -> None:
    session.set_model(TiledSpec())
    session.give_model("texture")
    assert "spectra" not in session.wanted
    qtbot.mouseClick(panel.tabs.button("spectrum"), Qt.MouseButton.LeftButton)
    assert "spectra" in session.wanted
    assert panel.spectra.empty.isVisible()
    lengths = np.array([32, 8, 2], np.float32)
    picture, dream = np.array([1, 0.5, -2], np.float32), np.array([0, 0.5, -3], np.float32)
    session.frame_arrived.emit("spectra", SpectrumFrame(lengths, picture, dream, 3))
    assert not panel.spectra.empty.isVisible()
    lines = panel.spectra.drawing.lines
    assert lines["picture"].x.tolist() == lines["dream"].x.tolist() == [-5, -3, -1]
    assert lines["picture"].y.tolist() == picture.tolist()
    assert lines["dream"].y.tolist() == dream.tolist()
    assert lines["picture"].colour != lines["dream"].colour
    assert "picture</span>" in panel.spectra.names.text()
    assert "waves of 32 to 2 px" in panel.spectra.names.text()
    panel.show_page("weights")
    assert "spectra" not in session.wanted
    session.give_model(None)
    panel.show_page("spectrum")
    assert panel.spectra.empty.isVisible()


def test_what_a_model_does_not_measure_is_said(panel: PlotsPanel, session: FakeSession, qtbot: QtBot) -> None:
    panel.show_page("likelihood")
    view = panel.views["likelihood"]
    assert view.empty.text() == "Curves appear here while the model learns."
    give(session, "weight_norm", [3.0])
    qtbot.waitUntil(lambda: view.draws >= 1)
    assert view.empty.text() == "Curves appear here while the model learns."
    give(session, "weight_norm", [3.0, 4.0], number=2)
    qtbot.waitUntil(lambda: view.empty.text() == "Not measured for this model.")
    assert view.empty.isVisible()
    give(session, "pseudo_likelihood", [-100.0, -90.0], number=3)
    drawn(qtbot, view)
