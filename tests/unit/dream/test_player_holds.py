"""The player with a held picture and with a canvas larger than any screen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.dream.begin import begin
from studio.dream.held_picture import HeldPicture
from studio.dream.painting import Painting
from studio.dream.place import At
from studio.dream.player import Player
from studio.dream.settings import DreamSettings, Seamless, Show
from studio.dream.strokes import Brush, Form, Stroke
from studio.jobs.feed import Feed
from studio.jobs.frames import DreamFrame
from studio.models.spec import TiledSpec
from tests.unit.dream.test_player import Clock, to_pictures
from tests.unit.models.test_tiled_rbm import random_tiled

SIZE = (24, 30)


def held(at: At = At.LEFT, framed: bool = False, size: tuple[int, int] = (8, 10)) -> HeldPicture:
    seen = torch.randn(1, 1, *size, generator=torch.Generator().manual_seed(0))
    known = np.ones(size, np.bool_)
    known[2:6, 3:7] = not framed
    return HeldPicture(np.zeros((*size, 1), np.float32), known, seen, at, framed)


class Stage:
    """A player of a small texture model on a canvas of 30 x 24 px."""

    def __init__(self, most_shown: int = 1 << 22, **settings: Any) -> None:
        self.feed = Feed()
        self.model = random_tiled(TiledSpec(tile=3, filters=2))
        self.player = Player(self.feed, Clock(), most_shown)
        self.player.settings = DreamSettings(height=SIZE[0], width=SIZE[1], **settings)
        self.player.load(self.model, to_pictures, "cpu")

    def frame(self) -> DreamFrame:
        frame = self.feed.take()["dream"]
        assert isinstance(frame, DreamFrame)
        return frame

    def shown(self) -> NDArray[np.float32]:
        return self.frame().pictures[0, :, :, 0]

    def held(self) -> HeldPicture | None:
        return self.player.held

    def painting(self) -> Painting | None:
        return self.player.painting

    def exact(self) -> bool:
        return self.player.exact

    def change(self, **changes: Any) -> None:
        self.player.set(replace(self.player.settings, **changes))

    def by_hand(self, picture: HeldPicture, sweeps: int) -> Tensor:
        chain = begin(self.model, self.player.settings, "cpu")
        picture.hold(chain)
        chain.step(sweeps)
        return chain.mean()


def test_the_same_seed_draws_the_same_pixels_as_a_clamp_by_hand() -> None:
    stage, picture = Stage(seed=5, seamless=Seamless.X), held()
    stage.player.restart(held=picture)
    for _ in range(4):
        stage.player.sweep_once()
    assert stage.exact()
    assert np.array_equal(stage.frame().pictures, to_pictures(stage.by_hand(picture, 4)))


def test_it_is_kept_through_settings_sizes_and_seeds() -> None:
    stage, picture = Stage(), held()
    stage.player.restart(held=picture)
    changes: list[dict[str, Any]] = [
        {"temperature": 1.5},
        {"seamless": Seamless.NONE},
        {"height": 39, "width": 45},
        {"show": Show.SAMPLE},
        {"seed": 8},
        {"height": 21},
    ]
    for change in changes:
        stage.change(**change)
        stage.player.sweep_once()
        shown = stage.shown()
        top, left = picture.corner((shown.shape[0], shown.shape[1]))
        assert np.array_equal(shown[top : top + 8, left : left + 10], picture.seen[0, 0].numpy()), change
    assert stage.held() is picture


def test_set_free_the_dream_goes_on_from_it() -> None:
    stage, picture = Stage(), held()
    stage.player.restart(held=picture)
    stage.player.sweep_once()
    assert stage.exact()
    stage.player.release()
    assert stage.held() is None
    assert not stage.exact()
    assert stage.player.chain is not None
    assert stage.player.chain.sweeps == 1
    stage.player.sweep_once()
    assert not np.isclose(stage.shown()[8:16, :10], picture.seen[0, 0].numpy()).any()


def test_another_beginning_or_model_holds_nothing() -> None:
    stage = Stage()
    stage.player.restart(held=held())
    stage.player.restart()
    assert stage.held() is None
    stage.player.restart(held=held())
    stage.player.load(stage.model, to_pictures, "cpu")
    assert stage.held() is None
    stage.player.restart(held=held())
    stage.player.unload()
    assert stage.held() is None


def test_what_is_painted_goes_with_its_model_and_no_seed_leads_to_it() -> None:
    stage = Stage()
    blob = Painting(None, SIZE, 1, lambda values: torch.from_numpy(values * 4 - 2))
    blob.paint(Stroke(Brush.COLOUR, Form.LINE, points=((8.0, 8.0, 1.0),), size=8))
    stage.player.paint(blob)
    stage.player.restart()
    assert stage.painting() is blob
    assert not stage.exact()
    stage.player.load(stage.model, to_pictures, "cpu")
    assert stage.painting() is None
    assert stage.player.chain is not None
    assert stage.player.chain.controls.mask is None
    assert stage.exact()


def test_borders_of_a_whole_canvas_do_not_meet_whatever_the_settings_say() -> None:
    stage, picture = Stage(seamless=Seamless.BOTH), held(framed=True, size=SIZE)
    stage.player.restart(held=picture)
    assert stage.player.chain is not None
    stage.change(temperature=1.2)
    assert stage.player.chain.controls.wrap == (False, False)
    stage.player.sweep_once()
    shown, seen = stage.shown(), picture.seen[0, 0].numpy()
    assert np.array_equal(shown[picture.known], seen[picture.known])
    assert not np.isclose(shown[~picture.known], seen[~picture.known]).any()
    stage.player.release()
    assert stage.player.chain.controls.wrap == (True, True)


def test_a_canvas_chosen_before_the_first_sweep_is_where_the_seed_begins() -> None:
    stage = Stage(seed=3)
    stage.change(width=39)
    stage.player.sweep_once()
    chain = begin(stage.model, stage.player.settings, "cpu")
    chain.step()
    assert stage.exact()
    assert np.array_equal(stage.frame().pictures, to_pictures(chain.mean()))


def test_a_large_canvas_is_published_smaller_and_says_so() -> None:
    stage = Stage(most_shown=SIZE[0] * SIZE[1])
    frame = stage.frame()
    assert (frame.pictures.shape, frame.reduction, frame.canvas) == ((1, 24, 30, 1), 1, (30, 24))
    assert frame.levels is None
    stage.change(width=60, height=48)
    stage.player.sweep_once()
    frame, chain = stage.frame(), stage.player.chain
    assert (frame.pictures.shape, frame.reduction, frame.canvas) == ((1, 24, 30, 1), 2, (60, 48))
    assert chain is not None
    blocks = chain.mean()[0, 0].reshape(24, 2, 30, 2).mean((1, 3)).numpy()
    assert np.allclose(frame.pictures[0, :, :, 0], blocks, atol=1e-6)
    assert frame.levels is not None
    assert np.array_equal(frame.levels, np.rint(np.clip(frame.pictures, 0, 1) * 255))
    stage.change(show=Show.SAMPLE)
    assert stage.frame().pictures.shape == (1, 24, 30, 1)
