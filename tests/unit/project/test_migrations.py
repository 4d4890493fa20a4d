"""Older formats are brought up one step at a time."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from studio.data.spec import HeldBy
from studio.errors import ProjectError
from studio.models.spec import RbmSpec, TiledSpec
from studio.paths import resources
from studio.project import container
from studio.project.archive import Project, read_project, write_project
from studio.project.migrations import migrated, with_places
from studio.project.recipe import Recipe

STEPS = {1: lambda members: {**members, "two": b""}, 2: lambda members: {**members, "three": members["two"]}}


def test_each_step_is_taken_in_order() -> None:
    assert migrated({"one": b""}, 1, "a", wanted=3, migrations=STEPS) == {"one": b"", "two": b"", "three": b""}
    assert migrated({"two": b""}, 2, "a", wanted=3, migrations=STEPS) == {"two": b"", "three": b""}
    assert migrated({"x": b""}, 3, "a", wanted=3, migrations=STEPS) == {"x": b""}


def test_a_format_without_a_way_up_is_named() -> None:
    with pytest.raises(ProjectError, match="a is of project format 1"):
        migrated({}, 1, "a", wanted=3, migrations={2: STEPS[2]})


def arrays(kind: str) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    names = {"weights": (11, 4, 9), "hidden_bias": (11, 4), "visible_bias": (3,), "log_variance": (3,)}
    rng = np.random.default_rng(len(kind))
    return {f"{kind}{name}": rng.normal(size=shape).astype(np.float32) for name, shape in names.items()}


@pytest.mark.parametrize("model", [TiledSpec(tile=3, filters=4), RbmSpec()])
def test_biases_of_format_1_become_those_of_the_first_texture(
    model: TiledSpec | RbmSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = {**arrays("adam.first."), **arrays("velocity."), "adam.steps.hidden_bias": np.array(7)}
    old = Project(Recipe(model=model), weights=arrays(""), state={**state, "rule.chains0": np.ones((2, 5), np.float32)})
    with monkeypatch.context() as then:
        then.setattr(container, "FORMAT", 1)
        write_project(tmp_path / "old.harmonium", old)
    back = read_project(tmp_path / "old.harmonium")
    for kept, read in ((old.weights, back.weights), (old.state, back.state)):
        assert set(read) == set(kept)
        for name, array in read.items():
            of_a_texture = name.endswith("_bias") and "steps" not in name and isinstance(model, TiledSpec)
            np.testing.assert_array_equal(array, kept[name][None] if of_a_texture else kept[name], strict=True)
    write_project(tmp_path / "new.harmonium", back)
    again = read_project(tmp_path / "new.harmonium")
    assert all(np.array_equal(again.weights[name], back.weights[name]) for name in back.weights)


def test_the_bundled_model_still_opens() -> None:
    assert read_project(resources() / "models" / "first.harmonium").weights


def test_an_older_project_holds_out_by_place_and_a_new_one_by_name(tmp_path: Path) -> None:
    older = read_project(Path(__file__).parents[2] / "data" / "format-3.harmonium")
    assert older.recipe.preprocess.held_by is HeldBy.PLACE
    write_project(tmp_path / "again.harmonium", older)
    assert read_project(tmp_path / "again.harmonium").recipe.preprocess.held_by is HeldBy.PLACE
    write_project(tmp_path / "new.harmonium", Project(Recipe()))
    assert read_project(tmp_path / "new.harmonium").recipe.preprocess.held_by is HeldBy.NAME


def test_what_was_being_edited_holds_out_by_place_too() -> None:
    members = {"meta.json": json.dumps({"training": {"steps": 3, "draft": {"preprocess": {"height": 9}}}}).encode()}
    draft = json.loads(with_places(members)["meta.json"])["training"]["draft"]
    assert draft == {"preprocess": {"height": 9, "held_by": "place"}}
    for damaged in (b"", b"[]", b"{", b'{"training": {"draft": null}}', b'{"training": []}'):
        assert with_places({"meta.json": damaged}) == {"meta.json": damaged}
