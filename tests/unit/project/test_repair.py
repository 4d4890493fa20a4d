"""What can be saved of a damaged project is saved, and what is lost is said."""

from __future__ import annotations

import dataclasses
import functools
import json
import struct
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.cli.main import main
from studio.errors import ProjectError, StudioError
from studio.project.archive import Project, read_project, to_bytes, write_project
from studio.project.history import RunRecord
from studio.project.job import keep
from studio.project.lapse import EMPTY, to_arrays
from studio.project.repair import DREAM, HISTORY, LAPSE, NUMBERS, SCALING, STATE, WEIGHTS, repaired
from studio.project.trained import open_trained
from studio.training.settings import TrainSettings
from tests.unit.project.small_runs import recipe, trained
from tests.unit.project.zips import members_of, zipped


@functools.cache
def good() -> bytes:
    prepared, result = trained(recipe(gaussian=True))
    project = keep(prepared.trained, prepared, result.settings)
    runs = tuple(RunRecord(number, "2026-01-01", TrainSettings()) for number in (1, 2))
    lapse = to_arrays(EMPTY.added(0, project.weights).added(1, project.weights))
    return bytes(to_bytes(dataclasses.replace(project, runs=runs, lapse=lapse), "2026-01-01"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a.harmonium"
    path.write_bytes(good())
    return path


def damage(path: Path, name: str) -> None:
    """Change a byte in the middle of a member."""
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo(name)
    extra, named = struct.unpack_from("<H", data, entry.header_offset + 28)[0], len(name)
    data[entry.header_offset + 30 + named + extra + entry.compress_size // 2] ^= 0x55
    path.write_bytes(bytes(data))


def same(one: Project, other: Project, parts: tuple[str, ...]) -> bool:
    return all(
        set(getattr(one, part)) == set(getattr(other, part))
        and all(np.array_equal(array, getattr(other, part)[name]) for name, array in getattr(one, part).items())
        for part in parts
    )


def test_a_sound_project_loses_nothing(path: Path) -> None:
    saved = repaired(path)
    assert saved.lost == ()
    assert saved.words == "Nothing was lost."
    assert same(saved.project, read_project(path), ("weights", "transform", "state", "lapse"))


@pytest.mark.parametrize(
    ("name", "lost"),
    [
        ("weights.safetensors", (WEIGHTS,)),
        ("transform.safetensors", (SCALING,)),
        ("state.safetensors", (STATE,)),
        ("history.json", (HISTORY,)),
        ("lapse.safetensors", (LAPSE,)),
        ("dream.json", (DREAM,)),
        ("meta.json", (STATE,)),
        ("thumbnails/filters.png", ()),
        ("manifest.json", ()),
    ],
)
def test_a_damaged_member_is_what_is_lost(path: Path, name: str, lost: tuple[str, ...], tmp_path: Path) -> None:
    whole = read_project(path)
    damage(path, name)
    with pytest.raises(ProjectError):
        read_project(path)
    saved = repaired(path)
    assert saved.lost == lost
    assert all(words in saved.words for words in lost)
    write_project(tmp_path / "b.harmonium", saved.project)
    again = read_project(tmp_path / "b.harmonium")
    assert again.recipe == whole.recipe
    if name != "weights.safetensors":
        assert same(again, whole, ("weights",))
        open_trained(again, "cpu")
    else:
        assert not again.weights
        assert not again.state


def test_without_the_end_of_the_file_its_beginning_is_saved(path: Path) -> None:
    whole = read_project(path)
    data = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        state = archive.getinfo("state.safetensors").header_offset
        path_end = archive.start_dir
    path.write_bytes(data[:path_end])  # the directory alone is gone
    assert repaired(path).lost == ()
    path.write_bytes(data[: state + 60])
    saved = repaired(path)
    assert saved.lost == (STATE, LAPSE)
    assert same(saved.project, whole, ("weights", "transform"))


def test_without_its_recipe_nothing_is_saved(path: Path) -> None:
    damage(path, "recipe.json")
    with pytest.raises(ProjectError, match="its recipe is lost"):
        repaired(path)


def test_a_run_that_cannot_be_read_is_lost_alone(path: Path) -> None:
    members = members_of(path)
    runs = json.loads(members["history.json"])
    runs[1]["steps"] = "many"
    path.write_bytes(zipped({**members, "history.json": json.dumps(runs).encode()}))
    saved = repaired(path)
    assert saved.lost == ("run 2 of the history",)
    assert len(saved.project.runs) == 1


def test_weights_of_another_model_are_not_kept(path: Path) -> None:
    members = members_of(path)
    changed = json.loads(members["recipe.json"])
    changed["model"]["hidden"] = 7
    path.write_bytes(zipped({**members, "recipe.json": json.dumps(changed).encode()}))
    saved = repaired(path)
    assert saved.lost == (WEIGHTS,)
    assert not saved.project.weights


@pytest.mark.parametrize("data", [b"", b"PK\3\4", b"PK\3\4" * 3000, b"no project at all"])
def test_what_is_no_project_is_a_sentence(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    with pytest.raises(ProjectError, match="Nothing can be saved"):
        repaired(path)
    with pytest.raises(ProjectError):
        repaired(path.parent / "none.harmonium")
    with pytest.raises(ProjectError):
        repaired(path.parent)


def test_a_newer_format_is_left_alone(path: Path) -> None:
    members = members_of(path)
    manifest = {**json.loads(members["manifest.json"]), "format": 99}
    path.write_bytes(zipped({**members, "manifest.json": json.dumps(manifest).encode()}))
    with pytest.raises(ProjectError, match="format 99"):
        repaired(path)


@settings(max_examples=200, deadline=None)
@given(
    st.integers(0, 10**6), st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 255)), max_size=6), st.booleans()
)
def test_any_damage_leaves_a_project_or_a_sentence(cut: int, changes: list[tuple[int, int]], cuts: bool) -> None:
    data = bytearray(good())
    for place, value in changes:
        data[place % len(data)] ^= value
    if cuts:
        del data[cut % len(data) :]
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / "a.harmonium", Path(folder) / "b.harmonium"
        path.write_bytes(bytes(data))
        try:
            saved = repaired(path)
        except StudioError:
            return
        write_project(out, saved.project)
        project = read_project(out)
        assert bool(project.weights) is (WEIGHTS not in saved.lost)
        assert NUMBERS not in saved.lost


def test_the_command_saves_beside_and_says_what_is_lost(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damage(path, "state.safetensors")
    before, out = path.read_bytes(), tmp_path / "saved.harmonium"
    assert main(["repair", str(path), "-o", str(out)]) == 0
    assert f"Lost: {STATE}." in capsys.readouterr().out
    assert read_project(out).weights
    assert main(["repair", str(path), "--out", str(path)]) == 2
    assert path.read_bytes() == before
    assert main(["repair", str(path), "-o", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {"file": str(out), "lost": [STATE]}
