"""What a look at the hole shows before and after anything is painted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.dream.blending import Blend
from studio.dream.player import Player
from studio.dream.settings import DreamSettings
from studio.dream.strokes import Brush, Form, Stroke
from studio.errors import SettingsError
from studio.jobs.feed import Feed
from studio.project.archive import read_project
from studio.project.painted import fill_frame, paint
from studio.project.trained import Trained, open_trained
from tests.unit.cli.small_projects import texture_project

SIDE = 24


@pytest.fixture
def trained(tmp_path: Path) -> Trained:
    return open_trained(read_project(texture_project(tmp_path / "wall.harmonium")), "cpu")


def playing(trained: Trained, side: int = SIDE) -> Player:
    made = Player(Feed())
    made.settings = DreamSettings(seed=2, width=side, height=side)
    made.load(trained.model, trained.to_pictures, "cpu")
    return made


def test_a_bare_canvas_looks_as_one_whose_paint_was_taken_off(trained: Trained) -> None:
    bare, erased = playing(trained), playing(trained)
    paint(trained, erased, Stroke(Brush.COLOUR, Form.ALL, colour=(1, 1, 1)), True)
    paint(trained, erased, Stroke(Brush.ERASER, Form.ALL), True)
    first, second = fill_frame(trained, bare, Blend.HARD), fill_frame(trained, erased, Blend.HARD)
    assert np.array_equal(first.covered, second.covered)
    assert np.array_equal(first.one_pass, second.one_pass)
    assert first.score is second.score is None
    assert bare.painting is None


def test_a_canvas_too_large_to_paint_on_is_not_looked_at(trained: Trained, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.dream.painting.MOST_PAINTED", SIDE * SIDE - 1)
    with pytest.raises(SettingsError, match="too large to be painted on"):
        fill_frame(trained, playing(trained), Blend.HARD)


def test_how_long_a_look_takes_is_told_without_what_is_loaded_for_the_first(
    trained: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Loading what compares takes a second or more, and looks are ten times as far apart as one takes."""
    player, clock = playing(trained), [0.0]

    def load() -> None:
        clock[0] += 1.5

    monkeypatch.setattr("studio.project.painted.make_ready", load)
    monkeypatch.setattr("studio.project.painted.time.perf_counter", lambda: clock[0])
    paint(trained, player, Stroke(Brush.COLOUR, Form.ALL, colour=(1, 1, 1)), True)
    monkeypatch.setattr("studio.dream.painting.Painting.truth", property(lambda own: np.full_like(own.picture, 0.5)))
    paint(trained, player, Stroke(Brush.HOLE, Form.ELLIPSE, points=((4.0, 4.0, 1.0), (20.0, 20.0, 1.0))), True)
    frame = fill_frame(trained, player, Blend.HARD)
    assert clock == [1.5]
    assert frame.score is not None
    assert frame.seconds == 0
