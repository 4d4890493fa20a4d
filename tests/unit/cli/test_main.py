"""The frame of the command line: exit statuses, sentences, and what it never imports."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from studio import __version__
from studio.cli import main as frame
from studio.cli.main import main
from studio.data.spec import DatasetSpec
from studio.errors import SettingsError
from studio.project.archive import Project, write_project
from studio.project.recipe import Recipe

START = "import sys; from studio.cli.main import main; status = main(sys.argv[1:]);"


class Verb:
    """A verb that does whatever a test wants."""

    def __init__(self, action: Callable[[], int]) -> None:
        self.action = action

    def add(self, verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
        verbs.add_parser("act").set_defaults(run=lambda _: self.action())


def raising(error: BaseException) -> Callable[[], int]:
    def action() -> int:
        raise error

    return action


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (SettingsError("The moon is full.", "Wait."), 2, "harmonium: The moon is full.\n           Wait.\n"),
        (SettingsError("Bare."), 2, "harmonium: Bare.\n"),
        (SettingsError("A \x1b[2Jname."), 2, "harmonium: A \ufffd[2Jname.\n"),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_failures_are_sentences(
    error: BaseException,
    status: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(frame, "VERBS", (Verb(raising(error)),))
    assert main(["act"]) == status
    out, err = capsys.readouterr()
    assert (out, err) == ("", said)


@pytest.mark.parametrize("error", [MemoryError(), OSError(28, "No space left on device", "a.png")])
def test_what_the_system_refuses_is_a_sentence_too(
    error: BaseException, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(frame, "VERBS", (Verb(raising(error)),))
    assert main(["act"]) == 2
    assert capsys.readouterr().err.startswith("harmonium: ")


def test_a_bug_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame, "VERBS", (Verb(raising(ZeroDivisionError())),))
    with pytest.raises(ZeroDivisionError):
        main(["act"])


@pytest.mark.parametrize("arguments", [[], ["sing"], ["info"], ["presets", "--loud"]])
def test_wrong_arguments_are_sentences(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("harmonium: ")
    assert "--help` shows what it takes" in err


def test_help_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    assert all(word in out for word in ("presets", "samples", "info"))
    assert main(["--version"]) == 0
    assert __version__ in capsys.readouterr().out


def test_presets_and_samples_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["presets"]) == 0
    assert "digits-rbm" in capsys.readouterr().out
    assert main(["presets", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["art-rbm"]["hidden"] == 64
    assert main(["samples", "--json"]) == 0
    known = json.loads(capsys.readouterr().out)
    assert {item["sample"] for item in found.values()} <= {*known, None}
    assert main(["samples"]) == 0
    assert "sample:bars" in capsys.readouterr().out


def test_info_of_a_project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.harmonium"
    write_project(path, Project(Recipe(data=DatasetSpec(("/x/\x1b[31mred\n",)), preset="bars-rbm")))
    assert main(["info", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["recipe"]["preset"] == "bars-rbm"
    assert main(["info", str(path)]) == 0
    out = capsys.readouterr().out
    assert "bars-rbm" in out
    assert "\x1b" not in out


def test_info_of_no_project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.harmonium").write_bytes(b"hello")
    assert main(["info", str(tmp_path / "a.harmonium")]) == 2
    assert "is not a Harmonium project" in capsys.readouterr().err


def test_listing_needs_neither_torch_nor_qt() -> None:
    script = START + "sys.exit(status or any(m.split('.')[0] in ('torch', 'PySide6') for m in sys.modules))"
    for arguments in (["presets"], ["samples"], ["--help"]):
        ran = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, check=False)
        assert ran.returncode == 0, ran.stderr.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="pipes close otherwise there")
def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", START + "sys.exit(status)", "presets"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.close()
    with process:
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == 141
