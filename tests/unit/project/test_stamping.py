"""A stroke that lays a filter down on the canvas of a trained model."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from studio.dream.player import Player
from studio.dream.settings import DreamSettings
from studio.dream.strokes import Brush, Form, Stroke
from studio.errors import SettingsError
from studio.jobs.feed import Feed
from studio.models.stamp import stamped
from studio.project.archive import read_project
from studio.project.painted import paint
from studio.project.trained import Trained, open_trained
from tests.unit.cli.small_projects import texture_project

SIDE = 24
PLACE = slice(6, 14), slice(4, 12)
CORNERS = (4.0, 6.0, 1.0), (12.0, 14.0, 1.0)


@pytest.fixture
def trained(tmp_path: Path) -> Trained:
    return open_trained(read_project(texture_project(tmp_path / "wall.harmonium")), "cpu")


@pytest.fixture
def player(trained: Trained) -> Player:
    made = Player(Feed())
    made.settings = DreamSettings(seed=2, width=SIDE, height=SIDE)
    made.load(trained.model, trained.to_pictures, "cpu")
    made.sweep_once()
    return made


def stroke(brush: Brush, unit: int = -1) -> Stroke:
    return Stroke(brush, Form.RECTANGLE, CORNERS, unit=unit, colour=(0.2, 0.2, 0.2))


def seen(player: Player) -> torch.Tensor:
    assert player.chain is not None
    return player.chain.sample()[0].clone()


def test_the_filter_lies_under_the_stroke_and_nothing_else_changes(trained: Trained, player: Player) -> None:
    before = seen(player)
    paint(trained, player, stroke(Brush.FILTER, 4), True)
    laid = stamped(trained.model, 4, (SIDE, SIDE), (6, 4))
    after = seen(player)
    assert torch.allclose(after[:, *PLACE], laid[:, *PLACE])
    inside = torch.zeros(SIDE, SIDE, dtype=torch.bool)
    inside[PLACE] = True
    assert torch.allclose(torch.where(inside, 0, after), torch.where(inside, 0, before))


def test_it_grows_in_with_the_next_sweeps(trained: Trained, player: Player) -> None:
    paint(trained, player, stroke(Brush.FILTER, 4), True)
    laid = seen(player)
    player.sweep_once()
    assert not torch.equal(seen(player), laid)


def test_what_is_held_stays(trained: Trained, player: Player) -> None:
    paint(trained, player, stroke(Brush.COLOUR), True)
    held = seen(player)
    paint(trained, player, stroke(Brush.FILTER, 4), True)
    assert torch.equal(seen(player)[:, *PLACE], held[:, *PLACE])


def test_a_filter_of_another_model_is_refused_and_nothing_is_painted(trained: Trained, player: Player) -> None:
    before = seen(player)
    with pytest.raises(SettingsError, match="none of this model's"):
        paint(trained, player, stroke(Brush.FILTER, 10_000), True)
    assert torch.equal(seen(player), before)
    assert player.painting is None
