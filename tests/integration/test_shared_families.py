"""Every family learns in two processes what it learns in one, and what is lost with one of them is little."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from studio.project.archive import read_project
from studio.project.trained import open_trained
from tests.helpers.shared_dying import DIED
from tests.helpers.shared_families import FAMILIES, draw, train_all

SIZE = 2


def start(*command: str) -> list[subprocess.Popen[str]]:
    """Start two processes as torchrun would, one that ends not ending the other."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    shared = {"WORLD_SIZE": str(SIZE), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "OMP_NUM_THREADS": "1"}
    return [
        subprocess.Popen(
            [sys.executable, *command],
            env={**os.environ, **shared, "RANK": str(rank)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in range(SIZE)
    ]


@pytest.fixture
def torch_threads() -> Iterator[None]:
    """A run sets the number of torch's threads for the whole process."""
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("torch_threads")
def test_two_processes_learn_what_one_learns(tmp_path: Path) -> None:
    draw(tmp_path)
    running = start("-m", "tests.helpers.shared_families", str(tmp_path))
    train_all(tmp_path, "alone", None)
    for process in running:
        _, said = process.communicate(timeout=120)
        assert process.returncode == 0, said
    for name in FAMILIES:
        alone, together = (read_project(tmp_path / f"{name} {which}.harmonium") for which in ("alone", "together"))
        assert alone.recipe == together.recipe
        assert set(alone.state) == set(together.state), name
        for kind in ("weights", "state"):
            for key, array in getattr(alone, kind).items():
                found = getattr(together, kind)[key]
                np.testing.assert_allclose(found, array, rtol=1e-3, atol=1e-4, err_msg=f"{name}: {key}")
        open_trained(together, "cpu")


def test_when_a_process_dies_the_other_says_so_and_the_last_copy_is_whole(tmp_path: Path) -> None:
    draw(tmp_path)
    run = ["train", "--data", str(tmp_path / "small"), "--set", "model.hidden=5", "--steps", "1000000", "--seed", "1"]
    small = ["--set", "training.batch=4", "--set", "training.chains=4", "--autosave", "0.0001"]
    running = start("-m", "tests.helpers.shared_dying", *run, *small, "--out", str(tmp_path / "a.harmonium"))
    said = [process.communicate(timeout=120)[1] for process in running]
    assert [process.returncode for process in running] == [2, DIED]
    assert "Another process of this run has ended." in said[0]
    assert not (tmp_path / "a.harmonium").exists()
    copy = tmp_path / "a.autosave.harmonium"
    assert str(copy) in said[0]
    open_trained(read_project(copy), "cpu")
