"""Filling: what is known never moves, what is unknown follows the model, chains spread as they should."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from studio.dream.blending import Blend
from studio.dream.fill import Filled, FillRequest, fill, one_pass
from studio.dream.fill_settings import FillSettings
from studio.dream.holes import Hole, named
from studio.errors import SettingsError
from studio.models import filling
from studio.models.chain import GibbsChain
from studio.models.code_spec import CodeSpec, Corruption
from studio.models.filling import hold_around
from studio.models.latent_rbm import LatentRbm
from studio.models.noise import Noise
from studio.models.spec import ConvSpec, TiledSpec, Visible
from tests.unit.dream.sighted import Eye, eyes, picture_for
from tests.unit.models.enumeration import all_states, joint, random_rbm
from tests.unit.models.test_cdbn import random_cdbn
from tests.unit.models.test_tiled_rbm import random_tiled

SETTINGS = FillSettings(sweeps=5, chains=3, seed=1)
every_family = pytest.mark.parametrize("name", list(eyes()))
every_hole = pytest.mark.parametrize("hole", [hole for hole in Hole if hole is not Hole.ALPHA])


def filled(name: str, settings: FillSettings = SETTINGS, hole: Hole = Hole.LEFT) -> Filled:
    picture = picture_for(name)
    return fill(eyes()[name], FillRequest(picture, named(hole, (6, 7)), settings))


@every_family
@every_hole
@pytest.mark.parametrize("blend", list(Blend))
def test_a_known_pixel_never_moves_and_the_hole_does(name: str, hole: Hole, blend: Blend) -> None:
    mask, picture = named(hole, (6, 7)), picture_for(name)
    found = filled(name, dataclasses.replace(SETTINGS, blend=blend), hole)
    for made in (found.one_pass, found.gibbs, found.mean):
        assert made.dtype == np.float32
        assert np.array_equal(made[~mask], picture[~mask])
        assert not np.allclose(made[mask], picture[mask], atol=0.02)
        assert made.min() >= 0
        assert made.max() <= 1
    assert not found.deviation[~mask].any()
    assert found.deviation[mask].max() > 0


@every_family
def test_the_chain_itself_holds_what_is_known(name: str) -> None:
    eye, mask = eyes()[name], named(Hole.CENTRE, (6, 7))
    known = eye.to_model(np.ascontiguousarray(np.moveaxis(picture_for(name), 2, 0))[None])
    chain = GibbsChain(eye.model, 2, Noise(0), size=(6, 7))
    hold_around(chain, known, mask)
    seen = set()
    for _ in range(4):
        chain.step()
        for shown in (chain.sample(), chain.mean()):
            assert torch.equal(shown[:, :, ~mask], known[:, :, ~mask].expand(2, -1, -1))
        seen.add(float(chain.sample()[:, :, mask].sum()))
    assert len(seen) > 1


@every_family
def test_what_was_in_the_hole_is_not_looked_at_by_the_chains(name: str) -> None:
    picture, mask = picture_for(name), named(Hole.RIGHT, (6, 7))
    other = picture.copy()
    other[mask] = 1 - other[mask]
    one, two = (fill(eyes()[name], FillRequest(shown, mask, SETTINGS)) for shown in (picture, other))
    assert np.array_equal(one.gibbs, two.gibbs)
    assert np.array_equal(one.mean, two.mean)
    assert not np.array_equal(one.one_pass, two.one_pass)


@every_family
def test_the_seed_fixes_the_filling(name: str) -> None:
    first, again, other = (filled(name, dataclasses.replace(SETTINGS, seed=seed)) for seed in (1, 1, 2))
    assert np.array_equal(first.gibbs, again.gibbs)
    assert np.array_equal(first.deviation, again.deviation)
    assert not np.array_equal(first.gibbs, other.gibbs)


@every_family
def test_a_single_chain_is_its_own_mean(name: str) -> None:
    found = filled(name, FillSettings(sweeps=3))
    assert np.array_equal(found.mean, found.gibbs)
    assert not found.deviation.any()


def test_the_mean_over_chains_is_the_conditional_of_the_model() -> None:
    model = random_rbm(11)
    weights = joint(model).sum(1)
    states = all_states(4)
    fits = (states[:, 0] == 1) & (states[:, 2] == 0)
    expected = (weights[fits, None] * states[fits]).sum(0) / weights[fits].sum()
    picture = np.array([[[1], [0.3]], [[0], [0.8]]], np.float32)
    mask = named(Hole.RIGHT, (2, 2))
    eye = Eye(model.float(), 0, 1)
    found = fill(eye, FillRequest(picture, mask, FillSettings(sweeps=30, chains=400)))
    assert found.mean[mask].ravel() == pytest.approx(expected[[1, 3]].numpy(), abs=0.06)
    assert (abs(expected[[1, 3]] - 0.5) > 0.1).all(), "a coin would pass"


def test_mean_and_deviation_are_those_of_the_chains_however_they_are_grouped(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = filled("texture")
    monkeypatch.setattr(filling, "PIXELS", 42)
    singles = [filled("texture", dataclasses.replace(SETTINGS, chains=1, seed=1 + index)).gibbs for index in range(3)]
    grouped = filled("texture")
    assert np.allclose(grouped.mean, np.mean(singles, axis=0), atol=1e-6)
    assert np.allclose(grouped.deviation, np.std(singles, axis=0), atol=1e-6)
    assert not np.array_equal(grouped.mean, whole.mean)


def test_progress_is_told_and_the_told_may_give_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "PIXELS", 42)
    told: list[tuple[int, int]] = []
    request = FillRequest(picture_for("texture"), named(Hole.LEFT, (6, 7)), FillSettings(sweeps=15, chains=2))
    fill(eyes()["texture"], request, lambda done, total: told.append((done, total)))
    assert told == [(done, 30) for done in range(30)]

    def enough(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fill(eyes()["texture"], request, enough)


def test_opposite_borders_of_a_texture_do_not_meet() -> None:
    model = random_tiled(TiledSpec(tile=3, filters=4), scale=1.0)
    eye, mask = Eye(model), np.zeros((9, 12), np.bool_)
    mask[:, :2] = True
    picture = np.random.default_rng(0).random((9, 12, 1), np.float32)
    changed = picture.copy()
    changed[:, -3:] = picture[::-1, -3:]  # within one tile of the hole, were this a torus
    one, two = (fill(eye, FillRequest(shown, mask, FillSettings(sweeps=1))) for shown in (picture, changed))
    assert np.allclose(one.one_pass[mask], two.one_pass[mask], atol=1e-6)
    near = picture.copy()
    near[:, 2:4] = 1 - near[:, 2:4]
    assert not np.allclose(
        fill(eye, FillRequest(near, mask, FillSettings(sweeps=1))).one_pass[mask], one.one_pass[mask]
    )


@pytest.mark.parametrize("size", [(9, 9), (10, 14)])
def test_one_pass_is_as_large_as_its_picture(size: tuple[int, int]) -> None:
    model = random_tiled(TiledSpec(tile=3, filters=2), 3)
    assert one_pass(model, torch.zeros(2, 3, *size), np.zeros(size, bool)).shape == (2, 3, *size)


def test_one_pass_goes_up_through_all_layers_and_down_again() -> None:
    model = random_cdbn(ConvSpec(3, 3, 2, Visible.GAUSSIAN, 0.8, 0.8, ("4x2/2", "3x2/1")), side=21)
    first, second, third = model.each
    picture, hole = model.whole(Noise(2).normal((1, 1, 20, 20))), np.zeros((1, 1), np.bool_)
    below = first.pooled_given_visible(picture)
    h = third.hidden_given_visible(second.pooled_given_visible(below))
    h = second.hidden_given_visible(below, top_down=model.top_down(2, h, (False, False)))
    h = first.hidden_given_visible(picture, top_down=model.top_down(1, h, (False, False)))
    assert torch.allclose(model.up_and_down(picture), first.visible_given_hidden(h), atol=1e-5)
    made = one_pass(model, picture, hole)
    assert made.shape == picture.shape
    for layer in model.each[1:]:
        layer.weights.neg_()
    assert not torch.allclose(one_pass(model, picture, hole), made, atol=1e-3), "the layers above matter"


def test_an_autoencoder_that_learned_mirror_images_guesses_from_both() -> None:
    """What it guesses of a mirrored picture is the mirror image of its guess, and what is known stays exact."""
    model = LatentRbm(CodeSpec(widths=(4,), code=5, hidden=3, corruption=Corruption.BLOCKS), (1, 8, 8))
    model.initialise(Noise(1), torch.full((1, 8, 8), 0.5))
    picture, hole = Noise(2).uniform((1, 1, 8, 8)), named(Hole.LEFT, (8, 8))
    other = np.ascontiguousarray(hole[:, ::-1])
    alone, both = (one_pass(model, picture, hole, mirrored) for mirrored in (False, True))
    reflected = one_pass(model, picture.flip(3), other, True).flip(3)
    assert torch.allclose(both, reflected, atol=1e-6)
    assert torch.allclose(both, (alone + one_pass(model, picture.flip(3), other).flip(3)) / 2, atol=1e-6)
    assert not torch.allclose(both, alone, atol=1e-4)
    assert torch.equal(both[..., 4:], picture[..., 4:])
    eye = Eye(model, 0, 1)
    request = FillRequest(np.moveaxis(picture[0].numpy(), 0, 2), hole, FillSettings(sweeps=1))
    one, two = (fill(dataclasses.replace(eye, mirrored=mirrored), request).one_pass for mirrored in (False, True))
    assert one[..., 0] == pytest.approx(alone[0, 0].numpy(), abs=1e-6)
    assert two[..., 0] == pytest.approx(both[0, 0].numpy(), abs=1e-6)


@pytest.mark.parametrize(
    "wrong", [{"sweeps": 0}, {"chains": 0}, {"chains": 401}, {"temperature": 0.0}, {"seed": -1}, {"blend": "soft"}]
)
def test_settings_out_of_bounds_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(SettingsError):
        FillSettings(**wrong)  # type: ignore[arg-type]  # wrong values are the point
