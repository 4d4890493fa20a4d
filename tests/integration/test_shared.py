"""Two real processes train one RBM, as torchrun starts them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from studio.cli.main import main
from studio.project.archive import read_project

RUN = ["train", "--data", "sample:bars", "--preset", "bars-rbm", "--steps", "40", "--seed", "2"]
ALIKE = ["--set", "training.threads=1", "--set", "training.batch=10", "--json"]
TOGETHER = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]


@pytest.fixture
def torch_threads() -> Iterator[None]:
    """A run sets the number of torch's threads for the whole process."""
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def train_together(out: Path) -> dict[str, object]:
    command = [sys.executable, *TOGETHER, "-m", "studio", *RUN, *ALIKE, "--out", str(out)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    found = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=150)
    assert found.returncode == 0, found.stderr
    (line,) = [line for line in found.stdout.splitlines() if line.startswith("{")]
    report: dict[str, object] = json.loads(line)
    return report


@pytest.mark.usefixtures("torch_threads")
def test_two_processes_save_the_model_that_one_would(tmp_path: Path) -> None:
    assert main([*RUN, *ALIKE, "--out", str(tmp_path / "one.harmonium")]) == 0
    report = train_together(tmp_path / "two.harmonium")
    assert report["steps"] == 40
    one, two = read_project(tmp_path / "one.harmonium"), read_project(tmp_path / "two.harmonium")
    assert one.recipe == two.recipe
    for name, array in one.weights.items():
        np.testing.assert_allclose(two.weights[name], array, rtol=1e-3, atol=1e-5, err_msg=name)
    for name, array in one.state.items():
        np.testing.assert_allclose(two.state[name], array, rtol=1e-3, atol=1e-5, err_msg=name)
