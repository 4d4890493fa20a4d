"""Pictures that moved are found again by their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.data.spec import DatasetSpec
from studio.project import locate
from studio.project.locate import absolute, beside, file_beside, missing, relocate


def folder(path: Path) -> Path:
    path.mkdir(parents=True)
    (path / "1.png").write_bytes(b"")
    return path


def test_what_is_there_is_not_missing(tmp_path: Path) -> None:
    here = folder(tmp_path / "birds")
    spec = DatasetSpec((str(here), "sample:bars", str(tmp_path / "gone"), "bad\0name"))
    assert missing(spec) == (str(tmp_path / "gone"), "bad\0name")


def test_pictures_that_moved_with_the_project_are_found(tmp_path: Path) -> None:
    moved = folder(tmp_path / "new" / "data" / "birds")
    spec = DatasetSpec(("/old/place/data/birds",), excluded=("1.png",))
    found = beside(spec, tmp_path / "new" / "a.harmonium")
    assert found == DatasetSpec((str(moved),), ("1.png",))


def test_the_longest_common_tail_wins(tmp_path: Path) -> None:
    folder(tmp_path / "birds")
    right = folder(tmp_path / "data" / "birds")
    assert relocate(DatasetSpec(("/old/data/birds",)), tmp_path).paths == (str(right),)


def test_names_are_looked_for_below_the_chosen_folder_nearest_first(tmp_path: Path) -> None:
    folder(tmp_path / "a" / "b" / "c" / "birds")
    near = folder(tmp_path / "z" / "birds")
    (tmp_path / "z" / "one.png").write_bytes(b"")
    spec = DatasetSpec(("/old/birds", "/old/one.png", "/old/never.png"))
    assert relocate(spec, tmp_path).paths == (str(near), str(tmp_path / "z" / "one.png"), "/old/never.png")


def test_the_moved_folder_itself_may_be_chosen(tmp_path: Path) -> None:
    birds = folder(tmp_path / "birds")
    assert relocate(DatasetSpec(("/old/birds",)), birds).paths == (str(birds),)


def test_a_folder_may_have_another_name_now(tmp_path: Path) -> None:
    renamed = folder(tmp_path / "swallows" / "one").parent
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "a.txt").write_text("no picture")
    assert relocate(DatasetSpec(("/old/birds",)), renamed).paths == (str(renamed),)
    (tmp_path / "digits").mkdir()
    (tmp_path / "digits" / "train-images-idx3-ubyte").write_bytes(b"")
    assert relocate(DatasetSpec(("/old/mnist",)), tmp_path / "digits").paths == (str(tmp_path / "digits"),)
    for spec, place in (
        (DatasetSpec(("/old/birds",)), tmp_path / "letters"),  # nothing to learn from
        (DatasetSpec(("/old/birds", "/old/fish")), renamed),  # which of them is it?
        (DatasetSpec(("/old/bird.png",)), renamed),  # a file is no folder
    ):
        assert relocate(spec, place) == spec


def test_paths_of_another_system_are_found_by_name(tmp_path: Path) -> None:
    birds = folder(tmp_path / "birds")
    assert relocate(DatasetSpec((r"C:\Users\Ada\birds",)), tmp_path).paths == (str(birds),)


def test_paths_that_are_present_stay(tmp_path: Path) -> None:
    here = folder(tmp_path / "here" / "birds")
    folder(tmp_path / "there" / "birds")
    spec = DatasetSpec((str(here), "sample:bars"))
    assert relocate(spec, tmp_path / "there") == spec


def test_steps_up_do_not_leave_the_folder(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "secret").write_bytes(b"")
    spec = DatasetSpec(("/old/../secret",))
    assert relocate(spec, inside) == spec


def test_links_are_not_followed(tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir()
    (place / "loop").symlink_to(place, target_is_directory=True)
    spec = DatasetSpec(("/old/never.png",))
    assert relocate(spec, place) == spec


def test_the_search_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder(tmp_path / "a" / "birds")
    monkeypatch.setattr(locate, "MOST_ENTRIES", 1)
    spec = DatasetSpec(("/old/birds",))
    assert relocate(spec, tmp_path) == spec


def test_a_folder_that_is_gone_finds_nothing(tmp_path: Path) -> None:
    spec = DatasetSpec(("/old/birds",))
    assert relocate(spec, tmp_path / "gone") == spec


def test_stored_paths_are_absolute() -> None:
    spec = absolute(DatasetSpec(("birds", "sample:bars")))
    assert Path(spec.paths[0]).is_absolute()
    assert spec.paths[1] == "sample:bars"


def test_a_file_that_moved_with_the_project_is_found(tmp_path: Path) -> None:
    moved = folder(tmp_path / "new" / "data") / "1.png"
    project = tmp_path / "new" / "a.harmonium"
    assert file_beside("/old/data/1.png", project) == str(moved)
    assert file_beside(str(moved), tmp_path / "a.harmonium") == str(moved)
    assert file_beside("/old/data/2.png", project) == "/old/data/2.png"
    assert file_beside("/old/data/1.png", None) == "/old/data/1.png"
    assert file_beside("", project) == ""
