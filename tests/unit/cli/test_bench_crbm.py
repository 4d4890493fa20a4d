"""The bench of the convolutional RBM: paired ratios, a plain update that is the same one, and a short real run."""

from __future__ import annotations

import json

import pytest
import torch

from studio.cli import bench_crbm, bench_inference, bench_rbm
from studio.cli.bench_crbm import Turn, figures, plain_update
from studio.cli.main import main
from studio.models import products
from studio.models.noise import Noise
from studio.models.spec import ConvSpec
from studio.training.conv_rule import ConvContrastive
from studio.training.settings import TrainSettings
from tests.unit.models.conv import random_conv, small


def test_ratios_are_paired_within_a_turn() -> None:
    """A machine that halves its speed between two turns changes no ratio."""
    early = Turn(100.0, 10.0, 400.0, {256: 80.0, 300: 5.0}, 150.0)
    late = Turn(50.0, 5.0, 200.0, {256: 40.0, 300: 3.0}, 75.0)
    found = figures([early, late], 2.0)
    assert found["crbm.vs_plain_fast"].value == pytest.approx(15.0)
    assert found["crbm.share_of_limit_fast"].value == pytest.approx(0.75)  # of float32 products
    assert found["crbm.vs_plain"].value == pytest.approx(10.0)
    assert found["crbm.vs_plain"].ratio == pytest.approx(2.0)
    assert found["crbm.share_of_limit"].value == pytest.approx(0.5)
    assert found["crbm.updates"].reference == pytest.approx(150.0)
    assert found["crbm.plain"].reference == pytest.approx(150.0)
    assert found["crbm.plain"].ratio == pytest.approx(0.05)
    assert found["crbm.matmul"].value == pytest.approx(300.0)
    assert found["crbm.sweeps_256"].ratio == pytest.approx(1.5)
    assert found["crbm.sweeps_300"].reference is None


def test_the_cost_is_that_of_five_convolutions() -> None:
    assert ConvSpec().flops_per_picture((1, 70, 70), 1) == 5 * 2 * 24 * 100 * 62 * 62


def test_the_plain_update_is_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """With hidden units that are sure of themselves both draws agree, and so do the updates."""
    model = random_conv(small(deviation=0.02), scale=1.0)
    model.spec = ConvSpec(3, 3, 2, deviation=0.02, first_deviation=0.02)
    model.visible_bias.zero_()
    crops = Noise(9).normal((2, 1, 10, 12))
    crops -= crops.mean((2, 3), keepdim=True)
    share = model.hidden_given_visible(crops)
    assert float(torch.minimum(share, 1 - share).max()) < 1e-6  # no draw can fall either way
    moved: list[torch.Tensor] = []
    add = torch.Tensor.add_

    def spied(target: torch.Tensor, other: torch.Tensor, alpha: float = 1.0) -> torch.Tensor:
        if target.shape == model.weights.shape:
            moved.append(other.clone())
        return add(target, other, alpha=alpha)

    with monkeypatch.context() as patch:
        patch.setattr(torch.Tensor, "add_", spied)
        plain_update(model, crops)()
    places = 2 * 8 * 10
    term = ConvContrastive(model, Noise(1)).terms(crops, TrainSettings())["weights"]
    ours = torch.zeros_like(model.weights)
    term.add_to(ours, 1.0, 1.0)
    assert len(moved) == 1
    assert torch.allclose(moved[0] / places, ours, atol=1e-4 * float(ours.abs().max()))


def test_a_short_bench_measures(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for module, name, value in (
        (bench_crbm, "SLICE", 0.01),
        (bench_crbm, "SIDES", (32, 48)),
        (bench_crbm, "WARM", 1),
        (bench_rbm, "PRODUCT_SLICE", 0.01),
        (bench_rbm, "SQUARE", 64),
        (products, "has_units", lambda _device: True),
        (bench_inference, "SIDE", 36),
        (bench_inference, "SPEC", ConvSpec(3, 5, 2, deeper=("4x3/2", "2x3/1"))),
    ):
        monkeypatch.setattr(module, name, value)
    threads = torch.get_num_threads()
    try:
        assert main(["bench", "crbm", "--rounds", "1", "--device", "cpu", "--json"]) == 0
    finally:
        torch.set_num_threads(threads)
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    named = {"matmul", "updates", "plain", "vs_plain", "share_of_limit", "sweeps_32", "sweeps_48"}
    named |= {"updates_fast", "vs_plain_fast", "share_of_limit_fast"}
    named |= {"inference", "no_pooling_ratio", "no_sharing_ratio"}
    assert set(found) == {f"crbm.{name}" for name in named}
    assert all(item["value"] > 0 for item in found.values())
