"""The player: what is seen is what the seed says, at display rate, within its budget."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.dream.begin import begin
from studio.dream.player import FRAME, Player
from studio.dream.screen import AVERAGE
from studio.dream.settings import DREAM_LIMITS, DreamSettings, Show
from studio.errors import SettingsError
from studio.jobs.feed import Feed
from studio.jobs.frames import DreamFrame
from studio.jobs.status import PlayerState
from studio.models.chain import GibbsChain
from studio.models.noise import Noise
from studio.models.rbm import Rbm
from studio.models.spec import Visible
from tests.unit.models.enumeration import random_rbm

SHAPE = (1, 3, 4)


class Clock:
    """Stands still but for `cost` a look."""

    def __init__(self) -> None:
        self.now = 100.0
        self.cost = 0.0

    def __call__(self) -> float:
        self.now += self.cost
        return self.now


def to_pictures(values: Tensor, _wrap: tuple[bool, bool] = (False, False)) -> NDArray[np.float32]:
    return np.ascontiguousarray(np.moveaxis(values.numpy(), 1, 3))


class Stage:
    """A player with a loaded model, its feed and its clock."""

    def __init__(self, visible: Visible = Visible.BERNOULLI, **settings: Any) -> None:
        self.feed, self.clock = Feed(), Clock()
        self.model: Rbm = random_rbm(1, visible, SHAPE, hidden=5).float()
        self.player = Player(self.feed, self.clock)
        self.player.settings = DreamSettings(**settings)
        self.player.load(self.model, to_pictures, "cpu")

    def frame(self) -> DreamFrame:
        frame = self.feed.take()["dream"]
        assert isinstance(frame, DreamFrame)
        return frame

    def state(self) -> PlayerState:
        return self.player.state

    def exact(self) -> bool:
        return self.player.exact

    def by_hand(self, sweeps: int, picture: Tensor | None = None) -> GibbsChain:
        chain = begin(self.model, self.player.settings, "cpu", picture)
        chain.step(sweeps)
        return chain

    def play_frames(self, count: int) -> DreamFrame:
        self.player.play()
        for _ in range(count):
            self.player.tick(budget=1.0)
            self.clock.now += FRAME
        return self.frame()


@pytest.mark.parametrize("visible", list(Visible))
@pytest.mark.parametrize("chains", [1, 4])
def test_the_same_seed_draws_the_same_pictures_as_stepping_by_hand(visible: Visible, chains: int) -> None:
    stage = Stage(visible, seed=7, chains=chains, temperature=1.3, smooth=0.5, drive=0.6, sweeps_per_frame=3)
    first = stage.frame()
    assert (first.sweep, first.pictures.shape) == (0, (chains, 3, 4, 1))
    assert np.array_equal(first.pictures, to_pictures(stage.by_hand(0).mean()))
    tenth = stage.play_frames(10)
    assert tenth.sweep == 30
    assert np.array_equal(tenth.pictures, to_pictures(stage.by_hand(30).mean()))
    assert stage.exact()
    other = Stage(visible, seed=8, chains=chains, temperature=1.3, smooth=0.5, sweeps_per_frame=3)
    assert not np.array_equal(other.frame().pictures, first.pictures)


def test_a_chain_by_hand_is_the_models_own() -> None:
    stage = Stage(seed=3)
    chain = GibbsChain(stage.model, 1, Noise(3))
    chain.step(5)
    assert torch.equal(stage.by_hand(5).mean(), chain.mean())


def test_a_small_budget_spreads_a_frame_over_ticks_and_changes_nothing() -> None:
    stage = Stage(seed=2, sweeps_per_frame=10)
    stage.feed.take()
    stage.player.play()
    stage.clock.cost = 0.001
    ticks = 0
    while "dream" not in (frames := stage.feed.take()):
        chain = stage.player.chain
        assert chain is not None
        before = chain.sweeps
        stage.player.tick(budget=0.002)
        assert chain.sweeps - before <= 2
        ticks += 1
    assert ticks == 5
    frame = frames["dream"]
    assert isinstance(frame, DreamFrame)
    assert frame.sweep == 10
    assert np.array_equal(frame.pictures, to_pictures(stage.by_hand(10).mean()))


def test_a_restart_within_a_frame_begins_a_whole_one() -> None:
    stage = Stage(seed=2, sweeps_per_frame=10)
    stage.player.play()
    stage.clock.cost = 0.001
    stage.player.tick(budget=0.002)
    stage.player.restart()
    stage.clock.cost = 0.0
    stage.clock.now += FRAME
    stage.player.tick(budget=1.0)
    assert stage.frame().sweep == 10


def test_a_machine_too_slow_for_the_budget_still_moves() -> None:
    stage = Stage(sweeps_per_frame=3)
    stage.player.play()
    stage.clock.cost = 1.0
    for sweeps in (1, 2, 3):
        stage.player.tick(budget=0.002)
        assert stage.player.chain is not None
        assert stage.player.chain.sweeps == sweeps


def test_no_more_than_thirty_frames_a_second() -> None:
    stage = Stage()
    stage.player.play()
    assert stage.player.tick() == pytest.approx(FRAME)
    assert stage.player.tick() == pytest.approx(FRAME)
    assert stage.player.chain is not None
    assert stage.player.chain.sweeps == 1
    stage.clock.now += FRAME / 2
    assert stage.player.tick() == pytest.approx(FRAME / 2)
    stage.clock.now += FRAME / 2 + 1e-9
    stage.player.tick()
    assert stage.player.chain.sweeps == 2


def test_after_a_stall_it_does_not_hurry_to_catch_up() -> None:
    stage = Stage()
    stage.player.play()
    stage.player.tick()
    stage.clock.now += 10
    frames = sum(1 for _ in range(20) if stage.player.tick() == 0 or "dream" in stage.feed.take())
    assert stage.player.chain is not None
    assert stage.player.chain.sweeps <= 3
    assert frames <= 3


def test_states_and_single_sweeps() -> None:
    player = Player(Feed())
    assert player.state is PlayerState.EMPTY
    player.play()
    player.sweep_once()
    player.restart()
    assert player.state is PlayerState.EMPTY
    assert player.tick() == FRAME

    stage = Stage()
    assert stage.state() is PlayerState.PAUSED
    stage.player.tick()
    assert stage.frame().sweep == 0
    stage.player.sweep_once()
    assert stage.frame().sweep == 1
    stage.player.play()
    assert stage.state() is PlayerState.PLAYING
    stage.player.pause()
    assert stage.state() is PlayerState.PAUSED
    stage.player.play()
    stage.player.unload()
    stage.player.restart()
    assert stage.state() is PlayerState.EMPTY


@pytest.mark.parametrize("change", [{"seed": 9}, {"chains": 6}])
def test_another_seed_or_number_of_chains_begins_anew(change: dict[str, int]) -> None:
    stage = Stage(seed=1)
    stage.play_frames(5)
    stage.player.set(dataclasses.replace(stage.player.settings, **change))  # type: ignore[arg-type]  # one or the other
    frame = stage.frame()
    assert frame.sweep == 0
    assert np.array_equal(frame.pictures, to_pictures(stage.by_hand(0).mean()))
    assert stage.exact()


def test_turning_a_knob_plays_on_and_says_that_the_seed_alone_no_longer_leads_here() -> None:
    stage = Stage(Visible.GAUSSIAN, seed=1)
    stage.player.set(dataclasses.replace(stage.player.settings, temperature=2.0))
    assert stage.exact()  # nothing was swept yet
    stage.play_frames(3)
    stage.player.set(dataclasses.replace(stage.player.settings, sweeps_per_frame=4))
    assert stage.exact()
    stage.player.set(dataclasses.replace(stage.player.settings, smooth=0.9))
    chain = stage.player.chain
    assert chain is not None
    assert (chain.sweeps, chain.controls.temperature, chain.controls.rho) == (3, 2.0, 0.9)
    assert not stage.exact()
    assert not stage.frame().exact
    stage.player.restart()
    assert stage.exact()
    assert stage.frame().exact


def test_what_stands_on_the_screen_says_at_once_that_the_seed_no_longer_leads_to_it() -> None:
    stage = Stage(seed=1)
    stage.play_frames(3)
    stage.player.pause()
    stage.player.exact = False
    frame = stage.frame()
    assert (frame.sweep, frame.exact) == (3, False)


def test_a_dream_starts_from_a_picture_and_returns_to_it_with_another_seed() -> None:
    stage = Stage(chains=3)
    pictures = (torch.arange(36).reshape(3, *SHAPE) % 2).float()
    stage.player.restart(pictures)
    assert np.array_equal(stage.frame().pictures, to_pictures(pictures))
    assert np.array_equal(stage.play_frames(4).pictures, to_pictures(stage.by_hand(4, pictures).mean()))
    assert stage.exact()
    stage.player.set(dataclasses.replace(stage.player.settings, chains=2))
    assert np.array_equal(stage.frame().pictures, to_pictures(pictures[:1].expand(2, -1, -1, -1)))
    assert not stage.exact()
    assert torch.equal(pictures, (torch.arange(36).reshape(3, *SHAPE) % 2).float())


def test_samples_are_shown_as_a_running_average() -> None:
    stage = Stage(seed=5, show=Show.SAMPLE)
    chain = stage.by_hand(0)
    expected = chain.sample().clone()
    assert np.array_equal(stage.frame().pictures, to_pictures(expected))
    for _ in range(6):
        chain.step()
        expected = expected + AVERAGE * (chain.sample() - expected)
    assert np.allclose(stage.play_frames(6).pictures, to_pictures(expected), atol=1e-6)
    stage.player.set(dataclasses.replace(stage.player.settings, show=Show.MEAN))
    assert np.array_equal(stage.frame().pictures, to_pictures(chain.mean()))
    stage.player.set(dataclasses.replace(stage.player.settings, show=Show.SAMPLE))
    assert np.array_equal(stage.frame().pictures, to_pictures(chain.sample()))


def test_no_pixel_flashes_faster_than_is_safe() -> None:
    stage = Stage(seed=5, show=Show.SAMPLE)
    stage.model.weights.zero_()
    stage.model.visible_bias.zero_()  # pure noise: each pixel is a coin in each frame
    shown = np.stack([stage.play_frames(1).pictures for _ in range(60)])
    assert np.abs(np.diff(shown, axis=0)).max() <= AVERAGE + 1e-6


def test_frames_are_sealed_and_stay_as_they_were() -> None:
    stage = Stage(seed=5)
    first = stage.frame().pictures
    kept = first.copy()
    stage.play_frames(5)
    assert np.array_equal(first, kept)
    assert not first.flags.writeable


def test_speed_is_measured_over_a_second() -> None:
    stage = Stage(sweeps_per_frame=2)
    stage.play_frames(40)
    assert stage.play_frames(1).sweeps_per_second == pytest.approx(2 / FRAME, rel=0.1)


def test_another_model_is_played_from_its_beginning() -> None:
    stage = Stage(seed=4)
    stage.play_frames(3)
    other = random_rbm(2, shape=SHAPE, hidden=2).float()
    stage.player.load(other, to_pictures, "cpu")
    chain = GibbsChain(other, 1, Noise(4))
    frame = stage.frame()
    assert frame.sweep == 0
    assert np.array_equal(frame.pictures, to_pictures(chain.mean()))
    assert stage.state() is PlayerState.PLAYING


@pytest.mark.parametrize("size", [(99999, 0, "99999 px wide"), (8, -1, "-1 px high")])
def test_a_size_out_of_bounds_is_told_of_the_canvas(size: tuple[int, int, str]) -> None:
    width, height, words = size
    with pytest.raises(SettingsError, match=f"^A canvas cannot be {words}. Choose 1 to"):
        DreamSettings(width=width, height=height)


@pytest.mark.parametrize(("name", "low", "high"), DREAM_LIMITS)
def test_settings_out_of_bounds_name_themselves(name: str, low: float, high: float) -> None:
    for value in (low - 1, 2 * high + 1, float("nan")):
        with pytest.raises(SettingsError, match=name):
            DreamSettings(**{name: value})  # type: ignore[arg-type]  # one of them at a time
    with pytest.raises(SettingsError, match="show"):
        DreamSettings(show="movie")  # type: ignore[arg-type]  # wrong on purpose
