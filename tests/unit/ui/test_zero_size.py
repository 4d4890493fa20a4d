"""The left column's panels, the page of codes and the window survive having nothing, one of something, no room."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QSlider, QWidget
from pytestqt.qtbot import QtBot

from studio.data.spec import Colour
from studio.errors import DivergedError
from studio.jobs.status import Outcome, RunState
from studio.session.session import Session
from studio.ui.main_window import MainWindow
from studio.ui.panels.codes import CodesPanel
from studio.ui.panels.dataset import DatasetPanel
from studio.ui.panels.model import ModelPanel
from studio.ui.panels.training import TrainingPanel
from tests.helpers.fake_session import FakeSession

PANELS = (DatasetPanel, ModelPanel, TrainingPanel, CodesPanel)


def nothing(fake: FakeSession) -> None:
    fake.dataset_changed.emit(None)
    fake.devices_found.emit(())


def one_picture(fake: FakeSession) -> None:
    fake.give_dataset(1, skipped=0, side=2, colour=Colour.GREY)


def none_usable(fake: FakeSession) -> None:
    fake.give_dataset(0, skipped=3)


def failed_run(fake: FakeSession) -> None:
    fake.give_dataset(2)
    fake.give_status(RunState.TRAINING)
    fake.give_progress(0, None)
    fake.give_end(Outcome.FAILED, DivergedError("The run left the finite numbers.", "Lower the learning rate."))


SITUATIONS = (nothing, one_picture, none_usable, failed_run)


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda item: item.__name__)
@pytest.mark.parametrize("width", [200, 600])
@pytest.mark.parametrize("kind", PANELS, ids=lambda item: item.__name__)
def test_a_panel_survives(
    qtbot: QtBot,
    session: Session,
    fake: FakeSession,
    kind: type[QWidget],
    width: int,
    situation: Callable[[FakeSession], None],
) -> None:
    panel = kind(session)  # type: ignore[arg-type]  # every panel takes a session
    qtbot.addWidget(panel)
    panel.resize(width, 400)
    panel.show()
    situation(fake)
    assert panel.minimumSizeHint().width() <= 200
    assert not panel.grab().isNull()


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda item: item.__name__)
def test_the_window_survives(
    open_window: Callable[[], MainWindow], fake: FakeSession, situation: Callable[[FakeSession], None]
) -> None:
    window = open_window()
    situation(fake)
    assert not window.grab().isNull()
    assert window.minimumSizeHint().width() <= 1280
    assert window.minimumSizeHint().height() <= 800


def test_every_control_has_a_name_and_a_tip(window: MainWindow, fake: FakeSession) -> None:
    fake.give_dataset()
    for part in (window.dataset, window.model, window.training, window.training.head, window.top):
        for kind in (QAbstractButton, QSlider, QComboBox, QLineEdit):
            for control in part.findChildren(kind):
                if control.objectName().startswith("qt_") or control.parent() is None:
                    continue
                assert control.accessibleName(), (part, control)
                assert control.toolTip(), (part, control)
