"""Going back: the same pictures again, bit for bit, whatever was turned meanwhile; so much memory and no more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from studio.dream.mixer import Mixer, levels
from studio.dream.player import Player
from studio.dream.settings import DreamSettings, Seamless, Show
from studio.dream.snapshot import MEGABYTE, Mark, SnapshotSettings
from studio.dream.snapshots import Snapshots
from studio.errors import SettingsError
from studio.jobs.feed import Feed
from studio.jobs.frames import DreamFrame
from studio.models.build import Model
from studio.models.chain import GibbsChain
from studio.models.code_spec import CodeSpec
from studio.models.latent_rbm import LatentRbm
from studio.models.noise import Noise
from studio.models.parts import parts_of
from studio.models.spec import Visible
from tests.unit.dream.test_player import to_pictures
from tests.unit.models.conv import random_conv
from tests.unit.models.enumeration import random_rbm
from tests.unit.models.test_cdbn import random_cdbn, three
from tests.unit.models.test_tiled_pyramid import random_pyramid

SIDE = 24
HERE = DreamSettings(seed=4, chains=2, width=SIDE, height=SIDE, temperature=1.2, smooth=0.3, drive=0.4)


def codes() -> LatentRbm:
    model = LatentRbm(CodeSpec(widths=(4, 5), code=6, hidden=7), (1, 8, 8))
    model.initialise(Noise(0))
    assert model.rbm is not None
    model.rbm.weights.copy_(Noise(1).normal(tuple(model.rbm.weights.shape)))
    return model


MODELS: dict[str, Any] = {
    "rbm": lambda: random_rbm(1, Visible.GAUSSIAN, (1, 3, 4), hidden=5).float(),
    "pyramid": random_pyramid,
    "convolutional": random_conv,
    "network": lambda: random_cdbn(three()),
    "codes": codes,
}

each_family = pytest.mark.parametrize("family", MODELS)


class Stage:
    def __init__(self, family: str = "rbm", settings: DreamSettings = HERE) -> None:
        self.feed = Feed()
        self.model: Model = MODELS[family]()
        self.player = Player(self.feed)
        self.player.settings = settings
        self.player.load(self.model, to_pictures, "cpu")
        self.player.snapshots.set(SnapshotSettings(every=0))

    def shown(self) -> NDArray[np.float32]:
        frame = self.feed.take()["dream"]
        assert isinstance(frame, DreamFrame)
        return frame.pictures

    def exact(self) -> bool:
        return self.player.exact

    @property
    def chain(self) -> GibbsChain:
        assert self.player.chain is not None
        return self.player.chain

    def pictures(self, sweeps: int = 5) -> list[NDArray[np.float32]]:
        """Return what the next sweeps draw."""
        found = []
        for _ in range(sweeps):
            self.player.sweep_once()
            found.append(to_pictures(self.chain.sample()))
            found.append(to_pictures(self.chain.mean()))
        return found

    def keep(self) -> int:
        self.player.keep_snapshot()
        return self.player.snapshots.all[-1].number

    def go_back(self, number: int) -> None:
        self.player.go_back(self.player.snapshots.go_back(number).scene)

    def mix(self, mixer: Mixer) -> None:
        self.player.mix(levels(mixer, parts_of(self.model.spec)))


def same(one: list[NDArray[np.float32]], other: list[NDArray[np.float32]]) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@each_family
def test_going_back_and_playing_draws_the_same_pictures_again(family: str) -> None:
    stage = Stage(family)
    stage.pictures(3)
    number = stage.keep()
    shown = stage.shown()
    first = stage.pictures()
    for _ in range(2):
        stage.go_back(number)
        assert stage.chain.sweeps == 3
        assert np.allclose(stage.shown(), shown.clip(0, 1), atol=0.5 / 255 + 1e-6)
        assert same(stage.pictures(), first)


@each_family
def test_it_brings_back_what_was_turned_meanwhile(family: str) -> None:
    stage = Stage(family)
    stage.mix(Mixer().with_gain(range(stage.model.hidden), 1.5))
    stage.pictures(2)
    number = stage.keep()
    first = stage.pictures()
    settings = replace(HERE, temperature=0.5, smooth=0.0, width=36, height=48, seamless=Seamless.X, chains=3)
    stage.player.set(settings)
    stage.mix(Mixer().with_muted(range(stage.model.hidden), True))
    stage.pictures(2)
    stage.go_back(number)
    assert stage.player.settings == HERE
    assert (stage.chain.count, stage.chain.size) == (2, stage.model.own_size if not stage.model.any_size else (24, 24))
    assert same(stage.pictures(), first)


@each_family
def test_a_branch_is_another_dream(family: str) -> None:
    stage = Stage(family)
    number = stage.keep()
    first = stage.pictures()
    stage.go_back(number)
    stage.player.set(replace(HERE, temperature=3))
    assert not same(stage.pictures(), first)


@each_family
def test_what_is_clamped_is_clamped_again(family: str) -> None:
    stage = Stage(family)
    chain = stage.chain
    known = Noise(8).uniform((1, stage.model.shape[0], *chain.size))
    mask = torch.zeros(chain.size, dtype=torch.bool)
    mask[1:] = True
    chain.clamp(known, mask)
    stage.pictures(2)
    number = stage.keep()
    first = stage.pictures()
    assert torch.equal(chain.sample()[:, :, 1:], known[:, :, 1:].expand(2, -1, -1, -1))
    chain.clamp(None, None)
    stage.pictures(2)
    stage.go_back(number)
    assert same(stage.pictures(), first)
    assert torch.equal(chain.sample()[:, :, 1:], known[:, :, 1:].expand(2, -1, -1, -1))


def test_it_is_seen_at_once_as_it_was_on_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage("pyramid")
    stage.pictures(2)
    number = stage.keep()
    shown = stage.shown()
    first = stage.pictures(2)
    monkeypatch.setattr(stage.model, "picture", None)  # nothing is drawn anew
    stage.go_back(number)
    assert np.allclose(stage.shown(), shown.clip(0, 1), atol=0.5 / 255 + 1e-6)
    monkeypatch.undo()
    assert same(stage.pictures(2), first)


def test_the_seed_leads_to_it_within_its_own_beginning_alone() -> None:
    stage = Stage()
    stage.pictures(2)
    number = stage.keep()
    stage.player.set(replace(HERE, temperature=2))
    assert not stage.exact()
    stage.go_back(number)
    assert stage.exact()
    stage.player.restart()
    stage.go_back(number)
    assert not stage.exact()


def test_a_mixed_dream_is_not_what_its_seed_draws() -> None:
    stage = Stage()
    stage.mix(Mixer().with_muted([1], True))
    assert not stage.exact()
    stage.player.restart()
    assert not stage.exact()
    assert stage.chain.controls.gain is not None
    stage.player.set(replace(HERE, seed=9))
    assert not stage.exact()
    stage.mix(Mixer())
    stage.player.restart()
    assert stage.exact()
    assert stage.chain.controls.gain is None


def test_turning_the_mixer_acts_at_the_next_sweep() -> None:
    stage = Stage("network")
    stage.pictures(2)
    before = to_pictures(stage.chain.mean())
    stage.mix(Mixer().with_muted([4], True))
    assert np.array_equal(to_pictures(stage.chain.mean()), before)
    stage.player.sweep_once()
    assert not stage.chain.state().hiddens[0][:, 1].any()


def test_another_model_has_neither_the_mixer_nor_the_snapshots_of_the_one_before() -> None:
    stage = Stage()
    stage.mix(Mixer().with_muted([1], True))
    number = stage.keep()
    stage.player.load(stage.model, to_pictures, "cpu", keep_snapshots=True)
    assert stage.chain.controls.gain is None
    stage.go_back(number)
    stage.player.load(stage.model, to_pictures, "cpu")
    assert stage.feed.take()["snapshots"] == ()
    with pytest.raises(SettingsError, match="no longer there"):
        stage.go_back(number)
    stage.player.unload()
    with pytest.raises(SettingsError, match="no dream"):
        stage.player.keep_snapshot()


def test_snapshots_come_by_themselves_every_so_many_sweeps() -> None:
    stage = Stage(settings=replace(HERE, sweeps_per_frame=7))
    stage.player.snapshots.set(SnapshotSettings(every=5))
    stage.player.play()
    for _ in range(3):
        stage.player._next_frame = 0.0
        stage.player.tick(budget=10.0)
    assert [snapshot.sweep for snapshot in stage.player.snapshots.all] == [5, 10, 15, 20]
    told = stage.feed.take()["snapshots"]
    assert told == stage.player.snapshots.all
    stage.player.snapshots.set(SnapshotSettings(every=0))
    stage.pictures(10)
    assert len(stage.player.snapshots.all) == 4


def test_branches_say_where_they_come_from() -> None:
    stage = Stage()
    first, second = stage.keep(), stage.keep()
    stage.go_back(first)
    third = stage.keep()
    stage.player.restart()
    fourth = stage.keep()
    found = {snapshot.number: snapshot.parent for snapshot in stage.player.snapshots.all}
    assert found == {first: 0, second: 0, third: first, fourth: 0}


def test_thumbnails_are_small_and_cannot_be_written_to() -> None:
    stage = Stage("pyramid", replace(HERE, width=264, height=132, chains=1, show=Show.SAMPLE))
    stage.keep()
    (snapshot,) = stage.player.snapshots.all
    assert snapshot.thumbnail.shape == (44, 88, 1)
    assert not snapshot.thumbnail.flags.writeable
    assert (snapshot.width, snapshot.height) == (264, 132)
    stage = Stage(settings=replace(HERE, chains=9))
    stage.keep()
    assert stage.player.snapshots.all[0].thumbnail.shape == (13, 16, 1)


def limited(stage: Stage, room: int) -> Snapshots:
    """Let the snapshots have room for so many bytes."""
    snapshots = stage.player.snapshots
    settings = SnapshotSettings(0, 16)
    object.__setattr__(settings, "megabytes", room / MEGABYTE)
    snapshots.set(settings)
    return snapshots


def test_memory_is_bounded_and_the_oldest_that_is_not_locked_goes_first() -> None:
    stage = Stage("pyramid")
    first = stage.keep()
    one = stage.player.snapshots.bytes
    snapshots = limited(stage, 9 * one)
    snapshots.mark([Mark(first, "the first", True)])
    for _ in range(12):
        stage.pictures(1)
        stage.keep()
    kept = [snapshot.number for snapshot in snapshots.all]
    assert kept[0] == first
    assert kept[1:] == list(range(14 - len(kept) + 1, 14))
    assert 3 <= len(kept) < 13
    assert snapshots.bytes <= 9 * one
    assert snapshots.all[0].title == "the first"


def test_locked_snapshots_that_fill_the_memory_leave_no_room() -> None:
    stage = Stage("pyramid")
    stage.pictures(1)
    number = stage.keep()
    snapshots = limited(stage, stage.player.snapshots.bytes * 3 // 2)
    snapshots.mark([Mark(number, locked=True)])
    stage.pictures(1)
    with pytest.raises(SettingsError, match="no room for another"):
        stage.keep()
    assert [snapshot.number for snapshot in snapshots.all] == [number]
    object.__setattr__(snapshots.settings, "every", 1)
    stage.pictures(2)  # those that come by themselves are left out without a word
    assert [snapshot.number for snapshot in snapshots.all] == [number]
    snapshots.mark([])
    stage.pictures(1)
    assert number not in [snapshot.number for snapshot in snapshots.all]


def test_what_is_larger_than_all_the_memory_pushes_nothing_out() -> None:
    stage = Stage("pyramid")
    number = stage.keep()
    snapshots = limited(stage, 2 * stage.player.snapshots.bytes)
    stage.player.set(replace(HERE, width=96, height=96))
    with pytest.raises(SettingsError, match="no room for another"):
        stage.keep()
    assert [snapshot.number for snapshot in snapshots.all] == [number]


def test_groups_alone_leave_the_seed_its_dream() -> None:
    stage = Stage()
    stage.pictures(2)
    stage.mix(Mixer().with_group("edges", [1, 2]))
    assert stage.exact()


def test_there_are_never_more_than_one_can_look_at() -> None:
    stage = Stage()
    stage.player.snapshots = Snapshots(most=3)
    for _ in range(5):
        stage.keep()
    assert [snapshot.number for snapshot in stage.player.snapshots.all] == [3, 4, 5]


def test_what_several_snapshots_share_counts_once() -> None:
    stage = Stage("convolutional", replace(HERE, chains=1))
    chain = stage.chain
    chain.clamp(torch.zeros(1, 1, SIDE, SIDE), torch.ones(SIDE, SIDE, dtype=torch.bool))
    stage.keep()
    once = stage.player.snapshots.bytes
    stage.keep()
    assert stage.player.snapshots.bytes == once + SIDE * SIDE  # what was on the screen, as bytes


@pytest.mark.parametrize("change", [{"every": -1}, {"megabytes": 0}])
def test_settings_have_their_limits(change: dict[str, int]) -> None:
    with pytest.raises(SettingsError, match="cannot be"):
        SnapshotSettings(**change)
    with pytest.raises(SettingsError, match="too long"):
        Mark(1, "x" * 61)
