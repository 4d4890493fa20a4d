"""A dream whose pooling grid moves: at the next sweep, repeatable, and only where there is a side to move along."""

from __future__ import annotations

import dataclasses

import torch

from studio.dream.begin import begin
from studio.dream.player import Player
from studio.dream.settings import DreamSettings, Seamless
from studio.jobs.feed import Feed
from studio.project.recipe import Recipe
from studio.project.trained import Trained
from tests.unit.models.conv import random_conv

PLAIN = DreamSettings(seed=3, width=20, height=14)
ROLLING = dataclasses.replace(PLAIN, roll=True)


def player_of(settings: DreamSettings) -> Player:
    model, player = random_conv(), Player(Feed())
    player.settings = settings
    player.load(model, Trained(model, None, Recipe(), "cpu").to_pictures, "cpu")
    return player


def shown(player: Player) -> torch.Tensor:
    assert player.chain is not None
    return player.chain.mean()


def test_rolling_acts_at_the_next_sweep_and_the_seed_alone_no_longer_leads_there() -> None:
    player, plain = player_of(PLAIN), player_of(PLAIN)
    for made in (player, plain):
        made.sweep_once()
    player.set(ROLLING)
    assert torch.equal(shown(player), shown(plain))
    assert not player.exact
    for made in (player, plain):
        for _ in range(3):
            made.sweep_once()
    assert not torch.equal(shown(player), shown(plain))


def test_a_rolling_dream_repeats_from_its_settings() -> None:
    player, chain = player_of(PLAIN), begin(random_conv(), ROLLING, "cpu")
    player.set(ROLLING)
    assert player.exact, "nothing was dreamt before it rolled"
    for _ in range(4):
        player.sweep_once()
    with torch.no_grad():
        chain.step(4)
    assert torch.equal(shown(player), chain.mean())


def test_nothing_rolls_where_no_sides_meet() -> None:
    still = dataclasses.replace(PLAIN, seamless=Seamless.NONE)
    plain, rolling = (begin(random_conv(), dataclasses.replace(still, roll=roll), "cpu") for roll in (False, True))
    with torch.no_grad():
        plain.step(3)
        rolling.step(3)
    assert torch.equal(plain.mean(), rolling.mean())
