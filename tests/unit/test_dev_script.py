"""packaging/dev.py: what it installs, what it asks for, and when it leaves things alone."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "packaging" / "dev.py"


class Calls:
    """Stands in for subprocess.call: keeps what was asked and answers with `status`."""

    def __init__(self) -> None:
        self.commands: list[list[str]] = []
        self.status = 0

    def __call__(self, command: Sequence[str], **_keywords: object) -> int:
        self.commands.append(list(command))
        return self.status


@pytest.fixture
def dev(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """The script, set up on an empty checkout in a folder with a space in its name."""
    spec = importlib.util.spec_from_file_location("dev_script", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    root = tmp_path / "my studio"
    (root / "packaging").mkdir(parents=True)
    (root / "pyproject.toml").write_text("[project]\n")
    (root / "packaging" / "constraints.txt").write_text("torch==2.13.0\n")
    venv = root / ".venv"
    places = {
        "ROOT": root,
        "VENV": venv,
        "PYTHON": venv / "bin" / "python",
        "STAMP": venv / "stamp",
        "CONSTRAINTS": root / "packaging" / "constraints.txt",
    }
    for name, place in places.items():
        monkeypatch.setattr(module, name, place)
    return module


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    calls = Calls()
    monkeypatch.setattr(subprocess, "call", calls)
    return calls


def installed(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pretend that .venv holds a working Python."""
    dev.VENV.mkdir()
    monkeypatch.setattr(dev, "works", lambda _python: True)


def test_first_time_makes_the_environment_and_installs_by_the_constraints(dev: ModuleType, calls: Calls) -> None:
    dev.VENV.mkdir()
    dev.prepare()
    make, tool, studio = calls.commands
    assert make == [sys.executable, "-m", "venv", "--clear", str(dev.VENV)]
    assert tool[-1] == "hatchling"
    assert studio[-1] == ".[test]"
    assert all(str(dev.CONSTRAINTS) in command for command in (tool, studio))


def test_second_time_installs_nothing(dev: ModuleType, calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(dev, monkeypatch)
    dev.prepare()
    calls.commands.clear()
    dev.prepare()
    assert calls.commands == []


@pytest.mark.parametrize("changed", ["pyproject.toml", "packaging/constraints.txt"])
def test_a_changed_pin_installs_again(
    dev: ModuleType, calls: Calls, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    installed(dev, monkeypatch)
    dev.prepare()
    calls.commands.clear()
    (dev.ROOT / changed).write_text("# changed\n")
    dev.prepare()
    assert [command[-1] for command in calls.commands] == ["hatchling", ".[test]"]


def test_a_failed_installation_is_not_taken_for_done(
    dev: ModuleType, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(dev, monkeypatch)
    calls.status = 1
    with pytest.raises(dev.SetupError, match="not installed"):
        dev.prepare()
    assert not dev.STAMP.exists()


def test_an_environment_without_pip_does_not_work(dev: ModuleType, tmp_path: Path) -> None:
    half_made = tmp_path / "python"
    assert not dev.works(half_made)
    half_made.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S -I "$@"\n')
    half_made.chmod(0o755)
    assert not dev.works(half_made)
    assert dev.works(Path(sys.executable))


def test_others_than_root_are_told_the_line(dev: ModuleType, calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(dev.shutil, "which", lambda name: f"/usr/bin/{name}")
    with pytest.raises(dev.SetupError, match="apt-get install -y --no-install-recommends libgl1 libegl1"):
        dev.require_packages(["libgl1", "libegl1"])
    assert calls.commands == []


def test_root_updates_then_installs(dev: ModuleType, calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(dev.shutil, "which", lambda name: f"/usr/bin/{name}")
    dev.require_packages(["libgl1"])
    assert calls.commands[0] == ["apt-get", "update"]
    assert calls.commands[1][:2] == ["apt-get", "install"]
    assert calls.commands[1][-1] == "libgl1"


def test_a_screen_wants_more_libraries_than_none(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(dev, "loadable", lambda _library: False)
    screen = dev.missing_packages({"DISPLAY": ":0"})
    without = dev.missing_packages({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"})
    assert {"libegl1", "libxcb-cursor0"} <= set(screen)
    assert "libegl1" in without
    assert "libxcb-cursor0" not in without


def test_an_old_python_is_told_which_it_takes(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    with pytest.raises(dev.SetupError, match=r"Python 3\.9\.2.* 3\.11 or newer"):
        dev.require_python()


def test_every_check_runs_also_after_one_has_failed(
    dev: ModuleType, calls: Calls, capsys: pytest.CaptureFixture[str]
) -> None:
    calls.status = 1
    assert dev.test(["-k", "rbm"], {}) == 1
    assert len(calls.commands) == 5
    assert calls.commands[-1][-2:] == ["-k", "rbm"]
    assert "failed: ruff check, ruff format, mypy, import layers, pytest" in capsys.readouterr().err


def test_arguments_and_signals_reach_the_studio(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrapper that waited would kill the studio a moment after Ctrl+C, before it has saved."""
    started: list[tuple[str, list[str], dict[str, str]]] = []
    monkeypatch.setattr(os, "execve", lambda *arguments: started.append(arguments))
    monkeypatch.setattr(subprocess, "call", lambda *_arguments, **_keywords: 0)
    dev.run(["train", "--data", "my pictures"], {"A": "b"})
    python = str(dev.PYTHON)
    [(program, command, environment)] = started
    assert program == python
    assert command == [python, "-m", "studio", "train", "--data", "my pictures"]
    assert environment["A"] == "b"
    assert float(environment["HARMONIUM_STARTED"]) > 0


def test_pictures_are_made_in_the_environment_without_a_screen(dev: ModuleType, calls: Calls) -> None:
    environment: dict[str, str] = {}
    assert dev.pictures(["--only", "window"], environment) == 0
    assert calls.commands == [[str(dev.PYTHON), str(dev.ROOT / "packaging" / "pictures"), "--only", "window"]]
    assert environment["QT_QPA_PLATFORM"] == "offscreen"
