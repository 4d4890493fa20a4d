"""Whatever a file holds, opening it gives a project or a sentence."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import io
import json
import os
import struct
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.errors import DataError, ProjectError, SettingsError, StudioError
from studio.project.archive import Project, read_project, to_bytes, write_project
from studio.project.info import read_info
from studio.project.job import keep, prepare
from studio.project.migrations import FORMAT
from studio.project.trained import open_trained
from tests.unit.project.conftest import CREATED, small_project
from tests.unit.project.small_runs import pictures, recipe, trained
from tests.unit.project.zips import consistent, members_of, rewritten, zipped

GOOD = bytes(to_bytes(small_project(), CREATED))


@pytest.fixture
def path(project: Project, tmp_path: Path) -> Path:
    path = tmp_path / "a.harmonium"
    write_project(path, project, CREATED)
    return path


def opens_or_says_why(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.harmonium"
        path.write_bytes(data)
        for reader in (read_project, read_info):
            with contextlib.suppress(ProjectError, SettingsError):
                reader(path)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    opens_or_says_why(data)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_changed_bytes(changes: list[tuple[int, int]]) -> None:
    data = bytearray(GOOD)
    for place, value in changes:
        data[place] = value
    opens_or_says_why(bytes(data))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just(10**400),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(place for key, item in inner for place in places(item, (*at, key)))]


def with_value(value: Any, at: tuple[Any, ...], new: Any) -> Any:
    if not at:
        return new
    copy = value.copy()
    copy[at[0]] = with_value(value[at[0]], at[1:], new)
    return copy


with zipfile.ZipFile(io.BytesIO(GOOD)) as whole:
    MEMBERS = {name: whole.read(name) for name in whole.namelist()}
VALUES = {name: json.loads(data) for name, data in MEMBERS.items() if name.endswith(".json")}
SPOTS = [(name, place) for name, value in VALUES.items() for place in places(value)]


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(SPOTS), JSON)
def test_any_value_anywhere_with_checksums_that_fit(spot: tuple[str, tuple[Any, ...]], new: Any) -> None:
    name, place = spot
    changed = json.dumps(with_value(VALUES[name], place, new)).encode()
    if name == "manifest.json":
        opens_or_says_why(zipped({**MEMBERS, name: changed}))
    else:
        opens_or_says_why(zipped(consistent({**MEMBERS, name: changed})))


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["weights", "transform", "state"]),
    st.binary(max_size=60)
    | st.builds(
        lambda header, body: struct.pack("<Q", len(json.dumps(header))) + json.dumps(header).encode() + body,
        st.dictionaries(
            st.text(max_size=3),
            st.fixed_dictionaries(
                {
                    "dtype": st.sampled_from(["F32", "BF16", "F8_E4M3", "U8", "X"]),
                    "shape": st.lists(st.integers(-1, 2**63), max_size=3),
                    "data_offsets": st.lists(st.integers(0, 40), min_size=2, max_size=2),
                }
            ),
            max_size=2,
        ),
        st.binary(max_size=40),
    ),
)
def test_any_arrays_with_checksums_that_fit(name: str, data: bytes) -> None:
    opens_or_says_why(zipped(consistent({**MEMBERS, f"{name}.safetensors": data})))


def test_cut_short_anywhere(tmp_path: Path) -> None:
    path = tmp_path / "a.harmonium"
    for length in range(len(GOOD)):
        path.write_bytes(GOOD[:length])
        with pytest.raises(ProjectError):
            read_project(path)


@functools.cache
def a_trained_project() -> Project:
    prepared, result = trained(recipe(gaussian=True))
    return keep(prepared.trained, prepared, result.settings)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["weights", "transform", "state"]),
    st.integers(0, 20),
    st.sampled_from([np.float32, np.float64, np.int64, np.uint8, np.bool_]),
    st.lists(st.integers(0, 9), max_size=4),
    st.booleans(),
)
def test_arrays_of_any_shape_and_type_give_a_model_or_a_sentence(
    part: str, which: int, dtype: type[np.generic], shape: list[int], renamed: bool
) -> None:
    """The file is sound, its checksums fit, and what it holds does not belong together."""
    project = a_trained_project()
    arrays = dict(getattr(project, part))
    name = sorted(arrays)[which % len(arrays)]
    arrays.pop(name)
    arrays["strange" if renamed else name] = np.zeros(shape, dtype)
    changed = dataclasses.replace(project, **{part: arrays})  # type: ignore[arg-type]  # each part is a set of arrays
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(StudioError):
        path = Path(folder) / "x.harmonium"
        write_project(path, changed, CREATED)
        opened = read_project(path)
        model = open_trained(opened, "cpu")
        model.to_pictures(torch.zeros(1, *model.model.shape))
        prepare(opened.recipe, pictures(opened.recipe), "cpu", opened)


@pytest.mark.parametrize("shape", [(0, 0, 0), (3, 4, 5), (1, 5, 4), (1, 1, 5)])
def test_a_scaling_of_other_pictures_is_refused(shape: tuple[int, int, int]) -> None:
    project = a_trained_project()
    strange = dataclasses.replace(project, transform={**project.transform, "mean": np.zeros(shape, np.float32)})
    with pytest.raises(DataError, match="scaling"):
        open_trained(strange, "cpu")


@pytest.mark.parametrize("number", [0, -1, FORMAT + 1, 10**9, "2", None, 2.0])
def test_formats_newer_older_and_none_are_refused_in_a_sentence(path: Path, number: object) -> None:
    members = members_of(path)
    manifest = {**json.loads(members["manifest.json"]), "format": number}
    path.write_bytes(zipped({**members, "manifest.json": json.dumps(manifest).encode()}))
    with pytest.raises(ProjectError):
        read_project(path)


@pytest.mark.parametrize("name", ["recipe.json", "weights.safetensors", "thumbnails/dream.png"])
def test_a_changed_member_is_noticed(path: Path, name: str) -> None:
    rewritten(path, lambda members: {**members, name: members[name][:-1] + b"?"})
    with pytest.raises(ProjectError, match=f"checksum of {name}"):
        read_project(path)


@pytest.mark.parametrize("name", ["recipe.json", "weights.safetensors", "history.json"])
def test_a_missing_member_is_named(path: Path, name: str) -> None:
    rewritten(path, lambda members: consistent({key: data for key, data in members.items() if key != name}))
    with pytest.raises(ProjectError, match=f"{name} is missing"):
        read_project(path)


@pytest.mark.parametrize(
    "name", ["../../evil.py", "/etc/x", "model.pkl", "thumbnails/../../x.png", "weights.safetensors/x"]
)
def test_strange_members_are_refused(path: Path, name: str) -> None:
    rewritten(path, lambda members: consistent({**members, name: b"x"}))
    with pytest.raises(ProjectError, match="has no place in a project"):
        read_project(path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_twice_is_refused(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("recipe.json", b"{}")
    with pytest.raises(ProjectError, match="twice"):
        read_project(path)


def test_a_bomb_is_refused_before_it_is_unpacked(path: Path) -> None:
    members = members_of(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, b"[" + b" " * (9 * 2**20) + b"]" if name == "meta.json" else data)
    with pytest.raises(ProjectError, match="larger"):
        read_project(path)


def test_packed_arrays_are_refused(path: Path) -> None:
    members = members_of(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    with pytest.raises(ProjectError, match="packed otherwise"):
        read_project(path)


def test_too_many_members_are_refused(path: Path) -> None:
    rewritten(path, lambda members: {**members, **{f"{number}": b"" for number in range(100)}})
    with pytest.raises(ProjectError, match=r"lists 1\d\d members"):
        read_project(path)


def test_a_zip_of_something_else_is_no_project(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zipped({"readme.txt": b"hello"}))
    with pytest.raises(ProjectError, match="is not a Harmonium project"):
        read_project(path)


def test_missing_files_and_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="There is no file"):
        read_project(tmp_path / "none.harmonium")
    with pytest.raises(ProjectError, match="is not a file"):
        read_project(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.harmonium")
    with pytest.raises(ProjectError, match="is not a file"):
        read_project(tmp_path / "a.harmonium")


def test_a_thumbnail_that_is_no_png_is_left_out(path: Path) -> None:
    rewritten(path, lambda members: consistent({**members, "thumbnails/dream.png": b"<svg/>"}))
    assert read_project(path).thumbnails == {}
