"""Canvases that are larger than the screen, or than the memory, with real threads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.dream.settings import DreamSettings
from studio.jobs.feed import Feed
from studio.session import workshop
from studio.session.session import Session
from tests.integration.listener import Listener
from tests.integration.small_session import WAIT, Wait, open_texture, pixels_of, sweep


@pytest.fixture
def wait(qtbot: QtBot) -> Wait:
    return lambda seen: qtbot.waitUntil(seen, timeout=WAIT)


class Small(workshop.Workshop):
    """A workshop on a machine of little memory and with a small screen."""

    free: int | None = 10_000_000

    def __init__(self, feed: Feed) -> None:
        super().__init__(feed, most_shown=64 * 56, memory=lambda: self.free)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, qtbot: QtBot, tmp_path: Path) -> Session:
    """A session whose workshop is small, and in which a small texture model dreams, held still on 64 x 56 px."""
    monkeypatch.setattr(workshop, "Workshop", Small)
    found = request.getfixturevalue("session")
    assert isinstance(found, Session)
    open_texture(found, qtbot, tmp_path)
    found.pause_dream()
    found.set_dream(DreamSettings(width=64, height=56, seed=6))
    return found


def test_a_large_canvas_is_shown_smaller_and_exported_whole(
    small: Session, heard: Listener, wait: Wait, tmp_path: Path
) -> None:
    small.set_dream(replace(small.dream, width=200, height=160))
    sweep(small, heard, wait)
    frame = heard.dreams()[-1]
    assert (frame.pictures.shape, frame.reduction, frame.canvas) == ((1, 40, 50, 3), 4, (200, 160))
    small.export_dream(tmp_path / "large.png")
    wait(lambda: bool(heard.notices))
    assert heard.notices[-1].message == "Saved large.png."
    found = pixels_of(tmp_path / "large.png")
    assert found.shape == (160, 200, 3)
    blocks = (found / 255).reshape(40, 4, 50, 4, 3).mean((1, 3))
    assert np.corrcoef(blocks.ravel(), frame.pictures.ravel())[0, 1] > 0.9


def test_a_canvas_beyond_the_memory_is_refused_in_a_sentence_and_the_old_one_stays(
    small: Session, heard: Listener, wait: Wait
) -> None:
    before = small.dream
    small.set_dream(replace(before, width=8192, height=8192))
    wait(lambda: bool(heard.notices))
    assert heard.notices[-1].message.startswith("A dream of 8192 x 8192 px needs about 4.8 GB of memory, 0.0 GB")
    wait(lambda: small.dream == before)
    sweep(small, heard, wait)
    assert heard.dreams()[-1].canvas == (64, 56)


def test_an_export_beyond_the_memory_is_refused_in_a_sentence(
    small: Session, heard: Listener, wait: Wait, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep(small, heard, wait)
    monkeypatch.setattr(Small, "free", 1000)
    small.export_dream(tmp_path / "none.png")
    wait(lambda: bool(heard.notices))
    assert "needs about" in heard.notices[-1].message
    assert not (tmp_path / "none.png").exists()
