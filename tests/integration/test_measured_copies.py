"""What copying takes from training is measured without a window: the command is given here, and warms up for less."""

from __future__ import annotations

import json
import sys

import pytest

import studio.__main__ as entry
from studio.ui.measure import autosaving

ASKED = "bench autosave --preset bars-rbm --data sample:bars --seconds 1 --turns 1 --json"


@pytest.mark.usefixtures("qapp")
def test_what_copying_takes_is_measured(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(autosaving, "WARM", 0.2)  # seconds
    monkeypatch.setattr(sys, "argv", ["harmonium", *ASKED.split()])
    assert entry.main() == 0
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert set(figures) == {"autosave.copies", "autosave.held_up", "autosave.slower"}
    assert figures["autosave.copies"]["value"] >= 1
