"""A project comes back as it was kept, and other formats are named."""

from __future__ import annotations

import dataclasses
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from studio.errors import ProjectError
from studio.project.archive import Project, read_project, write_project
from studio.project.run_json import runs_to_list
from tests.unit.project.conftest import CREATED
from tests.unit.project.zips import rewritten


def test_everything_comes_back(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "a.harmonium"
    write_project(path, project)
    back = read_project(path)
    assert back.recipe == project.recipe
    for kept, read in (
        (project.weights, back.weights),
        (project.transform, back.transform),
        (project.state, back.state),
    ):
        assert set(kept) == set(read)
        for name in kept:
            assert read[name].dtype == kept[name].dtype
            np.testing.assert_array_equal(read[name], kept[name], strict=True)
    assert runs_to_list(back.runs) == runs_to_list(project.runs)
    assert (back.meta, back.summary) == (project.meta, project.summary)
    assert back.dream == project.dream
    assert back.thumbnails == project.thumbnails


def test_the_pixels_of_the_canvas_lie_beside_the_state(project: Project, tmp_path: Path) -> None:
    painted = dataclasses.replace(project, canvas={"0": np.arange(9, dtype=np.uint8)})
    write_project(tmp_path / "a.harmonium", painted)
    back = read_project(tmp_path / "a.harmonium")
    assert set(back.state) == set(project.state)
    np.testing.assert_array_equal(back.canvas["0"], painted.canvas["0"], strict=True)


def test_arrays_read_back_can_be_written_to(project: Project, tmp_path: Path) -> None:
    write_project(tmp_path / "a.harmonium", project)
    read_project(tmp_path / "a.harmonium").weights["weights"][:] = 0


def test_saving_what_was_opened_gives_the_same_bytes(project: Project, tmp_path: Path) -> None:
    first, second = tmp_path / "a.harmonium", tmp_path / "b.harmonium"
    write_project(first, project, created=CREATED)
    write_project(second, read_project(first), created=CREATED)
    assert first.read_bytes() == second.read_bytes()


def test_only_the_manifest_knows_the_time(project: Project, tmp_path: Path) -> None:
    first, second = tmp_path / "a.harmonium", tmp_path / "b.harmonium"
    write_project(first, project, created=CREATED)
    write_project(second, project, created="2027-01-02T03:04:05+00:00")
    with zipfile.ZipFile(first) as one, zipfile.ZipFile(second) as other:
        different = [name for name in one.namelist() if one.read(name) != other.read(name)]
    assert different == ["manifest.json"]


def test_a_project_without_a_model_is_kept_too(tmp_path: Path, project: Project) -> None:
    path = tmp_path / "a.harmonium"
    write_project(path, Project(recipe=project.recipe))
    back = read_project(path)
    assert back.recipe == project.recipe
    assert back.weights == {}


def test_the_file_is_an_ordinary_zip_of_json_and_safetensors(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "a.harmonium"
    write_project(path, project)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert archive.namelist()[0] == "manifest.json"
        manifest = json.loads(archive.read("manifest.json"))
        assert {"manifest.json", *manifest["members"]} == set(archive.namelist())
        assert archive.getinfo("weights.safetensors").compress_type == zipfile.ZIP_STORED


def test_a_newer_format_is_named_with_the_remedy(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "a.harmonium"
    write_project(path, project)

    def newer(members: dict[str, bytes]) -> dict[str, bytes]:
        manifest = json.loads(members["manifest.json"]) | {"format": 7, "application": "9.1"}
        return {**members, "manifest.json": json.dumps(manifest).encode(), "novelty.bin": b""}

    rewritten(path, newer)
    with pytest.raises(ProjectError, match=r"format 7, saved by Harmonium Studio 9\.1") as caught:
        read_project(path)
    assert "9.1 or newer" in caught.value.hint


def test_values_json_cannot_hold_are_refused(project: Project, tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="cannot be kept"):
        write_project(tmp_path / "a.harmonium", dataclasses.replace(project, meta={"steps": object()}))
    assert list(tmp_path.iterdir()) == []


def test_a_thumbnail_with_a_path_for_a_name_is_refused(project: Project, tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="cannot be kept"):
        write_project(tmp_path / "a.harmonium", dataclasses.replace(project, thumbnails={"../x": b""}))
