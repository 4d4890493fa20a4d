"""The autoencoder against finite differences, principal components and closed forms."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
import torch
from torch import Tensor

from studio.errors import SettingsError
from studio.models.autoencoder import Autoencoder, divergence
from studio.models.code_spec import CodeSpec, Corruption, Loss, Network, Output
from studio.models.kinds import Shape, Visible
from studio.models.latent_rbm import LatentRbm
from studio.models.noise import Noise
from studio.training.code_rule import Denoising
from studio.training.settings import TrainSettings
from studio.training.terms import Dense

DENSE = CodeSpec(
    network=Network.DENSE, widths=(), code=3, codes=Visible.BERNOULLI, hidden=0, tied=True, loss=Loss.CROSS_ENTROPY
)
DEEP = CodeSpec(network=Network.DENSE, widths=(9, 7), code=3, code_noise=0)
CONVOLUTIONAL = CodeSpec(widths=(4, 5), code=6, code_noise=0)


def made(spec: CodeSpec, shape: Shape = (1, 4, 5), seed: int = 0) -> Autoencoder:
    model = Autoencoder(spec, shape)
    model.initialise(Noise(seed))
    return model


def pictures(count: int, shape: Shape, seed: int = 1) -> Tensor:
    return Noise(seed).uniform((count, *shape))


@pytest.mark.parametrize("spec", [DENSE, dataclasses.replace(DEEP, tied=True, hidden=0), CONVOLUTIONAL])
def test_slopes_match_finite_differences(spec: CodeSpec) -> None:
    model = made(spec).double()
    batch = pictures(6, model.shape).double()
    rule = Denoising(model, Noise(2))
    terms = rule.terms(batch, TrainSettings(weight_decay=0.0))
    model.train()
    for name, values in model.named_parameters():
        flat = values.view(-1)
        place = flat.numel() // 2
        step, kept = 1e-5, float(flat[place])
        found = []
        for sign in (1, -1):
            flat[place] = kept + sign * step
            found.append(float(rule.loss(batch)))
        flat[place] = kept
        direction = torch.zeros_like(values)
        terms[f"autoencoder.{name}"].add_to(direction, 1.0, 1.0)
        assert -float(direction.view(-1)[place]) == pytest.approx(
            (found[0] - found[1]) / (2 * step), rel=1e-4, abs=1e-7
        ), name


@pytest.mark.parametrize("spec", [CONVOLUTIONAL, dataclasses.replace(CONVOLUTIONAL, beta=1.0)])
def test_rounded_layers_give_nearly_the_same_slopes(spec: CodeSpec) -> None:
    model = made(spec, (1, 12, 12))
    batch = pictures(16, model.shape)
    full, rounded = (
        Denoising(model, Noise(2), way).terms(batch, TrainSettings(weight_decay=0.0)) for way in (False, True)
    )
    wanted, found = (
        torch.cat([value.value.flatten() for value in way.values() if isinstance(value, Dense)])
        for way in (full, rounded)
    )
    assert found.dtype is torch.float32
    assert not torch.equal(found, wanted)
    assert torch.nn.functional.cosine_similarity(found, wanted, dim=0) > 0.995
    assert all(values.dtype is torch.float32 for values in model.state_dict().values() if values.is_floating_point())


def test_a_tied_decoder_draws_with_the_weights_it_sees_with() -> None:
    model = made(DENSE)
    names = {name for name, _ in model.named_parameters()}
    assert names == {"to_code.weight", "to_code.bias", "from_code.bias"}
    codes = Noise(3).uniform((2, 3))
    wanted = torch.sigmoid(codes @ model.to_code.weight + model.from_code.bias).view(2, 1, 4, 5)
    assert torch.allclose(model.decode(codes), wanted)


def test_a_linear_one_spans_the_first_principal_components() -> None:
    spec = CodeSpec(network=Network.DENSE, widths=(), code=2, hidden=0, output=Output.LINEAR, code_noise=0)
    noise = Noise(4)
    hidden = noise.normal((200, 6)) * torch.tensor([3.0, 2.0, 0.5, 0.4, 0.3, 0.2])
    basis = torch.linalg.qr(noise.normal((6, 6))).Q
    data = (hidden @ basis.t()).double()
    data -= data.mean(0)
    model = made(spec, (1, 2, 3)).double()
    rule = Denoising(model, noise)
    named = {f"autoencoder.{name}": values for name, values in model.named_parameters()}
    for _ in range(4000):
        for name, term in rule.terms(data.view(-1, 1, 2, 3), TrainSettings(weight_decay=0.0)).items():
            term.add_to(named[name], 1.0, 0.1)
    components = torch.linalg.svd(data, full_matrices=False).Vh[:2]
    spanned = torch.linalg.qr(model.from_code.weight).Q
    angles = torch.linalg.svdvals(components @ spanned)
    assert float(angles.min()) > 1 - 1e-6  # the sine of the angle between them is below 1.5e-3
    assert torch.allclose(spanned @ spanned.t(), components.t() @ components, atol=1e-3)


def test_the_divergence_is_that_of_normal_distributions() -> None:
    mean, log_variance = Noise(5).normal((3, 4)), Noise(6).normal((3, 4))
    normal = torch.distributions.Normal
    wanted = torch.distributions.kl_divergence(
        normal(mean, torch.exp(log_variance / 2)), normal(torch.zeros(3, 4), torch.ones(3, 4))
    )
    assert torch.allclose(divergence(mean, log_variance), wanted.sum(1), atol=1e-5)


@pytest.mark.parametrize(
    ("spec", "shape"),
    [
        (CONVOLUTIONAL, (3, 11, 6)),
        (dataclasses.replace(CONVOLUTIONAL, beta=0.5), (1, 8, 8)),
        (dataclasses.replace(CONVOLUTIONAL, corruption=Corruption.BLOCKS), (3, 9, 9)),
        (dataclasses.replace(DEEP, corruption=Corruption.BLOCKS, tied=True), (2, 3, 4)),
        (dataclasses.replace(DENSE, corruption=Corruption.BLOCKS), (2, 3, 4)),
        (dataclasses.replace(CONVOLUTIONAL, widths=(4, 4, 4)), (1, 8, 8)),
    ],
)
def test_pictures_of_any_size_come_back_at_their_size(spec: CodeSpec, shape: Shape) -> None:
    model = made(spec, shape)
    batch = pictures(4, shape)
    assert model.encode(batch).shape == (4, spec.code)
    assert model.reconstruct(batch).shape == batch.shape
    assert model.filters().shape[:2] == (model.first_filters, shape[0])
    assert model.responses(batch).shape[:2] == (4, model.first_filters)
    assert all(
        torch.isfinite(term.norm()) for term in Denoising(model, Noise(7)).terms(batch, TrainSettings()).values()
    )
    assert spec.parameter_count(shape) == sum(values.numel() for values in LatentRbm(spec, shape).learned().values())


def test_what_is_covered_is_not_seen() -> None:
    model = made(dataclasses.replace(CONVOLUTIONAL, corruption=Corruption.BLOCKS), (1, 8, 8))
    picture = pictures(1, (1, 8, 8))
    known = torch.ones(1, 1, 8, 8)
    known[..., :4] = 0
    other = picture.clone()
    other[..., :4] = 1 - other[..., :4]
    assert torch.equal(model.encode(picture, known), model.encode(other, known))
    assert not torch.equal(model.encode(picture), model.encode(other))


def test_decay_pulls_weights_and_leaves_biases() -> None:
    model = made(DENSE)
    batch = pictures(4, model.shape)
    plain, decayed = (Denoising(model, Noise(1)).terms(batch, TrainSettings(weight_decay=rate)) for rate in (0.0, 0.5))
    for name, values in model.named_parameters():
        pull = torch.zeros_like(values)
        decayed[f"autoencoder.{name}"].add_to(pull, 1.0, 1.0)
        plain[f"autoencoder.{name}"].add_to(pull, 1.0, -1.0)
        assert torch.allclose(pull, -0.5 * values if name.endswith("weight") else torch.zeros_like(values), atol=1e-6)


def test_learning_moves_neither_modes_nor_slopes_of_the_model() -> None:
    model = made(CONVOLUTIONAL, (1, 8, 8))
    Denoising(model, Noise(1)).terms(pictures(4, (1, 8, 8)), TrainSettings())
    assert not model.training
    assert not any(values.requires_grad for values in model.parameters())


@pytest.mark.parametrize(
    "change",
    [
        {"level": 1.5},
        {"widths": ("4", "x")},
        {"widths": (1,) * 9},
        {"tied": True},
        {"loss": "cross_entropy", "output": "linear"},
        {"beta": 1.0, "codes": "bernoulli"},
        {"corruption": "rain"},
    ],
)
def test_what_cannot_be_built_is_a_sentence(change: dict[str, Any]) -> None:
    with pytest.raises(SettingsError) as caught:
        CodeSpec(**change)
    assert caught.value.hint
