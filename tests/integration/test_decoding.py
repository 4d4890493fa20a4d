"""The short form of the command that shows what reading the largest pictures takes."""

from __future__ import annotations

import sys

import pytest

from studio.ui.measure import decoding
from studio.ui.measure.decoding import Kind

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell what a process held at most")


def test_memory_and_time_are_told_for_each_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "KINDS", (Kind("a.png", "RGB", 4),))
    said: list[str] = []
    figures = dict(decoding.decoding(said.append))
    assert set(figures) == {"faults.decode_peak", "faults.decode_slowest"}
    assert 0 < figures["faults.decode_peak"].value < decoding.MOST  # not what this large process ever held
    assert said[0].startswith("a.png: 4 megapixels, ")
