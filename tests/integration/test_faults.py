"""The short form of the commands that show that nothing is lost."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.integration.test_measure import studio


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither the limits nor the modes that are tried")
def test_killed_sessions_lose_little_and_no_file_is_damaged(tmp_path: Path) -> None:
    found = studio(tmp_path, "bench", "faults", "--kills", "4", "--seconds", "0.5", "--json")
    assert found.returncode == 0, found.stderr
    figures = {name: item["value"] for name, item in json.loads(found.stdout.splitlines()[-1]).items()}
    assert figures["faults.killed"] == 4
    assert figures["faults.files"] == 2
    assert figures["faults.copies_opened"] >= 2  # both that had no file
    assert figures["faults.copies_damaged"] == figures["faults.files_damaged"] == 0
    for name in ("disk_full", "folder_read_only", "folder_removed"):
        assert figures[f"faults.{name}"] == 1, found.stderr
    for name in ("resumed_rbm", "resumed_cdbn", "resumed_codes", "both_doors"):
        assert f"faults.{name}" not in figures  # minutes of training: asked for by --resume
    assert not [path for path in tmp_path.rglob("*") if "harmonium" in path.name.lower()]


def test_what_copying_takes_is_measured(tmp_path: Path) -> None:
    arguments = ("--preset", "bars-rbm", "--data", "sample:bars", "--seconds", "1", "--turns", "1", "--json")
    found = studio(tmp_path, "bench", "autosave", *arguments)
    assert found.returncode == 0, found.stderr
    figures = json.loads(found.stdout.splitlines()[-1])
    assert set(figures) == {"autosave.copies", "autosave.held_up", "autosave.slower"}
    assert figures["autosave.copies"]["value"] >= 1
