"""How likely an RBM finds pictures, asked for in the shell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.cli.main import main
from studio.lab import annealing
from tests.unit.cli.small_projects import texture_project


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rbm") / "bars.harmonium"
    words = ["train", "--data", "sample:bars", "--preset", "bars-rbm", "--set", "model.hidden=6"]
    assert main([*words, "--steps", "200", "--seed", "1", "--out", str(path)]) == 0
    return path


def figures(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, dict[str, float]]:
    capsys.readouterr()
    assert main(["evaluate", *words, "--json"]) == 0
    found: dict[str, dict[str, float]] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return found


def test_what_is_counted_and_what_is_annealed_agree(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ladder = annealing.betas(((1.0, 1_000),))
    monkeypatch.setattr(annealing, "betas", lambda: ladder)  # the published 14,500 steps take long
    exact = figures(capsys, str(project), "--exact")
    annealed = figures(capsys, str(project), "--ais", "50", "--data", "sample:bars")
    partition = exact["likelihood.log_partition"]["value"]
    assert annealed["likelihood.log_partition"]["value"] == pytest.approx(partition, abs=0.1)
    assert annealed["likelihood.trusted"]["value"] == 1
    assert exact["likelihood.exact"]["value"] < 0
    assert annealed["likelihood.reverse_ais"]["value"] == pytest.approx(
        annealed["likelihood.reverse_ais"]["reference"], abs=1
    )


def test_other_models_say_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = texture_project(tmp_path / "wall.harmonium")
    assert main(["evaluate", str(path), "--data", "sample:bricks", "--exact"]) == 2
    assert "no plain RBM" in capsys.readouterr().err
