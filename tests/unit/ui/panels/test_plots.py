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
from PySide6.QtGui import QFont, QFontMetrics, QImage, QPalette
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from studio.project.history import Curves, RunRecord
from studio.session.notices import Level
from studio.training.settings import TrainSettings
from studio.ui.measure.pixels import count_near
from studio.ui.measure.pixels import drawn as drawn_pixels
from studio.ui.panels.plots import PlotsPanel
from studio.ui.widgets.curve_view import CurveView
from tests.helpers.fake_session import FakeSession
from tests.unit.ui.panels.plots import drawn, give


def keys(view: CurveView) -> list[tuple[object, ...]]:
    assert view._plot is not None
    return [cast("tuple[object, ...]", key) for key in view._plot._items]


def test_pyqtgraph_is_not_imported_before_there_are_curves() -> None:
    code = "import sys, studio.ui.panels.plots; sys.exit('pyqtgraph' in sys.modules or 'torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_without_curves_it_says_so(plots: PlotsPanel, qtbot: QtBot) -> None:
    view = plots.views["error"]
    qtbot.waitUntil(lambda: view.draws == 1)
    assert view.empty.isVisible()
    assert not plots.csv_button.isEnabled()


def test_two_figures_are_in_sight_and_the_hidden_ones_do_not_draw(
    plots: PlotsPanel, session: FakeSession, qtbot: QtBot
) -> None:
    session.give_curves(50)
    drawn(qtbot, plots.views["error"], 0)
    drawn(qtbot, plots.views["gap"], 0)
    assert [key for key, view in plots.views.items() if view.draws] == ["error", "gap"]
    qtbot.mouseClick(plots.tabs.button("units"), Qt.MouseButton.LeftButton)
    drawn(qtbot, plots.views["activity"], 0)
    before = plots.views["error"].draws
    session.curves_changed.emit()
    drawn(qtbot, plots.views["activity"])
    assert plots.views["error"].draws == before


def test_a_burst_is_drawn_once(plots: PlotsPanel, session: FakeSession, qtbot: QtBot) -> None:
    session.give_curves(50)
    view = plots.views["error"]
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
    plots: PlotsPanel, session: FakeSession, qtbot: QtBot
) -> None:
    plots.hide()
    before = plots.views["error"].draws
    session.give_curves(50)
    qtbot.waitUntil(lambda: not plots.views["error"]._timer.isActive())
    assert plots.views["error"].draws == before
    plots.show()
    drawn(qtbot, plots.views["error"])


def test_the_latest_values_are_in_the_header(plots: PlotsPanel, session: FakeSession, qtbot: QtBot) -> None:
    record = give(session, "reconstruction_error", [0.5, 0.0164])
    record.curves.extend([("reconstruction_error_held_out", 10, 0.0201)])
    drawn(qtbot, plots.views["error"], 0)
    text = plots.views["error"].values.text()
    assert "train</span> .0164" in text
    assert "held-out</span> .0201" in text


def test_a_narrow_header_keeps_its_title_and_colours_the_values(
    plots: PlotsPanel, session: FakeSession, qtbot: QtBot
) -> None:
    record = give(session, "reconstruction_error", [0.5, 0.0164])
    record.curves.extend([("reconstruction_error_held_out", 10, 0.0201)])
    view = plots.views["error"]
    drawn(qtbot, view, 0)
    plots.resize(520, 260)
    text = view.values.text()
    assert "train" not in text
    assert text.count("color:") == 2
    assert ".0164</span>" in text
    plots.resize(900, 260)
    assert "train</span> .0164" in view.values.text()


def test_the_crosshair_tells_the_values_under_it(plots: PlotsPanel, session: FakeSession, qtbot: QtBot) -> None:
    give(session, "free_energy_gap", [0.0, 1.0, 2.0, 3.0, 4.0])
    view = plots.views["gap"]
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


def test_smoothing_keeps_the_raw_curve_behind(plots: PlotsPanel, session: FakeSession, qtbot: QtBot) -> None:
    session.give_curves(50)
    view = plots.views["gap"]
    drawn(qtbot, view, 0)
    assert keys(view) == [(1, "free_energy_gap", "curve")]
    plots.smoothing.set_value(0.9)
    plots.smoothing.edited.emit(0.9)
    drawn(qtbot, view)
    assert {key[2] for key in keys(view)} == {"raw", "curve"}


def test_earlier_runs_lie_behind_with_their_numbers(plots: PlotsPanel, session: FakeSession, qtbot: QtBot) -> None:
    plots.resize(1400, 260)
    for _ in range(3):
        session.give_curves(40)
    assert plots.earlier.isEnabled()
    view = plots.views["error"]
    drawn(qtbot, view, 0)
    plots.earlier.click()
    drawn(qtbot, view)
    assert [named.name for named in view._drawing.earlier] == ["run 1", "run 2"]
    assert view.values.text().index("run 1") < view.values.text().index("run 2") < view.values.text().index("train")
    assert (1, "earlier") in keys(view)
    plots.earlier.setChecked(False)
    drawn(qtbot, view)
    assert "run 1" not in view.values.text()
    assert (1, "earlier") not in keys(view)


def test_a_logarithmic_axis_leaves_gaps_where_there_is_no_logarithm(
    plots: PlotsPanel, session: FakeSession, qtbot: QtBot
) -> None:
    give(session, "free_energy_gap", [-1.0, 0.0, 1.0, 10.0, 100.0])
    view = plots.views["gap"]
    drawn(qtbot, view, 0)
    plots.log.click()
    drawn(qtbot, view)
    line = next(iter(view._drawing.lines.values()))
    assert np.isnan(line.y).tolist() == [True, True, False, False, False]
    assert line.y[2:].tolist() == [0, 1, 2]


def test_a_curve_below_zero_stays_linear(plots: PlotsPanel, session: FakeSession, qtbot: QtBot) -> None:
    give(session, "free_energy_gap", [-3.0, -2.0, -1.0])
    plots.log.click()
    drawn(qtbot, plots.views["gap"], 0)
    assert not plots.views["gap"]._drawing.log


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
    plots: PlotsPanel, session: FakeSession, qtbot: QtBot, values: list[float]
) -> None:
    plots.smoothing.set_value(0.5)
    plots._set_options()
    give(session, "free_energy_gap", values)
    view = plots.views["gap"]
    before = view.draws
    for log in (True, False):
        plots.log.setChecked(log)
        qtbot.waitUntil(lambda: not view._dirty)
    assert view.draws > before
    plots.grab()


def test_the_first_point_is_seen_before_there_is_a_line(plots: PlotsPanel, session: FakeSession, qtbot: QtBot) -> None:
    record = give(session, "free_energy_gap", [2.0])
    view = plots.views["gap"]
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
    plots: PlotsPanel, session: FakeSession, qtbot: QtBot
) -> None:
    curves = Curves()
    curves.extend(("mean_activity", step, 0.3) for step in range(5))
    plots.tabs.button("units").click()
    view = plots.views["activity"]
    for cost, target in ((0.0, None), (0.1, 0.05)):
        settings = TrainSettings(sparsity_cost=cost, sparsity_target=0.05)
        session.runs[:] = [RunRecord(1, "", settings, curves=curves)]
        session.curves_changed.emit()
        drawn(qtbot, view, 0)
        qtbot.waitUntil(lambda: not view._dirty)
        assert view._drawing.target == target


def test_a_new_palette_recolours(plots: PlotsPanel, session: FakeSession, qtbot: QtBot) -> None:
    session.give_curves(20)
    view = plots.views["error"]
    drawn(qtbot, view, 0)
    palette = QPalette(plots.palette())
    palette.setColor(QPalette.ColorRole.Accent, Qt.GlobalColor.green)
    plots.setPalette(palette)
    drawn(qtbot, view)
    assert view._drawing.lines[1, "reconstruction_error", "curve"].colour == Qt.GlobalColor.green


def save_to(monkeypatch: pytest.MonkeyPatch, path: Path | None) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path) if path else "", ""))


def test_the_table_has_every_point_of_every_run(
    plots: PlotsPanel, session: FakeSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(session, "dead_units", [0.1, math.nan], 1)
    give(session, "weight_norm", [3.0], 2)
    save_to(monkeypatch, tmp_path / "curves.csv")
    plots.csv_button.click()
    with (tmp_path / "curves.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["run", "metric", "step", "value"],
        ["1", "dead_units", "0", "0.1"],
        ["1", "dead_units", "10", "nan"],
        ["2", "weight_norm", "0", "3.0"],
    ]


def test_the_picture_is_twice_as_sharp_as_the_screen(
    plots: PlotsPanel, session: FakeSession, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.give_curves(50)
    drawn(qtbot, plots.views["error"], 0)
    drawn(qtbot, plots.views["gap"], 0)
    save_to(monkeypatch, tmp_path / "curves.png")
    plots.png_button.click()
    image = QImage(str(tmp_path / "curves.png"))
    assert image.size() == plots._stack.currentWidget().size() * 2


def test_an_unwritable_folder_is_said(
    plots: PlotsPanel, session: FakeSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.give_curves(5)
    save_to(monkeypatch, tmp_path / "nowhere" / "curves.csv")
    for made in (plots.csv_button, plots.png_button):
        made.click()
        notice = session.last("notify")
        assert notice is not None
        assert notice[0].level is Level.ERROR
        session.calls.clear()
    save_to(monkeypatch, None)
    plots.csv_button.click()
    assert not session.calls


@pytest.mark.parametrize("size", [12, 18])
def test_figures_on_the_axes_grow_with_the_text(
    plots: PlotsPanel, session: FakeSession, qtbot: QtBot, qapp: QApplication, size: int
) -> None:
    usual = qapp.font()
    font = QFont(usual)
    font.setPixelSize(size)
    qapp.setFont(font)  # as the theme does; plots are made when there is something to draw
    try:
        session.give_curves(50)
        view = plots.views["error"]
        drawn(qtbot, view, 0)
    finally:
        qapp.setFont(usual)
    assert view._plot is not None
    axis = view._plot._item.getAxis("left")
    figures = axis.style["tickFont"]
    assert 0.75 * size <= figures.pixelSize() < size
    assert axis.width() >= QFontMetrics(figures).horizontalAdvance("0.0250")
