"""Benches: what they are called, how turns become figures, and that a real, short one measures."""

from __future__ import annotations

import importlib.util
import json

import pytest

from studio.cli import bench_rbm
from studio.cli.bench_rbm import FAST, MAIN, Case, Turn, figures
from studio.cli.main import main
from studio.training.settings import Rule


def test_bench_alone_lists_the_benches(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench"]) == 0
    out = capsys.readouterr().out
    assert all(f"bench {name}" in out for name in ("start", "ui", "soak", "faults", "autosave", "rbm"))


@pytest.mark.parametrize("name", ["start", "ui", "soak", "faults", "autosave"])
def test_this_door_does_not_measure_windows(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", name]) == 2
    assert "python -m studio bench" in capsys.readouterr().err


def test_scikit_learn_missing_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    assert main(["bench", "rbm"]) == 2
    assert "[lab]" in capsys.readouterr().err


def test_ratios_are_paired_within_a_turn() -> None:
    """A machine that halves its speed between two turns changes no ratio."""
    other = Case("rbm.other", Rule.PCD, 10)
    early = Turn(
        {MAIN: 1000.0, FAST: 2000.0, other: 500.0}, dict.fromkeys((MAIN, FAST, other), 40.0), 250.0, 500.0, 20.0
    )
    late = Turn({MAIN: 500.0, FAST: 1000.0, other: 250.0}, dict.fromkeys((MAIN, FAST, other), 20.0), 125.0, 250.0, 10.0)
    found = figures([early, late], dict.fromkeys((MAIN, FAST, other), 0.02))
    assert found["rbm.vs_sklearn_fast"].value == pytest.approx(8.0)
    assert found["rbm.share_of_limit_fast"].value == pytest.approx(1.0)  # of float32 products
    assert found["rbm.vs_sklearn"].value == pytest.approx(4.0)
    assert found["rbm.vs_sklearn"].ratio == pytest.approx(4.0 / 3.5)  # of the aim
    assert found["rbm.share_of_limit"].value == pytest.approx(0.5)
    assert found["rbm.share_of_limit"].ratio == pytest.approx(0.5 / 0.75)
    assert found["rbm.products"].value == pytest.approx(15.0)
    assert found["rbm.products"].ratio == pytest.approx(0.5)  # of the machine's products
    assert found["rbm.other"].ratio == pytest.approx(0.25)
    assert found["rbm.cd1"].value == pytest.approx(750.0)
    assert found["rbm.cd1"].reference == pytest.approx(1500.0)
    assert found["rbm.matmul"].value == pytest.approx(30.0)


def test_a_short_bench_measures(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    small = {"CASES": (MAIN,), "SLICE": 0.02, "PRODUCT_SLICE": 0.01, "SQUARE": 64, "PEERS": 200, "WARM_STEPS": 1}
    for name, value in small.items():
        monkeypatch.setattr(bench_rbm, name, value)
    assert main(["bench", "rbm", "--rounds", "1", "--device", "cpu", "--json"]) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    ours, theirs = {"rbm.matmul", "rbm.products", "rbm.cd1", "rbm.share_of_limit"}, {"rbm.sklearn", "rbm.vs_sklearn"}
    assert set(found) == ours | theirs | {f"{key}_float32" for key in theirs}
    assert all(item["value"] > 0 for item in found.values())
