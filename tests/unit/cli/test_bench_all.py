"""The page of benchmarks: paired ratios, rows for what could not be measured, and the arithmetic beyond."""

from __future__ import annotations

import subprocess
import venv
from pathlib import Path

import pytest

from studio.cli import bench_all
from studio.cli.bench_all import beyond, page
from studio.cli.bench_rbm import MAIN
from studio.cli.reference_environment import Environment


def test_two_processes_are_what_was_measured_and_more_gain_less_for_each() -> None:
    for gain in (0.9, 1.3, 1.8):
        assert beyond(gain, 2) == pytest.approx(gain)
    assert beyond(2.0, 8) == pytest.approx(8)
    assert beyond(1.6, 2) < beyond(1.6, 4) < beyond(1.6, 8) < 8


def test_rows_name_what_was_measured_and_what_could_not_be() -> None:
    ours = bench_all.OURS[MAIN]
    speeds = {ours: [100.0, 200.0], "rbms, PCD-1": [50.0, 100.0]}
    remarks = {ours: "1", "rbms, PCD-1": "0.5.0", "learnergy, CD-1": "could not be installed: no network"}
    text = page(speeds, [400.0, 800.0], remarks, [(10.0, 15.0)], "sample:glyphs")
    assert "| rbms, PCD-1 | 0.5.0 | 75 | 2.00 x |" in text
    assert "| learnergy, CD-1 | could not be installed: no network | none |  |" in text
    assert "| what the matrix products allow |  | 600 | 0.25 x |" in text
    assert "| 2 | measured | 15 | 1.5 |" in text
    assert "torch" in text


def test_what_pip_cannot_install_is_told_by_its_last_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(command: list[str], **_options: object) -> subprocess.CompletedProcess[str]:
        if "pip" in command:
            return subprocess.CompletedProcess(command, "rbms" in command, "", "looking\nERROR: no such thing\n")
        return subprocess.CompletedProcess(command, 0, f"{tmp_path}\n", "")

    monkeypatch.setattr(venv, "create", lambda *_args, **_options: None)
    monkeypatch.setattr(subprocess, "run", answer)
    made = Environment(tmp_path)
    assert made.missing == {"rbms": "could not be installed: ERROR: no such thing"}
    assert made.measure("rbms", tmp_path, 1, 1, 1) == made.missing["rbms"]
    assert (tmp_path / "beside.pth").exists()
