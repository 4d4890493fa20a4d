"""Benches of the texture machine: ratios paired within a turn, and that real, short ones measure."""

from __future__ import annotations

import json

import pytest

from studio.cli import bench_dream, bench_rbm, bench_tiled
from studio.cli.bench_tiled import CASES, FAST, MAIN
from studio.cli.main import main
from studio.models import products

COLOUR = CASES[1]
QUICK = FAST[0]
QUICK_KEYS = {"tiled.updates_fast", "tiled.share_of_limit_fast"}
HALVED = [({MAIN: 80.0, COLOUR: 30.0}, 400.0), ({MAIN: 40.0, COLOUR: 15.0}, 200.0)]


def test_ratios_of_updates_are_paired_within_a_turn() -> None:
    """A machine that halves its speed between two turns changes no ratio."""
    turns = [
        bench_tiled.Turn(
            {**updates, QUICK: 2 * updates[MAIN]}, dict.fromkeys(CASES, rate / 2), dict.fromkeys((*CASES, QUICK), rate)
        )
        for updates, rate in HALVED
    ]
    found = bench_tiled.figures(turns, {MAIN: 1.0, COLOUR: 4.0, QUICK: 1.0})
    assert found["tiled.share_of_limit_fast"].value == pytest.approx(0.4)  # of float32 products
    assert found["tiled.updates_fast"].value == pytest.approx(120)
    assert found["tiled.matmul"].value == pytest.approx(300)
    assert found["tiled.updates"].value == pytest.approx(60)
    assert found["tiled.updates"].reference == pytest.approx(300)
    assert found["tiled.share_of_limit"].value == pytest.approx(0.2)
    assert found["tiled.share_of_limit"].ratio == pytest.approx(0.2 / 0.3)
    assert found["tiled.colour.share_of_limit"].value == pytest.approx(0.3)
    assert found["tiled.products"].ratio == pytest.approx(0.5)


def test_ratios_of_sweeps_are_paired_within_a_turn() -> None:
    turns = [bench_dream.Turn(sweeps, dict.fromkeys(CASES, rate)) for sweeps, rate in HALVED]
    found = bench_dream.figures(turns, {MAIN: 1.0, COLOUR: 4.0})
    assert found["dream.sweeps_tiled_512"].ratio == pytest.approx(60 / 150)
    assert found["dream.share_of_limit"].value == pytest.approx(0.2)
    assert found["dream.share_of_limit_colour"].value == pytest.approx(0.3)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_rbm, "SQUARE", 64)
    for bench in (bench_rbm, bench_tiled):
        monkeypatch.setattr(bench, "PRODUCT_SLICE", 0.01)
    for bench in (bench_rbm, bench_dream):
        monkeypatch.setattr(bench, "SLICE", 0.02)
    monkeypatch.setattr(bench_tiled, "WARM_STEPS", 1)
    monkeypatch.setattr(bench_dream, "WARM_SWEEPS", 1)
    for bench in (bench_tiled, bench_dream):
        monkeypatch.setattr(bench, "CASES", (MAIN,))
    monkeypatch.setattr(bench_tiled, "FAST", (QUICK,))
    monkeypatch.setattr(products, "has_units", lambda _device: True)


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("tiled", {"tiled.matmul", "tiled.updates", "tiled.share_of_limit", "tiled.products"} | QUICK_KEYS),
        ("dream", {"dream.matmul", "dream.sweeps_tiled_512", "dream.share_of_limit", "dream.frames_latent_128"}),
    ],
)
def test_a_short_bench_measures(name: str, keys: set[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", name, "--rounds", "1", "--device", "cpu", "--json"]) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert set(found) == keys
    assert all(item["value"] > 0 for item in found.values())


def test_a_large_dream_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "dream", "--large", "64x48", "--sweeps", "2", "--device", "cpu", "--json"]) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert set(found) == {"dream.large.seconds", "dream.large.sweeps", "dream.large.added"}
    assert found["dream.large.sweeps"]["value"] > 0


def test_the_cost_of_an_update_is_the_count_of_its_spec() -> None:
    recipe = bench_tiled.recipe_of(MAIN)
    tori, crop = (100 + 99 + 99) / 3, 7 * 7
    assert bench_tiled.gigaflops(recipe) == pytest.approx(24 * 2e-9 * 352 * 121 * (2 * crop + 3 * tori), rel=1e-6)
