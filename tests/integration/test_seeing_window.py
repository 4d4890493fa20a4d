"""What a model sees in a picture, in the whole window: no picture yet, one dropped, one that is none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from studio.jobs.status import PlayerState
from studio.session.session import Session
from studio.ui.measure.pixels import drawn, uniform
from tests.integration.listener import Listener
from tests.integration.person import WAIT, Person
from tests.unit.cli.small_projects import conv_project, photograph


def test_a_dropped_picture_is_seen_layer_by_layer(
    person: Person, session: Session, heard: Listener, qtbot: QtBot, tmp_path: Path
) -> None:
    panel, box = person.window.filters, person.window.filters.maps
    session.open_project(conv_project(tmp_path / "seen.harmonium"))
    qtbot.waitUntil(lambda: session.player is PlayerState.PLAYING and panel.layer.count() == 2, timeout=WAIT)
    person.press(panel.see)
    qtbot.waitUntil(box.empty.isVisible, timeout=WAIT)
    person.drop(photograph(tmp_path / "wall.png"), box)
    qtbot.waitUntil(lambda: box.sheet.count == 4 and not uniform(drawn(box.sheet)), timeout=WAIT)
    assert box.chooser.name.text() == "wall.png"
    assert session.dataset is None, "it is looked at, not learned from"
    panel.layer.showPopup()
    for key in (Qt.Key.Key_End, Qt.Key.Key_Return):
        qtbot.keyClick(panel.layer.view(), key)
    assert box.sheet.count == 5
    before = drawn(box.chooser.picture)
    qtbot.mouseMove(box.sheet, QPoint(2, 2))
    qtbot.mouseMove(box.sheet, box.sheet.area_of_cell(2).center().toPoint())
    assert box.words.text().startswith("Filter 2 of layer 2: ")
    qtbot.waitUntil(lambda: not np.array_equal(before, drawn(box.chooser.picture)), timeout=WAIT)
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    person.drop(broken, box)
    qtbot.waitUntil(lambda: person.window.banner.notice is not None, timeout=WAIT)
    assert "broken.png" in heard.notices[-1].message
    assert box.chooser.name.text() == "wall.png"
    assert box.chooser.place.text() == "from a file"
