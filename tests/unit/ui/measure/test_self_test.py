"""The self-test draws a real window before it tries the rest."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
from PySide6.QtCore import QSettings

from studio.cli.self_test import Rehearsal
from studio.errors import StudioError
from studio.ui.measure import self_test
from studio.ui.measure.opened import Opened


def no_window(_arguments: Sequence[str], _settings: QSettings) -> Opened:
    raise StudioError("No window can be opened.")


@pytest.mark.usefixtures("qapp")
def test_a_window_that_does_not_open_fails_and_the_rest_is_tried(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(self_test, "rehearsals", lambda: (Rehearsal("the rest", lambda _folder: "well"),))
    assert self_test.self_test(no_window, time.monotonic()) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("FAILED")
    assert lines[0].endswith("the window: No window can be opened.")
    assert lines[1].endswith("the rest: well")
