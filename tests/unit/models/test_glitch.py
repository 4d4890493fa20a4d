"""Glitches: the same bits from the same seed, on what is chosen alone; transplants."""

from __future__ import annotations

import pytest
import torch

from studio.errors import SettingsError
from studio.models.altered import Altered, Fade, FadeWay, Glitch, GlitchKind, Transplant, words_of
from studio.models.build import Model, build_model
from studio.models.code_spec import CodeSpec
from studio.models.glitch import KINDS, glitch, rows_of, transplant
from studio.models.kinds import Shape
from studio.models.noise import Noise
from studio.models.parts import Part
from studio.models.spec import ConvSpec, ModelSpec, RbmSpec, TiledSpec

FAMILIES: tuple[tuple[ModelSpec, Shape], ...] = (
    (RbmSpec(6), (1, 4, 4)),
    (TiledSpec(tile=3, filters=2), (3, 9, 9)),
    (TiledSpec(tile=3, filters=2, levels=2), (1, 18, 18)),
    (ConvSpec(3, 3, 2, deeper=("4x3/1",)), (1, 14, 14)),
    (CodeSpec(widths=(6, 8), code=8, hidden=5), (1, 16, 16)),
    (CodeSpec(widths=(), code=8, hidden=5, network="dense", tied=True), (1, 8, 8)),  # type: ignore[arg-type]  # as read
)


def made(spec: ModelSpec, shape: Shape, seed: int = 1) -> Model:
    model, noise = build_model(spec, shape), Noise(seed)
    for _, tensor in sorted(model.saved().items()):
        tensor.detach().copy_(noise.normal(tuple(tensor.shape)))
    return model


def saved(model: Model) -> dict[str, torch.Tensor]:
    return {name: tensor.detach().clone() for name, tensor in model.saved().items()}


@pytest.mark.parametrize("kind", list(GlitchKind))
@pytest.mark.parametrize(("spec", "shape"), FAMILIES)
def test_every_family_is_glitched_alike_from_the_same_seed(spec: ModelSpec, shape: Shape, kind: GlitchKind) -> None:
    one, other, free = made(spec, shape), made(spec, shape), saved(made(spec, shape))
    for model in (one, other):
        glitch(model, Glitch(kind, 0.7, seed=3))
    first, second = saved(one), saved(other)
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert any(not torch.equal(first[name], free[name]) for name in first)
    assert all(torch.isfinite(tensor).all() for tensor in first.values())
    assert all(torch.equal(first[name], free[name]) for name in first if "bias" in name)


@pytest.mark.parametrize("kind", [kind for kind in GlitchKind if kind is not GlitchKind.QUANTISE])
def test_another_seed_is_another_glitch(kind: GlitchKind) -> None:
    one, other = made(*FAMILIES[0]), made(*FAMILIES[0])
    glitch(one, Glitch(kind, 0.5, seed=3))
    glitch(other, Glitch(kind, 0.5, seed=4))
    assert not torch.equal(rows_of(one, 0)[0], rows_of(other, 0)[0])


@pytest.mark.parametrize("kind", list(GlitchKind))
def test_nothing_of_it_changes_nothing(kind: GlitchKind) -> None:
    model, free = made(*FAMILIES[0]), saved(made(*FAMILIES[0]))
    glitch(model, Glitch(kind, 0.0, seed=3))
    assert all(torch.equal(tensor, free[name]) for name, tensor in saved(model).items())


@pytest.mark.parametrize("kind", list(GlitchKind))
def test_a_filter_is_glitched_alike_whichever_others_are(kind: GlitchKind) -> None:
    one, all_of_them, free = (made(*FAMILIES[3]) for _ in range(3))
    glitch(one, Glitch(kind, 0.6, seed=2, units=(1, 5)))
    glitch(all_of_them, Glitch(kind, 0.6, seed=2))
    for part, chosen in ((0, 1), (1, 2)):
        mine, whole, before = (rows_of(model, part)[0] for model in (one, all_of_them, free))
        assert torch.equal(mine[chosen], whole[chosen])
        others = [row for row in range(len(mine)) if row != chosen]
        assert torch.equal(mine[others], before[others])


def test_a_part_alone_is_glitched() -> None:
    model, free = made(*FAMILIES[2]), made(*FAMILIES[2])
    glitch(model, Glitch(GlitchKind.GAIN, 0.6, part=1))
    assert torch.equal(rows_of(model, 0)[0], rows_of(free, 0)[0])
    assert not torch.equal(rows_of(model, 1)[0], rows_of(free, 1)[0])


def test_shuffling_keeps_a_filters_weights() -> None:
    model, free = made(*FAMILIES[0]), made(*FAMILIES[0])
    glitch(model, Glitch(GlitchKind.SHUFFLE, 0.5))
    mine, before = rows_of(model, 0)[0], rows_of(free, 0)[0]
    assert torch.equal(mine.sort(1).values, before.sort(1).values)
    assert int((mine != before).sum()) == 6 * 8


def test_full_quantisation_leaves_few_levels() -> None:
    rows = torch.randn(20, 50, generator=torch.Generator().manual_seed(1))
    found = KINDS[GlitchKind.QUANTISE](rows, 1.0, torch.Generator())
    assert len(set(found.flatten().tolist())) <= 3
    assert len(set(KINDS[GlitchKind.QUANTISE](rows, 0.2, torch.Generator()).flatten().tolist())) > 50


def test_flipped_bits_stay_within_a_byte() -> None:
    rows = torch.randn(20, 50, generator=torch.Generator().manual_seed(1))
    found = KINDS[GlitchKind.FLIPS](rows, 0.2, torch.Generator().manual_seed(1))
    assert float(found.abs().max()) <= 128 / 127 * float(rows.abs().max()) + 1e-6
    assert 0.1 < float((found != rows).float().mean()) < 0.3


def test_a_transplant_copies_weights_and_bias_and_nothing_else() -> None:
    model, other, free = made(*FAMILIES[3]), made(*FAMILIES[3], 2), saved(made(*FAMILIES[3]))
    transplant(model, other, Transplant("b", (1, 4), (2, 6)))
    assert torch.equal(rows_of(model, 0)[0][1], rows_of(other, 0)[0][2])
    assert torch.equal(rows_of(model, 1)[0][1], rows_of(other, 1)[0][3])
    now = saved(model)
    assert torch.equal(now["levels.0.hidden_bias"][1], other.saved()["levels.0.hidden_bias"][2])
    assert torch.equal(now["levels.0.weights"][[0, 2]], free["levels.0.weights"][[0, 2]])


def test_what_cannot_be_is_refused() -> None:
    model = made(*FAMILIES[3])
    with pytest.raises(SettingsError, match="another layer"):
        transplant(model, model, Transplant("b", (1,), (4,)))
    with pytest.raises(SettingsError, match="no filter 7"):
        glitch(model, Glitch(GlitchKind.GAIN, 0.5, units=(7,)))
    with pytest.raises(SettingsError, match="no part 2"):
        glitch(model, Glitch(GlitchKind.GAIN, 0.5, part=2))
    with pytest.raises(SettingsError, match="encoder"):
        glitch(made(*FAMILIES[4]), Glitch(GlitchKind.GAIN, 0.5, units=(2,)))
    for bad in (
        lambda: Glitch(GlitchKind.GAIN, 1.5),
        lambda: Glitch(GlitchKind.GAIN, 0.5, seed=-1),
        lambda: Fade("b", float("nan")),
        lambda: Transplant("b", ()),
        lambda: Transplant("b", (1, 2), (3,)),
        lambda: Transplant("b", (-1,)),
        lambda: Altered(tuple(Glitch(GlitchKind.GAIN, 0.5) for _ in range(65))),
    ):
        with pytest.raises(SettingsError):
            bad()


def test_alterations_are_told_in_words() -> None:
    parts = (Part("layer 1", 0, 3), Part("layer 2", 3, 4))
    assert words_of(Glitch(GlitchKind.FLIPS, 0.5, 7), parts) == "Bit flips, seed 7"
    assert words_of(Glitch(GlitchKind.FLIPS, 0.5, 7, part=1), parts) == "Bit flips, layer 2, seed 7"
    assert words_of(Glitch(GlitchKind.GAIN, 0.5, 7, units=(2, 3)), parts) == "Gain noise, 2 filters, seed 7"
    assert words_of(Transplant("/a/wall.harmonium", (3,)), parts) == "filter 3 of wall"
    assert words_of(Fade("/a/wall.harmonium", 0.5, FadeWay.ENERGIES), parts) == "Fade of energies to wall"
