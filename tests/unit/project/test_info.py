"""A look into a project file, without torch and without its arrays."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import pytest

from studio.errors import ProjectError
from studio.project.archive import Project, write_project
from studio.project.hashing import model_hash
from studio.project.history import Curves
from studio.project.info import info_rows, read_info
from tests.unit.project.conftest import CREATED
from tests.unit.project.zips import consistent, rewritten


@pytest.fixture
def path(project: Project, tmp_path: Path) -> Path:
    write_project(tmp_path / "a.harmonium", project, CREATED)
    return tmp_path / "a.harmonium"


def test_it_says_what_is_there(path: Path, project: Project) -> None:
    info = read_info(path)
    assert info["parameters"] == 20 * 3 + 20 + 3
    assert info["weights"]["weights"] == [20, 3]
    assert info["model_hash"] == model_hash(project.weights)
    assert info["created"] == CREATED
    assert info["training"] == {"steps": 5, "epoch": 0.5}
    assert info["pictures"] == project.summary
    assert info["runs"] == 1
    assert json.loads(json.dumps(info)) == info


def test_people_get_labels_and_values(path: Path) -> None:
    rows = dict(info_rows(read_info(path)))
    assert rows["Preset"] == "digits-rbm"
    assert rows["Parameters"] == "83"
    assert "häuser" in rows["Pictures"]


def test_a_project_without_a_model_says_so(path: Path, project: Project) -> None:
    write_project(path, dataclasses.replace(project, weights={}))
    assert dict(info_rows(read_info(path)))["Parameters"] == "not trained yet"


@pytest.mark.parametrize("data", [b"", b"\xff" * 8, b"\x09" + b"\0" * 7 + b"{", b"\x02" + b"\0" * 7 + b"[]"])
def test_damaged_arrays_are_said(path: Path, data: bytes) -> None:
    rewritten(path, lambda members: consistent({**members, "weights.safetensors": data}))
    with pytest.raises(ProjectError):
        read_info(path)


def test_no_torch_is_imported() -> None:
    script = (
        "import sys, studio.project.archive, studio.project.info, studio.project.presets, studio.project.locate, "
        "studio.project.picture_recipe; sys.exit('torch' in sys.modules or 'PySide6' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_it_says_when_the_latest_run_looked_done(project: Project, tmp_path: Path) -> None:
    (run,) = project.runs
    later = dataclasses.replace(run, number=2, curves=Curves())
    later.curves.extend([("looks_done", 900, 41.4)])
    for runs, seconds in (((run,), None), ((run, later), 41.4)):
        write_project(tmp_path / "a.harmonium", dataclasses.replace(project, runs=runs), CREATED)
        info = read_info(tmp_path / "a.harmonium")
        assert info["looks_done_seconds"] == seconds
        assert dict(info_rows(info)).get("  looks done") == (None if seconds is None else "after 41 s")
